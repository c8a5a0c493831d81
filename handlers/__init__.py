"""What Sosik answers: one module a feature."""
