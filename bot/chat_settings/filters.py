"""Which words a post must have, or must not, as typed after /filter and as typed again. Pure.

`인공지능 "데이터 센터" -광고`: a post with 인공지능 or with 데이터 센터 comes, unless it has 광고.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from unicodedata import normalize

from bot.chat_settings.words import means_off, means_on, normal
from bot.errors import InputError

MOST_WORDS = 20
"""Of each kind."""
LONGEST_WORD = 40
"""Characters; a phrase is as long as two words."""

_QUOTES = str.maketrans(dict.fromkeys("“”„‟″＂«»「」『』", '"'))
_SINGLE_QUOTES = re.compile(r"(?<!\w)['‘]|['’](?!\w)")
"""At the edge of a word: not that of don't."""
_DASHES = "-‐‑‒–—−－"
_COMMAS = re.compile("(?<![0-9])[,，、]|[,，、](?![0-9]{3})")
"""Between words: not that of 3,000."""
_NO_TEXT = re.compile("[\0\ud800-\udfff\u200b\u200c\u2060\ufeff\u00ad\u200e\u200f]")
"""What cannot be kept, or seen."""
_PART = re.compile(
    rf"""(?P<minus>(?<!\S)[{re.escape(_DASHES)}] ?)?"""
    r"""(?:"(?P<phrase>[^"]*)"|(?P<word>[^ "]+))"""
)
_MARKS = " '‘’`()[]{}<>〈〉《》【】…!?;:~|·,，、" + _DASHES
"""What stands around a word and is no part of it."""
_PARTED = re.compile("[ ,，、'‘’]")


class FilterWords(NamedTuple):
    """Words of which a post must have one, where there are any; and words that it must not have.

    A phrase, several words side by side, is one entry with single spaces.
    """

    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def read_filter(typed: str) -> FilterWords:
    """The words of a filter as typed; none for "off".

    Raises:
        InputError: No word is left, or there are too many, or one is too long.
    """
    if means_off(typed):
        return FilterWords()
    words: dict[str, str] = {}
    without: dict[str, str] = {}
    for match in _PART.finditer(_clean(typed)):
        word = _word(match["word"] if match["phrase"] is None else match["phrase"])
        if word:
            (without if match["minus"] else words).setdefault(normal(word), word)
    read = FilterWords(tuple(words.values()), tuple(without.values()))
    if means_on(typed) or not any(read) or not _fits(read):  # on, but for which words?
        raise InputError("settings.usage.filter", typed=typed, most=MOST_WORDS)
    return read


def write_filter(read: FilterWords) -> str:
    """The words as they are typed: `read_filter` reads the same from it. Empty for no words."""
    without = (f"-{_written(word)}" for word in read.without)
    return " ".join((*map(_written, read.words), *without))


def _clean(typed: str) -> str:
    composed = normalize("NFC", _NO_TEXT.sub("", typed)).translate(_QUOTES)
    return " ".join(_COMMAS.sub(" ", _SINGLE_QUOTES.sub('"', composed)).split())


def _word(typed: str) -> str:
    """A word or a phrase without what stands around it."""
    return typed.lstrip(_MARKS).rstrip(_MARKS + ".")


def _fits(read: FilterWords) -> bool:
    return all(len(one) <= MOST_WORDS for one in read) and all(
        len(word) <= LONGEST_WORD * (1 + (" " in word)) for one in read for word in one
    )


def _written(word: str) -> str:
    """A word as it is read as one: quoted where it would be parted, or mean off."""
    is_plain = not _PARTED.search(word) and not means_off(word) and not means_on(word)
    return word if is_plain else f'"{word}"'
