"""Predicates: which stems a typed one may have, and how those begin in their other forms. Pure.

Contraction and the stems that change before a vowel (Hangul orthography, National Institute of
Korean Language, articles 18 and 34 to 36). No dictionary: where two stems are possible both are
given, and one that posts do not have costs nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from bot.text.hangul import FINALS, INITIALS, VOWELS, join_syllable, split_syllable

if TYPE_CHECKING:
    from collections.abc import Iterator

_H = FINALS.index("ㅎ")
_N, _D, _L, _M, _B, _S, _PAST = (FINALS.index(one) for one in "ㄴㄷㄹㅁㅂㅅㅆ")
_A, _EO, _O, _EU = (VOWELS.index(one) for one in "ㅏㅓㅗㅡ")
_SILENT = INITIALS.index("ㅇ")
_RIEUL = INITIALS.index("ㄹ")
_JOINED = {VOWELS.index(one): VOWELS.index(both) for one, both in ("ㅜㅝ", "ㅗㅘ", "ㅣㅕ", "ㅚㅙ")}
"""Vowel of a stem to its vowel joined with -아/-어: 배우 and 배워."""
_APART = {both: one for one, both in _JOINED.items()}
_TAKEN_IN = frozenset(map(VOWELS.index, "ㅏㅓㅐㅔㅕ"))
"""Vowels that take -아/-어 in and stay: 가 and 가서."""

_AFTER_PAST = re.compile("[다어습는지던을고으네죠나음기더거잖니냐군구었]")
_HANGUL = re.compile(r"[가-힣]+\Z")
_NO_PAST = frozenset("있겠")
"""Other syllables with ㅆ; no noun has any."""
_JOINED_TYPED = re.compile(r"(?P<infinitive>[가-힣]+?)(?:서|서요|요|야|야만|야지|야지요|야죠)\Z")
_FUSED_TYPED = re.compile(
    r"(?P<head>[가-힣]*?)(?P<last>[가-힣])(?P<ending>니다|니까|시다|다|다는|다고|다면|까|까요|게|게요|수록)\Z"
)
_FUSED = {
    _B: frozenset({"니다", "니까", "시다"}),
    _N: frozenset({"다", "다는", "다고", "다면"}),
    _L: frozenset({"까", "까요", "게", "게요", "수록"}),
}
_COPULA = frozenset("입인일합한할됩된될")
"""Of 이다, 하다 and 되다, which follow nouns."""
_SHORT_TYPED = re.compile(
    r"(?P<stem>[가-힣])(?P<ending>는|던|기|고|지|며|면|려면|으면|려고|으려고|게|도록|거나|지만|아야|어야|아서|어서"
    r"|아요|어요|습니다|나요|는지|는가|는데|니까|으니까|네요|세요|으세요|지요|죠|면서|으면서|다가)\Z"
)
_WITHOUT_L = re.compile("[는니나네세]")
"""Before these a stem loses its ㄹ: 여는 is of 열."""


_H_STEMS = frozenset(
    """
    거멓 까맣 꺼멓 노랗 누렇 벌겋 빨갛 뻘겋 파랗 퍼렇 하얗 허옇 말갛 멀겋 보얗 부옇 뽀얗 뿌옇
    동그랗 둥그렇 똥그랗 뚱그렇 커다랗 기다랗 높다랗 널따랗 굵다랗 좁다랗 짤따랗 조그맣 자그맣
    쪼그맣
