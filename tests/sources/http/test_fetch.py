from __future__ import annotations

import asyncio
import base64
import gzip
import ssl
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from bot.sources.errors import (
    FetchError,
    GoneError,
    PrivateAddressError,
    SourceError,
    StatusError,
)
from bot.sources.http.agents import Agents
from bot.sources.http.fetch import Fetcher, FetchLimits, is_same_service
from tests.clock import FakeClock
from tests.sources.host_cases import host_cases, name_of
from tests.sources.web import Reply, Web, serving, write

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.sources.web import Asked

TLS = Path(__file__).parent / "tls"
LIMITS = FetchLimits(seconds=30.0, body_bytes=100_000)


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with serving() as site:
        yield site


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(FakeClock(), limits=LIMITS, agents=Agents("Sosik/1", "Browser/1")) as opened:
        yield opened


async def failed(fetcher: Fetcher, address: str, *, allow_private: bool = True) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await fetcher.fetch(address, allow_private=allow_private)
    return caught.value


# --- answers ---


async def test_a_fresh_answer_comes_with_its_validators(web: Web, fetcher: Fetcher) -> None:
    headers = {
        "Content-Type": "application/rss+xml; charset=utf-8",
        "ETag": 'W/"a\xe9 b"',
        "Last-Modified": "yesterday, or so",
        "Cache-Control": "public, max-age=900",
    }
    web.pages["/rss"] = Reply(b"<rss/>", headers=headers)
    answer = await fetcher.fetch(web.url("/rss"), allow_private=True)
    assert answer.body == b"<rss/>"
    assert answer.content_type == "application/rss+xml; charset=utf-8"
    assert (answer.etag, answer.last_modified) == ('W/"a\xe9 b"', "yesterday, or so")
    assert (answer.max_age_seconds, answer.moved_to) == (900, None)
    assert not answer.is_unchanged
    assert answer.address == web.url("/rss")
    sent = web.asked[0].headers
    assert sent["user-agent"] == "Sosik/1"
    assert sent["accept-encoding"] == "gzip, deflate"
    assert "if-none-match" not in sent
    assert "cookie" not in sent


async def test_where_a_page_asks_it_is_asked_as_its_browser_does(
    web: Web, fetcher: Fetcher
) -> None:
    web.pages["/api"] = Reply(b"{}")
    page = "https://blog.example/글"
    await fetcher.fetch(web.url("/api"), allow_private=True, seen_on=page)
    sent = web.asked[0].headers
    assert (sent["user-agent"], sent["referer"]) == ("Browser/1", "https://blog.example/?")
    await fetcher.fetch(web.url("/api"), allow_private=True)
    assert "referer" not in web.asked[1].headers


async def test_validators_are_sent_back_as_they_came(web: Web, fetcher: Fetcher) -> None:
    web.pages["/rss"] = Reply(status=304)
    answer = await fetcher.fetch(
        web.url("/rss"), etag='W/"a\xe9 b"', last_modified="yesterday, or so", allow_private=True
    )
    assert answer.is_unchanged
    assert web.asked[0].headers["if-none-match"] == 'W/"a\xe9 b"'
    assert web.asked[0].headers["if-modified-since"] == "yesterday, or so"


async def test_a_304_that_nobody_asked_for_is_an_error(web: Web, fetcher: Fetcher) -> None:
    web.pages["/rss"] = Reply(status=304)
    assert (await failed(fetcher, web.url("/rss"))).key == "source.fetch.unasked"


async def test_a_validator_that_is_absurdly_long_is_dropped(web: Web, fetcher: Fetcher) -> None:
    web.pages["/rss"] = Reply(b"x", headers={"ETag": "x" * 3000})
    assert (await fetcher.fetch(web.url("/rss"), allow_private=True)).etag is None


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503, 300])
async def test_an_error_status_says_when_to_come_back(
    web: Web, fetcher: Fetcher, status: int
) -> None:
    web.pages["/rss"] = Reply(status=status, headers={"Retry-After": "120"})
    error = await failed(fetcher, web.url("/rss"))
    assert isinstance(error, StatusError)
    assert (error.key, error.status) == ("source.fetch.status", status)
    assert error.retry_after_seconds == 120


async def test_gone_is_for_good(web: Web, fetcher: Fetcher) -> None:
    web.pages["/rss"] = Reply(status=410)
    assert isinstance(await failed(fetcher, web.url("/rss")), GoneError)


# --- redirects ---


