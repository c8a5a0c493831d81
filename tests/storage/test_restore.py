# ruff: noqa: ASYNC240  # a test waits for its own small files
from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import chats, inbox, outbox, posts, spreads
from storage.backup import write_backup
from storage.database import Database, NotADatabaseError
from storage.models import ChatId, NewOutboxRow, OutboxState, PostId, PostPush
from storage.restore import RestoreError, restore
from tests.databases import lay_out
from tests.storage.files import ROOT
from tests.storage.rows import add_chats, add_post, chat

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
STAMP = "20261123-043000"


@pytest.fixture
async def backup(database: Database, tmp_path: Path) -> Path:
    """A post, a chat, and a push on its way; prepared, as `sosik backup` leaves it."""
    await add_chats(database, chat(-1))
    post_id = await add_post(database, "글")
    async with database.transaction() as tx:
        push = NewOutboxRow(ChatId(-1), "7", PostPush((post_id,)), NOW)
        await outbox.add_rows(tx, [push], NOW)
    path = tmp_path / "copy.db"
    async with database.reader() as db:
        await write_backup(db, path)
    return path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where no database is yet, nor a folder for it."""
    return tmp_path / "place" / "sosik.db"


async def filled(place: Path, title: str = "그 자리의 글") -> bytes:
    """A database that is there already; its bytes."""
    place.parent.mkdir()
    await lay_out(place)
    async with Database.opened(place) as database:
        await add_post(database, title)
    return place.read_bytes()


async def titles(path: Path) -> list[str]:
    async with Database.opened(path) as database, database.reader() as db:
        return [one.title for one in await posts.list_newest(db, limit=9)]


def names(place: Path) -> list[str]:
    return sorted(one.name for one in place.parent.iterdir())


async def test_a_backup_is_put_where_nothing_is_and_is_not_changed(
    backup: Path, place: Path
) -> None:
    before = backup.read_bytes()
    done = restore(backup, place, NOW)
    assert (done.posts, done.chats, done.doubts, done.spreads) == (1, 1, 1, 0)
    assert done.aside is None
    assert done.last_at == NOW
    assert backup.read_bytes() == before
    assert names(place) == ["sosik.db"]
    assert (place.stat().st_mode & 0o777, place.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert await titles(place) == ["글"]


async def test_what_is_there_is_set_aside_and_never_overwritten(backup: Path, place: Path) -> None:
    before = await filled(place)
    asides = [restore(backup, place, NOW).aside for _ in range(3)]
    wanted = [f"sosik.{STAMP}.before", f"sosik.{STAMP}-2.before", f"sosik.{STAMP}-3.before"]
    assert [one and one.name for one in asides] == wanted
    assert asides[0] is not None
    assert len(asides[0].read_bytes()) == len(before)
    assert await titles(place) == ["글"]
    assert restore(asides[0], place, NOW).posts == 1
    assert await titles(place) == ["그 자리의 글"]


@pytest.mark.parametrize("kept", [None, 0, 16])
async def test_the_log_of_a_database_that_was_killed_goes_with_it(
    backup: Path, place: Path, tmp_path: Path, kept: int | None
) -> None:
    """Beside another database it would be taken for that one's."""
    await filled(place)
    async with Database.opened(place) as database:
        await add_post(database, "im Log")
        killed = tmp_path / "killed" / "sosik.db"
        killed.parent.mkdir()
        for ending in ("", "-wal", "-shm"):
            shutil.copy(f"{place}{ending}", f"{killed}{ending}")
    if kept is not None:
        head = killed.read_bytes()[:kept]
        killed.write_bytes(head.ljust(killed.stat().st_size, b"\xa5"))
    log = Path(f"{killed}-wal").read_bytes()
    aside = restore(backup, killed, NOW).aside
    assert await titles(killed) == ["글"]
    assert aside is not None
    if kept is None:
        assert await titles(aside) == ["im Log", "그 자리의 글"]
    else:
        assert Path(f"{aside}-wal").read_bytes() == log


