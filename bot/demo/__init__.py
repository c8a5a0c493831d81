"""The demo: the real bot, unchanged, on a Telegram of its own, with a community and a blog."""
