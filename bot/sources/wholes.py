"""Whole posts of Slashpage, asked for at their own addresses."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.redaction import shown_address
from bot.sources.documents import read_post
from bot.sources.errors import FetchError, FormatError, is_busy
from bot.sources.formats.slashpage import HOST, post_hash, post_places

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.sources.entries import Entry
    from bot.sources.http.fetch import Fetcher
    from bot.sources.worker import Worker

log = logging.getLogger(__name__)

JSON = "application/json"
PAUSE_SECONDS = 1.0
"""Between two posts: nobody asked that server to be asked so much."""
MOST = 50
"""Posts that one poll completes; a listing has no more."""
_SITE = f"https://{HOST}/"


class WholePosts:
    """Reads posts by their hashes, as a browser does that comes from the site."""

    def __init__(
        self, fetcher: Fetcher, worker: Worker, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._fetcher = fetcher
        self._worker = worker
        self._sleep = sleep
        self._incomplete: set[str] = set()
        """Of which posts it was logged: each poll tries them again."""

    async def read(self, post: str, address: str) -> Entry:
        """The post with its text, and its title where that is told. Raises SourceError."""
        about, content = post_places(post)
        text = await self._get(content)
        try:
            said = await self._get(about)
        except FetchError:
            said = b""
        try:
            return await self._worker.run(read_post, said, text, address)
        except FormatError:
            return await self._worker.run(read_post, b"", text, address)

    async def complete(self, entries: Sequence[Entry]) -> list[Entry]:
        """The entries, those that are partial with their whole texts as far as those can be had."""
        found = dict(enumerate(entries))
        partial = [number for number, one in found.items() if one.partial][:MOST]
        for number in partial:
            if number != partial[0]:
                await self._sleep(PAUSE_SECONDS)
            try:
                found[number] = await self._completed(found[number])
            except (FormatError, FetchError) as error:
                self._note(found[number].link or "", error)
                if is_busy(error):
                    break
        return list(found.values())

    def _note(self, link: str, error: FormatError | FetchError) -> None:
        """Log once that a post is not whole, until it is."""
        if link not in self._incomplete:
            self._incomplete.add(link)
            extra = {"link": shown_address(link), "error": str(error)}
            log.warning("post_not_completed", extra=extra)

    async def _completed(self, entry: Entry) -> Entry:
        link = entry.link or ""
        _, content = post_places(post_hash(link, _SITE) or "")
        whole = await self._worker.run(read_post, b"", await self._get(content), link)
        self._incomplete.discard(link)
        return replace(entry, html=whole.html, body=whole.body, cut=whole.cut, partial=False)

    async def _get(self, address: str) -> bytes:
        answer = await self._fetcher.fetch(address, accept=JSON, seen_on=_SITE)
        return answer.body
