"""What once went wrong for people who used the bot, kept from coming back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bot.simulator import Person, Room, Simulator

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
def minji(sim: Simulator) -> Person:
    return sim.user("민지", language="ko")


@pytest.fixture
def group(sim: Simulator, minji: Person) -> Room:
    return sim.group("독서모임", owner=minji, bot_admin=True)


async def test_the_full_text_of_a_card_sent_inline_opens_in_private(
    minji: Person, group: Room
) -> None:
    """There is no message of the bot's in that chat that a press could change."""
    sent = await minji.chooses(await minji.asks_inline("p1"), 0, group)
    pressed = await minji.presses(sent, "전문")
    assert pressed.url.endswith("?start=p1")
