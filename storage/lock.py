"""One run a database: the operating system's lock on a file beside it.

It goes with the process, however that ends. Whoever only looks something up, or changes something
beside the running bot, does without it.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from storage.errors import HeldError, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TAKEN = (errno.EWOULDBLOCK, errno.EACCES)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the database at `path` for this process alone. Raises HeldError where another does.

    A disk that knows no locks, or a folder that cannot be written, is none of its business: the
    database says what is wrong there.
    """
    file = _open(path.resolve())
    try:
        if file is not None:
            _take(file, path)
        yield
    finally:
        if file is not None:
            os.close(file)


def is_held(path: Path) -> bool:
    """Whether a process holds the database at `path`; where there is none, nothing is made."""
    path = path.resolve()
    try:
        path.with_name(f"{path.name}.lock").stat()
        with held(path):
            return False
    except HeldError:
        return True
    except OSError:  # there is none, or it is nobody's to see
        return False


def _open(path: Path) -> int | None:
    """The file beside, for nobody else; it stays, for to delete it would let two hold it."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR, mode=0o600)
    return None


def _take(file: int, path: Path) -> None:
    import fcntl  # noqa: PLC0415  # the commands that take no lock go where there is none, too

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _TAKEN:
            raise spoken(HeldError, "database.held", path=path) from error
