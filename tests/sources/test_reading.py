from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.sources.errors import FetchError, FormatError, SourceError, StatusError
from bot.sources.formats.discovery import usual_feeds
from bot.sources.http.fetch import Response
from bot.sources.reading import FORMATS, SourceReader
from storage.models import Source, SourceId, SourceKind
from tests.sources.threads import ThreadWorker

if TYPE_CHECKING:
    from bot.sources.http.fetch import Fetcher

FEED = b"<rss version='2.0'><channel><title>t</title><item><title>a</title></item></channel></rss>"
PAGE = b"<!DOCTYPE html><html><head>%s</head></html>"
LINK = b'<link rel="alternate" type="application/rss+xml" href="%s">'
HASH = "dk58wg2egjzp32nqevxz"
SITE = f"https://slashpage.com/dawn/{HASH}"
API = f"https://slashpage.com/api/page/{HASH}/channel/items?channelViewId=qp7my9&limit=50"
LISTING = json.dumps({"data": {"list": [{"id": "1", "note": {"title": "a"}}]}}).encode()
BROUGHT_ALONG = PAGE % (
    b'<script type="application/json">{"channelViewId":"qp7my9",'
    b'"items":[{"id":"2","note":{"title":"b"}}]}</script>'
)


class Pages:
    """A fetcher over a handful of addresses; it remembers what was asked for."""

    def __init__(self, pages: dict[str, bytes | Response | SourceError]) -> None:
        self.pages = pages
        self.asked: list[tuple[str, str | None]] = []

    async def fetch(self, address: str, *, etag: str | None = None, **_: object) -> Response:
        self.asked.append((address, etag))
        page = self.pages.get(address, StatusError("source.fetch.status", status=404))
        if isinstance(page, SourceError):
            raise page
        return page if isinstance(page, Response) else Response(page, address)


def a_source(address: str = "https://blog.example", **fields: object) -> Source:
    told: dict[str, object] = {
        "kind": SourceKind.FEED,
        "etag": None,
        "fetched_from": None,
        **fields,
    }
    return Source(
        id=SourceId(1),
        address=address,
        title="",
        tagline="",
        last_modified=None,
        next_poll_at=None,
        first_fetched_at=None,
        last_fetched_at=None,
        failures=0,
        last_error=None,
        error_told_at=None,
        ended_at=None,
        **told,  # type: ignore[arg-type]  # fields by name
    )


def reader(pages: Pages) -> SourceReader:
    fetcher: Fetcher = pages  # type: ignore[assignment]  # it fetches

    async def sleep(seconds: float) -> None:
        pages.asked.append((f"pause {seconds:g}", None))

    return SourceReader(fetcher, ThreadWorker(), sleep)


def test_every_kind_of_source_has_a_row() -> None:
    assert set(FORMATS) == set(SourceKind)


@pytest.mark.parametrize("kind", [SourceKind.ARCHIVE, SourceKind.HAND])
async def test_what_is_never_polled_is_not_read(kind: SourceKind) -> None:
    pages = Pages({"https://blog.example": FEED})
    with pytest.raises(ValueError, match="never polled"):
        await reader(pages).read(a_source(kind=kind))
    assert pages.asked == []


async def test_a_feed_is_read_where_it_lies() -> None:
    read = await reader(Pages({"https://blog.example": FEED})).read(a_source())
    assert read.fetched is not None
    assert [entry.title for entry, _ in read.identified] == ["a"]
    assert (read.found_at, read.kind) == (None, SourceKind.FEED)


async def test_a_blog_on_a_known_host_is_read_from_its_feed() -> None:
    pages = Pages({"https://dawn.tistory.com/rss": FEED})
    read = await reader(pages).read(a_source("https://dawn.tistory.com"))
    assert read.found_at == "https://dawn.tistory.com/rss"


async def test_a_page_leads_to_the_feed_it_links_to() -> None:
    pages = Pages(
        {
            "https://blog.example": PAGE % (LINK % b"/broken.xml" + LINK % b"/feed.xml"),
            "https://blog.example/broken.xml": b"nonsense",
            "https://blog.example/feed.xml": FEED,
        }
    )
    read = await reader(pages).read(a_source())
    assert read.found_at == "https://blog.example/feed.xml"


async def test_a_page_without_a_link_leads_to_the_usual_places() -> None:
    pages = Pages({"https://blog.example": PAGE % b"", "https://blog.example/rss": FEED})
    read = await reader(pages).read(a_source())
    assert read.found_at == "https://blog.example/rss"
    assert [address for address, _ in pages.asked][1:] == [
        "https://blog.example/feed",
        "pause 1",
        "https://blog.example/rss",
    ]


@pytest.mark.parametrize("path", usual_feeds("https://blog.example"))
async def test_each_usual_place_is_asked_for(path: str) -> None:
    pages = Pages({"https://blog.example": PAGE % b"", path: FEED})
    assert (await reader(pages).read(a_source())).found_at == path


