"""The HTTP side: /bot<token>/<method> on loopback.

telegram-bot-api/HttpConnection.cpp and ClientManager.cpp: any HTTP method, method names in any
case, JSON answers with the error's code as the status.
"""

from __future__ import annotations

import hmac
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.simulator.api.bodies import LARGEST_BODY_BYTES, encoded, read_arguments
from bot.simulator.api.calls import Call, CallLog
from bot.simulator.api.delivering import Deliverer
from bot.simulator.api.errors import ApiError, not_found, unauthorized
from bot.simulator.api.faults import Fault, Faults, fault_answer
from bot.simulator.api.polling import Poller
from bot.simulator.methods import METHODS

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable

    from bot.simulator.api.arguments import Arguments
    from bot.simulator.world import World

_JSON = "application/json"
_NONSENSE = b"<html><head><title>200 OK</title></head></html>"
_SHUTDOWN_SECONDS = 0.2
_GET_UPDATES = "getupdates"
_EMPTY: tuple[object, ...] = ("", "[]", "{}", [], {}, None)


class Server:
    """Answers the bot's calls; `token` may be changed to make the old one invalid."""

    def __init__(self, world: World, token: str) -> None:
        self.token = token
        self.calls = CallLog()
        self.faults = Faults()
        self.poller = Poller(world)
        self.deliverer = Deliverer(world)
        world.updates.on_new = self._on_update
        world.on_webhook = self._on_webhook
        self._world = world
        self._runner: web.AppRunner | None = None
        self.port = 0
        self.dated_by: Callable[[], float] = world.clock.now
        """What its answers are dated by (RFC 9110, 6.6.1); a wrong clock, where a test says so."""

    async def start(
        self, listener: socket.socket | None = None, routes: Iterable[web.AbstractRouteDef] = ()
    ) -> None:
        """Answer at `listener`, or on a free port of loopback. `routes` are served besides."""
        app = web.Application(client_max_size=LARGEST_BODY_BYTES)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/files/{file_id}", self._file)
        app.add_routes(list(routes))
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS, handle_signals=False
        )
        await self._runner.setup()
        site: web.BaseSite = web.TCPSite(self._runner, "127.0.0.1", 0)
        if listener is not None:
            site = web.SockSite(self._runner, listener)
        await site.start()
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop listening and end what is under way."""
        self.poller.release()
        await self.deliverer.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _on_update(self) -> None:
        self.poller.wake()
        self.deliverer.wake()

    def _on_webhook(self) -> None:
        if self._world.webhook.url:
            self.poller.abort("terminated by setWebhook request")
        self.deliverer.change()

    def _is_token(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.token.encode())

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        response = await self._answer_to(request)
        response.headers.setdefault("Date", formatdate(self.dated_by(), usegmt=True))
        return response

    async def _answer_to(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if not self._is_token(request.match_info["token"]):
            return _response(401, encoded(unauthorized().body()))
        try:
            arguments = await read_arguments(request)
        except ApiError as error:
            return _response(error.code, encoded(error.body()))
        except ConnectionError:  # whoever asked was killed in the middle of it, and hears nothing
            return _response(400, b"")
        carried = [name for name, value in arguments.raw().items() if value not in _EMPTY]
        fault = self.faults.take(method, arguments.text("chat_id"), carried)
        if fault is not None:
            return await self._disturb(fault, request, method, arguments)
        status, body = await self._perform(method, arguments)
        return _response(status, body)

    async def _perform(self, method: str, arguments: Arguments) -> tuple[int, bytes]:
        """Do what is asked, log it, and give status and body."""
        name = method.lower()
        result: object = None
        try:
            if name == _GET_UPDATES:
                body = await self.poller.get_updates(arguments)
            else:
                handler = METHODS.get(name)
                if handler is None:
                    raise not_found()
                result = handler(self._world, arguments)
                body = encoded({"ok": True, "result": result})
            status = 200
        except ApiError as error:
            status, result = error.code, error.body()
            body = encoded(error.body())
        self._log(method, arguments, status, result)
        return status, body

    def _log(self, method: str, arguments: Arguments, status: int, answer: object) -> None:
        world = self._world
        name = "getUpdates" if method.lower() == _GET_UPDATES else method
        chat_id = arguments.text("chat_id")
        call = Call(world.clock.now(), name, chat_id, arguments.raw(), status, answer)
        self.calls.record(call)
        if world.events:
            world.tell("call", call=call)

    async def _disturb(
        self, fault: Fault, request: web.Request, method: str, arguments: Arguments
    ) -> web.StreamResponse:
        if fault.kind == "status":
            if fault.has_effect:
                await self._perform(method, arguments)
            answer = fault_answer(fault)
            self._log(method, arguments, fault.status, answer)
            return _response(fault.status, encoded(answer))
        if fault.kind == "late":
            await self.faults.hang(fault.seconds)
        if fault.kind == "cut_before":
            self._log(method, arguments, 0, None)
            return _cut(request)
        status, body = await self._perform(method, arguments)
        if fault.kind == "slow":
            await self.faults.hang(fault.seconds)
        elif fault.kind == "cut_after":
            return _cut(request)
        elif fault.kind == "malformed":
            return _response(200, _NONSENSE)
        elif fault.kind == "half":
            return await _half(request, status, body)
        return _response(status, body)

    async def _file(self, request: web.Request) -> web.Response:
        data = self._world.files.get(request.match_info["file_id"])
        if data is None or not self._is_token(request.match_info["token"]):
            return _response(404, encoded(ApiError(404, "Not Found").body()))
        return web.Response(body=data, content_type="application/octet-stream")


def _response(status: int, body: bytes) -> web.Response:
    return web.Response(body=body, status=status, content_type=_JSON)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _half(request: web.Request, status: int, body: bytes) -> web.StreamResponse:
    headers: dict[str, Any] = {"Content-Type": _JSON, "Content-Length": str(len(body))}
    response = web.StreamResponse(status=status, headers=headers)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
