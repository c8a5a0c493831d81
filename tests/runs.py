"""Runs of pytest that another program starts, counts and tells of."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[1]
_SLOW = "PYTHONDONTWRITEBYTECODE"
"""With it, each process that a test starts compiles the whole project."""


def passes(title: str, arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Run pytest; a line says how it went, and what failed all that pytest said."""
    began = time.monotonic()
    run = subprocess.run(  # noqa: S603  # this Python
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env={name: value for name, value in environment.items() if name != _SLOW},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if run.returncode:
        say(run.stdout)
    outcome = "failed" if run.returncode else "passed"
    summary = run.stdout.strip().rpartition("\n")[2].strip("= ")
    say(f"{title}  {outcome}  {time.monotonic() - began:4.0f} s  {summary}")
    return not run.returncode


def say(text: str) -> None:
    """At once, also where it goes into a file."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
