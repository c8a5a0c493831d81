"""How words in Latin letters end when Koreans say them: enough to choose a particle.

Abbreviations are spelt out (SQL is 에스큐엘). Words follow the endings of the official
transcription of foreign words: a short vowel before p, t or k closes the syllable (앱, 봇, 북),
otherwise a vowel is added (링크, 테스트).
"""

from __future__ import annotations

import re

_LETTER_NAMES = {"l": "엘", "m": "엠", "n": "엔", "r": "알"}
_OPEN = "이"
"""Stands for every ending in a vowel; all other letters' names end in one."""
_LONG_ABBREVIATION = 5
"""From here on capitals are more often a word that shouts than an abbreviation."""

_ENDINGS = (
    (re.compile(r"(?:bit|hit|suit|quit)$"), _OPEN),  # 비트
    (re.compile(r"le?$"), "을"),  # 구글, 애플, 엑셀
    (re.compile(r"(?:[mn]|ng|mb|[aeiouy][mn]e)$"), "음"),  # 아마존, 텔레그램, 크롬
    (re.compile(r"(?:ck|[aeiouy]c|(?:[^aeiou][aeiouy]|oo)k)$"), "윽"),  # 슬랙, 뮤직, 틱톡
    (re.compile(r"(?:(?:\b|[^aeiou])[aeiou]pp?|(?:ou|ea|ee)p|type)$"), "읍"),  # 앱, 그룹, 타입
    (re.compile(r"(?:(?:\b|[^aeiou])[aeiou]tt?|out|tweet)$"), "읏"),  # 봇, 인터넷, 아웃
    (re.compile(r"(?:web|lab|tab|job|club|pub)$"), "읍"),  # 웹, 랩
)


def latin_final(word: str) -> str:
    """A Hangul syllable that ends in the sound that `word`, of A-Z and a-z, ends in."""
    capitals = word[len(word.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) :]
    spoken = word.lower()
    if capitals and len(capitals) < _LONG_ABBREVIATION:
        return _letter_name(spoken[-1])
    if not re.search("[aeiouy]", spoken):
        return _letter_name(spoken[-1])
    return next((syllable for ending, syllable in _ENDINGS if ending.search(spoken)), _OPEN)


def _letter_name(letter: str) -> str:
    return _LETTER_NAMES.get(letter, _OPEN)
