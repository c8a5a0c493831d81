"""Tests of where posts come from."""
