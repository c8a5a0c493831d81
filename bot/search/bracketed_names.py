"""Names that a text gives in brackets: 애자일(Agile), RAG(검색 증강 생성). Pure."""

from __future__ import annotations

import re

from bot.search.analyse import flat, fold, normalise
from bot.search.endings import stems

_BRACKETED = re.compile(r"\((?P<inside>[^()]{2,60})\)")
_LOOKED_BACK = 40
"""Characters before a bracket that may hold the other name."""
_HANGUL_WORD = re.compile(r"[가-힣]+\Z")
_HANGUL_PHRASE = re.compile(r"[가-힣]{2,}(?: [가-힣]+){0,3}\Z")
_LATIN_PHRASE = re.compile(r"[A-Za-z][A-Za-z0-9.&'/-]+(?: [A-Za-z0-9.&'/-]+){0,5}\Z")
_LATIN_TAIL = re.compile(r"[A-Za-z][A-Za-z0-9-]+\Z")
_ACRONYM = re.compile(r"[A-Z][A-Za-z]{0,3}[A-Z]s?\Z")
_FIRST_PART = re.compile(r"[,:;=]| 등\Z")
_COMPOUND = 4
"""A Hangul word this long is a name by itself; a shorter one may be the end of a longer name."""


def text_pairs(text: str) -> set[tuple[str, str]]:
    """Pairs of names, flat: (in Hangul or short, in Latin letters)."""
    found = set()
    text = normalise(text)
    for match in _BRACKETED.finditer(text):
        start = match.start()
        before = text[max(0, start - _LOOKED_BACK) : start].rpartition(")")[2].rstrip()
        inside = _FIRST_PART.split(match["inside"], maxsplit=1)[0].strip()
        if _LATIN_PHRASE.match(inside):
            found.update(_before_latin(before, inside))
        elif _HANGUL_PHRASE.match(inside) and (tail := _LATIN_TAIL.search(before)):
            found.add((_flat(inside), _flat(tail[0])))
    return {(left, right) for left, right in found if left != right}


def _before_latin(before: str, inside: str) -> set[tuple[str, str]]:
    right = _flat(inside)
    short = _LATIN_TAIL.search(before)
    if short:
        spelt = "".join(word[0] for word in inside.split() if word[0].isalnum()).lower()
        letters = short[0].lower()
        return {(letters, right)} if _spells(letters, spelt) else set()
    words = _last_words(before)
    if not words:
        return set()
    names = {words[-1]} if len(words[-1]) > 1 else set()
    wanted = len(inside) if _ACRONYM.match(inside) else len(inside.split())
    if 1 < wanted <= len(words):
        names = {w for w in names if len(w) >= _COMPOUND}
        if _is_one_name(words[-wanted:]):
            names.add("".join(words[-wanted:]))
    return {(name, right) for name in names}


def _is_one_name(words: list[str]) -> bool:
    """Whether each word may stand for a letter or a word of the other name.

    A compound stands for several, and what has a particle is not of the name: then what comes
    before it would be swallowed, as in 현재 미국 상무부 국립표준기술연구소(NIST).
    """
    particles = any(stem.sure for word in words[:-1] for stem in stems(word))
    return not particles and all(len(word) < _COMPOUND for word in words)


def _spells(letters: str, spelt: str) -> bool:
    """Whether these are the first letters of the phrase, small words left out or not."""
    rest = iter(spelt)
    return len(letters) > 1 and all(letter in rest for letter in letters)


def _last_words(before: str) -> list[str]:
    words: list[str] = []
    for word in reversed(before.split(" ")):
        if not _HANGUL_WORD.match(word):
            break
        words.insert(0, word)
    return words


def _flat(name: str) -> str:
    return flat(fold(name))
