"""Keep the index in step with the posts, inside the transaction that changed them.

Triggers on `posts` note every post that is new, edited, removed, restored or merged away, with what
the index holds of it. Whoever changes posts ends the transaction with `index_changes(tx)`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.search.analyse import analyse_text, post_tokens
from bot.search.bracketed_names import text_pairs
from bot.search.sounds import word_sound
from bot.text.hangul import initials, keys
from storage import search, search_words
from storage.search_words import Spelling, WordChange

if TYPE_CHECKING:
    import sqlite3

    from storage.database import Transaction
    from storage.search import PendingPost

BATCH = 250
"""Posts a transaction: about half a second of the writer."""


async def index_changes(tx: Transaction) -> int:
    """Take in what this transaction changed, at most `BATCH` posts; how many it took in.

    What is beyond, also of earlier transactions, waits for `SearchService.catch_up`: nobody else
    writes meanwhile.
    """
    return await tx.run(index_batch)


def index_batch(db: sqlite3.Connection, limit: int = BATCH) -> int:
    """Take in up to `limit` waiting posts; how many there were."""
    pending = search.list_pending(db, limit)
    if not pending:
        return 0
    changes = _Changes()
    for post in pending:
        _move(db, post, changes)
    search_words.change_words(db, changes.of_words(), _spell)
    search_words.change_pairs(db, changes.of_pairs())
    search.add_to_count(db, changes.count)
    search.delete_pending(db, [post.post_id for post in pending])
    return len(pending)


def _move(db: sqlite3.Connection, post: PendingPost, changes: _Changes) -> None:
    if post.old is not None:
        search.delete_indexed(db, post.post_id, changes.add(*post.old, sign=-1))
    if post.new is not None:
        search.add_indexed(db, post.post_id, changes.add(*post.new, sign=1))


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
