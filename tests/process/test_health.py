from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.errors import SettingError
from bot.process import health
from bot.process.health import (
    HealthServer,
    Metric,
    MetricKind,
    Sample,
    gauge,
    render_metrics,
    status_metrics,
)
from bot.process.status import read_status
from storage import inbox
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from storage.database import Database
    from tests.clock import FakeClock


class Bot:
    """What the server asks."""

    def __init__(self) -> None:
        self.missing: str | None = None
        self.error: Exception | None = None
        self.slow = asyncio.Event()
        self.slow.set()

    async def ready(self) -> str | None:
        await self.slow.wait()
        return self.missing

    async def metrics(self) -> Sequence[Metric]:
        if self.error is not None:
            raise self.error
        return [gauge("sosik_inbox_waiting", "Updates that wait.", 3)]


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
async def server(bot: Bot) -> AsyncIterator[HealthServer]:
    running = HealthServer("127.0.0.1:0", ready=bot.ready, metrics=bot.metrics)
    await running.start()
    yield running
    await running.close()


async def get(server: HealthServer, path: str, method: str = "GET") -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.request(method, f"http://127.0.0.1:{server.port}{path}")


async def send(server: HealthServer, raw: bytes, *, end: bool = True) -> bytes:
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


async def test_it_lives_while_it_answers(server: HealthServer) -> None:
    answer = await get(server, "/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["cache-control"] == "no-store"


async def test_it_is_ready_or_says_what_is_missing(server: HealthServer, bot: Bot) -> None:
    answer = await get(server, "/readyz?verbose")
    assert (answer.status_code, answer.text) == (200, "ready\n")
    bot.missing = "Telegram has not answered for 90 seconds"
    answer = await get(server, "/readyz")
    assert (answer.status_code, answer.text) == (503, f"{bot.missing}\n")


async def test_figures_are_given_as_prometheus_reads_them(server: HealthServer) -> None:
    answer = await get(server, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "sosik_inbox_waiting 3\n" in answer.text


async def test_a_probe_that_fails_is_logged_and_the_next_is_answered(
    server: HealthServer, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.error = ZeroDivisionError("of no concern to others")
    answer = await get(server, "/metrics")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error\n")
    assert [one.getMessage() for one in caplog.records] == ["probe_failed"]
    bot.error = None
    assert (await get(server, "/metrics")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/metrics/..", 404),
        ("POST", "/healthz", 405),
        ("DELETE", "/metrics", 405),
        ("HEAD", "/healthz", 200),
        ("HEAD", "/nothing", 404),
    ],
)
async def test_other_paths_and_methods_are_refused(
    method: str, path: str, status: int, server: HealthServer
) -> None:
    answer = await get(server, path, method)
    assert answer.status_code == status
    assert (answer.text == "") == (method == "HEAD")
    assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    "junk",
    [
        b"\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET /healthz\r\n\r\n",
        b"GET healthz HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/2\r\n\r\n",
        b"GET  /healthz HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00\xff" * 100 + b"\r\n\r\n",
        b"",
    ],
)
async def test_junk_gets_a_short_no(junk: bytes, server: HealthServer) -> None:
    answer = await send(server, junk)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert len(answer) < 300
    assert (await get(server, "/healthz")).status_code == 200


@pytest.mark.parametrize(
    "head",
    [b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", b"x" * 100_000],
)
async def test_a_head_that_is_too_long_is_refused(head: bytes, server: HealthServer) -> None:
    answer = await send(server, head)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")
    assert (await get(server, "/healthz")).status_code == 200


async def test_whoever_is_slow_is_left(
    server: HealthServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.1)
    assert await send(server, b"GET /healthz HT", end=False) == b""


async def test_a_readiness_that_does_not_come_ends_in_time(
    server: HealthServer, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.1)
    bot.slow.clear()
    assert await send(server, b"GET /readyz HTTP/1.1\r\n\r\n") == b""


async def test_too_many_at_once_are_told_to_come_back(
    server: HealthServer, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "MOST_CONNECTIONS", 2)
    bot.slow.clear()
    request = b"GET /readyz HTTP/1.1\r\n\r\n"
    held = [asyncio.create_task(send(server, request)) for _ in range(2)]
    await until(lambda: len(server._connections) == 2)
    assert (await get(server, "/healthz")).status_code == 503
    bot.slow.set()
    for one in held:
        assert (await one).startswith(b"HTTP/1.1 200 ")
    assert (await get(server, "/healthz")).status_code == 200


async def test_closing_ends_what_is_open(bot: Bot) -> None:
    server = HealthServer("127.0.0.1:0", ready=bot.ready, metrics=bot.metrics)
    await server.start()
    bot.slow.clear()
    held = asyncio.create_task(send(server, b"GET /readyz HTTP/1.1\r\n\r\n"))
    await until(lambda: server._connections)
    await server.close()
    assert await held == b""
    await server.close()


async def test_what_was_never_started_can_be_closed(bot: Bot) -> None:
    server = HealthServer("127.0.0.1:0", ready=bot.ready, metrics=bot.metrics)
    await server.close()
    with pytest.raises(RuntimeError, match="not started"):
        _ = server.port


@pytest.mark.parametrize("taken", [True, False])
async def test_an_address_that_cannot_be_had_is_named(bot: Bot, *, taken: bool) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        listen = f"127.0.0.1:{port}" if taken else "203.0.113.1:8080"
        server = HealthServer(listen, ready=bot.ready, metrics=bot.metrics)
        with pytest.raises(SettingError) as caught:
            await server.start()
    assert caught.value.values["name"] == "HEALTH_LISTEN"
    assert caught.value.values["value"] == listen


async def test_an_address_of_ipv6_stands_in_brackets(bot: Bot) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    server = HealthServer("[::1]:0", ready=bot.ready, metrics=bot.metrics)
    try:
        await server.start()
    except SettingError:
        pytest.skip("no IPv6 here")
    assert server.port > 0
    await server.close()


def test_labels_and_help_are_escaped() -> None:
    metric = Metric(
        "sosik_pushes_total",
        "Pushes,\nby \\ state.",
        (Sample(2, (("state", "sent"), ("chat", 'a "b"\n\\'))), Sample(0.5)),
        MetricKind.COUNTER,
    )
    assert render_metrics([metric, gauge("sosik_up", "One.", 1)]) == (
        "# HELP sosik_pushes_total Pushes,\\nby \\\\ state.\n"
        "# TYPE sosik_pushes_total counter\n"
        'sosik_pushes_total{state="sent",chat="a \\"b\\"\\n\\\\"} 2\n'
        "sosik_pushes_total 0.5\n"
        "# HELP sosik_up One.\n"
        "# TYPE sosik_up gauge\n"
        "sosik_up 1\n"
    )
    assert render_metrics([]) == ""


async def test_what_status_counts_is_given_as_figures(database: Database, clock: FakeClock) -> None:
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO inbox VALUES (1, NULL, 0, '{}')")
        await tx.execute("INSERT INTO sources (address, kind, failures) VALUES ('x', 'feed', 2)")
        await inbox.add_skipped(tx, 12)
    text = render_metrics(status_metrics(await read_status(database, clock.now())))
    assert "sosik_inbox_waiting 1\n" in text
    assert "# TYPE sosik_inbox_skipped_total counter\nsosik_inbox_skipped_total 12\n" in text
    assert 'sosik_chats{state="served"} 0\n' in text
    assert "sosik_sources_failing 1\n" in text
