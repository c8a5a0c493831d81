"""No regular expression of the project takes more than time in proportion to what others write."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import bot
import handlers
import storage
from bot.search.matching import _pattern
from tests.backtracking import cost

if TYPE_CHECKING:
    from collections.abc import Iterator

BOUNDED = {
    "bot.chat_settings.typed_times._TO": "single spaces: `normal` has collapsed them",
    "bot.chat_settings.typed_times._UNTIL": "likewise",
    "bot.config.LOCALES": "a setting of the operator's",
    "bot.demo.writing._BOLD": "a post of the demo",
    "bot.demo.writing._LINK": "likewise",
    "bot.search.analyse._RUN": "each way has matched with its first character",
    "bot.search.bracketed_names._LATIN_TAIL": "40 characters",
    "bot.search.query._EDGES": "200 characters",
    "bot.simulator.rules.finding._EMAIL": "a message in the simulator: 4,096 characters",
    "bot.simulator.rules.finding._URL": "likewise",
    "bot.simulator.rules.texts._MARKS": "matches all marks of a run but the last",
    "bot.sources.formats.archive._ASIDE": "60 characters",
    "bot.sources.formats.cleaning._MAILBOX": "300 characters",
    "bot.sources.formats.cleaning._NAMED": "300 characters",
    "bot.sources.formats.doubts._TIME": "40 characters",
    "bot.sources.formats.cleaning._TAG": "3,000 characters, and a script without end matches",
    "bot.text.links._ESCAPED_LETTERS": "each run has matched with its first escape",
    "bot.text.characters._DIRECTION_MARKS": "matches all marks of a run but the last",
    "bot.text.emoji._LAST": "80 characters, each emoji an atomic group",
    "bot.text.emoji._ONE": "400 characters, each emoji an atomic group",
    "bot.text.emoji._RUN": "400 characters, each emoji an atomic group",
    "bot.text.particles._GLOSS": "64 characters",
    "bot.text.particles._LETTERS": "64 characters",
    "bot.text.particles._NUMBER": "64 characters",
}
"""What could be slow if it were given more: what it is given at most, or why it is not."""


class Named(NamedTuple):
    """A pattern by the name of its constant, with the methods that are called on it."""

    name: str
    pattern: re.Pattern[Any]
    uses: set[str]

    @property
    def cost(self) -> str:
        searches = not self.uses or bool(self.uses - _ANCHORED)
        return cost(self.pattern, searches=searches, whole=self.uses == {"fullmatch"})


def patterns() -> Iterator[Named]:
    """Every pattern that a module keeps, alone or in a table."""
    for name, module in modules():
        text = Path(module.__file__ or "").read_text(encoding="utf-8")
        for constant, value in vars(module).items():
            uses = set(re.findall(rf"\b{constant}\.(\w+)", text))
            for pattern in _patterns_in(value):
                yield Named(f"{name}.{constant}", pattern, uses)


def modules() -> Iterator[tuple[str, Any]]:
    for package in (bot, handlers, storage):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield found.name, importlib.import_module(found.name)


def _patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _patterns_in(one)


PARTS = 4
"""So that none of them takes long."""


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_no_pattern_backtracks_over_what_others_write(part: int) -> None:
    names = sorted({one.name for one in patterns()})[part::PARTS]
    mine = [one for one in patterns() if one.name in names]
    slow = {one.name: said for one in mine if (said := one.cost) != "linear"}
    assert {name: said for name, said in slow.items() if name not in BOUNDED} == {}
    assert set(BOUNDED) & set(names) == set(slow), "these are linear, and need no reason"


def test_what_is_bounded_is_there() -> None:
    assert set(BOUNDED) <= {one.name for one in patterns()}


def test_every_pattern_is_a_constant_or_a_literal() -> None:
    """Patterns inside of a function are looked at too; what is put together there is named here."""
    made = {
        "bot.redaction._pattern",
        "bot.redaction.hide",
        "bot.search.corpus.beside",
        "bot.search.letter_names.read_letters",
        "bot.search.matching._pattern",
        "bot.search.shortened._of_neighbours",
        "bot.search.sounds._spelling_of",
        "bot.sources.formats.dates._rfc",
        "bot.text.elements.list_elements",
        "bot.simulator.people.rooms._matches",
    }
    found = list(_written_in_functions())
    assert {where for where, _, text in found if text is None} <= made
    slow = [text for _, use, text in found if text and _cost(text, use) != "linear"]
    assert slow == []


def _cost(text: str, use: str) -> str:
    return cost(re.compile(text), searches=use not in _ANCHORED, whole=use == "fullmatch")


_ANCHORED = {"match", "fullmatch"}


def _written_in_functions() -> Iterator[tuple[str, str, str | None]]:
    """Where a function uses a pattern, how, and the pattern itself where it is a literal."""
    for name, module in modules():
        tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
                if isinstance(node, ast.Call) and called.startswith("re."):
                    first = node.args[0]
                    said = str(first.value) if isinstance(first, ast.Constant) else None
                    yield f"{name}.{function.name}", called.removeprefix("re."), said


@pytest.mark.parametrize("text", ["가나다", "a b  c", "C++", ".*(x+)+$"])
@pytest.mark.parametrize("literal", [False, True])
def test_what_is_searched_for_becomes_a_pattern_that_is_linear(text: str, *, literal: bool) -> None:
    assert cost(_pattern(text, literal=literal)) == "linear"


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"a+", "linear"),
        (r"<p[^<>]*>", "linear"),
        (r"(?:a|b)*c{2,3}", "polynomial"),
        (r"a+b", "polynomial"),
        (r"a+\Z", "polynomial"),
        (r"(?:a|b)+(?=c)", "polynomial"),
        (r"\n\s*\n", "polynomial"),
        (r"<script[^>]+application/json[^>]*>(.*?)</script>", "polynomial"),
        (r"(a+)+", "exponential"),
        (r"(?>(?:ab|a|b)*)c", "exponential"),
        (r"(a|aa)*b", "exponential"),
        (r"(\w)\1+!", "polynomial"),
        (r"\s*(?:<!--.*?-->\s*)*<html", "exponential"),
    ],
)
def test_what_backtracks_is_noticed(pattern: str, said: str) -> None:
    assert cost(re.compile(pattern, re.DOTALL)) == said


@pytest.mark.parametrize(
    ("pattern", "said"), [(r"[a-z]+", "linear"), (r"a*b", "linear"), (r"\w+\.\w*a", "linear")]
)
def test_what_begins_in_one_place_is_tried_once(pattern: str, said: str) -> None:
    assert cost(re.compile(pattern), searches=False, whole=True) == said
