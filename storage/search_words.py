"""The words of the posts, by spelling, by sound and by initials; and names that posts give."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.search import CURRENT

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence

    from storage.search import IndexTables

_LAST = "\U0010ffff"
"""Sorts after every word: closes a range of words with one beginning."""


class WordChange(NamedTuple):
    """A word gained (or lost, below zero) so many posts, and so many titles."""

    word: str
    posts: int
    titles: int


class Spelling(NamedTuple):
    """How a word is found: by its keystrokes, its first consonants, its sound."""

    keys: str
    initials: str | None
    sound: str | None


class KnownWord(NamedTuple):
    """A word of the vocabulary: `keys` is its spelling in keystrokes."""

    word: str
    keys: str
    posts: int
    titles: int


def change_words(
    db: sqlite3.Connection,
    changes: Iterable[WordChange],
    spell: Callable[[str], Spelling],
    into: IndexTables = CURRENT,
) -> None:
    """Apply what posts brought and took; `spell` is asked for new words. Words of no post go."""
    for word, posts, titles in changes:
        known = db.execute(
            f"UPDATE {into.words} SET posts = posts + ?, titles = titles + ? WHERE word = ?",  # noqa: S608  # a name from storage.search
            (posts, titles, word),
        ).rowcount
        if not known:
            keys, initials, sound = spell(word)
            db.execute(
                f"""
                INSERT INTO {into.words} (word, posts, titles, keys, backwards, initials, sound)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,  # noqa: S608  # likewise
                (word, posts, titles, keys, keys[::-1], initials, sound),
            )
        if posts < 0:
            db.execute(f"DELETE FROM {into.words} WHERE word = ? AND posts <= 0", (word,))  # noqa: S608  # likewise


def change_pairs(
    db: sqlite3.Connection, changes: Iterable[tuple[str, str, int]], into: IndexTables = CURRENT
) -> None:
    """Apply (left, right, posts more or fewer); pairs of no post go."""
    rows = list(changes)
    db.executemany(
        f"""
        INSERT INTO {into.pairs} (left, right, posts) VALUES (?, ?, ?)
        ON CONFLICT (left, right) DO UPDATE SET posts = posts + excluded.posts
        """,  # noqa: S608  # likewise
        rows,
    )
    db.executemany(
        f"DELETE FROM {into.pairs} WHERE left = ? AND right = ? AND posts <= 0",  # noqa: S608  # likewise
        ((left, right) for left, right, posts in rows if posts < 0),
    )


def list_paired(db: sqlite3.Connection, name: str) -> list[tuple[str, int]]:
    """Other names that posts give for this one, with how many do, the most first."""
    rows = db.execute(
        """
        SELECT name, posts FROM (
            SELECT right AS name, posts FROM search_pairs WHERE left = :name
            UNION ALL SELECT left, posts FROM search_pairs WHERE right = :name
        ) ORDER BY posts DESC, length(name), name LIMIT 6
        """,
        {"name": name},
    )
    return [(row[0], row[1]) for row in rows]


def get_word(db: sqlite3.Connection, word: str) -> KnownWord | None:
    """This word, if it is known."""
    found = _words(db, "word = ?", (word,), 1)
    return found[0] if found else None


def list_words_starting(db: sqlite3.Connection, start: str, limit: int) -> list[KnownWord]:
    """Words with this beginning, the most common first."""
    return _words(db, "word >= ? AND word < ?", (start, start + _LAST), limit)


def list_words_spelt(
    db: sqlite3.Connection, start: str, lengths: tuple[int, int], limit: int
) -> list[KnownWord]:
    """Words whose keystrokes start so and are so many."""
    where = "keys >= ? AND keys < ? AND length(keys) BETWEEN ? AND ?"
    return _words(db, where, (start, start + _LAST, *lengths), limit)


def list_words_ending(
    db: sqlite3.Connection, end: str, lengths: tuple[int, int], limit: int
) -> list[KnownWord]:
    """Words whose keystrokes end so and are so many."""
    where = "backwards >= ? AND backwards < ? AND length(keys) BETWEEN ? AND ?"
    return _words(db, where, (end[::-1], end[::-1] + _LAST, *lengths), limit)


def list_words_with_initials(db: sqlite3.Connection, initials: str, limit: int) -> list[KnownWord]:
    """Words of these initials, the most common first."""
    return _words(db, "initials = ?", (initials,), limit)


def list_words_opening(db: sqlite3.Connection, initials: str, limit: int) -> list[KnownWord]:
    """Words whose initials start so, the most common first."""
    return _words(db, "initials > ? AND initials < ?", (initials, initials + _LAST), limit)


def list_words_sounding(
    db: sqlite3.Connection, sound: str, limit: int, *, latin: bool
) -> list[KnownWord]:
    """Words of this skeleton in Latin letters, or in Hangul; the most common first."""
    script = "word < '가'" if latin else "word >= '가'"
    return _words(db, f"sound = ? AND {script}", (sound,), limit)


def list_words_sounding_from(db: sqlite3.Connection, sound: str, limit: int) -> list[KnownWord]:
    """Longer words in Hangul whose skeleton starts so, the most common first."""
    where = "sound > ? AND sound < ? AND word >= '가'"
    return _words(db, where, (sound, sound + _LAST), limit)


def list_known(db: sqlite3.Connection, words: Iterable[str]) -> list[KnownWord]:
    """Those of the words that are known, as they are."""
    found = (get_word(db, word) for word in words)
    return [word for word in found if word is not None]


def _words(
    db: sqlite3.Connection, where: str, values: Sequence[str | int], limit: int
) -> list[KnownWord]:
    rows = db.execute(
        f"""
        SELECT word, keys, posts, titles FROM search_words WHERE {where}
        ORDER BY posts DESC, word LIMIT ?
        """,  # noqa: S608  # conditions come from this module only
        (*values, limit),
    )
    return [KnownWord(*row) for row in rows]
