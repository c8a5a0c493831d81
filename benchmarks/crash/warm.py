"""Imported by the process from which the bots that are killed are forked: they begin at once."""

from benchmarks.crash.child import warm

warm()
