"""Deleted data, gone from the files too.

SQLite's `secure_delete` writes zeros over what a delete frees. Two places are left. The write-ahead
log keeps pages as they were until it is truncated (https://sqlite.org/pragma.html, wal_checkpoint).
And a page whose rows moved to its neighbour may keep copies of them where nothing points: that is
looked for in the file, and VACUUM, which writes every page anew, is for when it is found.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from storage.errors import DatabaseError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path
    from typing import TypeAlias

    Alone: TypeAlias = Callable[[Callable[[sqlite3.Connection], bool]], Awaitable[bool]]

ATTEMPTS = 40
WAIT_SECONDS = 0.1
"""Readers see the log as it was when they began: it is truncated between two of them."""
CHUNK_BYTES = 1 << 20
_SIZES = (1, 2, 3, 4, 6, 8)
"""Bytes that a whole number takes in a row (https://sqlite.org/fileformat2.html, 2.1)."""
_VARINT_BITS, _LONGEST_VARINT = 7, 9
_SIXTY_FOUR = 1 << 64


class Overwriting:
    """Overwrites what was deleted; several who ask meanwhile share one round.

    Args:
        alone: Calls something on the writer's connection, outside of any transaction.
        path: The database's file.
        copied: Continuous copies run: checkpoints are theirs to make.
    """

    def __init__(self, alone: Alone, path: Path, *, copied: bool) -> None:
        self._alone = alone
        self._path = path
        self._copied = copied
        self._file: int | None = None
        self._wanted: set[int] = set()
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[bool] | None = None

    async def run(self, numbers: Iterable[int]) -> bool:
        """Overwrite what is deleted by now; False where that has to wait for `tidy`."""
        self._wanted.update(numbers)
        if self._next is None:
            self._next = asyncio.create_task(self._begin())
            self._next.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(self._next)

    async def tidy(self) -> None:
        """Do what could not be done before, and what nobody waits for."""
        if not self._copied:
            await self.run(())
        elif numbers := frozenset(self._wanted):
            await self._alone(_vacuum)
            self._wanted -= numbers

    def close(self) -> None:
        """Let go of the file. May be called twice."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    async def _begin(self) -> bool:
        """Wait for the round under way, which may have begun before a delete; then the next."""
        async with self._turn:
            self._next, numbers = None, frozenset(self._wanted)
            if self._copied or not await self._overwrite(numbers):
                return False
            self._wanted -= numbers
            return True

    async def _overwrite(self, numbers: Iterable[int]) -> bool:
        if not await self._truncate():
            return False
        traces = [trace for number in numbers for trace in traces_of(number)]
        if not traces or not await asyncio.to_thread(self._holds_any, traces):
            return True
        try:
            await self._alone(_vacuum)
        except DatabaseError:  # no room for it now
            return False
        return await self._truncate()

    async def _truncate(self) -> bool:
        for _ in range(ATTEMPTS):
            if await self._alone(_truncate_log):
                return True
            await asyncio.sleep(WAIT_SECONDS)
        return False

    def _holds_any(self, traces: list[bytes]) -> bool:
        """Whether the file has one of these bytes anywhere.

        It stays open: to close it would end SQLite's own locks on it
        (https://sqlite.org/howtocorrupt.html, 2.2).
        """
        if self._file is None:
            self._file = os.open(self._path, os.O_RDONLY)
        overlap = max(map(len, traces)) - 1
        place, before = 0, b""
        while chunk := os.pread(self._file, CHUNK_BYTES, place):
            seen = before + chunk
            if any(trace in seen for trace in traces):
                return True
            place, before = place + len(chunk), seen[-overlap:] if overlap else b""
        return False


def traces_of(number: int) -> list[bytes]:
    """A whole number as SQLite may have written it: in a row, as a row's id, in a text."""
    size = next(one for one in _SIZES if -(1 << (8 * one - 1)) <= number < 1 << (8 * one - 1))
    return [number.to_bytes(size, "big", signed=True), _varint(number), str(number).encode()]


def _varint(number: int) -> bytes:
    """As https://sqlite.org/fileformat2.html, 1.6: seven bits a byte; the ninth has eight."""
    bits = number % _SIXTY_FOUR
    if bits >> (_VARINT_BITS * (_LONGEST_VARINT - 1)):
        return _sevens(bits >> 8, last=0x80) + bytes([bits & 0xFF])
    return _sevens(bits, last=0)


def _sevens(bits: int, *, last: int) -> bytes:
    groups = [bits & 0x7F | last]
    while bits := bits >> _VARINT_BITS:
        groups.append(bits & 0x7F | 0x80)
    return bytes(reversed(groups))


def _truncate_log(db: sqlite3.Connection) -> bool:
    """Empty the write-ahead log, unless somebody reads in it; waiting would hold up every write."""
    patience = db.execute("PRAGMA busy_timeout").fetchone()[0]
    db.execute("PRAGMA busy_timeout=0")
    try:
        return not db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        db.execute(f"PRAGMA busy_timeout={patience}")


def _vacuum(db: sqlite3.Connection) -> bool:
    db.execute("VACUUM")
    return True
