"""Somebody in the community likes what came, so that its digest has something to tell.

What came to a group as a card is no news in its digest; what its members liked is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.pages.actions import ShowFull, decode

if TYPE_CHECKING:
    from bot.demo.community import Community
    from bot.simulator import Card, Room


async def like_the_newest(community: Community) -> Room | None:
    """Junho likes the newest card of the reading group: the group, or None where he need not."""
    persona, place = community.persona("준호"), community.place("독서모임")
    if persona is None or place is None or place.room is None:
        return None
    cards = [card for card in place.room.bot_messages if _is_pushed(card)]
    if not cards or persona.person.id in cards[-1].reactions:
        return None
    await persona.person.reacts(cards[-1], "🔥")
    return place.room


def _is_pushed(card: Card) -> bool:
    """Whether it is the card of a post, and no answer."""
    actions = [decode(str(button.value)) for row in card.rows for button in row]
    return card.reply_to is None and any(isinstance(one, ShowFull) for one in actions)
