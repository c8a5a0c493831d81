from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chats import Chats
from bot.config import Settings
from storage.models import ChatId, ChatKind
from tests.clock import FakeClock

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from storage.database import Database


async def test_a_persons_name_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: Database
) -> None:
    monkeypatch.chdir(tmp_path)
    chats = Chats(Settings(), database, FakeClock())
    assert chats.new(ChatId(1), ChatKind.PRIVATE, "김민지").title == ""
    assert chats.new(ChatId(-1), ChatKind.GROUP, "독서모임").title == "독서모임"
