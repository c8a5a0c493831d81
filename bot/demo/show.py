"""`sosik demo`: the stage with somebody before it, in a browser or in this terminal."""

from __future__ import annotations

import asyncio
import signal
import sys
import webbrowser
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.console import Console

from bot.demo.backstage import Backstage
from bot.demo.phrases import phrase
from bot.demo.ports import listen
from bot.demo.stage import open_stage
from bot.demo.terminal import Terminal
from bot.demo.web.page import DemoPage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST_PORT = 8765


async def show_in_terminal(
    keep: Path | None, *, language: str = "ko", health_listen: str = ""
) -> int:
    """Run the demo in this terminal; what it wrote is kept in `keep`, or thrown away.

    It ends with the input, or with a signal: the terminal that it was in may be closed.
    """
    leaving = asyncio.ensure_future(_perform_in_terminal(keep, language, health_listen))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, leaving.cancel)
    with suppress(asyncio.CancelledError):
        await leaving
    return 0


async def _perform_in_terminal(keep: Path | None, language: str, health_listen: str) -> None:
    if sys.stdout.isatty():
        Console().print(phrase(language, "opening"), style="dim")
    async with open_stage(keep, health_listen=health_listen) as stage:
        backstage = Backstage(stage)
        await Terminal(stage.sim, stage.community, backstage=backstage, language=language).run()


async def show_in_browser(
    keep: Path | None,
    *,
    port: int | None = None,
    announce: Callable[[str], None],
    opens_browser: bool = False,
    health_listen: str = "",
) -> int:
    """Serve the demo's page until a signal; `announce` is called with its address.

    A taken port is stepped over. At `health_listen` the bot answers probes, where that is set.
    """
    leaving = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, leaving.set)
    page = DemoPage()
    listener = listen(FIRST_PORT if port is None else port)
    async with open_stage(
        keep, listener=listener, routes=page.routes(), health_listen=health_listen
    ) as stage:
        page.raise_curtain(stage)
        address = f"{stage.sim.url}/"
        announce(address)
        if opens_browser:
            await asyncio.to_thread(webbrowser.open, address)
        await leaving.wait()
        page.close()
    return 0
