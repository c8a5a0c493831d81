from __future__ import annotations

import asyncio
import json
import logging
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from bot.sources.changes import ChangeKind, Recorded
from bot.sources.errors import FormatError
from bot.sources.formats.archive import parse_archive
from bot.sources.http.fetch import Fetcher, FetchLimits
from bot.sources.importing import ArchiveImporter
from bot.sources.intake import Intake
from bot.sources.poll import LEASE, Polled, SourcePoller
from bot.sources.poll_record import PollRecord
from bot.sources.reading import SourceReader
from bot.sources.telling import tell_of_end, tell_of_failure
from storage import posts, sources, takedowns
from storage.models import NewPost, Post, PostId, Source, SourceId, SourceKind
from tests.clock import FakeClock
from tests.sources.listings import a_post, listing
from tests.sources.threads import ThreadWorker
from tests.sources.web import Reply, Web, serving
from tests.storage.rows import keep_post
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from bot.figures import PollOutcome
    from storage.database import Database, Transaction
    from tests.sources.web import Asked

MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass
class Ears:
    """Hears of changes, and what the operators are told."""

    changes: list[Recorded] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    repeated: list[tuple[str, str]] = field(default_factory=list)
    """What was to be told once more and was not: nobody heard these."""
    values: list[dict[str, object]] = field(default_factory=list)
    is_deaf: bool = False

    async def observe(self, _: Transaction, changes: Sequence[Recorded]) -> None:
        if self.is_deaf:
            raise RuntimeError
        self.changes += changes

    async def tell(
        self, _: Transaction, item: str, key: str, /, *, address: str, problem: object = None
    ) -> None:
        many = {"notice.source.size", "notice.source.held", "notice.source.released"}
        if key in many and (item, key) in self.told:
            self.repeated.append((item, key))
            return  # the outbox takes an item once
        assert item not in {told for told, _ in self.told}
        self.told.append((item, key))
        self.values.append({"address": address, "problem": problem})

    async def offer_quiet(
        self, _: Transaction, source_id: SourceId, last: PostId, *, address: str, posts: int
    ) -> None:
        self.told.append((f"{source_id} to {last}", "notice.quiet"))
        self.values.append({"address": address, "posts": posts})

    def news(self) -> list[str]:
        """What would be announced, in this order."""
        return [
            one.post.title for one in self.changes if one.kind is ChangeKind.NEW and not one.quiet
        ]

    def kinds(self) -> list[str]:
        return [one.kind.value for one in self.changes]


@dataclass
class World:
    """A blog on loopback, the archive, and a poller between them."""

    web: Web
    database: Database
    clock: FakeClock
    ears: Ears
    poller: SourcePoller

    async def follow(self, path: str = "/rss") -> SourceId:
        async with self.database.transaction() as tx:
            return await sources.add_source(
                tx, self.web.url(path), SourceKind.FEED, next_poll_at=self.clock.now()
            )

    async def poll(self, source_id: SourceId) -> Polled:
        polled = await self.poller.poll(source_id)
        assert polled is not None
        return polled

    async def source(self, source_id: SourceId) -> Source:
        async with self.database.reader() as db:
            source = await sources.get_source(db, source_id)
        assert source is not None
        return source

    async def archive(self) -> list[Post]:
        async with self.database.reader() as db:
            return await posts.list_newest(db, limit=99)

    def publish(self, *numbers: int, path: str = "/rss", **edited: str) -> None:
        """Serve a feed with posts of these numbers; `p3="…"` is the text of number 3."""
        self.web.pages[path] = Reply(feed(*numbers, now=self.clock.now(), **edited))


def feed(*numbers: int, now: datetime, **edited: str) -> bytes:
    start = datetime(2026, 11, 1, tzinfo=now.tzinfo)
    items = "".join(
        f"<item><title>글 {number}</title><guid isPermaLink='false'>{number}</guid>"
        f"<link>/posts/{number}</link>"
        f"<pubDate>{format_datetime(start + timedelta(hours=number))}</pubDate>"
        f"<description>&lt;p&gt;{edited.get(f'p{number}', f'{number}번째 글.')}&lt;/p&gt;"
        "</description></item>"
        for number in sorted(numbers, reverse=True)
    )
    return (
        "<rss version='2.0'><channel><title>새벽의 서재</title>"
        f"<description>씁니다.</description>{items}</channel></rss>"
    ).encode()


