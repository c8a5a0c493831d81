"""What is pinned in a chat by the bot: the newest of what came by itself, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.models import ChatId, MessageId, Pin

if TYPE_CHECKING:
    from storage.database import Connection, Transaction


async def set_wanted(tx: Transaction, chat_id: ChatId, message_id: MessageId) -> None:
    """This message is to be pinned, in place of the one before; not of a newer one."""
    await tx.execute(
        """
        INSERT INTO pins (chat_id, wanted_id) VALUES (?, ?)
        ON CONFLICT DO UPDATE SET wanted_id = excluded.wanted_id
        WHERE excluded.wanted_id >= max(ifnull(wanted_id, 0), ifnull(pinned_id, 0))
        """,
        (chat_id, message_id),
    )


async def set_gone(
    tx: Transaction, chat_id: ChatId, message_id: MessageId, *, instead: MessageId
) -> None:
    """A message was deleted: where it is the one that is pinned or to be, another one is wanted."""
    await tx.execute(
        """
        UPDATE pins
        SET wanted_id = ifnull(nullif(wanted_id, :gone), :instead),
            pinned_id = nullif(pinned_id, :gone)
        WHERE chat_id = :chat_id AND :gone IN (wanted_id, pinned_id)
        """,
        {"chat_id": chat_id, "gone": message_id, "instead": instead},
    )


async def list_wanted(db: Connection) -> list[Pin]:
    """Chats where a message is to be pinned."""
    rows = await db.fetch_all("SELECT * FROM pins WHERE wanted_id IS NOT NULL ORDER BY chat_id")
    return [
        Pin(
            ChatId(row["chat_id"]),
            MessageId(row["wanted_id"]),
            None if row["pinned_id"] is None else MessageId(row["pinned_id"]),
            None if row["tried_id"] is None else MessageId(row["tried_id"]),
        )
        for row in rows
    ]


async def set_tried(tx: Transaction, pin: Pin) -> None:
    """The wanted message is being pinned."""
    await tx.execute("UPDATE pins SET tried_id = ? WHERE chat_id = ?", (pin.wanted_id, pin.chat_id))


async def set_pinned(tx: Transaction, pin: Pin) -> None:
    """The wanted message is pinned; one that came meanwhile is still wanted."""
    await tx.execute(
        """
        UPDATE pins
        SET pinned_id = :done, wanted_id = nullif(wanted_id, :done), tried_id = NULL
        WHERE chat_id = :chat_id
        """,
        {"done": pin.wanted_id, "chat_id": pin.chat_id},
    )


async def give_up(tx: Transaction, pin: Pin) -> None:
    """The message cannot be pinned; what is pinned stays so."""
    await tx.execute(
        "UPDATE pins SET wanted_id = NULL, tried_id = NULL WHERE chat_id = ? AND wanted_id = ?",
        (pin.chat_id, pin.wanted_id),
    )
