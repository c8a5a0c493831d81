"""People and chats as tests use them: what they do, what they see, what the bot says to them."""
