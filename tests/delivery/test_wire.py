"""The wire to Telegram, against servers on loopback that do everything a network does."""

from __future__ import annotations

import asyncio
import socket
from base64 import b64encode
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.clock import end
from bot.delivery.failures import Ambiguous, NotSent
from bot.delivery.telegram import classify
from bot.delivery.wire import Patience, Wire
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

TOKEN = "123456789:" + "A" * 35
OK = b'{"ok": true, "result": true}'
LASTING = Patience(connect=60.0, read=60.0, write=60.0, upload=60.0, pool=60.0)
"""What a server here does comes first, however busy the machine is."""
SHORT = 0.3
"""Seconds, where a wait is to end."""
LONG = RequestData([RequestParameter.from_input("text", "가" * 5_000_000)])
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[str]:
    """A server that does this with each connection; its address."""
    open_ones: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones[asyncio.create_task(_served(serve, reader, writer))] = writer

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=2**16)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot{TOKEN}/getMe"
    finally:
        server.close()
        for task, writer in open_ones.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*open_ones, return_exceptions=True)


async def _served(serve: Serve, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        await serve(reader, writer)


async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer each request, and keep the connection."""
    while await heard(reader):
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(OK) + OK)


async def heard(reader: asyncio.StreamReader) -> bytes:
    """A whole request, empty where none comes any more."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + await reader.readexactly(int(lengths[0][15:]) if lengths else 0)


async def says_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await heard(reader)


async def hears_nothing(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    """It reads not a byte: what is written fills the buffers."""


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await heard(reader)
    writer.close()


async def is_cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await heard(reader)
    writer.write(HEAD + b"Content-Length: 999\r\n\r\n" + OK)
    writer.close()


async def speaks_first(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")


async def is_no_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await heard(reader)
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    writer.close()


@asynccontextmanager
async def a_wire(connections: int = 4, patience: Patience = LASTING) -> AsyncIterator[Wire]:
    wire = Wire(connections, patience)
    await wire.initialize()
    try:
        yield wire
    finally:
        await wire.shutdown()


@pytest.fixture(autouse=True)
def without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def failure_of(
    address: str, data: RequestData | None = None, patience: Patience = LASTING
) -> tuple[Any, TelegramError]:
    async with a_wire(patience=patience) as wire:
        with pytest.raises(TelegramError) as raised:
            await wire.post(address, data)
    return classify(raised.value), raised.value


# -- what surely never left ------------------------------------------------------------------------


def a_closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("http://127.0.0.1:{closed}/bot1:A/getMe", "ClientConnectorError"),
        ("http://no-such-host.invalid/bot1:A/getMe", "ClientConnectorDNSError"),
        ("https://127.0.0.1:{port}/bot1:A/getMe", "ClientConnectorSSLError"),
    ],
)
async def test_where_no_connection_is_made_nothing_was_sent(address: str, cause: str) -> None:
    async with serving(speaks_first) as plain:
        port = plain.split(":")[2].split("/")[0]
        failure, error = await failure_of(address.format(closed=a_closed_port(), port=port))
    assert type(failure) is NotSent, error.__cause__
    assert isinstance(error, NetworkError)
    assert failure.reason == cause


async def test_a_handshake_that_takes_too_long_sent_nothing() -> None:
    async with serving(hears_nothing) as plain:
        patience = replace(LASTING, connect=SHORT)
        failure, error = await failure_of(plain.replace("http:", "https:"), patience=patience)
    assert failure == NotSent("ConnectionTimeoutError")
    assert isinstance(error, TimedOut)


async def test_who_waits_too_long_for_a_connection_sent_nothing() -> None:
    async with serving(says_nothing) as address, a_wire(1, replace(LASTING, pool=SHORT)) as wire:
        first = asyncio.create_task(wire.post(address))
        await asyncio.sleep(0)
        with pytest.raises(TimedOut) as raised:
            await wire.post(address)
        assert classify(raised.value) == NotSent("PoolTimeout")
        await end([first])


@pytest.mark.parametrize("answer", ["refused", "closed"])
async def test_a_proxy_that_lets_nobody_through_sent_nothing(
    monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    async def refuses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await heard(reader)
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    async with serving(refuses) as proxy:
        port = a_closed_port() if answer == "closed" else proxy.split(":")[2].split("/")[0]
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        failure, _ = await failure_of("https://api.example/bot1:A/getMe")
    wanted = {"refused": "ClientHttpProxyError", "closed": "ClientProxyConnectionError"}
    assert failure == NotSent(wanted[answer])


@pytest.mark.parametrize(
    ("given", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://a:1"}, "http://a:1"),
        ({"ALL_PROXY": "http://b:2"}, "http://b:2"),
        ({"HTTP_PROXY": "http://c:3"}, None),
        ({"HTTPS_PROXY": "http://a:1", "NO_PROXY": "telegram.org"}, None),
        ({"HTTPS_PROXY": "http://a:1", "NO_PROXY": "localhost"}, "http://a:1"),
    ],
)
def test_the_proxies_of_the_environment_count(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], proxy: str | None
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    wire = Wire(1)
    assert wire._proxy("https://api.telegram.org/bot1:A/getMe") == proxy
    monkeypatch.setenv("HTTPS_PROXY", "http://later:9")
    assert wire._proxy("https://api.telegram.org/bot1:A/getUpdates") == proxy, "asked once"


async def test_a_proxy_that_is_set_counts_before_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bytes] = []

    async def passes_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await heard(reader))
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(OK) + OK)

    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{a_closed_port()}")
    async with serving(passes_on) as address:
        port = urlsplit(address).port
        async with Wire(1, proxy=f"http://me:word@127.0.0.1:{port}") as wire:
            await wire.post("http://api.example/bot1:A/getMe")
    head = asked[0].decode()
    assert head.startswith("POST http://api.example/bot1:A/getMe HTTP/1.1\r\n")
    assert f"Proxy-Authorization: Basic {b64encode(b'me:word').decode()}\r\n" in head


