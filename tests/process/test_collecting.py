from __future__ import annotations

import subprocess
import sys


def test_what_was_made_before_is_collected_no_more_and_the_rest_is() -> None:
    """In a process of its own: it cannot be undone."""
    program = """
import gc, weakref
from bot.process.collecting import THRESHOLDS, collect_rarely
class Knot:
    def __init__(self): self.own = self
def tied(): return weakref.ref(Knot())
before = tied()
collect_rarely()
assert before() is None and gc.get_freeze_count() > 1_000
after = tied()
assert gc.get_threshold() == THRESHOLDS and after() is not None
made = [[] for _ in range(2 * THRESHOLDS[0])]
assert after() is None
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)  # noqa: S603  # our own
