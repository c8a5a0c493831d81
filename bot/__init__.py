"""Sosik (소식): carries a blog's posts to the people who talk about them."""
