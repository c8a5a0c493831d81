"""aiogram takes the simulator for the real one.

It is imported when a test needs it: that takes as long as to collect all other tests.
"""

from importlib import import_module

import pytest

from bot.simulator import Simulator

GUEST = "tests.simulator.aiogram_guest"
pytest.register_assert_rewrite(GUEST)


@pytest.mark.parametrize("visit", ["sends_and_asks", "is_refused", "listens"])
async def test_a_bot_of_aiograms_is_at_home(sim: Simulator, visit: str) -> None:
    guest = import_module(GUEST)
    async with guest.a_guest(sim) as bot:
        await guest.VISITS[visit](sim, bot)


def test_all_its_visits_are_made() -> None:
    assert {"sends_and_asks", "is_refused", "listens"} == set(import_module(GUEST).VISITS)
