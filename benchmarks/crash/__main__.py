"""What is lost, doubled or out of order when the process is killed, again and again.

    python -m benchmarks.crash [--kills 48] [--seed 1 ...] [--points Ledger.claim ...] [--rate 10]
        [--webhook] [--keep] [--json]

The bot's own process is ended by SIGKILL: at each named commit (benchmarks.crash.points), right
before it is made or right after, while a push is on its way, at the n-th commit of a run, and at
any moment. It is started again at once. Meanwhile a blog brings posts, people ask, react and
choose, chats put the bot out and take it back, groups become supergroups, and Telegram refuses,
fails, hangs up or answers nothing for a minute. Time passes ten times as fast for all of them
(benchmarks.haste), and every chance is the seed's. At the end of a seed the bot is left in peace
until nothing is open, and what is in each chat is compared with what was published.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import haste
from benchmarks.crash.campaign import EVERYWHERE, ROUND, measure
from benchmarks.crash.points import POINTS
from benchmarks.crash.tables import tables
from benchmarks.reporting import report

if TYPE_CHECKING:
    from benchmarks.crash.campaign import Outcome

RATE = 10.0


def main() -> int:
    """Measure and print; 1 where something was lost, doubled, out of order or not counted."""
    parser = argparse.ArgumentParser(prog="benchmarks.crash")
    parser.add_argument("--kills", type=int, default=ROUND, help="of a seed")
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--points", nargs="+", choices=POINTS, default=EVERYWHERE, metavar="POINT")
    parser.add_argument("--rate", type=float, default=RATE, help="how much faster time passes")
    parser.add_argument("--webhook", action="store_true", help="updates are delivered")
    parser.add_argument("--keep", action="store_true", help="what a seed that failed left behind")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    haste.hurry(given.rate)
    outcomes = [_seed(seed, given) for seed in given.seed]
    report("crash", tables(outcomes), as_json=given.json)
    return int(any(_has_failed(one) for one in outcomes))


def _has_failed(outcome: Outcome) -> bool:
    return bool(outcome.found or outcome.tracebacks or outcome.fallen)


def _seed(seed: int, given: argparse.Namespace) -> Outcome:
    folder = Path(tempfile.mkdtemp(prefix=f"sosik-crash-{seed}-"))
    with asyncio.Runner(loop_factory=haste.HastyLoop) as runner:
        outcome = runner.run(
            measure(seed, given.kills, folder, given.points, webhook=given.webhook)
        )
    for one in outcome.found:
        point = outcome.life.points.get(one.number) or "-"
        said = (
            f"seed {seed}: {one.what} in {one.place.name}: {one.row}, published with a kill {point}"
        )
        print(said, file=sys.stderr)
    print(f"seed {seed}: {len(outcome.found)} wrong", file=sys.stderr, flush=True)
    if _has_failed(outcome) and given.keep:
        print(f"seed {seed}: kept in {folder}", file=sys.stderr, flush=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
