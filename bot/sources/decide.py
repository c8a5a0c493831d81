"""What a source's answer changes, given what is known. Pure: state and time in, intents out.

One post is one row: an entry is the known post with every word of it, or else its guid (both in the
same source), or else its canonical link, or else its title (where one of the two comes from an
archive text, or where guid and link say nothing). A guid or a link that several entries share says
nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.sources.addresses import link_key
from bot.sources.changes import Added, Change, Changed, ChangeKind
from bot.sources.entries import fingerprint, title_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from bot.sources.entries import Entry, Fetched
    from storage.models import BlogCounts, NewPost, Post, PostId, SourceId
    from storage.posts import KnownPost

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
MISSING_AFTER = timedelta(hours=1)
ASK_AGAIN_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Keys:
    """What tells an entry apart from the others of its fetch; None where it would not."""

    guid: str | None
    link: str | None
    title: str
    words: str
    """The fingerprint."""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, its identity and its known post, if there is one."""

    entry: Entry
    keys: Keys
    known: KnownPost | None
    is_ours: bool
    """Whether this source has a say in the known post; the first feed that had it keeps it."""

    @property
    def is_unread(self) -> bool:
        """Whether its text has to be read: it is new, or its source words it differently now."""
        return self.known is None or (self.is_ours and self.known.fingerprint != self.keys.words)


def identify(entries: Sequence[Entry]) -> list[tuple[Entry, Keys]]:
    """Each entry once, with the keys that tell it apart."""
    unique: dict[tuple[str | None, str | None, str], tuple[Entry, Keys]] = {}
    for entry in entries:
        keys = Keys(entry.guid, link_key(entry.link), title_key(entry.title), fingerprint(entry))
        unique.setdefault((keys.guid, keys.link, keys.title or keys.words), (entry, keys))
    guids = Counter(keys.guid for _, keys in unique.values())
    links = Counter(keys.link for _, keys in unique.values())
    return [
        (
            entry,
            replace(
                keys,
                guid=keys.guid if guids[keys.guid] == 1 else None,
                link=keys.link if links[keys.link] == 1 else None,
            ),
        )
        for entry, keys in unique.values()
    ]


def match(
    identified: Iterable[tuple[Entry, Keys]],
    known: Iterable[KnownPost],
    source_id: SourceId,
    *,
    adopts: Collection[SourceId] = (),
) -> list[Match]:
    """Pair each entry with its known post; a post goes to one entry, the one that names it best.

    Posts of the sources in `adopts` become this source's: what was published by hand, of its feed.
    """
    index = _Index(known, source_id)
    listed = list(identified)
    found: dict[int, KnownPost] = {}
    for name in (index.by_words, index.by_guid, index.by_link, index.by_title):
        for place, (entry, keys) in enumerate(listed):
            if place not in found and (one := index.take(name(entry, keys))) is not None:
                found[place] = one
    return [
        Match(entry, keys, one, is_ours=one is None or _is_ours(one, {source_id, *adopts}))
        for place, (entry, keys) in enumerate(listed)
        for one in [found.get(place)]
    ]


def _is_ours(known: KnownPost, ours: Collection[SourceId]) -> bool:
    return known.fingerprint is None or known.post.source_id in ours


class _Index:
    """Known posts by their keys; those that are taken are gone."""

    def __init__(self, known: Iterable[KnownPost], source_id: SourceId) -> None:
        self._source_id = source_id
        self._taken: set[PostId] = set()
        self._by_guid: dict[str | None, list[KnownPost]] = defaultdict(list)
        self._by_link: dict[str | None, list[KnownPost]] = defaultdict(list)
        self._by_title: dict[str, list[KnownPost]] = defaultdict(list)
        self._by_words: dict[str | None, list[KnownPost]] = defaultdict(list)
        for one in known:
            if one.post.source_id == source_id:
                if one.post.guid is not None:
                    self._by_guid[one.post.guid].append(one)
                self._by_words[one.fingerprint].append(one)
            if one.link_key is not None:
                self._by_link[one.link_key].append(one)
            self._by_title[title_key(one.post.title)].append(one)

    def take(self, named: Iterable[KnownPost]) -> KnownPost | None:
        """The newest of `named` that nobody took; from now on it is taken."""
        free = [one for one in named if one.post.id not in self._taken]
        if not free:
            return None
        self._taken.add(free[-1].post.id)
        return free[-1]

    def by_guid(self, entry: Entry, keys: Keys) -> Iterable[KnownPost]:
        return [one for one in self._by_guid.get(keys.guid, ()) if _is_still(one, entry, keys)]

    def by_link(self, _: Entry, keys: Keys) -> Iterable[KnownPost]:
        return self._by_link.get(keys.link, ())

    def by_title(self, entry: Entry, keys: Keys) -> Iterable[KnownPost]:
        return [one for one in self._by_title.get(keys.title, ()) if self._tells(one, entry, keys)]

    def by_words(self, _: Entry, keys: Keys) -> Iterable[KnownPost]:
        return self._by_words.get(keys.words, ())

    def _tells(self, known: KnownPost, entry: Entry, keys: Keys) -> bool:
        """Whether an entry with the title of a known post is that post."""
        post = known.post
        if known.listing_id is not None and post.guid is None and known.link_key is None:
            return True
        if post.source_id != self._source_id:
            return False
        if keys.guid is None and keys.link is None:
            return True
        dated_alike = post.published_at is not None and post.published_at == entry.published_at
        return dated_alike or post.html == entry.html  # never both empty: a post has None


