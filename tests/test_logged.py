"""docs/logs.md lists what is logged from INFO on: each event with its level and its fields."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEVELS = {"info": "info", "warning": "warning", "error": "error", "exception": "error"}
ROW = re.compile(r"^\| `([a-z_]+)` \| ([a-z, ]+) \| (.*?) \| (.+?) \|$", re.MULTILINE)
CHAT = {"chat", "kind", "title"}
PARTS = 10
"""Modules that log an error of the database, at least."""


@dataclass
class Event:
    """What the code says of an event, or the document."""

    levels: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)


@cache
def logged() -> dict[str, Event]:
    """Every event that the program logs from INFO on."""
    found: dict[str, Event] = {}
    for folder in ("bot", "handlers", "storage"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if "log." in text or "tell_of_chat" in text:
                _look_through(path, text, found)
    return found


def _look_through(path: Path, text: str, found: dict[str, Event]) -> None:
    tree = ast.parse(text)
    functions = [
        one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    for function in functions:
        for node in ast.walk(function):
            for event, level in _events(node, function):
                one = found.setdefault(event, Event())
                one.levels |= {level} if level else set()
                one.modules.add(path.relative_to(ROOT).as_posix())
                one.fields |= _fields(node, function)


def _events(node: ast.AST, function: ast.AST) -> list[tuple[str, str]]:
    """`log.info("event")`, `partial(log.info, "event")`, `tell_of_chat(tx, "event")`."""
    if not isinstance(node, ast.Call):
        return []
    called, given = ast.unparse(node.func), list(node.args)
    level = _level(node.func)
    if called == "partial" and given:
        level, given = _level(given[0]), given[1:]
    elif called in {"tell_of_chat", "self._log"}:
        level = "info"
        given = _texts(given) or _all_in(node, function)
    return [(event, level) for event in map(_text, given[:2]) if level and event]


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _texts(nodes: list[ast.expr]) -> list[ast.expr]:
    """The first text among them."""
    return [one for one in nodes if _text(one)][:1]


def _all_in(node: ast.Call, function: ast.AST) -> list[ast.expr]:
    """What a name stands for that an event is given by."""
    names = {one.id for one in node.args if isinstance(one, ast.Name)}
    for one in ast.walk(function):
        if (
            isinstance(one, ast.Assign)
            and ast.unparse(one.targets[0]) in names
            and isinstance(one.value, ast.IfExp)
        ):
            return [one.value.body, one.value.orelse]
    return []


def _level(called: ast.AST) -> str | None:
    if isinstance(called, ast.Attribute) and ast.unparse(called.value) == "log":
        return LEVELS.get(called.attr)
    return None


def _fields(node: ast.AST, function: ast.AST) -> set[str]:
    """The names in the dicts of `extra`, also where a local name stands for it."""
    assert isinstance(node, ast.Call)
    of_chat = CHAT if ast.unparse(node.func) == "tell_of_chat" else set()
    given = [one.value for one in node.keywords if one.arg == "extra"]
    names = {one.id for value in given for one in ast.walk(value) if isinstance(one, ast.Name)}
    local = [
        one.value
        for one in ast.walk(function)
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) in names
    ]
    keys = {
        key.value
        for value in [*given, *local]
        for one in ast.walk(value)
        if isinstance(one, ast.Dict)
        for key in one.keys
        if isinstance(key, ast.Constant)
    }
    return of_chat | {key for key in keys if isinstance(key, str)}


@cache
def documented() -> dict[str, Event]:
    text = (ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
    return {
        event: Event(set(levels.split(", ")), set(re.findall(r"`([a-z_]+)`", fields)))
        for event, levels, fields, _ in ROW.findall(text)
    }


def test_every_event_is_documented_and_nothing_else() -> None:
    assert sorted(documented()) == sorted(logged())


@pytest.mark.parametrize("event", sorted(logged()))
def test_the_level_and_the_fields_of_an_event_are_documented(event: str) -> None:
    code, said = logged()[event], documented()[event]
    assert said.levels == code.levels
    assert code.fields <= said.fields


def test_an_event_has_one_name() -> None:
    assert all(re.fullmatch("[a-z]+(_[a-z]+)+|started|stopping|stopped", one) for one in logged())


def test_an_error_of_the_database_is_logged_as_itself() -> None:
    """By its kind the log knows that a damaged file was told of already, by another part."""
    caught = re.compile(
        r"except [^\n]*\bDatabaseError\b[^\n]* as error:\n(?:[^\n]+\n){0,6}?[^\n]*\blog\.[^\n]*"
    )
    found = {
        (path.relative_to(ROOT).as_posix(), "str(error)" in one)
        for path in sorted((ROOT / "bot").rglob("*.py"))
        for one in caught.findall(path.read_text(encoding="utf-8"))
    }
    assert len(found) >= PARTS
    assert not any(as_text for _, as_text in found)
