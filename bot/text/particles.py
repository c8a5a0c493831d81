"""Korean particles by the sound that a word ends in, whatever it is written in.

Words end in a vowel, in ㄹ or in another consonant: 투자로, 서울로, 검색으로. Numbers are read the
Sino-Korean way (3 is 삼, 100 is 백), letters by their names (AI is 에이아이), English words roughly
as they are transcribed (Google is 구글).
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

from bot.text.transcription import latin_final


class Final(Enum):
    """How a word ends."""

    VOWEL = "vowel"
    RIEUL = "rieul"
    CONSONANT = "consonant"


_PAIRS = (
    ("은", "는"),
    ("이", "가"),
    ("을", "를"),
    ("과", "와"),
    ("으로", "로"),
    ("이에요", "예요"),
    ("이었어요", "였어요"),
    ("이라", "라"),
    ("이라는", "라는"),
    ("이나", "나"),
    ("이란", "란"),
    ("이랑", "랑"),
    ("아", "야"),
)
PARTICLES = {form: pair for pair in _PAIRS for form in pair}
"""Each form by name, with the pair that it belongs to: after a consonant, after a vowel."""

_TAIL = 64
"""Characters of a text that are looked at."""
_NUMBER = re.compile(r"\d(?:[\d,]*\d)?(?:\.\d+)?\Z", re.ASCII)
_DIGITS = "영일이삼사오육칠팔구"
_DIGITS_AFTER_LETTERS = "로원투리포브스븐잇인"
"""How the English numbers end: MP3 is 엠피쓰리."""
_POWERS = ((20, "해"), (16, "경"), (12, "조"), (1, "만"))
_LETTERS = re.compile(r"[A-Za-z]+\Z")
_GLOSS = re.compile(r"\s*[(（][^()（）]*[)）]\Z")
_UNIT = re.compile(r"\d ?(km|cm|mm|m|kg|g|ml|l)\Z", re.ASCII)
_UNITS = dict.fromkeys(("km", "cm", "mm", "m", "ml", "l"), "터") | {"kg": "램", "g": "램"}
_SPOKEN_SIGNS = {
    "%": "트",
    "°": "도",
    "$": "러",
    "€": "로",
    "₩": "원",
    "+": "스",
    "#": "샵",
    "&": "드",
}
"""The last syllables of 퍼센트, 도, 달러, 유로, 원, 플러스, 샵 and 앤드."""


def choose_particle(text: str, form: str) -> str:
    """The form of a particle that follows `text`.

    Raises:
        KeyError: `form` is none of PARTICLES.
    """
    after_consonant, after_vowel = PARTICLES[form]
    final = final_sound(text)
    if final is Final.RIEUL and after_consonant == "으로":
        return after_vowel
    return after_vowel if final is Final.VOWEL else after_consonant


def final_sound(text: str) -> Final:
    """How `text` ends when it is read aloud.

    Quotes, brackets, punctuation and emoji at the end are not read; nor is a gloss in parentheses
    (National Institute of Korean Language: a particle follows the word before them). What has no
    known reading counts as a vowel, as 이모지 would.
    """
    tail = _without_gloss(_folded(text[-_TAIL:]))
    while tail:
        final = _last_sound(tail)
        if final is not None:
            return final
        tail = tail[:-1]
    return Final.VOWEL


def _folded(text: str) -> str:
    """Full-width, circled and raised characters as ordinary ones; single jamo as they are."""
    return unicodedata.normalize(
        "NFC",
        "".join(
            letter if "ㄱ" <= letter <= "ㅣ" else unicodedata.normalize("NFKC", letter)
            for letter in text
        ),
    )


def _without_gloss(text: str) -> str:
    rest = text
    while rest and not rest[-1].isalnum():
        if match := _GLOSS.search(rest):
            before = rest[: match.start()]
            return before if any(map(str.isalnum, before)) else text
        rest = rest[:-1]
    return text


def _last_sound(text: str) -> Final | None:
    """The sound of the last character; None when it is not read."""
    last = text[-1]
    if last in _SPOKEN_SIGNS:
        return _hangul_final(_SPOKEN_SIGNS[last])
    if match := _NUMBER.search(text):
        return _hangul_final(_read_number(match[0], text[: match.start()]))
    if match := _UNIT.search(text):
        return _hangul_final(_UNITS[match[1]])
    base = unicodedata.normalize("NFD", last)[0]
    if match := _LETTERS.search(text[:-1] + base):
        return _hangul_final(latin_final(match[0]))
    return _hangul_final(last) if last.isalpha() else None


def _read_number(number: str, before: str) -> str:
    """The last syllable of a number as it is read."""
    digits = number.replace(",", "")
    if len(digits) == 1 and before[-1:].isascii() and before[-1:].isalpha():
        return _DIGITS_AFTER_LETTERS[int(digits)]
    zeros = len(digits) - len(digits.rstrip("0"))
    if zeros in {0, len(digits)} or "." in digits:
        return _DIGITS[int(digits[-1])]
    return next(unit for power, unit in _POWERS if zeros >= power)


def _hangul_final(letter: str) -> Final:
    """The sound that a Hangul syllable, or the name of a single jamo, ends in."""
    if "가" <= letter <= "힣":
        number = (ord(letter) - ord("가")) % 28
        return {0: Final.VOWEL, 8: Final.RIEUL}.get(number, Final.CONSONANT)
    if letter == "ㄹ":
        return Final.RIEUL
    if "ㄱ" <= letter <= "ㅎ" or letter in "んンﾝ":
        return Final.CONSONANT
    return Final.VOWEL