""".split()  # noqa: SIM905  # a table of words
)
"""What loses its ㅎ (article 18, 3); 이렇다 and its like say nothing, 발간 and 가만 are nouns."""
_H_DEEPENED = re.compile("[새시샛싯]")
"""Before such a stem: 새빨갛, 시커멓."""
_H_STEMS_OF_DARK = frozenset({"커멓", "카맣"})
_H_VOWELS = {_A: VOWELS.index("ㅐ"), _EO: VOWELS.index("ㅔ")} | {
    VOWELS.index(one): VOWELS.index(both) for one, both in ("ㅑㅒ", "ㅕㅖ")
}

_AFTER_H = tuple("지져졌진질서")
"""What tells 노래지다 and 노래서 from the noun 노래."""


class Beginnings(NamedTuple):
    """How a stem of one syllable begins in its forms, each of two syllables or more.

    `telling`: no noun looks like it. `nounlike`: a noun may be written so, or begin so: 사고, 차는.
    """

    telling: tuple[str, ...]
    nounlike: tuple[str, ...]


@lru_cache(maxsize=4096)
def read_stems(word: str) -> tuple[str, ...]:
    """The stems of a predicate that no noun looks like: 심었어요 gives 심, 들었다 들 and 듣."""
    found = (*_of_h(word), *_of_past(word), *_of_joined(word), *_of_fused(word))
    return tuple(dict.fromkeys(stem for stem in found if stem))


def read_fused_stems(word: str) -> tuple[str, ...]:
    """The stems of a word that only its last syllables tell, as those of a name may: 아만다."""
    read = read_stems(word)
    fused = tuple(stem for stem in _of_fused(word) if len(stem) > 1)
    return fused if {*read} == {*fused} else ()


def read_short_stems(word: str) -> tuple[str, ...]:
    """The stems of one syllable that a word may have, which may be a noun: 심기, 심었어요."""
    found = [stem for stem in read_stems(word) if len(stem) == 1]
    match = _SHORT_TYPED.match(word)
    if match:
        found += _of_plain(match["stem"], match["ending"])
    return tuple(dict.fromkeys(found))


def _of_h(word: str) -> Iterator[str]:
    """빨간, 노랗게, 하얘서, 까매졌다: a stem of two or three syllables that loses its ㅎ.

    빨간 is read only where it ends the word: 파란만장 is another.
    """
    for end in range(2, min(len(word), 4) + 1):
        initial, vowel, final = split_syllable(word[end - 1]) if _HANGUL.match(word) else (0, 0, 1)
        goes_on = {0: word[end : end + 1] in _AFTER_H, _N: end == len(word)}
        if final not in {0, _N, _H, _PAST} or not goes_on.get(final, True):
            continue
        bare = {joined: one for one, joined in _H_VOWELS.items()}.get(vowel, vowel)
        stem = word[: end - 1] + join_syllable(initial, bare, _H)
        if _is_h_stem(stem):
            yield stem
            return


def _is_h_stem(stem: str) -> bool:
    deep = _H_DEEPENED.match(stem) is not None and stem[1:] in {*_H_STEMS, *_H_STEMS_OF_DARK}
    return stem in _H_STEMS or deep


def _of_past(word: str) -> Iterator[str]:
    """심었어요, 떨어뜨렸다, 심겠습니다: what ㅆ closes ends the stem."""
    for place, syllable in enumerate(word[:-1] if _HANGUL.match(word) else ""):
        initial, vowel, final = split_syllable(syllable)
        if final != _PAST or not _AFTER_PAST.match(word, place + 1):
            continue
        if syllable == "겠":
            yield word[:place]
        if syllable not in _NO_PAST:
            yield from _of_infinitive(word[:place] + join_syllable(initial, vowel))
        if syllable != "있":
            return


def _of_joined(word: str) -> Iterator[str]:
    """배워야, 몰라서: only where stem and ending are joined, or the stem changed."""
    match = _JOINED_TYPED.match(word)
    if match is None:
        return
    infinitive = match["infinitive"]
    initial, vowel, final = split_syllable(infinitive[-1])
    regular = {infinitive, infinitive[:-1]}
    if len(infinitive) > 1:
        regular.add(infinitive[:-1] + join_syllable(initial, _EU))
    if not final and (vowel in _APART or vowel in {_A, _EO}):
        yield from (stem for stem in _of_infinitive(infinitive) if stem not in regular)


def _of_fused(word: str) -> Iterator[str]:
    """물립니다, 물린다, 물릴까: the stem with the first letter of the ending in it."""
    match = _FUSED_TYPED.match(word)
    if match is None or match["last"] in _COPULA:
        return
    initial, vowel, final = split_syllable(match["last"])
    if match["ending"] in _FUSED.get(final, ()):
        yield match["head"] + join_syllable(initial, vowel)
        yield match["head"] + join_syllable(initial, vowel, _L)


def _of_infinitive(infinitive: str) -> Iterator[str]:
    """The stems that -아/-어 makes this of, likeliest first."""
    head, last = infinitive[:-1], infinitive[-1]
    initial, vowel, _ = split_syllable(last)
    if initial == _SILENT and head:
        yield from _before_silent(head, vowel)
    if last == "해":
        yield head + "하"
    if vowel in _APART:
        yield head + join_syllable(initial, _APART[vowel])
    if vowel in _TAKEN_IN and not (initial == _SILENT and head):
        yield infinitive
    if vowel in {_A, _EO}:
        yield from _of_dropped(head, initial, vowel)


def _before_silent(head: str, vowel: int) -> Iterator[str]:
    """심어 of 심; with a changed stem 들어 of 듣, 지어 of 짓, 추워 of 춥."""
    initial, last_vowel, final = split_syllable(head[-1])
    changed = {_L: _D, 0: _S}.get(final)
    if vowel in {_A, _EO}:
        yield head
    if vowel in {_A, _EO} and changed:
        yield head[:-1] + join_syllable(initial, last_vowel, changed)
    if vowel in {_JOINED[_O], _JOINED[VOWELS.index("ㅜ")]} and not final:
        yield head[:-1] + join_syllable(initial, last_vowel, _B)


def _of_dropped(head: str, initial: int, vowel: int) -> Iterator[str]:
    """Stems that lose ㅡ: 바빠 of 바쁘, 써 of 쓰, and with a second ㄹ 몰라 of 모르."""
    before = split_syllable(head[-1]) if head else (0, _EO, 0)
    if vowel != (_A if before[1] in {_A, _O} else _EO):
        return
    if initial == _RIEUL and before[2] == _L:
        yield head[:-1] + join_syllable(before[0], before[1]) + "르"
    if initial != _SILENT or not before[2]:
        yield head + join_syllable(initial, _EU)


def _of_plain(stem: str, ending: str) -> Iterator[str]:
    """심기 of 심; 들으면 of 듣, 지으면 of 짓, 여는 of 열."""
    initial, vowel, final = split_syllable(stem)
    if final == _PAST and stem not in _NO_PAST:
        return
    yield stem
    changed = {_L: _D, 0: _S}.get(final)
    if ending[0] in "으아어" and changed:
        yield join_syllable(initial, vowel, changed)
    if not final and _WITHOUT_L.match(ending):
        yield join_syllable(initial, vowel, _L)


def is_short_predicate(word: str) -> bool:
    """Whether this may be a verb whose stem is one syllable: 심기, 심었어요."""
    return bool(read_short_stems(word))


def changed_forms(stem: str) -> tuple[str, ...]:
    """How a stem begins where it changes: 물리 gives 물린, 물려; 깨닫 gives 깨달은."""
    initial, vowel, final = split_syllable(stem[-1])
    head, bare = stem[:-1], stem[:-1] + join_syllable(initial, vowel)
    if final == _H and vowel in _H_VOWELS and len(stem) > 1:
        fused = (head + join_syllable(initial, vowel, one) for one in (_N, _L))
        joined = head + join_syllable(initial, _H_VOWELS[vowel])
        past = head + join_syllable(initial, _H_VOWELS[vowel], _PAST)
        return (*fused, past, *(joined + one for one in _AFTER_H), bare + "면", stem)
    if not final:
        fused = (head + join_syllable(initial, vowel, one) for one in (_N, _L, _B, _M))
        return (*fused, *_with_past(_infinitives(stem)), *_hardened(stem))
    if final == _L:
        return *(head + join_syllable(initial, vowel, one) for one in (_N, _B)), *map(
            bare.__add__, "는니네"
        )
    if final == _B:
        soft = tuple(bare + one for one in ("우면", "우니", "우며", "운", "울"))
        return (*soft, *_with_past((bare + "워", *([bare + "와"] if vowel == _O else []))))
    root = {_D: head + join_syllable(initial, vowel, _L), _S: bare}.get(final)
    if root is None:
        return ()
    return (*(root + one for one in "으은을"), *_with_past((root + _open_vowel(vowel),)))


def _hardened(stem: str) -> tuple[str, ...]:
    """What 추우 is before a consonant, where it is of 춥."""
    if len(stem) == 1 or stem[-1] != "우":
        return ()
    initial, vowel, final = split_syllable(stem[-2])
    if final:
        return ()
    hard = stem[:-2] + join_syllable(initial, vowel, _B)
    return (hard,) if len(hard) > 1 else tuple(hard + one for one in "고다지습네게")


def _infinitives(stem: str) -> tuple[str, ...]:
    """An open stem with -아/-어, joined; with 르 in it both ways."""
    head, (initial, vowel, _) = stem[:-1], split_syllable(stem[-1])
    if vowel in _JOINED:
        return (head + join_syllable(initial, _JOINED[vowel]),)
    if vowel != _EU:
        return (
            (head + "해",)
            if stem[-1] == "하"
            else (stem,)
            if vowel in _TAKEN_IN
            else (stem + "어",)
        )
    before = split_syllable(head[-1]) if head else (0, _EO, 0)
    open_vowel = _A if before[1] in {_A, _O} else _EO
    joined = head + join_syllable(initial, open_vowel)
    if stem[-1] != "르" or not head or before[2]:
        return (joined,)
    return joined, head[:-1] + join_syllable(before[0], before[1], _L) + joined[-1]


def _with_past(infinitives: tuple[str, ...]) -> Iterator[str]:
    """Each of them, and with ㅆ: 심어, 심었."""
    for infinitive in infinitives:
        initial, vowel, _ = split_syllable(infinitive[-1])
        yield infinitive
        yield infinitive[:-1] + join_syllable(initial, vowel, _PAST)


def _open_vowel(vowel: int) -> str:
    return "아" if vowel in {_A, _O} else "어"


def short_beginnings(stem: str) -> Beginnings:
    """How a stem of one syllable begins: 심 gives 심는, 심었 and, as nouns do, 심은, 심고."""
    forms = [
        one + tail
        for one in changed_forms(stem)
        for tail in (_after(one, stem) if len(one) == 1 else _after_infinitive(one[-1]))
    ]
    _, vowel, final = split_syllable(stem)
    if final:
        joined = _open_vowel(vowel)
        regular = ("는", "던", *_with_past((joined,)), *map(joined.__add__, _AFTER_JOINED))
        forms = [*map(stem.__add__, (*regular, *_AFTER_FINAL)), *forms]
    else:
        forms += [stem + one for one in _AFTER_VOWEL]
    forms = list(dict.fromkeys((*forms, *(stem + one for one in _LIKE_NOUNS))))
    telling = [one for one in forms if not _is_nounlike(one, stem)]
    return Beginnings(tuple(telling), tuple(one for one in forms if one not in telling))


_LIKE_NOUNS = ("고", "기", "지", "게", "다", "자")
_AFTER_FINAL = ("으", "습", "겠", "거나", "도록", "은", "을", "음")
_AFTER_VOWEL = (
    "던",
    "겠",
    "려고",
    "려면",
    "면서",
    "니까",
    "는데",
    "거나",
    "도록",
    "는",
    "면",
    "며",
    "니",
)
_AFTER_FUSED = {_N: ("다",), _L: ("까", "게", "수록"), _B: ("니다", "시다"), _M: ()}
_AFTER_PAST_SYLLABLE = tuple("다어는습지고던을네")
_AFTER_JOINED = tuple("서야요도보볼주줘졌진내")


def _after(syllable: str, stem: str) -> tuple[str, ...]:
    """What follows a stem and its ending in one syllable: 썼 다, 써 서, 씁 니다."""
    final = split_syllable(syllable)[2]
    if final == _PAST:
        return _AFTER_PAST_SYLLABLE
    if not final:
        return () if syllable == stem else _AFTER_JOINED
    return _AFTER_FUSED[final]


def _after_infinitive(last: str) -> tuple[str, ...]:
    """Nothing but for -아/-어, which ends nouns, too: 심어 is told by 심어서."""
    return ("", *_AFTER_JOINED) if last in "아어" else ("",)


def _is_nounlike(form: str, stem: str) -> bool:
    """Whether a noun may be written so: 국어, 사고, 파는."""
    if len(form) != len("국어"):
        return False
    if form[0] == stem and form[1] in (*_LIKE_NOUNS, "면", "며", "니", "음"):
        return True
    return form[1] in ("은을아어" if split_syllable(form[0])[2] else "는은을아어니네") and (
        split_syllable(form[0])[2] != _PAST
    )
