"""Make the mistakes one by one, run the tests of each, and say which nobody noticed.

    python -m tests.mutants [--sample N --seed S] [--only TEXT …] [--workers 2] [--list]

What was found out is kept in `.mutants.jsonl`, so that a run that was broken off goes on; a mistake
is tried again when its module or its tests have changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from tests.mutants.making import Mutant, mutants_of
from tests.runs import ROOT, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DELIVERY, STORAGE, SOURCES = "tests/delivery", "tests/storage", "tests/sources"
TESTS: dict[str, tuple[str, ...]] = {
    "bot/backoff.py": ("tests/test_backoff.py",),
    "bot/delivery/lanes.py": (
        f"{DELIVERY}/test_documented.py",
        f"{DELIVERY}/test_lanes.py",
        f"{DELIVERY}/test_lanes_machine.py",
        f"{DELIVERY}/test_pace.py",
        f"{DELIVERY}/test_pace_machine.py",
    ),
    "bot/delivery/rate.py": (f"{DELIVERY}/test_documented.py", f"{DELIVERY}/test_rate.py"),
    "bot/delivery/flood.py": (f"{DELIVERY}/test_flood.py",),
    "bot/delivery/outage.py": (f"{DELIVERY}/test_outage.py",),
    "bot/delivery/mutes.py": (f"{DELIVERY}/test_documented.py", f"{DELIVERY}/test_outbox.py"),
    "bot/delivery/pace.py": (f"{DELIVERY}/test_pace.py",),
    "bot/delivery/next_step.py": (f"{DELIVERY}/test_next_step.py",),
    "bot/delivery/plan.py": (f"{DELIVERY}/test_plan.py", f"{DELIVERY}/test_outbox.py"),
    "bot/delivery/announce.py": (f"{DELIVERY}/test_announce.py",),
    "bot/delivery/digest.py": (f"{DELIVERY}/test_digest.py",),
    "bot/delivery/once.py": (f"{DELIVERY}/test_once.py",),
    "bot/delivery/editions.py": (f"{DELIVERY}/test_editions.py",),
    "bot/delivery/outbox.py": (f"{DELIVERY}/test_outbox.py", f"{DELIVERY}/test_night.py"),
    "bot/delivery/record.py": (
        f"{DELIVERY}/test_settle.py",
        f"{DELIVERY}/test_ledger_machine.py",
        f"{DELIVERY}/test_outbox.py",
    ),
    "bot/delivery/refresh.py": (f"{DELIVERY}/test_refresh.py",),
    "bot/delivery/settle.py": (f"{DELIVERY}/test_settle.py", f"{DELIVERY}/test_outbox.py"),
    "bot/delivery/telegram.py": (f"{DELIVERY}/test_telegram.py",),
    "bot/delivery/compose.py": (f"{DELIVERY}/test_outbox.py",),
    "bot/delivery/candidates.py": (f"{DELIVERY}/test_candidates.py", f"{DELIVERY}/test_settle.py"),
    "bot/delivery/evidence.py": (f"{DELIVERY}/test_evidence.py",),
    "bot/delivery/probe.py": (f"{DELIVERY}/test_probe.py",),
    "bot/delivery/search.py": (f"{DELIVERY}/test_settle.py",),
    "bot/delivery/settlements.py": (f"{DELIVERY}/test_settle.py", f"{DELIVERY}/test_outbox.py"),
    "bot/delivery/noting.py": (f"{DELIVERY}/test_noting.py",),
    "bot/delivery/conflict.py": (f"{DELIVERY}/test_troubles.py",),
    "bot/delivery/reachable.py": (f"{DELIVERY}/test_reachable.py",),
    "bot/delivery/troubles.py": (f"{DELIVERY}/test_troubles.py",),
    "bot/process/tick.py": ("tests/process/test_tick.py",),
    "storage/attempts.py": (
        f"{STORAGE}/test_attempts.py",
        f"{DELIVERY}/test_settle.py",
        f"{DELIVERY}/test_ledger_machine.py",
    ),
    "storage/due.py": (f"{STORAGE}/test_due.py",),
    "storage/known_ids.py": (f"{STORAGE}/test_attempts.py", f"{DELIVERY}/test_settle.py"),
    "storage/lock.py": (f"{STORAGE}/test_lock.py",),
    "storage/overwriting.py": (f"{STORAGE}/test_overwriting.py",),
    "storage/troubles.py": (f"{DELIVERY}/test_troubles.py",),
    "storage/outbox.py": (
        f"{STORAGE}/test_outbox.py",
        f"{DELIVERY}/test_ledger_machine.py",
        f"{DELIVERY}/test_outbox.py",
    ),
    "storage/pushes.py": (f"{STORAGE}/test_pushes.py",),
    "storage/votes.py": (f"{STORAGE}/test_votes.py",),
    "storage/inbox.py": (
        f"{STORAGE}/test_inbox.py",
        f"{STORAGE}/test_votes.py",
        "tests/updates/test_receive.py",
    ),
    "bot/updates/turns.py": ("tests/updates/test_turns.py", "tests/updates/test_asks.py"),
    "bot/updates/asks.py": ("tests/updates/test_asks.py",),
    "bot/updates/telegram_time.py": ("tests/updates/test_telegram_time.py",),
    "bot/text/elements.py": ("tests/text/test_elements.py", "tests/test_linear.py"),
    "bot/sources/decide.py": (f"{SOURCES}/test_decide.py", f"{SOURCES}/test_poll.py"),
    "bot/sources/identity.py": (f"{SOURCES}/test_identity.py", f"{SOURCES}/test_decide.py"),
    "bot/sources/news.py": (f"{SOURCES}/test_news.py", f"{SOURCES}/test_steps.py"),
    "bot/sources/brake.py": (f"{SOURCES}/test_steps.py",),
    "bot/sources/flapping.py": (f"{SOURCES}/test_steps.py",),
    "bot/sources/importing.py": (f"{SOURCES}/test_importing.py",),
    "bot/sources/listing_order.py": (f"{SOURCES}/test_listing_order.py",),
    "bot/sources/worker.py": (f"{SOURCES}/test_worker.py",),
    "bot/sources/worker_process.py": (f"{SOURCES}/test_worker.py",),
    "bot/chat_settings/schedule.py": (
        "tests/chat_settings/test_schedule.py",
        f"{DELIVERY}/test_digest.py",
    ),
    "bot/chat_settings/filters.py": ("tests/chat_settings/test_filters.py",),
    "bot/search/sieve.py": ("tests/search/test_sieve.py",),
    "bot/search/whole_words.py": ("tests/search/test_whole_words.py",),
    "bot/chat_settings/edition_slots.py": ("tests/chat_settings/test_edition_slots.py",),
    "bot/search/rank.py": ("tests/search/test_rank.py", "tests/search/test_quality.py"),
}
"""What must not fail, and which tests are of it, the quickest first."""
KEPT = ROOT / ".mutants.jsonl"
SURVIVORS = Path(__file__).with_name("survivors.toml")
LEAST_NOTICED = 0.95
LONGEST_SECONDS = 300.0
PATIENCE = 4
"""A mistake may have no end: it has so many times as long as the tests take without one."""
HOW = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--hypothesis-seed=0")


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a mistake."""

    mutant: Mutant
    is_noticed: bool


