"""The least of a Bot API server: getUpdates on loopback, answering what a test has it answer."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.delivery.wire import Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

TOKEN = "123456:" + "A" * 35


class TelegramServer:
    """Keeps updates until an offset confirms them, as Telegram does; `faults` come first."""

    def __init__(self) -> None:
        self.waiting: list[Any] = []
        self.faults: list[Answer] = []
        self.asked: list[dict[str, str]] = []
        self.address = ""
        self.hold_seconds = 0.2
        self.has_webhook = False
        self.deleted: list[Any] = []
        """With what each deleteWebhook came."""
        self._news = asyncio.Event()

    def add(self, *updates: Any) -> None:  # noqa: ANN401  # malformed ones too
        self.waiting += updates
        self._news.set()

    @property
    def confirmed(self) -> int:
        """The highest offset asked for."""
        return max((int(query["offset"]) for query in self.asked), default=0)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(dict(request.query))
        if self.faults:
            return await self.faults.pop(0)(request)
        if self.has_webhook:
            return await WEBHOOK_IS_ACTIVE(request)
        self._forget(int(request.query["offset"]))
        if not self.waiting:
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), self.hold_seconds)
        return web.json_response({"ok": True, "result": self.waiting[:100]})

    async def delete_webhook(self, request: web.Request) -> web.StreamResponse:
        self.deleted.append(dict(await request.post()))
        if self.faults:
            return await self.faults.pop(0)(request)
        self.has_webhook = False
        return web.json_response({"ok": True, "result": True})

    def _forget(self, offset: int) -> None:
        """An offset more than ten above the last id is ignored (TDLib, TQueue::get)."""
        ids = [_id(one, 0) for one in self.waiting]
        if offset <= max(ids, default=0) + 10:
            self.waiting = [one for one in self.waiting if _id(one, offset) >= offset]


def _id(update: Any, otherwise: int) -> int:  # noqa: ANN401  # malformed ones too
    return int(update.get("update_id", otherwise)) if isinstance(update, dict) else otherwise


@asynccontextmanager
async def running_server() -> AsyncIterator[TelegramServer]:
    server = TelegramServer()
    app = web.Application()
    app.router.add_post("/bot{token}/getUpdates", server.answer)
    app.router.add_post("/bot{token}/deleteWebhook", server.delete_webhook)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    server.address = f"http://{host}:{port}/bot{TOKEN}"
    try:
        yield server
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running_request() -> AsyncIterator[Wire]:
    """The bot's own networking."""
    request = Wire(1)
    await request.initialize()
    try:
        yield request
    finally:
        await request.shutdown()


# -- what may come instead of an answer ------------------------------------------------------------


def error(code: int, description: str, **parameters: object) -> Answer:
    """An error as the Bot API puts it."""
    body: dict[str, object] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return page(code, json.dumps(body), "application/json")


def page(code: int, text: str, kind: str = "text/html") -> Answer:
    """What a proxy says."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=code, text=text, content_type=kind)

    return answer


def cut(text: str, promised: int = 1000) -> Answer:
    """The connection ends in the middle of an answer."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(promised)})
        await response.prepare(request)
        await response.write(text.encode())
        assert request.transport is not None
        request.transport.close()
        return response

    return answer


async def reset(request: web.Request) -> web.StreamResponse:
    """The connection ends without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


WEBHOOK_IS_ACTIVE = error(
    409,
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete "
    "the webhook first",
)
