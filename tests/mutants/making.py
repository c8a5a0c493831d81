"""The mistakes: where a module could be wrong by one operator, one number, one word of SQL."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "*",
    ast.Pow: "*",
    ast.BitOr: "&",
    ast.BitAnd: "|",
}
_DEFINITION = re.compile(r"^ *(?:async def|def|class) (\w+)", re.MULTILINE)
OPPOSITES = {"max": "min", "min": "max", "any": "all", "all": "any"}
SQL = re.compile(r"^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|state)\b")
SQL_MISTAKES = (
    (re.compile(r"\bAND\b"), "OR"),
    (re.compile(r"\bOR\b(?! IGNORE| REPLACE)"), "AND"),
    (re.compile(r"<="), "<"),
    (re.compile(r">="), ">"),
    (re.compile(r"(?<![<>=!])<(?![=>])"), "<="),
    (re.compile(r"(?<![<>=!])>(?![=>])"), ">="),
    (re.compile(r"(?<=[\w)] )=(?= [?'(\w])"), "!="),
    (re.compile(r"\bNOT (?=IN|EXISTS)"), ""),
    (re.compile(r" DESC\b"), ""),
    (re.compile(r"(?<=ORDER BY id)\b"), " DESC"),
    (re.compile(r"(?<= )\+(?= \d)"), "-"),
    (re.compile(r"(?<=ORDER BY )\w+, "), ""),
    (re.compile(r"\bmax\("), "min("),
    (re.compile(r"\bmin\("), "max("),
)
"""A condition the other way round, a limit off by one, an order that is another one."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake in one module; characters `start` to `end` of its text become `text`."""

    module: str
    start: int
    end: int
    text: str
    name: str
    """Tells it apart, also after edits elsewhere: where it is, and what stands instead of what.

    `module | function | line | 12: < -> <=`; the number is the place in the line.
    """

    def apply(self, source: str) -> str:
        """The module with the mistake."""
        return source[: self.start] + self.text + source[self.end :]


def mutants_of(module: str, source: str) -> list[Mutant]:
    """All mistakes in a module, in the order of its text; each is still Python."""
    tree = ast.parse(source)
    text = _Text(source)
    aside = [part for node in ast.walk(tree) for part in _aside(node)]
    skipped = {id(inner) for part in aside for inner in ast.walk(part)}
    places = {
        place
        for node in ast.walk(tree)
        if id(node) not in skipped
        for place in _mistakes(node, text)
    }
    found, names = [], Counter[str]()
    for start, end, new in sorted(places):
        name = _name(module, source, start, end, new)
        names[name] += 1
        nth = f" ({names[name]})" if names[name] > 1 else ""
        found.append(Mutant(module, start, end, new, name + nth))
    return [one for one in found if _is_python(one.apply(source))]


def _name(module: str, source: str, start: int, end: int, new: str) -> str:
    begins = source.rfind("\n", 0, start) + 1
    line = source[begins:].partition("\n")[0]
    within = [found[1] for found in _DEFINITION.finditer(source, 0, begins)][-1:] or ["module"]
    was = source[start:end].partition("\n")[0]
    place = start - begins - (len(line) - len(line.lstrip()))
    said = f"{place}: {was or 'nothing'} -> {new or 'nothing'}"
    return " | ".join([module, *within, line.strip(), said])


def _aside(node: ast.AST) -> Iterator[ast.AST]:
    """What says nothing at run time, or only to people: types, docstrings, logs, messages."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        yield node
    if isinstance(node, ast.ClassDef):
        yield from node.decorator_list
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from (one for one in [node.returns, *node.decorator_list] if one is not None)
    if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
        yield node.annotation
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node
    if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log."):
        yield node
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith("__"):
        yield node


class _Text:
    """Places of a module as Python counts them (line, UTF-8 bytes), in characters."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._lines = source.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        end = self._at(node.end_lineno, node.end_col_offset)
        return self._at(node.lineno, node.col_offset), end

    def between(self, left: ast.expr, right: ast.expr) -> tuple[int, int]:
        return self.span(left)[1], self.span(right)[0]

    def _at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())


def _mistakes(node: ast.AST, text: _Text) -> Iterator[tuple[int, int, str]]:
    if isinstance(node, ast.Constant):
        yield from _constants(node, text)
    elif isinstance(node, ast.Compare | ast.BoolOp | ast.BinOp):
        yield from _operators(node, text)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield text.span(node)[0], text.span(node.operand)[0], ""
    elif isinstance(node, ast.Return) and not isinstance(node.value, ast.Constant | None):
        yield *text.span(node.value), "None"
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in OPPOSITES:
        yield *text.span(node.func), OPPOSITES[ast.unparse(node.func)]


def _operators(
    node: ast.Compare | ast.BoolOp | ast.BinOp, text: _Text
) -> Iterator[tuple[int, int, str]]:
    if isinstance(node, ast.Compare):
        lefts = [node.left, *node.comparators]
        for left, operator, right in zip(lefts, node.ops, node.comparators, strict=False):
            for new in COMPARISONS[type(operator)]:
                yield from _operator(text, left, right, new)
    elif isinstance(node, ast.BoolOp):
        new = "or" if isinstance(node.op, ast.And) else "and"
        for left, right in pairwise(node.values):
            yield from _operator(text, left, right, new)
    elif type(node.op) in ARITHMETIC:
        yield from _operator(text, node.left, node.right, ARITHMETIC[type(node.op)])


def _constants(node: ast.Constant, text: _Text) -> Iterator[tuple[int, int, str]]:
    match node.value:
        case bool(value):
            yield *text.span(node), str(not value)
        case int() | float() as value:
            yield *text.span(node), str(value + 1)
        case str(value) if SQL.match(value):
            yield from _sql(text, node)


def _operator(
    text: _Text, left: ast.expr, right: ast.expr, new: str
) -> Iterator[tuple[int, int, str]]:
    """The operator between two operands, brackets and line breaks left as they are."""
    start, end = text.between(left, right)
    found = re.search(r"[^\s()\[\]]+(?: (?:not|in)\b)?", text.source[start:end])
    if found:
        yield start + found.start(), start + found.end(), new


def _sql(text: _Text, node: ast.Constant) -> Iterator[tuple[int, int, str]]:
    start, end = text.span(node)
    for pattern, new in SQL_MISTAKES:
        for found in pattern.finditer(text.source[start:end]):
            yield start + found.start(), start + found.end(), new


def _is_python(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True
