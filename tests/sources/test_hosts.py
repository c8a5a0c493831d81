"""What was reported of hosts, and its siblings, through real HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.sources.http.fetch import Fetcher
from bot.sources.reading import SourceReader
from tests.clock import FakeClock
from tests.sources.host_cases import host_cases, name_of
from tests.sources.test_reading import FEED, a_source
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
