"""Which known posts the links of members name, without waiting for foreign hosts."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.config import Settings
from bot.sources.addresses import link_key
from bot.sources.entries import Entry
from bot.sources.errors import SourceError
from bot.sources.http.fetch import Fetcher
from bot.sources.publishing import Publisher
from storage import posts
from storage.models import NewPost, PostId, Remark, SourceKind
from storage.sources import add_source
from tests.clock import FakeClock
from tests.sources.threads import ThreadWorker
from tests.sources.web import Asked, Reply, Web, serving
from tests.storage.rows import keep_post

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.sources.changes import Recorded
    from bot.sources.record import PostObserver
    from storage.database import Database, Transaction


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with serving() as site:
        site.pages |= {
            f"/s/{number}": Reply(status=302, headers={"Location": f"/posts/{number}"})
            for number in (1, 2, 3)
        }
        yield site


@asynccontextmanager
async def publishing(
    database: Database, web: Web, *observers: PostObserver
) -> AsyncIterator[Publisher]:
    """With posts 1 to 3; the addresses below `/s/` are short links."""
    async with database.transaction() as tx:
        source_id = await add_source(tx, web.url("/rss"), SourceKind.FEED)
        for number in (1, 2, 3):
            link = web.url(f"/posts/{number}")
            post = NewPost(title=f"글 {number}", body="", link=link)
            key = link_key(link)
            await keep_post(tx, source_id, post, link_key=key, first_seen_at=FakeClock().now())
    async with Fetcher(FakeClock()) as fetcher:
        yield Publisher(
            settings=Settings(sources=(web.url("/rss"),), allow_private_sources=True),
            database=database,
            clock=FakeClock(),
            fetcher=fetcher,
            worker=ThreadWorker(),
            observers=observers,
            is_short=lambda address: "/s/" in address,
        )


async def linked(publisher: Publisher, web: Web, *paths: str) -> list[str]:
    return [one.title for one in await publisher.linked(web.url(path) for path in paths)]


@pytest.mark.parametrize(
    ("paths", "titles", "asked"),
    [
        (["/posts/1", "/posts/9", "/posts/2", "/posts/1#a"], ["글 1", "글 2"], []),
        (["/s/1"], ["글 1"], ["/s/1"]),
        (["/posts/1", "/s/1"], ["글 1"], ["/s/1"]),
        (["/s/1", "/s/2", "/s/3", "/posts/3"], ["글 1", "글 3"], ["/s/1"]),
        (["/s/9", "/s/1", "/posts/3"], ["글 3"], ["/s/9"]),
    ],
)
async def test_one_short_link_of_a_message_is_asked_where_it_leads(
    database: Database, web: Web, paths: list[str], titles: list[str], asked: list[str]
) -> None:
    async with publishing(database, web) as publisher:
        assert await linked(publisher, web, *paths) == titles
    assert [one.path for one in web.asked] == asked


async def test_a_host_that_does_not_answer_is_not_waited_for(
    database: Database, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it keep the other links from being known. The fetcher would wait for longer."""

    async def never(_: Asked, __: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.sources.posts_at.RESOLVE_SECONDS", 0.05)
    web.pages["/s/1"] = never
    async with publishing(database, web) as publisher:
        assert await linked(publisher, web, "/s/1", "/s/2", "/posts/3") == ["글 3"]
    assert {one.path for one in web.asked} <= {"/s/1"}


async def test_a_post_that_is_known_as_it_is_written_is_asked_of_nobody(
    database: Database, web: Web
) -> None:
    async with database.transaction() as tx:
        source_id = await add_source(tx, web.url("/"), SourceKind.FEED)
        link = web.url("/s/2")
        post, key = NewPost(title="짧은 글", body="", link=link), link_key(link)
        await keep_post(tx, source_id, post, link_key=key, first_seen_at=FakeClock().now())
    async with publishing(database, web) as publisher:
        assert await linked(publisher, web, "/s/2") == ["짧은 글"]
        known = await publisher.known(web.url("/s/2"))
    assert known is not None
    assert known.title == "짧은 글"
    assert web.asked == []


async def test_all_that_somebody_said_is_forgotten_at_once(database: Database, web: Web) -> None:
    """The index takes its time for each call, in a transaction that all others wait for."""
    calls: list[list[PostId]] = []

    async def observer(_: Transaction, changes: Sequence[Recorded]) -> None:
        calls.append([one.post.id for one in changes])

    async with publishing(database, web, observer) as publisher, database.transaction() as tx:
        for number, by in ((1, 77), (2, 78), (3, 77)):
            await publisher.set_remark(tx, PostId(number), Remark("좋아요", "해봄"), by)
        calls.clear()
        await publisher.forget_remarks(tx, 77)
        found = [await posts.get_post(tx, PostId(number)) for number in (1, 2, 3)]
    assert [post is not None and post.remark is not None for post in found] == [False, True, False]
    assert calls == [[1, 3]]


@pytest.mark.parametrize(
    ("target", "is_read"), [("/posts/9", True), ("/posts/2", False), ("/", False), ("/?m=1", True)]
)
async def test_a_page_that_leads_elsewhere_is_not_taken_for_the_post_that_it_was(
    database: Database, web: Web, target: str, *, is_read: bool
) -> None:
    """To another post, or to the first page, as blogs answer for what is gone."""
    web.pages["/posts/1"] = Reply(status=302, headers={"Location": target})
    web.pages[target] = Reply(b"<title>t</title><h1>t</h1><meta property='og:title' content='t'>")
    async with publishing(database, web) as publisher:
        post = await publisher.known(web.url("/posts/1"))
        assert post is not None
        if is_read:
            assert (await publisher.read_again(post)).title == "t"
            return
        with pytest.raises(SourceError) as caught:
            await publisher.read_again(post)
    assert (caught.value.key, caught.value.values) == (
        "correct.elsewhere",
        {"address": web.url(target)},
    )


async def test_a_post_that_is_the_first_page_of_a_site_is_read_again(
    database: Database, web: Web
) -> None:
    web.pages["/"] = Reply(b"<meta property='og:title' content='t'>")
    async with publishing(database, web) as publisher:
        async with database.transaction() as tx:
            post = await publisher.publish(tx, Entry("처음", "", link=web.url("/")))
        assert post is not None
        assert (await publisher.read_again(post)).title == "t"
