"""Videos, sounds and other pages inside of a text: a line each, with a link that opens it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from bot.text import tags
from bot.text.characters import clean_line
from bot.text.lines import Style
from bot.text.rich import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.text.lines import Lines

TAGS = {"iframe", "video", "audio", "embed", "object", "oembed"}
_ADDRESSES = ("src", "data", "url", "data-src", "data-lazy-src", "data-litespeed-src")
_PLAYERS = (
    (
        re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/(?:embed|v)/([\w-]{6,20})\b"),
        "https://www.youtube.com/watch?v={}",
    ),
    (re.compile(r"https?://player\.vimeo\.com/video/(\d{1,20})\b"), "https://vimeo.com/{}"),
)
"""Pages that only a page can show, and those that show the same to a person."""
_NOT_FOR_READERS = re.compile(
    r"//[\w.-]*(?:doubleclick\.net|googlesyndication\.com|googletagmanager\.com|adservice\.)"
    r"|//ads?\.|/plugins/(?:like|share|follow)|/ads/"
)
_LONGEST_NAME = 60


@dataclass(slots=True)
class _Embed:
    """What an element that is open shows."""

    address: str | None = None
    title: str = ""


class Embeds:
    """The embedded page that is open; what stands in it is for browsers that cannot show it."""

    def __init__(self, lines: Lines, link: Callable[[str | None], str | None]) -> None:
        self._lines = lines
        self._link = link
        self._open = _Embed()
        self.depth = 0
        """How many elements are open, from the embedded one on."""

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins: the embedded one, or one inside of it, which may say where it lies."""
        if self.depth == 0:
            self._open = _Embed()
        self.depth += 1
        if tag not in TAGS | {"source", "param"} or _is_for_machines(attributes):
            return
        names = ("value",) if attributes.get("name", "").lower() in {"movie", "src"} else _ADDRESSES
        for found in filter(None, map(attributes.get, names)):
            self._open.address = self._open.address or _shown(self._link(found))
        self._open.title = self._open.title or clean_line(attributes.get("title", ""))

    def end(self) -> None:
        """An element ends; with the outermost one, the line is written."""
        self.depth -= 1
        if self.depth == 0 and self._open.address is not None:
            self._write(self._open.address, self._open.title)

    def _write(self, address: str, title: str) -> None:
        self._lines.break_line(1)
        is_new = self._lines.open(Style(Kind.LINK, address))
        self._lines.add(tags.PLAY + (title[:_LONGEST_NAME].strip() or _name(address)))
        if is_new:
            self._lines.close(Kind.LINK)
        self._lines.break_line(1)


def _is_for_machines(attributes: Mapping[str, str]) -> bool:
    """Whether it counts visits, or is a picture, which has no line either."""
    sizes = {attributes.get("width"), attributes.get("height")} - {None}
    is_dot = bool(sizes) and sizes <= {"0", "1", "0px", "1px"}
    return is_dot or attributes.get("type", "").startswith("image/")


def _shown(address: str | None) -> str | None:
    """What to open instead of an address that is for frames only; None for what no reader wants."""
    if address is None or _NOT_FOR_READERS.search(address):
        return None
    for player, page in _PLAYERS:
        if (found := player.match(address)) is not None:
            return page.format(found[1])
    return address


def _name(address: str) -> str:
    """What a file is called, or else the host."""
    parts = urlsplit(address)
    last = clean_line(unquote(parts.path).rpartition("/")[2])
    is_file = "." in last.strip(".") and not last.endswith((".php", ".html", ".htm", ".jsp"))
    return last[:_LONGEST_NAME] if is_file else (parts.hostname or "").removeprefix("www.")