# -- what may have arrived -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("serve", "data", "patience", "cause"),
    [
        (says_nothing, None, replace(LASTING, read=SHORT), "SocketTimeoutError"),
        (hears_nothing, LONG, replace(LASTING, read=SHORT, write=SHORT), ""),
        (hangs_up, None, LASTING, "ServerDisconnectedError"),
        (is_cut, None, LASTING, "ClientPayloadError"),
        (is_no_http, None, LASTING, "ClientResponseError"),
    ],
)
async def test_where_an_answer_fails_it_may_have_arrived(
    serve: Serve, data: RequestData | None, patience: Patience, cause: str
) -> None:
    async with serving(serve) as address:
        failure, error = await failure_of(address, data, patience)
    assert TOKEN not in str(error)
    assert type(failure) is Ambiguous
    assert not cause or failure.reason == cause


async def test_a_kept_connection_that_the_server_gave_up_is_a_doubt_or_made_anew() -> None:
    """What the server closed while nobody looked is no proof that nothing arrived."""

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await heard(reader)
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(OK) + OK)
        await heard(reader)  # the second one arrives, and is answered by nothing
        writer.close()

    async with serving(once) as address, a_wire() as wire:
        assert await wire.post(address)
        with pytest.raises(NetworkError) as raised:
            await wire.post(address)
        assert classify(raised.value) == Ambiguous("ServerDisconnectedError")
        assert await wire.post(address), "another connection is made"


async def test_a_request_is_never_sent_a_second_time_by_itself() -> None:
    asked: list[bytes] = []

    async def counts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await heard(reader))
        writer.close()

    async with serving(counts) as address:
        await failure_of(address)
    assert len(asked) == 1


# -- what Telegram says ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, '{"ok": false, "description": "Bad Request: chat not found"}', BadRequest),
        (401, '{"ok": false, "description": "Unauthorized"}', InvalidToken),
        (403, '{"ok": false, "description": "Forbidden: bot was blocked"}', Forbidden),
        (404, '{"ok": false, "description": "Not Found"}', InvalidToken),
        (409, '{"ok": false, "description": "Conflict"}', Conflict),
        (429, '{"ok": false, "parameters": {"retry_after": 3}}', RetryAfter),
        (400, '{"ok": false, "parameters": {"migrate_to_chat_id": -1001}}', ChatMigrated),
        (500, "{}", NetworkError),
        (502, "<html>Bad Gateway</html>", NetworkError),
        (302, "", NetworkError),
        (200, "<html>", TelegramError),
    ],
)
async def test_each_status_is_what_python_telegram_bot_makes_of_it(
    status: int, body: str, kind: type[TelegramError]
) -> None:
    async def serve(_: web.Request) -> web.Response:
        head = {"Location": "http://127.0.0.1:1/"} if status == 302 else {}
        return web.Response(status=status, text=body, headers=head)

    async with running(serve) as address, a_wire() as wire:
        with pytest.raises(kind):
            await wire.post(address)


