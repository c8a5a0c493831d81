"""Addresses that may be linked: those of web pages, and nothing that acts by itself."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

LONGEST_ADDRESS = 2048
"""In characters; what is longer is not linked."""

_LEFT_OUT = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_ESCAPED = {ord(sign): f"%{ord(sign):02X}" for sign in ' "<>\\^`{|}'}
_ABSOLUTE = re.compile("https?://", re.IGNORECASE)
_HOST = re.compile(r"[^\s/?#@\[\]:%]+\.[^\s/?#@\[\]:%]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")


def web_link(address: str | None, base: str | None = None) -> str | None:
    """The http or https address that `address` means, seen from `base`; None for anything else.

    Telegram refuses a message whose button has an address without a dot in its host, and opens
    `tg:` links itself; a name and password before the host only ever deceive.
    """
    wanted = _LEFT_OUT.sub("", address or "").strip().translate(_ESCAPED)
    if not wanted or wanted.startswith("#"):
        return None
    try:
        joined = wanted if _ABSOLUTE.match(wanted) else urljoin(base or "https:", wanted)
        parts = urlsplit(joined)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc:
        return None
    if not _HOST.fullmatch(host) or len(joined) > LONGEST_ADDRESS:
        return None
    return joined
