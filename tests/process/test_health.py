from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from bot.config import PROBES
from bot.process.health import probes
from bot.process.metrics import Exposition
from bot.process.web import WebServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Bot:
    """What the server asks."""

    def __init__(self) -> None:
        self.missing: str | None = None
        self.error: Exception | None = None

    async def ready(self) -> str | None:
        return self.missing

    async def metrics(self, accept: str) -> Exposition:
        if self.error is not None:
            raise self.error
        return Exposition(f"sosik_inbox_waiting 3\n# for {accept}\n", "text/plain; version=0.0.4")


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
async def server(bot: Bot) -> AsyncIterator[WebServer]:
    pages = probes(bot.ready, bot.metrics)
    running = WebServer("127.0.0.1:0", pages, setting="HEALTH_LISTEN")
    await running.start()
    yield running
    await running.close()


async def get(server: WebServer, path: str, method: str = "GET") -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.request(method, f"http://127.0.0.1:{server.port}{path}")


def test_a_webhook_may_not_have_their_paths(bot: Bot) -> None:
    assert set(probes(bot.ready, bot.metrics)) == PROBES


async def test_it_lives_while_it_answers(server: WebServer) -> None:
    answer = await get(server, "/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["cache-control"] == "no-store"


async def test_it_is_ready_or_says_what_is_missing(server: WebServer, bot: Bot) -> None:
    answer = await get(server, "/readyz?verbose")
    assert (answer.status_code, answer.text) == (200, "ready\n")
    bot.missing = "Telegram has not answered for 90 seconds"
    answer = await get(server, "/readyz")
    assert (answer.status_code, answer.text) == (503, f"{bot.missing}\n")


async def test_figures_are_given_as_prometheus_reads_them(server: WebServer) -> None:
    answer = await get(server, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "sosik_inbox_waiting 3\n" in answer.text
    assert f"# for {answer.request.headers['accept']}\n" in answer.text


async def test_a_probe_that_fails_is_logged_and_the_next_is_answered(
    server: WebServer, bot: Bot, caplog: pytest.LogCaptureFixture
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
    method: str, path: str, status: int, server: WebServer
) -> None:
    answer = await get(server, path, method)
    assert answer.status_code == status
    assert (answer.text == "") == (method == "HEAD")
    assert ("allow" in answer.headers) == (status == 405)
