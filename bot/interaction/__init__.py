"""What a handler is given: its update's surroundings, the services, and ways to answer."""
