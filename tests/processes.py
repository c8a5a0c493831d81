"""Processes of tests: one that still runs at the end, because its test failed, is killed."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path


@asynccontextmanager
async def running(
    folder: Path, *command: str | Path, environment: Mapping[str, str], typed: bool = False
) -> AsyncIterator[Process]:
    """A command in a folder, with pipes for what it prints, and with `typed` for what it reads."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=dict(environment),
        stdin=PIPE if typed else DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()
