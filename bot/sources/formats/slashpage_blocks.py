"""A Slashpage text, a map of blocks and a tree of their ids, as HTML. Pure.

The shape was read in public importers, not seen live. A block hangs on another one by the tree, or,
where the tree names only the top, by its `parentBlockId`; `sortKey` orders the children of one
parent alone. What is not known is its words; what is not there is passed over.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DEEPEST = 40
_HEADINGS = {1: "h2", 2: "h3", 3: "h4"}
_STYLES = (("code", "code"), ("s", "s"), ("i", "i"), ("u", "u"), ("b", "b"))
_LISTS = {"list": "ul", "orderedList": "ol"}
_LINKS = ("link", "url", "href")
_FILES = ("file", "attachment")
_HIDDEN = {"codeSource"}
"""What a code block was typed as; its `code` says it."""
_LANGUAGE = re.compile(r"[\w+#.-]{1,32}")
_MOST_COLUMNS = 50


def blocks_html(snapshot: object) -> str:
    """The text of a snapshot (`blockMap`, `blockTree`); empty where it has none."""
    return _Text(snapshot).html()


def lacks_blocks(snapshot: object) -> bool:
    """Whether the tree names blocks that the map has not: what is there is a part of the text."""
    return bool(set(_ids(_at(snapshot, "blockTree"))) - set(_map(snapshot)))


def _map(snapshot: object) -> dict[str, object]:
    blocks = _at(snapshot, "blockMap")
    if isinstance(blocks, list):
        blocks = {str(_at(one, "id")): one for one in blocks}
    return blocks if isinstance(blocks, dict) else {}


class _Text:
    """One text while it is written; each block is written once."""

    def __init__(self, snapshot: object) -> None:
        self._blocks = _map(snapshot)
        self._under: defaultdict[str, list[str]] = defaultdict(list)
        """Whose parent says which blocks are under it, by its children's word."""
        for key in sorted(self._blocks, key=self._sort_key):
            self._under[_text(self._blocks[key], "parentBlockId")].append(key)
        self._named: dict[str, list[str]] = {}
        self._done: set[str] = set()
        tree = _at(snapshot, "blockTree")
        top = [self._name(node, 0) for node in tree] if isinstance(tree, list) else []
        self._top = [key for key in top if key in self._blocks] or self._roots()

    def html(self) -> str:
        return self._siblings(self._top, 0)

    def _sort_key(self, key: str) -> str:
        return _text(self._blocks[key], "sortKey")

    def _roots(self) -> list[str]:
        """Without a tree: the blocks that hang on none that is there."""
        hanging = {key for parent in self._blocks for key in self._under.get(parent, ())}
        blocks = list(self._blocks)
        if all(map(self._sort_key, blocks)):
            blocks.sort(key=self._sort_key)
        return [key for key in blocks if key not in hanging] or blocks

    def _name(self, node: object, depth: int) -> str:
        """Note what the tree says is under a node: `id`, `[id, child, …]` or `[id, [child, …]]`."""
        if not isinstance(node, list) or not node or depth > _DEEPEST:
            return node if isinstance(node, str) else ""
        key, *rest = node
        if len(rest) == 1 and isinstance(rest[0], list) and rest[0][:1] and _is_list(rest[0][0]):
            rest = rest[0]
        if not isinstance(key, str):
            return ""
        self._named[key] = [self._name(child, depth + 1) for child in rest]
        return key

    def _children(self, key: str) -> list[str]:
        """By the tree; what it does not name hangs there by its own word."""
        both = (*self._named.get(key, ()), *self._under.get(key, ()))
        return [one for one in dict.fromkeys(both) if one in self._blocks]

    def _siblings(self, keys: Iterable[str], depth: int) -> str:
        """Blocks side by side; items of one kind of list that follow each other are one list."""
        parts: list[str] = []
        around = ""
        for key in keys:
            if key not in self._blocks or key in self._done or depth > _DEEPEST:
                continue
            self._done.add(key)
            said = self._block(key, depth)
            wanted = _LISTS.get(_text(self._blocks[key], "type"), "") if said else around
            if wanted != around:
                parts += [f"</{around}>" if around else "", f"<{wanted}>" if wanted else ""]
                around = wanted
            parts.append(said)
        return "".join([*parts, f"</{around}>" if around else ""])

    def _block(self, key: str, depth: int) -> str:
        """A block with what is under it; one that is not known is its words."""
        block = self._blocks[key]
        kind = _text(block, "type")
        if kind in _HIDDEN:
            return ""
        if kind == "table":
            return self._table(key, depth)
        if kind == "code":
            return _code(block)
        said = "<hr>" if kind == "divider" else _said(block)
        under = self._siblings(self._children(key), depth + 1)
        if kind in _LISTS:
            return f"<li>{said}{under}</li>" if said or under else ""
        if kind == "quote":
            return f"<blockquote>{said}{under}</blockquote>" if said or under else ""
        return _within(kind, said, block) + under

    def _table(self, key: str, depth: int) -> str:
        """Cells in rows; where nothing says how many make one, each is a row."""
        cells = [one for one in self._children(key) if one not in self._done]
        self._done.update(cells)
        columns = _columns(self._blocks[key], len(cells))
        written = [self._cell(one, depth + 1) for one in cells]
        rows = [written[at : at + columns] for at in range(0, len(written), columns)]
        lines = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
        caption = _within("", _said(self._blocks[key]), None)
        return caption + (f"<table>{lines}</table>" if lines else "")

    def _cell(self, key: str, depth: int) -> str:
        under = [one for one in self._children(key) if one not in self._done]
        inline = [_said(self._blocks[one]) for one in under if not self._children(one)]
        if len(inline) == len(under) and all(map(self._is_plain, under)):
            self._done.update(under)
            return f"<td>{' '.join(filter(None, [_said(self._blocks[key]), *inline]))}</td>"
        return f"<td>{_said(self._blocks[key])}{self._siblings(under, depth)}</td>"

    def _is_plain(self, key: str) -> bool:
        return _text(self._blocks[key], "type") not in {"table", "code", *_LISTS}


