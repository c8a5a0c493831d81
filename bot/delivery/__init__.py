"""From a decision to a message in a chat: plans, the outbox, the lanes, Telegram's answers."""
