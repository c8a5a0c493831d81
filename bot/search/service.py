"""Search for the rest of the program: asks the engine in a reader's thread, keeps the log.

The index is kept by bot.search.index inside the transactions that change posts; where the analysis
has changed, `catch_up` makes a new one beside it (bot.search.rebuild).
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.search import suggest
from bot.search.analyse import fold, normalise
from bot.search.answer import Question
from bot.search.engine import run_search
from bot.search.index import index_batch
from bot.search.other_names import GLOSSARY, OPERATOR, Names
from bot.search.query import parse_query
from bot.search.rebuild import PAGES, Step, is_up_to_date, read_progress, take_step
from bot.search.results import Miss, Order, Progress, SearchResult, Synonym
from bot.search.similar import is_waiting, list_similar, profile_batch
from bot.search.synonyms import index_synonyms, load_glossary
from bot.text.characters import is_visible
from storage import facts, search, search_log

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from bot.clock import Clock
    from bot.search.meaning import Meaning
    from bot.search.synonyms import Glossary
    from storage.database import Database, Transaction
    from storage.models import UserId

SECONDS = 0.04
"""Of the processor; after this no further repair of a query is begun."""
MOST_ONWARD = 3
"""Posts that a search in vain leads to: near titles, then those to read on with."""
MISSES_KEPT = 2000
MISSES_KEPT_FOR = timedelta(days=180)
_SALT = "search_salt"

log = logging.getLogger(__name__)


class SearchService:
    """One for the program; every method may be called from any task.

    `seconds` of the processor may pass before the last attempt to repair a query is begun.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        glossary: Glossary | None = None,
        meaning: Meaning | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._database = database
        self._meaning = meaning
        self._seconds = seconds
        self._clock = clock
        self._glossary = load_glossary() if glossary is None else glossary

    async def prepare(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Take in what is waiting, so that a search is answered from every post.

        `progress(done, total)` in posts, after each batch; not called when nothing is to do. Where
        the analysis changed, the old index answers until `catch_up` has made the new one.
        """
        async with self._database.reader() as reader:
            version, posts = await reader.run(search.get_state)
            total = await reader.run(search.count_pending)
        if total:
            log.info("search_index_behind", extra={"posts": total, "from_version": version})
            await self._take_in(total, progress)
            if total > posts:
                await self._join()
            log.info("search_index_ready", extra={"posts": total})

    async def catch_up(self) -> None:
        """Take in what is waiting; where the analysis changed, make the new index."""
        async with self._database.reader() as reader:
            if await reader.run(is_up_to_date):
                return
        tenth = 0
        while (step := await self._step()) is not Step.NOTHING:
            if step is Step.ADDED:
                tenth = await self._log_progress(tenth)
            elif step in {Step.BEGUN, Step.CHANGED_OVER}:
                log.info("search_rebuild", extra={"step": step.name.lower()})

    async def read_on(self) -> None:
        """Take the telling words of posts that are new or changed."""
        async with self._database.reader() as reader:
            waits = await reader.run(is_waiting)
        while waits:
            async with self._database.transaction() as tx:
                waits = bool(await tx.run(profile_batch))

    async def read_meaning(self) -> None:
        """Make the vectors that lack, where the program has an embedder."""
        if self._meaning is not None:
            await self._meaning.make()

    async def progress(self) -> Progress | None:
        """How far the index is; None where it is whole and of today's analysis."""
        async with self._database.reader() as reader:
            return await reader.run(read_progress)

    async def _step(self) -> Step:
        async with self._database.transaction() as tx:
            return await tx.run(take_step)

    async def _take_in(self, total: int, progress: Callable[[int, int], None] | None) -> None:
        done = 0
        while batch := await self._batch():
            done += batch
            if progress is not None:
                progress(min(done, total), total)

    async def _batch(self) -> int:
        async with self._database.transaction() as tx:
            return await tx.run(index_batch)

    async def _join(self) -> None:
        """Join the pieces of a freshly built index into one, a little at a time."""
        pages, is_more = -PAGES, True
        while is_more:
            async with self._database.transaction() as tx:
                is_more = await tx.run(partial(search.merge_pages, pages=pages))
            pages = PAGES

    async def _log_progress(self, tenth: int) -> int:
        """Say so at each tenth of the way; the tenth that was reached."""
        progress = await self.progress()
        if progress is None or (reached := 10 * progress.done // progress.total) == tenth:
            return tenth
        log.info("search_rebuild", extra={"posts": progress.done, "of": progress.total})
        return reached

    async def search(
        self,
        query: str,
        *,
        order: Order = Order.BEST,
        offset: int = 0,
        limit: int = 5,
        exact: bool = False,
        by_meaning: bool = False,
    ) -> SearchResult:
        """A page of hits for what somebody typed; `exact`: as typed, no repair, no synonyms.

        `by_meaning`: a first page on which no post has every word names the nearest ones, too,
        where the program has an embedder.
        """
        question = Question(query, order, max(offset, 0), max(limit, 0), exact)

        def run(db: sqlite3.Connection) -> SearchResult:
            own = index_synonyms(search_log.list_synonyms_now(db))
            names = Names(db, ((own, OPERATOR), (self._glossary, GLOSSARY)))
            found = run_search(db, question, names, seconds=self._seconds)
            return found if found.total else _led_on(db, found)

        async with self._database.reader() as reader:
            result = await reader.run(run)
        if by_meaning and not exact and not offset:
            return await self._rescued(result)
        return result

    async def _rescued(self, result: SearchResult) -> SearchResult:
        """With the posts that mean what was asked, where none has every word."""
        if self._meaning is None or not is_visible(result.query):
            return result
        if result.total and not result.partial:
            return result
        shown = {hit.post_id for hit in result.hits}
        if result.near is not None:
            shown |= {post_id for post_id, _ in result.near.posts}
        return replace(result, meant=await self._meaning.nearest(result.searched, shown))

    async def examples(self, count: int = 3) -> tuple[str, ...]:
        """Queries that this archive answers, to show how searching works."""
        async with self._database.reader() as reader:
            return await reader.run(lambda db: suggest.list_examples(db, count))

    async def record_miss(self, query: str, user_id: UserId) -> None:
        """Note that somebody searched in vain. Who it was cannot be read back."""
        text = _miss_key(query)
        if not text:
            return
        now = self._clock.now()
        async with self._database.transaction() as tx:
            salt = await facts.get_fact(tx, _SALT)
            if salt is None:
                salt = secrets.token_hex(16)
                await facts.set_fact(tx, _SALT, salt)
            known = await search_log.get_miss(tx, text)
            people, first = known or (0, None)
            mark: bytes | None = _mark(salt, text, user_id)
            if known is None:
                people = 1
            elif first is None or first != mark:
                people, mark = people + (first is not None), None
            await search_log.set_miss(tx, text, people, mark, now)
            await search_log.delete_old_misses(tx, now - MISSES_KEPT_FOR, MISSES_KEPT)

    async def list_misses(self, limit: int = 20) -> tuple[Miss, ...]:
        """What at least two people searched for in vain, the last asked first."""
        async with self._database.reader() as reader:
            return tuple(Miss(*row) for row in await search_log.list_misses(reader, limit))

    async def forget_asker(self, tx: Transaction, user_id: UserId) -> int:
        """Delete what this person alone searched for in vain; how many queries."""
        salt = await facts.get_fact(tx, _SALT) or ""
        marked = await search_log.list_marked_misses(tx)
        own = [query for query, mark in marked if mark == _mark(salt, query, user_id)]
        await search_log.delete_misses(tx, own)
        return len(own)

    async def add_synonym(self, left: str, right: str) -> bool:
        """Let both names find each other; False when that was known."""
        async with self._database.transaction() as tx:
            return await search_log.add_synonym(tx, left, right, self._clock.now())

    async def list_synonyms(self) -> tuple[Synonym, ...]:
        """What operators added, the newest first."""
        async with self._database.reader() as reader:
            return tuple(Synonym(*pair) for pair in await search_log.list_synonyms(reader))

    async def delete_synonym(self, left: str, right: str) -> bool:
        """Forget a synonym, whichever way round; whether there was one."""
        async with self._database.transaction() as tx:
            return await search_log.delete_synonym(tx, left, right)


def _led_on(db: sqlite3.Connection, found: SearchResult) -> SearchResult:
    """A search in vain, with what may be missing, and where to read on."""
    near = found.near.posts if found.near is not None else ()
    known = {post_id for post_id, _ in near}
    similar = list_similar(db, near[0][0], 2 * MOST_ONWARD) if near else []
    onward = [one for one in similar if one[0] not in known][: max(0, MOST_ONWARD - len(near))]
    return replace(found, progress=read_progress(db), onward=tuple(onward))


def _miss_key(query: str) -> str:
    return fold(normalise(parse_query(query).text))


def _mark(salt: str, query: str, user_id: int) -> bytes:
    """Two bytes that tell a second person from the first, and fit one in 65,536 people."""
    return hashlib.blake2b(f"{salt}\n{query}\n{user_id}".encode(), digest_size=2).digest()
