"""`sosik demo`: the stage with somebody before it, in a browser or in this terminal."""

from __future__ import annotations

import asyncio
import signal
import webbrowser
from typing import TYPE_CHECKING

from bot.demo.ports import listen
from bot.demo.stage import open_stage
from bot.demo.terminal import Terminal
from bot.demo.web.page import DemoPage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST_PORT = 8765


async def show_in_terminal(keep: Path | None) -> int:
    """Run the demo in this terminal; what it wrote is kept in `keep`, or thrown away."""
    async with open_stage(keep) as stage:
        await Terminal(stage.sim, stage.community).run()
    return 0


async def show_in_browser(
    keep: Path | None,
    *,
    port: int | None = None,
    announce: Callable[[str], None],
    opens_browser: bool = False,
) -> int:
    """Serve the demo's page until a signal; `announce` is called with its address.

    A taken port is stepped over.
    """
    leaving = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, leaving.set)
    page = DemoPage()
    listener = listen(FIRST_PORT if port is None else port)
    async with open_stage(keep, listener=listener, routes=page.routes()) as stage:
        page.raise_curtain(stage)
        address = f"{stage.sim.url}/"
        announce(address)
        if opens_browser:
            await asyncio.to_thread(webbrowser.open, address)
        await leaving.wait()
        page.close()
    return 0
