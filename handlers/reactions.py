"""Reactions, recorded: who has which emoji on which message now, and totals without users.

They come in floods, so they are taken in groups, many updates in one commit. A set replaces what
was known (Bot API, MessageReactionUpdated: `new_reaction` is the actor's full set).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from telegram import ReactionTypeCustomEmoji, ReactionTypeEmoji

from storage import messages, reactions
from storage.models import ActorId, ChatId, MessageId, ReactionSet, ReactionTotals, UpdateId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import MessageReactionUpdated, ReactionType, Update

    from bot.clock import Clock
    from storage.database import Transaction

CUSTOM = "custom:"
"""Before the id of a custom emoji, which has no character of its own."""
PAID = "paid"
VARIATION_SELECTOR = "\ufe0f"
SETTLE_SECONDS = 3
"""A card shows new counts so long after the first change: many taps, one edit."""


class Reactions:
    """Takes reaction updates in."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def take_sets(self, tx: Transaction, updates: Sequence[Update]) -> None:
        """Keep what each actor has on each message now; bots are not counted."""
        changes = [
            (update.update_id, update.message_reaction)
            for update in updates
            if update.message_reaction is not None
        ]
        sets = [
            ReactionSet(
                chat_id=ChatId(change.chat.id),
                message_id=MessageId(change.message_id),
                actor_id=actor,
                emoji=frozenset(emoji_key(one) for one in change.new_reaction),
                changed_at=change.date,
                update_id=UpdateId(update_id),
            )
            for update_id, change in changes
            if (actor := actor_of(change)) is not None
        ]
        await reactions.set_reactions(tx, sets)
        await self._refresh(tx, [(one.chat_id, one.message_id) for one in sets])

    async def take_totals(self, tx: Transaction, updates: Sequence[Update]) -> None:
        """Keep the totals of messages in channels and of automatic forwards."""
        totals = [
            ReactionTotals(
                chat_id=ChatId(change.chat.id),
                message_id=MessageId(change.message_id),
                counts=tuple((emoji_key(one.type), one.total_count) for one in change.reactions),
                changed_at=change.date,
                update_id=UpdateId(update.update_id),
            )
            for update in updates
            if (change := update.message_reaction_count) is not None
        ]
        await reactions.set_totals(tx, totals)
        await self._refresh(tx, [(one.chat_id, one.message_id) for one in totals])

    async def _refresh(self, tx: Transaction, places: list[tuple[ChatId, MessageId]]) -> None:
        at = self._clock.now() + timedelta(seconds=SETTLE_SECONDS)
        await messages.set_refresh(tx, places, at)


def actor_of(change: MessageReactionUpdated) -> ActorId | None:
    """Who reacted: a user, or the chat of an anonymous actor; None for bots."""
    if change.user is not None:
        return None if change.user.is_bot else ActorId(change.user.id)
    return None if change.actor_chat is None else ActorId(change.actor_chat.id)


def emoji_key(reaction: ReactionType) -> str:
    """What a reaction is counted under: the emoji without its variation selector."""
    if isinstance(reaction, ReactionTypeEmoji):
        return reaction.emoji.replace(VARIATION_SELECTOR, "")
    if isinstance(reaction, ReactionTypeCustomEmoji):
        return f"{CUSTOM}{reaction.custom_emoji_id}"
    return PAID
