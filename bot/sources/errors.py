"""What can be wrong with a source, said so that a person can act on it.

- SourceError (a SosikError)
  - ArchiveError: a file is no archive text; `line` says where
  - FetchError: an address gave no answer that can be used
    - PrivateAddressError: it leads into a private network
    - StatusError: it answered with an error; `status`, and when to come back
      - GoneError: for good (404 asks to come back, 410 does not)
  - FormatError: what it gave is not what it should be
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


class FetchError(SourceError):
    """An address gave no answer that can be used."""


class PrivateAddressError(FetchError):
    """The address leads to a private network, and nobody allowed that."""


class StatusError(FetchError):
    """The server answered with an error. `retry_after_seconds`: when to ask again, if it said."""

    def __init__(
        self, key: str, *, status: int, retry_after_seconds: int | None = None, **values: object
    ) -> None:
        super().__init__(key, status=status, **values)
        self.status = status
        self.retry_after_seconds = retry_after_seconds


class GoneError(StatusError):
    """The server answered 410: what was there is gone for good."""


class FormatError(SourceError):
    """The answer is not what it should be: a page in place of a feed, JSON of another shape."""


def is_busy(error: SourceError) -> bool:
    """Whether it is about the server, not about what was asked: more questions would not help."""
    if isinstance(error, StatusError):
        return error.status in _BUSY
    return isinstance(error, FetchError)


_BUSY = {429, *range(500, 600)}
