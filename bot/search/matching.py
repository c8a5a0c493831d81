"""Where a form of a word is in a text: the same rule for ranking and for what is made bold.

Spaces are looked over (데이터센터 is in "데이터 센터"), but what crosses a space must start where a
word starts: 시장 is not in "다시 장소".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from bot.search.analyse import flat, fold
from bot.search.endings import base, ends_word, is_ending
from bot.search.numerals import LOOKED_BACK, ends_in_number, is_counter, read_counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.search import Group

UNSURE = 0.5
"""Weight of forms that only sound alike: a better guess may replace them."""
_HANGUL = re.compile("[가-힣]+")
_GOES_ON, _FOLLOWS = re.compile(r"[0-9][.,]\Z"), re.compile(r"[.,][0-9]")
"""What a number goes on with."""
_ENDING = re.compile("[는던고기지게네자다겠거습으은을음아어면며려니세시도]")
"""What may follow a stem: the first syllables of endings."""
_VERBAL = re.compile(
    "[가갈감걷걸고굽기깎깔깨꺾꼬꽂꾸끄끊끌끼나낚날낳내널넣놓누늘다닦닫담당대더덜덮데돌돕두들듣따때떼뜨뜯"
    "마막말맞맡매맺먹메모몰묶묻물미밀믿박받밟배뱉버벌벗베보볶부붓붙비빌빚빨빻빼뺏뽑사살삶새섞세싣심싸"
    "쌓썰쏘쏟쑤쓰쓸씹씻안알앓얻엎엮열외읽잃입잇잊자잡재잡적접젓제조주줍쥐지짓짚짜짧쪼쫓쬐찌찍찢차참찾"
    "채추치캐켜타터털트틀파팔패펴푸풀품피하핥헐훑][기고지면게며]\\Z"
)
"""A stem of one syllable that takes an object, with an ending that nouns have, too."""
_OBJECT = re.compile("[가-힣][을를] \\Z")
SHORT_LATIN = 3
"""Latin words up to this length match whole words only: `rag` is not in `storage`."""


@dataclass(frozen=True, slots=True)
class Form:
    """One spelling of a term: flat text (a quoted phrase keeps its spaces), and what it is worth.

    `tokens` find its posts in the index, any of the alternatives.
    """

    text: str
    weight: float
    tokens: Group
    literal: bool = False
    bare: bool = False
    """A guess of one syllable, which counts only where it is the whole word, particles aside."""
    told: str = ""
    """How the page names it where it was found and what was typed was not; empty for what is only
    another form of the same word."""
    guessed: bool = False
    """Told because it may not be meant at all: 연구 for 연구자. What was typed comes first."""
    runs_on: bool = False
    """The beginning of a predicate: 배워 is meant in 배워서, as 이유 is not in 이유식."""
    stem: bool = False
    """A stem, meant only before an ending: 물리 in 물리지, and not in 물리학."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that was asked for, in all its forms; not `required`: it only helps to rank."""

    typed: str
    forms: tuple[Form, ...]
    required: bool = True

    @property
    def sure(self) -> Term:
        """The same without what only sounds alike."""
        return Term(self.typed, tuple(f for f in self.forms if f.weight > UNSURE), self.required)

    @property
    def forms_by_telling(self) -> list[Form]:
        """What needs no telling first, then names from the surest to the least sure."""
        return sorted(self.forms, key=lambda form: (form.told != "", -form.weight))

    @property
    def unsure(self) -> bool:
        """Whether there are forms that only sound alike."""
        return any(form.weight <= UNSURE for form in self.forms)

    @property
    def literal(self) -> bool:
        """Whether it was quoted."""
        return self.forms[0].literal


class Occurrence(NamedTuple):
    """A match: `opens` a word, or lies inside one; `whole` when it ends where the word ends."""

    start: int
    end: int
    opens: bool
    whole: bool


class Text(NamedTuple):
    """A text as it is searched: folded, with places of the original; and flat, for a quick no."""

    folded: str
    flat: str


@lru_cache(maxsize=256)
def read_text(original: str) -> Text:
    """Prepare a text once for many forms."""
    folded = fold(original)
    return Text(folded, flat(folded))


def find_form(text: Text, form: Form) -> Iterator[Occurrence]:
    """Places of a form in a text, in order, none overlapping."""
    if form.literal or form.text in text.flat:
        return _find(text, form)
    return iter(())


