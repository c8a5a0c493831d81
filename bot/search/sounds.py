"""How a name sounds in either script: 엔비디아 and nvidia both come down to `NPT`. Pure.

Korean writes foreign words by sound (외래어 표기법), so the consonants of both spellings agree once
voicing, doubling and the silent r of English are left out. Vowels agree loosely: most must.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.text.hangul import FINALS, INITIALS, VOWELS, is_syllable, split_syllable

SHORTEST = 3
"""Skeletons below this many consonants fit too many words."""

SHORT = 2
"""Consonants of a word that counts beside another one: code in code review."""
LONGEST_PHRASE = 8
PART = "~"

_INITIAL = {
    jamo: "" if jamo == "ㅇ" else sound_class
    for jamo, sound_class in zip(INITIALS, "KKNTTLMPPSS-SSSKTPH", strict=True)
}
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
_OPENING = dict(
    zip(
        "ㅇㄱㄴㄷㄹㅁㅂㅅㅈㅊㅋㅌㅍㅎ",
        (
            *("", "gh?", "n|kn|gn", "d", "[lr]", "m", "[bv]", "s|c|th|(?<=x[aeiouy])"),
            *("[zjsg]", "ch|tch|c|t", "[kcqx]", "t|th", "[pf]|ph", "h"),
        ),
        strict=True,
    )
)
_CLOSING = dict(
    zip(
        ("", *"ㅇㄱㄴㄹㅁㅂㅅ"),
        ("", "ng?", "[kcgqx]|ck", "n", "[lr]", "m", "[pb]", "[td](?![aeiouy])"),
        strict=True,
    )
)
"""Letters for the consonants of foreign names, which have no others (표기법, articles 1 to 4)."""
_HEARD_LITTLE = "(?:[aeiouyw]|[hr](?![aeiouy]))*+"
"""It gives nothing back, so that a row of r is read once."""
_FILLER = "ㅡ"
"""What Korean puts after a consonant that has no vowel."""
_MOST = 0.65
"""Share of the vowels that must agree; all of them for the shortest skeletons."""
_LETTER_NAME = "ㅔ"
"""Opens a consonant that is read by its name: the n of nvidia."""
_OFTEN_UNHEARD = frozenset("eouyiw")
_WRITTEN_AS = {
    **dict.fromkeys("ㅏㅑㅘ", "auoi"),
    **dict.fromkeys("ㅐㅔㅒㅖㅙㅚㅞ", "eai"),
    **dict.fromkeys("ㅓㅕㅝ", "eouai"),
    **dict.fromkeys("ㅗㅛ", "oau"),
    **dict.fromkeys("ㅜㅠ", "uowe"),
    **dict.fromkeys("ㅣㅟㅢ", "ieyaw"),
}
"""English letters that a Korean vowel is written for (외래어 표기법, table 1)."""
_SPELLINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(.)\1", r"\1"),
        (r"[ts]ion|ssion", "SoN"),
        (r"ture$", "S"),
        (r"ch(?=[rl])|(?<=or)ch|(?<=te)ch", "K"),
        (r"(?<=[ei])igh|(?<=[^aeiou])igh", "i"),
        (r"(?<=[tcn])ough(?!t)|(?<!th)(?<=r)ough(?!t)|(?<=la)ugh", "oP"),
        (r"(?<=[ao])ugh", "o"),
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
        (r"(?<=[^aeiouy])e$", ""),
        (r"(?<=[aeiouy])r(?![aeiouy])", ""),
        (r"[lr]", "L"),
        (r"m", "M"),
        (r"n", "N"),
        (r"h(?=[aeiou])", "H"),
        (r"h", ""),
    )
)
_SOUNDED = re.compile("[aeiou]")
_CONSONANT = re.compile("[A-Z]")
_REPEATED = re.compile(r"([A-Z])\1+")


def sound(word: str) -> str | None:
    """The consonants of a word that is all Hangul or all Latin, neighbours that agree as one."""
    heard = _heard(word)
    skeleton = "".join(c for c in heard if c.isupper()) if heard else ""
    return skeleton if len(skeleton) >= SHORTEST else None


def partings(skeleton: str) -> list[tuple[str, str]]:
    """The skeleton of a phrase as those of two words, as the vocabulary keeps them."""
    if not 2 * SHORT <= len(skeleton) <= LONGEST_PHRASE:
        return []
    places = range(SHORT, len(skeleton) - SHORT + 1)
    return [(_kept(skeleton[:place]), _kept(skeleton[place:])) for place in places]


def word_sound(word: str) -> str | None:
    """The skeleton under which the vocabulary keeps a word: a short one only for phrases."""
    heard = _heard(word)
    skeleton = "".join(c for c in heard if c.isupper()) if heard else ""
    return _kept(skeleton) if len(skeleton) >= SHORT else None


def _kept(skeleton: str) -> str:
    return skeleton if len(skeleton) >= SHORTEST else PART + skeleton


def has_tense(word: str) -> bool:
    """Whether a word has ㄲ, ㄸ, ㅃ or ㅉ, which foreign names have not (표기법, article 4)."""
    return any(is_syllable(c) and INITIALS[split_syllable(c)[0]] in "ㄲㄸㅃㅉ" for c in word)


def is_spelt(latin: str, hangul: str) -> bool:
    """Whether a Latin word is written so, letter by letter: t is ㅌ, no ㄷ (표기법, table 1)."""
    return _spelling_of(hangul).fullmatch(latin) is not None


@lru_cache(maxsize=4096)
def _spelling_of(hangul: str) -> re.Pattern[str]:
    written = []
    for syllable in hangul:
        initial, _, final = split_syllable(syllable)
        written += [_OPENING.get(INITIALS[initial], "-"), _CLOSING.get(FINALS[final], "-")]
    return re.compile(
        _HEARD_LITTLE + _HEARD_LITTLE.join(f"(?:{one})+" for one in written if one) + _HEARD_LITTLE
    )


def sounds_alike(left: str, right: str) -> bool:
    """Whether words of one skeleton and different scripts may be one name: most vowels agree."""
    if left.isascii() == right.isascii():
        return False
    hangul, latin = (right, left) if left.isascii() else (left, right)
    if not _SOUNDED.search(latin):
        return False
    spoken, written = _slots(_heard(hangul)), _slots(_heard(latin))
    if len(spoken) != len(written):
        return False
    if spoken[0] == _LETTER_NAME and not written[0]:
        spoken[0] = ""
    agreed = [_agree(*pair) for pair in zip(spoken, written, strict=True) if any(pair)]
    enough = _MOST if len(spoken) > SHORTEST + 1 else 1.0
    return sum(agreed) >= enough * len(agreed)


def _slots(heard: str) -> list[str]:
    """What stands before, between and after the consonants."""
    return _CONSONANT.split(heard)


def _agree(spoken: str, written: str) -> float:
    """Whether the vowels between the same two consonants may be the same; half for one unheard."""
    if not spoken or not written:
        return 0.5 if set(written) <= _OFTEN_UNHEARD and not spoken else 0.0
    return float(any(letter in _WRITTEN_AS[vowel] for vowel in spoken for letter in written))


@lru_cache(maxsize=4096)
def _heard(word: str) -> str:
    """Consonants as capitals with the vowels between them; empty for a word of mixed scripts."""
    if word.isascii() and word.isalpha():
        heard = word
        for pattern, replacement in _SPELLINGS:
            heard = pattern.sub(replacement, heard)
    elif all(is_syllable(c) for c in word):
        heard = "".join(map(_of_syllable, word))
    else:
        return ""
    return _REPEATED.sub(r"\1", heard)


@lru_cache(maxsize=12_000)
def _of_syllable(syllable: str) -> str:
    initial, vowel, final = split_syllable(syllable)
    spoken = VOWELS[vowel] if VOWELS[vowel] != _FILLER else ""
    return _INITIAL[INITIALS[initial]] + spoken + _FINAL.get(FINALS[final], "T")
