"""The bots that are measured, each in a process of its own: Sosik, and the least that would do."""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
import signal
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from multiprocessing.process import BaseProcess
    from multiprocessing.synchronize import Event

    from aiogram import Bot
    from telegram import Update

    from bot.simulator import Simulator

JOIN_SECONDS = 15.0
LOOKS, LOOK_SECONDS, RESTING_SHARE = 30, 0.5, 0.04
"""How often, and how far apart, a bot is looked at, and what it uses of a processor at rest."""
NOBODY_WANTS = {"message_id": 1, "date": 0, "chat": {"id": -1, "type": "group", "title": "-"}}
"""A message that is taken in and not answered."""


def run_sosik(url: str, token: str, path: str) -> None:
    """The whole bot without pacing, in any group."""
    from bot.app import run  # noqa: PLC0415  # each process loads only what it runs
    from bot.clock import SystemClock  # noqa: PLC0415  # likewise
    from bot.config import load_settings  # noqa: PLC0415  # likewise
    from bot.process.collecting import collect_rarely  # noqa: PLC0415  # likewise

    logging.disable(logging.WARNING)
    given = {"bot_token": token, "telegram_api_url": url, "database_path": path, "serve": "open"}
    settings = load_settings(**given, _env_file=None)

    async def until_told() -> None:
        stopping = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
        await run(settings, SystemClock(), stopping, limits=None, started=collect_rarely)

    asyncio.run(until_told())


def run_bare(url: str, token: str, said: str, side_by_side: int) -> None:
    """python-telegram-bot with one CommandHandler, which sends what is ready-made.

    `said` is JSON: the parameters of a sendMessage, less the chat and the message replied to.
    `side_by_side` is its `concurrent_updates`; 1 handles one update after the other.
    """
    from telegram import (  # noqa: PLC0415  # see above
        InlineKeyboardMarkup,
        LinkPreviewOptions,
        MessageEntity,
        ReplyParameters,
    )
    from telegram.ext import Application, CommandHandler  # noqa: PLC0415  # see above

    given = json.loads(said)
    text: str = given["text"]
    entities = [MessageEntity(**one) for one in given.get("entities", ())]
    markup = InlineKeyboardMarkup.de_json(given["reply_markup"], None)
    preview = LinkPreviewOptions(**given["link_preview_options"])

    async def latest(update: Update, _: object) -> None:
        message = update.message
        if message is None:
            return
        await message.get_bot().send_message(
            message.chat_id,
            text,
            entities=entities,
            reply_markup=markup,
            link_preview_options=preview,
            disable_notification=False,
            reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
        )

    builder = Application.builder().token(token).base_url(f"{url}/bot").connection_pool_size(64)
    app = builder.pool_timeout(30).concurrent_updates(side_by_side).build()
    app.add_handler(CommandHandler("latest", latest))
    app.run_polling()


def run_empty(url: str, token: str, most: int, done: Event) -> None:
    """python-telegram-bot with a handler of reactions that does nothing; `done` after `most`."""
    from telegram import Update  # noqa: PLC0415  # see above
    from telegram.ext import Application, MessageReactionHandler  # noqa: PLC0415  # see above

    handled = 0

    async def count(_: Update, __: object) -> None:
        nonlocal handled
        handled += 1
        if handled == most:
            done.set()

    app = Application.builder().token(token).base_url(f"{url}/bot").build()
    app.add_handler(MessageReactionHandler(count))
    app.run_polling(allowed_updates=Update.ALL_TYPES)


def run_aiogram(url: str, token: str, said: str) -> None:
    """The library aiogram with one handler of a command, which sends what is ready-made.

    `said` is as in `run_bare`. Each update has a task of its own, as aiogram has it by itself.
    """
    from aiogram import Dispatcher  # noqa: PLC0415  # see above
    from aiogram.filters import Command  # noqa: PLC0415  # likewise
    from aiogram.types import (  # noqa: PLC0415  # likewise
        InlineKeyboardMarkup,
        LinkPreviewOptions,
        Message,
        MessageEntity,
        ReplyParameters,
    )

    given = json.loads(said)
    ready: dict[str, Any] = {
        "text": given["text"],
        "entities": [MessageEntity.model_validate(one) for one in given.get("entities", ())],
        "reply_markup": InlineKeyboardMarkup.model_validate(given["reply_markup"]),
        "link_preview_options": LinkPreviewOptions.model_validate(given["link_preview_options"]),
        "disable_notification": False,
    }

    async def latest(message: Message) -> None:
        number, bot = message.message_id, message.bot
        reply = ReplyParameters(message_id=number, allow_sending_without_reply=True)
        assert bot is not None
        await bot.send_message(message.chat.id, **ready, reply_parameters=reply)

    dispatcher = Dispatcher()
    dispatcher.message.register(latest, Command("latest"))
    dispatcher.run_polling(_aiogram_bot(url, token))


def run_empty_aiogram(url: str, token: str, most: int, done: Event) -> None:
    """The library aiogram with a handler of reactions that does nothing; `done` after `most`."""
    from aiogram import Dispatcher  # noqa: PLC0415  # see above

    handled = 0

    async def count(_: object) -> None:
        nonlocal handled
        handled += 1
        if handled == most:
            done.set()

    dispatcher = Dispatcher()
    dispatcher.message_reaction.register(count)
    dispatcher.run_polling(
        _aiogram_bot(url, token), allowed_updates=["message", "message_reaction"]
    )


def _aiogram_bot(url: str, token: str) -> Bot:
    """A bot of aiogram, on the server at `url`."""
    from aiogram import Bot  # noqa: PLC0415  # see above
    from aiogram.client.session.aiohttp import AiohttpSession  # noqa: PLC0415  # likewise
    from aiogram.client.telegram import TelegramAPIServer  # noqa: PLC0415  # likewise

    logging.disable(logging.WARNING)  # it tells of SIGTERM
    return Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))


def new_event() -> Event:
    """An event that both processes see."""
    return multiprocessing.get_context("spawn").Event()


@asynccontextmanager
async def contestant(
    sim: Simulator, target: Callable[..., None], *arguments: object
) -> AsyncIterator[BaseProcess]:
    """A bot that polls the simulator, ended as SIGTERM ends it."""
    process = multiprocessing.get_context("spawn").Process(
        target=target, args=(sim.url, sim.token, *arguments), daemon=True
    )
    sim.updates.push("message", NOBODY_WANTS)
    process.start()
    try:
        while len(sim.updates):  # until it has confirmed that one
            if not process.is_alive():
                raise RuntimeError(f"{target.__name__} ended with {process.exitcode}")
            await asyncio.sleep(0.01)
        yield process
    finally:
        process.terminate()
        await asyncio.to_thread(process.join, JOIN_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
        sim.updates.clear()


async def rests(process: BaseProcess) -> None:
    """Return once a bot does next to nothing: its start is no part of what is measured."""
    for _ in range(LOOKS):
        used = cpu_seconds(process.pid)
        await asyncio.sleep(LOOK_SECONDS)
        if cpu_seconds(process.pid) - used <= RESTING_SHARE * LOOK_SECONDS:
            return


def cpu_seconds(pid: int | None) -> float:
    """What a process has used of the processor (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
