"""docs/metrics.md names every figure that there is, with its type and labels, and no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.delivery.troubles import Trouble
from bot.figures import Call, Figures, Outcome, PollOutcome, Pushed, Refusal, Settled
from bot.process.gauges import Live
from bot.process.metrics import Metrics
from tests.storage.rows import add_chats, chat

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \|(.*?)\| .+ \|$", re.MULTILINE)


def documented() -> dict[str, tuple[str, frozenset[str]]]:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return {name: (kind, frozenset(re.findall(r"\w+", labels))) for name, kind, labels in rows}


async def test_every_figure_is_documented_as_it_is(database: Database, clock: FakeClock) -> None:
    async def live() -> Live:
        return Live(is_ready=True, last_answer_at=clock.now(), is_held=False, lanes_waiting=0)

    await add_chats(database, chat(-1))
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO troubles (kind, subject, began_at, told) VALUES ('x', '', 0, 1)"
        )
    figures = Figures()
    await Metrics(database, clock, figures, live).render()
    there = {}
    for family in figures.registry.collect():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        kind = "gauge" if family.type == "info" else family.type
        labels = {label for sample in family.samples for label in sample.labels}
        there[name] = (kind, frozenset(labels - {"le"}))
    assert there == documented()


def test_every_word_of_a_label_is_documented() -> None:
    text = PAGE.read_text(encoding="utf-8")
    words = [*Call, *Outcome, *Pushed, *Settled, *PollOutcome, *Refusal, *Trouble]
    assert [one for one in words if f"`{one}`" not in text] == []
