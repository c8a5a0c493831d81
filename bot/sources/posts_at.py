"""The post at an address: a page, the frame within it, or what Slashpage tells of it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.redaction import shown_address
from bot.sources.addresses import checked_address, is_short_link
from bot.sources.documents import read_page
from bot.sources.errors import FormatError, SourceError
from bot.sources.formats.page import find_frame
from bot.sources.formats.slashpage import post_hash
from bot.sources.http.fetch import PAGES
from bot.sources.wholes import WholePosts
from bot.text.charsets import decode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from bot.sources.entries import Entry
    from bot.sources.http.fetch import Fetcher, Response
    from bot.sources.worker import Worker

log = logging.getLogger(__name__)

MOST_STEPS = 4
"""Short links that lead to one another, and frames within frames."""
RESOLVE_SECONDS = 3.0
"""So long their hosts may take to say where they lead: meanwhile a chat waits."""


class PostReader:
    """Reads single posts. `private` are hosts, with their ports, that may be in a private network.

    Raises SourceError where an address has no post.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        worker: Worker,
        sleep: Callable[[float], Awaitable[None]],
        private: Collection[str],
        is_short: Callable[[str], bool] = is_short_link,
    ) -> None:
        self._fetcher = fetcher
        self._worker = worker
        self._private = private
        self._is_short = is_short
        self._wholes = WholePosts(fetcher, worker, sleep)

    def is_short(self, address: str) -> bool:
        """Whether a host has to be asked what an address stands for."""
        return self._is_short(address)

    async def resolved(self, address: str) -> str:
        """Where a short link leads; any other address, or one that will not say, as it is."""
        with suppress(TimeoutError):
            async with asyncio.timeout(RESOLVE_SECONDS):
                for _ in range(MOST_STEPS):
                    if not self._is_short(address):
                        break
                    may = self._may(address)
                    target = await self._fetcher.redirect_of(address, allow_private=may)
                    if target is None:
                        break
                    address = target
        return address

    async def read(self, address: str) -> Entry:
        """Fetch what is at an address and read it as a post, with its text."""
        address = checked_address(await self.resolved(checked_address(address)))
        try:
            page = await self._get(address)
        except SourceError:
            if (post := post_hash(address)) is None:
                raise
            return await self._wholes.read(post, address)
        if (post := post_hash(page.address, decode(page.body, page.content_type))) is not None:
            return await self._of_slashpage(post, page)
        return await self._of_page(page)

    async def _of_slashpage(self, post: str, page: Response) -> Entry:
        """The whole post, with what its page says of itself; the page alone where that is all."""
        try:
            whole = await self._wholes.read(post, page.address)
        except SourceError as error:
            log.warning("post_not_whole", extra=_fields(page, error))
            return await self._of_page(page)
        try:
            shown = await self._read(page)
        except FormatError:
            return whole
        return replace(
            whole,
            title=whole.title or shown.title,
            link=shown.link,
            author=whole.author or shown.author,
            published_at=whole.published_at or shown.published_at,
        )

    async def _of_page(self, page: Response) -> Entry:
        """The post on a page; where that is a frame around another page, the one on that."""
        inner = page
        for _ in range(MOST_STEPS):
            try:
                frame = await self._worker.run(find_frame, *_parts(inner))
                if frame is None:
                    break
                inner = await self._get(frame)
            except SourceError as error:
                log.warning("frame_not_read", extra=_fields(page, error))
                break
        if inner is not page:
            try:
                return replace(await self._read(inner), link=page.address)
            except FormatError:
                pass
        return await self._read(page)

    async def _read(self, page: Response) -> Entry:
        try:
            return await self._worker.run(read_page, *_parts(page))
        except FormatError as error:
            if error.key != "source.format.too_hard":
                raise
        return await self._worker.run(read_page, *_parts(page), with_text=False)

    async def _get(self, address: str) -> Response:
        return await self._fetcher.fetch(address, allow_private=self._may(address), accept=PAGES)

    def _may(self, address: str) -> bool:
        return urlsplit(address).netloc in self._private


def _parts(page: Response) -> tuple[bytes, str, str]:
    return page.body, page.address, page.content_type


def _fields(page: Response, error: SourceError) -> dict[str, object]:
    return {"link": shown_address(page.address), "error": str(error)}
