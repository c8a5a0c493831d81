"""Clocks and waits run faster together, in the processes that are started, too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
STARTED = """
import json, time
from benchmarks import haste
haste.follow()
print(json.dumps([time.time(), time.monotonic()]))
"""
TRIED = f"""
import asyncio, json, subprocess, sys, time
from benchmarks import haste
before = [time.time(), time.monotonic()]
haste.hurry(1000)
async def wait():
    began = time.time()
    await asyncio.sleep(500)
    return time.time() - began
with asyncio.Runner(loop_factory=haste.HastyLoop) as runner:
    waited = runner.run(wait())
clock = haste.HastyClock().now().timestamp()
now = haste.HastyDatetime.now().timestamp()
started = json.loads(subprocess.check_output([sys.executable, "-c", {STARTED!r}]))
after = [time.time(), time.monotonic()]
print(json.dumps([before, waited, clock, now, started, after]))
"""


def test_a_wait_is_as_long_as_the_clocks_say() -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    said = subprocess.check_output([sys.executable, "-c", TRIED], env=env)  # noqa: S603  # of ours
    before, waited, clock, now, started, after = json.loads(said)
    assert waited >= 500
    assert before[0] + 500 <= clock <= now <= started[0] <= after[0]
    assert before[1] + 500 <= started[1] <= after[1]
