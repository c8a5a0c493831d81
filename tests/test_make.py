"""What `make run` and `make demo` do with signals: real processes of make's and below it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

MAKEFILE = Path(__file__).parents[1] / "Makefile"
MARKS = ("requirements.lock", "pyproject.toml", ".venv/.python-{version}", ".venv/.run")
BOT = f"""#!{sys.executable}
import signal, sys
def end(*_):
    print("ended cleanly", flush=True)
    sys.exit()
for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(name, end)
print("runs", *sys.argv[1:], flush=True)
signal.pause()
"""


class _Made(NamedTuple):
    process: subprocess.Popen[str]
    said: str


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder that make takes for set up, with something in the bot's place."""
    (tmp_path / ".venv/bin").mkdir(parents=True)
    for mark in MARKS:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        (tmp_path / mark.format(version=version)).touch()
    bot = tmp_path / ".venv/bin/sosik"
    bot.write_text(BOT, "utf-8")
    bot.chmod(0o700)
    return tmp_path


def _make(clone: Path, *words: str) -> _Made:
    process = subprocess.Popen(  # noqa: S603  # our own Makefile
        ["make", "-f", MAKEFILE, "--no-print-directory", *words],  # noqa: S607  # whichever there is
        cwd=clone,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "MAKEFLAGS": "", "PATH": f"{Path(sys.executable).parent}:{os.defpath}"},
    )
    assert process.stdout is not None
    return _Made(process, process.stdout.readline())


def _to_make(made: _Made, number: signal.Signals) -> None:
    made.process.send_signal(number)


def _to_all(made: _Made, number: signal.Signals) -> None:
    """As a terminal does it."""
    os.killpg(made.process.pid, number)


@pytest.mark.skipif(not which("make"), reason="needs make")
@pytest.mark.parametrize(
    ("words", "runs"),
    [
        (("run",), "runs run\n"),
        (("demo",), "runs demo\n"),
        (("demo", "DEMO=--keep 'two words' ; true"), "runs demo --keep two words\n"),
    ],
)
@pytest.mark.parametrize(
    ("send", "number"),
    [(_to_make, signal.SIGTERM), (_to_all, signal.SIGINT), (_to_all, signal.SIGHUP)],
)
def test_what_ends_make_ends_the_bot_cleanly(
    words: tuple[str, ...],
    runs: str,
    send: Callable[[_Made, signal.Signals], None],
    number: signal.Signals,
    clone: Path,
) -> None:
    made = _make(clone, *words)
    assert made.said == runs
    send(made, number)
    said, _ = made.process.communicate(timeout=60)
    assert said == "ended cleanly\n"
