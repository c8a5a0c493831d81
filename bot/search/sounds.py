"""How a name sounds in either script: 엔비디아 and nvidia both come down to `NPT`.

Korean writes foreign words by sound (외래어 표기법), so the consonants of both spellings agree once
voicing, doubling and the silent r of English are left out. Vowels agree loosely: most must.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.search.hangul import FINALS, INITIALS, VOWELS, is_syllable, split_syllable

SHORTEST = 3
"""Skeletons below this many consonants fit too many words."""

_INITIAL = dict(zip(INITIALS, "KKNTTLMPPSS-SSSKTPH", strict=True))
_FINAL = {
    "": "",
    "ㅇ": "N",
    "ㄴ": "N",
    "ㅁ": "M",
    "ㄹ": "L",
    "ㄱ": "K",
    "ㅋ": "K",
    "ㅂ": "P",
    "ㅍ": "P",
}
_SILENT_VOWEL = 18
_VOWELS_AGREE = 0.6
_SOUNDED = re.compile(r"[aeiou]")
_VOWEL = re.compile(r"[aeiouyw](?!(?<=(.))\1)")
_SILENT_END = re.compile(r"(?<=[^aeiou])e$")
_WRITTEN_AS = {
    **dict.fromkeys("ㅏㅑㅘ", "auoi"),
    **dict.fromkeys("ㅐㅔㅒㅖㅙㅚㅞ", "eai"),
    **dict.fromkeys("ㅓㅕㅝ", "eouai"),
    **dict.fromkeys("ㅗㅛ", "oau"),
    **dict.fromkeys("ㅜㅠ", "uowe"),
    **dict.fromkeys("ㅣㅟㅢ", "ieyaw"),
    "ㅡ": "",
}
"""English letters that a Korean vowel is written for (외래어 표기법, table 1)."""
_SPELLINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(.)\1", r"\1"),
        (r"[ts]ion|ssion", "SN"),
        (r"ture$", "S"),
        (r"ch(?=[rl])|(?<=or)ch|(?<=te)ch", "K"),
        (r"sm$", "SM"),
        (r"gn$", "N"),
        (r"tch|ch|j|z|dg(?=e)|g(?=[eiy])", "S"),
        (r"sh", "S"),
        (r"th", "T"),
        (r"ph", "P"),
        (r"wh", ""),
        (r"ck|qu?|c(?![eiy])|g(?!$)h?|k", "K"),
        (r"ng", "N"),
        (r"g", "K"),
        (r"c", "S"),
        (r"x", "KS"),
        (r"[bpfv]", "P"),
        (r"[dt]", "T"),
        (r"s", "S"),
        (r"(?<=[aeiouy])r(?![aeiouy])", ""),
        (r"e$", ""),
        (r"[lr]", "L"),
        (r"m", "M"),
        (r"n", "N"),
        (r"h(?=[aeiou])", "H"),
    )
)
_NO_OTHERS = str.maketrans("", "", "-aeiouyhrwVbcdfgjklmnpqstvxz")
"""Leaves the consonants, which are capitals: what is silent or a vowel goes."""
_REPEATED = re.compile(r"(.)\1+")


def sound(word: str) -> str | None:
    """The consonants of a word that is all Hangul or all Latin, neighbours that agree as one."""
    if word.isascii() and word.isalpha():
        skeleton = _latin(word)
    elif all(is_syllable(c) for c in word):
        skeleton = _hangul(word)
    else:
        return None
    joined = _REPEATED.sub(r"\1", skeleton.translate(_NO_OTHERS))
    return joined if len(joined) >= SHORTEST else None


def sounds_alike(left: str, right: str) -> bool:
    """Whether words of one skeleton and different scripts may be one name: most vowels agree."""
    if left.isascii() == right.isascii():
        return False
    hangul, latin = (right, left) if left.isascii() else (left, right)
    if not _SOUNDED.search(latin):
        return False
    heard = [split_syllable(c)[1] for c in hangul]
    heard = [vowel for vowel in heard if vowel != _SILENT_VOWEL]
    written = _VOWEL.findall(_SILENT_END.sub("", latin))
    longest = max(len(heard), len(written), 1)
    return _in_step(heard, written) >= _VOWELS_AGREE * longest


def _in_step(heard: list[int], written: list[str]) -> int:
    """The most vowels that agree, in order (longest common subsequence)."""
    row = [0] * (len(written) + 1)
    for vowel in heard:
        above, row = row, [0]
        for place, letter in enumerate(written):
            agrees = above[place] + (letter in _WRITTEN_AS[VOWELS[vowel]])
            row.append(max(above[place + 1], row[place], agrees))
    return row[-1]


def _latin(word: str) -> str:
    for pattern, replacement in _SPELLINGS:
        word = pattern.sub(replacement, word)
    return word


def _hangul(word: str) -> str:
    return "".join(map(_of_syllable, word))


@lru_cache(maxsize=12_000)
def _of_syllable(syllable: str) -> str:
    initial, _, final = split_syllable(syllable)
    return _INITIAL[INITIALS[initial]] + _FINAL.get(FINALS[final], "T")
