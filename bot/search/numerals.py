"""Numbers written in Hangul: 삼천 명 is 3,000명, 스무 평 is 20평, 만 천 원 is 11,000원. Pure.

Both rows of the standard language (표준어 규정, article 6; 한글 맞춤법, article 44): the Chinese
one, by ten thousands, and the native one up to 99 before what it counts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_DIGITS = dict(zip("일이삼사오육칠팔구", range(1, 10), strict=True))
_SMALL = {"천": 1000, "백": 100, "십": 10}
_LARGE = {"조": 10**12, "억": 10**8, "만": 10**4}
_TENS = {
    "열": 10,
    "스물": 20,
    "서른": 30,
    "마흔": 40,
    "쉰": 50,
    "예순": 60,
    "일흔": 70,
    "여든": 80,
    "아흔": 90,
}
_ONES: tuple[tuple[str, ...], ...] = (
    ("한", "하나"),
    ("두", "둘"),
    ("세", "셋", "석", "서"),
    ("네", "넷", "넉", "너"),
    ("다섯",),
    ("여섯",),
    ("일곱",),
    ("여덟",),
    ("아홉",),
)
_NATIVE = (
    _TENS
    | {"스무": 20}
    | {one: number for number, names in enumerate(_ONES, 1) for one in names}
    | {
        f"{name}{one}": ten + number
        for name, ten in _TENS.items()
        for number, names in enumerate(_ONES, 1)
        for one in names
    }
)
_COUNTED_NATIVELY = frozenset(
    """
    명 개 평 시 살 마리 권 병 잔 곳 채 대 장 달 번 켤레 그루 송이 가지 척 벌 줄 칸 통 판 자루 사람
    시간 군데 배 쪽 해 모 끼 그릇 봉지 상자 알 편 팀 건 조각 컵 접시 포기 차례 분
""".split()  # noqa: SIM905  # a table of words
)
"""What native numbers stand before."""
_COUNTED = _COUNTED_NATIVELY | frozenset(
    """
    원 년 월 일 초 층 호 세 주 도 회 위 등 인 석 점 기 매 자 만원 천원 개월 가구 퍼센트 프로
    킬로 키로 미터 센티 그램 리터 달러 유로 엔 위안
