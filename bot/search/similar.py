"""Posts to read on with: other parts of the same series, then the most alike.

By their telling words; where vectors are (bot.search.meaning), what shares words is put in order by
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.search.analyse import TITLE_MARK
from bot.search.index import BATCH, within
from bot.search.telling import direction, likeness, series_of, tell, tokens_of_word
from storage import profiles, search, search_words, vectors
from storage.search_filters import EVERY

if TYPE_CHECKING:
    import sqlite3

    from storage.models import PostId
    from storage.profiles import Profile
    from storage.search_filters import PostFilter

VERSION = 1
"""Grows with what `bot.search.telling` makes of a post: all are then read again."""
SECONDS = 0.012
"""After this no further post of a batch is begun."""
MATCHES = 30
"""Posts that are compared for each telling word, those added last first."""
SERIES = 60
"""Parts of a series that are looked at."""
LEAST_ALIKE = 0.05
"""Of a post that is worth reading on with, by its words."""


def is_waiting(db: sqlite3.Connection) -> bool:
    """Whether there is anything for `profile_batch` to do."""
    return not search.is_behind(db) and bool(profiles.list_unprofiled(db, VERSION, 1))


def profile_batch(db: sqlite3.Connection) -> int:
    """Take the telling words of posts that lack them; how many posts.

    Not while the index is behind: which words are rare is not known yet.
    """
    if search.is_behind(db):
        return 0
    total, done = search.get_state(db)[1], 0
    known: dict[str, int] = {}

    def posts_of(word: str) -> int:
        if word not in known:
            found = search_words.get_word(db, word)
            known[word] = found.posts if found else 0
        return known[word]

    for post_id, title, body in within(SECONDS, profiles.list_unprofiled(db, VERSION, BATCH)):
        telling = tell(title, body, posts_of, total)
        profiles.set_profile(db, post_id, VERSION, telling.keys, telling.words)
        done += 1
    return done


def list_similar(
    db: sqlite3.Connection, post_id: PostId, limit: int, only: PostFilter = EVERY
) -> list[tuple[PostId, str]]:
    """The posts to read on with after this one that pass, the best first: ids and titles."""
    own = profiles.list_profiles(db, [post_id])
    if not own:
        return []
    parts = _parts(db, own[0], only)
    known = {post_id, *(one.post_id for one in parts)}
    others = [one for one in _candidates(db, own[0], only) if one not in known]
    found = parts + _alike(db, own[0], profiles.list_profiles(db, others))
    return [(one.post_id, one.title) for one in found[:limit]]


def _alike(db: sqlite3.Connection, own: Profile, others: list[Profile]) -> list[Profile]:
    """Those with words enough in common: by their vectors where both have one, then by words."""
    by_words = [(likeness(own.words, one.words), one) for one in others]
    enough = [(score, one) for score, one in by_words if score >= LEAST_ALIKE]
    known = vectors.get_vectors(db, [own.post_id, *(one.post_id for _, one in enough)])
    model, wanted = known.get(own.post_id, ("", b""))

    def order(pair: tuple[float, Profile]) -> tuple[float, float, int, int]:
        score, one = pair
        other, vector = known.get(one.post_id, (None, b""))
        meaning = direction(wanted, vector) if other == model else -1.0
        return -meaning, -score, -one.sort_at, -one.post_id

    return [one for _, one in sorted(enough, key=order)]


def _candidates(db: sqlite3.Connection, own: Profile, only: PostFilter) -> dict[int, None]:
    """Posts that have one of its telling words."""
    found: dict[int, None] = {}
    for word in own.keys:
        match = search.expression([(tokens_of_word(word),)])
        found.update(dict.fromkeys(search.list_matching(db, match, MATCHES, only)))
    return found


def _parts(db: sqlite3.Connection, own: Profile, only: PostFilter) -> list[Profile]:
    """Other parts of the series that its title names: the next one, then those around it."""
    place = series_of(own.title)
    if place is None:
        return []
    match = search.expression([(place.tokens,)], marked=TITLE_MARK)
    found = []
    for one in profiles.list_profiles(db, search.list_matching(db, match, SERIES, only)):
        other = series_of(one.title)
        if other is not None and other.name == place.name and one.post_id != own.post_id:
            step = other.number - place.number
            found.append((step != 1, abs(step), -one.post_id, one))
    return [one for *_, one in sorted(found, key=lambda entry: entry[:3])]
