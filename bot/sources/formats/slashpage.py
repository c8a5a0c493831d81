"""A Slashpage site by the JSON that its own pages load. Pure.

The shape is undocumented and was read in public code (a listing under `data.list`, texts as a map
of blocks with tokens), not seen live: whatever is not understood is skipped where that loses
nothing, and else said in one error that names what was missing.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from bot.sources.addresses import SLASHPAGE_HASH
from bot.sources.entries import Entry, Fetched
from bot.sources.errors import FormatError
from bot.sources.formats.cleaning import cut_html, name_line, title_line
from bot.sources.formats.dates import parse_date
from bot.sources.formats.newest import newest
from bot.text.charsets import decode
from bot.text.elements import list_elements
from bot.text.emoji import parse_emoji_run
from storage.models import BlogCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

HOST = "slashpage.com"
LIMIT = 50
_VIEW = re.compile(r"channelViewId(?:\\?[\"'])?\s*[:=]\s*(?:\\?[\"'])?([\w-]{4,40})")
_PAGE = re.compile(r"(?:/api/page/|page(?:Hash|Id)\\?\"\s*:\s*\\?\")([0-9a-z]{20})\b")
_DEEPEST = 12


def is_slashpage(address: str, page: str = "") -> bool:
    """Whether an address is a Slashpage site's, or its page was made by one."""
    host = urlsplit(address).hostname or ""
    return host in {HOST, f"www.{HOST}"} or f"//{HOST}" in page or f".{HOST}/" in page


def find_listing(data: bytes, *, address: str, content_type: str = "") -> str:
    """The address of the JSON behind a site's page.

    Raises FormatError `source.slashpage.changed` with what the page lacks.
    """
    text = decode(data, content_type)
    parts = urlsplit(address)
    named = parse_qs(parts.query).get("channelViewId", [])
    views = [*named, *_VIEW.findall(text)]
    last = parts.path.rstrip("/").rsplit("/", 1)[-1]
    pages = [last] if SLASHPAGE_HASH.fullmatch(last) else _PAGE.findall(text)
    if not pages or not views:
        raise _changed("page" if not pages else "channelViewId")
    return (
        f"https://{HOST}/api/page/{pages[0]}/channel/items?channelViewId={views[0]}&limit={LIMIT}"
    )


def parse_listing(data: bytes, *, address: str) -> Fetched:
    """The posts of a listing's JSON; `address` is the site's, for links.

    Raises FormatError `source.slashpage.changed` with what the answer lacks.
    """
    try:
        answer = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise _changed("JSON") from error
    listed = _at(answer, "data", "list")
    if not isinstance(listed, list):
        raise _changed("data.list")
    return Fetched(_entries(listed, address), complete=len(listed) < LIMIT)


def parse_page(data: bytes, *, address: str, content_type: str = "") -> Fetched:
    """The posts that a site's page brings along in its scripts, where the JSON has changed.

    Raises FormatError `source.slashpage.changed` when it brings none.
    """
    for attributes, script in list_elements(decode(data, content_type), "script"):
        if "application/json" not in attributes.lower():
            continue
        try:
            found = next(_listings(json.loads(script)), None)
        except (ValueError, RecursionError):
            continue
        if found is not None:
            return Fetched(_entries(found, address))
    raise _changed("note")


def _listings(thing: object, depth: int = 0) -> Iterator[list[object]]:
    """Lists whose items have notes, wherever they lie."""
    if isinstance(thing, list) and any(isinstance(_at(one, "note"), dict) for one in thing):
        yield thing
    elif depth < _DEEPEST:
        inner: Iterable[object] = ()
        if isinstance(thing, dict):
            inner = thing.values()
        elif isinstance(thing, list):
            inner = thing
        for one in inner:
            yield from _listings(one, depth + 1)


def _changed(missing: str) -> FormatError:
    return FormatError("source.slashpage.changed", missing=missing)


# --- one post ---


def _entries(listed: list[object], address: str) -> tuple[Entry, ...]:
    items, _ = newest(listed, _date)
    read = (_entry(item, address) for item in items)
    entries = tuple(entry for entry in read if entry is not None)
    if listed and not entries:
        raise _changed("note")
    return entries


def _date(item: object) -> datetime | None:
    return parse_date(_text(item, "createdAt") or _text(item, "note", "createdAt"))


