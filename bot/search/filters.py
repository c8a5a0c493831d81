"""Filters among the words of a search: `since:2025`, `2025년부터`, `by:해봄`, `출처:…`. Pure.

A filter with a name and a colon stands anywhere; `2025년부터` before the words or after them. What
is quoted stays words, and so does what is an English sentence: `Stand by: me`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from bot.chat_settings.words import normal
from bot.search.analyse import normalise
from bot.search.query import NO_WIDTH, QUOTES
from bot.search.typed_dates import parse_date
from storage.search_filters import PostFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import tzinfo

    from bot.search.typed_dates import TypedDate
    from storage.search_filters import SourceName


class Kind(StrEnum):
    """What a filter asks of a post."""

    SINCE = "since"
    UNTIL = "until"
    BY = "by"
    SOURCE = "source"


DATES = frozenset({Kind.SINCE, Kind.UNTIL})
MOST = 8
"""Filters that are read; each is a button."""
LONGEST_DATE = 4
"""Words that a date may have: 2025년 3월 1일 부터."""
LONGEST_NAME = 3
LONGEST_RUN = 10
"""Words at the end that may be dates."""
_KEYS = {
    **dict.fromkeys(("since", "부터", "이후"), Kind.SINCE),
    **dict.fromkeys(("until", "까지", "이전"), Kind.UNTIL),
    **dict.fromkeys(("by", "author", "글쓴이", "작성자", "저자"), Kind.BY),
    **dict.fromkeys(("source", "출처"), Kind.SOURCE),
}
_NAMED = "|".join(_KEYS)
_PARTS = re.compile(rf'(?:-|(?:{_NAMED}) ?[:：])?"[^"]*"|(?:{_NAMED}) [:：]\S*|\S+', re.IGNORECASE)
_KEY = re.compile(rf"(?P<key>{_NAMED}) ?[:：](?!//)(?P<value>.*)", re.IGNORECASE)
_NAMING = re.compile(
    rf"(?:{'|'.join(key for key, kind in _KEYS.items() if kind not in DATES)}) ?[:：]",
    re.IGNORECASE,
)
_PHRASE = re.compile(r"(?P<day>.*?) ?(?P<particle>부터|까지)")
_TELLS_WHEN = re.compile(
    r"(?:19|20)\d\d.*|'?\d\d년\d.*|(?:이번|지난|저번|지지난|저저번)[주달해]"
    r"|(?:금|재?작)년.*|금[주월]|이달|(?:올|지난)해.*|.+전"
)
"""Without a colon only what can hardly be a part of a sentence, as 오늘부터 and 3월부터 can."""
_SHORT_YEAR = re.compile(r"'?\d\d년")
_MONTH_ALONE = re.compile(r"\d{1,2}월(?:\d{1,2}일)?")
_SENTENCE_WORDS = frozenset({"부터", "까지", "이후", "이전"})
"""With a colon and a space they are filters only where a date follows."""
_MARKS = " ,;!?~'‘’「」『』"
"""Around what was typed they say nothing."""
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: `value` is a date as `TypedDate.written` has it, or a name.

    `names` are what a name was found to mean: authors, or sources by their ids; none, nothing.
    """

    kind: Kind
    value: str
    names: tuple[str, ...] = ()
    called: str = ""
    """These, as they are called; the value itself where it names nobody."""

    @property
    def is_unknown(self) -> bool:
        """Whether it names nobody that is there."""
        return self.kind not in DATES and not self.names

    def written(self) -> str:
        """As it may be typed again."""
        value = f'"{self.value}"' if self.kind not in DATES else self.value
        return f"{self.kind}:{value}"


@dataclass(frozen=True, slots=True)
class Unread:
    """What looks like a filter and says nothing, as it was typed."""

    kind: Kind
    typed: str


_Piece: TypeAlias = "str | Filter | Unread"


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Whom a filter may name."""

    authors: tuple[str, ...] = ()
    sources: tuple[SourceName, ...] = ()


@dataclass(frozen=True, slots=True)
class Filtered:
    """A query taken apart: what is searched for, and among which posts."""

    words: str
    filters: tuple[Filter, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def unknown(self) -> tuple[Filter, ...]:
        """The filters that name nobody."""
        return tuple(one for one in self.filters if one.is_unknown)

    def written(self, without: Filter | None = None) -> str:
        """The query as it may be typed again, less one filter; `지난달` is a date now."""
        kept = (one.written() for one in self.filters if one != without)
        unread = (one.typed for one in self.unread)
        is_named = any(one.kind not in DATES for one in self.filters)
        words = _closed(self.words) if is_named else self.words
        return " ".join(part for part in (words, *kept, *unread) if part)


def _closed(words: str) -> str:
    """Words without a lone quotation mark: it says nothing, and a name's would close it."""
    quoted = words.translate(QUOTES)
    parts = [words[one.start() : one.end()] for one in _PARTS.finditer(quoted)]
    return " ".join(
        one.translate(QUOTES).replace('"', "") if one.translate(QUOTES).count('"') % 2 else one
        for one in parts
    ).strip()


