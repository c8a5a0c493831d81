"""A Slashpage site by the JSON that its own pages load. Pure.

The shape is undocumented and was read in public code (a listing under `data.list`, texts as a map
of blocks with tokens), not seen live: whatever is not understood is skipped where that loses
nothing, and else said in one error that names what was missing.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from bot.sources.addresses import SLASHPAGE_HASH, SLASHPAGE_KEY, link_key
from bot.sources.entries import Entry, Fetched
from bot.sources.errors import FormatError
from bot.sources.formats.cleaning import cut_html, name_line, title_line
from bot.sources.formats.dates import parse_date
from bot.sources.formats.newest import newest
from bot.sources.formats.slashpage_blocks import blocks_html, lacks_blocks
from bot.text.charsets import decode
from bot.text.elements import list_elements
from bot.text.emoji import parse_emoji_run
from storage.models import BlogCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

HOST = "slashpage.com"
API = f"https://{HOST}/api/page"
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
    return f"{API}/{pages[0]}/channel/items?channelViewId={views[0]}&limit={LIMIT}"


def parse_listing(data: bytes, *, address: str) -> Fetched:
    """The posts of a listing's JSON; `address` is the site's, for links.

    Raises FormatError `source.slashpage.changed` with what the answer lacks.
    """
    listed = _at(_json(data), "data", "list")
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
    snapshot = _at(note, "content", "snapshot")
    body = blocks_html(snapshot)
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
        cut=is_cut or lacks_blocks(snapshot),
        partial=post is not None and (lacks_blocks(snapshot) or not body),
    )


def snapshots(data: bytes) -> Iterator[list[str]]:
    """Of each post of a listing's JSON, the kinds of its blocks."""
    listed = _at(_json(data), "data", "list")
    for item in listed if isinstance(listed, list) else ():
        blocks = _at(item, "note", "content", "snapshot", "blockMap")
        yield [_text(one, "type") for one in blocks.values()] if isinstance(blocks, dict) else []


# --- a whole post ---


def post_hash(address: str, page: str = "") -> str | None:
    """What Slashpage calls the post at an address of its, or of a site that it makes."""
    key = link_key(address) or ""
    is_post = key.startswith(SLASHPAGE_KEY) and is_slashpage(address, page)
    return key.removeprefix(SLASHPAGE_KEY) if is_post else None


def post_places(post: str) -> tuple[str, str]:
    """Where public importers read a post by its hash: what it is called, and its text."""
    return f"{API}/{post}", f"{API}/{post}/content"


def parse_post(about: bytes, content: bytes, *, address: str) -> Entry:
    """A whole post by the two answers of `post_places`; the first may be empty.

    Raises FormatError `source.slashpage.changed` where there is no text, with what it lacks.
    """
    data = _at(_json(content), "data")
    snapshot = _at(data, "snapshot") or _at(data, "content", "snapshot")
    if not _at(snapshot, "blockMap"):
        raise _changed("data.snapshot.blockMap")
    kept, is_cut = cut_html(blocks_html(snapshot))
    said = _at(_json(about), "data") if about else None
    note = _at(said, "note")
    return Entry(
        title=title_line(_text(said, "title") or _text(note, "title")),
        html=kept,
        link=address,
        author=name_line(_text(said, "user", "nickname") or _text(note, "user", "nickname")),
        published_at=parse_date(_text(said, "createdAt") or _text(note, "createdAt")),
        cut=is_cut,
    )


def _json(data: bytes) -> object:
    try:
        return json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise _changed("JSON") from error


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


def _at(thing: object, *path: str) -> object:
    for name in path:
        thing = thing.get(name) if isinstance(thing, dict) else None
    return thing


def _text(thing: object, *path: str) -> str:
    value = _at(thing, *path)
    return value.strip() if isinstance(value, str) else ""
