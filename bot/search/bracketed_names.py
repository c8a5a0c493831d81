"""Names that a text gives in brackets: 애자일(Agile), RAG(검색 증강 생성). Pure."""

from __future__ import annotations

import re

from bot.search.analyse import flat, fold, normalise
from bot.search.endings import OPTIONAL_WORDS, stems

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
_BEFORE_NAMES = """
    현재 최근 당시 요즘 지금 오늘 어제 내일 올해 작년 지난해 지난 이번 매년 매일 이후 이전 특히 또한
    즉 결국 우선 먼저 이미 아직 바로 다만 만약 물론 예컨대 이른바 소위 일명 흔히 각종 여러 모든 다른
    새 첫 두 세 네 몇 각 매 본 해당 유명 주요 일부 가장 함께 모두 서로
"""
_NO_NAME = OPTIONAL_WORDS | frozenset(_BEFORE_NAMES.split())
"""What stands before a name and is none of its words."""
_ADNOMINAL = ("는", "던", "된")
"""How a verb ends before its noun: 쓰는 초순수, 없는 회고."""
_LETTERED = """
    미국 ua 영국 ub 한국 kr 중국 cp 일본 jn 독일 dg 프랑스 f 러시아 r 인도 i 유럽 e 아시아 a 세계 wg
    국제 ig 국립 n 국가 ns 전국 n 연방 f 중앙 c
"""
_LETTERS_OF = dict(zip(_LETTERED.split()[::2], _LETTERED.split()[1::2], strict=True))
"""Words that say whose something is, with the letters that they have in English names: a name whose
letters have none of these is another's, and the word only stands before it."""


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
        letters = inside if _ACRONYM.match(inside) else "".join(w[0] for w in inside.split())
        if _is_one_name(words[-wanted:], letters.lower()):
            names.add("".join(words[-wanted:]))
    elif 1 < len(words) < wanted and len(words[-1]) < min(wanted, _COMPOUND):
        names = names if _ends_before(words[-2]) else set()
    return {(name, right) for name in names}


def _ends_before(word: str) -> bool:
    """Whether a name surely begins behind this word; else a short one may be its last part."""
    return word.endswith(_ADNOMINAL) or any(stem.sure for stem in stems(word))


def _is_one_name(words: list[str], letters: str) -> bool:
    """Whether each word may stand for one of the letters, or of the words that begin with them.

    A compound stands for several, and what has a particle is not of the name: then what comes
    before it would be swallowed, as in 현재 미국 상무부 국립표준기술연구소(NIST).
    """
    return all(len(word) < _COMPOUND for word in words) and not any(
        word in _NO_NAME
        or _ends_before(word)
        or (word in _LETTERS_OF and not set(_LETTERS_OF[word]) & set(letters))
        for word in words[:-1]
    )


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
