"""Reads a source, from its address to entries: a feed, a page that names one, or Slashpage.

`FORMATS` is the table of what there is.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.sources.documents import read_feed, read_listing, read_slashpage
from bot.sources.errors import FetchError, FormatError, StatusError, is_busy
from bot.sources.formats.discovery import discover_feeds, known_feed, usual_feeds
from bot.sources.formats.slashpage import find_listing, is_slashpage
from bot.sources.http.fetch import FEEDS, PAGES
from bot.sources.wholes import JSON, PAUSE_SECONDS, WholePosts
from bot.text.charsets import decode
from storage.models import SourceKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.sources.documents import Document
    from bot.sources.entries import Entry, Fetched
    from bot.sources.http.fetch import Fetcher, Response
    from bot.sources.identity import Keys
    from bot.sources.worker import Worker
    from storage.models import Source

READING = 1
"""The version of the parsers: raise it when an unchanged document would read otherwise than before.

At the first poll with another version, what reads otherwise is taken in without a word.
"""


async def _as_listed(entries: Sequence[Entry]) -> list[Entry]:
    return list(entries)


@dataclass(frozen=True, slots=True)
class Read:
    """What one reading of a source gave."""

    answer: Response
    fetched: Fetched | None
    """None where nothing changed since the last time."""
    identified: tuple[tuple[Entry, Keys], ...] = ()
    kind: SourceKind = SourceKind.FEED
    found_at: str | None = None
    """Where the feed itself lies, if that is news."""
    whole: Callable[[Sequence[Entry]], Awaitable[list[Entry]]] = _as_listed
    """Completes entries of which the place where they were listed lacks some."""


class SourceReader:
    """Fetches and parses; `worker` does the parsing, and `sleep` waits between guesses."""

    def __init__(
        self,
        fetcher: Fetcher,
        worker: Worker,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.worker = worker
        self._fetcher = fetcher
        self._sleep = sleep

    async def read(self, source: Source, *, allow_private: bool = False) -> Read:
        """Read a source as it is now. Raises SourceError."""
        visit = _Visit(
            self._fetcher, self.worker, source, allow_private=allow_private, sleep=self._sleep
        )
        known = (kind for kind, one in FORMATS.items() if one.is_site(source.address, ""))
        read = FORMATS[next(known, source.kind)].read
        if read is None:
            raise ValueError(f"{source.address} is never polled")
        return await read(visit)


class _Visit:
    """One reading of one source."""

    def __init__(
        self,
        fetcher: Fetcher,
        worker: Worker,
        source: Source,
        *,
        allow_private: bool,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._fetcher = fetcher
        self._worker = worker
        self._source = source
        self._allow_private = allow_private
        self._sleep = sleep
        self._wholes = WholePosts(fetcher, worker, sleep)

    async def feed(self) -> Read:
        """The feed at the place where it was found, or where the site says that it is."""
        place = self._source.fetched_from or known_feed(self._source.address)
        answer = await self._get(place or self._source.address, FEEDS, conditional=True)
        try:
            return _moved(await self._feed(answer), self._found(place, answer))
        except FormatError as error:
            if place is not None or error.key != "source.format.page":
                raise
        return await self._discover(answer)

    async def _discover(self, page: Response) -> Read:
        """A feed that the page links to, or what is behind it by another format, or a guess."""
        linked = await self._worker.run(
            discover_feeds, page.body, address=page.address, content_type=page.content_type
        )
        if (read := await self._first(linked)) is not None:
            return read
        text = decode(page.body, page.content_type)
        for one in FORMATS.values():
            if one.read_page is not None and one.is_site(page.address, text):
                return await one.read_page(self, page)
        if (read := await self._first(usual_feeds(page.address))) is not None:
            return read
        raise FormatError("source.format.no_feed", address=self._source.address)

    async def _first(self, places: Sequence[str]) -> Read | None:
        """What the first of these has that is a feed; a server that cannot answer is let alone."""
        silent: set[str] = set()
        for number, place in enumerate(places):
            host = urlsplit(place).netloc
            if host in silent:
                continue
            if number:
                await self._sleep(PAUSE_SECONDS)
            try:
                return _moved(await self._feed(await self._get(place, FEEDS)), place)
            except (FormatError, FetchError) as error:
                if is_busy(error):
                    silent.add(host)
        return None

    async def slashpage(self) -> Read:
        """The listing's JSON, or the page that should lead to it."""
        place = self._source.fetched_from
        if place is not None:
            try:
                answer = await self._get(place, JSON, conditional=True)
                return await self._listing(answer, None)
            except (FormatError, StatusError):  # perhaps it moved: the page knows
                pass
        return await self.listing_behind(await self._get(self._source.address, PAGES))

    async def listing_behind(self, page: Response) -> Read:
        """The listing that a page loads, or else what the page brings along itself."""
        try:
            place = await self._worker.run(
                find_listing, page.body, address=page.address, content_type=page.content_type
            )
            return await self._listing(await self._get(place, JSON), place)
        except (FormatError, StatusError) as error:
            try:
                document = await self._worker.run(
                    read_slashpage, page.body, self._source.address, page.content_type
                )
            except FormatError:
                raise error from None
            unseen = replace(page, etag=None, last_modified=None)
            read = _read(unseen, document, SourceKind.SLASHPAGE)
            return replace(read, whole=self._wholes.complete)

    async def _listing(self, answer: Response, place: str | None) -> Read:
        if answer.is_unchanged:
            return Read(answer, None, kind=SourceKind.SLASHPAGE)
        document = await self._worker.run(read_listing, answer.body, self._source.address)
        read = _read(answer, document, SourceKind.SLASHPAGE)
        return replace(read, found_at=place, whole=self._wholes.complete)

    async def _feed(self, answer: Response) -> Read:
        if answer.is_unchanged:
            return Read(answer, None)
        document = await self._worker.run(
            read_feed, answer.body, answer.address, answer.content_type
        )
        return _read(answer, document, SourceKind.FEED)

    async def _get(self, address: str, accept: str, *, conditional: bool = False) -> Response:
        return await self._fetcher.fetch(
            address,
            etag=self._source.etag if conditional else None,
            last_modified=self._source.last_modified if conditional else None,
            allow_private=self._allow_private,
            accept=accept,
        )

    def _found(self, place: str | None, answer: Response) -> str | None:
        found = answer.moved_to or place
        return None if found == self._source.fetched_from else found


