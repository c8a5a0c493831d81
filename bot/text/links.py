"""Addresses that may be linked: those of web pages, and nothing that acts by itself."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

from bot.text.characters import clean, clean_line

if TYPE_CHECKING:
    from urllib.parse import SplitResult

LONGEST_ADDRESS = 2048
"""In characters; what is longer is not linked."""
_LOOKED_AT = 4
"""So many times that of an address is looked at: some are megabytes long."""

_LEFT_OUT = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_ESCAPED = {ord(sign): f"%{ord(sign):02X}" for sign in ' "<>\\^`{|}'}
_SIGNS = r"\w.~!$&'()*+,;=:@%/-"
_PLAIN = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*"
    rf"(?:/[{_SIGNS}]*)?(?:\?[{_SIGNS}?]+)?(?:#[{_SIGNS}?]+)?"
)
"""Nothing is to be mended in most addresses."""
_ABSOLUTE = re.compile("(https?):/*", re.IGNORECASE)
_PATH = re.compile("[^?#]*")
_DOTS = {ord(dot): "." for dot in "。．｡"}
_LETTERS = r"[A-Za-z0-9\-_!$,~*'();&+=\u0080-\U0010ffff]+"
_NAME = re.compile(rf"{_LETTERS}(?:\.{_LETTERS})*\.?")
"""Of a host, with the characters that Telegram takes (tdlib's `parse_url`)."""
_ESCAPED_LETTERS = re.compile("(?:%[89A-Fa-f][0-9A-Fa-f])+")
_SITE = re.compile(
    r"(?:[\w-]+\.)+(?:[^\W\d_]{2,}|xn--[a-z0-9-]+)\.?(?::\d+)?(?:[/?#].*)?", re.IGNORECASE
)
"""A host's name with a dot, whose last part is of letters (RFC 3696, 2), and what may follow it."""
_FILE_ENDINGS = frozenset(
    (
        *("adoc", "csv", "doc", "docx", "htm", "html", "hwp", "hwpx", "json", "log", "mbox"),
        *("markdown", "md", "odt", "opml", "org", "pdf", "rss", "rst", "rtf", "text", "tsv", "txt"),
        *("atom", "gz", "tar", "tgz", "tmp", "xml", "yaml", "yml", "zip", "bak", "db", "py"),
    )
)
"""What files are called behind their last dot; some are also domains, of which nobody keeps a blog
list by the bare name."""
_TEXT_ENDINGS = frozenset(("csv", "log", "markdown", "md", "text", "tsv", "txt"))
_KEPT = "%/:?#[]@!$&'()*+,;=~"
"""What is not escaped of a link: its own signs, and what is escaped already (RFC 3986)."""


def web_link(address: str | None, base: str | None = None) -> str | None:
    """The http or https address that `address` means, seen from `base`; None for anything else.

    Telegram refuses a message whose button has an address without a dot in its host, and opens
    `tg:` links itself; a place on the same page leads nowhere.
    """
    if address is None or address.strip().startswith("#"):
        return None
    link = absolute_address(address, base)
    host = urlsplit(link).hostname or "" if link else ""
    return link if ":" in host or "." in host else None


def is_site_name(text: str) -> bool:
    """Whether `text` names a site or a page of one without saying http: `blog.example/rss`.

    Not where it ends as the name of a file does (`archive.txt`, `kept/2024.v2.md`), nor where it
    begins as a path does.
    """
    if not _SITE.fullmatch(text):
        return False
    name = re.split("[?#]", text, maxsplit=1)[0]
    ending = name.rpartition(".")[2].lower()
    return ending not in (_TEXT_ENDINGS if "/" in name else _FILE_ENDINGS)


def absolute_address(address: str, base: str | None = None) -> str | None:
    """The same, of a host with or without a dot: what has small faults, mended as browsers do.

    Spaces are escaped, backslashes are slashes, `https:/` and `https:///` are `https://`, an empty
    port and the dot behind a host go. None for a port that cannot be, a host with odd characters,
    and a name and password before the host, which only ever deceive.
    """
    if len(address) > _LOOKED_AT * LONGEST_ADDRESS:
        return None
    if len(address) <= LONGEST_ADDRESS and _PLAIN.fullmatch(address):
        return address
    wanted = _LEFT_OUT.sub("", address).strip()
    wanted = _PATH.sub(lambda path: path[0].replace("\\", "/"), wanted, count=1)
    wanted = _ABSOLUTE.sub(r"\1://", wanted.translate(_ESCAPED), count=1)
    try:
        parts = urlsplit(wanted if _ABSOLUTE.match(wanted) else urljoin(base or "https:", wanted))
        authority = _authority(parts)
    except ValueError:
        return None
    if not wanted or authority is None or parts.scheme not in {"http", "https"}:
        return None
    whole = parts._replace(netloc=authority).geturl()
    return whole if len(whole) <= LONGEST_ADDRESS else None


def exact_link(link: str) -> str:
    """A link in characters that stay as they are in a text; white space and the like are escaped.

    Telegram drops some characters and composes others (bot.text.characters): another link.
    """
    if clean_line(link) == link:
        return link
    parts = urlsplit(link)
    rest = [quote(part, safe=_KEPT) for part in (parts.path, parts.query, parts.fragment)]
    path, query, fragment = rest
    whole = parts._replace(path=path, query=query, fragment=fragment).geturl()
    return whole if clean_line(whole) == whole else quote(link, safe=_KEPT)


def readable_link(link: str) -> str:
    """The same link with letters and digits written as such; spaces and signs stay escaped."""
    return exact_link(_ESCAPED_LETTERS.sub(_lettered, link))


def _lettered(escaped: re.Match[str]) -> str:
    try:
        letters = unquote_to_bytes(escaped[0]).decode()
    except UnicodeDecodeError:
        return escaped[0]
    return letters if letters.isalnum() and clean(letters) == letters else escaped[0]


def _authority(parts: SplitResult) -> str | None:
    """Host and port as they are written best; None, or ValueError, where they cannot be."""
    netloc, port = parts.netloc.translate(_DOTS), parts.port
    host = netloc.rpartition(":")[0] if port is not None else netloc.removesuffix(":")
    if port == 0 or not host:
        return None
    if host.startswith("[") and "%" not in host:
        host = f"[{IPv6Address(host[1:-1])}]"
    elif not _NAME.fullmatch(host):
        return None
    host = host.removesuffix(".")
    return host if port is None else f"{host}:{port}"
