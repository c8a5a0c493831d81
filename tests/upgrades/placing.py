"""What the bot had put into the rooms by the time its database was kept, put there again."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import httpx

from tests.upgrades.evening import LANDED, SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.simulator import Simulator
    from tests.upgrades.evening import Town

FIRST_SUPERGROUP = -1_000_000_000_000
"""Ids below are supergroups and channels, which count their messages themselves."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A card in a room; `markup` is Telegram's JSON, empty where nobody will compare it."""

    chat_id: int
    message_id: int
    text: str
    markup: str


async def place(sim: Simulator, town: Town, path: Path) -> None:
    """The cards under their own ids, and those that landed unknown; then the next update's id."""
    with closing(sqlite3.connect(path)) as db:
        offset = db.execute("SELECT value FROM facts WHERE key = 'offset'").fetchone()[0]
        cards = sorted([*_known(db), *_landed(db, town)], key=lambda one: one.message_id)
    sim.updates._next_id = int(offset)
    async with httpx.AsyncClient(base_url=f"{sim.url}/bot{sim.token}/") as client:
        for card in cards:
            _count_from(sim, card.chat_id, card.message_id - 1)
            body = {"chat_id": card.chat_id, "text": card.text}
            if card.markup:
                body["reply_markup"] = json.loads(card.markup)
            answer = await client.post("sendMessage", json=body)
            assert answer.json()["result"]["message_id"] == card.message_id, answer.text


def _known(db: sqlite3.Connection) -> Iterator[Placed]:
    asked = """
        SELECT chat_id, message_id, posts.title FROM messages JOIN posts ON posts.id = post_id
        JOIN chats ON chats.id = chat_id WHERE chats.state = 'served'
    """
    for chat_id, message_id, title in db.execute(asked):
        yield Placed(chat_id, message_id, title, "")


def _landed(db: sqlite3.Connection, town: Town) -> Iterator[Placed]:
    """Above all ids that are known where they count."""
    beyond = count(_highest(db, "> ", FIRST_SUPERGROUP) + 1)
    for title in LANDED:
        chat_id = town.rooms[title].id
        own = _highest(db, "= ", chat_id) + 1
        message_id = own if chat_id < FIRST_SUPERGROUP else next(beyond)
        yield Placed(chat_id, message_id, SECOND, _markup(db, chat_id))


def _highest(db: sqlite3.Connection, comparison: str, chat_id: int) -> int:
    asked = f"""
        SELECT max(message_id) FROM (
            SELECT chat_id, message_id FROM messages
            UNION SELECT chat_id, message_id FROM inbox_seen WHERE message_id IS NOT NULL
            UNION SELECT chat_id, message_id FROM outbox WHERE message_id IS NOT NULL
        ) WHERE chat_id {comparison} ?
    """  # noqa: S608  # comparisons of ours
    return int(db.execute(asked, (chat_id,)).fetchone()[0])


def _markup(db: sqlite3.Connection, chat_id: int) -> str:
    """As it left, where the version kept that."""
    if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'attempts'").fetchone():
        return ""
    asked = "SELECT keyboard FROM attempts WHERE chat_id = ? AND message_id IS NULL"
    (found,) = db.execute(asked, (chat_id,)).fetchone()
    return str(found)


def _count_from(sim: Simulator, chat_id: int, message_id: int) -> None:
    if chat_id < FIRST_SUPERGROUP:
        sim.world.chats[chat_id].last_id = message_id
    else:
        sim.world.count_from({**sim.world.counters(), "account": message_id})
