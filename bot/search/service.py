"""Search for the rest of the program: asks the engine in a reader's thread, keeps the log.

The index is kept by bot.search.index inside the transactions that change posts; where the analysis
has changed, `catch_up` makes a new one beside it (bot.search.rebuild).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import time
from dataclasses import replace
from datetime import UTC, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from bot.search import suggest
from bot.search.analyse import fold, normalise
from bot.search.answer import Question
from bot.search.engine import run_search
from bot.search.filters import Kind, KnownNames, mentions_name, parse_filters, post_filter
from bot.search.index import index_batch
from bot.search.offers import list_offers, list_unanswered, offer_by_meaning
from bot.search.other_names import GLOSSARY, OPERATOR, Names
from bot.search.query import parse_query
from bot.search.rebuild import PAGES, Step, is_up_to_date, read_progress, take_step
from bot.search.results import Miss, Narrowed, Order, Progress, SearchResult, Synonym
from bot.search.similar import is_waiting, list_similar, profile_batch
from bot.search.synonyms import index_synonyms, load_glossary
from bot.text.characters import is_visible
from storage import facts, search, search_filters, search_log
from storage.search_filters import EVERY

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from datetime import date, tzinfo

    from bot.clock import Clock
    from bot.search.filters import Filtered
    from bot.search.meaning import Meaning
    from bot.search.synonyms import Glossary
    from storage.database import Connection, Database, Transaction
    from storage.models import UserId
    from storage.search_filters import PostFilter

SECONDS = 0.04
"""Of the processor; after this no further repair of a query is begun."""
STOOD_BACK = 2.0
"""Times the seconds of a batch that whoever reads on leaves the processor to others."""
MOST_ONWARD = 3
"""Posts that a search in vain leads to: near titles, then those to read on with."""
MOST_MEANT = 5
"""Searches in vain for which the embedder is asked at once; none more where it has no answer."""
MOST_NAMED = 12
"""Authors or sources that are listed where a filter names none of them."""
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
        seconds: float | None = None,
    ) -> None:
        self._database = database
        self._meaning = meaning
        self._seconds = SECONDS if seconds is None else seconds
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
        """Take the telling words of posts that are new or changed.

        In what answers leave over: after each batch it stands back for as long again, or longer.
        """
        async with self._database.reader() as reader:
            waits = await reader.run(is_waiting)
        while waits:
            async with self._database.transaction() as tx:
                begun = time.monotonic()  # to wait for the writer is no work
                waits = bool(await tx.run(profile_batch))
            await asyncio.sleep(STOOD_BACK * (time.monotonic() - begun))

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
        zone: tzinfo = UTC,
    ) -> SearchResult:
        """A page of hits for what somebody typed; `exact`: as typed, no repair, no synonyms.

        `by_meaning`: a first page on which no post has every word names the nearest ones, too,
        where the program has an embedder. `zone`: where the days of filters begin.
        """
        today = self._clock.now().astimezone(zone).date()
        question = Question(query, order, max(offset, 0), max(limit, 0), exact)

        def run(db: sqlite3.Connection) -> tuple[SearchResult, PostFilter]:
            narrowed = _read_filters(db, query, today)
            asked = narrowed.asked
            only = post_filter(asked.filters, zone)
            found = self._run(db, replace(question, text=asked.words, only=only), asked)
            counts = found.narrowed
            narrowed = replace(narrowed, undated=counts.undated, outside=counts.outside)
            return replace(found, narrowed=narrowed), only

        async with self._database.reader() as reader:
            result, only = await reader.run(run)
        if by_meaning and not exact and not offset:
            return await self._rescued(result, only)
        return result

    def _names(self, db: sqlite3.Connection) -> tuple[Glossary, Names]:
        """The operators' synonyms, and all names."""
        own = index_synonyms(search_log.list_synonyms_now(db))
        return own, Names(db, ((own, OPERATOR), (self._glossary, GLOSSARY)))

    def _run(self, db: sqlite3.Connection, question: Question, asked: Filtered) -> SearchResult:
        _, names = self._names(db)
        found = run_search(db, question, names, seconds=self._seconds)
        if found.total or asked.unknown:
            return found
        if question.only != EVERY and asked.words:
            every = replace(question, only=EVERY, offset=0, limit=0)
            outside = run_search(db, every, names, seconds=self._seconds).total
            found = replace(found, narrowed=replace(found.narrowed, outside=outside))
        return _led_on(db, found, question.only)

    async def _rescued(self, result: SearchResult, only: PostFilter) -> SearchResult:
        """With the posts that mean what was asked, where none has every word."""
        if self._meaning is None or not is_visible(result.query) or result.narrowed.asked.unknown:
            return result
        if result.total and not result.partial:
            return result
        shown = {hit.post_id for hit in result.hits}
        if result.near is not None:
            shown |= {post_id for post_id, _ in result.near.posts}
        return replace(result, meant=await self._meaning.nearest(result.searched, shown, only))

    async def examples(self, count: int = 4) -> tuple[str, ...]:
        """Queries that this archive answers, to show how searching works."""
        async with self._database.reader() as reader:
            seconds = self._seconds
            return await reader.run(lambda db: suggest.list_examples(db, count, seconds=seconds))

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
        """What at least two people searched for in vain, the last asked first, with offers.

        What a synonym answers by now is not among it.
        """

        def run(db: sqlite3.Connection) -> list[Miss]:
            own, names = self._names(db)
            found = list_unanswered(db, rows, own, names, seconds=self._seconds)
            return [replace(one, offers=self._offers(db, one)) for one in islice(found, limit)]

        async with self._database.reader() as reader:
            rows = await search_log.list_misses(reader, MISSES_KEPT)
            found = await reader.run(run)
        return tuple(await self._with_meant(found))

    def _offers(self, db: sqlite3.Connection, miss: Miss) -> tuple[Synonym, ...]:
        return list_offers(db, miss.query, self._glossary, seconds=self._seconds)

    async def _with_meant(self, misses: list[Miss]) -> list[Miss]:
        """With words of posts that mean the same, for the first few to which no word is near."""
        lacking = [one for one in misses if not one.offers and self._meaning is not None]
        meant: dict[str, tuple[Synonym, ...]] = {}
        for one in lacking[:MOST_MEANT]:
            if not (offers := await self._offers_by_meaning(one.query)):
                break
            meant[one.query] = offers
        return [replace(one, offers=meant.get(one.query, one.offers)) for one in misses]

    async def _offers_by_meaning(self, query: str) -> tuple[Synonym, ...]:
        near = await self._meaning.nearest(query) if self._meaning is not None else ()
        ids = [post_id for post_id, _ in near]
        async with self._database.reader() as reader:
            return await reader.run(lambda db: offer_by_meaning(db, query, ids))

    async def forget_asker(self, tx: Transaction, user_id: UserId) -> int:
        """Delete what this person alone searched for in vain; how many queries."""
        own = await _misses_of(tx, user_id)
        await search_log.delete_misses(tx, own)
        return len(own)

    async def has_asked(self, db: Connection, user_id: UserId) -> bool:
        """Whether there is anything that this person alone searched for in vain."""
        return bool(await _misses_of(db, user_id))

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


