"""Databases of each released version, and what today's bot makes of them."""
