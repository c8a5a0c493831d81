"""Particles and endings: what Korean glues to a word, and the word without it. Pure.

No dictionary: agreement with the final consonant, the length of what remains and a closed list of
endings (national grammar, National Institute of Korean Language). Search weighs a guess lower than
what was typed, so a wrong one costs little.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from bot.text.hangul import final_of, is_syllable, join_syllable, split_syllable

_AFTER_FINAL = """
    을 은 이 과 으로 이나 이란 이라 이라는 이랑 이며 이든 이야
    으로는 으로도 으로서 으로써 이라도 이라고 인데 인가 입니다
""".split()  # noqa: SIM905  # a table of words
_AFTER_VOWEL = """
    를 는 가 와 로 나 란 라는 랑 든 로는 로도 로서 로써 라도 라고 라면
""".split()  # noqa: SIM905  # a table of words
_AFTER_ANY = """
    의 에 에서 에게 에게서 께서 한테 도 만 까지 부터 조차 밖에 보다 처럼 만큼 마다 대로 들 하고
    에는 에도 에서는 에서도 에만 까지는 까지도 부터는 만의 만을 만이
    에서의 에의 과의 와의 으로의 로의 과는 와는 보다는 보다도 처럼은
    에게는 에게도 들이 들은 들을 들의 들과 들에 들도 들에게 이면서
    인지 이었던 였던 이다 이라면 이에요 예요 인가요 일까 일까요 뿐 뿐만