async def test_a_copy_with_its_log_is_restored_with_all_that_the_log_holds(
    database: Database, place: Path, tmp_path: Path
) -> None:
    """As somebody copies it by hand, and as Litestream leaves it: not prepared."""
    await add_chats(database, chat(-1))
    async with database.transaction() as tx:
        push = NewOutboxRow(ChatId(-1), "7", PostPush(()), NOW)
        await outbox.add_rows(tx, [push], NOW)
        await spreads.add_spread(tx, [PostId(1)], None, NOW)
        await tx.execute("INSERT INTO inbox VALUES (7, -1, 0, '{}')")
    copied = tmp_path / "copied" / "a.db"
    copied.parent.mkdir()
    for ending in ("", "-wal"):
        shutil.copy(f"{database.path}{ending}", f"{copied}{ending}")
    done = restore(copied, place, NOW)
    assert (done.chats, done.doubts, done.spreads) == (1, 1, 1)
    assert names(place) == ["sosik.db"]
    async with Database.opened(place) as found, found.reader() as db:
        assert await outbox.count_by_state(db) == {OutboxState.UNKNOWN: 1}
        spread = await spreads.get_first(db)
        assert spread is not None
        assert spread.in_doubt
        assert await inbox.count_waiting(db) == 0


async def test_an_older_backup_is_brought_up_to_date(tmp_path: Path, place: Path) -> None:
    from storage.migrations import STEPS, migrate  # noqa: PLC0415  # this one test

    with closing(sqlite3.connect(tmp_path / "old.db", isolation_level=None)) as db:
        migrate(db, STEPS[:12])
    restore(tmp_path / "old.db", place, NOW)
    assert await titles(place) == []


def made_newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 9999")


def made_foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE notes (text TEXT)")


