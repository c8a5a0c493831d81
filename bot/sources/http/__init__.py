"""How sources are fetched: conditional GET, where connections may lead, bodies and their limits."""
