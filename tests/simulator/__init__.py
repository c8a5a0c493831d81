"""Tests of the simulator: its rules directly, its HTTP by both client libraries."""