def made_nothing(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA application_id = 0x536F7369")


def made_rowless(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM sources")


def overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 8192)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def made(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def to_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def to_itself(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "restore.missing"),
    "a link to nothing": (to_nowhere, "restore.missing"),
    "a link to itself": (to_itself, "restore.unreadable"),
    "a folder": (to_folder, "restore.folder"),
    "a pipe": (to_pipe, "restore.not_ours"),
    "empty": (made(b""), "restore.empty"),
    "text": (made("안녕하세요".encode()), "restore.not_ours"),
    "a log": (made(b"\x37\x7f\x06\x82" + bytes(64)), "restore.log"),
    "compressed": (made(b"\x1f\x8b" + bytes(64)), "restore.packed"),
    "another program's": (made_foreign, "restore.not_ours"),
    "nothing in it": (made_nothing, "restore.not_ours"),
    "of a later version": (made_newer, "restore.newer"),
    "cut off": (cut, "restore.damaged"),
    "its head alone": (made(b"SQLite format 3\0"), "restore.damaged"),
    "overwritten": (overwritten, "restore.damaged"),
    "rows that point nowhere": (made_rowless, "restore.damaged"),
}


@pytest.mark.parametrize("what", BAD)
async def test_what_is_no_backup_is_refused_by_name_and_what_was_there_stays(
    backup: Path, place: Path, what: str
) -> None:
    spoil, key = BAD[what]
    spoil(backup)
    before = await filled(place)
    with pytest.raises(RestoreError) as caught:
        restore(backup, place, NOW)
    assert caught.value.key == key
    assert caught.value.values["path"] == str(backup)
    assert place.read_bytes() == before
    assert names(place) == ["sosik.db"]


async def test_a_link_to_a_backup_is_followed_and_the_place_may_be_a_link(
    backup: Path, place: Path, tmp_path: Path
) -> None:
    await filled(place)
    newest, path = tmp_path / "newest.db", tmp_path / "here.db"
    newest.symlink_to(backup)
    path.symlink_to(place)
    restore(newest, path, NOW)
    assert path.is_symlink()
    assert await titles(place) == ["글"]


async def test_the_database_itself_is_no_backup_by_whatever_name(
    place: Path, tmp_path: Path
) -> None:
    await filled(place)
    (tmp_path / "link").symlink_to(place)
    os.link(place, tmp_path / "second")
    for one in (place, tmp_path / "link", tmp_path / "second"):
        with pytest.raises(RestoreError) as caught:
            restore(one, place, NOW)
        assert caught.value.key == "restore.itself"


async def test_a_folder_in_the_databases_place_is_left_alone(backup: Path, place: Path) -> None:
    place.mkdir(parents=True)
    with pytest.raises(NotADatabaseError):
        restore(backup, place, NOW)
    with pytest.raises(RestoreError) as caught:
        restore(backup, Path("/proc/nowhere/sosik.db"), NOW)
    assert caught.value.key == "restore.unwritten"


async def test_a_device_in_the_databases_place_keeps_its_name(backup: Path, place: Path) -> None:
    """`DATABASE_PATH=/dev/null`, as root: without it no program of the machine would start."""
    place.parent.mkdir()
    os.mkfifo(place)
    with pytest.raises(NotADatabaseError) as refused:
        restore(backup, place, NOW)
    assert refused.value.key == "database.not_ours"
    assert names(place) == ["sosik.db"]
    assert place.is_fifo()


async def test_a_database_that_another_program_has_open_stays(backup: Path, place: Path) -> None:
    """Litestream, say, which would go on copying what has no name any more."""
    await filled(place)
    async with Database.opened(place):
        with pytest.raises(RestoreError) as caught:
            restore(backup, place, NOW)
    assert caught.value.key == "restore.busy"
    assert await titles(place) == ["그 자리의 글"]


async def test_what_an_earlier_try_left_is_deleted_and_nothing_else(
    backup: Path, place: Path
) -> None:
    await filled(place)
    for name in ("sosik.db.0a1b2c3d.part", "sosik.db.0a1b2c3d.part-wal", "other.db.x.part"):
        place.with_name(name).touch()
    own = place.with_name("sosik.db.mine.part")
    shutil.copy(backup, own)
    restore(own, place, NOW)
    assert names(place) == [
        "other.db.x.part",
        f"sosik.{STAMP}.before",
        "sosik.db",
        "sosik.db.mine.part",
    ]


async def test_what_litestream_knows_of_the_old_one_goes_with_it(backup: Path, place: Path) -> None:
    await filled(place)
    place.with_name(".sosik.db-litestream").mkdir()
    restore(backup, place, NOW)
    assert f".sosik.{STAMP}.before-litestream" in names(place)
    assert ".sosik.db-litestream" not in names(place)


def refuse(*_: object) -> Any:  # noqa: ANN401  # it gives nothing
    raise OSError(errno.EPERM, "no")


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("head", [b"", b"SQLite format 3\0"])
async def test_wherever_it_fails_what_was_there_has_its_name_and_its_log(
    backup: Path, place: Path, monkeypatch: pytest.MonkeyPatch, head: bytes, *, links: bool
) -> None:
    """The last step fails, on a disk with and without links; what is there is damaged."""
    place.parent.mkdir()
    content = head.ljust(5000, b"\xa5")
    place.write_bytes(content)
    log = Path(f"{place}-wal")
    log.write_text("log")
    monkeypatch.setattr(Path, "rename" if head and not links else "replace", refuse)
    if not links:
        monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(RestoreError) as caught:
        restore(backup, place, NOW)
    assert caught.value.key == "restore.unwritten"
    assert place.read_bytes() == content
    assert names(place)[0] == "sosik.db"
    if links or not head:
        assert names(place) == ["sosik.db", "sosik.db-wal"]
        assert log.read_text() == "log"


async def test_where_it_fails_a_database_that_was_killed_stays_whole(
    backup: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(place)
    async with Database.opened(place) as database:
        await add_post(database, "im Log")
        for ending in ("", "-wal"):
            shutil.copy(f"{place}{ending}", place.with_name(f"killed.db{ending}"))
    killed = place.with_name("killed.db")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refuse)
        with pytest.raises(RestoreError):
            restore(backup, killed, NOW)
    assert await titles(killed) == ["im Log", "그 자리의 글"]


async def test_a_disk_without_links_keeps_the_old_one_too(
    backup: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(place)
    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "fsync", lambda _: None)
    aside = restore(backup, place, NOW).aside
    assert aside is not None
    assert await titles(place) == ["글"]
    assert await titles(aside) == ["그 자리의 글"]


async def test_a_backup_on_a_disk_that_breaks_meanwhile_is_told(
    backup: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, reads = Path.open, 0

    def open_once(path: Path, *given: Any) -> Any:  # noqa: ANN401  # Path.open's own
        nonlocal reads
        reads += path == backup
        if reads == 2:
            raise OSError(errno.EIO, "broken")
        return real(path, *given)

    monkeypatch.setattr(Path, "open", open_once)
    with pytest.raises(RestoreError) as caught:
        restore(backup, place, NOW)
    assert caught.value.key == "restore.unreadable"
    assert names(place) == []


@pytest.mark.parametrize(
    ("where", "error", "key"),
    [
        ("storage.restore.sync", OSError(errno.ENOSPC, "full"), "restore.full"),
        ("storage.restore.sync", OSError(errno.EIO, "broken"), "restore.unwritten"),
        ("storage.restore.migrate", "SQLITE_FULL", "restore.full"),
        ("storage.restore.migrate", "SQLITE_IOERR", "restore.damaged"),
        ("storage.restore._new", OSError(errno.EDQUOT, "quota"), "restore.full"),
    ],
)
async def test_a_disk_that_is_full_or_broken_is_told_and_leaves_nothing(
    backup: Path,
    place: Path,
    where: str,
    error: OSError | str,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raised: Exception = sqlite3.OperationalError("x")
    if isinstance(error, str):
        raised.sqlite_errorcode = getattr(sqlite3, error)  # type: ignore[attr-defined]  # sqlite3 sets it so
    else:
        raised = error

    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr(where, fail)
    before = await filled(place)
    with pytest.raises(RestoreError) as caught:
        restore(backup, place, NOW)
    assert caught.value.key == key
    assert (place.read_bytes(), names(place)) == (before, ["sosik.db"])


async def test_a_broken_migration_is_told_as_damage(
    backup: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage.migrations import BrokenMigrationError  # noqa: PLC0415  # this one test

    def fail(*_: object) -> None:
        raise BrokenMigrationError("x")

    monkeypatch.setattr("storage.restore.migrate", fail)
    with pytest.raises(RestoreError) as caught:
        restore(backup, place, NOW)
    assert caught.value.key == "restore.damaged"


async def test_what_root_restores_belongs_to_whoever_has_the_database(
    backup: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bot that cannot write its database does not start."""
    owned: list[tuple[str, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda path, user, _: owned.append((Path(path).name, user)))
    await filled(place)
    restore(backup, place, NOW)
    assert owned[0][0].startswith("sosik.db.")
    assert owned == [(owned[0][0], place.stat().st_uid), ("sosik.db.lock", place.stat().st_uid)]
    monkeypatch.setattr(os, "geteuid", lambda: 1)
    restore(backup, place, NOW)
    assert len(owned) == 2


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(at=st.floats(0, 1), content=st.binary(min_size=1, max_size=3000))
async def test_however_a_backup_is_spoilt_it_is_restored_whole_or_refused(
    backup: Path, place: Path, at: float, content: bytes
) -> None:
    """A byte here and there that means nothing is no harm; anything else is told."""
    spoilt = backup.with_name("spoilt.db")
    data = bytearray(backup.read_bytes())
    start = int(at * (len(data) - 1))
    data[start : start + len(content)] = content
    spoilt.write_bytes(data)
    try:
        restore(spoilt, place, NOW)
    except RestoreError as error:
        assert error.key.startswith("restore.")  # noqa: PT017  # either is right
    else:
        async with Database.opened(place) as database, database.reader() as db:
            assert len(await chats.list_chats(db)) <= 1


KILLED = """
import os, shutil, sqlite3, sys
from datetime import UTC, datetime
from pathlib import Path
from storage.restore import restore

folder, backup = Path(sys.argv[1]), Path(sys.argv[2])


def titles(path):
    db = sqlite3.connect(f"file:{path}?mode=rw", uri=True)
    found = [one for one, in db.execute("SELECT title FROM posts ORDER BY title")]
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
    return found


for number in range(1, 1000):
    place = folder / str(number) / "sosik.db"
    shutil.copytree(folder / "0", place.parent)
    child = os.fork()
    if not child:
        seen = 0

        def hook(event, arguments):
            global seen
            seen += event.startswith(("os.", "open", "sqlite3.connect"))
            if seen == number:
                os._exit(9)

        sys.addaudithook(hook)
        restore(backup, place, datetime.now(UTC))
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(code, *titles(place))
    for aside in place.parent.glob("*.before"):
        assert place.samefile(aside) or titles(aside), aside
    if not code:
        break
"""


async def test_killed_at_any_moment_one_of_the_two_is_there_whole(
    backup: Path, place: Path, tmp_path: Path
) -> None:
    """What a killed bot left, with its log, or what is restored; and then it is restored."""
    await filled(place)
    killed = tmp_path / "runs" / "0" / "sosik.db"
    killed.parent.mkdir(parents=True)
    async with Database.opened(place) as database:
        await add_post(database, "가장 새 글")
        for ending in ("", "-wal"):
            shutil.copy(f"{place}{ending}", f"{killed}{ending}")
    command = (sys.executable, "-c", KILLED, str(killed.parents[1]), str(backup))
    lines = await asyncio.to_thread(subprocess.check_output, command, cwd=ROOT, text=True)
    said = lines.splitlines()
    assert len(said) > 20
    assert set(said[:-1]) == {"9 가장 새 글 그 자리의 글", "9 글"}
    assert said[-1] == "0 글"
