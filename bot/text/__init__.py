"""The text library: rich text, Hangul, sentences, HTML; nothing of posts or Telegram. Pure."""