def without_tags(html: str) -> str:
    if "hard" in html:
        raise FormatError("source.format.too_hard")
    return re.sub("<[^>]+>", "", html)


@asynccontextmanager
async def a_world(database: Database, *, limits: FetchLimits) -> AsyncIterator[World]:
    clock, ears = FakeClock(), Ears()
    async with serving() as web, Fetcher(clock, limits=limits) as fetcher:
        paths = ("/", "/rss", "/other", "/slow", "/late")
        poller = SourcePoller(
            fetcher=fetcher,
            reader=SourceReader(fetcher, ThreadWorker()),
            intake=Intake(
                database=database,
                clock=clock,
                html_to_text=without_tags,
                observers=(ears.observe,),
                poll_record=PollRecord(clock, ears, interval_seconds=600, chance=lambda: 0.0),
            ),
            private_addresses=frozenset(web.url(path) for path in paths),
        )
        yield World(web, database, clock, ears, poller)
        await poller.close()


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with a_world(database, limits=FetchLimits(seconds=30)) as made:
        yield made


# --- what is too hard to read ---


async def test_a_text_that_is_too_hard_is_left_out_and_its_title_and_link_are_kept(
    world: World,
) -> None:
    source_id = await world.follow()
    world.publish(1)
    await world.poll(source_id)
    world.publish(1, 2, 3, 4, p3="hard")
    await world.poll(source_id)
    assert world.ears.news() == ["글 2", "글 3", "글 4"]
    post = (await world.archive())[1]
    assert (post.title, post.body, post.html, post.cut) == ("글 3", "", None, True)
    assert post.link == world.web.url("/posts/3")
    assert (await world.archive())[0].body == "4번째 글."
    assert world.ears.told == [(f"notice.source.size:{source_id}", "notice.source.size")]
    world.publish(1, 2, 3, 4, 5, p5="hard", p3="hard, too")
    await world.poll(source_id)
    assert len(world.ears.told) == 1
    world.publish(1, 2, 3, 4, 5, p5="easy")
    await world.poll(source_id)
    post = (await world.archive())[0]
    assert (post.title, post.body, post.cut) == ("글 5", "easy", False)


