"""Addresses: which may be fetched, and which two name one post. Pure."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from bot.sources.errors import SourceError
from bot.text.links import absolute_address

if TYPE_CHECKING:
    from urllib.parse import SplitResult

LONGEST = 2048
SLASHPAGE_HASH = re.compile(r"(?=[a-z]*[0-9])(?=[0-9]*[a-z])[0-9a-z]{20}")
"""What Slashpage calls a page or a post; twenty letters alone are a word of somebody's address."""
SLASHPAGE_KEY = "slashpage:"
_SHORT = frozenset(
    (
        *(
            "me2.do",
            "naver.me",
            "han.gl",
            "buly.kr",
            "vo.la",
            "url.kr",
            "c11.kr",
            "lrl.kr",
            "zrr.kr",
        ),
        *("me2.kr", "kko.to", "bitly.kr", "abit.ly", "bit.ly", "t.co", "tinyurl.com", "is.gd"),
        *("v.gd", "j.mp", "ow.ly", "goo.gl", "buff.ly", "t.ly", "rb.gy", "cutt.ly"),
    )
)
"""Hosts of which every address stands for another one."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d)")
_TRACKING = re.compile(
    r"utm_\w+|mtm_\w+|pk_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|igshid"
    r"|igsh|mc_cid|mc_eid|_ga|_gl|_hsenc|_hsmi|ref|ref_src|referrer|fromrss|trackingcode|spm|si"
    r"|tl|lang",
    re.IGNORECASE,
)
_PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?")
_PAGE_DEPTH = 2


def checked_address(text: str) -> str:
    """The address to fetch that somebody typed; without a scheme it is taken for https.

    Raises SourceError for what is never fetched: other schemes, user names in addresses, line ends.
    """
    text = text.strip()
    if not text or len(text) > LONGEST or _FORBIDDEN.search(text):
        raise SourceError("source.address.invalid", address=shown_address(text))
    if not _SCHEME.match(text):
        text = f"https://{text}"
    parts = _split(text)
    if parts.scheme not in _DEFAULT_PORTS:
        raise SourceError("source.address.scheme", scheme=parts.scheme)
    if "@" in parts.netloc:
        raise SourceError("source.address.userinfo", host=parts.hostname or "")
    if not parts.hostname:
        raise SourceError("source.address.invalid", address=shown_address(text))
    return parts._replace(fragment="").geturl()


def shown_address(address: str) -> str:
    """The address as logs and messages may show it: no user name, no query, one line."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "…"
    plain = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    return re.sub(r"[\x00-\x20\x7f]+", " ", plain)[:200]


def absolute_link(base: str, link: str | None) -> str | None:
    """The web address that `link` means on the page `base`, or None where it is none."""
    return absolute_address(link, base) if link and link.strip() else None


def link_key(link: str | None) -> str | None:
    """What the addresses of one post share; None for what is no web address.

    Scheme, `www.` and `m.`, default ports, trailing slashes, fragments, tracking and language
    parameters do not count. A Slashpage post is its hash, whichever of its three addresses it has.
    """
    try:
        parts = urlsplit(link or "")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return None
    query = parse_qsl(parts.query, keep_blank_values=True) if parts.query else []
    path = _path(parts.path)
    if found := _slashpage_hash(path, query):
        return f"{SLASHPAGE_KEY}{found}"
    host = _host(parts.hostname)
    if host == "blog.naver.com":
        path, query = _naver(path, query)
    kept = sorted(pair for pair in query if not _TRACKING.fullmatch(pair[0]))
    suffix = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{host}{suffix}{path}" + (f"?{urlencode(kept)}" if kept else "")


def is_short_link(address: str) -> bool:
    """Whether an address stands for another one, which its host knows."""
    try:
        return _host(urlsplit(address).hostname or "") in _SHORT
    except ValueError:
        return False


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise SourceError("source.address.invalid", address=shown_address(text)) from error
    return parts


def _host(host: str) -> str:
    host = host.rstrip(".").lower()
    with suppress(UnicodeError):
        host = host if host.isascii() else host.encode("idna").decode()
    for prefix in ("www.", "m."):
        if host.startswith(prefix) and host.count(".") > 1:
            return host.removeprefix(prefix)
    return host


def _path(path: str) -> str:
    if _PLAIN_PATH.fullmatch(path):
        return path.rstrip("/")
    plain = unicodedata.normalize("NFC", unquote(path, errors="surrogateescape"))
    quoted = quote(re.sub(r"/{2,}", "/", plain), safe="/@:~!$&'()*+,;=", errors="surrogateescape")
    return quoted.rstrip("/")


def _slashpage_hash(path: str, query: list[tuple[str, str]]) -> str | None:
    for name, value in query:
        if name == "post" and SLASHPAGE_HASH.fullmatch(value):
            return value
    segments = path.strip("/").split("/")
    if len(segments) <= _PAGE_DEPTH and SLASHPAGE_HASH.fullmatch(segments[-1]):
        return segments[-1]
    return None


def _naver(path: str, query: list[tuple[str, str]]) -> tuple[str, list[tuple[str, str]]]:
    """`PostView.naver?blogId=a&logNo=1` is `/a/1`."""
    named = dict(query)
    if "blogId" in named and "logNo" in named:
        return f"/{named['blogId']}/{named['logNo']}", []
    return path, query
