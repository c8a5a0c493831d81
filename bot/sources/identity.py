"""Which entries are one post: in an answer, and against what is known. Pure.

One post is one row. The rules are the table of docs/sources.md, and a test walks through it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from bot.sources.addresses import link_key
from bot.sources.entries import fingerprint, letters, title_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from bot.sources.entries import Entry
    from storage.models import PostId, SourceId
    from storage.posts import KnownPost

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Dates before it are none: the web is younger."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Keys:
    """What tells an entry apart from the others of its fetch; None where it would not."""

    guid: str | None
    link: str | None
    title: str
    words: str
    """The fingerprint."""
    is_lone: bool = False
    """Nobody knows whether the next entry would have the same guid and link: there is no other."""


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


# --- in one answer ---


def identify(entries: Iterable[Entry], *, has_ids: bool = False) -> list[tuple[Entry, Keys]]:
    """Each entry once, with the keys that tell it apart.

    A guid or a link that several entries share says nothing, nor does the address of a whole site.
    `has_ids`: guid and link are the site's own for each post, so that a lone entry's are good, too.
    """
    listed = _told_apart(entries)
    guids = Counter(keys.guid for _, keys in listed)
    links = Counter(keys.link for _, keys in listed)
    return [
        (
            entry,
            replace(
                keys,
                guid=keys.guid if guids[keys.guid] == 1 else None,
                link=keys.link if links[keys.link] == 1 else None,
                is_lone=len(listed) == 1 and not has_ids,
            ),
        )
        for entry, keys in listed
    ]


def _told_apart(entries: Iterable[Entry]) -> list[tuple[Entry, Keys]]:
    """Entries with their keys, less those that say the same post again."""
    seen: defaultdict[tuple[str | None, ...], _Seen] = defaultdict(_Seen)
    found: list[tuple[Entry, Keys]] = []
    for entry in entries:
        words, link, title = fingerprint(entry), link_key(entry.link), title_key(entry.title)
        is_named = entry.guid is not None or link is not None
        if seen[(entry.guid, link, title) if is_named else (words,)].is_new(entry):
            found.append((entry, Keys(entry.guid, _of_post(link), title, words)))
    return found


class _Seen:
    """Entries of one guid, link and title: of one date, or one text, they are one post."""

    def __init__(self) -> None:
        self._dates: set[datetime | None] = set()
        self._texts: set[str] = set()

    def is_new(self, entry: Entry) -> bool:
        """Whether date and text both differ from all before; from now on they are known."""
        date = entry.published_at
        is_undated = date is None or None in self._dates
        is_known = is_undated or date in self._dates or entry.html in self._texts - {""}
        is_new = not self._dates or not is_known
        self._dates.add(date)
        self._texts.add(entry.html)
        return is_new


def _of_post(key: str | None) -> str | None:
    """A link's key, or None where it is the address of a whole site."""
    is_post = key is not None and any(sign in key for sign in ("/", "?", "slashpage:"))
    return key if is_post else None


# --- against what is known ---


