"""Keep the index in step with the posts, inside the transaction that changed them.

Triggers on `posts` note every post that is new, edited, removed, restored or merged away, with what
the index holds of it. Whoever changes posts ends the transaction with `index_changes(tx)`.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bot.search.analyse import ANALYSIS_VERSION, analyse_text, post_tokens
from bot.search.bracketed_names import text_pairs
from bot.search.sounds import word_sound
from bot.text.hangul import initials, keys
from storage import search, search_rebuild, search_words
from storage.search import CURRENT, SPARE, PendingPost
from storage.search_words import Spelling, WordChange

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from storage.database import Transaction
    from storage.search import IndexTables
    from storage.search_rebuild import Rebuild

T = TypeVar("T")

BATCH = 50
"""Posts a transaction at most."""
SECONDS = 0.012
"""After this no further post is begun. With its words and the commit a batch takes three times it:
nobody waits longer than 50 ms for the writer, but for a single long post."""


async def index_changes(tx: Transaction) -> int:
    """Take in what this transaction changed, as much as `index_batch` does; how many posts.

    What is beyond, also of earlier transactions, waits for `SearchService.catch_up`: nobody else
    writes meanwhile.
    """
    return await tx.run(index_batch)


def index_batch(db: sqlite3.Connection, limit: int = BATCH) -> int:
    """Take in waiting posts, up to `limit` and for about `SECONDS`; how many they were."""
    pending = search.list_pending(db, limit)
    if not pending:
        return 0
    if not search.get_state(db)[1]:
        search.set_analysis(db, ANALYSIS_VERSION)
    rebuild = search_rebuild.get_rebuild(db)
    old, new = _Changes(), _Changes()
    done = []
    for post in within(SECONDS, pending):
        _move(db, post, old)
        if rebuild is not None and post.post_id <= rebuild.last_id:
            _move(db, post, new, SPARE)
        done.append(post.post_id)
    _write(db, old)
    search.add_to_count(db, old.count)
    if rebuild is not None:
        _write(db, new, SPARE)
        search_rebuild.set_rebuild(db, replace(rebuild, posts=rebuild.posts + new.count))
    search.delete_pending(db, done)
    return len(done)


def rebuild_batch(db: sqlite3.Connection, rebuild: Rebuild) -> int:
    """Put the next posts into the new index, as many as `index_batch`; how many they were.

    Nothing may be waiting for the other one: what waits is moved from an older text to a newer, and
    the new index would never have had the older.
    """
    changes = _Changes()
    last_id = rebuild.last_id
    for post_id, title, body in within(
        SECONDS, search_rebuild.list_posts_after(db, rebuild.last_id, BATCH)
    ):
        _move(db, PendingPost(post_id, None, (title, body)), changes, SPARE)
        last_id = post_id
    _write(db, changes, SPARE)
    posts = rebuild.posts + changes.count
    search_rebuild.set_rebuild(db, replace(rebuild, posts=posts, last_id=last_id))
    return changes.count


def within(seconds: float, work: Iterable[T]) -> Iterator[T]:
    """What there is to do, none of it begun after `seconds`, the first always."""
    until = time.monotonic() + seconds
    for number, one in enumerate(work):
        if number and time.monotonic() > until:
            return
        yield one


def _move(
    db: sqlite3.Connection, post: PendingPost, changes: _Changes, into: IndexTables = CURRENT
) -> None:
    if post.old is not None:
        search.delete_indexed(db, post.post_id, changes.add(*post.old, sign=-1), into)
    if post.new is not None:
        search.add_indexed(db, post.post_id, changes.add(*post.new, sign=1), into)


def _write(db: sqlite3.Connection, changes: _Changes, into: IndexTables = CURRENT) -> None:
    search_words.change_words(db, changes.of_words(), _spell, into)
    search_words.change_pairs(db, changes.of_pairs(), into)


class _Changes:
    """What a batch adds to the vocabulary and takes from it, summed up."""

    def __init__(self) -> None:
        self.count = 0
        self._posts: Counter[str] = Counter()
        self._titles: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()

    def add(self, title: str, body: str, *, sign: int) -> list[str]:
        """One post more (`sign` 1) or fewer (-1); its tokens."""
        of_title, of_body = analyse_text(title), analyse_text(body)
        for word in of_title.words | of_body.words:
            self._posts[word] += sign
        for word in of_title.words:
            self._titles[word] += sign
        for pair in text_pairs(title) | text_pairs(body):
            self._pairs[pair] += sign
        self.count += sign
        return post_tokens(of_title, of_body, title)

    def of_words(self) -> list[WordChange]:
        """Words whose counts change, in order: neighbours go to neighbouring pages."""
        return [
            WordChange(word, posts, self._titles[word])
            for word, posts in sorted(self._posts.items())
            if posts or self._titles[word]
        ]

    def of_pairs(self) -> list[tuple[str, str, int]]:
        """Pairs whose counts change."""
        return [(*pair, posts) for pair, posts in sorted(self._pairs.items()) if posts]


def _spell(word: str) -> Spelling:
    return Spelling(keys(word), initials(word) or None, word_sound(word))
