"""Numbers and units in the ways that they are written: 1만 2천 is 12,000, 2프로 is 2%. Pure.

Numbers count by ten thousands (만, 억, 조). Units are those of everyday texts, by their signs (the
SI brochure's) and by their Korean names, long and short.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from bot.search import numerals

_LARGE = {"조": 10**12, "억": 10**8, "만": 10**4}
_SMALL = {"천": 1000, "백": 100, "십": 10}
_PART = re.compile(r"(?P<digits>\d+(?:\.\d+)?)(?P<small>[천백십]?)(?P<large>[조억만]?)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[천백십조억만]{1,2}\d+(?:\.\d+)?)*[천백십조억만]{0,2}")
_UNITS = tuple(
    tuple(names.split())
    for names in (
        "% 퍼센트 프로 퍼",
        "℃ °c 섭씨 도씨",
        "kg 킬로그램 킬로 키로",
        "g 그램",
        "mg 밀리그램",
        "km 킬로미터 킬로 키로",
        "m 미터",
        "cm 센티미터 센티 센치",
        "mm 밀리미터 밀리 미리",
        "㎡ m2 m² 제곱미터 평방미터",
        "km² km2 ㎢ 제곱킬로미터",
        "ha 헥타르",
        "t 톤",
        "l ℓ 리터",
        "ml 밀리리터 밀리 미리",
        "cc 시시 씨씨",
        "gb 기가바이트 기가",
        "mb 메가바이트 메가",
        "tb 테라바이트 테라",
        "kb 킬로바이트",
        "bit 비트",
        "byte 바이트",
        "kwh 킬로와트시",
        "kw 킬로와트",
        "mw 메가와트",
        "gw 기가와트",
        "w 와트",
        "wh 와트시",
        "mah 밀리암페어시",
        "hpa 헥토파스칼",
        "v 볼트",
        "hz 헤르츠",
        "khz 킬로헤르츠",
        "mhz 메가헤르츠",
        "ghz 기가헤르츠",
        "kcal 킬로칼로리 칼로리",
        "km/h kmh 킬로 키로",
    )
)
_COUNTED = (("달러", "불", "usd"), ("유로", "eur"), ("살", "세"), ("개월", "달"))
"""What is counted is a word by itself, too."""
_SIGNS = frozenset(name for names in _UNITS for name in names)
_COUNTER = re.compile("[천백십]?[조억만천백십][가-힣]{0,2}")
_SIGN = re.compile(r"[^가-힣]+(?=[가-힣]{1,3}\Z)")
"""A sign before a particle."""
_LONGEST = 24


def is_quantity(number: str, unit: str) -> bool:
    """Whether two folded words are a number and the unit after it, or one number: 10 퍼센트."""
    if numerals.read_counted_apart(number.replace(" ", ""), unit) or numerals.go_on(number, unit):
        return True
    is_unit = unit in _SIGNS or numerals.is_counter(unit)
    return is_unit and _NUMBER.fullmatch(number.replace(",", "")) is not None


@lru_cache(maxsize=4096)
def spellings(flat: str) -> tuple[str, ...]:
    """Other ways to write a flat word with a number in front, likeliest first.

    With its unit under other names, and with its number counted otherwise; none without a number.
    """
    counted = numerals.read_counted(flat)
    if counted is not None:
        flat_digits = f"{counted.number}{counted.counter}"
        return tuple(one for one in (flat_digits, *spellings(flat_digits)) if one != flat)
    match = _NUMBER.match(flat)
    if match is None or len(flat) > _LONGEST:
        return ()
    value, unit = _value(match.group()), flat[match.end() :]
    numbers = (match.group(), *_countings(value))
    found = [number + name for name in _names_of_unit(unit) for number in numbers]
    found += numerals.write_counted(value, unit)
    return tuple(one for one in dict.fromkeys(found) if one != flat)


def _names_of_unit(unit: str) -> list[str]:
    """The unit, and its other names; what is no unit has none."""
    sign = _SIGN.match(unit)
    known = {unit, sign.group() if sign else unit}
    others = [name for names in (*_UNITS, *_COUNTED) if known & {*names} for name in names]
    return list(dict.fromkeys((unit, *others)))


def is_counter(text: str) -> bool:
    """Whether this goes on a number: 만, 억, a unit, or one syllable, which counts something."""
    return len(text) == 1 or text in _SIGNS or _COUNTER.fullmatch(text) is not None


def _value(number: str) -> int:
    """What digits with 천, 만 and their like are worth; 0 for what is no whole number."""
    total = below = Decimal(0)
    for part in _PART.finditer(number):
        below += Decimal(part["digits"]) * _SMALL.get(part["small"], 1)
        if part["large"]:
            total, below = total + below * _LARGE[part["large"]], Decimal(0)
    total += below
    return int(total) if total == int(total) else 0


def _countings(value: int) -> tuple[str, ...]:
    return (str(value), *_by_large(value), *_rounded(value)) if value else ()


def _by_large(value: int) -> list[str]:
    """By 조, 억 and 만, what is left in digits and by 천 and 백: 1만2000, 1만2천, 8천5백."""
    counted = [""]
    for name, size in (*_LARGE.items(), ("", 1)):
        part, value = divmod(value, size)
        if not part:
            continue
        written = [str(part)]
        if not part % 100:
            thousands, hundreds = divmod(part // 100, 10)
            by = (f"{thousands}천" if thousands else "", f"{hundreds}백" if hundreds else "")
            written.append("".join(by))
        counted = [before + one + name for before in counted for one in written]
    return counted


def _rounded(value: int) -> list[str]:
    """With one decimal of the largest of them: 1.2만."""
    for name, size in _LARGE.items():
        if value > size and value % size and not value % (size // 10):
            return [f"{Decimal(value) / size:f}{name}"]
    return []