def match(
    identified: Iterable[tuple[Entry, Keys]],
    known: Iterable[KnownPost],
    source_id: SourceId,
    *,
    adopts: Collection[SourceId] = (),
    is_reread: bool = False,
) -> list[Match]:
    """Pair each entry with its known post; a post goes to one entry, the one that names it best.

    Posts of the sources in `adopts` become this source's: what was published by hand, of its feed.
    `is_reread`: by other parsers than before, so that a date or text that differs says nothing.
    """
    index = _Index(known, source_id, is_reread=is_reread)
    listed = list(identified)
    found: dict[int, KnownPost] = {}
    ways = (index.by_words, index.by_guid, index.by_link, index.by_title, index.by_date)
    for name in ways:
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

    def __init__(self, known: Iterable[KnownPost], source_id: SourceId, *, is_reread: bool) -> None:
        self._source_id = source_id
        self._is_reread = is_reread
        self._taken: set[PostId] = set()
        self._by_guid: dict[str | None, list[KnownPost]] = defaultdict(list)
        self._by_link: dict[str | None, list[KnownPost]] = defaultdict(list)
        self._by_title: dict[str, list[KnownPost]] = defaultdict(list)
        self._by_words: dict[str | None, list[KnownPost]] = defaultdict(list)
        self._by_date: dict[datetime | None, list[KnownPost]] = defaultdict(list)
        for one in known:
            if one.post.source_id == source_id:
                if one.post.guid is not None:
                    self._by_guid[one.post.guid].append(one)
                self._by_words[one.fingerprint].append(one)
                if one.post.published_at is not None:
                    self._by_date[one.post.published_at].append(one)
            if one.link_key is not None:
                self._by_link[one.link_key].append(one)
            self._by_title[title_key(one.post.title)].append(one)

    def take(self, named: Sequence[KnownPost]) -> KnownPost | None:
        """The newest of `named` that nobody took; from now on it is taken."""
        free = [one for one in named if one.post.id not in self._taken]
        if not free:
            return None
        self._taken.add(free[-1].post.id)
        return free[-1]

    def by_words(self, _: Entry, keys: Keys) -> Sequence[KnownPost]:
        return self._by_words.get(keys.words, ())

    def by_guid(self, entry: Entry, keys: Keys) -> Sequence[KnownPost]:
        return self._same(self._by_guid.get(keys.guid, ()), entry, keys)

    def by_link(self, entry: Entry, keys: Keys) -> Sequence[KnownPost]:
        return self._same(self._by_link.get(keys.link, ()), entry, keys)

    def by_title(self, entry: Entry, keys: Keys) -> Sequence[KnownPost]:
        return self._same(self._by_title.get(keys.title, ()), entry, keys)

    def by_date(self, entry: Entry, keys: Keys) -> Sequence[KnownPost]:
        return self._same(self._by_date.get(entry.published_at, ()), entry, keys)

    def _same(self, named: Sequence[KnownPost], entry: Entry, keys: Keys) -> Sequence[KnownPost]:
        return [one for one in named if self._is_same(one, entry, keys)]

    def _is_same(self, known: KnownPost, entry: Entry, keys: Keys) -> bool:
        """Whether an entry is a known post. Another source's is known by its address alone."""
        agreed = compare(known, entry, keys)
        if self._is_reread:
            agreed = _forgiven(agreed, known, entry)
        if known.post.source_id == self._source_id:
            return is_one(agreed, is_lone=keys.is_lone)
        waits = known.listing_id is not None and known.post.guid is None and known.link_key is None
        return agreed.link is True or (waits and agreed.title is True)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What an entry and a known post share: True the same, False another, None: one lacks it."""

    guid: bool | None
    link: bool | None
    title: bool | None
    date: bool | None
    text: bool | None

    @property
    def words(self) -> tuple[bool | None, ...]:
        """What is left where guid and link say nothing."""
        return (self.title, self.date, self.text)


def compare(known: KnownPost, entry: Entry, keys: Keys) -> Agreement:
    """What the two share. A date that cannot be is none."""
    post = known.post
    return Agreement(
        guid=_same(post.guid, keys.guid),
        link=_same(known.link_key, keys.link) and _same_place(post.link, entry.link),
        title=_same(title_key(post.title), keys.title or None),
        date=_same(post.published_at, _comparable_date(known, entry)),
        text=_same(post.html or None, entry.html or None),
    )


def _forgiven(agreed: Agreement, known: KnownPost, entry: Entry) -> Agreement:
    """What agrees where other parsers read the entry: of a title, its letters count."""
    is_titled = agreed.title or letters(known.post.title) == letters(entry.title)
    title = is_titled if agreed.title is not None else None
    return replace(agreed, title=title, date=agreed.date or None, text=agreed.text or None)


def _same(one: T | None, other: T | None) -> bool | None:
    return None if one is None or other is None else one == other


def _same_place(one: str | None, other: str | None) -> bool:
    """Whether two links of one page do not name two places of it."""
    named = {urlsplit(link or "").fragment for link in (one, other)}
    return "" in named or len(named) == 1


def _comparable_date(known: KnownPost, entry: Entry) -> datetime | None:
    """The entry's date; None where it cannot be, or where one to come was brought down before."""
    at, kept = entry.published_at, known.post.published_at
    was_to_come = at is not None and kept == known.post.first_seen_at and at > kept
    return None if at is None or at < EARLIEST or was_to_come else at


def is_one(agreed: Agreement, *, is_lone: bool) -> bool:
    """Whether an entry and a known post of its source are one: the table of docs/sources.md."""
    if agreed.guid is True:
        return _is_one_by_guid(agreed, is_lone=is_lone)
    if agreed.link is True:
        return _is_one_by_link(agreed, is_lone=is_lone)
    if agreed.guid is None and agreed.link is None:
        return _is_one_by_words(agreed)
    return agreed.title is True and (agreed.date is True or agreed.text is True)


def _is_one_by_guid(agreed: Agreement, *, is_lone: bool) -> bool:
    says_nothing_else = agreed.words == (None, None, None)
    trusted = agreed.link is not False and (says_nothing_else or not is_lone)
    return trusted or True in agreed.words


def _is_one_by_link(agreed: Agreement, *, is_lone: bool) -> bool:
    if agreed.guid is False and is_lone:
        return _is_one_by_words(agreed)
    if agreed.guid is False or is_lone:
        return True in agreed.words or agreed.words == (None, None, None)
    all_differ = agreed.date is False and False in {agreed.title, agreed.text}
    return True in agreed.words or not all_differ


def _is_one_by_words(agreed: Agreement) -> bool:
    """Neither guid nor link says anything: the title does, then the date."""
    if agreed.title is True:
        return not (agreed.date is False and agreed.text is False)
    if agreed.title is None:
        return agreed.date is True
    return agreed.date is True and agreed.text is True
