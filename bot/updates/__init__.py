"""Updates on their way in: received, committed, and handed to the handlers in each chat's order."""
