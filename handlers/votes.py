"""Votes by the buttons of a card, where reactions cannot be seen or a chat wants buttons."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.interaction.forwards import original
from bot.pages.cards import VOTES
from storage import cleanups, messages, votes
from storage.models import ActorId, ChatId, MessageId, VotePress

if TYPE_CHECKING:
    from telegram import MaybeInaccessibleMessage, Update

    from bot.interaction.context import BotContext
    from bot.pages.actions import Vote

SETTLE_SECONDS = 3
"""A card shows new counts so long after the first press: many presses, one edit."""


async def pressed(_: Update, context: BotContext, action: Vote) -> None:
    """Turn the vote over, once however often the press comes, and say how it stands."""
    query = context.incoming.callback_query
    message = query.message if query is not None else None
    if query is None or message is None or action.emoji not in VOTES:
        await context.toast(context.texts("stale"), alert=True)
        return
    chat_id, message_id = _place(message)
    press = VotePress(
        chat_id=chat_id,
        message_id=message_id,
        actor_id=ActorId(query.from_user.id),
        emoji=action.emoji,
        pressed_at=context.services.clock.now(),
        update_id=context.update_id,
    )
    async with context.transaction() as tx:
        is_given = await votes.turn_over(tx, press)
        await cleanups.keep_used(tx, [(chat_id, message_id)])
        at = press.pressed_at + timedelta(seconds=SETTLE_SECONDS)
        await messages.set_refresh(tx, [(chat_id, message_id)], at)
    key = "vote.given" if is_given else "vote.withdrawn"
    await context.toast(context.texts(key, emoji=action.emoji))


def _place(message: MaybeInaccessibleMessage) -> tuple[ChatId, MessageId]:
    """The message that is voted on: a channel's card and its forward to the discussion are one."""
    return original(message) or (ChatId(message.chat.id), MessageId(message.message_id))
