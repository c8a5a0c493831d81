"""Bodies taken out of their content encoding, never beyond a limit. Pure.

A few kilobytes of gzip can hold gigabytes: the limit counts what comes out, and no single step
makes more than that.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from bot.sources.errors import FetchError

if TYPE_CHECKING:
    from typing import Protocol

    class Decoder(Protocol):
        """Takes chunks as they come."""

        def feed(self, chunk: bytes) -> None:
            """Take one chunk."""
            ...

        def finish(self) -> bytes:
            """The whole body."""
            ...


OFFERED = "gzip, deflate"
_GZIP_MAGIC = b"\x1f\x8b"
_ANY_HEADER = 47  # zlib and gzip headers alike (zlib.decompressobj)
_RAW = -zlib.MAX_WBITS
_PIECE = 16_384
"""Bytes inflated at a time: zlib copies what it leaves over, and each member leaves the others."""
_MOST_MEMBERS = 1000


def decoder(encoding: str, *, limit: int) -> Decoder:
    """A decoder for a Content-Encoding header. Raises FetchError for one that was not offered."""
    names = [name for part in encoding.split(",") if (name := part.strip().lower())]
    if names in ([], ["identity"]):
        return _Plain(limit)
    if names in (["gzip"], ["x-gzip"], ["deflate"]):
        return _Deflated(limit, is_gzip=names != ["deflate"])
    raise FetchError("source.fetch.encoding", encoding=encoding[:60])


class _Plain:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._body = bytearray()

    @property
    def room(self) -> int:
        """How many bytes may come before it is certain that the limit is passed; at least one."""
        return self._limit - len(self._body) + 1

    def feed(self, chunk: bytes) -> None:
        self._body += chunk
        if len(self._body) > self._limit:
            raise _too_large(self._limit)

    def finish(self) -> bytes:
        return bytes(self._body)


class _Deflated:
    """gzip, zlib or bare deflate; what is none of them, though its header says so, is plain."""

    def __init__(self, limit: int, *, is_gzip: bool) -> None:
        self._is_gzip = is_gzip
        self._plain = _Plain(limit)
        self._raw = 0
        self._limit = limit
        self._head = b""
        self._stream: zlib._Decompress | None = None
        self._members = 0
        self._is_plain = False
        self._is_over = False

    def feed(self, chunk: bytes) -> None:
        self._raw += len(chunk)
        if self._raw > self._limit + _PIECE:  # what does not shrink may grow a little
            raise _too_large(self._limit)
        for start in range(0, len(chunk), _PIECE):
            self._take(chunk[start : start + _PIECE])

    def _take(self, chunk: bytes) -> None:
        if self._stream is None and not self._is_plain:  # the first bytes say what it is
            self._head += chunk
            if len(self._head) < len(_GZIP_MAGIC):
                return
            chunk, self._head = self._head, b""
            self._choose(chunk)
        if self._stream is None:
            self._plain.feed(chunk)
        else:
            self._inflate(chunk)

    def _choose(self, start: bytes) -> None:
        looks_zlib = start[0] & 0x0F == zlib.DEFLATED and int.from_bytes(start[:2]) % 31 == 0
        if start.startswith(_GZIP_MAGIC) or looks_zlib:
            self._stream = zlib.decompressobj(_ANY_HEADER)
        elif self._is_gzip or start.lstrip()[:1] in (b"<", b"{"):
            self._is_plain = True
        else:
            self._stream = zlib.decompressobj(_RAW)

    def _inflate(self, rest: bytes) -> None:
        try:
            while rest and not self._is_over:
                if self._stream is None or self._stream.eof:
                    rest = self._begin_member(self._head + rest)
                    continue
                self._plain.feed(self._stream.decompress(rest, self._plain.room))
                rest = self._stream.unconsumed_tail or self._stream.unused_data
        except zlib.error as error:
            raise FetchError("source.fetch.broken", reason="gzip") from error

    def _begin_member(self, start: bytes) -> bytes:
        """Go on where a gzip ended: with another, or, as gzip itself does, with nothing."""
        self._head = start if len(start) < len(_GZIP_MAGIC) else b""
        if self._head:
            return b""
        self._is_over = not start.startswith(_GZIP_MAGIC)
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise FetchError("source.fetch.broken", reason="gzip")
        self._stream = self._stream if self._is_over else zlib.decompressobj(_ANY_HEADER)
        return start

    def finish(self) -> bytes:
        if self._stream is not None and not self._stream.eof:
            raise FetchError("source.fetch.broken", reason="gzip")
        if self._head and self._stream is None:
            self._plain.feed(self._head)
        return self._plain.finish()


def _too_large(limit: int) -> FetchError:
    return FetchError("source.fetch.too_large", limit_mb=limit // 1_000_000)
