from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from storage import attempts, facts, known_ids, outbox
from storage.backup import BackupError, write_backup
from storage.database import Database
from storage.models import (
    ChatId,
    MessageId,
    NewAttempt,
    NewOutboxRow,
    OutboxId,
    OutboxState,
    PostPush,
)

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 23, tzinfo=UTC)


async def test_a_copy_opens_with_what_was_pending_in_doubt(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "copy.db"
    async with database.transaction() as tx:
        await outbox.add_rows(tx, [NewOutboxRow(ChatId(1), "7", PostPush(()), NOW)], NOW)
        await facts.set_fact(tx, "offset", "9")
        await facts.set_fact(tx, "kept", "yes")
    async with database.reader() as db:
        size = await write_backup(db, path)
    assert size == path.stat().st_size
    async with Database.opened(path) as copy, copy.reader() as db:
        assert await outbox.count_by_state(db) == {OutboxState.UNKNOWN: 1}
        assert await facts.get_fact(db, "offset") is None
        assert await facts.get_fact(db, "kept") == "yes"


async def test_a_copy_knows_of_no_ids_that_a_search_could_begin_at(
    database: Database, tmp_path: Path
) -> None:
    """By its return there are later messages of ours, which it would mistake for lost ones."""
    async with database.transaction() as tx:
        await known_ids.add_known_id(tx, ChatId(1), MessageId(7), NOW)
        new = NewAttempt("a", ChatId(1), "{}", "d", OutboxId(1))
        await attempts.add_attempt(tx, new, NOW)
        await attempts.add_comparison(tx, ChatId(1), MessageId(7), NOW)
    async with database.reader() as db:
        await write_backup(db, tmp_path / "copy.db")
    async with Database.opened(tmp_path / "copy.db") as copy, copy.reader() as db:
        assert await known_ids.get_last_id(db, ChatId(1)) is None
        assert await attempts.list_attempts(db, OutboxId(1)) == []
        assert not await attempts.is_compared(db, ChatId(1), MessageId(7))


async def test_an_existing_file_is_never_touched(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("mine")
    async with database.reader() as db:
        with pytest.raises(BackupError, match="exists"):
            await write_backup(db, path)
    assert path.read_text() == "mine"


async def test_a_copy_that_fails_leaves_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.backup.PREPARE", ("nonsense",))
    async with database.reader() as db:
        with pytest.raises(BackupError, match="nonsense"):
            await write_backup(db, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
