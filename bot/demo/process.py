"""The bot as a process of its own, to be started, stopped and killed like the real one."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

STOP_SECONDS = 12.0


class BotProcess:
    """The bot in a folder, with an environment; its log goes to a file there.

    `on_end` is called with the exit code whenever it ends, negative for a signal.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        *,
        offset_seconds: float = 0.0,
        on_end: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.log = folder / "bot.log"
        self._folder = folder
        self._environment = environment
        self._offset = offset_seconds
        self._on_end = on_end
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def number(self) -> int:
        """The process id, 0 before the first start."""
        return self._process.pid if self._process is not None else 0

    async def start(self) -> None:
        """Start it, unless it runs."""
        if self.is_running:
            return
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot.demo.launch",
                str(self._offset),
                cwd=self._folder,
                env=dict(self._environment),
                stdout=log,
                stderr=log,
                stdin=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        self._watch = asyncio.create_task(self._report_end(self._process))

    def shift(self, offset_seconds: float) -> None:
        """Set its clock that far ahead, now and whenever it starts again."""
        self._offset = offset_seconds
        if self._process is not None and self._process.stdin is not None and self.is_running:
            self._process.stdin.write(f"{offset_seconds}\n".encode())

    async def kill(self) -> None:
        """End it at once, as kill -9 does."""
        if self._process is not None and self.is_running:
            self._process.kill()
            await self._ended()

    async def stop(self) -> int:
        """Ask it to end, and kill it where it does not; its exit code."""
        if self._process is None:
            return 0
        if self.is_running:
            with suppress(ProcessLookupError):
                self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
            except TimeoutError:
                self._process.kill()
        await self._ended()
        return self._process.returncode or 0

    async def _ended(self) -> None:
        if self._watch is not None:
            await self._watch

    async def _report_end(self, process: asyncio.subprocess.Process) -> None:
        code = await process.wait()
        if process.stdin is not None:
            process.stdin.close()
        self._on_end(code)