async def test_a_move_for_good_gives_the_new_address(web: Web, fetcher: Fetcher) -> None:
    web.pages["/a"] = Reply(status=301, headers={"Location": "/b"})
    web.pages["/b"] = Reply(status=308, headers={"Location": web.url("/c")})
    web.pages["/c"] = Reply(b"here")
    answer = await fetcher.fetch(web.url("/a"), allow_private=True)
    assert (answer.body, answer.moved_to, answer.address) == (b"here", web.url("/c"), web.url("/c"))


async def test_a_move_for_a_while_ends_what_is_for_good(web: Web, fetcher: Fetcher) -> None:
    web.pages["/a"] = Reply(status=301, headers={"Location": "/b"})
    web.pages["/b"] = Reply(status=302, headers={"Location": "/c"})
    web.pages["/c"] = Reply(status=301, headers={"Location": "/d"})
    web.pages["/d"] = Reply(b"here")
    answer = await fetcher.fetch(web.url("/a"), allow_private=True)
    assert (answer.moved_to, answer.address) == (web.url("/b"), web.url("/d"))


async def test_a_redirect_loop_ends(web: Web, fetcher: Fetcher) -> None:
    web.pages["/a"] = Reply(status=302, headers={"Location": "/a"})
    assert (await failed(fetcher, web.url("/a"))).key == "source.fetch.redirects"
    assert len(web.asked) == 6


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "gopher://blog.example/", "http://me:pw@127.0.0.1/", "http://[::1", ""],
)
async def test_a_redirect_to_nowhere_is_refused(web: Web, fetcher: Fetcher, location: str) -> None:
    web.pages["/a"] = Reply(status=302, headers={"Location": location})
    assert (await failed(fetcher, web.url("/a"))).key == "source.fetch.redirect"


async def test_a_redirect_without_an_address_is_refused(web: Web, fetcher: Fetcher) -> None:
    web.pages["/a"] = Reply(status=302)
    assert (await failed(fetcher, web.url("/a"))).key == "source.fetch.redirect"


# --- private networks ---


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "169.254.169.254",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "[fe80::1]",
        "[fc00::1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "224.0.0.1",
        "255.255.255.255",
    ],
)
async def test_private_addresses_are_refused_however_they_are_written(
    fetcher: Fetcher, host: str
) -> None:
    error = await failed(fetcher, f"http://{host}:9/", allow_private=False)
    assert isinstance(error, PrivateAddressError), error


async def test_a_private_address_is_open_to_a_source_that_may(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = Reply(b"here")
    assert (await fetcher.fetch(web.url("/"), allow_private=True)).body == b"here"
    error = await failed(fetcher, web.url("/"), allow_private=False)
    assert error.key == "source.fetch.private"


async def test_a_redirect_from_an_allowed_host_to_another_private_one_is_refused(
    web: Web, fetcher: Fetcher
) -> None:
    web.pages["/a"] = Reply(status=302, headers={"Location": web.url("/b", host="localhost")})
    web.pages["/b"] = Reply(b"secret")
    assert isinstance(await failed(fetcher, web.url("/a")), PrivateAddressError)
    assert [asked.path for asked in web.asked] == ["/a"]


async def test_a_redirect_to_another_port_of_an_allowed_host_is_refused(
    web: Web, fetcher: Fetcher
) -> None:
    async with serving() as other:
        other.pages["/b"] = Reply(b"secret")
        web.pages["/a"] = Reply(status=302, headers={"Location": other.url("/b")})
        assert isinstance(await failed(fetcher, web.url("/a")), PrivateAddressError)
        assert other.asked == []


@pytest.mark.parametrize(
    ("first", "now", "same"),
    [
        ("http://nas/a", "http://nas:80/b", True),
        ("http://nas:8080/a", "http://nas:8080/b", True),
        ("http://nas/a", "https://nas/b", True),
        ("http://NAS/a", "http://nas/b", True),
        ("http://nas:8080/a", "https://nas/b", False),
        ("http://nas/a", "http://nas:22/b", False),
        ("https://nas/a", "https://nas:8443/b", False),
        ("https://nas/a", "http://nas/b", False),
        ("http://nas/a", "http://other/b", False),
    ],
)
def test_another_port_is_another_service(first: str, now: str, same: bool) -> None:  # noqa: FBT001  # a row
    assert is_same_service(urlsplit(first), urlsplit(now)) is same


async def test_an_unknown_host_says_so() -> None:
    async def fails(_: str, __: int) -> list[str]:
        raise OSError

    async with Fetcher(FakeClock(), lookup=fails) as fetcher:
        error = await failed(fetcher, "http://blog.example/")
    assert error.key == "source.fetch.unknown_host"
    assert error.values == {"host": "blog.example"}


async def test_the_environments_proxy_is_not_used(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    web.pages["/"] = Reply(b"here")
    async with Fetcher(FakeClock()) as unproxied:
        assert (await unproxied.fetch(web.url("/"), allow_private=True)).body == b"here"


# --- bodies ---


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"<rss/>", mtime=0)),
        ("x-gzip", gzip.compress(b"<r", mtime=0) + gzip.compress(b"ss/>", mtime=0)),
        ("deflate", zlib.compress(b"<rss/>")),
        ("deflate", zlib.compress(b"<rss/>")[2:-4]),
        ("identity", b"<rss/>"),
        ("gzip", b"<rss/>"),
        ("deflate", b"<rss/>"),
        ("deflate", gzip.compress(b"<rss/>", mtime=0)),
    ],
)
async def test_encoded_bodies_are_taken_out(
    web: Web, fetcher: Fetcher, encoding: str, body: bytes
) -> None:
    """A plain body with a wrong header too: some servers do that."""
    web.pages["/"] = Reply(body, headers={"Content-Encoding": encoding})
    assert (await fetcher.fetch(web.url("/"), allow_private=True)).body == b"<rss/>"


