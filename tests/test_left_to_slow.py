"""Every test is run by `make test` or by `make slow`, and by one of them, in whatever order."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULE = "tests/e2e/test_authors.py"
"""One of the whole bot's, with tables and without."""


async def chosen(marks: str, seed: int) -> set[str]:
    """The tests of a module that are run where the order is shuffled by a seed."""
    command = ("-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-m", marks)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *command, f"--randomly-seed={seed}", MODULE),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return {line for line in said.decode().splitlines() if "::" in line}


@pytest.mark.slow
async def test_what_is_left_to_make_slow_is_the_same_in_whatever_order() -> None:
    before, after, later = [
        await chosen(marks, seed) for marks, seed in (("not slow", 1), ("not slow", 2), ("slow", 3))
    ]
    assert before == after
    assert not before & later
    assert before | later == await chosen("slow or not slow", 4)
