"""What Sosik remembers: SQLite, and the only SQL in the project."""