""".split()  # noqa: SIM905  # a table of words
_PARTICLES = frozenset({*_AFTER_FINAL, *_AFTER_VOWEL, *_AFTER_ANY})
_LONGEST = max(map(len, _PARTICLES))
_NEEDS_FINAL = frozenset(_AFTER_FINAL)
_NEEDS_VOWEL = frozenset(_AFTER_VOWEL)
_PLURAL = "들"
"""It may be followed by a particle, and is dropped after it."""
_AFTER_ONE = frozenset("을 를 은 는 에 에서 에게 까지 부터 처럼 한테 으로 에는 에서는".split())  # noqa: SIM905  # a table of words
"""What may go from a noun of one syllable; others end too many words of two: 사랑, 계란."""
_SURELY = frozenset("을 를 은 는 에 들 한 된 될 됨 됩 돼".split())  # noqa: SIM905  # likewise
"""Endings of one syllable that no noun has; 의존도, 연구자 and 우편함 are words by themselves."""
_DOUBTED = frozenset("라면 인가 이나 이란 라도 이다".split())  # noqa: SIM905  # likewise
"""Longer ones that nouns do have: 김치라면."""
_ISMS = frozenset({"주의", "회의"})
"""Nouns in 의, where they close a word of four syllables or more: 민주주의, 국제회의."""
_ASSEMBLIES = frozenset("사기교국원협")
"""Syllables after which 회의 is 회 and its particle: 지역사회의."""

_NOUN_TAILS = frozenset({"한도", "하나"})
"""Light verbs with an ending that are nouns, too: 최대한도, 하나하나."""
_LIMITS = frozenset({"최소한", "최대한", "무제한"})
"""Nouns of three syllables in 한(限), which is no 한 of 하다."""
_LIGHT = (
    "하|한|할|함|합|해|했|하였|되|된|될|됨|됩|돼|됐|되었|시키|시킨|시킬|시킴|시킵|시켜|시켰|"
    "당하|당한|당할|당해|당했|받|해지|해진|해질|해져|해졌|스러운|스럽|롭|로운"
)
_TAIL = (
    "다|는|던|기|고|지|며|면|니|서|야|요|자|게|도|데|나|든|려|려고|려면|도록|거나|지만|니까|면서|므로|다가|세요|네요|죠|지요|"
    "는지|는가|는데|는걸|은|을|을까|나요|까|까요|가요|ㄴ다|았다|었다|습니다|습니까|니다|니까요|다는|다고|다면|라|라고|라는|라면|"
    "시다|봐|보기|보자|주기|줘|야만|야지|야지요|줄|은지|을지|지|지요|기를|기가|기는|기에|기로|기도|는법|는것|을때|던데|더니|"
    "여|였다|였|었던|았던|었는데|았는데|었을|았을|으면|으며|으니|으려면|으려고|아서|어서|아야|어야|아요|어요|아|어|"
    "구나|군요|군|든지|든가|ㄹ까|ㄹ지|진|질|져|졌다|집니다|지는|지고|지면|지게|지기"
)
_ENDINGS = frozenset(_TAIL.split("|")) | {"지도", "기도", "고도", "지를", "다가"}
_LIGHT_VERB = re.compile(rf"^(?P<noun>[가-힣]{{2,}}?)(?:{_LIGHT})(?:{_TAIL})?$")
_LIGHT_ALONE = re.compile(f"(?:{_LIGHT})(?:{_TAIL})?")
_PREDICATE = re.compile(
    r"^(?P<stem>[가-힣]{2,}?)(?:는|던|기|고|지|며|면|려면|려고|게|도록|거나|지만|니까|면서|다가|세요|네요|죠|지요|"
    r"는지|는가|는데|나요|습니다|으면|으며|으니|으려면|으려고|으려는|려는|아서|어서|아야|어야|아요|어요|았다|었다|았던|었던|"
    r"어진|어지는|어졌다|기를|기가|기는|기에|을까|을지|다는|다고|다면|자)$"
)
_VERB_TYPED = re.compile(
    r"(?:는|던|기|고|며|면|려면|려고|도록|거나|지만|면서|습니다|나요|아야|어야|어서|아서|게|지|어진|어지는)$"
)


@lru_cache(maxsize=20_000)
def is_ending(tail: str) -> bool:
    """Whether what closes a word is a particle or an ending there: 라면 in 교과서라면."""
    return tail in _PARTICLES or tail in _ENDINGS


def strip_particle(word: str) -> str:
    """The word without its particle and plural; the word itself where nothing can go."""
    stem = _strip_once(word)
    if stem != word and stem.endswith(_PLURAL) and len(stem) > 2:  # noqa: PLR2004  # 들 alone after a noun of two
        return stem[:-1]
    return stem


def _strip_once(word: str) -> str:
    for length in range(min(_LONGEST, len(word) - 1), 0, -1):
        stem, particle = word[:-length], word[-length:]
        if particle in _PARTICLES and _agrees(stem, particle):
            return stem
    return word


def _agrees(stem: str, particle: str) -> bool:
    last = stem[-1]
    if not is_syllable(last):
        return False
    if len(stem) == 1 and particle not in _AFTER_ONE:
        return False
    if particle == "의" and _is_ism(stem):
        return False
    final = final_of(last)
    if particle in _NEEDS_FINAL:
        return final != "" and not (final == "ㄹ" and particle.startswith("으로"))
    if particle in _NEEDS_VOWEL:
        return final == "" or (final == "ㄹ" and particle.startswith("로"))
    return True


def _is_ism(stem: str) -> bool:
    """Whether 의 belongs to the noun."""
    if len(stem) < len("민주주") or stem[-1] + "의" not in _ISMS:
        return False
    return stem[-1] == "주" or stem[-2] not in _ASSEMBLIES


def strip_light_verb(word: str) -> str:
    """The noun of a noun with 하다, 되다, 시키다: 공부해야 is 공부; the word itself otherwise."""
    match = _LIGHT_VERB.match(word)
    return match["noun"] if match else word


def strip_ending(word: str) -> str:
    """The stem of a predicate: 배우는 is 배우; the word itself where no ending is seen."""
    match = _PREDICATE.match(word)
    return match["stem"] if match else word


@lru_cache(maxsize=20_000)
def base(word: str) -> str:
    """The form under which the vocabulary keeps a word."""
    stem = strip_particle(word)
    if len(stem) < 2:  # noqa: PLR2004  # one syllable is kept for one-syllable search only
        return word if len(word) > 1 and stem == word else stem
    noun = strip_light_verb(stem)
    return stem if _is_doubtful(stem[len(noun) :]) else noun


def noun_forms(word: str) -> tuple[str, ...]:
    """The word with particles that only a noun has; none for a word that ends in another script."""
    if not is_syllable(word[-1]):
        return ()
    return tuple(word + particle for particle in ("을이의" if final_of(word[-1]) else "를가의"))


def past_forms(stem: str) -> tuple[str, ...]:
    """The stem as a predicate where no noun looks like it: 배우 gives 배웠, 배우던 and 배워."""
    initial, vowel, final = split_syllable(stem[-1])
    joined = _CONTRACTED.get(vowel)
    if final or joined is None:
        return stem + ("았" if vowel in _BRIGHT else "었"), stem + "던"
    past = stem[:-1] + join_syllable(initial, joined, _PAST)
    if joined == vowel:
        return past, stem + "던"
    return past, stem + "던", stem[:-1] + join_syllable(initial, joined)


class Stem(NamedTuple):
    """A shorter form that a word may stand for; not `sure` where a noun may end like that."""

    text: str
    sure: bool


def stems(word: str) -> tuple[Stem, ...]:
    """Shorter forms that the word may stand for, likeliest first, without the word itself.

    One of one syllable is given only after a particle that nothing else is: 칩을, 집에서.
    """
    noun = strip_particle(word)
    found = [noun, strip_light_verb(word), strip_light_verb(noun), strip_ending(word)]
    found.append(strip_light_verb(found[3]))
    return tuple(
        Stem(stem, word not in _LIMITS and not _may_be_noun(word[len(stem) :]))
        for stem in dict.fromkeys(found)
        if stem not in {word, ""} and (len(stem) > 1 or word[1:] not in _UNSURE_AFTER_ONE)
    )


_UNSURE_AFTER_ONE = frozenset({"은", "는"})
"""They end verbs of one syllable, too: 높은, 먹는."""


def _is_doubtful(rest: str) -> bool:
    return rest in _DOUBTED if len(rest) > 1 else rest not in {*_SURELY, ""}


def _may_be_noun(rest: str) -> bool:
    return rest in _NOUN_TAILS or _is_doubtful(rest)


@lru_cache(maxsize=20_000)
def ends_word(last: str, rest: str) -> bool:
    """Whether `rest` leaves the word that it follows, and that ends in `last`, the word that it is.

    Particles and light verbs do (이유를, 투자하는); another noun does not (이유식, 아이맥스).
    """
    if rest in _PARTICLES:
        return _agrees("가" + last, rest)
    if rest[0] == _PLURAL or _LIGHT_VERB.match("가가" + rest):
        return True
    return any(rest[:at] in _PARTICLES and rest[at:] in _PARTICLES for at in range(1, len(rest)))


@lru_cache(maxsize=20_000)
def follows_noun(last: str, rest: str) -> bool:
    """Whether `rest` is one particle that agrees with what it follows, or a light verb: 하는."""
    if rest in _PARTICLES:
        return _agrees("가" + last, rest)
    return _LIGHT_ALONE.fullmatch(rest) is not None


def short_stem(word: str) -> str | None:
    """The syllable that a word of two may come down to: 칩은 is 칩; None where none is likely."""
    particle = word[1:]
    if len(word) == len("칩은") and particle in _PARTICLES and _agrees("가" + word[0], particle):
        return word[0]
    return None


def conjugations(word: str) -> tuple[str, ...]:
    """How a typed predicate begins before other endings: 배우는 gives 배워, 배운, 배울."""
    stem = strip_ending(word)
    if stem == word or not _VERB_TYPED.search(word):
        return ()
    initial, vowel, final = split_syllable(stem[-1])
    head = stem[:-1]
    if final:
        return (head + join_syllable(initial, vowel, 4),) if final == 8 else ()  # noqa: PLR2004  # ㄹ gives way to ㄴ
    closed = [head + join_syllable(initial, vowel, number) for number in (4, 8, 17)]
    joined = _CONTRACTED.get(vowel)
    if joined is not None:
        closed += [head + join_syllable(initial, joined, number) for number in (0, 20)]
    return tuple(closed)


_BRIGHT = (0, 8)
"""ㅏ and ㅗ, which take -아; other vowels take -어."""
_PAST = 20
"""The number of ㅆ, which closes a syllable of the past: 배웠."""
_CONTRACTED = {13: 14, 8: 9, 20: 6, 18: 4, 0: 0, 4: 4, 1: 1}
"""Vowel of the stem to its vowel joined with -아/-어: ㅜ to ㅝ, ㅗ to ㅘ, ㅣ to ㅕ, ㅡ to ㅓ."""

_STOP_KOREAN = """
    것 수 등 및 그 이 저 때 더 또 중 좀 왜 안 못 잘 곳 점 뭐 나 너 내 제 것을 것은 것이 거 건 게
    대해 대한 대해서 대하여 위한 위해 위해서 통해 통한 관한 관해 관련 따른 따라
    때문 때문에 경우 정도
    어떻게 어떤 어디 언제 누가 누구 무엇 무슨 얼마나 그냥 많이 너무 아주 매우 조금 다시
    이런 그런 저런 이것 그것 하는 하나요 하나 해야 할 한 하 함 해 했 된 될 돼 할까 하기 하면 하려면
    하는지 되나요 될까 되는 된다 됩니다 합니다 한다 있는 없는 있다 없다 있을까 있나요
    방법 법 해줘 알려줘 찾아줘 보여줘 궁금 궁금해 뭔가 뭘까 무엇인가 무엇일까
    란 이란 인가 인가요
    그리고 그러나 하지만 그래서 또는 혹은 않게 않는 않은 싶은 싶다 같은 글 이야기 내용 포스트
"""
_SAY_LITTLE = """
    이유 까닭 관련된 관련한 관련해 관련해서 것들 글들 이야기들 것들은 것들이 것들을 등등 점들
    부분 측면 얘기
"""
_STOP_ENGLISH = """
    a an the of in on at to for and or not is are was be with by from as it
    how what why who near do does
"""
STOP_WORDS = frozenset((_STOP_KOREAN + _STOP_ENGLISH).split())
"""Words that are no names of anything: the vocabulary leaves them out."""
OPTIONAL_WORDS = STOP_WORDS | frozenset(_SAY_LITTLE.split())
"""Words that say little beside others: they help to rank, and are not required."""
