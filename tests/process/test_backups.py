"""Scheduled backups, made by the running bot's own duty, into real folders."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.config import load_settings
from bot.delivery.operators import Operators
from bot.delivery.troubles import Troubles
from bot.locales import get_texts
from bot.process.backup_names import name_of
from bot.process.backups import Backups, in_thread, tidy
from bot.process.status import read_status, status_lines
from storage.database import Database
from storage.last_backup import LastBackup, set_last_backup
from storage.models import NoticePush
from storage.pushes import read_push
from tests.waiting import PATIENCE_SECONDS, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.clock import FakeClock

DAY = timedelta(days=1)


def backups_of(
    database: Database, clock: FakeClock, folder: Path | None, **more: object
) -> Backups:
    given = {"backup_dir": folder, "timezone": "Asia/Seoul", "_env_file": None, **more}
    operators = Operators((7,), clock)
    return Backups(load_settings(**given), database, clock, Troubles(database, clock, operators))


async def said(database: Database, clock: FakeClock, language: str = "ko") -> list[str]:
    lines = status_lines(get_texts(language), await read_status(database, clock.now()))
    return [one for one in lines if one.startswith(("백업", "Backup", "The backup"))]


async def notices(database: Database) -> list[str]:
    async with database.reader() as db:
        rows = await db.fetch_all("SELECT kind, payload FROM outbox ORDER BY id")
    pushes = [read_push(row["kind"], row["payload"]) for row in rows]
    return [one.key for one in pushes if isinstance(one, NoticePush)]


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


async def test_one_is_made_at_the_start_and_then_one_a_day(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    backups = backups_of(database, clock, folder)
    assert await said(database, clock) == []
    start = clock.now()
    for _ in range(2):
        await backups.run()
    made = [name_of("sosik", start.astimezone(backups._zone))]
    assert names(folder) == made
    assert (folder.stat().st_mode & 0o777, (folder / made[0]).stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )
    assert await said(database, clock) == ["백업: 방금 전"]
    for hour in range(48):
        await clock.advance(3600)
        await backups_of(database, clock, folder).run()  # as after a restart
        assert len(names(folder)) == 1 + sum(
            (start + timedelta(hours=past + 1)).astimezone(backups._zone).hour == 5
            for past in range(hour + 1)
        )
    async with Database.opened(folder / names(folder)[-1]) as copy, copy.reader() as db:
        assert (await db.fetch_all("PRAGMA integrity_check"))[0][0] == "ok"


async def test_a_failure_is_told_once_and_shown_and_tried_again_every_hour(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    """The stick is not there; then it is."""
    folder = tmp_path / "stick" / "sosik"
    backups = backups_of(database, clock, folder)
    for _ in range(130):
        await backups.run()
        await clock.advance(60)
    assert not folder.parent.exists(), "what is not mounted is not made in its place"
    assert await notices(database) == ["trouble.backup"]
    assert (await said(database, clock))[0] == "백업: 아직 없어요"
    assert (await said(database, clock, "en"))[1].startswith("The backup failed: The file ")
    folder.parent.mkdir()
    await clock.advance(3600)
    await backups.run()
    assert len(names(folder)) == 1
    assert await notices(database) == ["trouble.backup", "trouble.backup.over"]
    assert await said(database, clock) == ["백업: 방금 전"]


async def test_a_failure_leaves_the_age_of_the_last_one_to_be_seen(
    database: Database, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = backups_of(database, clock, tmp_path / "a")
    await backups.run()
    await clock.advance(2 * 86400)

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("storage.backup.sync", fail)
        await backups.run()
    status = await read_status(database, clock.now())
    assert status.backup_at == (clock.now() - 2 * DAY).replace(microsecond=0)
    assert status.backup_error is not None
    assert status.backup_error["key"] == "backup.full"
    assert len(names(tmp_path / "a")) == 1
    assert len(await said(database, clock)) == 2


async def test_another_folder_gets_one_at_once_and_none_is_forgotten(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        await backups_of(database, clock, tmp_path / name).run()
        assert len(names(tmp_path / name)) == 1
    nowhere = tmp_path / "no" / "where"
    await backups_of(database, clock, nowhere).run()
    assert (await said(database, clock))[0] == "백업: 아직 없어요"
    for _ in range(2):
        await backups_of(database, clock, None).run()
    assert await said(database, clock) == []
    assert await notices(database) == ["trouble.backup", "trouble.backup.over"]


async def test_a_clock_that_was_ahead_keeps_none_from_being_made(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    ahead = clock.now() + 400 * DAY
    async with database.transaction() as tx:
        await set_last_backup(tx, LastBackup(str(tmp_path / "a"), ahead, ahead, {"key": "x"}))
    await backups_of(database, clock, tmp_path / "a").run()
    assert len(names(tmp_path / "a")) == 1


def test_only_what_is_ours_and_has_had_its_time_is_deleted(tmp_path: Path) -> None:
    now = datetime(2026, 11, 30, 4, 30, tzinfo=UTC)
    made = [name_of("sosik", now - ago * DAY) for ago in range(60)]
    part = f"{made[3]}.0a1b2c3d.part"
    others = ["sosik.db", "notes.txt", name_of("other", now - 90 * DAY), "sosik-20200101.db"]
    for name in (*made[:-2], part, *others):
        (tmp_path / name).touch()
    (tmp_path / made[-1]).mkdir()
    (tmp_path / made[-2]).symlink_to(tmp_path / "notes.txt")
    tidy(tmp_path, "sosik", now)
    kept = {made[0], *made[:7], made[8], made[15], made[-1], made[-2]}
    assert set(names(tmp_path)) == {*others, *kept}


async def test_old_ones_that_cannot_be_deleted_are_no_failure(
    database: Database,
    clock: FakeClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("bot.process.backups.tidy", fail)
    await backups_of(database, clock, tmp_path / "a").run()
    assert await notices(database) == []
    assert "old_backups_stay" in {one.message for one in caplog.records}


async def test_a_stop_ends_a_copy_that_is_under_way_and_leaves_nothing(
    database: Database, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, goes_on = threading.Event(), threading.Event()

    def slow(*_: object) -> None:
        began.set()
        goes_on.wait()

    monkeypatch.setattr("storage.backup.prepare", slow)
    monkeypatch.setattr("storage.backup.STEPS_AT_ONCE", 1)
    monkeypatch.setattr("bot.process.backups.STOP_SECONDS", PATIENCE_SECONDS)
    running = asyncio.create_task(backups_of(database, clock, tmp_path / "a").run())
    await until(began.is_set)
    running.cancel()
    await asyncio.sleep(0)
    goes_on.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert names(tmp_path / "a") == []


async def test_a_disk_that_hangs_holds_up_no_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.process.backups.STOP_SECONDS", 0.01)
    forever, began = threading.Event(), threading.Event()

    def hang() -> None:
        began.set()
        forever.wait()

    running = asyncio.create_task(in_thread(hang, lambda: None))
    await until(began.is_set)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    forever.set()
