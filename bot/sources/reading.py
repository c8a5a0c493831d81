"""A source read: from its address to entries, whatever it turns out to be."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from bot.sources.decide import identify
from bot.sources.errors import FetchError, FormatError, StatusError
from bot.sources.formats.discovery import discover_feeds, known_feed, usual_feeds
from bot.sources.formats.feed import parse_feed
from bot.sources.formats.slashpage import find_listing, is_slashpage, parse_listing, parse_page
from bot.sources.http.fetch import FEEDS, PAGES
from bot.text.charsets import decode
from storage.models import SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.sources.decide import Keys
    from bot.sources.entries import Entry, Fetched
    from bot.sources.http.fetch import Fetcher, Response
    from storage.models import Source

P = ParamSpec("P")
T = TypeVar("T")
JSON = "application/json"
MOST_GUESSES = 4


@dataclass(frozen=True, slots=True)
class Read:
    """What a source had to say."""

    answer: Response
    fetched: Fetched | None
    """None where nothing changed since the last time."""
    identified: tuple[tuple[Entry, Keys], ...] = ()
    kind: SourceKind = SourceKind.FEED
    found_at: str | None = None
    """Where the feed itself lies, if that is news."""


class Worker:
    """Runs one function in a thread at a time.

    Python runs one at a time anyway: side by side, lxml's call-backs would only hand the
    interpreter's lock to and fro (measured: three times the CPU).
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `work` in a thread, when those before it have finished."""
        async with self._turn:
            return await asyncio.to_thread(work, *args, **kwargs)


class SourceReader:
    """Fetches and parses; `worker` does the parsing."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.worker = Worker()
        self._fetcher = fetcher

    async def read(self, source: Source, *, allow_private: bool = False) -> Read:
        """Read a source as it is now. Raises SourceError."""
        trip = _Visit(self._fetcher, self.worker, source, allow_private=allow_private)
        if source.kind is SourceKind.SLASHPAGE or is_slashpage(source.address):
            return await trip.slashpage()
        return await trip.feed()


class _Visit:
    """One reading of one source."""

    def __init__(
        self, fetcher: Fetcher, worker: Worker, source: Source, *, allow_private: bool
    ) -> None:
        self._fetcher = fetcher
        self._worker = worker
        self._source = source
        self._allow_private = allow_private

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
        """A feed that the page links to, or what Slashpage has behind it, or a feed by guessing."""
        linked = await self._worker.run(
            discover_feeds, page.body, address=page.address, content_type=page.content_type
        )
        if (read := await self._first(linked)) is not None:
            return read
        if is_slashpage(page.address, decode(page.body, page.content_type)):
            return await self._listing_behind(page)
        if (read := await self._first(usual_feeds(page.address))) is not None:
            return read
        raise FormatError("source.format.no_feed", address=self._source.address)

    async def _first(self, places: Sequence[str]) -> Read | None:
        for place in places[:MOST_GUESSES]:
            try:
                return _moved(await self._feed(await self._get(place, FEEDS)), place)
            except (FormatError, FetchError):
                continue
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
        return await self._listing_behind(await self._get(self._source.address, PAGES))

    async def _listing_behind(self, page: Response) -> Read:
        """The listing that a page loads, or else what the page brings along itself."""
        try:
            place = await self._worker.run(
                find_listing, page.body, address=page.address, content_type=page.content_type
            )
            return await self._listing(await self._get(place, JSON), place)
        except (FormatError, StatusError) as error:
            try:
                fetched = await self._worker.run(
                    parse_page,
                    page.body,
                    address=self._source.address,
                    content_type=page.content_type,
                )
            except FormatError:
                raise error from None
            return _read(
                replace(page, etag=None, last_modified=None), fetched, SourceKind.SLASHPAGE
            )

    async def _listing(self, answer: Response, place: str | None) -> Read:
        if answer.is_unchanged:
            return Read(answer, None, kind=SourceKind.SLASHPAGE)
        fetched = await self._worker.run(parse_listing, answer.body, address=self._source.address)
        return replace(_read(answer, fetched, SourceKind.SLASHPAGE), found_at=place)

    async def _feed(self, answer: Response) -> Read:
        return Read(answer, None) if answer.is_unchanged else await self._worker.run(_parse, answer)

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


def _parse(answer: Response) -> Read:
    fetched = parse_feed(answer.body, address=answer.address, content_type=answer.content_type)
    return _read(answer, fetched, SourceKind.FEED)


def _read(answer: Response, fetched: Fetched, kind: SourceKind) -> Read:
    return Read(answer, fetched, tuple(identify(fetched.entries)), kind)
