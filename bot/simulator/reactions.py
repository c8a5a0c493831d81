"""Reactions: their kinds, an actor's set, totals.

Bot API, "ReactionType", "MessageReactionUpdated", "MessageReactionCountUpdated" and
setMessageReaction; reading follows `get_reaction_type` in telegram-bot-api/Client.cpp.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.simulator.api.errors import bad_request

if TYPE_CHECKING:
    from collections.abc import Iterable

_EMOJI_LINES = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥",
    "🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨",
    "🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡",
)
EMOJI = frozenset(emoji for line in _EMOJI_LINES for emoji in line.split())
"""What may be set as an emoji reaction, without U+FE0F (Bot API, "ReactionTypeEmoji")."""


@dataclass(frozen=True, slots=True, order=True)
class Reaction:
    """One reaction; `value` is the emoji or the custom emoji's id, empty for a paid one."""

    kind: str
    value: str = ""

    def json(self) -> dict[str, str]:
        """The ReactionType object."""
        if self.kind == "emoji":
            return {"type": "emoji", "emoji": self.value}
        if self.kind == "custom_emoji":
            return {"type": "custom_emoji", "custom_emoji_id": self.value}
        return {"type": "paid"}

    def __str__(self) -> str:
        return self.value or "⭐"


PAID = Reaction("paid")


def custom_emoji(emoji_id: int) -> Reaction:
    """A reaction by a custom emoji."""
    return Reaction("custom_emoji", str(emoji_id))


def as_reactions(reactions: Iterable[str | Reaction]) -> tuple[Reaction, ...]:
    """Emoji and reactions as a set in order, each once; U+FE0F is left out as Telegram does."""
    made = (
        item if isinstance(item, Reaction) else Reaction("emoji", item.replace("\ufe0f", ""))
        for item in reactions
    )
    return tuple(dict.fromkeys(made))


def parse_reactions(value: object) -> tuple[Reaction, ...]:
    """The `reaction` of setMessageReaction; a bot may set one, and no paid one."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise bad_request("Expected an Array of ReactionType")
    reactions = tuple(_parse_reaction(item) for item in value)
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    return reactions


def _parse_reaction(item: object) -> Reaction:
    if not isinstance(item, dict):
        raise bad_request("Can't parse ReactionType: expected an Object")
    kind = item.get("type")
    if kind == "emoji":
        emoji = str(item.get("emoji", "")).replace("\ufe0f", "")
        if emoji not in EMOJI:
            raise bad_request("REACTION_INVALID")
        return Reaction("emoji", emoji)
    if kind == "custom_emoji":
        return Reaction("custom_emoji", str(item.get("custom_emoji_id", "")))
    raise bad_request("Can't parse ReactionType: invalid reaction type specified")


def totals(sets: Iterable[tuple[Reaction, ...]]) -> list[dict[str, Any]]:
    """The ReactionCount objects of all actors' sets, most frequent first."""
    counts = Counter(reaction for reactions in sets for reaction in reactions)
    return [
        {"type": reaction.json(), "total_count": count} for reaction, count in counts.most_common()
    ]
