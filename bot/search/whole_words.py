"""Whether a text has a word as a word: what a chat's filter asks. Pure.

The word is read as a search reads it: case and spacing are looked over, particles and endings may
follow, a plural in English. Nothing is guessed beyond that: no repair, no initials, no other name,
and no word of which it is only a part (광고 is in 광고를 and not in 광고주).
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from bot.search.analyse import flat, fold, normalise
from bot.search.endings import follows_noun, is_ending
from bot.search.matching import Form, find_form, read_text
from bot.search.query import Word
from bot.search.terms import build_terms, name_form
from bot.text.hangul import final_of, is_syllable

if TYPE_CHECKING:
    from bot.search.matching import Occurrence, Text

SHORTEST_PLURAL = 3
"""Latin words from this length have a plural: LLMs, and not the `its` that IT would have."""

READ = 100_000
"""Characters of a text that are read."""
PLACES = 2_000
"""Places of a spelling that are looked at: 이 is inside of everything."""

_HANGUL = re.compile("[가-힣]+")
_LETTERS = re.compile("[a-zß-öø-ɏͰ-ӿ]")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
"""Han and kana, which no space parts into words."""
_ENGLISH = re.compile(rf"(?:[a-z0-9.+#-]+ )*[a-z]{{{SHORTEST_PLURAL},}}")
_LONG_RUN = re.compile("(?<![가-힣])([가-힣]{40})[가-힣]+")
"""No word; and at each place in it, all that follows would be read."""
_CUT_WORD = re.compile(r"(?<=\s)\S{1,40}\Z")
_SIGNS = ("+", "#")
"""They are part of a name: C is not in C++."""

_CASE = "에서|에게|한테|께서?|으로|로|에|까지|부터|처럼|만큼|보다|대로|하고|이랑|랑|과|와|마다|밖에"
_SHORT = "에선|에겐|엔|으론|한텐|까진|부턴|보단|으로선|로선|마저|커녕|씩|께"
_AUXILIARY = "은|는|도|만|의|까지|부터|조차|마저|밖에|이나|나|이라도|라도|이든|든|뿐|가|이|을|를|요"
_COPULA = (
    "이(?:다|고요?|며|면|면서도?|자|나마?|니|니까요?|라|라니|라서|라며|라면서?|라는|라고[는도]?|라도|란|란다|지|지만|지요|"
    "죠|네요?|군요?|구나|거나|거든요?|든|든[지가]|야|었.*|에요|어[서야도]|기[도에는만]?|냐|냐[고는며]|겠.*|더라|던|여서|였.*|야말로)|"
    "입니.*|인(?:가요?|데요?|지[도는를]?|즉)|일(?:까요?|지[도는]?|뿐|텐데)|임(?:을|이|은|에도)|였.*|예요|여서|여야"
)
_VERB = (
    "하(?:[다는고기지며면니게려더시신실심십셨긴길거였여겠던냐네].*|도록|나요?|자|자[고는며])|한[다가지데].*|했.*|해[보볼봅야서지져도라주준두왔온줬].*|"
    "되(?:[는고기지며면니게려더시신실심십셨긴길거었겠던냐네].*|다|도록|자|자[고는])|됐.*|돼[서야도].*|된다.*|시[켜켰키].*"
)
_TAIL = re.compile(
    f"(?:(?:{_CASE}|만|뿐)(?:{_CASE}|{_AUXILIARY})(?:{_AUXILIARY})?|(?:{_CASE}|뿐)?(?:{_COPULA})|{_SHORT}|{_VERB})"
)
"""Several in a row, and what `follows_noun` does not know."""
_PLURAL = "들"
_OF_TWO = frozenset(
    """
    강의 건의 결의 논의 동의 명의 문의 민의 본의 상의 선의 성의 신의 심의 악의 열의 임의 적의 전의
    정의 진의 질의 창의 편의 합의 항의 협의 각도 감도 강도 검도 군도 궁도 난도 남도 농도 명도 밀도
    반도 북도 빈도 성도 속도 순도 습도 신도 열도 온도 용도 인도 전도 정도 중도 진도 철도 탄도 편도
    한도 결과 경과 공과 문과 분과 성과 안과 약과 일과 전과 통과 학과 한과 낭만 방만 불만 산만 장만
    충만 포만 길이 놀이 먹이 높이 깊이 넓이
    """.split()  # noqa: SIM905  # a table of words
)
"""Nouns of two syllables that end like a particle."""
_AFTER_VOWEL = re.compile(
    "다|죠|네요?|지만|지요|니까요?|라서|라며|군요|라니|래요?|거든요?|겠죠|더라"
)
"""The copula where its 이 is dropped: 광고다."""


class PostText(NamedTuple):
    """A post as filters read it, made once for all of them."""

    title: Text
    body: Text


@lru_cache(maxsize=128)
def read_post(title: str, body: str) -> PostText:
    """Prepare a post once for many words."""
    return PostText(read_text(_bounded(title)), read_text(_bounded(body)))


def has_word(post: PostText, written: str) -> bool:
    """Whether the title or the text has this word, or these words side by side."""
    forms = _forms(written)
    return any(_has(text, form) for text in post for form in forms)


def _has(text: Text, form: Form) -> bool:
    places = islice(find_form(text, form), PLACES)
    return any(_is_word(text.folded, place, form) for place in places)


def _bounded(text: str) -> str:
    """What is read of a text, to the end of a word."""
    if len(text) > READ:
        text = _CUT_WORD.sub("", text[:READ])
    return _LONG_RUN.sub(r"\1", text)


@lru_cache(maxsize=20_000)
def _forms(written: str) -> tuple[Form, ...]:
    """Every spelling of a word that is the same word for sure."""
    folded = fold(" ".join(normalise(written).split()))
    as_it_is = (Form(folded, 1.0, (), literal=True),)
    if not flat(folded):
        return as_it_is if folded else ()
    (term,) = build_terms([Word(written, folded)])
    is_sure = not any(form.guessed for form in term.forms)
    read = [form for form in term.forms if not form.guessed]
    forms = [form if is_sure else replace(form, runs_on=False) for form in read]
    verbatim = () if folded.isalnum() else as_it_is
    return (*verbatim, *forms, *map(_as_name, _plurals(folded)))


def _as_name(name: str) -> Form:
    return name_form(name, 1.0)


def _plurals(folded: str) -> tuple[str, ...]:
    """A word of English in its other number."""
    if not _ENGLISH.fullmatch(folded):
        return ()
    if folded.endswith("ies"):
        return (folded[:-3] + "y",)
    if folded.endswith("y"):
        return folded + "s", folded[:-1] + "ies"
    if folded.endswith(("ches", "shes", "sses", "xes")):
        return (folded[:-2],)
    if folded.endswith("s") and not folded.endswith(("ss", "us", "is")):
        return (folded[:-1],) if len(folded) > SHORTEST_PLURAL else ()
    return folded + "s", folded + "es"


def _is_word(folded: str, place: Occurrence, form: Form) -> bool:
    """Whether a place is the word by itself: nothing follows but particles and endings."""
    if not flat(form.text) or _UNSPACED.match(folded, place.end - 1):
        return True
    last, after = folded[place.end - 1], folded[place.end : place.end + 1]
    if not place.opens or (after in _SIGNS and last not in _SIGNS and last.isascii()):
        return False
    if _LETTERS.match(last):
        return not _LETTERS.match(after)
    if not is_syllable(last):
        return place.whole
    rest = _HANGUL.match(folded, place.end)
    if rest is not None and len(form.text) == 1:
        return place.whole or _follows_one(last, rest.group())
    return rest is None or _may_follow(last, rest.group(), form)


def _may_follow(last: str, rest: str, form: Form) -> bool:
    if (form.runs_on or form.stem) and is_ending(rest):
        return True
    if rest[0] == _PLURAL and (rest == _PLURAL or _follows(_PLURAL, rest[1:])):
        return True
    return _follows(last, rest)


def _follows_one(noun: str, rest: str) -> bool:
    """Whether this is a particle of a noun of one syllable; after a vowel it may be none: 주가."""
    return final_of(noun) != "" and follows_noun(noun, rest) and noun + rest not in _OF_TWO


def _follows(last: str, rest: str) -> bool:
    if follows_noun(last, rest) or _TAIL.fullmatch(rest):
        return True
    return not final_of(last) and _AFTER_VOWEL.fullmatch(rest) is not None
