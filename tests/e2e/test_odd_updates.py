"""A hundredth of the odd updates of `benchmarks.hostile`: the bot goes on, and forgets none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.hostile_updates import mutated, prepare, push
from storage import inbox
from tests.waiting import until

if TYPE_CHECKING:
    from bot.simulator import Simulator
    from tests.e2e.conftest import Bot


@pytest.mark.parametrize("first", range(1, 201, 50))
async def test_no_odd_update_stops_what_comes_after_it(
    first: int, sim: Simulator, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    seeds, junho = prepare(sim), sim.user("준호", language="ko")
    room = sim.private(junho)
    for seed in range(first, first + 50):
        push(sim, *mutated(seed, seeds))
    await junho.says(room, "/help")
    await room.receives("/latest")
    assert bot.running is not None
    running = bot.running

    async def is_through() -> bool:
        async with running.services.database.reader() as db:
            return not running.dispatcher.unhandled and await inbox.count_waiting(db) == 0

    await until(is_through)
    said = [one.message for one in caplog.records]
    assert "reception_failed" not in said
    assert "update_set_aside" in said, "none of them was odd"


def test_a_seed_gives_the_same_update(sim: Simulator) -> None:
    seeds = prepare(sim)
    assert mutated(5, seeds) == mutated(5, seeds) != mutated(6, seeds)
