"""A command at a real pseudo-terminal: what it prints, and a hand that types."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import struct
import termios
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from tests.waiting import until

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[()][A-Z0-9]|[=>78])")
_ROWS, _COLUMNS = 50, 200


class Screen:
    """What was printed so far, without colours and moves of the cursor."""

    def __init__(self, master: int, process: Process) -> None:
        self.process = process
        self._master = master
        self._printed = bytearray()

    @property
    def text(self) -> str:
        """All of it."""
        return _ESCAPES.sub("", self._printed.decode(errors="replace")).replace("\r", "")

    def types(self, keys: str) -> int:
        """Press keys; how much was printed before."""
        before = len(self.text)
        os.write(self._master, keys.encode())
        return before

    async def shows(self, *pieces: str, after: int = 0) -> int:
        """Wait until these pieces are printed, one behind the other; where the last one ends."""

        def end() -> int:
            text, place = self.text, after
            for piece in pieces:
                found = text.find(piece, place)
                if found < 0:
                    return -1
                place = found + len(piece)
            return place

        try:
            await until(lambda: end() >= 0)
        except AssertionError:
            raise AssertionError(f"{pieces} did not come:\n{self.text[after:]}") from None
        return end()

    def read(self) -> None:
        """Take what the command printed."""
        with suppress(OSError):  # it has ended
            self._printed += os.read(self._master, 1 << 16)


@asynccontextmanager
async def at_a_terminal(
    folder: Path, *command: str | Path, environment: Mapping[str, str]
) -> AsyncIterator[Screen]:
    """Run a command at a pseudo-terminal of its own; one that goes on at the end is killed."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    settings = {**environment, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=settings,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,  # the terminal of whoever runs the tests is not theirs to ask
    )
    os.close(slave)
    screen = Screen(master, process)
    asyncio.get_running_loop().add_reader(master, screen.read)
    try:
        yield screen
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        asyncio.get_running_loop().remove_reader(master)
        os.close(master)
