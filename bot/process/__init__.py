"""The program as it runs: serving, duties and their tick, health, status, and `sosik check`."""
