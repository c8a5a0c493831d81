"""The author publishes by hand: a link and a few words to the bot, and then yes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.pages.actions import Publish, decode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.simulator import Card, Person

_OFFER_SECONDS, _LOOK_AGAIN_SECONDS = 15.0, 0.05


async def send_to_bot(author: Person, address: str, words: str) -> None:
    """Have the author name a page, with words, and confirm the draft.

    Raises ValueError where the bot does not offer it in time; the message stays, and is answered
    once the bot is there again.
    """
    room = author.private
    if not author.user.started:
        await author.starts()
    known = len(room.bot_messages)
    await author.says(room, f"/publish {address}\n{words}")
    with suppress(TimeoutError):
        async with asyncio.timeout(_OFFER_SECONDS):
            while (offer := _offer_in(room.bot_messages[known:])) is None:  # noqa: ASYNC110  # another process's
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            await author.presses_data(*offer)
            return
    raise ValueError("the bot did not offer to publish it")


def _offer_in(cards: Iterable[Card]) -> tuple[Card, str] | None:
    """The message that offers a draft, and the data of the button that says yes."""
    for card in cards:
        for row in card.rows:
            for button in row:
                action = decode(str(button.value))
                if isinstance(action, Publish) and action.yes:
                    return card, str(button.value)
    return None
