"""The campaign of kills: `python -m benchmarks.crash` (__main__.py)."""
