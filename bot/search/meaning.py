"""Posts that mean what a query means, where its words find little: a rescue beside the results.

Without an embedder there is none of it. Vectors are made in the background, the newest posts first;
those of another model are not compared, and are replaced one by one. A model finds something for
every nonsense, so what it finds stands apart, under its own heading.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.errors import SosikError
from bot.search.embedding import MODEL_MEGABYTES, text_of
from storage import search, vectors
from storage.search_filters import EVERY

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.search.embedding import Embedder
    from storage.database import Database
    from storage.models import PostId
    from storage.search_filters import PostFilter

MOST = 3
"""Posts that are offered."""
PATIENCE_SECONDS = 3.0
"""So long a search waits for them: it has its own answer already."""
LOGGED_EVERY = 500
"""Posts between two lines of the log."""
PROBE = "소식"
"""A text that every model can read."""

log = logging.getLogger(__name__)

_Post = tuple["PostId", str, str]


class Meaning:
    """Keeps the vectors, and asks them."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self._embedder = embedder
        self._works = True

    async def nearest(
        self, query: str, without: Collection[PostId] = (), only: PostFilter = EVERY
    ) -> tuple[tuple[PostId, str], ...]:
        """The nearest posts that pass, at most `MOST`, ids and titles.

        None where it takes too long.
        """
        async with self._database.reader() as reader:
            is_on = await reader.run(lambda db: vectors.has_vectors(db, self._embedder.name))
        if not (is_on and self._works):
            return ()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                found = await self._embedder.nearest(query, MOST + len(without), only)
        except (TimeoutError, SosikError, RuntimeError, OSError) as error:
            log.warning("meaning_not_found", extra={"error": type(error).__name__})
            return ()
        ids = [post_id for post_id, _ in found if post_id not in without][:MOST]
        async with self._database.reader() as reader:
            texts = await reader.run(lambda db: search.list_texts(db, ids))
        return tuple((one.post_id, one.title) for one in texts)

    async def make(self) -> None:
        """Make the vectors of posts that have none of this model, until there is none left."""
        made = 0
        while self._works and (post := await self._next()):
            if not made:
                await self._log("meaning_begins", model_megabytes=MODEL_MEGABYTES)
            await self._make(post)
            made += 1
            if made % LOGGED_EVERY == 0:
                await self._log("meaning_goes_on")
        if made and self._works:
            await self._log("meaning_ready")

    async def _next(self) -> _Post | None:
        name = self._embedder.name
        async with self._database.reader() as reader:
            found = await reader.run(lambda db: vectors.list_without_vector(db, name, 1))
        return found[0] if found else None

    async def _make(self, post: _Post) -> None:
        """One vector; a text that the model cannot read has none, if it can read any."""
        vector = await self._embed(text_of(*post[1:]))
        if vector is None and await self._embed(PROBE) is None:
            self._works = False
            log.error("meaning_does_not_work", extra={"model": self._embedder.name})
            return
        name = self._embedder.name
        async with self._database.transaction() as tx:
            await tx.run(lambda db: vectors.set_vector(db, post, name, vector))

    async def _embed(self, text: str) -> bytes | None:
        try:
            return (await self._embedder.embed([text]))[0]
        except (SosikError, RuntimeError, OSError) as error:
            log.warning("meaning_not_made", extra={"error": type(error).__name__})
            return None

    async def _log(self, event: str, **more: int) -> None:
        async with self._database.reader() as reader:
            made, total = await reader.run(vectors.count_vectors)
        fields = {"posts": made, "of": total, "model": self._embedder.name, **more}
        log.info(event, extra=fields)
