"""The bot that is killed: the real one, whose time passes faster, with a trap among its commits."""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from benchmarks import haste

if TYPE_CHECKING:
    from benchmarks.crash.points import Kill

A_SLICE = 1
"""Chats: what goes to the few of a campaign takes several slices."""
WORK_SECONDS = 200.0
"""What reads documents is not faster than the machine: its limit is longer by these clocks."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What a run is started with; `log` is a file, `kill` None where it is left in peace.

    `webhook` is where updates are delivered; empty: it polls.
    """

    url: str
    token: str
    database: str
    source: str
    operator: int
    log: str
    kill: Kill | None
    webhook: str = ""


def warm() -> None:
    """Load what a run needs; what is imported from then on goes by the faster clocks."""
    haste.follow()
    for name in ("bot.app", "bot.logs", "bot.config", "benchmarks.crash.points"):
        importlib.import_module(name)
    scheduler: Any = importlib.import_module("apscheduler.schedulers.base")
    scheduler.datetime = haste.HastyDatetime


def run(orders: Orders) -> None:
    """Run the bot until it is told to stop, or the trap closes."""
    from benchmarks.crash.points import set_trap  # noqa: PLC0415  # after the clocks
    from bot.config import load_settings  # noqa: PLC0415  # likewise
    from bot.logs import set_up_logs  # noqa: PLC0415  # likewise

    file = os.open(orders.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(file, 2)
    given: dict[str, Any] = {
        "bot_token": orders.token,
        "telegram_api_url": orders.url,
        "database_path": orders.database,
        "sources": orders.source,
        "allow_private_sources": True,
        "poll_interval": 5,
        "serve": "open",
        "operator_ids": str(orders.operator),
        "webhook_url": orders.webhook,
        "webhook_listen": urlsplit(orders.webhook).netloc,
    }
    settings = load_settings(**given, _env_file=None)
    set_up_logs(settings.log_format)
    if orders.kill is not None:
        set_trap(orders.kill)
    with asyncio.Runner(loop_factory=haste.HastyLoop) as runner:
        runner.run(_until_told(settings))


async def _until_told(settings: Any) -> None:  # noqa: ANN401  # loaded after the clocks are set
    app: Any = importlib.import_module("bot.app")
    worker = importlib.import_module("bot.sources.worker")
    app.ProcessWorker = partial(worker.ProcessWorker, worker.WorkLimits(seconds=WORK_SECONDS))
    for name in ("digest", "editions", "spreading"):
        importlib.import_module(f"bot.delivery.{name}").__dict__["CHATS_AT_ONCE"] = A_SLICE
    importlib.import_module("bot.delivery.spreading").__dict__["AT_ONCE"] = 0
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await app.run(settings, haste.HastyClock(), stopping)
