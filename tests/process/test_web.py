from __future__ import annotations

import asyncio
import socket
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.errors import SettingError
from bot.process import web as served
from bot.process.web import WebServer, let_go_on, plain
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

SLOW = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"


class Site:
    """What the server serves; `/slow` and `/welcome` wait for `go`."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.go.set()
        self.refused: list[HTTPStatus] = []
        self.bodies: list[bytes] = []
        self.server = self.another()

    def another(self, listen: str = "127.0.0.1:0") -> WebServer:
        pages = {"/": self.quick, "/slow": self.slow, "/welcome": self.welcome}
        return WebServer(listen, pages, setting="HEALTH_LISTEN", refused=self.refused.append)

    async def quick(self, _: web.BaseRequest) -> web.Response:
        return plain(HTTPStatus.OK, "ok\n")

    async def slow(self, _: web.BaseRequest) -> web.Response:
        await self.go.wait()
        return plain(HTTPStatus.OK, "ok\n")

    async def welcome(self, request: web.BaseRequest) -> web.Response:
        self.bodies.append(await request.read())
        let_go_on(request)
        return await self.slow(request)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    one = Site()
    await one.server.start()
    yield one
    await one.server.close()


@pytest.fixture
def server(site: Site) -> WebServer:
    return site.server


async def get(server: WebServer, path: str, method: str = "GET") -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.request(method, f"http://127.0.0.1:{server.port}{path}")


async def send(server: WebServer, raw: bytes, *, end: bool = True) -> bytes:
    """What comes back to raw bytes, until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(raw)
    if end:
        writer.write_eof()
    answer = b""
    try:
        answer = await reader.read()
    except ConnectionError:
        pass
    finally:
        writer.close()
    return answer


@pytest.mark.parametrize(
    "junk",
    [
        b"\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET healthz HTTP/1.1\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
        b"GET  / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00\xff" * 100 + b"\r\n\r\n",
        b"",
    ],
)
async def test_junk_gets_a_short_no(junk: bytes, server: WebServer, site: Site) -> None:
    answer = await send(server, junk)
    assert answer == b"" or b" 400 " in answer.splitlines()[0]
    assert site.refused == ([400] if answer else []), "each answer is counted"
    assert len(answer) < 300
    assert (await get(server, "/")).status_code == 200


