"""The bot's HTTP server: aiohttp's, with an end to its patience.

A request is read within five seconds from its first byte, a head has lines of at most 8 KiB, and
only so many connections are open at once: whatever else is sent gets a short answer, and nothing of
it is kept or logged. A connection is closed after its answer, but one whose page lets it go on.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from aiohttp.web_protocol import RequestHandler, RequestPayloadError

from bot.errors import SettingError, message, reason_of

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Mapping

    from aiohttp import StreamReader

    Page = Callable[[web.BaseRequest], Awaitable[web.Response]]

log = logging.getLogger(__name__)

LONGEST_LINE_BYTES = 8190
PATIENCE_SECONDS = 5.0
CLOSE_SECONDS = 0.5
MOST_CONNECTIONS = 160
"""More than the hundred that Telegram makes at most, and some for probes."""
_BROKEN = (ConnectionError, RequestPayloadError, HttpProcessingError)
"""What reading a body ends with, where whoever sends it goes away, or sends none."""
PLAIN = "text/plain; charset=utf-8"


def plain(status: HTTPStatus, text: str = "", kind: str = PLAIN) -> web.Response:
    """A short answer, in the words of its status where it has none of its own."""
    body = (text or f"{status.phrase}\n").encode()
    headers = {"Content-Type": kind, "Cache-Control": "no-store", "Server": "sosik"}
    return web.Response(status=status, body=body, headers=headers)


def refused_method(allowed: str) -> web.Response:
    """405, with what would be taken (RFC 9110, 15.5.6)."""
    answer = plain(HTTPStatus.METHOD_NOT_ALLOWED)
    answer.headers["Allow"] = allowed
    return answer


def let_go_on(request: web.BaseRequest) -> None:
    """It was read, by somebody who may take time: it has no deadline any more."""
    connection = request.protocol
    if isinstance(connection, _Connection):
        connection.is_welcome = True
        connection.disarm()


class _Connection(RequestHandler):
    """One connection, ended where a request or its answer takes too long."""

    __slots__ = ("_body", "_deadline", "_refused", "is_welcome")

    def __init__(
        self,
        manager: web.Server,
        refused: Callable[[HTTPStatus], None],
        **given: Any,  # noqa: ANN401  # aiohttp's
    ) -> None:
        super().__init__(manager, **given)
        self._refused = refused
        self._deadline: asyncio.TimerHandle | None = None
        self._body: StreamReader | None = None
        self.is_welcome = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._arm()

    def connection_lost(self, exc: BaseException | None) -> None:
        self.disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._deadline is None and self._is_idle:
            self._arm()
        super().data_received(data)
        if self._messages:
            self._body = self._messages[-1][1]

    def eof_received(self) -> bool:  # type: ignore[override]  # as asyncio asks it
        """Whoever has asked and says no more is answered; who has not is let go."""
        if self._is_idle or not (self._body is None or self._body.is_eof()):
            return False
        self.close()  # after the answer
        return True

    def disarm(self) -> None:
        """It may take its time."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002  # it quotes what came
    ) -> web.StreamResponse:
        """What is no HTTP gets its number, and is not logged: it is somebody else's text."""
        if request.writer.output_size > 0:
            raise ConnectionError
        if isinstance(exc, LineTooLong):
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        self._refused(HTTPStatus(status))
        answer = plain(HTTPStatus(status))
        answer.force_close()
        return answer

    def log_exception(self, *_: Any, **given: Any) -> None:  # noqa: ANN401  # aiohttp's
        """The kind of error alone."""
        log.error("connection_failed", extra={"error": type(given.get("exc_info")).__name__})

    @property
    def _is_idle(self) -> bool:
        """Whether it waits for a request (RequestHandler.start)."""
        return self._waiter is not None and not self._waiter.done()

    def _arm(self) -> None:
        self._deadline = self._loop.call_later(PATIENCE_SECONDS, self._give_up)

    def _give_up(self) -> None:
        self._deadline = None
        if self.transport is not None:
            self.transport.abort()


class _Server(web.Server):
    """Makes the connections."""

    refused: Callable[[HTTPStatus], None]

    def __call__(self) -> _Connection:
        return _Connection(self, self.refused, loop=self._loop, **self._kwargs)


class WebServer:
    """Serves pages until it is closed.

    Args:
        listen: `address:port`.
        pages: What is asked for, by its path.
        setting: The name of the setting that says where it listens.
        refused: Told the status of each answer that is no page's.
    """

    def __init__(
        self,
        listen: str,
        pages: Mapping[str, Page],
        *,
        setting: str,
        refused: Callable[[HTTPStatus], None] = lambda _: None,
    ) -> None:
        self._listen = listen
        self._pages = pages
        self._setting = setting
        self._refused = refused
        self._runner: web.ServerRunner | None = None
        self._server: _Server | None = None

    async def start(self) -> None:
        """Listen. Raises SettingError where the address or the port cannot be had."""
        host, _, port = self._listen.rpartition(":")
        self._server = _Server(
            self._serve,
            access_log=None,
            auto_decompress=False,
            max_line_size=LONGEST_LINE_BYTES,
            max_field_size=LONGEST_LINE_BYTES,
            lingering_time=0,
        )
        self._server.refused = self._refused
        runner = web.ServerRunner(self._server, shutdown_timeout=CLOSE_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        except (OSError, UnicodeError) as error:
            await runner.cleanup()
            reason = message("expected.own_port", reason=reason_of(error))
            raise SettingError(
                "error.setting", name=self._setting, value=self._listen, expected=reason
            ) from error
        self._runner = runner

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._runner is None:
            raise RuntimeError("it is not started")
        return int(self._runner.addresses[0][1])

    @property
    def connections(self) -> int:
        """How many are open."""
        return 0 if self._server is None else len(self._server.connections)

    async def close(self) -> None:
        """Listen no more, and end what is open."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _serve(self, request: web.BaseRequest) -> web.Response:
        answer = await self._answer(request)
        connection = request.protocol
        if not (isinstance(connection, _Connection) and connection.is_welcome):
            answer.force_close()
        return answer

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        path = request.raw_path.partition("?")[0]
        if self.connections > MOST_CONNECTIONS:
            return self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        if not path.startswith("/") or request.version.major != 1:
            return self._refuse(HTTPStatus.BAD_REQUEST)
        page = self._pages.get(path)
        if page is None:
            return self._refuse(HTTPStatus.NOT_FOUND)
        try:
            return await page(request)
        except _BROKEN:
            return self._refuse(HTTPStatus.BAD_REQUEST)
        except Exception as error:
            log.exception("probe_failed", extra={"error": type(error).__name__})
            return self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _refuse(self, status: HTTPStatus) -> web.Response:
        self._refused(status)
        return plain(status)
