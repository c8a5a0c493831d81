"""How many, as members type it: `3`, `３`, `3개`, `열 개`, `ten posts`."""

from __future__ import annotations

import re

from bot.chat_settings.words import normal

_ONES = ("", "한 하나", "두 둘", "세 셋 석", "네 넷 넉", "다섯", "여섯", "일곱", "여덟", "아홉")
_TENS = ("", "열", "스물 스무", "서른", "마흔", "쉰")
_SINO = ("", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구")
_SINO_TENS = ("", "십", "이십", "삼십", "사십", "오십")
_ENGLISH = (
    "zero a|an|one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
)


def _words() -> dict[str, int]:
    found = {
        ten + one: 10 * tens + ones
        for both in ((_TENS, _ONES), (_SINO_TENS, _SINO))
        for tens, its_tens in enumerate(both[0])
        for ones, its_ones in enumerate(both[1])
        for ten in its_tens.split() or [""]
        for one in its_ones.split() or [""]
    }
    english = {one: n for n, names in enumerate(_ENGLISH.split()) for one in names.split("|")}
    return {word: number for word, number in (found | english).items() if word}


_NUMBERS = _words()
_COUNTED = re.compile(
    r"(?:최근|최신|마지막|last|latest)?(\d{1,18}|[가-힣a-z]{1,12}?)"
    r"(?:개|편|건|가지|꼭지|글|posts?|items?|articles?)?(?:만|씩|정도|까지|요)?\.?"
)


def parse_count(typed: str) -> int | None:
    """The number of things that somebody typed, zero included; None for other words."""
    found = _COUNTED.fullmatch(normal(typed).replace(" ", ""))
    if found is None:
        return None
    return int(found[1]) if found[1].isdecimal() else _NUMBERS.get(found[1])