def _entry(item: object, address: str) -> Entry | None:
    note = _at(item, "note")
    if not isinstance(note, dict):
        return None
    title = title_line(_text(note, "title"))
    body = _body(note)
    if not title and not body:
        return None
    guid = _text(item, "id") or _text(note, "id")
    ids = (_text(item, "hash"), _text(note, "hash"), _text(note, "id"), guid)
    post = next((one for one in ids if SLASHPAGE_HASH.fullmatch(one)), None)
    kept, is_cut = cut_html(body)
    return Entry(
        title=title,
        html=kept,
        link=f"{_site(address)}/{post}" if post else None,
        guid=guid or None,
        author=name_line(_text(item, "user", "nickname")),
        published_at=_date(item),
        blog=_counts(item, note),
        cut=is_cut,
    )


def _site(address: str) -> str:
    """The site's own address: with its first path segment on Slashpage's host, else bare."""
    parts = urlsplit(address)
    root = f"{parts.scheme}://{parts.netloc}"
    first = parts.path.strip("/").split("/")[0]
    return f"{root}/{first}" if is_slashpage(address) and first else root


def _counts(item: object, note: Mapping[str, Any]) -> BlogCounts:
    """`reactionSummary` is a map of emoji to counts; `{}` is no reaction."""
    summary = note.get("reactionSummary")
    counted = {
        emoji[0]: number
        for key, value in (summary.items() if isinstance(summary, dict) else ())
        if (emoji := parse_emoji_run(str(key))) and (number := _number(value))
    }
    comments = _number(_at(item, "commentCount")) or _number(note.get("commentCount"))
    return BlogCounts(tuple(counted), sum(counted.values()) or None, comments)


def _number(value: object) -> int | None:
    if isinstance(value, dict):
        value = value.get("count")
    if isinstance(value, list):
        value = len(value)
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 < value < LARGEST
    return value if is_count and isinstance(value, int) else None


LARGEST = 10**9


# --- blocks ---

_HEADINGS = {1: "h2", 2: "h3", 3: "h4"}
_STYLES = (("code", "code"), ("s", "s"), ("i", "i"), ("b", "b"))


def _body(note: Mapping[str, Any]) -> str:
    blocks = _at(note, "content", "snapshot", "blockMap")
    if not isinstance(blocks, dict):
        return ""
    tree = _at(note, "content", "snapshot", "blockTree")
    return "".join(_block(block) for block in _in_order(blocks, tree))


def _in_order(blocks: Mapping[str, Any], tree: object) -> list[object]:
    """Blocks by the tree's order; where there is none, by their sort keys, or as they come."""
    if isinstance(tree, list):
        return [blocks[key] for key in dict.fromkeys(_leaves(tree)) if key in blocks]
    values = list(blocks.values())
    if all(isinstance(_at(block, "sortKey"), str) for block in values):
        values.sort(key=lambda block: _text(block, "sortKey"))
    return values


def _leaves(tree: list[object], depth: int = 0) -> Iterator[str]:
    for one in tree:
        if isinstance(one, str):
            yield one
        elif isinstance(one, list) and depth < _DEEPEST:
            yield from _leaves(one, depth + 1)


def _block(block: object) -> str:
    """A block as HTML; one that is not known is its text."""
    kind = _text(block, "type")
    if kind == "divider":
        return "<hr>"
    if kind == "code" and (code := _text(block, "value", "code")):
        return f"<pre>{html.escape(code)}</pre>"
    said = _tokens(_at(block, "value", "tokens"))
    if not said.strip():
        return ""
    if kind == "heading":
        level = _at(block, "value", "level")
        tag = _HEADINGS.get(level, "h4") if isinstance(level, int) else "h4"
        return f"<{tag}>{said}</{tag}>"
    if kind == "list":
        return f"<ul><li>{said}</li></ul>"
    return f"<blockquote>{said}</blockquote>" if kind == "quote" else f"<p>{said}</p>"


def _tokens(tokens: object) -> str:
    return "".join(_token(token) for token in tokens) if isinstance(tokens, list) else ""


def _token(token: object) -> str:
    if isinstance(token, str):
        return html.escape(token)
    said = html.escape(_text(token, "text", keep_spaces=True))
    styles = _at(token, "styles")
    for name, tag in _STYLES:
        if said and isinstance(styles, dict) and styles.get(name):
            said = f"<{tag}>{said}</{tag}>"
    link = _text(token, "link") or _text(token, "url") or _text(styles, "link")
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
