"""What people read: text with entities, cards, lists and keyboards. Pure but for its inputs."""
