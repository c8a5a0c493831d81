"""Syllables, jamo and keystrokes: the arithmetic of Hangul (Unicode Standard, section 3.12).

`keys` writes a word as it is typed on the two-set (dubeolsik, KS X 5002) keyboard, one ASCII letter
a keystroke: 검색 is `rjator`. It is at once the other layout, a compact spelling in jamo, and the
alphabet in which typing errors are counted.
"""

from __future__ import annotations

from functools import lru_cache

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_FIRST, _LAST = 0xAC00, 0xD7A3

_CLUSTERS = {
    "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ",
    "ㄶ": "ㄴㅎ",
    "ㄺ": "ㄹㄱ",
    "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ",
    "ㅀ": "ㄹㅎ",
    "ㅄ": "ㅂㅅ",
    "ㅘ": "ㅗㅏ",
    "ㅙ": "ㅗㅐ",
    "ㅚ": "ㅗㅣ",
    "ㅝ": "ㅜㅓ",
    "ㅞ": "ㅜㅔ",
    "ㅟ": "ㅜㅣ",
    "ㅢ": "ㅡㅣ",
}
_JOINED = {parts: whole for whole, parts in _CLUSTERS.items()}
_KEY_OF = dict(
    zip(
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ",
        "qwertyuiopasdfghjklzxcvbnmQWERTOP",
        strict=True,
    )
)
_JAMO_OF = {key: jamo for jamo, key in _KEY_OF.items()}
_KEYS_OF_JAMO = {
    jamo: "".join(_KEY_OF[part] for part in _CLUSTERS.get(jamo, jamo))
    for jamo in (*INITIALS, *VOWELS, *FINALS[1:])
}


def is_syllable(character: str) -> bool:
    """Whether this is one composed Hangul syllable."""
    return _FIRST <= ord(character) <= _LAST


def is_initial(character: str) -> bool:
    """Whether this is a consonant jamo that can open a syllable (compatibility form)."""
    return character in INITIALS


def split_syllable(syllable: str) -> tuple[int, int, int]:
    """The numbers of its initial, vowel and final (0: none)."""
    number = ord(syllable) - _FIRST
    return number // 588, number // 28 % 21, number % 28


def join_syllable(initial: int, vowel: int, final: int = 0) -> str:
    """The syllable of these three numbers."""
    return chr(_FIRST + (initial * 21 + vowel) * 28 + final)


def final_of(character: str) -> str:
    """The final consonant: `ㄹ` for 칼, an empty string for 차 and for what is no Hangul."""
    return FINALS[split_syllable(character)[2]] if is_syllable(character) else ""


def initials(text: str) -> str:
    """The first consonants of its syllables; anything else is left out."""
    return "".join(INITIALS[split_syllable(c)[0]] for c in text if is_syllable(c))


def untangle(text: str) -> str:
    """Clusters that a keyboard joined, taken apart: `ㄳ` becomes `ㄱㅅ`."""
    return "".join(_CLUSTERS.get(c, c) for c in text)


def keys(text: str) -> str:
    """What is typed for `text` on the two-set keyboard; other characters stay as they are."""
    return "".join(map(_keys_of, text))


@lru_cache(maxsize=12_000)
def _keys_of(character: str) -> str:
    if not is_syllable(character):
        return _KEYS_OF_JAMO.get(character, character)
    initial, vowel, final = split_syllable(character)
    typed = _KEY_OF[INITIALS[initial]] + _KEYS_OF_JAMO[VOWELS[vowel]]
    return typed + (_KEYS_OF_JAMO[FINALS[final]] if final else "")


def from_keys(typed: str) -> str:
    """The Hangul that these keystrokes give on the two-set keyboard; jamo that fit nowhere stay."""
    jamo = [_JAMO_OF.get(key) or _JAMO_OF.get(key.lower(), key) for key in typed]
    written: list[str] = []
    at = 0
    while at < len(jamo):
        taken, syllable = _take_syllable(jamo, at)
        written.append(syllable)
        at += taken
    return "".join(written)


def _take_syllable(jamo: list[str], at: int) -> tuple[int, str]:
    """How many jamo the syllable at `at` takes, and the syllable."""
    if jamo[at] not in INITIALS or at + 1 >= len(jamo) or jamo[at + 1] not in VOWELS:
        return 1, jamo[at]
    vowel, used = jamo[at + 1], 2
    if at + 2 < len(jamo) and vowel + jamo[at + 2] in _JOINED:
        vowel, used = _JOINED[vowel + jamo[at + 2]], 3
    final = _final_at(jamo, at + used)
    parts = INITIALS.index(jamo[at]), VOWELS.index(vowel), FINALS.index(final)
    return used + len(_CLUSTERS.get(final, final)), join_syllable(*parts)


def _final_at(jamo: list[str], at: int) -> str:
    """The final that starts at `at`: a consonant before a vowel belongs to the next syllable."""

    def may_close(place: int) -> bool:
        if place >= len(jamo) or jamo[place] not in FINALS[1:]:
            return False
        return place + 1 >= len(jamo) or jamo[place + 1] not in VOWELS

    if at < len(jamo) - 1 and may_close(at + 1) and jamo[at] + jamo[at + 1] in _JOINED:
        return _JOINED[jamo[at] + jamo[at + 1]]
    return jamo[at] if may_close(at) else ""
