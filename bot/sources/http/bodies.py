"""Bodies taken out of their content encoding, never beyond a limit. Pure.

A few kilobytes of gzip can hold gigabytes: the limit counts what comes out, and no single step
makes more than that. What browsers show is taken, too: an encoding that is none (`utf-8`, `none`)
is passed over, gzip is seen by its first bytes whatever the header says, also within gzip, and its
checksum is not asked for, since the wrong ones that blogs send are on bodies that are whole.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from bot.sources.errors import FetchError

if TYPE_CHECKING:
    from typing import Protocol

    class Decoder(Protocol):
        """Takes chunks as they come."""

        @property
        def room(self) -> int:
            """How many bytes may come before it is certain that the limit is passed; at least 1."""
            ...

        def feed(self, chunk: bytes) -> None:
            """Take one chunk."""
            ...

        def finish(self) -> bytes:
            """The whole body."""
            ...


OFFERED = "gzip, deflate"
_PACKED = {"gzip", "x-gzip", "deflate", "x-deflate"}
_FOREIGN = {
    "br",
    "zstd",
    "compress",
    "x-compress",
    "dcb",
    "dcz",
    "exi",
    "pack200-gzip",
    "aes128gcm",
}
"""IANA's registry of content codings, less those that are taken: these cannot be read."""
_MOST_LAYERS = 4
_GZIP_MAGIC = b"\x1f\x8b\x08"
_GZIP_FIXED, _GZIP_TRAILER = 10, 8
_HAS_CHECK, _HAS_EXTRA, _HAS_NAME, _HAS_COMMENT = 2, 4, 8, 16
"""RFC 1952, 2.3: lengths of a member's head and end, and the flags of what lies between."""
_LONGEST_HEAD = 70_000
_ZLIB_HEAD = 2
_PIECE = 16_384
"""Bytes inflated at a time: zlib copies what it leaves over, and each member leaves the others."""
_MOST_MEMBERS = 1000
_BEFORE_TEXT = b"\xef\xbb\xbf \t\r\n\0"


def decoder(encoding: str, *, limit: int) -> Decoder:
    """A decoder for a Content-Encoding header. Raises FetchError for one that was not offered."""
    names = [name for part in encoding.split(",") if (name := part.strip().lower())]
    packed = [name for name in names if name in _PACKED]
    if _FOREIGN.intersection(names) or len(packed) > _MOST_LAYERS:
        raise FetchError("source.fetch.encoding", encoding=encoding[:60])
    taken: Decoder = _Plain(limit)
    for name in ["", *packed] if packed else ["", ""]:  # what was done first is undone last
        taken = _Inflated(taken, limit, name)
    return taken


class _Plain:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._body = bytearray()

    @property
    def room(self) -> int:
        return self._limit - len(self._body) + 1

    def feed(self, chunk: bytes) -> None:
        self._body += chunk
        if len(self._body) > self._limit:
            raise _too_large(self._limit)

    def finish(self) -> bytes:
        return bytes(self._body)


class _Inflated:
    """gzip, zlib or bare deflate as its first bytes show; what is none of them goes on as it is.

    zlib and bare deflate count only where the header, `name`, speaks of an encoding.
    """

    def __init__(self, inner: Decoder, limit: int, name: str) -> None:
        self._inner = inner
        self._limit = limit
        self._name = name
        self._raw = 0
        self._head = b""
        self._stream: zlib._Decompress | None = None
        self._members = 0
        self._is_gzip = self._is_plain = self._is_over = False

    @property
    def room(self) -> int:
        return self._limit + _PIECE - self._raw + 1

    def feed(self, chunk: bytes) -> None:
        self._raw += len(chunk)
        if self._raw > self._limit + _PIECE:  # what does not shrink may grow a little
            raise _too_large(self._limit)
        if self._is_plain:
            self._inner.feed(chunk)
            return
        for start in range(0, len(chunk), _PIECE):
            self._take(chunk[start : start + _PIECE])

    def _take(self, rest: bytes) -> None:
        while rest and not self._is_over:
            if self._is_plain:
                self._inner.feed(rest)
                return
            if self._stream is None:
                self._head, rest = b"", self._head + rest
                rest = self._begin(rest)
            else:
                rest = self._inflate(self._stream, rest)

    def _begin(self, start: bytes) -> bytes:
        """Begin what these bytes begin; what is left of them, or nothing where they are too few."""
        if self._members:
            return self._begin_member(start, _GZIP_TRAILER)
        if len(start) < len(_GZIP_MAGIC):
            self._head = start
            return b""
        if start.startswith(_GZIP_MAGIC):
            self._is_gzip = True
            return self._begin_member(start, 0)
        is_zlib = start[0] & 0x0F == zlib.DEFLATED and int.from_bytes(start[:2]) % 31 == 0
        if self._name and is_zlib:
            return self._begin_stream(start[_ZLIB_HEAD:])
        if self._name.endswith("deflate") and not _is_text(start):
            return self._begin_stream(start)
        self._is_plain = True
        return start

    def _begin_member(self, start: bytes, skipped: int) -> bytes:
        """Go on behind `skipped` bytes: with a gzip member, or, as gzip does, with nothing."""
        found = start[skipped:]
        self._is_over = bool(found) and not _GZIP_MAGIC.startswith(found[: len(_GZIP_MAGIC)])
        length = _head_length(found)
        if self._is_over:
            return b""
        if length is None:
            self._head = start
            if len(start) > _LONGEST_HEAD:
                raise _broken()
            return b""
        return self._begin_stream(found[length:])

    def _begin_stream(self, start: bytes) -> bytes:
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise _broken()
        self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        return start

    def _inflate(self, stream: zlib._Decompress, rest: bytes) -> bytes:
        try:
            self._inner.feed(stream.decompress(rest, self._inner.room))
        except zlib.error as error:
            raise _broken() from error
        if not stream.eof:
            return stream.unconsumed_tail
        self._stream = None
        self._is_over = not self._is_gzip
        return stream.unused_data

    def finish(self) -> bytes:
        if self._stream is not None or (self._head and self._is_gzip and not self._members):
            raise _broken()
        if self._head and not self._members:
            self._inner.feed(self._head)
        return self._inner.finish()


def _head_length(start: bytes) -> int | None:
    """How long a gzip member's head is (RFC 1952, 2.3); None where it is not whole yet."""
    if len(start) < _GZIP_FIXED:
        return None
    flags, end = start[3], _GZIP_FIXED
    if flags & _HAS_EXTRA:
        end += 2 + int.from_bytes(start[end : end + 2], "little")
    for flag in (_HAS_NAME, _HAS_COMMENT):
        if flags & flag:
            end = start.find(b"\0", end) + 1 or len(start) + 1
    end += 2 if flags & _HAS_CHECK else 0
    return end if end <= len(start) else None


def _is_text(start: bytes) -> bool:
    return start.lstrip(_BEFORE_TEXT)[:1] in (b"<", b"{", b"[")


def _broken() -> FetchError:
    return FetchError("source.fetch.broken", reason="gzip")


def _too_large(limit: int) -> FetchError:
    return FetchError("source.fetch.too_large", limit_mb=limit // 1_000_000)
