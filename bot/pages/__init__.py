"""What people read: cards, lists, greetings, settings, and the buttons under them. Pure."""