@pytest.mark.parametrize(
    "error",
    [
        FetchError("source.fetch.timeout", host="blog.example"),
        StatusError("source.fetch.status", status=429),
        StatusError("source.fetch.status", status=503),
    ],
)
async def test_a_server_that_cannot_answer_is_not_asked_for_more(error: SourceError) -> None:
    pages = Pages({"https://blog.example": PAGE % b"", "https://blog.example/feed": error})
    with pytest.raises(FormatError):
        await reader(pages).read(a_source())
    assert [address for address, _ in pages.asked][1:] == ["https://blog.example/feed"]
    linked = PAGE % (
        LINK % b"https://cdn.example/a" + LINK % b"https://cdn.example/b" + LINK % b"/c"
    )
    pages = Pages({"https://blog.example": linked, "https://cdn.example/a": error})
    pages.pages["https://blog.example/c"] = FEED
    assert (await reader(pages).read(a_source())).found_at == "https://blog.example/c"
    assert ("https://cdn.example/b", None) not in pages.asked


async def test_a_page_that_only_mentions_slashpage_is_read_by_its_feed() -> None:
    page = PAGE % (LINK % b"/feed.xml" + b'<a href="https://slashpage.com/dawn">also here</a>')
    pages = Pages({"https://blog.example": page, "https://blog.example/feed.xml": FEED})
    assert (await reader(pages).read(a_source())).kind is SourceKind.FEED


async def test_a_page_without_any_feed_says_so() -> None:
    with pytest.raises(FormatError) as caught:
        await reader(Pages({"https://blog.example": PAGE % b""})).read(a_source())
    assert caught.value.key == "source.format.no_feed"


async def test_a_page_in_place_of_a_known_feed_is_an_error_and_starts_no_search() -> None:
    """A challenge page with status 200."""
    pages = Pages({"https://blog.example/feed": PAGE % (LINK % b"/other.xml")})
    source = a_source(fetched_from="https://blog.example/feed", etag='"1"')
    with pytest.raises(FormatError) as caught:
        await reader(pages).read(source)
    assert caught.value.key == "source.format.page"
    assert pages.asked == [("https://blog.example/feed", '"1"')]


async def test_validators_go_to_the_feed_only() -> None:
    answer = Response(b"", "https://blog.example/feed", is_unchanged=True)
    pages = Pages({"https://blog.example/feed": answer})
    source = a_source(fetched_from="https://blog.example/feed", etag='"1"')
    read = await reader(pages).read(source)
    assert read.fetched is None
    assert read.answer.is_unchanged
    assert read.found_at is None


async def test_a_move_for_good_is_news() -> None:
    answer = Response(FEED, "https://new.example/feed", moved_to="https://new.example/feed")
    read = await reader(Pages({"https://blog.example": answer})).read(a_source())
    assert read.found_at == "https://new.example/feed"


# --- Slashpage ---


async def test_a_slashpage_site_is_read_by_the_json_behind_its_page() -> None:
    page = PAGE % b'<script>{"channelViewId":"qp7my9"}</script>'
    read = await reader(Pages({SITE: page, API: LISTING})).read(a_source(SITE))
    assert (read.found_at, read.kind) == (API, SourceKind.SLASHPAGE)
    assert [entry.title for entry, _ in read.identified] == ["a"]


async def test_a_site_of_slashpages_under_its_own_name_is_noticed() -> None:
    page = PAGE % (
        b'<script src="https://cdn.slashpage.com/a.js"></script>'
        b'<script>"/api/page/%s" channelViewId="qp7my9"</script>' % HASH.encode()
    )
    read = await reader(Pages({"https://blog.example": page, API: LISTING})).read(a_source())
    assert (read.found_at, read.kind) == (API, SourceKind.SLASHPAGE)


async def test_a_known_listing_is_asked_directly() -> None:
    pages = Pages({API: Response(b"", API, is_unchanged=True)})
    source = a_source(SITE, kind=SourceKind.SLASHPAGE, fetched_from=API, etag='"1"')
    read = await reader(pages).read(source)
    assert (read.fetched, read.found_at) == (None, None)
    assert pages.asked == [(API, '"1"')]


@pytest.mark.parametrize("moved", [b"{}", StatusError("source.fetch.status", status=404)])
async def test_a_listing_that_moved_is_looked_for_again(moved: bytes | SourceError) -> None:
    old = API.replace("qp7my9", "old")
    page = PAGE % b'<script>{"channelViewId":"qp7my9"}</script>'
    pages = Pages({old: moved, SITE: page, API: LISTING})
    source = a_source(SITE, kind=SourceKind.SLASHPAGE, fetched_from=old)
    assert (await reader(pages).read(source)).found_at == API


@pytest.mark.parametrize("broken", [b"{}", StatusError("source.fetch.status", status=500)])
async def test_what_the_page_brings_along_stands_in_for_a_broken_listing(
    broken: bytes | SourceError,
) -> None:
    pages = Pages({SITE: Response(BROUGHT_ALONG, SITE, etag='"page"'), API: broken})
    read = await reader(pages).read(a_source(SITE))
    assert [entry.title for entry, _ in read.identified] == ["b"]
    assert (read.answer.etag, read.found_at) == (None, None)


async def test_a_changed_site_says_what_was_missing_and_nothing_else() -> None:
    pages = Pages({SITE: PAGE % b'{"channelViewId":"qp7my9"}', API: b"{}"})
    with pytest.raises(FormatError) as caught:
        await reader(pages).read(a_source(SITE))
    assert caught.value.key == "source.slashpage.changed"
    assert caught.value.values == {"missing": "data.list"}


async def test_an_error_of_the_network_is_passed_on() -> None:
    error = FetchError("source.fetch.timeout", host="slashpage.com")
    with pytest.raises(FetchError) as caught:
        await reader(Pages({SITE: error})).read(a_source(SITE))
    assert caught.value is error
