"""Cookies that redirects give, for as long as one fetch takes. Pure.

Some sites redirect to themselves until the cookie that came along is brought back. Each service
(scheme, host and port) gets back what itself has given; what RFC 6265 says of paths, domains and
lifetimes can only send less, and is not needed within seconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 20
_PAIR = re.compile(r"[!#-+\--:<>-~]+=[ -:<-~]{0,4000}")
"""RFC 6265, 4.1.1: no control characters and no semicolon; as long as browsers keep."""


class Cookies:
    """What was given on the way."""

    def __init__(self) -> None:
        self._given: dict[str, dict[str, str]] = {}

    def take(self, address: str, values: Iterable[str]) -> None:
        """Keep the pairs of the Set-Cookie headers with which `address` answered."""
        kept = self._given.setdefault(_service(address), {})
        for value in values:
            pair = value.split(";")[0].strip()
            if _PAIR.fullmatch(pair) and len(kept) < _MOST:
                kept[pair.partition("=")[0]] = pair

    def header(self, address: str) -> str:
        """The Cookie header for a request to `address`; empty where there is none."""
        return "; ".join(self._given.get(_service(address), {}).values())


def _service(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()
