"""What was reported of hosts, and its siblings, through real HTTP."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from bot.sources.errors import SourceError
from bot.sources.http.fetch import Fetcher
from bot.sources.posts_at import MOST_STEPS, PostReader
from bot.sources.reading import SourceReader
from tests.clock import FakeClock
from tests.sources.host_cases import host_cases, name_of
from tests.sources.test_reading import FEED, a_source
from tests.sources.test_wholes import GONE, Slashpage, content
from tests.sources.threads import ThreadWorker
from tests.sources.web import Reply, Web, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FEED_LINK = '<link rel="alternate" type="application/rss+xml" href="/feed-here.xml">'


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with serving() as site:
        yield site


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(FakeClock()) as opened:
        yield opened


async def at_once(_: float) -> None:
    """The pauses are tested elsewhere."""


async def found(web: Web, fetcher: Fetcher, page: str, place: str) -> str | None:
    """Where the feed of a site with this page was found, which lies there."""
    web.pages["/"] = Reply(page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
    web.pages[place] = Reply(FEED)
    source = a_source(web.url("/"))
    reader = SourceReader(fetcher, ThreadWorker(), at_once)
    return (await reader.read(source, allow_private=True)).found_at


@pytest.mark.parametrize("case", host_cases("home"), ids=name_of)
async def test_a_feed_is_found(case: dict[str, Any], web: Web, fetcher: Fetcher) -> None:
    place = case["right"]["found"]
    assert await found(web, fetcher, case["page"], place) == web.url(place)


@pytest.mark.parametrize(
    "begin",
    [
        "\ufeff<?xml version='1.0'?>\n<!DOCTYPE html SYSTEM 'about:legacy-compat'>\n<html><head>",
        "<?xml version='1.0' encoding='UTF-8'?><!-- 글 --><html xmlns='http://www.w3.org/1999/xhtml'>",
        "<script>var a = '<rs' + 's>';</script>",
        "<base href='/'>",
        "<style>p{}</style><title>블로그</title>",
        "<br />\n<b>Warning</b>: Undefined variable in <b>/www/x.php</b><br />\n<!doctype html>",
        "Notice: Undefined index: a in /www/index.php on line 3\n<!doctype html><html><head>",
        "<!--[if IE]><p>old</p><![endif]--><link rel='icon' href='/i'>",
        "<div><p>안녕</p></div>",
    ],
)
async def test_a_page_is_one_however_it_begins(begin: str, web: Web, fetcher: Fetcher) -> None:
    page = f"{begin}{FEED_LINK}<p>안녕"
    assert await found(web, fetcher, page, "/feed-here.xml") == web.url("/feed-here.xml")


async def test_a_feed_behind_a_message_of_the_server_is_a_feed(web: Web, fetcher: Fetcher) -> None:
    notice = b"<br />\n<b>Notice</b>: Undefined index in <b>/www/rss.php</b><br />\n"
    web.pages["/rss"] = Reply(notice + FEED)
    reader = SourceReader(fetcher, ThreadWorker(), at_once)
    read = await reader.read(a_source(web.url("/rss")), allow_private=True)
    assert [entry.title for entry, _ in read.identified] == ["a"]


# --- posts at an address ---


def reader_of(web: Web, fetcher: Fetcher, short: str = "/s/") -> PostReader:
    """Of pages on loopback; addresses below `short` are short links."""
    private = [urlsplit(web.url()).netloc]
    return PostReader(fetcher, ThreadWorker(), at_once, private, lambda link: short in link)


def serve(web: Web, pages: dict[str, str]) -> None:
    headers = {"Content-Type": "text/html; charset=utf-8"}
    web.pages |= {path: Reply(page.encode(), headers=headers) for path, page in pages.items()}


@pytest.mark.parametrize("case", host_cases("publish"), ids=name_of)
async def test_a_post_has_its_text(case: dict[str, Any], web: Web, fetcher: Fetcher) -> None:
    serve(web, case["pages"])
    entry = await reader_of(web, fetcher).read(web.url(case["address"]))
    assert re.search(case["right"]["text~"], entry.body or "")
    assert entry.link == web.url(case["address"])


INNER = (
    "<!DOCTYPE html><html><head><meta property='og:title' content='안쪽 제목'></head><body>"
    "<div class='se-main-container'><p>본문이에요.</p></div></body></html>"
)


@pytest.mark.parametrize(
    "frame",
    [
        "<iframe id='mainFrame' src='/in'></iframe>",
        "<iframe name='mainFrame' src='in'></iframe>",
        "<iframe id='adFrame' src='/ad'></iframe><iframe ID='mainframe' src='/in'></iframe>",
        "<iframe id='screenFrame' src='/screen'></iframe>",
        "<frameset><frame name='menu' src='/menu'><frame name='main' src='/in'></frameset>",
    ],
)
async def test_a_page_that_is_a_frame_is_read_by_what_it_shows(
    frame: str, web: Web, fetcher: Fetcher
) -> None:
    outer = f"<html><head><title>글 : 블로그</title></head>{frame}</html>"
    screen = "<html><title>x</title><iframe id='mainFrame' src='/in'></iframe></html>"
    serve(web, {"/1": outer, "/screen": screen, "/in": INNER})
    entry = await reader_of(web, fetcher).read(web.url("/1"))
    assert (entry.title, entry.body, entry.link) == ("안쪽 제목", "본문이에요.", web.url("/1"))


@pytest.mark.parametrize(
    "frame",
    [
        "<iframe id='mainFrame' src='/gone'></iframe>",
        "<iframe id='mainFrame' src='/empty'></iframe>",
        "<iframe id='mainFrame' src='/1'></iframe>",
        "<iframe id='mainFrame' src='https://other.example/in'></iframe>",
        "<iframe id='mainFrame' src='javascript:x'></iframe>",
        "<iframe id='mainFrame'></iframe>",
        "<iframe src='/in'></iframe>",
        "<iframe id='mainFrame' src='/loop'></iframe>",
    ],
)
async def test_a_frame_that_leads_nowhere_leaves_the_page_itself(
    frame: str, web: Web, fetcher: Fetcher
) -> None:
    loop = "<iframe id='mainFrame' src='/loop?'></iframe><p>끝이 없어요.</p>"
    outer = f"<html><head><title>바깥 제목</title></head>{frame}<p>바깥이에요.</p></html>"
    serve(web, {"/1": outer, "/in": INNER, "/empty": "<p></p>", "/loop": loop, "/loop?": loop})
    entry = await reader_of(web, fetcher).read(web.url("/1"))
    assert (entry.title, entry.link) == ("바깥 제목", web.url("/1"))


async def test_short_links_lead_to_the_post(web: Web, fetcher: Fetcher) -> None:
    web.pages["/s/a"] = Reply(status=301, headers={"Location": "/s/b"})
    web.pages["/s/b"] = Reply(status=302, headers={"Location": "/1?utm_source=talk"})
    serve(web, {"/1": INNER, "/1?utm_source=talk": INNER})
    reader = reader_of(web, fetcher)
    assert await reader.resolved(web.url("/s/a")) == web.url("/1?utm_source=talk")
    assert (await reader.read(web.url("/s/a"))).title == "안쪽 제목"
    assert await reader.resolved(web.url("/1")) == web.url("/1")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"x"),
        Reply(status=404),
        Reply(status=302),
        Reply(status=302, headers={"Location": "javascript:x"}),
    ],
)
async def test_a_short_link_that_does_not_say_stays_as_it_is(
    reply: Reply, web: Web, fetcher: Fetcher
) -> None:
    web.pages["/s/a"] = reply
    link = web.url("/s/a")
    assert await reader_of(web, fetcher).resolved(link) == link
    assert (
        await reader_of(web, fetcher).resolved("http://127.0.0.1:9/s/a") == "http://127.0.0.1:9/s/a"
    )


async def test_short_links_that_lead_to_one_another_end_somewhere(
    web: Web, fetcher: Fetcher
) -> None:
    web.pages["/s/a"] = Reply(status=302, headers={"Location": "/s/a"})
    assert await reader_of(web, fetcher).resolved(web.url("/s/a")) == web.url("/s/a")
    assert len(web.asked) == MOST_STEPS


# --- Slashpage's posts ---

POST = "91dwj4mdvqev32yqpvz7"
AT = f"https://slashpage.com/dawn/{POST}"
SAID = json.dumps({"data": {"title": "진짜 제목"}}).encode()
SHOWN = (
    "<html><head><meta property='og:title' content='보이는 제목'>"
    "<meta name='author' content='윤슬'></head><body><p>x</p></body></html>"
).encode()


@pytest.mark.parametrize(
    ("page", "text", "title", "author", "body"),
    [
        (SHOWN, content("글."), "진짜 제목", "윤슬", "글."),
        (SHOWN, b"{}", "보이는 제목", "윤슬", None),
        (b"<html></html>", content("글."), "진짜 제목", "", "글."),
        (GONE, content("글."), "진짜 제목", "", "글."),
    ],
)
async def test_a_post_of_slashpages_is_whole_as_far_as_it_can_be_had(
    page: bytes | SourceError, text: bytes, title: str, author: str, body: str | None
) -> None:
    site = Slashpage()
    site.pages[AT] = page
    site.has(POST, text, SAID)
    reader = PostReader(site, ThreadWorker(), site.sleep, ())  # type: ignore[arg-type]  # it fetches
    entry = await reader.read(AT)
    assert (entry.title, entry.author, entry.link) == (title, author, AT)
    assert body is None or entry.body == body


async def test_a_post_of_slashpages_that_is_gone_is_an_error() -> None:
    site = Slashpage()
    reader = PostReader(site, ThreadWorker(), site.sleep, ())  # type: ignore[arg-type]  # it fetches
    for address in (AT, "https://blog.example/1"):
        with pytest.raises(SourceError):
            await reader.read(address)