@pytest.mark.parametrize("body", [b"", b"<"])
async def test_a_gzip_header_on_next_to_nothing_does_no_harm(
    web: Web, fetcher: Fetcher, body: bytes
) -> None:
    web.pages["/"] = Reply(body, headers={"Content-Encoding": "gzip"})
    assert (await fetcher.fetch(web.url("/"), allow_private=True)).body == body


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, br"])
async def test_an_encoding_that_was_not_offered_is_refused(
    web: Web, fetcher: Fetcher, encoding: str
) -> None:
    web.pages["/"] = Reply(b"x", headers={"Content-Encoding": encoding})
    assert (await failed(fetcher, web.url("/"))).key == "source.fetch.encoding"


async def test_a_gzip_bomb_is_stopped_early(web: Web, fetcher: Fetcher) -> None:
    bomb = gzip.compress(bytes(50_000_000), mtime=0)
    web.pages["/"] = Reply(bomb, headers={"Content-Encoding": "gzip"})
    assert (await failed(fetcher, web.url("/"))).key == "source.fetch.too_large"


async def test_a_bomb_of_many_small_members_is_stopped(web: Web, fetcher: Fetcher) -> None:
    bomb = gzip.compress(bytes(1000), mtime=0) * 5000
    web.pages["/"] = Reply(bomb, headers={"Content-Encoding": "gzip"})
    assert (await failed(fetcher, web.url("/"))).key == "source.fetch.too_large"


