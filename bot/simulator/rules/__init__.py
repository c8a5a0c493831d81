"""What Telegram allows and makes of a text: entities, keyboards, limits, rights."""
