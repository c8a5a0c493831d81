"""Votes: what people gave by the buttons of cards, a row for each message, person and emoji.

All who see a card share its buttons, so a button cannot say what it leads to: a press turns the
vote over, and is counted once, with the end of its update. A vote is a row of its own, for an
update of reactions replaces all that somebody has on a message. What counts is in
`storage.reactions`: a vote beside a reaction of the same person with the same emoji does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import inbox
from storage.times import to_seconds

if TYPE_CHECKING:
    from storage.database import Transaction
    from storage.models import VotePress

_VOTE = "chat_id = ? AND message_id = ? AND actor_id = ? AND emoji = ?"


async def turn_over(tx: Transaction, press: VotePress) -> bool:
    """Give the vote, or withdraw it where it is given; whether it is given now.

    The press's row in the inbox ends with it: one that has none was counted before, and changes
    nothing.
    """
    vote = (press.chat_id, press.message_id, press.actor_id, press.emoji)
    if not await inbox.end_update(tx, press.update_id):
        return await tx.fetch_one(f"SELECT 1 FROM votes WHERE {_VOTE}", vote) is not None  # noqa: S608  # names of ours
    if await tx.execute(f"DELETE FROM votes WHERE {_VOTE}", vote):  # noqa: S608  # likewise
        return False
    await tx.execute(
        """
        INSERT INTO votes VALUES (?, ?, ?, ?, ?, (
            SELECT post_id FROM messages WHERE chat_id = ? AND message_id = ?
        ))
        """,
        (*vote, to_seconds(press.pressed_at), press.chat_id, press.message_id),
    )
    return True
