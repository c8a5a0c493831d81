"""The bot as a process of its own, to be started, stopped and killed like the real one."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STOP_SECONDS = 12.0


class BotProcess:
    """`python -m bot run` in a folder, with an environment; its log goes to a file there."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.log = folder / "bot.log"
        self._folder = folder
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    @classmethod
    async def start(cls, folder: Path, environment: Mapping[str, str]) -> Self:
        """Start one."""
        process = cls(folder, environment)
        await process.restart()
        return process

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.returncode is None

    async def restart(self) -> None:
        """Start it, unless it runs."""
        if self.is_running:
            return
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                cwd=self._folder,
                env=dict(self._environment),
                stdout=log,
                stderr=log,
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )

    async def kill(self) -> None:
        """End it at once, as kill -9 does."""
        if self._process is not None and self.is_running:
            self._process.kill()
            await self._process.wait()

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
                await self.kill()
        return self._process.returncode or 0
