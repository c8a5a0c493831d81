"""Menus of a room's settings that stand in chats: whose settings they show, and who opened them.

A button carries the number of its menu, for 64 bytes do not hold all that. A menu may ask for words
by a message of ours: whoever opened it replies to that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.models import Asked, ChatId, Menu, MenuId
from storage.slices import EVERY, delete_slice
from storage.times import from_seconds, to_seconds

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from storage.database import Connection, Transaction
    from storage.models import MessageId, NewMenu


async def add_menu(tx: Transaction, menu: NewMenu) -> MenuId:
    """A menu that somebody opens; its number, which no other menu gets later."""
    columns = (menu.room_id, menu.place_id, menu.opener_id, to_seconds(menu.opened_at))
    return MenuId(
        await tx.insert(
            """
            INSERT INTO menus (room_id, place_id, opener_id, opened_at, asked_id)
            VALUES (?, ?, ?, ?, ?)
            """,
            (*columns, menu.asked_id),
        )
    )


async def get_menu(db: Connection, menu_id: MenuId) -> Menu | None:
    """The menu, or None where it is forgotten or never was."""
    row = await db.fetch_one("SELECT * FROM menus WHERE id = ?", (menu_id,))
    return None if row is None else _menu(row)


async def get_asking(db: Connection, place_id: ChatId, prompt_id: MessageId) -> Menu | None:
    """The menu that asked by a message of a chat; None where none did, or it asked anew since."""
    row = await db.fetch_one(
        "SELECT * FROM menus WHERE place_id = ? AND prompt_id = ?", (place_id, prompt_id)
    )
    return None if row is None else _menu(row)


async def set_asking(tx: Transaction, menu_id: MenuId, asked: Asked) -> None:
    """A menu asks for words, and for none that it asked for before."""
    await tx.execute(
        "UPDATE menus SET message_id = ?, prompt_id = ?, asks = ?, prompted_at = ? WHERE id = ?",
        (asked.message_id, asked.prompt_id, asked.what, to_seconds(asked.at), menu_id),
    )


async def set_answered(tx: Transaction, menu_id: MenuId) -> None:
    """A menu waits for no more words."""
    await tx.execute("UPDATE menus SET prompt_id = NULL WHERE id = ?", (menu_id,))


async def count_of_person(db: Connection, person_id: int) -> int:
    """How many menus this person opened that are still kept."""
    rows = await db.fetch_all("SELECT count(*) FROM menus WHERE opener_id = ?", (person_id,))
    return int(rows[0][0])


async def delete_of_person(tx: Transaction, person_id: int) -> None:
    """Forget what somebody opened (/forgetme)."""
    await tx.execute("DELETE FROM menus WHERE opener_id = ?", (person_id,))


async def delete_old(tx: Transaction, before: datetime, limit: int = EVERY) -> int:
    """Forget menus that were opened before then: their buttons are told to be old; how many."""
    return await delete_slice(tx, "menus", "id", "opened_at < ?", (to_seconds(before),), limit)


def _menu(row: sqlite3.Row) -> Menu:
    asked = None
    if row["prompt_id"] is not None:
        asked = Asked(
            what=row["asks"],
            message_id=row["message_id"],
            prompt_id=row["prompt_id"],
            at=from_seconds(row["prompted_at"]),
        )
    return Menu(
        id=MenuId(row["id"]),
        room_id=ChatId(row["room_id"]),
        place_id=ChatId(row["place_id"]),
        opener_id=row["opener_id"],
        opened_at=from_seconds(row["opened_at"]),
        asked_id=row["asked_id"],
        asked=asked,
    )
