"""The project's tests: they mirror the three packages."""