def _ids(tree: object, depth: int = 0) -> Iterator[str]:
    for one in tree if isinstance(tree, list) else ():
        if isinstance(one, str):
            yield one
        elif depth <= _DEEPEST:
            yield from _ids(one, depth + 1)


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _within(kind: str, said: str, block: object) -> str:
    if not said or kind == "divider":
        return said
    if kind == "heading":
        level = _number(_at(block, "value", "level"))
        tag = _HEADINGS.get(level, "h4")
        return f"<{tag}>{said}</{tag}>"
    checked = _at(block, "value", "checked")
    mark = ("☑ " if checked else "☐ ") if isinstance(checked, bool) else ""
    return f"<p>{mark}{said}</p>"


def _said(block: object) -> str:
    """A block's words, or else the address or the file that it is."""
    said = _tokens(_at(block, "value", "tokens"))
    if said.strip():
        return said
    value = _at(block, "value")
    if link := _link(value):
        name = _text(value, "title") or _text(value, "name") or link
        return _linked(html.escape(name), link)
    names = [_text(value, holder, name) for holder in _FILES for name in ("filename", "name")]
    return next((f"📎 {html.escape(name)}" for name in names if name), "")


def _code(block: object) -> str:
    code = _text(block, "value", "code", keep_spaces=True) or _plain(_at(block, "value", "tokens"))
    if not code.strip():
        return ""
    language = _text(block, "value", "language").lower()
    if not _LANGUAGE.fullmatch(language) or language in {"plain", "plaintext", "text"}:
        return f"<pre>{html.escape(code)}</pre>"
    return f'<pre><code class="language-{language}">{html.escape(code)}</code></pre>'


def _columns(table: object, cells: int) -> int:
    columns = _number(_at(table, "value", "colCount"))
    rows = _number(_at(table, "value", "rowCount"))
    return min(columns or (cells // rows if rows else 1) or 1, _MOST_COLUMNS)


def _number(value: object) -> int:
    """A whole number above zero, also one that is written as text; else 0."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:6])
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


# --- words ---


def _plain(tokens: object) -> str:
    said = tokens if isinstance(tokens, list) else ()
    return "".join(
        one if isinstance(one, str) else _text(one, "text", keep_spaces=True) for one in said
    )


def _tokens(tokens: object) -> str:
    if isinstance(tokens, str):
        return _words(tokens)
    return "".join(map(_token, tokens)) if isinstance(tokens, list) else ""


def _token(token: object) -> str:
    if isinstance(token, str):
        return _words(token)
    said = _words(_text(token, "text", keep_spaces=True))
    styles = _at(token, "styles")
    for name, tag in _STYLES:
        if said and _at(styles, name):
            said = f"<{tag}>{said}</{tag}>"
    return _linked(said, _link(token) or _link(styles))


def _words(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _link(holder: object) -> str:
    """The address that a token, its styles or a block's value names, as text or in an object."""
    named = [_at(holder, name) for name in _LINKS]
    named += [_at(one, name) for one in named for name in _LINKS]
    return next((one.strip() for one in named if isinstance(one, str) and one.strip()), "")


def _linked(said: str, link: str) -> str:
    return f'<a href="{html.escape(link)}">{said}</a>' if said and link else said


def _at(thing: object, *path: str) -> object:
    for name in path:
        thing = thing.get(name) if isinstance(thing, dict) else None
    return thing


def _text(thing: object, *path: str, keep_spaces: bool = False) -> str:
    value = _at(thing, *path)
    if not isinstance(value, str):
        return ""
    return value if keep_spaces else value.strip()