NOTHING = Filtered("")


def parse_filters(text: str, today: date, names: KnownNames) -> Filtered:
    """Take the filters out of what was typed; all else stays words, as it was typed."""
    clean = " ".join(normalise(text.translate(NO_WIDTH)).split())
    reader = _Reader(today, names)
    parts = _PARTS.finditer(clean.translate(QUOTES))
    pieces = reader.read_keys([clean[match.start() : match.end()] for match in parts])
    pieces = reader.read_end(reader.read_start(pieces))
    found = dict.fromkeys(one for one in pieces if isinstance(one, Filter))
    unread = dict.fromkeys(one for one in pieces if isinstance(one, Unread))
    words = " ".join(one for one in pieces if isinstance(one, str))
    return Filtered(words, tuple(found)[:MOST], tuple(unread)[:MOST])


def mentions_name(text: str) -> bool:
    """Whether the text may have a filter by name, so that names are needed to read it."""
    return _NAMING.search(normalise(text.translate(NO_WIDTH))) is not None


class _Reader:
    """Reads the parts of one query."""

    def __init__(self, today: date, names: KnownNames) -> None:
        self._today = today
        self._found: dict[tuple[Kind, str, Callable[[str, str], bool]], Sequence[_Known]] = {}
        self._known = {
            Kind.BY: [_Known(one, one, (_compared(one),)) for one in names.authors],
            Kind.SOURCE: [
                _Known(str(key), title or address, (_compared(title), _compared(address)))
                for key, title, address in names.sources
            ],
        }

    def read_keys(self, parts: Sequence[str]) -> list[_Piece]:
        """The parts, with what begins with a filter's name read."""
        pieces: list[_Piece] = []
        place = 0
        while place < len(parts):
            piece, taken = self._read_key(parts[place:], pieces[-1] if pieces else "")
            pieces.append(piece)
            place += taken
        return pieces

    def _read_key(self, parts: Sequence[str], before: _Piece) -> tuple[_Piece, int]:
        """The first part, or the filter that it begins, and how many parts that has."""
        key = _begin(parts, before)
        if key is None:
            return parts[0], 1
        read = self._date(key) if key.kind in DATES else self._name(key)
        if read is not None:
            return read[0], read[1] + key.apart
        if key.may_be_words:
            return parts[0], 1
        taken = max(1, len(key.values[:1]) + key.apart)
        return Unread(key.kind, " ".join(parts[:taken])), taken

    def _date(self, key: _Key) -> tuple[Filter, int] | None:
        """A date of as many words as it can have."""
        for count in range(min(LONGEST_DATE, len(key.values)), 0, -1):
            typed = normal(" ".join(key.values[:count])).removesuffix("부터").removesuffix("까지")
            if read := parse_date(typed.strip(), self._today):
                return _dated(key.kind, read), count
        return None

    def _name(self, key: _Key) -> tuple[Filter, int] | None:
        """All whose name it is, or else all of whose name it is a part."""
        for count in range(min(LONGEST_NAME, len(key.values)), 0, -1):
            typed = " ".join(key.values[:count])
            if whole := self._named(key.kind, typed, _is_same):
                return _naming(key.kind, typed, whole), count
        typed = key.values[0] if key.values else ""
        some = self._named(key.kind, typed, _is_part) if typed else ()
        if not typed or (key.may_be_words and (key.in_english or not some)):
            return None
        return _naming(key.kind, typed, some), 1

    def _named(self, kind: Kind, typed: str, fits: Callable[[str, str], bool]) -> Sequence[_Known]:
        """Who is called so; 해봄님 is 해봄 where nobody is 해봄님."""
        wanted = _compared(typed)
        for one in filter(None, dict.fromkeys((wanted, wanted.removesuffix("님")))):
            if found := self._who(kind, one, fits):
                return found
        return ()

    def _who(self, kind: Kind, name: str, fits: Callable[[str, str], bool]) -> Sequence[_Known]:
        if (asked := (kind, name, fits)) not in self._found:
            known = self._known[kind]
            self._found[asked] = [who for who in known if any(fits(name, s) for s in who.spelt)]
        return self._found[asked]

    def read_start(self, pieces: Sequence[_Piece]) -> list[_Piece]:
        """The pieces, with the dates before the words read."""
        read, place = self._read_run(pieces)
        return [*read, *pieces[place:]]

    def read_end(self, pieces: Sequence[_Piece]) -> list[_Piece]:
        """The pieces, with the dates after the words read."""
        for start in range(max(0, len(pieces) - LONGEST_RUN), len(pieces)):
            read, place = self._read_run(pieces[start:])
            if start + place == len(pieces):
                return [*pieces[:start], *read]
        return list(pieces)

    def _read_run(self, pieces: Sequence[_Piece]) -> tuple[list[_Piece], int]:
        """Filters up to the first word, and how many pieces they were."""
        run: list[_Piece] = []
        place = 0
        while place < len(pieces):
            read, taken = self._read_phrase(pieces[place:], run[-1] if run else "")
            if read is None:
                break
            run.append(read)
            place += taken
        return run, place

    def _read_phrase(
        self, pieces: Sequence[_Piece], before: _Piece
    ) -> tuple[Filter | Unread | None, int]:
        """`2025년 3월부터` at the beginning, and how many pieces it has; a filter is itself."""
        if not isinstance(pieces[0], str):
            return pieces[0], 1
        for count in range(LONGEST_DATE, 0, -1):
            words = [one for one in pieces[:count] if isinstance(one, str)]
            match = _PHRASE.fullmatch(normal(" ".join(words)).strip(_MARKS))
            if match and len(words) == count and (day := self._day_of(match, before)):
                return _dated(_KEYS[match["particle"]], day), count
        return None, 0

    def _day_of(self, match: re.Match[str], before: _Piece) -> TypedDate | None:
        """A date without a colon: one that is over, or has begun.

        5월까지 and 오늘까지 only after since when.
        """
        typed = match["day"].replace(" ", "")
        is_end = match["particle"] == "까지"
        since = before if isinstance(before, Filter) and before.kind is Kind.SINCE else None
        if is_end and since and _MONTH_ALONE.fullmatch(typed):
            return parse_date(typed, date(int(since.value[:4]), 12, 31))
        is_sure = _TELLS_WHEN.fullmatch(typed) or (not is_end and _SHORT_YEAR.fullmatch(typed))
        if not (is_sure or (is_end and since)):
            return None
        day = parse_date(match["day"], self._today)
        return day if day is not None and day.first <= self._today else None


