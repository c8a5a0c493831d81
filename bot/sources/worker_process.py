"""The process that works on foreign documents: `-m bot.sources.worker_process BYTES SECONDS`.

It reads a pickled function with its arguments, calls it, and writes what came of it, until its
input ends (worker.py). More memory than BYTES is a MemoryError or the end; a quarter of it is given
back by ending after the answer, whose first byte then is 1. Work that takes longer than twice
SECONDS, because nobody is left to stop it, ends the process.
"""

from __future__ import annotations

import logging
import os
import pickle
import re
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import SosikError
from bot.sources.errors import FormatError

if TYPE_CHECKING:
    from typing import BinaryIO

_PEAK = re.compile(r"VmHWM:\s*(\d+) kB")
SIZE_BYTES = 8
"""Before each message between the processes: how many bytes it has, the most significant first."""


def main() -> None:
    """Work until the input ends."""
    memory, seconds = int(sys.argv[1]), float(sys.argv[2])
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    logging.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the bot, which then hangs up
    with suppress(ValueError, OSError):  # not every system knows it
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    enough = max(memory // 4, _peak_bytes())
    while size := asked.read(SIZE_BYTES):
        signal.setitimer(signal.ITIMER_REAL, 2 * seconds)  # unhandled, the alarm ends the process
        answer = _answer(asked.read(int.from_bytes(size)))
        signal.setitimer(signal.ITIMER_REAL, 0)
        has_grown = _peak_bytes() > enough
        _write(answers, bytes([has_grown]) + answer)
        if has_grown:
            return


def _peak_bytes() -> int:
    """The most memory that the process has had.

    Linux tells it in proc(5); getrusage(2) there begins with what the starting process had, and
    elsewhere has another unit.
    """
    with suppress(OSError):
        found = _PEAK.search(Path("/proc/self/status").read_text(encoding="ascii"))
        if found is not None:
            return int(found[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024)


def _answer(asked: bytes) -> bytes:
    try:
        work, args, kwargs = pickle.loads(asked)  # noqa: S301  # from the process that started this one
        return pickle.dumps((True, work(*args, **kwargs)))
    except SosikError as error:
        return pickle.dumps((False, error))
    except (MemoryError, RecursionError):
        return pickle.dumps((False, FormatError("source.format.too_hard")))
    except Exception as error:  # noqa: BLE001  # it is raised where somebody waits
        return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))


def _write(answers: BinaryIO, answer: bytes) -> None:
    answers.write(len(answer).to_bytes(SIZE_BYTES))
    answers.write(answer)
    answers.flush()


if __name__ == "__main__":
    main()