@pytest.mark.parametrize(
    "head",
    [b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", b"x" * 100_000],
)
async def test_a_head_that_is_too_long_is_refused(
    head: bytes, server: WebServer, site: Site
) -> None:
    answer = await send(server, head)
    assert answer == b"" or answer.split(b" ")[1] in {b"400", b"431"}
    assert [str(int(one)).encode() for one in site.refused] == answer.split(b" ")[1:2]
    assert (await get(server, "/")).status_code == 200


async def test_whoever_is_slow_is_left(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "PATIENCE_SECONDS", 0.1)
    assert await send(server, b"GET / HT", end=False) == b""


async def test_a_readiness_that_does_not_come_ends_in_time(
    server: WebServer, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served, "PATIENCE_SECONDS", 0.1)
    site.go.clear()
    assert await send(server, SLOW) == b""


async def test_too_many_at_once_are_told_to_come_back(
    server: WebServer, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served, "MOST_CONNECTIONS", 2)
    site.go.clear()
    held = [asyncio.create_task(send(server, SLOW)) for _ in range(2)]
    await until(lambda: server.connections == 2)
    assert (await get(server, "/")).status_code == 503
    site.go.set()
    for one in held:
        assert (await one).startswith(b"HTTP/1.1 200 ")
    assert (await get(server, "/")).status_code == 200


POST = b"POST /welcome HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"


async def test_who_is_let_go_on_may_take_longer_and_ask_again(
    server: WebServer, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.go.clear()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(POST + b"abcd")
    await until(lambda: site.bodies)
    assert deadlines(server) == [None]
    site.go.set()
    assert (await reader.readuntil(b"ok\n")).startswith(b"HTTP/1.1 200 ")
    assert deadlines(server) == [None], "nor between one request and the next"
    writer.write(POST + b"efgh")
    assert (await reader.readuntil(b"ok\n")).startswith(b"HTTP/1.1 200 ")
    assert site.bodies == [b"abcd", b"efgh"]
    monkeypatch.setattr(served, "PATIENCE_SECONDS", 0.1)
    writer.write(b"POST /wel")
    assert await reader.read() == b""
    writer.close()


def deadlines(server: WebServer) -> list[object]:
    """When each open connection would be ended; None for one that has all the time it wants."""
    assert server._server is not None
    open_ones = server._server.connections
    return [one._deadline for one in open_ones if isinstance(one, served._Connection)]


@pytest.mark.parametrize("sent", [POST, POST + b"ab", POST[:20]])
async def test_a_request_that_does_not_end_is_left(
    server: WebServer, site: Site, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(served, "PATIENCE_SECONDS", 0.1)
    assert await send(server, sent, end=False) == b""
    assert site.bodies == []
    await until(lambda: not server.connections)


@pytest.mark.parametrize("sent", [POST, POST + b"ab", POST[:20], POST + b"abcd", b"GET / HTTP/1.1"])
async def test_whoever_goes_away_in_the_middle_is_nothing_to_log(
    server: WebServer, site: Site, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(sent)
    await until(lambda: server.connections)
    writer.transport.abort()
    await until(lambda: not server.connections)
    assert caplog.records == []


CHUNKED = b"POST /welcome HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


async def test_a_body_in_pieces_is_one_and_a_broken_one_gets_a_short_no(
    server: WebServer, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    assert b" 200 " in await send(server, CHUNKED + b"2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n")
    assert site.bodies == [b"abcd"]
    for broken in (b"zz\r\nab\r\n", b"2\r\nabcd\r\n"):
        answer = await send(server, CHUNKED + broken)
        assert answer == b"" or b" 400 " in answer.splitlines()[0]
    await until(lambda: not server.connections)
    assert caplog.records == []


async def test_a_body_that_nobody_reads_keeps_nothing_open(server: WebServer) -> None:
    head = b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n"
    assert (await send(server, head, end=False)).startswith(b"HTTP/1.1 404 ")
    await until(lambda: not server.connections)


async def test_what_no_page_answers_is_counted(server: WebServer, site: Site) -> None:
    await get(server, "/nothing")
    await get(server, "/")
    assert site.refused == [404]


async def test_closing_ends_what_is_open(site: Site) -> None:
    server = site.another()
    await server.start()
    site.go.clear()
    held = asyncio.create_task(send(server, SLOW))
    await until(lambda: server.connections)
    await server.close()
    assert await held == b""
    await server.close()


async def test_what_was_never_started_can_be_closed(site: Site) -> None:
    server = site.another()
    await server.close()
    with pytest.raises(RuntimeError, match="not started"):
        _ = server.port


async def test_a_name_that_can_be_none_is_named_too(site: Site) -> None:
    with pytest.raises(SettingError):
        await site.another("x" * 64 + ".example:8080").start()


@pytest.mark.parametrize("taken", [True, False])
async def test_an_address_that_cannot_be_had_is_named(site: Site, *, taken: bool) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        listen = f"127.0.0.1:{port}" if taken else "203.0.113.1:8080"
        server = site.another(listen)
        with pytest.raises(SettingError) as caught:
            await server.start()
    assert caught.value.values["name"] == "HEALTH_LISTEN"
    assert caught.value.values["value"] == listen


async def test_a_name_that_nobody_has_is_no_number_of_the_system(site: Site) -> None:
    with pytest.raises(SettingError) as caught:
        await site.another("nowhere.invalid:8080").start()
    assert "'reason.elsewhere'" in str(caught.value.values["expected"])


async def test_an_address_of_ipv6_stands_in_brackets(site: Site) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    server = site.another("[::1]:0")
    try:
        await server.start()
    except SettingError:
        pytest.skip("no IPv6 here")
    assert server.port > 0
    await server.close()
