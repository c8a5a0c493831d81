"""What a Slashpage listing lacks is read from the posts' own places, as a browser would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.sources.entries import Entry
from bot.sources.errors import FetchError, FormatError, SourceError, StatusError
from bot.sources.formats.slashpage import post_places
from bot.sources.http.fetch import Response
from bot.sources.intake import Intake
from bot.sources.poll import SourcePoller
from bot.sources.poll_record import PollRecord
from bot.sources.reading import SourceReader
from bot.sources.wholes import WholePosts
from bot.text.html import html_to_text
from storage import posts, sources
from storage.models import SourceKind
from tests.sources.test_poll import Ears
from tests.sources.test_reading import API, SITE
from tests.sources.threads import ThreadWorker

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

HASHES = [f"91dwj4mdvqev32yqpv{n:02}" for n in range(4)]
BUSY = StatusError("source.fetch.status", status=503)
GONE = StatusError("source.fetch.status", status=404)


def block(text: str) -> dict[str, object]:
    return {"type": "text", "value": {"tokens": [{"text": text}]}}


def item(
    post: str, *, lacks: bool = True, text: str = "앞부분.", title: str = "글"
) -> dict[str, object]:
    tree = [["a"], ["b"]] if lacks else [["a"]]
    snapshot = {"blockMap": {"a": block(text)}, "blockTree": tree}
    return {"id": post, "note": {"title": f"{title} {post}", "content": {"snapshot": snapshot}}}


def content(*texts: str) -> bytes:
    blocks = {str(n): block(text) for n, text in enumerate(texts)}
    return json.dumps({"data": {"snapshot": {"blockMap": blocks}}}).encode()


class Slashpage:
    """Its two kinds of answers; it remembers who was asked, and by what name."""

    def __init__(self, *items: object) -> None:
        listing = json.dumps({"data": {"list": items}}).encode()
        self.pages: dict[str, bytes | SourceError] = {API: listing}
        self.asked: list[str] = []
        self.seen_on: set[str | None] = set()
        self.pauses: list[float] = []

    async def fetch(self, address: str, *, seen_on: str | None = None, **_: object) -> Response:
        self.asked.append(address)
        if "/channel/" not in address:
            self.seen_on.add(seen_on)
        page = self.pages.get(address, GONE)
        if isinstance(page, SourceError):
            raise page
        return Response(page, address)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def has(self, post: str, text: bytes | SourceError, about: bytes | SourceError = GONE) -> None:
        self.pages |= dict(zip(post_places(post), (about, text), strict=True))

    def wholes(self) -> WholePosts:
        return WholePosts(self, ThreadWorker(), self.sleep)  # type: ignore[arg-type]  # it fetches


class Ground:
    """A poller of one Slashpage site."""

    def __init__(self, database: Database, clock: FakeClock, site: Slashpage) -> None:
        self.ears, self._database, self._clock = Ears(), database, clock
        self._poller = SourcePoller(
            fetcher=site,  # type: ignore[arg-type]  # it fetches
            reader=SourceReader(site, ThreadWorker(), site.sleep),  # type: ignore[arg-type]  # likewise
            intake=Intake(
                database=database,
                clock=clock,
                html_to_text=html_to_text,
                observers=(self.ears.observe,),
                poll_record=PollRecord(clock, self.ears, interval_seconds=600, chance=lambda: 0.0),
            ),
        )

    async def poll(self) -> dict[str, tuple[str, bool]]:
        """Poll it; the text of each post, and whether it is cut."""
        async with self._database.transaction() as tx:
            known = await sources.get_by_address(tx, SITE)
            source_id = (
                known.id
                if known
                else await sources.add_source(
                    tx, SITE, SourceKind.SLASHPAGE, next_poll_at=self._clock.now()
                )
            )
            await tx.execute("UPDATE sources SET fetched_from = ?", (API,))
        assert await self._poller.poll(source_id) is not None
        async with self._database.reader() as db:
            return {
                one.guid or "": (one.body, one.cut) for one in await posts.list_newest(db, limit=9)
            }


async def test_what_the_listing_lacks_is_read_once_from_the_posts_own_place(
    database: Database, clock: FakeClock
) -> None:
    site = Slashpage(item(HASHES[0]), item(HASHES[1], lacks=False), item(HASHES[2]))
    site.has(HASHES[0], content("앞부분.", "뒷부분."))
    site.has(HASHES[2], b"{}")
    ground = Ground(database, clock, site)
    assert await ground.poll() == {
        HASHES[0]: ("앞부분.\n\n뒷부분.", False),
        HASHES[1]: ("앞부분.", False),
        HASHES[2]: ("앞부분.", True),
    }
    assert site.seen_on == {"https://slashpage.com/"}
    assert site.pauses == [1.0]
    assert ground.ears.told == []
    asked = len(site.asked)
    site.pages[API] = Slashpage(item(HASHES[3]), item(HASHES[0])).pages[API]
    site.has(HASHES[3], content("새 글."))
    found = await ground.poll()
    assert found[HASHES[0]] == ("앞부분.\n\n뒷부분.", False)
    assert found[HASHES[3]] == ("새 글.", False)
    assert site.asked[asked:] == [API, post_places(HASHES[3])[1]]


async def test_that_a_post_is_not_whole_is_logged_until_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    site = Slashpage(item(HASHES[0]))
    wholes = site.wholes()
    entries = [Entry("글", "", link=f"https://slashpage.com/a/{HASHES[0]}", partial=True)]
    for answer in (BUSY, BUSY, content("앞부분."), BUSY):
        site.has(HASHES[0], answer)
        await wholes.complete(entries)
    assert caplog.messages == ["post_not_completed"] * 2
    assert {vars(one)["link"] for one in caplog.records} == {entries[0].link}


@pytest.mark.parametrize(
    ("error", "tries"), [(BUSY, 1), (FetchError("source.fetch.timeout"), 1), (GONE, 3)]
)
async def test_a_server_that_cannot_answer_is_let_alone(
    database: Database, clock: FakeClock, error: SourceError, tries: int
) -> None:
    site = Slashpage(*[item(one) for one in HASHES[:3]])
    for one in HASHES[:3]:
        site.has(one, error)
    found = await Ground(database, clock, site).poll()
    assert set(found.values()) == {("앞부분.", True)}
    assert len(site.asked) == 1 + tries


@pytest.mark.parametrize("error", [BUSY, FetchError("source.fetch.timeout"), GONE])
@pytest.mark.parametrize("is_same", [True, False])
async def test_a_whole_text_is_not_replaced_by_its_beginning(
    database: Database, clock: FakeClock, error: SourceError, *, is_same: bool
) -> None:
    """A word of it is mended while its own place cannot answer: it is asked for at the next poll.

    Then the listing is the same, or has another post.
    """
    site = Slashpage(item(HASHES[0]), item(HASHES[1], lacks=False))
    site.has(HASHES[0], content("앞부분.", "뒷부분."))
    ground = Ground(database, clock, site)
    whole = await ground.poll()
    mended = item(HASHES[0], text="앞부분!", title="고친 글")
    listed = [mended, item(HASHES[1], lacks=False)]
    site.pages[API] = Slashpage(*listed).pages[API]
    site.has(HASHES[0], error)
    for _ in range(2):
        assert await ground.poll() == whole
        assert ground.ears.kinds() == ["new", "new", "edited"]  # the title alone
    new = [] if is_same else [item(HASHES[2], lacks=False)]
    site.pages[API] = Slashpage(*new, *listed).pages[API]
    site.has(HASHES[0], content("앞부분!", "뒷부분."))
    ground.ears.changes.clear()
    await clock.advance(600)
    assert (await ground.poll())[HASHES[0]] == ("앞부분!\n\n뒷부분.", False)
    assert sorted(ground.ears.kinds()) == sorted(["edited", *["new" for _ in new]])
    asked = len(site.asked)
    await ground.poll()
    assert site.asked[asked:] == [API]


async def test_a_beginning_that_has_grown_is_taken_and_the_rest_is_asked_for(
    database: Database, clock: FakeClock
) -> None:
    site = Slashpage(item(HASHES[0]))
    site.has(HASHES[0], BUSY)
    ground = Ground(database, clock, site)
    assert await ground.poll() == {HASHES[0]: ("앞부분.", True)}
    site.pages[API] = Slashpage(item(HASHES[0], text="앞부분이 더 길어요.")).pages[API]
    assert await ground.poll() == {HASHES[0]: ("앞부분이 더 길어요.", True)}
    site.has(HASHES[0], content("앞부분이 더 길어요.", "뒷부분."))
    assert await ground.poll() == {HASHES[0]: ("앞부분이 더 길어요.\n\n뒷부분.", False)}


@pytest.mark.parametrize(
    ("about", "title"),
    [(b'{"data": {"title": "\xec\xa0\x9c\xeb\xaa\xa9"}}', "제목"), (b"<html>", ""), (GONE, "")],
)
async def test_a_post_is_read_with_its_title_where_that_is_told(
    about: bytes | SourceError, title: str
) -> None:
    site = Slashpage()
    site.has(HASHES[0], content("글."), about)
    entry = await site.wholes().read(HASHES[0], f"{SITE}/x")
    assert (entry.title, entry.body, entry.link) == (title, "글.", f"{SITE}/x")


@pytest.mark.parametrize("text", [b"{}", GONE])
async def test_a_post_without_a_text_is_an_error(text: bytes | SourceError) -> None:
    site = Slashpage()
    site.has(HASHES[0], text, b"{}")
    with pytest.raises((FormatError, FetchError)):
        await site.wholes().read(HASHES[0], SITE)