def _moved(read: Read, found_at: str | None) -> Read:
    return replace(read, found_at=found_at)


def _read(answer: Response, document: Document, kind: SourceKind) -> Read:
    return Read(answer, document.fetched, document.identified, kind)


# --- what there is ---


def _is_no_site(_address: str, _page: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Format:
    """What a kind of source is to those who follow it."""

    read: Callable[[_Visit], Awaitable[Read]] | None
    """Fetches and parses it; None where it is never polled."""
    is_site: Callable[[str, str], bool] = _is_no_site
    """Whether an address, or the text of its page, shows that it is of this kind."""
    read_page: Callable[[_Visit, Response], Awaitable[Read]] | None = None
    """Reads on from such a page, where the address did not tell."""
    is_adopted: bool = False
    """A source that has one of its posts, too, takes the post over."""


FORMATS: Mapping[SourceKind, Format] = {
    SourceKind.FEED: Format(_Visit.feed),
    SourceKind.SLASHPAGE: Format(
        _Visit.slashpage, is_site=is_slashpage, read_page=_Visit.listing_behind
    ),
    SourceKind.ARCHIVE: Format(None),
    SourceKind.HAND: Format(None, is_adopted=True),
}
"""Every kind of source. What is not said here is the same for all: recorded, announced, ended."""
POLLED = frozenset(kind for kind, one in FORMATS.items() if one.read is not None)
"""Kinds that are asked again and again."""
