"""Two names for one thing: the glossary that ships, what operators add, and how it is typed."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeAlias

from bot.errors import InputError
from bot.search.analyse import flat, fold, normalise, runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Glossary: TypeAlias = "Mapping[str, tuple[str, ...]]"
"""Flat name to the other names, as they are written."""

GLOSSARIES = ("glossary.txt", "everyday.txt")
"""Technology, business and the humanities; and daily life."""
LONGEST = 60


def parse_glossary(text: str) -> dict[str, tuple[str, ...]]:
    """Lines of `name = name = name`; `#` starts a comment. A name may be in several lines."""
    lines = (line.split("#", 1)[0].split(" = ") for line in text.splitlines())
    return _index([stripped for name in names if (stripped := name.strip())] for names in lines)


def _index(groups: Iterable[Sequence[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for names in groups:
        for name in names:
            others = found.setdefault(flat(fold(name)), {})
            others.update(dict.fromkeys(other for other in names if other != name))
    return {name: tuple(others) for name, others in found.items()}


@cache
def load_glossary() -> Glossary:
    """The glossaries that ship with the program, read once a process."""
    folder = files("bot.search")
    texts = (folder.joinpath(name).read_text(encoding="utf-8") for name in GLOSSARIES)
    return parse_glossary("\n".join(texts))


def parse_synonym(text: str) -> tuple[str, str]:
    """The two names of `엔비디아 = nvidia`.

    Raises InputError `synonym.usage` when there are not exactly two names that differ.
    """
    names = [" ".join(normalise(name).split()) for name in text.split("=")]
    if len(names) != 2 or not all(_is_name(name) for name in names):  # noqa: PLR2004  # a pair
        raise InputError("synonym.usage")
    left, right = names
    if flat(fold(left)) == flat(fold(right)):
        raise InputError("synonym.usage")
    return left, right


def index_synonyms(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Pairs as a glossary: each name to its other names."""
    return _index(pairs)


def _is_name(name: str) -> bool:
    return 0 < len(name) <= LONGEST and bool(runs(fold(name)))