class Workshop:
    """A copy of the project in which mistakes are made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z"],  # noqa: S607  # git, wherever it is
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)

    def fails(self, module: str, seconds: float = LONGEST_SECONDS) -> bool:
        """Whether any test of a module fails, or does not end, as the module is now."""
        for tests in TESTS[module]:
            command = [sys.executable, "-m", "pytest", *HOW, tests]
            try:
                run = subprocess.run(  # noqa: S603  # this Python
                    command,
                    cwd=self._folder,
                    env=os.environ | {"PYTHONPATH": str(self._folder), **_UNCACHED},
                    capture_output=True,
                    timeout=seconds,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return True
            if run.returncode:
                return True
        return False

    def try_out(self, mutant: Mutant, seconds: float) -> Tried:
        """Make a mistake, run its tests, and take it back."""
        path = self._folder / mutant.module
        source = path.read_text(encoding="utf-8")
        path.write_text(mutant.apply(source), encoding="utf-8")
        try:
            return Tried(mutant, self.fails(mutant.module, seconds))
        finally:
            path.write_text(source, encoding="utf-8")


_UNCACHED = {"PYTHONDONTWRITEBYTECODE": "1"}
"""Bytecode is told apart by second and size, which two mistakes may share."""


def every_mutant() -> list[Mutant]:
    """All mistakes in all modules."""
    texts = {module: (ROOT / module).read_text(encoding="utf-8") for module in TESTS}
    return [one for module, text in texts.items() for one in mutants_of(module, text)]


def state_of(module: str) -> str:
    """Changes when the module or one of its tests does."""
    files = [module, *TESTS[module]]
    return hashlib.sha256(b"".join((ROOT / one).read_bytes() for one in files)).hexdigest()[:16]


def known() -> dict[tuple[str, str], bool]:
    """What earlier runs found out: by name and state, whether it was noticed."""
    if not KEPT.exists():
        return {}
    lines = [json.loads(line) for line in KEPT.read_text(encoding="utf-8").splitlines()]
    return {(one["mutant"], one["state"]): one["noticed"] for one in lines}


def reasons() -> dict[str, str]:
    """Mistakes that change nothing that anybody could notice, and why."""
    listed = tomllib.loads(SURVIVORS.read_text(encoding="utf-8"))["survivor"]
    return {one["mutant"]: one["reason"] for one in listed}


def try_all(mutants: Sequence[Mutant], workers: int) -> Iterable[Tried]:
    """Try each mistake, several side by side, each in a copy of its own."""
    free: SimpleQueue[Workshop] = SimpleQueue()
    patience: dict[str, float] = {}

    def work(mutant: Mutant) -> Tried:
        workshop = free.get()
        try:
            return workshop.try_out(mutant, patience[mutant.module])
        finally:
            free.put(workshop)

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        for number in range(workers):
            (place := Path(folder) / str(number)).mkdir()
            free.put(Workshop(place))
        check = free.get()
        for module in {one.module: None for one in mutants}:
            began = time.monotonic()
            if check.fails(module):
                sys.exit(f"tests.mutants: the tests of {module} fail without a mistake")
            patience[module] = PATIENCE * (time.monotonic() - began)
        free.put(check)
        yield from pool.map(work, mutants)


def chosen_mutants(given: argparse.Namespace) -> list[Mutant]:
    """Those that are asked for."""
    found = [one for one in every_mutant() if any(text in one.name for text in given.only)]
    if given.sample and given.sample < len(found):
        found = random.Random(given.seed).sample(found, given.sample)  # noqa: S311  # no secret
    return found


def main() -> int:
    """Try them; 1 if too few were noticed, or one lived that has no reason to."""
    parser = argparse.ArgumentParser(prog="tests.mutants")
    parser.add_argument("--sample", type=int, metavar="N", help="only so many, chosen by the seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--only", nargs="+", default=[""], metavar="TEXT", help="whose name has one of these in it"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--list", action="store_true", help="only say which there are")
    given = parser.parse_args()
    mutants = chosen_mutants(given)
    if given.list:
        say("\n".join(one.name for one in mutants))
        return 0
    states = {module: state_of(module) for module in TESTS}
    done = known()
    results = {
        one.name: done[one.name, states[one.module]]
        for one in mutants
        if (one.name, states[one.module]) in done
    }
    left = [one for one in mutants if one.name not in results]
    say(f"{len(mutants)} mutants, {len(results)} of them known already")
    with KEPT.open("a", encoding="utf-8") as kept:
        for tried in try_all(left, given.workers) if left else ():
            name, state = tried.mutant.name, states[tried.mutant.module]
            results[name] = tried.is_noticed
            line = {"mutant": name, "state": state, "noticed": tried.is_noticed}
            kept.write(json.dumps(line, ensure_ascii=False) + "\n")
            kept.flush()
            if not tried.is_noticed:
                say(f"lives: {name}")
    return report(mutants, results, given)


def report(mutants: Sequence[Mutant], results: dict[str, bool], given: argparse.Namespace) -> int:
    """A table by module, those that live without a reason, and the verdict."""
    made = Counter(one.module for one in mutants)
    noticed = Counter(one.module for one in mutants if results[one.name])
    for module, count in made.items():
        say(f"{module:<34} {count:>5} {noticed[module]:>5} {noticed[module] / count:>7.1%}")
    share = noticed.total() / max(made.total(), 1)
    say(f"{'all':<34} {made.total():>5} {noticed.total():>5} {share:>7.1%}  seed {given.seed}")
    why = reasons()
    unexplained = [one.name for one in mutants if not results[one.name] and one.name not in why]
    say(f"{made.total() - noticed.total()} live, {len(unexplained)} of them without a reason")
    return 1 if unexplained or share < LEAST_NOTICED else 0


if __name__ == "__main__":
    sys.exit(main())