def _read_filters(db: sqlite3.Connection, query: str, today: date) -> Narrowed:
    """What the query asks for; where it names nobody, those it may name."""
    if not mentions_name(query):
        return Narrowed(parse_filters(query, today, KnownNames()))
    authors = tuple(search_filters.list_authors(db))
    sources = tuple(search_filters.list_source_names(db))
    asked = parse_filters(query, today, KnownNames(authors, sources))
    kinds = {one.kind for one in asked.unknown}
    titles = tuple(title or address for _, title, address in sources)
    return Narrowed(
        asked,
        authors=tuple(search_filters.list_busiest_authors(db, MOST_NAMED))
        if Kind.BY in kinds
        else (),
        sources=titles[:MOST_NAMED] if Kind.SOURCE in kinds else (),
    )


def _led_on(db: sqlite3.Connection, found: SearchResult, only: PostFilter) -> SearchResult:
    """A search in vain, with what may be missing, and where to read on."""
    near = found.near.posts if found.near is not None else ()
    known = {post_id for post_id, _ in near}
    similar = list_similar(db, near[0][0], 2 * MOST_ONWARD, only) if near else []
    onward = [one for one in similar if one[0] not in known][: max(0, MOST_ONWARD - len(near))]
    return replace(found, progress=read_progress(db), onward=tuple(onward))


def _miss_key(query: str) -> str:
    return fold(normalise(parse_query(query).text))


async def _misses_of(db: Connection, user_id: UserId) -> list[str]:
    salt = await facts.get_fact(db, _SALT) or ""
    marked = await search_log.list_marked_misses(db)
    return [query for query, mark in marked if mark == _mark(salt, query, user_id)]


def _mark(salt: str, query: str, user_id: int) -> bytes:
    """Two bytes that tell a second person from the first, and fit one in 65,536 people."""
    return hashlib.blake2b(f"{salt}\n{query}\n{user_id}".encode(), digest_size=2).digest()
