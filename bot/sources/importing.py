"""Imports archive texts: each in one transaction; the same text again changes nothing."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from stat import S_ISREG
from typing import TYPE_CHECKING

from bot.errors import reason_of
from bot.sources.changes import Added, Change, Changed, ChangeKind
from bot.sources.entries import title_key
from bot.sources.errors import SourceError
from bot.sources.formats.archive import parse_archive
from bot.sources.listing_order import merge_order
from bot.sources.record import record_changes
from storage import posts, sources, takedowns
from storage.models import BlogCounts, SourceId, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from bot.clock import Clock
    from bot.sources.formats.archive import Archive
    from bot.sources.record import PostObserver
    from storage.database import Connection, Database, Transaction
    from storage.models import NewPost
    from storage.posts import KnownPost

LARGEST_FILE = 10_000_000
"""In bytes; ten thousand posts take half of it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. `unfinished_line` is where the file leaves its last post unfinished."""

    title: str
    found: int
    added: int
    changed: int
    unfinished_line: int | None


class ArchiveImporter:
    """Takes archive files in; nothing of it is announced."""

    def __init__(
        self, database: Database, clock: Clock, observers: tuple[PostObserver, ...] = ()
    ) -> None:
        self._database = database
        self._clock = clock
        self._observers = observers

    async def plan(self, archive: Archive) -> Imported:
        """What an import would do, as things stand; nothing is changed."""
        async with self._database.reader() as db:
            source = await sources.get_by_address(db, address_of(archive))
            source_id = NO_SOURCE if source is None else source.id
            changes = await _decide(db, archive, source_id, self._clock.now())
        added = sum(map(_is_added, changes))
        return _imported(archive, added, added + sum(map(_is_told, changes)))

    async def import_archive(self, archive: Archive) -> Imported:
        """Take in an archive. The site's title names the source, not the file's."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            source_id = await _source(tx, archive)
            changes = await _decide(tx, archive, source_id, now)
            for one in changes:
                if isinstance(one, Changed) and one.kind is ChangeKind.RESTORED:
                    await takedowns.set_put_back(tx, one.after.post.id)
            recorded = await record_changes(tx, changes, now=now, observers=self._observers)
        added = sum(one.kind in {ChangeKind.NEW, ChangeKind.RESTORED} for one in recorded)
        return _imported(archive, added, len(recorded))


NO_SOURCE = SourceId(0)
"""Of a listing that is not known."""


async def read_archive(path: Path) -> Archive:
    """What is in an archive file. Raises SourceError, or ArchiveError with the line."""
    data = await asyncio.to_thread(read_file, path)
    return await asyncio.to_thread(parse_archive, data)


def address_of(archive: Archive) -> str:
    """The address of the source that a listing is."""
    return f"archive:{archive.title}"


async def _source(tx: Transaction, archive: Archive) -> SourceId:
    """The source that a listing is, as it calls itself now; one whose import was undone is back."""
    source = await sources.get_by_address(tx, address_of(archive))
    if source is None or source.ended_at is not None:
        source_id = await sources.add_source(tx, address_of(archive), SourceKind.ARCHIVE)
    else:
        source_id = source.id
    if source is None or (source.title, source.tagline) != (archive.title, archive.tagline):
        await sources.set_profile(tx, source_id, title=archive.title, tagline=archive.tagline)
    return source_id


async def _decide(
    db: Connection, archive: Archive, source_id: SourceId, now: datetime
) -> list[Change]:
    keys = {title_key(post.title) for post in archive.posts}
    return decide_import(
        archive,
        await posts.list_placed(db, source_id),
        await posts.list_matching(db, source_id, title_keys=keys),
        source_id=source_id,
        now=now,
    )


def _is_added(change: Change) -> bool:
    return isinstance(change, Added) or change.kind is ChangeKind.RESTORED


def _is_told(change: Change) -> bool:
    return not _is_added(change) and getattr(change, "kind", None) is not ChangeKind.NOTED


def _imported(archive: Archive, added: int, told: int) -> Imported:
    return Imported(
        title=archive.title,
        found=len(archive.posts),
        added=added,
        changed=told - added,
        unfinished_line=archive.unfinished_line,
    )


