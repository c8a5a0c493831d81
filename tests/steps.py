"""How much work something is, counted and not timed: a clock would say how busy the machine is."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


def steps(work: Callable[[], object]) -> int:
    """How many functions, of Python and of C, are called by `work`.

    No garbage is collected meanwhile: what others left behind would be counted as its work.
    """
    count = 0

    def note(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before, collects = sys.getprofile(), gc.isenabled()
    gc.disable()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()
    return count


def assert_linear(work: Callable[[int], object], size: int) -> None:
    """AssertionError where twice as much is clearly more than twice the work."""
    work(size)  # what is made once is made before
    one, two = steps(lambda: work(size)), steps(lambda: work(2 * size))
    assert two <= 2.2 * one + 1000, f"{size} took {one} steps, twice as much {two}"