async def test_a_plain_body_has_a_limit_too(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = Reply(b"x" * 100_001)
    web.pages["/fits"] = Reply(b"x" * 100_000)
    assert (await failed(fetcher, web.url("/"))).key == "source.fetch.too_large"
    assert len((await fetcher.fetch(web.url("/fits"), allow_private=True)).body) == 100_000


@pytest.mark.parametrize(
    "page",
    [
        Reply(gzip.compress(b"<rss/>" * 99, mtime=0)[:-9], headers={"Content-Encoding": "gzip"}),
        Reply(b"\x1f\x8b\x08" + b"nonsense" * 9, headers={"Content-Encoding": "gzip"}),
    ],
)
async def test_a_broken_body_is_an_error(web: Web, fetcher: Fetcher, page: Reply) -> None:
    web.pages["/"] = page
    assert (await failed(fetcher, web.url("/"))).key == "source.fetch.broken"


# --- connections ---


async def test_half_an_answer_is_an_error(web: Web, fetcher: Fetcher) -> None:
    async def half(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")
        await writer.drain()

    web.pages["/"] = half
    assert (await failed(fetcher, web.url("/"))).key == "source.fetch.broken"


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH_9.9\r\n", b"HTTP/1.1 abc\r\n\r\n"])
async def test_an_answer_that_is_no_http_is_an_error(
    web: Web, fetcher: Fetcher, said: bytes
) -> None:
    async def nonsense(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()

    web.pages["/"] = nonsense
    assert (await failed(fetcher, web.url("/"))).key == "source.fetch.broken"


async def test_a_body_that_drips_is_given_up_after_the_total_time(web: Web) -> None:
    async def drip(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    web.pages["/"] = drip
    async with Fetcher(FakeClock(), limits=FetchLimits(seconds=0.3)) as hasty:
        error = await failed(hasty, web.url("/"))
    assert error.key == "source.fetch.timeout"


async def test_a_closed_port_says_so(fetcher: Fetcher) -> None:
    async with serving() as gone:
        address = gone.url("/")
    assert (await failed(fetcher, address)).key == "source.fetch.refused"


async def test_a_header_line_in_an_address_goes_nowhere(web: Web, fetcher: Fetcher) -> None:
    error = await failed(fetcher, web.url("/a\r\nX-Evil: 1"))
    assert error.key == "source.address.invalid"
    assert web.asked == []


def client_tls(certificate: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=TLS / certificate)


def server_tls(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / certificate, TLS / "key.pem")
    return context


async def test_an_expired_certificate_says_so() -> None:
    async with (
        serving(server_tls("expired.pem")) as web,
        Fetcher(FakeClock(), tls=client_tls("expired.pem")) as fetcher,
    ):
        error = await failed(fetcher, web.url("/"))
    assert error.key == "source.fetch.certificate"
    assert "expired" in str(error.values["reason"])


async def test_https_does_not_lead_down_to_http() -> None:
    async with (
        serving(server_tls("valid.pem")) as web,
        Fetcher(FakeClock(), tls=client_tls("valid.pem")) as fetcher,
    ):
        web.pages["/"] = Reply(b"safe")
        assert (await fetcher.fetch(web.url("/"), allow_private=True)).body == b"safe"
        web.pages["/down"] = Reply(status=302, headers={"Location": "http://127.0.0.1/"})
        assert (await failed(fetcher, web.url("/down"))).key == "source.fetch.downgrade"


async def test_a_server_without_tls_says_so(fetcher: Fetcher) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    error = await failed(fetcher, f"https://127.0.0.1:{port}/")
    server.close()
    await server.wait_closed()
    assert error.key == "source.fetch.tls"


# --- whether a page is gone ---


@pytest.mark.parametrize(
    ("status", "gone"), [(404, True), (410, True), (200, False), (500, None), (403, None)]
)
async def test_a_page_is_gone_where_its_server_says_so(
    web: Web, fetcher: Fetcher, status: int, *, gone: bool | None
) -> None:
    web.pages["/1"] = Reply(status=status)
    assert await fetcher.is_gone(web.url("/1"), allow_private=True) is gone


async def test_a_page_that_cannot_be_reached_is_not_gone(fetcher: Fetcher) -> None:
    assert await fetcher.is_gone("http://127.0.0.1:9/") is None


async def test_an_error_names_no_secret(fetcher: Fetcher) -> None:
    error = await failed(fetcher, "http://127.0.0.1:9/rss?key=secret")
    assert isinstance(error, FetchError)
    assert "secret" not in str(error)


# --- as browsers take them ---


@pytest.mark.parametrize("case", host_cases("encoding", "content_encoding"), ids=name_of)
async def test_a_body_is_taken_as_browsers_take_it(
    case: dict[str, Any], web: Web, fetcher: Fetcher
) -> None:
    headers = {"Content-Encoding": case["content_encoding"]} if case["content_encoding"] else {}
    web.pages["/"] = Reply(base64.b64decode(case["body"]), headers=headers)
    answer = await fetcher.fetch(web.url(), allow_private=True)
    assert answer.body.decode() == case["right"]["body"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("way", [["/"], ["/check", "/"]])
async def test_who_redirects_until_a_cookie_comes_back_gets_it(
    web: Web, fetcher: Fetcher, status: int, way: list[str]
) -> None:
    """To itself, or by way of a page that sets it."""
    giving = {"Location": "/", "Set-Cookie": "seen=1; Path=/; HttpOnly"}
    away = giving if way == ["/"] else {"Location": way[0]}

    async def guarded(asked: Asked, writer: asyncio.StreamWriter) -> None:
        is_in = asked.headers.get("cookie") == "seen=1"
        await write(writer, Reply(b"<rss/>") if is_in else Reply(status=status, headers=away))

    web.pages["/"] = guarded
    web.pages["/check"] = Reply(status=status, headers=giving)
    answer = await fetcher.fetch(web.url(), allow_private=True)
    assert answer.body == b"<rss/>"
    assert [one.path for one in web.asked] == ["/", *way]


async def test_a_redirect_to_itself_without_end_is_one(web: Web, fetcher: Fetcher) -> None:
    headers = {"Location": "/", "Set-Cookie": "a=1"}
    web.pages["/"] = Reply(status=302, headers=headers)
    assert (await failed(fetcher, web.url())).key == "source.fetch.redirects"
    tries = len(web.asked)
    await failed(fetcher, web.url())
    assert "cookie" not in web.asked[tries].headers
