"""What can be wrong with a source, said so that a person can act on it.

- SourceError (a SosikError)
  - ArchiveError: a file is no archive text; `line` says where
"""

from __future__ import annotations

from bot.errors import SosikError


class SourceError(SosikError):
    """A source could not be read; `key` names the message, `values` fill it in."""


class ArchiveError(SourceError):
    """A file is no archive text. `line` counts from 1."""

    def __init__(self, key: str, *, line: int, **values: object) -> None:
        super().__init__(key, line=line, **values)
        self.line = line
