"""`python -m bot.demo.launch OFFSET`: `sosik run`, with a clock that the demo moves.

Each line on standard input is a new offset in seconds. Its end stops the bot, so that no bot is
left behind when the demo itself was killed.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.app import run
from bot.config import load_settings
from bot.demo.clock import ShiftedClock
from bot.errors import SosikError
from bot.logs import set_up_logs
from bot.process.collecting import collect_rarely
from bot.redaction import redact
from storage.database import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Run the bot until a signal, or the end of the input; its exit code."""
    try:
        asyncio.run(launch(float(arguments[0]) if arguments else 0.0))
    except (SosikError, DatabaseError) as error:
        print(redact(f"sosik: {error}"), file=sys.stderr)  # noqa: T201  # a command
        return 1
    return 0


async def launch(offset_seconds: float) -> None:
    """Run the bot with the settings of the environment."""
    settings = load_settings()
    set_up_logs(settings.log_format, zone=ZoneInfo(settings.timezone))
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    clock = ShiftedClock(offset_seconds)
    orders = asyncio.StreamReader()
    pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    following = asyncio.create_task(follow(orders, clock, stopping))
    try:
        await run(settings, clock, stopping, started=collect_rarely)
    finally:
        following.cancel()
        pipe.close()


async def follow(
    orders: asyncio.StreamReader, clock: ShiftedClock, stopping: asyncio.Event
) -> None:
    """Move the clock as each line says; at the end set `stopping`."""
    async for line in orders:
        clock.shift_to(float(line))
    stopping.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
