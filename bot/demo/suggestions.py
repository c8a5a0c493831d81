"""What Tab offers for the line being typed at the terminal. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Choice:
    """A word that can stand here; `also` are other ways to begin it, `about` what it means."""

    word: str
    about: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word in place of the last `replaced` characters before the cursor."""

    word: str
    replaced: int
    about: str = ""


def suggest(
    line: str, words: Sequence[Choice], arguments: Mapping[str, Sequence[Choice]]
) -> list[Suggestion]:
    """How a line can go on: with one of the words, or after a word with one of its arguments.

    `line` is what stands before the cursor; an argument may have spaces in it.
    """
    word, space, rest = line.lstrip().partition(" ")
    if space:
        return list(_fitting(rest.lstrip(), arguments.get(word, ())))
    return list(_fitting(word, words)) if word else []


def _fitting(typed: str, choices: Iterable[Choice]) -> Iterable[Suggestion]:
    wanted = typed.casefold()
    for choice in choices:
        known = (choice.word, *choice.also)
        if any(one.casefold().startswith(wanted) for one in known):
            yield Suggestion(choice.word, len(typed), choice.about)