async def test_many_long_texts_are_read_in_turns(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sources.intake.BATCH_LENGTH", 30)
    source_id = await world.follow()
    world.publish(1, 2, 3, 4, 5, p2="x" * 100)
    await world.poll(source_id)
    bodies = [post.body for post in await world.archive()]
    assert bodies == ["5번째 글.", "4번째 글.", "3번째 글.", "x" * 100, "1번째 글."]


# --- what is new ---


async def test_the_first_fetch_fills_the_archive_quietly(world: World) -> None:
    source_id = await world.follow()
    world.publish(1, 2, 3)
    polled = await world.poll(source_id)
    assert (polled.new, polled.error, polled.is_unchanged) == (3, None, False)
    assert world.ears.news() == []
    assert [post.title for post in await world.archive()] == ["글 3", "글 2", "글 1"]
    assert (await world.archive())[0].body == "3번째 글."
    source = await world.source(source_id)
    assert (source.title, source.tagline) == ("새벽의 서재", "씁니다.")
    assert source.next_poll_at == world.clock.now() + timedelta(minutes=10)


async def test_what_comes_later_is_news_the_oldest_first(world: World) -> None:
    source_id = await world.follow()
    world.publish(1)
    await world.poll(source_id)
    world.publish(1, 2, 3, 4)
    await world.poll(source_id)
    assert world.ears.news() == ["글 2", "글 3", "글 4"]


async def test_a_source_followed_again_begins_quietly(world: World) -> None:
    source_id = await world.follow()
    world.publish(1)
    await world.poll(source_id)
    async with world.database.transaction() as tx:
        await sources.set_ended(tx, source_id, world.clock.now())
    assert await world.follow() == source_id
    world.publish(1, 2)
    await world.poll(source_id)
    assert world.ears.news() == []
    assert len(await world.archive()) == 2
    last = max(post.id for post in await world.archive())
    assert world.ears.told == [(f"{source_id} to {last}", "notice.quiet")]
    assert world.ears.values == [{"address": world.web.url("/rss"), "posts": 1}]
    world.publish(1, 2, 3)
    await world.poll(source_id)
    assert len(world.ears.told) == 1, "the next are news again"


async def test_a_source_followed_again_that_brings_nothing_new_is_not_told_of(
    world: World,
) -> None:
    source_id = await world.follow()
    world.publish(1)
    await world.poll(source_id)
    async with world.database.transaction() as tx:
        await sources.set_ended(tx, source_id, world.clock.now())
    await world.follow()
    await world.poll(source_id)
    assert world.ears.told == []


async def test_an_unchanged_source_is_asked_with_its_validators(world: World) -> None:
    source_id = await world.follow()
    body = feed(1, now=world.clock.now())
    world.web.pages["/rss"] = Reply(body, headers={"ETag": '"1"', "Last-Modified": "then"})
    await world.poll(source_id)
    world.web.pages["/rss"] = Reply(status=304)
    for _ in range(2):
        assert (await world.poll(source_id)).is_unchanged
    assert world.web.asked[2].headers["if-none-match"] == '"1"'
    assert world.web.asked[2].headers["if-modified-since"] == "then"


async def test_a_body_that_is_the_same_is_not_parsed_again(world: World) -> None:
    source_id = await world.follow()
    world.publish(1)
    await world.poll(source_id)
    assert (await world.poll(source_id)).is_unchanged


async def test_an_edit_changes_the_post_and_is_no_news(world: World) -> None:
    source_id = await world.follow()
    world.publish(1, 2)
    await world.poll(source_id)
    world.ears.changes.clear()
    world.publish(1, 2, p1="고쳐 쓴 글.")
    await world.poll(source_id)
    (change,) = world.ears.changes
    assert (change.kind, change.post.body) == (ChangeKind.EDITED, "고쳐 쓴 글.")
    assert change.before is not None
    assert change.before.body == "1번째 글."
    assert world.ears.news() == []


async def test_a_feed_gives_archived_posts_their_dates_and_places(world: World) -> None:
    importer = ArchiveImporter(world.database, world.clock, (world.ears.observe,))
    listed = [a_post(f"글 {number}", f"{number}번째 글입니다. 길게.") for number in (5, 4, 3, 2, 1)]
    await importer.import_archive(parse_archive(listing(listed).encode()))
    source_id = await world.follow()
    world.publish(5, 3)
    await world.poll(source_id)
    archive = await world.archive()
    assert [post.title for post in archive] == [f"글 {number}" for number in (5, 4, 3, 2, 1)]
    assert archive[0].link == world.web.url("/posts/5")
    assert archive[0].published_at is not None
    assert archive[2].published_at is not None
    assert archive[2].published_at < archive[1].sort_at < archive[0].published_at
    world.publish(6, 5, 3)
    await world.poll(source_id)
    assert world.ears.news() == ["글 6"]
    assert len(await world.archive()) == 6


async def test_a_post_published_by_hand_becomes_its_feeds(world: World) -> None:
    async with world.database.transaction() as tx:
        hand = await sources.add_source(tx, "hand:", SourceKind.HAND)
        link = world.web.url("/posts/1")
        await keep_post(
            tx,
            hand,
            NewPost("글 1", "페이지의 글.", html="<p>페이지의 글.</p>", link=link),
            first_seen_at=world.clock.now(),
            link_key=f"127.0.0.1:{world.web.port}/posts/1",
            fingerprint="page",
        )
    source_id = await world.follow()
    world.publish(1)
    await world.poll(source_id)
    (post,) = await world.archive()
    assert (post.source_id, post.guid, post.edited_at) == (source_id, "1", None)


async def test_a_failing_observer_leaves_all_for_the_next_poll(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    source_id = await world.follow()
    world.publish(1)
    await world.poll(source_id)
    world.publish(1, 2)
    world.ears.is_deaf = True
    await world.clock.advance(11 * MINUTE)
    await world.poller.run()
    await world.poller.wait()
    assert "poll_failed" in caplog.messages
    assert len(await world.archive()) == 1
    world.ears.is_deaf = False
    await world.poll(source_id)
    assert world.ears.news() == ["글 2"]


# --- what is gone ---


async def test_a_removed_post_is_marked_once_its_page_is_gone(world: World) -> None:
    source_id = await world.follow()
    world.publish(1, 2, 3)
    await world.poll(source_id)
    world.publish(1, 3)
    world.web.pages["/posts/2"] = Reply(status=404)
    await world.poll(source_id)
    await world.clock.advance(HOUR - 1)
    await world.poll(source_id)
    assert len(await world.archive()) == 3
    await world.clock.advance(1)
    await world.poll(source_id)
    assert [post.title for post in await world.archive()] == ["글 3", "글 1"]
    assert world.ears.kinds()[-1] == "removed"
    world.publish(1, 2, 3)
    await world.poll(source_id)
    assert world.ears.kinds()[-1] == "restored"
    assert len(await world.archive()) == 3
    assert world.ears.news() == []


async def test_a_post_left_out_whose_page_is_there_stays(world: World) -> None:
    source_id = await world.follow()
    world.publish(1, 2, 3)
    await world.poll(source_id)
    world.publish(1, 3)
    world.web.pages["/posts/2"] = Reply(b"<html>")
    await world.poll(source_id)
    for _ in range(3):
        await world.clock.advance(2 * HOUR)
        await world.poll(source_id)
    assert len(await world.archive()) == 3
    assert [asked.path for asked in world.web.asked].count("/posts/2") == 1


@pytest.mark.parametrize("status", [200, 404])
async def test_what_a_hand_did_while_a_page_was_asked_whether_it_is_gone_stays(
    world: World, status: int
) -> None:
    source_id = await world.follow()
    world.publish(1, 2, 3, 4)
    await world.poll(source_id)
    down, corrected = [one for one in await world.archive() if one.title in {"글 2", "글 3"}][::-1]
    world.publish(1, 4)

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        async with world.database.transaction() as tx:
            await takedowns.set_taken_down(tx, down.id, world.clock.now())
            await tx.execute("UPDATE posts SET removed_at = 1 WHERE id = ?", (down.id,))
            await tx.execute("UPDATE posts SET title = '고침' WHERE id = ?", (corrected.id,))
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n".encode())

    world.web.pages |= {"/posts/2": answer, "/posts/3": answer}
    await world.poll(source_id)
    await world.clock.advance(HOUR)
    await world.poll(source_id)
    async with world.database.reader() as db:
        found = [await posts.get_post(db, one.id) for one in (down, corrected)]
    first, second = [one for one in found if one is not None]
    assert first.removed_at is not None
    assert first.removed_at.timestamp() == 1
    assert (second.title, second.removed_at is None) == ("고침", status == 200)


async def test_a_missing_post_without_an_address_stays(world: World) -> None:
    source_id = await world.follow()
    world.publish(1, 2, 3)
    world.web.pages["/rss"] = Reply(
        feed(1, 2, 3, now=world.clock.now()).replace(b"<link>/posts/2</link>", b"")
    )
    await world.poll(source_id)
    world.publish(1, 3)
    await world.poll(source_id)
    await world.clock.advance(2 * HOUR)
    await world.poll(source_id)
    assert len(await world.archive()) == 3


# --- trouble ---


async def test_trouble_is_told_after_three_failures_and_once_when_it_is_over(
    world: World,
) -> None:
    source_id = await world.follow()
    world.publish(1)
    await world.poll(source_id)
    world.web.pages["/rss"] = Reply(status=500)
    for failures in range(1, 7):
        polled = await world.poll(source_id)
        assert polled.error is not None
        assert len(world.ears.told) == (1 if failures >= 3 else 0)
        await world.clock.advance(HOUR)
    source = await world.source(source_id)
    assert source.failures == 6
    assert json.loads(source.last_error or "")["key"] == "source.fetch.status"
    world.publish(1, 2)
    await world.poll(source_id)
    await world.poll(source_id)
    assert [key for _, key in world.ears.told] == ["notice.source.failing", "notice.source.over"]
    assert world.ears.values[0]["address"] == world.web.url("/rss")
    assert world.ears.values[0]["problem"] == {
        "key": "source.fetch.status",
        "values": {"status": 500, "host": "127.0.0.1"},
    }
    source = await world.source(source_id)
    assert (source.failures, source.last_error) == (0, None)
    assert world.ears.news() == ["글 2"]


def said(caplog: pytest.LogCaptureFixture) -> list[tuple[str, dict[str, object]]]:
    """The events of sources, with their fields but the address."""
    names = ("failures", "minutes", "quiet", "edited", "removed", "restored", "details")
    return [
        (one.message, {name: vars(one)[name] for name in names if name in vars(one)})
        for one in caplog.records
        if one.name == "bot.sources.telling"
    ]


async def test_trouble_is_logged_when_it_begins_changes_and_ends(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    source_id = await world.follow()
    world.publish(1)
    await world.poll(source_id)
    for status in (500, 500, 500, 403, 403):
        await world.clock.advance(HOUR)
        world.web.pages["/rss"] = Reply(status=status)
        await world.poll(source_id)
    world.publish(1, p1="바뀐 글")
    await world.poll(source_id)
    await world.poll(source_id)
    world.web.pages["/rss"] = Reply(status=410)
    await world.poll(source_id)
    assert said(caplog) == [
        ("source_changed", {"quiet": 1}),
        ("source_failed", {}),
        ("source_failed", {}),
        ("source_recovered", {"failures": 5, "minutes": 300}),
        ("source_changed", {"edited": 1}),
        ("source_ended", {}),
    ]


def test_what_opens_a_source_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    address = "https://me:word@blog.example/rss?key=mine"
    told: list[Callable[[], object]] = []
    tx = cast("Transaction", SimpleNamespace(afterwards=told.append))
    source = cast("Source", SimpleNamespace(address=address, failures=0, last_error=None))
    tell_of_failure(tx, source, FormatError("source.format.no_feed", address=address, size=5))
    tell_of_end(tx, source)
    for tell in told:
        tell()
    shown = "https://blog.example/rss?key=…"
    failed, ended = (vars(one) for one in caplog.records)
    assert failed["source"] == ended["source"] == shown
    assert failed["error"] == f"source.format.no_feed address={shown!r} size=5"


async def test_a_source_that_never_worked_recovers_without_minutes(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    source_id = await world.follow()
    await world.poll(source_id)
    world.publish(path="/rss")
    await world.poll(source_id)
    assert said(caplog) == [("source_failed", {}), ("source_recovered", {"failures": 1})]


async def test_a_source_that_never_worked_is_told_of_at_once(world: World) -> None:
    source_id = await world.follow()
    for _ in range(4):
        await world.poll(source_id)
    assert [key for _, key in world.ears.told] == ["notice.source.failing"]


async def test_a_source_that_is_gone_is_polled_no_more(world: World) -> None:
    source_id = await world.follow()
    world.publish(1)
    await world.poll(source_id)
    world.web.pages["/rss"] = Reply(status=410)
    await world.poll(source_id)
    source = await world.source(source_id)
    assert (source.ended_at, source.next_poll_at) == (world.clock.now(), None)
    assert [key for _, key in world.ears.told] == ["notice.source.ended"]
    await world.clock.advance(DAY)
    asked = len(world.web.asked)
    await world.poller.run()
    await world.poller.wait()
    assert len(world.web.asked) == asked
    assert len(await world.archive()) == 1


@pytest.mark.parametrize(
    ("reply", "minutes"),
    [
        (Reply(status=503, headers={"Retry-After": "7200"}), 120),
        (Reply(status=429, headers={"Retry-After": "-5"}), 10),
        (Reply(status=429, headers={"Retry-After": "315360000"}), 24 * 60),
        (Reply(status=500), 10),
    ],
)
async def test_a_server_says_when_to_come_back(world: World, reply: Reply, minutes: int) -> None:
    source_id = await world.follow()
    world.web.pages["/rss"] = reply
    await world.poll(source_id)
    source = await world.source(source_id)
    assert source.next_poll_at == world.clock.now() + timedelta(minutes=minutes)


async def test_max_age_lengthens_the_interval(world: World) -> None:
    source_id = await world.follow()
    body = feed(1, now=world.clock.now())
    world.web.pages["/rss"] = Reply(body, headers={"Cache-Control": "max-age=3600"})
    await world.poll(source_id)
    source = await world.source(source_id)
    assert source.next_poll_at == world.clock.now() + timedelta(hours=1)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b""),
        Reply(b"<html><body>Checking your browser</body></html>"),
        Reply(b"nonsense"),
        Reply(b"<rss><channel>", length=999),
    ],
)
async def test_a_bad_answer_leaves_the_archive_as_it_was(world: World, reply: Reply) -> None:
    source_id = await world.follow()
    world.publish(1, 2)
    await world.poll(source_id)
    async with world.database.transaction() as tx:
        await sources.set_found(tx, source_id, world.web.url("/rss"), SourceKind.FEED)
    if reply.length:

        async def half(_: Asked, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n<rss><channel>")
            await writer.drain()

        world.web.pages["/rss"] = half
    else:
        world.web.pages["/rss"] = reply
    polled = await world.poll(source_id)
    assert polled.error is not None
    assert len(await world.archive()) == 2


# --- where it lies ---


async def test_a_site_leads_to_its_feed_which_is_remembered(world: World) -> None:
    world.web.pages["/"] = Reply(
        b'<html><link rel="alternate" type="application/rss+xml" href="/feed.xml"></html>'
    )
    world.publish(1, path="/feed.xml")
    source_id = await world.follow("/")
    await world.poll(source_id)
    source = await world.source(source_id)
    assert source.fetched_from == world.web.url("/feed.xml")
    world.publish(1, 2, path="/feed.xml")
    await world.poll(source_id)
    assert [asked.path for asked in world.web.asked] == ["/", "/feed.xml", "/feed.xml"]
    assert world.ears.news() == ["글 2"]


async def test_a_move_for_good_is_remembered(world: World) -> None:
    source_id = await world.follow()
    world.web.pages["/rss"] = Reply(status=301, headers={"Location": "/other"})
    world.publish(1, path="/other")
    await world.poll(source_id)
    assert (await world.source(source_id)).fetched_from == world.web.url("/other")


async def test_a_private_address_that_nobody_named_is_refused(world: World) -> None:
    source_id = await world.follow("/unnamed")
    world.publish(1, path="/unnamed")
    polled = await world.poll(source_id)
    assert polled.error is not None
    assert polled.error.key == "source.fetch.private"
    assert world.web.asked == []


# --- side by side ---


async def test_a_slow_source_delays_no_other(world: World) -> None:
    release = asyncio.Event()

    async def slowly(_: Asked, writer: asyncio.StreamWriter) -> None:
        await release.wait()
        body = feed(9, now=world.clock.now())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()

    world.web.pages["/slow"] = slowly
    slow, quick = await world.follow("/slow"), await world.follow()
    world.publish(1)
    await world.poller.run()
    waiting = asyncio.create_task(world.poll(slow))
    assert (await world.poll(quick)).error is None
    assert [post.title for post in await world.archive()] == ["글 1"]
    await world.poller.run()
    assert world.poller.is_busy
    release.set()
    assert (await waiting).new == 1
    await world.poller.wait()
    assert not world.poller.is_busy
    assert [asked.path for asked in world.web.asked].count("/slow") == 1


async def test_nothing_is_polled_before_it_is_due(world: World) -> None:
    await world.poller.run()
    source_id = await world.follow()
    world.publish(1)
    await world.poller.run()
    await world.poller.wait()
    await world.poller.run()
    await world.poller.wait()
    assert len(world.web.asked) == 1
    await world.clock.advance(10 * MINUTE)
    await world.poller.run()
    await world.poller.wait()
    assert len(world.web.asked) == 2
    assert (await world.source(source_id)).failures == 0


async def test_a_poll_that_was_cut_off_is_due_again(world: World) -> None:
    async def never(_: Asked, writer: asyncio.StreamWriter) -> None:
        await writer.wait_closed()

    source_id = await world.follow("/late")
    world.web.pages["/late"] = never
    await world.poller.run()
    await until(lambda: world.web.asked)
    await world.poller.close()
    source = await world.source(source_id)
    assert source.next_poll_at == world.clock.now() + LEASE
    assert source.failures == 0
    world.publish(1, path="/late")
    await world.clock.advance(LEASE.total_seconds())
    await world.poller.run()
    await world.poller.wait()
    assert len(await world.archive()) == 1


async def test_archives_and_unknown_sources_are_not_polled(world: World) -> None:
    async with world.database.transaction() as tx:
        archive = await sources.add_source(tx, "archive:x", SourceKind.ARCHIVE)
    assert await world.poller.poll(archive) is None
    assert await world.poller.poll(SourceId(99)) is None


async def test_without_operators_nobody_is_told(database: Database) -> None:
    async with a_world(database, limits=FetchLimits(seconds=30)) as world:
        world.poller._intake = Intake(
            database=database,
            clock=world.clock,
            html_to_text=str,
            observers=(),
            poll_record=PollRecord(world.clock, None, interval_seconds=600, chance=lambda: 0.0),
        )
        source_id = await world.follow()
        polled = await world.poll(source_id)
        assert polled.error is not None
        assert (await world.source(source_id)).error_told_at is not None


async def test_what_each_poll_gave_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[PollOutcome] = []
    world.poller.polled = told.append
    source_id = await world.follow()
    for served in ({}, {}, {"p1": "고침"}):
        world.publish(1, **served)
        await world.poll(source_id)
    world.web.pages["/rss"] = Reply(b"", status=500)
    await world.poll(source_id)
    monkeypatch.setattr(world.poller._reader, "read", _broken)
    with pytest.raises(ZeroDivisionError):
        await world.poll(source_id)
    assert told == ["new", "unchanged", "changed", "failed", "failed"]


async def _broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError
