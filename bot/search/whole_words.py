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
from bot.search.endings import ends_word, is_ending
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
_SIGNS = ("+", "#")
"""They are part of a name: C is not in C++."""

_CASE = "에서|에게|한테|께서?|으로|로|에|까지|부터|처럼|만큼|보다|대로|하고|이랑|랑|과|와|마다|밖에"
_AUXILIARY = "은|는|도|만|의|까지|부터|조차|마저|밖에|이나|나|이라도|라도|이든|든|뿐|가|이|을|를|요"
_COPULA = (
    "이(?:다|고|며|면|자|나|니까?|라|라서|라며|라면|라는|라고|라도|란|지|지만|지요|죠|네요?|군요?|구나|거나|든|든지|"
    "야|었.*|에요|어서|어야)|입니(?:다|까).*|인(?:가요?|데요?|지[도는를]?|즉)|일(?:까요?|지[도는]?|뿐|텐데)|"
    "임(?:을|이|은|에도)|였(?:다|던|고|는데|습니다|지만|을|으며).*|예요|여서|여야"
)
_TAIL = re.compile(
    f"들?(?:(?:{_CASE}|만|뿐)(?:{_CASE}|{_AUXILIARY})(?:{_AUXILIARY})?|(?:{_CASE}|뿐)?(?:{_COPULA})|마저|커녕)"
)
"""Several in a row, and what `ends_word` does not know."""
_AFTER_VOWEL = re.compile("다|죠|네요?|지만|지요|니까|라서|라며|군요|라니|래요?")
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
        text = text[:READ].rpartition(" ")[0] or text[:READ]
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
    signs = () if folded.replace(" ", "").isalnum() else as_it_is
    return (*signs, *forms, *map(_as_name, _plurals(folded)))


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
    if len(form.text) == 1 or not is_syllable(last):
        return place.whole
    rest = _HANGUL.match(folded, place.end)
    return rest is None or _may_follow(last, rest.group(), form)


def _may_follow(last: str, rest: str, form: Form) -> bool:
    if ends_word(last, rest) or _TAIL.fullmatch(rest):
        return True
    if (form.runs_on or form.stem) and is_ending(rest):
        return True
    return not final_of(last) and _AFTER_VOWEL.fullmatch(rest) is not None
