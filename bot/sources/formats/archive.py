"""A Slashpage listing copied as text, read back into posts. Pure.

The grammar: site title, tagline, then for each post author, title, body and up to three trailers:
a number (comments), a run of emoji, a number (reactions, only after a run). Lines are told apart
by their place, so a title may be anything: digits, emoji, the author's name. What stays ambiguous
is settled by reading the file as a whole and taking the least surprising reading:

- A line of digits or emoji after a body is a trailer, unless that makes nonsense of what follows
  (an author may be called 7).
- Where a body should be and a trailer or an author stands, the post has no text (a picture): it is
  kept with an empty body.
- A file whose second line turns out to be an author who comes again has no tagline.

A post that the end of the file leaves without a body is not taken: half a title would be another
post. Blank lines mean nothing. Whether a text is a listing at all is `doubts`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sources.errors import ArchiveError
from bot.sources.formats.doubts import doubts_of
from bot.text.emoji import parse_emoji_run, strip_emoji_end
from storage.models import BlogCounts, NewPost

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.sources.formats.doubts import Doubt


@dataclass(frozen=True, slots=True)
class Archive:
    """A listing: the newest post first, as in the file."""

    title: str
    tagline: str
    posts: tuple[NewPost, ...]
    unfinished_line: int | None = None
    """Where a last post starts whose body the file does not hold; it is not among `posts`."""
    doubts: tuple[Doubt, ...] = ()
    """Why it is perhaps no listing at all."""


def parse_archive(data: bytes) -> Archive:
    """The listing in `data`: UTF-8, UTF-16 with a BOM, or CP949; any line ends.

    Raises ArchiveError, with the line and what was expected there.
    """
    lines = _lines(_decode(data))
    reading, tagline = _read(lines, _HEADER), lines[1].text if len(lines) > 1 else ""
    without_tagline = _read(lines, _HEADER - 1)
    repeated = sum(lines[entry.author].text == tagline for entry in without_tagline.entries) > 1
    if repeated and without_tagline.cost < reading.cost:
        reading, tagline = without_tagline, ""
    if not reading.entries:
        raise ArchiveError("source.archive.no_posts", line=lines[-1].number + 1)
    _refuse_nonsense(lines, reading)
    end = reading.entries[-1].end
    posts = tuple(_post(lines, entry, place) for place, entry in enumerate(reading.entries))
    return Archive(
        title=lines[0].text,
        tagline=tagline,
        posts=posts,
        unfinished_line=lines[end].number if end < len(lines) else None,
        doubts=doubts_of(lines[0].text, posts),
    )


def is_cut(body: str) -> bool:
    """Whether a text stops in the middle: neither a mark nor a Korean ending closes it."""
    if not body:
        return False
    ending = strip_emoji_end(body)[-_ENDING:]
    return _CLOSED.search(_ASIDE.sub("", ending)) is None


_ENDING = 60
_ASIDE = re.compile(r"\s*\([^()]{1,40}\)\Z")
_CLOSED = re.compile(
    r"(?:[.!?…。！？~^]|[ㅋㅎㅠㅜ]{2}|[니한는된있없았었였했됐겠온간운른같]다|[요죠까네])"
    r"[\"'”’」』)\]>]*\Z"
)


# --- lines ---


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    count: int | None
    emoji: tuple[str, ...] | None

    @property
    def is_trailer(self) -> bool:
        return self.count is not None or self.emoji is not None


_COUNT = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2}")
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f\ufeff]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_MARKUP = ("<", "{", "[{")
_MOST_LINES = 100_000


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="ignore")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":  # the file was cut inside a character
            return data.decode("utf-8-sig", errors="ignore")
        try:
            return data.decode("cp949")
        except UnicodeDecodeError:
            line = data.count(b"\n", 0, error.start) + 1
            raise ArchiveError("source.archive.not_text", line=line) from error


def _lines(text: str) -> list[_Line]:
    if "\0" in text:
        before = text.count("\n", 0, text.index("\0"))
        raise ArchiveError("source.archive.not_text", line=before + 1)
    numbered = enumerate(_LINE_END.split(text), start=1)
    lines = [line for number, raw in numbered if (line := _line(number, raw)).text]
    if len(lines) > _MOST_LINES:
        raise ArchiveError("source.archive.too_long", line=lines[_MOST_LINES].number)
    if not lines:
        raise ArchiveError("source.archive.empty", line=1)
    if lines[0].text.startswith(_MARKUP):
        raise ArchiveError("source.archive.page", line=lines[0].number)
    return lines


def _line(number: int, raw: str) -> _Line:
    text = unicodedata.normalize("NFC", _CONTROL.sub("", raw)).strip()
    count = int(text.replace(",", "")) if _COUNT.fullmatch(text) else None
    return _Line(number, text, count, parse_emoji_run(text))


# --- the least surprising reading ---


@dataclass(frozen=True, slots=True)
class _Trailers:
    comments: int | None
    emoji: tuple[str, ...]
    reactions: int | None
    end: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """One post as it might be read; the title stands behind the author."""

    author: int
    body: int | None
    trailers: _Trailers
    cost: int

    @property
    def end(self) -> int:
        return self.trailers.end


@dataclass(frozen=True, slots=True)
class _Reading:
    cost: int
    entries: tuple[_Entry, ...]


_HEADER = 2
_AUTHOR_AND_TITLE = 2
_ODD_AUTHOR = 5
_ODD_BODY = 4
_NO_BODY = 3
_UNFINISHED = 1


def _read(lines: Sequence[_Line], first: int) -> _Reading:
    """The cheapest reading of the lines from `first` on; of equals, the one with more trailers.

    Costs are summed from the end backwards, so the work grows with the lines, not the readings.
    """
    names = _names(lines, first)
    costs = [0] * (len(lines) + 1)
    entries: dict[int, _Entry] = {}
    for start in range(len(lines) - 1, first - 1, -1):
        costs[start] = _UNFINISHED
        for entry in _entries(lines, start, names):
            cost = entry.cost + costs[entry.end]
            if start not in entries or cost < costs[start]:
                costs[start], entries[start] = cost, entry
    return _Reading(costs[min(first, len(lines))], tuple(_follow(entries, first)))


def _follow(entries: dict[int, _Entry], start: int) -> Iterator[_Entry]:
    while start in entries:
        yield entries[start]
        start = entries[start].end


def _names(lines: Sequence[_Line], first: int) -> frozenset[str]:
    """The authors' names, were every trailer taken where one can be."""
    names = {line.text for line in lines[first : first + 1]}
    start = first
    while start + _AUTHOR_AND_TITLE < len(lines):
        if not lines[start].is_trailer:
            names.add(lines[start].text)
        start = next(_trailers(lines, start + 3)).end
    return frozenset(names)


