"""The addresses that a message has, and the words that stand beside each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram import MessageEntity

from bot.sources.addresses import link_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from telegram import Message

_SPELT_OUT = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LINKS: list[str | None] = [MessageEntity.URL, MessageEntity.TEXT_LINK]
_COMMAND = re.compile(r"\s*/\w+(?:@\w+)?")
_AROUND = " \t\r\n:|-–—·,"
"""What may stand between an address and words about it."""
_OPENED, _CLOSED = "([{<“‘«「『《〈【", ")]}>”’»」』》〉】"
"""What an address stands in, behind the words before it, and before those behind it."""
_MARK = re.compile(r"\s*(?:\d{1,3}[.)]|[•*▪◦])(?:\s+|$)")
"""What a line of a list begins with."""
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_BEHIND = frozenset(".,;:!?'…`*_|~”’»」』》〉】。、，！？") | _BRACKETS.keys()
"""Signs of the sentence around an address rather than of the address."""


@dataclass(frozen=True, slots=True)
class Named:
    """An address, and what was written about it."""

    address: str
    words: str


@dataclass(frozen=True, slots=True)
class _Link:
    """An address from `start` to `end`, in UTF-16 code units; behind words, it has no length."""

    address: str
    start: int
    end: int


def links_of(message: Message | None) -> list[str]:
    """The addresses in a message, each once: those that Telegram marked, then those spelt out.

    Telegram knows best where an address ends: what it marked is not looked at again. Of addresses
    that name one post (`link_key`) the first is kept.
    """
    return [] if message is None else [one.address for one in _each_once(_links(message))]


def named_in(message: Message | None) -> list[Named]:
    """The addresses in a message in their order, each with the words that are its own.

    Of one address these are all the words; of several, those up to the next one, less what stands
    on its line before it, which is the next one's. The words before the first belong to each that
    has none. A command at the beginning is no word, nor is what marks the lines of a list.
    """
    found, pieces = _pieces(message)
    kept = _each_once(found)
    if len(kept) == 1:
        return [Named(kept[0].address, _words(*pieces))]
    above, _, beside = pieces[0].rpartition("\n")
    common, said = _words(f"{above}\n{_unmarked(beside)}"), _said(found, pieces[1:])
    return [Named(one.address, said[one] or common) for one in kept]


def timed_in(message: Message | None) -> tuple[str, list[Named]]:
    """What stands before the first address, and the addresses, each with the words behind it.

    Where the addresses are a list under a line, what marks its first line stands before nothing.
    """
    found, pieces = _pieces(message)
    above, _, beside = pieces[0].rpartition("\n")
    before = f"{above}\n{_unmarked(beside)}" if above.strip() else pieces[0]
    words: dict[str, list[str]] = {}
    for link, said in _said(found, pieces[1:]).items():
        words.setdefault(_key(link), []).append(said)
    kept = _each_once(found)
    return _words(before), [Named(one.address, _words(*words[_key(one)])) for one in kept]


def _said(found: Sequence[_Link], pieces: Sequence[str]) -> dict[_Link, str]:
    """The words of each address, given what stands behind each."""
    said: dict[_Link, str] = {}
    before = ""
    for link, piece in zip(found, pieces, strict=True):
        behind, line, ahead = piece.rpartition("\n")
        if not line or link is found[-1]:
            behind, ahead = piece, ""
        said[link] = _words(before, behind)
        before = _unmarked(ahead)
    return said


def _pieces(message: Message | None) -> tuple[list[_Link], list[str]]:
    """The addresses in order, and the text before the first, between them and behind the last."""
    text = "" if message is None else message.text or message.caption or ""
    units = text.encode("utf-16-le", "surrogatepass")
    found = [] if message is None else sorted(_links(message), key=lambda one: one.start)
    command = _COMMAND.match(text)
    at = len(command[0].encode("utf-16-le")) // 2 if command else 0
    pieces: list[str] = []
    for link in found:
        pieces.append(_piece(units, at, link.start))
        at = max(link.end, at)
    return found, [*pieces, _piece(units, at, len(units) // 2)]


def _piece(units: bytes, start: int, end: int) -> str:
    return units[2 * start : 2 * end].decode("utf-16-le", "replace")


def _words(*pieces: str) -> str:
    """What is said around an address, less what only leads to it."""
    bare = (one.lstrip(_AROUND + _CLOSED).rstrip(_AROUND + _OPENED) for one in pieces)
    return " ".join(filter(None, bare))


def _unmarked(line: str) -> str:
    mark = _MARK.match(line)
    return line if mark is None else line[mark.end() :]


def _links(message: Message) -> list[_Link]:
    """Those that Telegram marked, then those spelt out."""
    found = message.parse_entities(_LINKS) | message.parse_caption_entities(_LINKS)
    links = []
    for entity, text in found.items():
        end = entity.offset + (0 if entity.url else entity.length)
        links.append(_Link(_whole(entity.url or text), entity.offset, end))
    rest = _without(message.text or message.caption or "", found)
    for spelt in _SPELT_OUT.finditer(rest):
        address = _bare(spelt[0])
        start = len(rest[: spelt.start()].encode("utf-16-le", "surrogatepass")) // 2
        length = len(address.encode("utf-16-le", "surrogatepass")) // 2
        links.append(_Link(_whole(address), start, start + length))
    return links


def _whole(address: str) -> str:
    return address if _SCHEME.match(address) else f"https://{address}"


def _each_once(links: Iterable[_Link]) -> list[_Link]:
    kept: dict[str, _Link] = {}
    for one in links:
        kept.setdefault(_key(one), one)
    return list(kept.values())


def _key(link: _Link) -> str:
    return link_key(link.address) or link.address


def _without(text: str, marked: Iterable[MessageEntity]) -> str:
    """The text with blanks for what is marked; Telegram counts UTF-16 code units.

    What an entity has beyond the text is none of it, however long it says that it is.
    """
    units = bytearray(text.encode("utf-16-le", "surrogatepass"))
    for entity in marked:
        start = 2 * max(entity.offset, 0)
        end = min(2 * (entity.offset + entity.length), len(units))
        if start < end:
            units[start:end] = " ".encode("utf-16-le") * ((end - start) // 2)
    return units.decode("utf-16-le", "surrogatepass")


def _bare(address: str) -> str:
    """An address less the signs behind it; a bracket that it opens itself is its own."""
    while address[-1] in _BEHIND:
        opening = _BRACKETS.get(address[-1])
        if opening and address.count(opening) >= address.count(address[-1]):
            break
        address = address[:-1]
    return address
