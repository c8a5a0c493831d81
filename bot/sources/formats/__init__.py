"""What sources serve, as entries: feeds of every kind, Slashpage, archive texts, pages. Pure."""