def _entries(lines: Sequence[_Line], start: int, names: frozenset[str]) -> Iterator[_Entry]:
    author, body = lines[start], start + _AUTHOR_AND_TITLE
    if body >= len(lines):
        return
    cost = 0 if author.text in names or not author.is_trailer else _ODD_AUTHOR
    odd = lines[body].is_trailer or lines[body].text in names
    for trailers in _trailers(lines, body + 1):
        yield _Entry(start, body, trailers, cost + (_ODD_BODY if odd else 0))
    if odd:
        for trailers in _trailers(lines, body):
            yield _Entry(start, None, trailers, cost + _NO_BODY)


def _trailers(lines: Sequence[_Line], at: int) -> Iterator[_Trailers]:
    """What may follow a body at `at`, the longest first; the last is nothing."""
    if at < len(lines) and (comments := lines[at].count) is not None:
        yield from _reactions(lines, at + 1, comments)
        yield _Trailers(comments, (), None, at + 1)
    yield from _reactions(lines, at, None)
    yield _Trailers(None, (), None, at)


def _reactions(lines: Sequence[_Line], at: int, comments: int | None) -> Iterator[_Trailers]:
    if at < len(lines) and (emoji := lines[at].emoji) is not None:
        if at + 1 < len(lines) and (total := lines[at + 1].count) is not None:
            yield _Trailers(comments, emoji, total, at + 2)
        yield _Trailers(comments, emoji, None, at + 1)


def _refuse_nonsense(lines: Sequence[_Line], reading: _Reading) -> None:
    """Raise where a number stands for an author who is named nowhere else."""
    authors = Counter(lines[entry.author].text for entry in reading.entries)
    for entry in reading.entries:
        line = lines[entry.author]
        if line.count is not None and authors[line.text] == 1 and len(reading.entries) > 1:
            key = "source.archive.author_expected"
            raise ArchiveError(key, line=line.number, found=line.text)


def _post(lines: Sequence[_Line], entry: _Entry, place: int) -> NewPost:
    body = "" if entry.body is None else lines[entry.body].text
    return NewPost(
        title=lines[entry.author + 1].text,
        body=body,
        author=lines[entry.author].text,
        position=place,
        cut=is_cut(body),
        blog=BlogCounts(
            entry.trailers.emoji, entry.trailers.reactions, comments=entry.trailers.comments
        ),
    )
