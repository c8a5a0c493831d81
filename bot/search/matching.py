"""Where a form of a word is in a text: the same rule for ranking and for what is made bold.

Spaces are looked over (데이터센터 is in "데이터 센터"), but what crosses a space must start where a
word starts: 시장 is not in "다시 장소".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.search import Group

UNSURE = 0.5
"""Weight of forms that only sound alike: a better guess may replace them."""
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
    def literal(self) -> bool:
        """Whether it was quoted."""
        return self.forms[0].literal


class Place(NamedTuple):
    """A match: `opens` a word, or lies inside one; `whole` when it ends where the word ends."""

    start: int
    end: int
    opens: bool
    whole: bool


def find_form(folded: str, form: Form) -> Iterator[Place]:
    """Places of a form in a folded text, in order, none overlapping."""
    for match in _pattern(form.text, literal=form.literal).finditer(folded):
        start, end = match.span()
        opens = start == 0 or _kind(folded[start - 1]) != _kind(folded[start])
        whole = end == len(folded) or _kind(folded[end]) != _kind(folded[end - 1])
        if form.literal or _fits(form.text, match.group(), opens=opens, whole=whole):
            yield Place(start, end, opens, opens and whole)


def _fits(form: str, matched: str, *, opens: bool, whole: bool) -> bool:
    if not opens and (len(matched) != len(form) or not _joins(form[0])):
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
