"""Latin letters by their Korean names: 지피티 is gpt, 에이아이 is ai. Pure."""

from __future__ import annotations

import re

_NAMES = {
    "a": "에이",
    "b": "비",
    "c": "씨",
    "d": "디",
    "e": "이",
    "f": "에프",
    "g": "지",
    "h": "에이치",
    "i": "아이",
    "j": "제이",
    "k": "케이",
    "l": "엘",
    "m": "엠",
    "n": "엔",
    "o": "오",
    "p": "피",
    "q": "큐",
    "r": "알",
    "s": "에스",
    "t": "티",
    "u": "유",
    "v": "브이",
    "w": "더블유",
    "x": "엑스",
    "y": "와이",
    "z": "제트",
}
_LETTERS = {name: letter for letter, name in _NAMES.items()} | {
    "시": "c",
    "에이취": "h",
    "더블류": "w",
}
_NAME = "|".join(sorted(_LETTERS, key=len, reverse=True))
_SPELT = re.compile(rf"(?P<head>[가-힣]*?)(?P<names>(?:{_NAME}){{2,6}})\Z")
_SURE = 3
"""Syllables from which a row of letter names is no chance: 이지 is an everyday word."""
_TELLING = re.compile("엘|엠|엔|에스|에프|엑스|알|큐|씨")
"""Letter names that make no chance of two syllables, either: 엘피, 피씨. 이유 is no EU."""
SHORTEST, LONGEST = 2, 5


def read_letters(word: str) -> str | None:
    """The word with letter names at its end as letters: 오픈에이아이 is 오픈ai; None without."""
    match = _SPELT.match(word)
    if match is None or not _is_sure(match["names"]):
        return None
    if match["head"] and len(match["names"]) < _SURE:
        return None
    letters = re.sub(_NAME, lambda name: _LETTERS[name.group()], match["names"])
    return match["head"] + letters


def spell_letters(word: str) -> str | None:
    """The names of the letters of a short Latin word: gpt is 지피티; None for other words."""
    if not (word.isascii() and word.isalpha() and SHORTEST <= len(word) <= LONGEST):
        return None
    spelt = "".join(_NAMES[letter] for letter in word)
    return spelt if _is_sure(spelt) else None


def _is_sure(names: str) -> bool:
    return len(names) >= _SURE or _TELLING.search(names) is not None
