"""Filters of an older version: kept, read as they were meant, and told once."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from storage import carried_filters, chats
from storage.migrations import STEPS, _filters, migrate
from storage.models import ChatId
from tests.storage.rows import SETTINGS, add_chats, chat

if TYPE_CHECKING:
    from storage.database import Database


def carried(*kept: tuple[str, list[str]]) -> list[tuple[object, ...]]:
    """What becomes of chats of a kind, with words: both kinds of words, and whether it is told."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db, STEPS[: STEPS.index(_filters)])
        for number, (kind, words) in enumerate(kept, 1):
            db.execute(
                """
                INSERT INTO chats (id, kind, title, state, language, timezone, push, digest_times,
                    digest_days, words, joined_at)
                VALUES (?, ?, '모임', 'served', 'ko', 'Asia/Seoul', 'on', '[]', '[0]', ?, 7)
                """,
                (-number, kind, json.dumps(words, ensure_ascii=False)),
            )
        migrate(db)
        asked = """
            SELECT words, without, chat_id IS NOT NULL
            FROM chats LEFT JOIN carried_filters ON chat_id = id ORDER BY id DESC
        """
        return [
            (json.loads(words), json.loads(without), bool(untold))
            for words, without, untold in db.execute(asked)
        ]


@pytest.mark.parametrize(
    ("before", "words", "without"),
    [
        (["인공지능", "C++"], ["인공지능", "C++"], []),
        (["인공지능", "-광고"], ["인공지능"], ["광고"]),
        (["-광고", "-e-mail"], [], ["광고", "e-mail"]),
        (['"데이터', '센터"', "AI"], ["데이터 센터", "AI"], []),
        (['-"무료', '체험"'], [], ["무료 체험"]),
        (['"데이터', "센터"], ["데이터", "센터"], []),
        (["AI", "-"], ["AI"], []),
        (['""', "--"], [], []),
    ],
)
def test_a_filter_is_kept_as_it_was_meant(
    before: list[str], words: list[str], without: list[str]
) -> None:
    assert carried(("supergroup", before)) == [(words, without, True)]


def test_who_has_none_and_channels_are_told_nothing() -> None:
    assert carried(("group", []), ("channel", ["AI"]), ("private", ["AI"])) == [
        ([], [], False),
        (["AI"], [], False),
        (["AI"], [], True),
    ]


async def untold(database: Database) -> list[ChatId]:
    async with database.reader() as db:
        return await carried_filters.list_untold(db)


@pytest.fixture
async def kept(database: Database) -> Database:
    await add_chats(database, chat(-1, words=("AI",)), chat(-2, words=("AI",)), chat(-3))
    async with database.transaction() as tx:
        await tx.execute_many("INSERT INTO carried_filters VALUES (?)", [(-1,), (-2,)])
    return database


async def test_each_is_told_once(kept: Database) -> None:
    assert await untold(kept) == [-2, -1]
    async with kept.transaction() as tx:
        await carried_filters.set_told(tx, [ChatId(-2)])
    assert await untold(kept) == [-1]


async def test_who_chooses_words_anew_knows_and_who_chooses_something_else_does_not(
    kept: Database,
) -> None:
    async with kept.transaction() as tx:
        other = replace(SETTINGS, words=("AI",), timezone="UTC")
        await chats.set_settings(tx, ChatId(-1), other, None)
        await chats.set_settings(tx, ChatId(-2), replace(other, without=("광고",)), None)
    assert await untold(kept) == [-1]


async def test_it_goes_with_the_chat(kept: Database) -> None:
    async with kept.transaction() as tx:
        await chats.set_migrated(tx, ChatId(-1), ChatId(-1001))
        await chats.delete_chat(tx, ChatId(-2))
    assert await untold(kept) == [-1001]
