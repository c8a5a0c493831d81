from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.chats import Chats
from bot.config import Settings, load_settings
from bot.pages.corrections import Hand
from storage import chats as stored
from storage.models import (
    ChatId,
    ChatKind,
    ChatState,
    Edition,
    Night,
    Period,
    QuietHours,
)
from tests.clock import FakeClock
from tests.storage.rows import NOW, add_chats, chat

if TYPE_CHECKING:
    from pathlib import Path

    from storage.database import Database


async def test_a_persons_name_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: Database
) -> None:
    monkeypatch.chdir(tmp_path)
    chats = Chats(Settings(), database, FakeClock())
    assert chats.new(ChatId(1), ChatKind.PRIVATE, "김민지").title == ""
    assert chats.new(ChatId(-1), ChatKind.GROUP, "독서모임").title == "독서모임"


async def test_a_chat_that_waits_is_told_so_three_times_a_day(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: Database
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.chats.MOST_REMEMBERED", 2)
    clock = FakeClock()
    chats = Chats(Settings(), database, clock)
    assert [chats.may_say_waiting(ChatId(-1)) for _ in range(5)] == [True] * 3 + [False] * 2
    assert chats.may_say_waiting(ChatId(-2))
    await clock.advance(24 * 3600)
    assert chats.may_say_waiting(ChatId(-1))
    for other in (-3, -4):
        assert chats.may_say_waiting(ChatId(other))
    assert len(chats._told) == 2


async def test_a_private_chat_is_the_hand_of_whose_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: Database
) -> None:
    monkeypatch.chdir(tmp_path)
    chats = Chats(load_settings(operator_ids="1", author_ids="77"), database, FakeClock())
    private = {one: chat(one, kind=ChatKind.PRIVATE) for one in (1, 77, 78)}
    assert chats.hand_of(private[1]) == Hand(1, is_operator=True)
    assert chats.hand_of(private[77]) == Hand(77, is_operator=False)
    assert chats.hand_of(private[78]) is None
    assert chats.hand_of(chat(77)) is None


@pytest.mark.parametrize(
    ("named", "username", "is_named"),
    [
        ("@Morning_News", "morning_news", True),
        ("-1001", None, True),
        ("@none", None, False),
        ("@other -1002", "morning_news", False),
    ],
)
def test_what_channels_names(
    named: str, username: str | None, *, is_named: bool, database: Database
) -> None:
    settings = load_settings(channels=named, _env_file=None)
    assert Chats(settings, database, FakeClock()).is_named(-1001, username) is is_named


@pytest.mark.parametrize("kind", list(ChatKind))
def test_every_new_chat_has_a_quiet_night_and_a_channels_is_silent(
    kind: ChatKind, database: Database
) -> None:
    chats = Chats(load_settings(_env_file=None), database, FakeClock())
    settings = chats.new(ChatId(-1), kind, "소식").settings
    assert settings.quiet == QuietHours(22 * 60, 8 * 60)
    assert (settings.night is Night.SILENT) is (kind is ChatKind.CHANNEL)


async def test_a_digest_that_is_overdue_comes_whatever_else_is_chosen_meanwhile(
    database: Database,
) -> None:
    """After an outage what people chose is read before the digests of that time are queued."""
    now = NOW + timedelta(minutes=5)
    chats = Chats(load_settings(_env_file=None), database, FakeClock(now))
    one = chat(-1, digest_due_at=NOW)
    await add_chats(database, one)
    async with database.transaction() as tx:
        await chats.change(tx, one, replace(one.settings, language="en"))
        known = await stored.get_chat(tx, one.id)
        assert known is not None
        assert known.digest_due_at == NOW
        later = await chats.change(tx, known, replace(one.settings, digest_times=(541,)))
        assert later.digest_due_at == NOW + timedelta(days=1, minutes=1)
        none = await chats.change(tx, known, replace(one.settings, digest_times=()))
    assert none.digest_due_at is None


async def test_editions_are_due_by_what_is_chosen_and_what_is_overdue_stays_so(
    database: Database,
) -> None:
    """NOW is a Monday, at nine in the morning in Seoul."""
    now = NOW + timedelta(seconds=30)
    chats = Chats(load_settings(_env_file=None), database, FakeClock(now))
    one = chat(-1)
    weekly = replace(one.settings, weekly=Edition(0, 540), monthly=540)
    async with database.transaction() as tx:
        await chats.change(tx, one, weekly)
        known = await stored.get_chat(tx, one.id)
        assert known is not None
        assert known.weekly_due_at == NOW + timedelta(days=7)
        assert known.monthly_due_at == NOW + timedelta(days=8)
        await stored.set_edition_due(tx, one.id, Period.WEEK, NOW)
        await chats.change(tx, one, replace(weekly, language="en", monthly=None))
        known = await stored.get_chat(tx, one.id)
        assert known is not None
        assert (known.weekly_due_at, known.monthly_due_at) == (NOW, None)
        await chats.change(tx, one, replace(weekly, weekly=Edition(0, 539)))
        known = await stored.get_chat(tx, one.id)
    assert known is not None
    assert known.weekly_due_at == NOW + timedelta(days=7, minutes=-1)


async def test_a_chat_that_comes_back_has_editions_from_then_on(database: Database) -> None:
    chats = Chats(load_settings(_env_file=None), database, FakeClock(NOW))
    weekly = {"weekly": Edition(0, 540), "weekly_due_at": NOW - timedelta(days=70)}
    left = chat(-1, state=ChatState.LEFT, **weekly)
    await add_chats(database, left)
    async with database.transaction() as tx:
        waiting = await chats.join(tx, left, by_operator=False)
        assert (waiting.state, waiting.weekly_due_at) == (ChatState.WAITING, None)
        served = await chats.approve(tx, left.id)
    assert served is not None
    assert served.weekly_due_at == NOW + timedelta(days=7)
