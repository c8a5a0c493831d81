"""Telegram's side of the stage, for tests that act in the bot's place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from bot.demo.stage import Stage
    from bot.simulator.people.cards import Card
    from bot.simulator.people.rooms import Room


async def sends(stage: Stage, method: str, room: Room, **parameters: object) -> Any:  # noqa: ANN401  # any result
    """Call Telegram as the bot does."""
    form = aiohttp.FormData({"chat_id": str(room.id)})
    for name, value in parameters.items():
        if isinstance(value, bytes):
            form.add_field(name, value, filename="chart.png", content_type="image/png")
        else:
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    address = f"{stage.sim.url}/bot{stage.sim.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(address, data=form) as response:
        answer: dict[str, Any] = await response.json()
        assert answer["ok"], answer
        return answer["result"]


def room_of(stage: Stage, name: str) -> Room:
    place = stage.community.place(name)
    assert place is not None
    assert place.room is not None
    return place.room


def message_of(room: Room, sent: dict[str, Any]) -> Card:
    """What the bot sent there, whatever has come after it."""
    return next(card for card in room.messages if card.message.id == sent["message_id"])