""".split()  # noqa: SIM905  # a table of words
)
_TEN_NAMES = ("", *_TENS)
_NEVER_ANOTHER = frozenset("시간 사람 가지 명 살 개 마리 달 그루 송이 켤레 시".split())  # noqa: SIM905  # a table of words
"""What may follow a native number of one syllable: 두명. 한번, 한대 and 한장 are words, too."""
_SINO = re.compile("[일이삼사오육칠팔구십백천만억조]+")
_GROUP = re.compile("([일이삼사오육칠팔구십백천]*)([만억조]?)")
_PLACE = re.compile("([일이삼사오육칠팔구]?)([십백천]?)")
_NATIVE_NUMBER = re.compile("|".join(sorted(_NATIVE, key=len, reverse=True)))
_ROUND = frozenset((*_SMALL, *_LARGE))
_NUMBER_AT_END = re.compile("(?:[0-9][십백천만억조]*|(?<![가-힣])(?P<word>[가-힣]{1,6})) ?\\Z")
LOOKED_BACK = 9
"""Characters before a counter that may hold its number."""
_LONGEST = 40
_LARGEST = 10**16
_NATIVE_UP_TO = 99


class Counted(NamedTuple):
    """A number and what it counts."""

    number: int
    counter: str


@lru_cache(maxsize=4096)
def read_counted(flat: str) -> Counted | None:
    """A number in Hangul with its counter: 천구백원, 스무평; None for what may be another word.

    A number of one syllable needs the space that `is_counted_apart` sees: 구원 is no 9원.
    """
    if not 2 < len(flat) <= _LONGEST:  # noqa: PLR2004  # two syllables of a number, one that is counted
        return None
    for read, pattern in ((_read_native, _NATIVE_NUMBER), (_read_sino, _SINO)):
        match = pattern.match(flat)
        if match is None or len(match.group()) == 1 or flat[match.end() :] not in _COUNTED:
            continue
        number = read(match.group())
        if number:
            return Counted(number, flat[match.end() :])
    return None


def read_counted_apart(number: str, counter: str) -> Counted | None:
    """The same with a space between, where a number of one syllable is one: 세 시, 만 원."""
    if counter not in _COUNTED:
        return None
    if number in _NATIVE:
        return Counted(_NATIVE[number], counter)
    value = _read_sino(number) if len(number) > 1 or number in _ROUND else None
    return Counted(value, counter) if value else None


def is_counter(word: str) -> bool:
    """Whether numbers stand before this, which alone says little: 명, 평."""
    return word in _COUNTED and len(word) == 1


def ends_in_number(text: str) -> bool:
    """Whether a text ends in a number, with or without a space: 두, 백, 12, 3만."""
    match = _NUMBER_AT_END.search(text[-LOOKED_BACK:])
    if match is None:
        return False
    word = match["word"]
    return not word or word in _NATIVE or (word[-1] in _ROUND and bool(_read_sino(word)))


def go_on(left: str, right: str) -> bool:
    """Whether two words are one number: 만 천, 이만 사천."""
    return left[-1:] in _ROUND and right[-1:] in _ROUND and bool(_read_sino(left + right))


def write_counted(number: int, counter: str) -> tuple[str, ...]:
    """A number in Hangul before what it counts, in the ways that are usual for it.

    With a space where it would be another word without: 세 배, 만 원.
    """
    if number <= 0 or number >= _LARGEST or counter not in _COUNTED:
        return ()
    if number <= _NATIVE_UP_TO and counter in _COUNTED_NATIVELY:
        names = _native_names(number, counter)
    else:
        names = [name for name in _sino_names(number) if len(name) > 1 or name in _ROUND]
    return tuple(name + _gap(name, number, counter) + counter for name in names)


def _gap(name: str, number: int, counter: str) -> str:
    never_another = counter in _NEVER_ANOTHER and (number, counter) != (1, "시")
    return "" if len(name) > 1 or never_another else " "


def _native_names(number: int, counter: str) -> list[str]:
    """As they stand before what they count."""
    ten, one = divmod(number, 10)
    tens = "스무" if number == _TENS["스물"] else _TEN_NAMES[ten]
    ones = _ONES[one - 1][:1] if one else ("",)
    if not ten and counter == "달":
        ones += _ONES[one - 1][2:3]
    return [tens + name for name in ones]


def _sino_names(number: int) -> list[str]:
    """With and without 일 before 만: 만천, 일만천."""
    written = ""
    for name, size in (*_LARGE.items(), ("", 1)):
        part, number = divmod(number, size)
        if part:
            written += _below_ten_thousand(part) + name
    return [written.removeprefix("일"), written] if written.startswith("일만") else [written]


def _below_ten_thousand(number: int) -> str:
    names = {value: name for name, value in _DIGITS.items()}
    written = ""
    for name, size in (*_SMALL.items(), ("", 1)):
        digit, number = divmod(number, size)
        if digit:
            written += (names[digit] if digit > 1 or not name else "") + name
    return written


def _read_native(word: str) -> int | None:
    return _NATIVE.get(word)


def _read_sino(word: str) -> int | None:
    """The value; None where the places are not in order, as in 이사 or 십백."""
    total, largest = 0, 10**16
    if not word or not _SINO.fullmatch(word):
        return None
    for match in _GROUP.finditer(word):
        digits, large = match.groups()
        if not match.group():
            continue
        size = _LARGE.get(large, 1)
        part = _read_part(digits) if digits else 1
        if part is None or size >= largest:
            return None
        total, largest = total + part * size, size
    return total


def _read_part(digits: str) -> int | None:
    total, largest = 0, 10_000
    for match in _PLACE.finditer(digits):
        digit, small = match.groups()
        if not match.group():
            continue
        size = _SMALL.get(small, 1)
        if size >= largest:
            return None
        total, largest = total + _DIGITS.get(digit, 1) * size, size
    return total
