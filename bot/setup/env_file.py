"""`.env` on the disk: read whole, and replaced whole, so that it is never half-written.

It holds the token, so it is written for its owner alone (mode 0600).
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING

from bot.errors import SosikError, message, reason_of
from bot.setup.env_text import with_values
from storage.backup import sync

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOM_BYTES = 8192
"""As much as must fit beside what is there."""


def check_writable(path: Path) -> None:
    """Raise SosikError where `.env` could not be read or replaced: before anything is asked."""
    place = _place(path)
    _read(place)
    try:
        with tempfile.NamedTemporaryFile(prefix=".env.", dir=place.parent) as file:
            file.write(bytes(ROOM_BYTES))
            file.flush()
    except OSError as error:
        raise _unwritable(place, error) from error


def write_values(path: Path, values: Mapping[str, str]) -> None:
    """Give settings these values in `.env`, which is made where there is none. Raises SosikError.

    A link is followed. What others changed in the file meanwhile stays.
    """
    place = _place(path)
    text = with_values(_read(place), values)
    try:
        _replace(place, text.encode("utf-8"))
    except OSError as error:
        raise _unwritable(place, error) from error


def _place(path: Path) -> Path:
    """Where it is, behind links; one that leads to itself stays what it is."""
    try:
        return Path(os.path.realpath(path))
    except OSError as error:  # the folder in which this was started is gone
        raise _unwritable(path, error) from error


def _read(place: Path) -> str:
    """What stands in it; a pipe or a device may have no end, and is not even opened."""
    try:
        mode = place.stat().st_mode
        if not S_ISREG(mode):
            reason = (
                message("reason.folder") if S_ISDIR(mode) else message("reason.other", number=0)
            )
            raise SosikError("error.env_file", reason=reason)
        return place.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeError) as error:
        raise SosikError("error.env_file", reason=reason_of(error)) from error


def _replace(place: Path, data: bytes) -> None:
    file, name = tempfile.mkstemp(prefix=".env.", dir=place.parent)  # mode 0600
    try:
        with os.fdopen(file, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        _keep_owner(place, Path(name))
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    with suppress(OSError):  # a disk that syncs no folders
        sync(place.parent)


def _keep_owner(place: Path, new: Path) -> None:
    """Root leaves a file to whoever has it: the bot that reads it is another user's."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and place.exists():
        owner = place.stat()
        os.chown(new, owner.st_uid, owner.st_gid)


def _unwritable(place: Path, error: OSError) -> SosikError:
    return SosikError("setup.env.unwritable", path=str(place), reason=reason_of(error))
