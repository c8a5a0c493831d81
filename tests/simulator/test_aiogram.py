"""aiogram takes the simulator for the real one.

It is imported when a test needs it, and untraced: that takes as long as to collect all other tests,
and several times as long while coverage follows each line of it.
"""

import sys
from importlib import import_module
from types import ModuleType

import pytest

from bot.simulator import Simulator

GUEST = "tests.simulator.aiogram_guest"
pytest.register_assert_rewrite(GUEST)


@pytest.fixture(scope="module")
def guest() -> ModuleType:
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        return import_module(GUEST)
    finally:
        sys.settrace(tracer)


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("visit", ["sends_and_asks", "is_refused", "listens"])
async def test_a_bot_of_aiograms_is_at_home(sim: Simulator, guest: ModuleType, visit: str) -> None:
    async with guest.a_guest(sim) as bot:
        await guest.VISITS[visit](sim, bot)


def test_all_its_visits_are_made(guest: ModuleType) -> None:
    assert {"sends_and_asks", "is_refused", "listens"} == set(guest.VISITS)
