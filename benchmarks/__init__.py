"""Measurements that the documentation quotes; each is run with `python -m benchmarks.NAME`."""
