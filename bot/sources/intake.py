"""From what a source answered to the archive: texts read, changes decided, all recorded at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.sources.brake import brake
from bot.sources.changes import ChangeKind
from bot.sources.decide import (
    MISSING_AFTER,
    decide_changes,
    decide_gaps,
    decide_removed,
    decide_still_there,
    keep_wholes,
    spanned_since,
)
from bot.sources.documents import read_texts
from bot.sources.entries import new_post, without_text
from bot.sources.errors import FormatError
from bot.sources.flapping import put_off
from bot.sources.identity import match
from bot.sources.news import weigh
from bot.sources.poll_record import TELL_AGAIN_AFTER, is_back
from bot.sources.reading import FORMATS, READING
from bot.sources.record import record_changes
from storage import posts, quiet_posts, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.sources.brake import Braked
    from bot.sources.changes import Change, Changed, Recorded
    from bot.sources.entries import Entry
    from bot.sources.http.fetch import Fetcher
    from bot.sources.identity import Keys, Match
    from bot.sources.news import Weighed
    from bot.sources.poll_record import PollRecord
    from bot.sources.reading import Read
    from bot.sources.record import PostObserver
    from bot.sources.worker import Worker
    from storage.database import Connection, Database, Transaction
    from storage.models import NewPost, PostId, Source, SourceId

BATCH_LENGTH = 1_000_000
"""Characters of HTML that are read at a time: each time has its own limit."""
MOST_QUESTIONS = 3
"""Pages asked for after one poll whether they are gone."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes what sources answered into the archive."""

    database: Database
    clock: Clock
    html_to_text: Callable[[str], str]
    """A module's function: it is called in another process."""
    observers: tuple[PostObserver, ...]
    poll_record: PollRecord

    async def take_in(self, source: Source, read: Read, worker: Worker) -> list[Recorded]:
        """Record what is new and different; `worker` reads the texts before that.

        The operators hear of a source whose texts are not all kept.
        """
        texts, lacking = await self._read(read, worker)
        async with self.database.transaction() as tx:
            now = self.clock.now()
            matches = await _match(tx, source, read)
            said = [self._text(one, texts) for one in matches]
            matches, said, lacks = keep_wholes(matches, said, lacking)
            decided = _decide(source, read, matches, said, now)
            decided = replace(decided, again_at=now) if lacks else decided
            gaps = [] if decided.braked else await _gaps(tx, source, read, matches, now)
            recorded = await record_changes(
                tx, [*gaps, *decided.changes], now=now, observers=self.observers
            )
            await _note(tx, source, decided, recorded, now)
            await self.poll_record.record_brake(tx, source, decided.braked)
            is_held = decided.braked is not None  # what such an answer calls itself is not believed
            await self.poll_record.record_success(
                tx, source, replace(read, fetched=None) if is_held else read
            )
            await self.poll_record.tell_of_quiet(tx, source, _quiet(recorded))
            if any(post.cut and not one.partial for one, post in texts.items()):
                await self.poll_record.tell_of_size(tx, source)
        return recorded

    async def take_out(
        self, source: Source, fetcher: Fetcher, *, allow_private: bool
    ) -> list[Recorded]:
        """Ask for posts that the source has left out for a while; record those that are gone."""
        until = self.clock.now() - MISSING_AFTER
        async with self.database.reader() as db:
            missing = await posts.list_missing(db, source.id, until)
        answers: dict[PostId, bool | None] = {}
        for known in missing[:MOST_QUESTIONS]:
            link = known.post.link
            gone = await fetcher.is_gone(link, allow_private=allow_private) if link else False
            answers[known.post.id] = gone
        if not answers:
            return []
        async with self.database.transaction() as tx:
            now = self.clock.now()
            changes: list[Changed] = []
            for post_id, gone in answers.items():
                here = await posts.get_known(tx, post_id)  # a hand may have changed it meanwhile
                if here is not None and here.post.removed_at is None:
                    changes.append((decide_removed if gone else decide_still_there)(here, now))
            return await record_changes(tx, changes, now=now, observers=self.observers)

    async def _read(
        self, read: Read, worker: Worker
    ) -> tuple[dict[Entry, NewPost], frozenset[Entry]]:
        """What nobody has read yet, and of which entries only the beginning was to be had."""
        async with self.database.reader() as db:
            words = [keys.words for _, keys in read.identified]
            known = await posts.list_fingerprints(db, words)
        unread = [entry for entry, keys in read.identified if keys.words not in known]
        wholes = await read.whole(unread)
        found = await self._read_texts(wholes, worker)
        lacking = frozenset(one for one, whole in zip(unread, wholes, strict=True) if whole.partial)
        return dict(zip(unread, found, strict=True)), lacking

    async def _read_texts(self, entries: Sequence[Entry], worker: Worker) -> list[NewPost]:
        return [
            post for batch in _batches(entries) for post in await self._read_batch(batch, worker)
        ]

    async def _read_batch(self, batch: Sequence[Entry], worker: Worker) -> list[NewPost]:
        """A batch's posts; of one that cannot be read with its text, title and link are kept."""
        try:
            return await worker.run(read_texts, self.html_to_text, batch)
        except FormatError:
            if len(batch) == 1:
                return [without_text(batch[0])]
        return [post for one in batch for post in await self._read_batch([one], worker)]

    def _text(self, one: Match, texts: dict[Entry, NewPost]) -> NewPost | None:
        """The post that an unread entry is; a few are left to be read here (another feed's)."""
        if not one.is_unread:
            return None
        return texts.get(one.entry) or new_post(one.entry, self.html_to_text)


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries, together as long as their texts are not long."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        if batch and size + len(entry.html) > BATCH_LENGTH:
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += len(entry.html)
    if batch:
        yield batch


