"""Search that understands how Korean is typed: docs/search.md says how it works, and why."""
