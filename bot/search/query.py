"""What somebody typed, read as words, phrases and exclusions. Every text is a query. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.search.analyse import fold, normalise, runs
from bot.search.numbers import is_quantity

LONGEST_QUERY = 200
"""Characters that are read; what comes after is left out."""
MOST_WORDS = 12
LONGEST_WORD = 40

_PART = re.compile(
    r"""(?P<minus>(?<!\S)[-−–](?=[^\s-]))?(?:"(?P<phrase>[^"]*)"|(?P<bare>[^\s"]+))"""
)
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‟": '"', "＂": '"', "«": '"', "»": '"'})
_INNER = re.compile(
    "[()\\[\\]{}<>「」『』《》〈〉【】‘’“”…?!;:~|]+|,(?![0-9])|(?<=[가-힣])'|'(?=[가-힣])"
)
"""Marks inside what was typed without a space: they part words, as brackets do in 애자일(Agile)."""
_EDGES = re.compile(r"^[^\w.]+|(?:[^\w+#%℃]|(?<![0-9])[%℃])+$")
NO_WIDTH = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f")
"""Characters without width: they hide in pasted text and match nothing."""
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What SQLite takes for the end of a text, or for none."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a quoted phrase: as typed, and folded for comparison."""

    typed: str
    folded: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A query taken apart; `text` is what was read of it."""

    text: str
    words: tuple[Word, ...]
    without: tuple[Word, ...] = ()


def parse_query(text: str) -> Query:
    """Read quoted phrases, `-word` and bare words; a lone quote or dash is text.

    Marks around a word go; a query of exclusions only is taken as its words.
    """
    clean = " ".join(normalise(_NO_TEXT.sub(" ", text).translate(NO_WIDTH)).split())
    clean = clean[:LONGEST_QUERY]
    wanted: list[Word] = []
    unwanted: list[Word] = []
    for match in _PART.finditer(clean.translate(QUOTES)):
        phrase = match["phrase"]
        read = [_phrase(phrase)] if phrase is not None else map(_bare, _INNER.split(match["bare"]))
        (unwanted if match["minus"] else wanted).extend(word for word in read if word is not None)
    if not wanted:
        wanted, unwanted = unwanted, []
    words = dict.fromkeys(_with_units(wanted))
    return Query(clean, tuple(words)[:MOST_WORDS], tuple(unwanted)[:MOST_WORDS])


def _with_units(words: list[Word]) -> list[Word]:
    """A number and its unit as one word."""
    joined: list[Word] = []
    for word in words:
        last = joined[-1] if joined else None
        if last and not last.quoted and is_quantity(last.folded, word.folded):
            joined.pop()
            joined.append(Word(f"{last.typed} {word.typed}", f"{last.folded} {word.folded}"))
        else:
            joined.append(word)
    return joined


def _bare(text: str) -> Word | None:
    typed = _EDGES.sub("", text)[:LONGEST_WORD]
    folded = fold(typed)
    return Word(typed, folded) if _says_something(folded) else None


def _phrase(text: str) -> Word | None:
    folded = fold(" ".join(text.split()))
    if not runs(folded):
        return None
    return Word(text.strip(), folded, quoted=True)


def _says_something(folded: str) -> bool:
    """Letters, numbers, or jamo, which stand for initials or for another layout."""
    return bool(runs(folded)) or any("ㄱ" <= c <= "ㅣ" for c in folded)
