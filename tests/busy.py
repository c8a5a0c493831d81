"""The parts of the suite that others' work could upset, again and again beside busy loops.

    python -m tests.busy [--runs 30] [--loops 2] [--whole]

Each run is in a random order of its own. What starts a process, a browser or a clock waits for what
it means to wait for, and so has no reason to fail on a machine that is slow today.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from tests.runs import passes, say

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = (
    "tests/benchmarks",
    "tests/demo",
    "tests/e2e/test_digests.py",
    "tests/e2e/test_health.py",
    "tests/e2e/test_process.py",
    "tests/process",
    "tests/storage/test_database.py",
    "tests/test_cli.py",
    "tests/test_wheel.py",
    "tests/updates/test_receive.py",
)
"""What starts a process, a browser or a clock."""
HOW = ("-n", "4", "--dist", "worksteal")


@contextmanager
def a_busy_loop() -> Iterator[None]:
    """A process that takes all it can get of a core."""
    process = multiprocessing.get_context("spawn").Process(target=_spin, daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


def _spin() -> None:
    while True:
        pass


def main() -> int:
    """Run them; 1 if anything failed."""
    parser = argparse.ArgumentParser(prog="tests.busy")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--loops", type=int, default=2, help="how many cores are taken")
    parser.add_argument("--whole", action="store_true", help="the whole suite")
    given = parser.parse_args()
    tests = ("tests",) if given.whole else PARTS
    with ExitStack() as stack:
        for _ in range(given.loops):
            stack.enter_context(a_busy_loop())
        failed = sum(
            not passes(f"{number:>3} of {given.runs}", [*HOW, *tests], os.environ)
            for number in range(1, given.runs + 1)
        )
    say(f"{failed} of {given.runs} runs beside {given.loops} busy loops failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
