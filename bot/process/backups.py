"""Scheduled backups: one a day at BACKUP_AT into BACKUP_DIR, verified, the old ones deleted.

One that was missed is made at the start. A failure is told once, shown in /status, and tried again
every hour.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from bot.delivery.troubles import Trouble
from bot.errors import message
from bot.process.backup_names import AGAIN, is_part, last_slot, made_at, name_of, superfluous
from storage.backup import BackupError, copy_database
from storage.last_backup import (
    LastBackup,
    forget_last_backup,
    get_last_backup,
    set_last_backup,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from bot.clock import Clock
    from bot.config import Settings
    from bot.delivery.troubles import Troubles
    from storage.database import Database

T = TypeVar("T")
log = logging.getLogger(__name__)
STOP_SECONDS = 2.0
"""So long a copy that is not wanted any more may take to end; a disk may hang for ever."""


class Backups:
    """Makes them when they are due."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, troubles: Troubles
    ) -> None:
        self._folder = settings.backup_dir
        self._minutes = settings.backup_at
        self._zone = ZoneInfo(settings.timezone)
        self._database = database
        self._clock = clock
        self._troubles = troubles

    async def run(self) -> None:
        """Make one if it is due; where none are wanted, forget what is known of them."""
        async with self._database.reader() as db:
            last = await get_last_backup(db)
        now = self._clock.now()
        if self._folder is None:
            if last is not None:
                await self._forget()
        elif is_due(last, str(self._folder), now.astimezone(self._zone), self._minutes):
            await self._make(self._folder, last, now)

    async def _forget(self) -> None:
        async with self._database.transaction() as tx:
            await forget_last_backup(tx)
            await self._troubles.over(tx, Trouble.BACKUP)

    async def _make(self, folder: Path, last: LastBackup | None, now: datetime) -> None:
        path = folder / name_of(self._database.path.stem, now.astimezone(self._zone))
        stopped = threading.Event()
        try:
            size = await in_thread(
                lambda: make_backup(self._database.path, path, now, stopped.is_set), stopped.set
            )
        except BackupError as error:
            log.error("backup_failed", extra={"error": str(error)})  # noqa: TRY400  # the error says it all
            made = None if last is None or last.folder != str(folder) else last.made_at
            problem = message(error.key, **error.values)
            await self._note(LastBackup(str(folder), made, now, problem))
        else:
            log.info("backup_made", extra={"file": path.name, "bytes": size})
            await self._note(LastBackup(str(folder), now, now, None))

    async def _note(self, last: LastBackup) -> None:
        async with self._database.transaction() as tx:
            await set_last_backup(tx, last)
            if last.problem is None:
                await self._troubles.over(tx, Trouble.BACKUP)
            else:
                await self._troubles.begin(tx, Trouble.BACKUP, reason=last.problem)


def is_due(last: LastBackup | None, folder: str, now: datetime, minutes: int) -> bool:
    """Whether there is none since the last time that one was to be made; `now` in its zone.

    What a clock that was ahead dated does not count. After a failure, not before an hour is over.
    """
    if last is None or last.folder != folder:
        return True
    if last.made_at is not None and last_slot(now, minutes) <= last.made_at <= now:
        return False
    is_fresh = last.tried_at is not None and last.tried_at <= now < last.tried_at + AGAIN
    return last.problem is None or not is_fresh


def make_backup(database: Path, path: Path, now: datetime, stops: Callable[[], bool]) -> int:
    """Make one, and delete those that have had their time; its size in bytes.

    The folder is made, but not what it lies in: that may be a disk which is not there now. Raises
    BackupError, and StoppedError soon after `stops` says so.
    """
    with suppress(OSError):  # the copy says why not
        path.parent.mkdir(mode=0o700, exist_ok=True)
    size = copy_database(database, path, stops)
    try:
        tidy(path.parent, database.stem, now)
    except OSError as error:
        log.warning("old_backups_stay", extra={"error": error.strerror})
    return size


def tidy(folder: Path, stem: str, now: datetime) -> None:
    """Delete the backups that have had their time, and what a kill left; no other file."""
    names = [one.name for one in folder.iterdir() if one.is_file() and not one.is_symlink()]
    made = {name: at for name in names if (at := made_at(stem, name)) is not None}
    left = [name for name in names if is_part(stem, name)]
    for name in [*superfluous(made, now), *left]:
        (folder / name).unlink(missing_ok=True)


async def in_thread(work: Callable[[], T], stop: Callable[[], None]) -> T:
    """Run `work` in a thread that does not hold up the exit; cancelled, `stop` it first."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  # whoever waits gets it
            future.set_exception(error)

    future.set_running_or_notify_cancel()
    threading.Thread(target=run, daemon=True, name="backup").start()
    waiting = asyncio.wrap_future(future)
    waiting.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        return await asyncio.shield(waiting)
    except asyncio.CancelledError:
        stop()
        await asyncio.wait([waiting], timeout=STOP_SECONDS)
        raise