class _Known(NamedTuple):
    """Whom a filter may name: what is asked of posts, what people see, and what it goes by."""

    key: str
    called: str
    spelt: tuple[str, ...]


class _Key(NamedTuple):
    """A filter's name with its colon, and what follows."""

    kind: Kind
    values: list[str]
    """Words after it, without quotation marks."""
    apart: bool
    """A space follows the colon."""
    may_be_words: bool
    """A sentence may have it: `Stand by: me`, `3월 까지: 할 일`."""
    in_english: bool
    """An English word stands before it."""


def _begin(parts: Sequence[str], before: _Piece) -> _Key | None:
    match = _KEY.fullmatch(parts[0].translate(QUOTES))
    if match is None:
        return None
    apart = not match["value"]
    values = parts[1:] if apart else [match["value"], *parts[1:]]
    values = [one.translate(QUOTES).replace('"', "").strip(_MARKS) for one in values]
    if values and (not values[0] or _KEY.fullmatch(values[0])):
        values = []
    is_english = match["key"].isascii() and not (values and not _LATIN.match(values[0]))
    is_particle = match["key"] in _SENTENCE_WORDS
    loose = apart and (is_english or is_particle)
    in_english = isinstance(before, str) and _LATIN.match(before) is not None
    return _Key(_KEYS[match["key"].lower()], values, apart, loose, in_english)


def _dated(kind: Kind, day: TypedDate) -> Filter:
    return Filter(kind, day.written(to_its_end=kind is Kind.UNTIL))


def _naming(kind: Kind, typed: str, known: Sequence[_Known]) -> Filter:
    called = ", ".join(one.called for one in known)
    return Filter(kind, typed, tuple(one.key for one in known), called or typed)


def _compared(name: str) -> str:
    """A name as it is compared: width, case and spaces aside."""
    return normal(name).replace(" ", "").lstrip("@")


def _is_same(typed: str, name: str) -> bool:
    return typed == name


def _is_part(typed: str, name: str) -> bool:
    return typed in name


def post_filter(filters: Iterable[Filter], zone: tzinfo) -> PostFilter:
    """What posts must be to pass: later than all dates, or earlier; by any of several names."""
    only = PostFilter()
    for one in filters:
        day = parse_date(one.value, date.max) if one.kind in DATES else None
        if day is not None and one.kind is Kind.SINCE:
            only = replace(only, since=max(only.since or _FIRST, _seconds(day.first, zone)))
        elif day is not None:
            end = _seconds(day.last + timedelta(days=1), zone)
            only = replace(only, before=min(only.before or _LAST, end))
        elif one.kind in DATES:
            continue  # what cannot be read leaves nothing out
        elif one.kind is Kind.BY:
            only = replace(only, authors=(*(only.authors or ()), *one.names))
        else:
            only = replace(only, sources=(*(only.sources or ()), *map(int, one.names)))
    return only


_FIRST, _LAST = -(2**63), 2**63 - 1


def _seconds(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())
