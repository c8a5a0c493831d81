from __future__ import annotations

from argparse import Namespace
from math import isnan
from typing import TYPE_CHECKING

import pytest

from benchmarks import answers
from benchmarks.answers import (
    CONTESTANTS,
    Measured,
    measure_answers,
    measure_reactions,
    ratios_of,
    table_of,
)
from benchmarks.archives import make_archive
from benchmarks.contestants import run_aiogram
from benchmarks.figures import Better, Ratio
from bot.simulator import Simulator

if TYPE_CHECKING:
    from pathlib import Path

GIVEN = Namespace(
    posts=10, chats=2, questions=2, reactions=20, rounds=1, contestants=list(CONTESTANTS)
)


@pytest.fixture
async def archive(tmp_path: Path) -> Path:
    await make_archive(tmp_path / "sosik.db", GIVEN.posts)
    return tmp_path / "sosik.db"


@pytest.mark.slow
async def test_every_bot_answers(archive: Path) -> None:
    async with await Simulator.start() as sim:
        measured = await measure_answers(sim, GIVEN, archive)
    assert [one.name for one in measured] == list(CONTESTANTS)
    assert all(isinstance(row["of aiogram %"], float) for row in table_of(measured))


@pytest.mark.slow
async def test_every_reaction_is_taken_in(archive: Path) -> None:
    async with await Simulator.start() as sim:
        taken = await measure_reactions(sim, GIVEN, archive)
    names = ["sosik, committed", "bare, empty handler", "aiogram, empty handler"]
    assert [one.name for one in taken] == names


@pytest.mark.slow
async def test_a_bot_that_sends_something_else_is_not_measured(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "_started", lambda _, __, said: (_run_other, said))
    given = Namespace(**{**vars(GIVEN), "contestants": ["aiogram"]})
    async with await Simulator.start() as sim:
        with pytest.raises(RuntimeError, match="aiogram sent something else"):
            await measure_answers(sim, given, archive)


def _run_other(url: str, token: str, said: str) -> None:
    run_aiogram(url, token, said.replace('"text": "', '"text": "다른 '))


def measured(name: str, rate: float, cost: float) -> Measured:
    return Measured(name, [rate], [0.1], [0.1], [0.1], [cost])


def test_the_ratios_are_of_the_faster_bare_bot_and_of_aiogram() -> None:
    bots = [
        measured("sosik", 100, 4.0),
        measured("bare", 150, 3.0),
        measured("bare, concurrent_updates", 200, 5.0),
        measured("aiogram", 250, 2.0),
    ]
    assert ratios_of("answers", bots) == [
        Ratio("answers/s, of bare's", 0.5, Better.HIGHER),
        Ratio("CPU of answers, of bare's", 0.8, Better.LOWER),
        Ratio("answers/s, of aiogram's", 0.4, Better.HIGHER),
        Ratio("CPU of answers, of aiogram's", 2.0, Better.LOWER),
    ]


def test_one_alone_is_compared_with_nothing() -> None:
    alone = [measured("sosik", 100, 4.0)]
    assert not ratios_of("answers", alone)
    assert "of bare %" not in table_of(alone)[0]
    assert not ratios_of("answers", [measured("aiogram", 100, 4.0)])


def test_what_took_less_than_a_tick_of_the_clock_is_compared_too() -> None:
    bots = [measured("sosik", 100, 0.0), measured("aiogram", 100, 0.0)]
    assert table_of(bots)[0]["of aiogram %"] == 100.0
    assert isnan(ratios_of("answers", bots)[1].value)