@asynccontextmanager
async def running(
    serve: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncIterator[str]:
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/bot1:A/sendMessage"
    finally:
        await runner.cleanup()


# -- what is sent ----------------------------------------------------------------------------------


async def test_parameters_go_as_a_form_and_files_with_their_names() -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    async def serve(request: web.Request) -> web.Response:
        form = await request.post()
        said = {
            name: (value.filename, value.content_type, value.file.read())
            if isinstance(value, web.FileField)
            else value
            for name, value in form.items()
        }
        asked.append((request.content_type, said))
        return web.Response(body=OK)

    plain = {"chat_id": 5, "text": "가 & 나=다 🌊\n", "entities": [{"type": "bold", "offset": 0}]}
    async with running(serve) as address, a_wire() as wire:
        named = [RequestParameter.from_input(name, value) for name, value in plain.items()]
        await wire.post(address, RequestData(named))
        parts = [
            RequestParameter.from_input("chat_id", 5),
            RequestParameter.from_input("document", InputFile(b"\0\1", "백업 1.db", attach=False)),
        ]
        await wire.post(address, RequestData(parts))
    assert asked[0] == (
        "application/x-www-form-urlencoded",
        {"chat_id": "5", "text": "가 & 나=다 🌊\n", "entities": '[{"type": "bold", "offset": 0}]'},
    )
    kind, form = asked[1]
    assert kind == "multipart/form-data"
    assert form["chat_id"] == "5"
    assert form["document"][0] == "백업 1.db"
    assert form["document"][2] == b"\0\1"


async def test_the_date_of_each_answer_is_told_and_the_program_named() -> None:
    dates: list[str | None] = []
    agents: list[str] = []

    async def serve(request: web.Request) -> web.Response:
        agents.append(request.headers["User-Agent"])
        return web.Response(body=OK, headers={"Date": "Mon, 30 Nov 2026 00:00:00 GMT"})

    wire = Wire(1, heard=dates.append)
    await wire.initialize()
    async with running(serve) as address:
        assert await wire.retrieve(address) == OK
        await wire.shutdown()
        await wire.shutdown()
        with pytest.raises(NetworkError) as raised:
            await wire.post(address)
        assert classify(raised.value) == NotSent("ClosedError")
        await wire.initialize()
        assert await wire.post(address), "it opens again"
    await wire.shutdown()
    assert dates == ["Mon, 30 Nov 2026 00:00:00 GMT"] * 2
    assert agents == [Wire.USER_AGENT] * 2


async def test_a_connection_is_kept_and_used_again_and_no_more_are_open_than_allowed() -> None:
    peers: set[object] = set()
    at_once, most = 0, 0

    async def serve(request: web.Request) -> web.Response:
        nonlocal at_once, most
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        return web.Response(body=OK)

    async with running(serve) as address, a_wire(3) as wire:
        await asyncio.gather(*(wire.post(address) for _ in range(12)))
    assert most == 3
    assert len(peers) == 3


async def test_a_call_may_name_its_own_times_and_who_gives_up_leaves_no_trace() -> None:
    asked = 0

    async def serve(_: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        await (asyncio.Event().wait() if asked == 3 else asyncio.sleep(2 * SHORT))
        return web.Response(body=OK)

    async with running(serve) as address, a_wire(1, replace(LASTING, read=SHORT)) as wire:
        assert await wire.post(address, read_timeout=60, pool_timeout=None)
        assert await wire.post(address, read_timeout=None)
        waiting = asyncio.create_task(wire.post(address, read_timeout=60))
        await until(lambda: asked == 3)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await wire.post(address, read_timeout=60), "the connection is free again"
    assert wire.read_timeout == SHORT


async def test_a_bot_of_python_telegram_bot_speaks_over_it() -> None:
    async def serve(request: web.Request) -> web.Response:
        assert request.path == "/bot1:A/getMe"
        me = {"id": 1, "is_bot": True, "first_name": "소식", "username": "sosik_bot"}
        return web.json_response({"ok": True, "result": me})

    async with running(serve) as address:
        base = address.removesuffix("1:A/sendMessage")
        async with Bot("1:A", base_url=base, request=Wire(1), get_updates_request=Wire(1)) as bot:
            assert bot.username == "sosik_bot"


def test_aiohttps_errors_are_those_that_are_sorted_here() -> None:
    """A new one would have to be sorted: whether it comes before the request has left."""
    known = {
        *("ClientConnectionError", "ClientConnectionResetError", "ClientOSError", "ClientError"),
        *("ClientConnectorCertificateError", "ClientConnectorDNSError", "ClientConnectorError"),
        *(
            "ClientConnectorSSLError",
            "ClientHttpProxyError",
            "ClientPayloadError",
            "ClientSSLError",
        ),
        *("ClientProxyConnectionError", "ClientResponseError", "ConnectionTimeoutError"),
        *("ContentTypeError", "InvalidUrlClientError", "InvalidUrlRedirectClientError"),
        *("NonHttpUrlClientError", "NonHttpUrlRedirectClientError", "RedirectClientError"),
        *("ServerConnectionError", "ServerDisconnectedError", "ServerTimeoutError"),
        *("SocketTimeoutError", "UploadAbortedError", "WSMessageTypeError"),
        *("WSServerHandshakeError", "WebSocketError"),
    }
    assert {name for name in dir(aiohttp) if name.endswith("Error")} <= known
