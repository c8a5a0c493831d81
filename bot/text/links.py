"""Addresses that may be linked: those of web pages, and nothing that acts by itself."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

LONGEST_ADDRESS = 2048
"""In characters; what is longer is not linked."""
_LOOKED_AT = 4
"""So many times that of an address is looked at: some are megabytes long."""

_LEFT_OUT = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_ESCAPED = {ord(sign): f"%{ord(sign):02X}" for sign in ' "<>\\^`{|}'}
_ABSOLUTE = re.compile("https?://", re.IGNORECASE)
_HOST = re.compile(r"[^\s/?#@\[\]:%]+|[0-9a-fA-F:.]+")


def web_link(address: str | None, base: str | None = None) -> str | None:
    """The http or https address that `address` means, seen from `base`; None for anything else.

    Telegram refuses a message whose button has an address without a dot in its host, and opens
    `tg:` links itself; a name and password before the host only ever deceive.
    """
    if address is None or len(address) > _LOOKED_AT * LONGEST_ADDRESS:
        return None
    wanted = _LEFT_OUT.sub("", address).strip().translate(_ESCAPED)
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
    if len(joined) > LONGEST_ADDRESS or not _is_host(host):
        return None
    return joined


def _is_host(host: str) -> bool:
    """Whether it is a name with a dot inside, or an address of IPv6."""
    return _HOST.fullmatch(host) is not None and (":" in host or "." in host[1:-1])
