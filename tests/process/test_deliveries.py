from __future__ import annotations

from http import HTTPStatus
from ipaddress import ip_network
from typing import TYPE_CHECKING, cast

import httpx
import pytest
from aiohttp.test_utils import make_mocked_request

from bot.figures import Refusal
from bot.process.deliveries import HEADER, Deliveries, Refusals, client_of
from bot.process.web import WebServer
from bot.updates.webhook import AwayError
from storage.database import DiskFullError

if TYPE_CHECKING:
    from aiohttp import web

    from bot.updates.raw import Raw


class Peer:
    """A request's transport, as far as it is asked."""

    def __init__(self, address: str) -> None:
        self._address = address

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self._address, 1) if name == "peername" else default

    def is_closing(self) -> bool:
        return False


def asked_by(peer: str, *forwarded: str) -> web.BaseRequest:
    request = make_mocked_request("POST", "/", transport=Peer(peer))
    headers = request.headers.copy()
    for one in forwarded:
        headers.add("X-Forwarded-For", one)
    return cast("web.BaseRequest", request.clone(headers=headers))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("8.8.8.8", (), "8.8.8.8"),
        ("8.8.8.8", ("149.154.167.197",), "8.8.8.8"),  # nobody's proxy
        ("127.0.0.1", (), "127.0.0.1"),
        ("127.0.0.1", ("149.154.167.197",), "149.154.167.197"),
        ("172.18.0.1", ("1.2.3.4, 149.154.167.197",), "149.154.167.197"),
        ("::1", ("1.2.3.4", "149.154.167.197"), "149.154.167.197"),
        ("fe80::1%eth0", ("2001:db8::1",), "2001:db8::1"),
        ("::ffff:127.0.0.1", ("::ffff:149.154.167.197",), "149.154.167.197"),
        ("127.0.0.1", ("149.154.167.197, ",), "127.0.0.1"),
        ("127.0.0.1", ("unknown",), "None"),
        ("127.0.0.1", ("149.154.167.197:443",), "None"),
        ("", (), "None"),
    ],
)
def test_who_asks_is_told_by_our_own_proxy_alone(
    peer: str, forwarded: tuple[str, ...], client: str
) -> None:
    assert str(client_of(asked_by(peer, *forwarded))) == client


async def test_whoever_is_unknown_comes_from_nowhere_that_may() -> None:
    async def deliver(_: Raw) -> None:
        raise AssertionError

    page = Deliveries(deliver, "s", [ip_network("0.0.0.0/0"), ip_network("::/0")], Refusals()).page
    request = make_mocked_request("POST", "/", headers={HEADER: "s"}, transport=Peer("nonsense"))
    assert (await page(request)).status == 403


# -- over HTTP -------------------------------------------------------------------------------------

SECRET = "from-the-tests_1"
UPDATE = b'{"update_id": 7, "message": {"message_id": 1, "date": 1, "chat": {"id": 5}}}'