def _is_still(known: KnownPost, entry: Entry, keys: Keys) -> bool:
    """Whether a guid that was known names the same post: a feed may use one guid for all."""
    post = known.post
    return (
        known.link_key == keys.link
        or keys.link is None
        or title_key(post.title) == keys.title
        or (post.published_at is not None and post.published_at == entry.published_at)
    )


# --- what changed ---


def decide_changes(
    matches: Sequence[Match],
    posts: Sequence[NewPost | None],
    *,
    source_id: SourceId,
    now: datetime,
    quiet: bool,
) -> list[Change]:
    """New posts and changes of known ones, the oldest first.

    `posts` has, for each match, what it reads like, or None where `is_unread` is false. `quiet`
    marks what is new as no news.
    """
    changes: list[Change] = []
    for one, post in zip(matches, posts, strict=True):
        if one.known is not None:
            changes += _changed(one, one.known, post, source_id, now)
        elif post is not None:
            changes.append(_added(one, dated(post, now), source_id, quiet=quiet))
    changes.reverse()
    return sorted(changes, key=lambda change: _written_at(change, now))


def _written_at(change: Change, now: datetime) -> datetime:
    post = change.post if isinstance(change, Added) else change.after.post
    return post.published_at or now


def dated(post: NewPost, now: datetime) -> NewPost:
    """The post with a date that can be: none before the web, and none in the future."""
    at = post.published_at
    if at is None or _can_be(at, now):
        return post
    return replace(post, published_at=now if at > now else None)


def _can_be(at: datetime, now: datetime) -> bool:
    return EARLIEST <= at <= now


def _added(one: Match, post: NewPost, source_id: SourceId, *, quiet: bool) -> Added:
    return Added(
        source_id,
        replace(post, guid=one.keys.guid),
        link_key=one.keys.link,
        fingerprint=one.keys.words,
        quiet=quiet,
    )


def _changed(
    one: Match, known: KnownPost, said: NewPost | None, source_id: SourceId, now: datetime
) -> list[Changed]:
    after = known
    if one.is_ours:
        after = replace(known, missing_at=None, fingerprint=one.keys.words)
        after = replace(after, post=_counted(after.post, one.entry.blog))
        if said is not None:
            is_edit = known.fingerprint is not None and known.post.source_id == source_id
            if said.published_at is not None and not _can_be(said.published_at, now):
                said = replace(said, published_at=None)
            after = _reworded(after, one.keys, said, source_id, now if is_edit else None)
    after = replace(after, post=replace(after.post, removed_at=None))
    return [] if after == known else [Changed(_kind(known, after), known, after)]


def _counted(post: Post, blog: BlogCounts | None) -> Post:
    return post if blog is None else replace(post, blog=blog)


def _reworded(
    known: KnownPost, keys: Keys, said: NewPost, source_id: SourceId, edited_at: datetime | None
) -> KnownPost:
    """What the source says now in place of what it said; a longer text of an archive stays.

    `edited_at` is None where another source's post is filled in: that is no edit.
    """
    post = known.post
    keeps = post.html is None and len(said.body) <= len(post.body)
    body, html, cut = (post.body, None, post.cut) if keeps else (said.body, said.html, said.cut)
    published_at = said.published_at or post.published_at
    same = (said.title, body) == (post.title, post.body)
    return replace(
        known,
        link_key=keys.link or known.link_key,
        post=replace(
            post,
            source_id=source_id,
            title=said.title,
            body=body,
            html=html,
            cut=cut,
            author=said.author or post.author,
            link=said.link or post.link,
            guid=post.guid or keys.guid,
            published_at=published_at,
            sort_at=published_at or post.sort_at,
            edited_at=post.edited_at if same else edited_at or post.edited_at,
        ),
    )


def _kind(before: KnownPost, after: KnownPost) -> ChangeKind:
    old, new = before.post, after.post
    if old.removed_at != new.removed_at:
        return ChangeKind.RESTORED
    if old.edited_at != new.edited_at:
        return ChangeKind.EDITED
    if _shown(old) != _shown(new):
        return ChangeKind.DETAILS
    return ChangeKind.COUNTS if old.blog != new.blog else ChangeKind.NOTED


def _shown(post: Post) -> tuple[object, ...]:
    return (post.title, post.body, post.author, post.link, post.published_at, post.cut)


# --- what is missing ---


def decide_gaps(left_out: Iterable[KnownPost], now: datetime) -> list[Changed]:
    """Note the posts that the source leaves out for the first time.

    Whether they are gone is asked at their own addresses, a while later.
    """
    return [Changed(ChangeKind.NOTED, one, replace(one, missing_at=now)) for one in left_out]


def spanned_since(fetched: Fetched) -> datetime | None:
    """From when on the answer should hold every post; None where it does not say."""
    if fetched.complete:
        return EARLIEST
    dates = [entry.published_at for entry in fetched.entries]
    if len(dates) < _SPAN or None in dates:
        return None
    return min(date for date in dates if date is not None) + timedelta(seconds=1)


_SPAN = 2


def decide_removed(known: KnownPost, now: datetime) -> Changed:
    """Its own address says that it is gone."""
    post = replace(known.post, removed_at=now)
    return Changed(ChangeKind.REMOVED, known, replace(known, post=post))


def decide_still_there(known: KnownPost, now: datetime) -> Changed:
    """Its source leaves it out and its address still has it: ask again in a week."""
    return Changed(ChangeKind.NOTED, known, replace(known, missing_at=now + ASK_AGAIN_AFTER))