async def _match(db: Connection, source: Source, read: Read) -> list[Match]:
    keys = [keys for _, keys in read.identified]
    known = await posts.list_matching(
        db,
        source.id,
        guids={one.guid for one in keys if one.guid},
        link_keys={one.link for one in keys if one.link},
        title_keys={one.title for one in keys if one.title},
        fingerprints={one.words for one in keys},
        dates=_dates_of_nameless(read.identified),
    )
    has_others = any(one.post.source_id != source.id for one in known)
    adopts = await _adopted(db) if has_others else []
    is_reread = source.reading != READING
    return match(read.identified, known, source.id, adopts=adopts, is_reread=is_reread)


async def _adopted(db: Connection) -> list[SourceId]:
    """The sources whose posts another one takes over."""
    return await sources.list_ids(db, [kind for kind, one in FORMATS.items() if one.is_adopted])


def _dates_of_nameless(identified: Iterable[tuple[Entry, Keys]]) -> set[datetime]:
    """The dates of entries that neither guid nor link tells apart."""
    return {
        entry.published_at
        for entry, keys in identified
        if keys.guid is None and keys.link is None and entry.published_at is not None
    }


@dataclass(frozen=True, slots=True)
class _Decided:
    """What is to be written of an answer."""

    changes: Sequence[Change]
    weighed: Weighed
    again_at: datetime | None
    """When to look at edits again that are put off, or held back."""
    braked: Braked | None


def _decide(
    source: Source,
    read: Read,
    matches: Sequence[Match],
    said: Sequence[NewPost | None],
    now: datetime,
) -> _Decided:
    gap = None if read.fetched is None else read.fetched.gap
    first_at, baseline = source.first_fetched_at, source.baseline
    is_reread = source.reading != READING
    weighed = weigh(matches, baseline, first_at=first_at, now=now, gap=gap, is_reread=is_reread)
    decided = decide_changes(
        matches,
        said,
        source_id=source.id,
        now=now,
        quiet=weighed.quiet,
        is_reread=is_reread,
    )
    changes, again_at = put_off(decided, now)
    is_free = source.is_accepted or baseline.filled_at is None
    braked = None if is_free else brake(changes, matches)
    if braked is not None:  # looked at then though it stays the same: the operators hear of it
        return _Decided(braked.changes, weighed, now + TELL_AGAIN_AFTER, braked)
    return _Decided(changes, weighed, again_at, None)


async def _note(
    tx: Transaction, source: Source, decided: _Decided, recorded: Sequence[Recorded], now: datetime
) -> None:
    """Keep what the next answer is held against, and what an operator may yet push."""
    weighed, again_at = decided.weighed, decided.again_at
    reading = source.reading if decided.braked else READING
    if (source.reading, source.read_anew_at) != (reading, again_at):
        await sources.set_reading(tx, source.id, reading, read_anew_at=again_at)
    if weighed.baseline != source.baseline:
        await sources.set_baseline(tx, source.id, weighed.baseline)
    if not weighed.is_first or is_back(source):
        await quiet_posts.add_quiet(tx, source.id, _quiet(recorded), now)


def _quiet(recorded: Iterable[Recorded]) -> list[PostId]:
    return [one.post.id for one in recorded if one.kind is ChangeKind.NEW and one.quiet]


async def _gaps(
    tx: Transaction, source: Source, read: Read, matches: Sequence[Match], now: datetime
) -> list[Changed]:
    since = spanned_since(read.fetched) if read.fetched is not None else None
    if since is None:
        return []
    found = {one.known.post.id for one in matches if one.known is not None}
    return decide_gaps(await posts.list_left_out(tx, source.id, since, found), now)
