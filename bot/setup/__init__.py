"""`sosik setup`: from a token to a `.env` with which the bot runs, by a few questions."""
