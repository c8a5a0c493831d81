"""What calls itself pure is, and every branch of it is asked for."""

from __future__ import annotations

import ast
from fnmatch import fnmatch
from typing import TYPE_CHECKING

import pytest

from tests.pure import ROOT, pure_patterns, says_pure

if TYPE_CHECKING:
    from collections.abc import Iterator

IMPURE = {
    *("aiohttp", "aiosqlite", "asyncio", "httpx", "logging", "os", "pathlib", "random", "secrets"),
    *("socket", "sqlite3", "subprocess", "threading", "time", "bot.clock", "bot.logs"),
}
CALLS = {".now()", ".today()", ".utcnow()", ".read_text()", ".read_bytes()", "open()", "print()"}


def pure_modules() -> list[str]:
    """Without storage, which is under the same rule of coverage for another reason."""
    every = [path.relative_to(ROOT).as_posix() for path in (ROOT / "bot").rglob("*.py")]
    patterns = pure_patterns()
    return sorted(one for one in every if any(fnmatch(one, pattern) for pattern in patterns))


def impurities(text: str) -> Iterator[str]:
    """What a module does at run time that a pure one does not."""
    tree = ast.parse(text)
    for_types = [node for node in tree.body if _is_for_types(node)]
    apart = {id(inner) for node in for_types for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in apart:
            continue
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name in IMPURE)
        elif isinstance(node, ast.ImportFrom) and node.module in IMPURE:
            yield node.module
        elif isinstance(node, ast.Call) and (called := _called(node.func)) in CALLS:
            yield called


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return f".{function.attr}()"
    return f"{ast.unparse(function)}()"


def _is_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


@pytest.mark.parametrize("module", pure_modules())
def test_a_pure_module_has_no_clock_no_io_and_no_logging(module: str) -> None:
    assert list(impurities((ROOT / module).read_text(encoding="utf-8"))) == []


def test_what_is_not_pure_is_noticed() -> None:
    text = "import logging\nfrom time import time\nx = datetime.now()\ny = Path('a').read_text()\n"
    assert sorted(impurities(text)) == [".now()", ".read_text()", "logging", "time"]
    assert list(impurities("if TYPE_CHECKING:\n    import asyncio\n")) == []


def test_the_word_is_looked_for_where_a_module_speaks_of_itself() -> None:
    assert says_pure('"""Decisions only. Pure."""')
    assert says_pure('"""Decisions. Pure: state in, intents out."""')
    assert not says_pure('"""Purely decisions."""')
    assert not says_pure('def f():\n    """Pure."""')


def test_storage_and_the_rooms_of_decisions_are_under_the_rule() -> None:
    patterns = pure_patterns()
    assert {"storage/*", "bot/text/*", "bot/pages/*", "bot/chat_settings/*"} <= set(patterns)
    assert {"bot/delivery/plan.py", "bot/sources/decide.py", "bot/search/rank.py"} <= set(patterns)
