"""Documents and updates that bite, mutated by their structure, read as the bot reads them.

    python -m benchmarks.hostile [--documents 20000] [--updates 20000] [--seed 1] [--json]

A document is a feed of each kind, a page, or a Slashpage answer, with one to four mutations:
pieces repeated up to thousands of times or nested as deep, ends left out, comments, entities, DTDs,
bytes that fit nowhere. Each is read by the bot's own worker in every way that it reads documents;
then its entries become texts and pages of texts: each is a job, and counts alone. An update is one
of each kind with parts left out, put elsewhere or made odd; between a hundred of them a person asks
the bot, a process of its own, `/help`. The exit code is 1 where a process ended, where one took
longer than a second for a document or an answer, or more than 200 MB.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.hostile_documents import SEEDS, Outcome, make_document, read_every_way
from benchmarks.hostile_updates import go_on
from benchmarks.reporting import percentile, report
from bot.sources.errors import FormatError
from bot.sources.worker import ProcessWorker, WorkLimits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.hostile_updates import Answered

MOST_SECONDS = 1.0
MOST_MEGABYTES = 200


@dataclass
class Found:
    """What became of all of them."""

    outcomes: list[Outcome] = field(default_factory=list)
    slow: list[tuple[float, int]] = field(default_factory=list)
    """Seconds of the processor and the seed, of those that took longer than they may."""
    given_up: list[int] = field(default_factory=list)
    """Seeds of those whose process ended."""
    faults: list[tuple[int, str]] = field(default_factory=list)
    """Seeds of those that raised what no caller expects, and what that was."""
    swollen: list[int] = field(default_factory=list)
    """Seeds of those whose texts are more than ten times as large, and more than a megabyte."""
    megabytes: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether nothing stopped, hung or swelled."""
        return not any(self.bad().values()) and self.megabytes < MOST_MEGABYTES

    def bad(self) -> dict[str, list[Any]]:
        """By what is wrong, the seeds."""
        names = ("slow", "given_up", "faults", "swollen")
        return {name: sorted(getattr(self, name)) for name in names}


async def read_all(seeds: Sequence[int], limits: WorkLimits) -> Found:
    """Read the documents of these seeds, one after the other in one process."""
    found = Found()
    async with ProcessWorker(limits) as worker:
        await worker.run(read_every_way, SEEDS[3].encode())  # imports what pages need
        for seed in seeds:
            data = make_document(seed)
            try:
                outcome = await worker.run(read_every_way, data)
            except FormatError:
                found.given_up.append(seed)
                continue
            except RuntimeError as error:
                found.faults.append((seed, str(error)))
                continue
            found.outcomes.append(outcome)
            if outcome.seconds > MOST_SECONDS:
                found.slow.append((outcome.seconds, seed))
            if outcome.written > max(10 * len(data), 1_000_000):
                found.swollen.append(seed)
            found.megabytes = max(found.megabytes, outcome.megabytes)
    return found


def main() -> int:
    """Read them and say what became of them; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--updates", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    seeds = range(given.seed, given.seed + given.documents)
    found = asyncio.run(read_all(seeds, WorkLimits()))
    answered = asyncio.run(go_on(given.updates, given.seed)) if given.updates else None
    seconds = [one.seconds for one in found.outcomes]
    rows = [
        {"": "processes that ended", "value": len(found.given_up), "at most": 0},
        {"": "faults", "value": len(found.faults), "at most": 0},
        {"": "slowest, s", "value": max(seconds), "at most": MOST_SECONDS},
        {"": "99 of 100 within, s", "value": percentile(seconds, 99), "at most": ""},
        {"": "peak memory, MB", "value": found.megabytes, "at most": MOST_MEGABYTES},
        {"": "texts that swelled", "value": len(found.swollen), "at most": 0},
    ]
    said = [
        {"": key, "documents": n} for key, n in Counter(one.said for one in found.outcomes).items()
    ]
    tables: dict[str, Sequence[dict[str, object]]] = {"documents": rows, "what they said": said}
    if answered is not None:
        tables["updates"] = rows_of(answered)
    title = f"{given.documents} hostile documents, {given.updates} odd updates"
    report(title, tables, as_json=given.json)
    for name, bad in found.bad().items():
        if bad:
            print(f"{name}: {bad[-20:]}", file=sys.stderr)
    return 0 if found.is_good and (answered is None or goes_on(answered)) else 1


def rows_of(answered: Answered) -> list[dict[str, object]]:
    """How the bot went on, for people."""
    return [
        {"": "updates", "value": answered.updates, "at most": ""},
        {"": "questions answered in between", "value": len(answered.waits), "at most": ""},
        {"": "99 of 100 answers within, s", "value": percentile(answered.waits, 99), "at most": ""},
        {"": "slowest answer, s", "value": max(answered.waits), "at most": MOST_SECONDS},
        {"": "peak memory, MB", "value": answered.megabytes, "at most": MOST_MEGABYTES},
    ]


def goes_on(answered: Answered) -> bool:
    """Whether the bot lives, and was never busy for long."""
    is_small = answered.megabytes < MOST_MEGABYTES
    return answered.is_alive and is_small and max(answered.waits) <= MOST_SECONDS


if __name__ == "__main__":
    sys.exit(main())