def _find(text: Text, form: Form) -> Iterator[Occurrence]:
    folded = text.folded
    for start, end in _spans(text, form):
        opens = _opens(folded, start, apart=end - start > len(form.text))
        whole = _ends(folded, end)
        if _inside_number(folded, start, end) or (not opens and _is_ending(folded, start, form)):
            continue
        if read_counted(form.text) and (
            not opens or ends_in_number(folded[max(0, start - LOOKED_BACK) : start])
        ):
            continue
        if form.stem and not _ENDING.match(folded, end):
            continue
        if form.literal or _fits(form.text, end - start, opens=opens, whole=whole):
            if opens and not whole:
                whole = _is_word(folded, start, end, form)
            whole = whole and not _is_another_word(folded, start, end, form)
            if (opens and whole) or not form.bare:
                yield Occurrence(start, end, opens, opens and whole)


def _spans(text: Text, form: Form) -> Iterator[tuple[int, int]]:
    """Where the form's characters are in a row; a pattern only where there are gaps among them."""
    if form.literal:
        return _by_pattern(text.folded, form)
    if text.flat.count(form.text) > text.folded.count(form.text):
        return _by_pattern(text.folded, form)
    return _as_it_is(text.folded, form.text)


def _by_pattern(folded: str, form: Form) -> Iterator[tuple[int, int]]:
    pattern = _pattern(form.text, literal=form.literal)
    return (match.span() for match in pattern.finditer(folded))


def _as_it_is(folded: str, wanted: str) -> Iterator[tuple[int, int]]:
    place = folded.find(wanted)
    while place >= 0:
        yield place, place + len(wanted)
        place = folded.find(wanted, place + len(wanted))


def _ends(folded: str, end: int) -> bool:
    """Whether a word ends here: a sign like % ends itself."""
    last = _kind(folded[end - 1])
    return end == len(folded) or not last or _kind(folded[end]) != last


def _is_ending(folded: str, start: int, form: Form) -> bool:
    """Whether what is found inside a word is no part of it, but its particle or ending."""
    tail = _HANGUL.match(folded, start)
    return len(form.text) > 1 and tail is not None and is_ending(tail.group())


def _inside_number(folded: str, start: int, end: int) -> bool:
    """Whether a number goes on beyond the form, behind a comma or a point: 100 in 1,100."""
    before = folded[start].isdigit() and _GOES_ON.search(folded, max(0, start - 2), start)
    after = folded[end - 1].isdigit() and _FOLLOWS.match(folded, end)
    return bool(before or after)


def _opens(folded: str, start: int, *, apart: bool) -> bool:
    """Whether a word starts here; what goes on behind a space starts after no letter at all.

    가스 is in AI가스 and not in "AI가 스스로".
    """
    before = _kind(folded[start - 1]) if start else 0
    return not before or (not apart and before != _kind(folded[start]))


def _is_word(folded: str, start: int, end: int, form: Form) -> bool:
    """Whether what opens a word is that word: nothing follows but particles and endings."""
    if form.runs_on or not _joins(folded[end - 1]):
        return True
    if len(form.text) == 1:
        word = _HANGUL.match(folded, start)
        return word is not None and base(word.group()) == folded[start]
    rest = _HANGUL.match(folded, end)
    return rest is not None and ends_word(folded[end - 1], rest.group())


def _is_another_word(folded: str, start: int, end: int, form: Form) -> bool:
    """Whether what is written like a noun is none here: 재료를 사고 is of 사다, 두 배 counts.

    A noun that ends like a verb is one behind an object only where a particle follows it.
    """
    if form.literal or form.runs_on:
        return False
    if is_counter(form.text):
        return ends_in_number(folded[max(0, start - LOOKED_BACK) : start])
    if not _VERBAL.match(form.text) or _HANGUL.match(folded, end):
        return False
    return _OBJECT.search(folded, max(0, start - 3), start) is not None


def _fits(form: str, length: int, *, opens: bool, whole: bool) -> bool:
    if not opens and (length != len(form) or not _joins(form[0])):
        return False
    return whole or _joins(form[-1]) or _is_plural(form)


def _is_plural(form: str) -> bool:
    return len(form) > SHORT_LATIN and form[-1].isalpha()


def _joins(character: str) -> bool:
    """Whether words of this script run on without a space: Hangul and Han do."""
    return character >= "\u3040"


def _kind(character: str) -> int:
    """Letters that make one word together."""
    if not character.isalnum():
        return 0
    if character.isdigit():
        return 1
    return 3 if _joins(character) else 2


@lru_cache(maxsize=4096)
def _pattern(text: str, *, literal: bool) -> re.Pattern[str]:
    if literal:
        return re.compile(r"\s+".join(re.escape(part) for part in text.split()))
    return re.compile(r"[\s\-·‧,]?".join(re.escape(character) for character in text))
