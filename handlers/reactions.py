"""Reactions, recorded: who has which emoji on which message now, and totals without users.

They come in floods, so they are read as they came (Bot API, MessageReactionUpdated and
MessageReactionCountUpdated) and taken in groups, many updates in one commit. A set replaces what
was known: `new_reaction` is the actor's full set.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from storage import cleanups, messages, reactions
from storage.models import ActorId, ChatId, MessageId, ReactionSet, ReactionTotals, UpdateId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.clock import Clock
    from storage.database import Transaction

    Raw = dict[str, Any]

CUSTOM = "custom:"
"""Before the id of a custom emoji, which has no character of its own."""
PAID = "paid"
VARIATION_SELECTOR = "\ufe0f"
SETTLE_SECONDS = 3
"""A card shows new counts so long after the first change: many taps, one edit."""


class ReactionIntake:
    """Takes reaction updates in."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def take_sets(self, tx: Transaction, sets: Sequence[ReactionSet]) -> None:
        """Keep what each actor has on each message now: of many sets, the last, once."""
        last: dict[tuple[ChatId, MessageId, ActorId], ReactionSet] = {}
        for one in sorted(sets, key=attrgetter("changed_at", "update_id")):
            last[one.chat_id, one.message_id, one.actor_id] = one
        sets = tuple(last.values())
        await reactions.set_reactions(tx, sets)
        await self._refresh(tx, [(one.chat_id, one.message_id) for one in sets])

    async def take_totals(self, tx: Transaction, totals: Sequence[ReactionTotals]) -> None:
        """Keep the totals of messages in channels and of automatic forwards."""
        await reactions.set_totals(tx, totals)
        await self._refresh(tx, [(one.chat_id, one.message_id) for one in totals])

    async def _refresh(self, tx: Transaction, places: list[tuple[ChatId, MessageId]]) -> None:
        at = self._clock.now() + timedelta(seconds=SETTLE_SECONDS)
        await messages.set_refresh(tx, places, at)
        await cleanups.keep_used(tx, places)


def parse_sets(raw: Raw) -> tuple[ReactionSet, ...]:
    """What a `message_reaction` says; nothing where a bot reacted. Raises on another shape."""
    change = raw["message_reaction"]
    actor = parse_actor(change)
    if actor is None:
        return ()
    return (
        ReactionSet(
            chat_id=ChatId(int(change["chat"]["id"])),
            message_id=MessageId(int(change["message_id"])),
            actor_id=actor,
            emoji=frozenset([parse_emoji(one) for one in change["new_reaction"]]),
            changed_at=datetime.fromtimestamp(change["date"], UTC),
            update_id=UpdateId(raw["update_id"]),
        ),
    )


def parse_totals(raw: Raw) -> tuple[ReactionTotals, ...]:
    """What a `message_reaction_count` says. Raises on another shape."""
    change = raw["message_reaction_count"]
    return (
        ReactionTotals(
            chat_id=ChatId(int(change["chat"]["id"])),
            message_id=MessageId(int(change["message_id"])),
            counts=tuple(
                (parse_emoji(one["type"]), int(one["total_count"])) for one in change["reactions"]
            ),
            changed_at=datetime.fromtimestamp(change["date"], UTC),
            update_id=UpdateId(raw["update_id"]),
        ),
    )


def parse_actor(change: Raw) -> ActorId | None:
    """Who reacted: a user, or the chat of an anonymous actor; None for bots."""
    user = change.get("user")
    if user is not None:
        return None if user["is_bot"] else ActorId(int(user["id"]))
    chat = change.get("actor_chat")
    return None if chat is None else ActorId(int(chat["id"]))


def parse_emoji(reaction: Raw) -> str:
    """What a reaction is counted under: the emoji without its variation selector."""
    kind = reaction["type"]
    if kind == "emoji":
        return str(reaction["emoji"]).replace(VARIATION_SELECTOR, "")
    return f"{CUSTOM}{reaction['custom_emoji_id']}" if kind == "custom_emoji" else PAID
