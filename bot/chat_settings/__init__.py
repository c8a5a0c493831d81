"""What an administrator may set, typed or pressed, and what follows from it. Pure."""