class Telegram:
    """Delivers to a page, and has what it delivers taken, or refused."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.taken: list[Raw] = []
        self.refusals = Refusals()

    async def take(self, raw: Raw) -> None:
        if self.error is not None:
            raise self.error
        self.taken.append(raw)

    async def delivers(
        self, body: bytes, networks: str = "", method: str = "POST", **headers: str
    ) -> httpx.Response:
        allowed = [ip_network(one) for one in networks.split()]
        page = Deliveries(self.take, SECRET, allowed, self.refusals).page
        server = WebServer("127.0.0.1:0", {"/hook": page}, setting="WEBHOOK_LISTEN")
        await server.start()
        shown = {"content-type": "application/json", HEADER: SECRET, **headers}
        given = [(name.encode(), value.encode()) for name, value in shown.items()]
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                url = f"http://127.0.0.1:{server.port}/hook"
                return await client.request(method, url, content=body, headers=given)
        finally:
            await server.close()


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (UPDATE, {}, 200),
        (UPDATE, {HEADER: "wrong"}, 401),
        (UPDATE, {HEADER: ""}, 401),
        (UPDATE, {HEADER: "틀림"}, 401),
        (UPDATE, {"content-type": "text/plain"}, 400),
        (b"", {}, 400),
        (b"hello", {}, 400),
        (b"[1]", {}, 400),
        (b"{}", {}, 400),
        (b'{"update_id": "7"}', {}, 400),
        (b'{"update_id": 1e400}', {}, 400),
        (b"\xff\xfe", {}, 400),
        (b"[" * 200_000, {}, 400),
        (b'{"update_id": 8, "x": "' + b"x" * 2**20 + b'"}', {}, 413),
    ],
)
async def test_what_is_no_delivery_gets_a_short_no(
    body: bytes, headers: dict[str, str], status: int
) -> None:
    telegram = Telegram()
    answer = await telegram.delivers(body, **headers)
    assert answer.status_code == status
    assert len(answer.content) < 100
    assert "retry-after" not in answer.headers
    assert [one["update_id"] for one in telegram.taken] == ([7] if status == 200 else [])
    assert telegram.refusals.counts == ({} if status == 200 else {status: 1})


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
async def test_only_a_post_is_a_delivery(method: str) -> None:
    answer = await Telegram().delivers(UPDATE, method=method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(("error", "status"), [(AwayError(), 503), (DiskFullError("full"), 500)])
async def test_what_could_not_be_kept_is_to_come_again(error: Exception, status: int) -> None:
    telegram = Telegram()
    telegram.error = error
    answer = await telegram.delivers(UPDATE)
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "1")
    assert telegram.refusals.counts == {status: 1}


@pytest.mark.parametrize(
    ("networks", "forwarded", "status"),
    [
        ("149.154.160.0/20", "149.154.167.197", 200),
        ("149.154.160.0/20", "1.2.3.4, 149.154.167.197", 200),
        ("149.154.160.0/20", "149.154.167.197, 1.2.3.4", 403),
        ("149.154.160.0/20", "nonsense", 403),
        ("149.154.160.0/20", "", 403),
        ("127.0.0.0/8", "", 200),
    ],
)
async def test_a_delivery_comes_from_where_it_may(
    networks: str, forwarded: str, status: int
) -> None:
    """Behind a proxy, which says last from where: what stands before that, anybody wrote."""
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    answer = await Telegram().delivers(UPDATE, networks, **headers)
    assert answer.status_code == status


def test_what_is_refused_is_told_once_a_minute_and_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = 0.0
    refusals = Refusals(monotonic=lambda: now)
    refusals.note(HTTPStatus.FORBIDDEN)
    for _ in range(1000):
        refusals.note(HTTPStatus.NOT_FOUND)
    now = 59.9
    refusals.note(HTTPStatus.NOT_FOUND)
    assert len(caplog.records) == 1
    assert caplog.records[0].status_403 == 1  # type: ignore[attr-defined]  # `extra`
    now = 60.0
    refusals.note(HTTPStatus.NOT_FOUND)
    assert len(caplog.records) == 2
    assert caplog.records[1].status_404 == 1002  # type: ignore[attr-defined]  # likewise
    assert not hasattr(caplog.records[1], "status_403")
    assert refusals.counts == {403: 1, 404: 1002}


def test_each_refusal_is_counted_by_what_its_status_means() -> None:
    """Nothing but the words of `Refusal`, whatever aiohttp answers with."""
    reasons: list[Refusal] = []
    refusals = Refusals(reasons.append)
    for status in (400, 401, 403, 404, 405, 413, 431, 500, 501, 503):
        refusals.note(HTTPStatus(status))
    assert reasons == [
        Refusal.MALFORMED,
        Refusal.SECRET,
        Refusal.ADDRESS,
        Refusal.PATH,
        Refusal.METHOD,
        Refusal.TOO_LARGE,
        Refusal.TOO_LARGE,
        Refusal.UNCOMMITTED,
        Refusal.MALFORMED,
        Refusal.BUSY,
    ]
    assert set(reasons) == set(Refusal)