def read_file(path: Path) -> bytes:
    """What is in an archive file. Raises SourceError where it is none, or cannot be read.

    A device or a pipe may have no end, and is not even opened.
    """
    try:
        if not S_ISREG(path.stat().st_mode):
            raise SourceError("source.file.none", path=path.name)
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        key = "source.file.unreadable"
        raise SourceError(key, path=path.name, reason=reason_of(error)) from error
    if len(data) > LARGEST_FILE:
        limit_mb = LARGEST_FILE // 1_000_000
        raise SourceError("source.file.too_large", path=path.name, limit_mb=limit_mb)
    return data


def decide_import(
    archive: Archive,
    placed: Sequence[KnownPost],
    alike: Iterable[KnownPost],
    *,
    source_id: SourceId,
    now: datetime,
) -> list[Change]:
    """What a listing changes, the oldest first. Pure.

    `placed` are the posts of its earlier imports, in order; `alike` all posts with one of its
    titles. The title is the identity; posts of one title are paired in order, from the oldest.
    Posts that the file lacks stay where they were: a listing may be copied in part.
    """
    pairs = _pair(archive.posts, placed, alike)
    order = merge_order(
        [one.post.id for one in placed],
        [-place - 1 if known is None else known.post.id for place, (_, known) in enumerate(pairs)],
    )
    places = {item: place for place, item in enumerate(order)}
    seen = {known.post.id for _, known in pairs if known is not None}
    changes: list[Change] = [
        Changed(ChangeKind.NOTED, one, replace(one, post=replace(one.post, position=place)))
        for one in placed
        if one.post.id not in seen and (place := places[one.post.id]) != one.post.position
    ]
    for index, (post, known) in reversed(list(enumerate(pairs))):
        place = places[-index - 1 if known is None else known.post.id]
        if known is None:
            at = replace(post, position=place)
            changes.append(Added(source_id, at, quiet=True, listing_id=source_id))
        elif change := _changed(known, replace(post, position=place), source_id, now):
            changes.append(change)
    return changes


def _pair(
    listed: Sequence[NewPost], placed: Sequence[KnownPost], alike: Iterable[KnownPost]
) -> list[tuple[NewPost, KnownPost | None]]:
    free: dict[str, list[KnownPost]] = defaultdict(list)
    elsewhere = [one for one in alike if one.listing_id is None]
    for one in (*elsewhere, *placed):  # the last of a list, so the oldest placed, is taken first
        free[title_key(one.post.title)].append(one)
    pairs: list[tuple[NewPost, KnownPost | None]] = []
    for post in reversed(listed):
        candidates = free[title_key(post.title)]
        pairs.append((post, candidates.pop() if candidates else None))
    pairs.reverse()
    return pairs


def _changed(
    known: KnownPost, listed: NewPost, source_id: SourceId, now: datetime
) -> Changed | None:
    post = replace(known.post, position=listed.position)
    if listed.blog != BlogCounts():
        post = replace(post, blog=listed.blog)
    if known.fingerprint is None and known.listing_id is not None:
        longer_known = listed.cut and post.body.startswith(listed.body)
        body, cut = (post.body, post.cut) if longer_known else (listed.body, listed.cut)
        edited = (listed.title, body) != (post.title, post.body)
        post = replace(
            post,
            title=listed.title,
            body=body,
            author=listed.author,
            cut=cut,
            edited_at=now if edited else post.edited_at,
            removed_at=None if post.taken_down_at is None else post.removed_at,
        )
    after = replace(known, post=post, listing_id=source_id)
    return None if after == known else Changed(_kind(known, after), known, after)


def _kind(before: KnownPost, after: KnownPost) -> ChangeKind:
    if before.post.removed_at != after.post.removed_at:
        return ChangeKind.RESTORED  # its import was undone
    if before.post.edited_at != after.post.edited_at:
        return ChangeKind.EDITED
    return ChangeKind.COUNTS if before.post.blog != after.post.blog else ChangeKind.NOTED
