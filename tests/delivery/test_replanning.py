from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.delivery.replanning import replan_served
from storage import chats
from storage.models import ChatId, ChatState
from tests.storage.rows import add_chats, chat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.database import Database, Transaction
    from storage.models import Chat

GROUP = [-1, -2, -3, -4, 5]


@pytest.mark.parametrize("at_once", [1, 2, 3, 5, 6])
async def test_every_served_chat_is_met_in_slices(
    database: Database, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("bot.delivery.replanning.CHATS_AT_ONCE", at_once)
    await add_chats(database, *map(chat, GROUP), chat(-9, state=ChatState.LEFT))
    slices: list[list[int]] = []

    async def write(_: Transaction, served: Sequence[Chat]) -> None:
        slices.append([one.id for one in served])

    await replan_served(database, write)
    assert [one for some in slices for one in some] == sorted(GROUP, reverse=True)
    assert max(map(len, slices)) <= at_once


@pytest.mark.parametrize("turned", GROUP[:-1])
async def test_a_group_that_becomes_a_supergroup_meanwhile_is_met(
    database: Database, monkeypatch: pytest.MonkeyPatch, turned: int
) -> None:
    monkeypatch.setattr("bot.delivery.replanning.CHATS_AT_ONCE", 2)
    await add_chats(database, *map(chat, GROUP))
    new, met = ChatId(-1_000_000_000_000 + turned), set[int]()

    async def write(tx: Transaction, served: Sequence[Chat]) -> None:
        met.update(one.id for one in served)
        await chats.set_migrated(tx, ChatId(turned), new)

    await replan_served(database, write)
    assert met >= {one for one in GROUP if one != turned} | {new}


async def test_where_no_chat_is_served_none_is_written(database: Database) -> None:
    async def write(_: Transaction, served: Sequence[Chat]) -> None:
        assert not served

    await replan_served(database, write)
