"""Which addresses Telegram takes in links and buttons.

The rules of `LinkManager::check_link` (tdlib/td `td/telegram/LinkManager.cpp`) and `parse_url`
(`tdutils/td/utils/HttpUrl.cpp`): http, https, tg and ton; a host with a dot in it (so
`http://localhost` is refused); no odd characters in the host.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

from bot.simulator.api.errors import bad_request

_HOST = re.compile(r"(?:[A-Za-z0-9.\-_!$,~*'();&+=\u0080-\U0010ffff]|%[0-9a-fA-F]{2})*\Z")
_TG_HOST = re.compile(r"[A-Za-z0-9_-]*\Z")
_SCHEME = re.compile(r"([^:/?#@\[\]]*)://")
_SPACES = re.compile(r"[\x00-\x20]")
_INNER_SCHEMES = ("tg", "ton", "tonsite")
_LARGEST_PORT = 65_535


class _WrongLinkError(ValueError):
    """Says why an address is not taken."""


def checked_link(link: str, *, what: str) -> str:
    """The address as Telegram keeps it; raises ApiError with `what` before the reason."""
    try:
        return _normalised(link)
    except _WrongLinkError as reason:
        raise bad_request(f"{what}URL '{link}' is invalid: {reason}") from None


def link_or_none(link: str) -> str | None:
    """The address as Telegram keeps it, or None when it takes no such address."""
    try:
        return _normalised(link)
    except _WrongLinkError:
        return None


def linked_user_id(link: str) -> int | None:
    """The user of a `tg://user?id=` address (`LinkManager::get_link_user_id`)."""
    match = re.match(r"tg:(?://)?user/?\?([^#]*)", link.lower())
    if not match:
        return None
    for parameter in match.group(1).split("&"):
        key, _, value = parameter.partition("=")
        if key == "id":
            return int(value) if value.isdigit() else None
    return None


@lru_cache(maxsize=4096)
def _normalised(link: str) -> str:
    for scheme in _INNER_SCHEMES:
        if link.lower().startswith(f"{scheme}:"):
            return _normalised_inner(scheme, link[len(scheme) + 1 :].removeprefix("//"))
    protocol, userinfo, host, port, query = _parts(link)
    if "." not in host and not host.startswith("["):
        raise _WrongLinkError("Wrong HTTP URL")
    shown_port = f":{port}" if port else ""
    return f"{protocol}://{userinfo}{host}{shown_port}{query}"


def _normalised_inner(scheme: str, rest: str) -> str:
    protocol, userinfo, host, port, query = _parts(rest)
    if rest.lower().startswith("http://") or protocol == "https" or userinfo or port:
        raise _WrongLinkError("Wrong tg URL" if scheme == "tg" else "Wrong ton URL")
    if not _TG_HOST.match(host) and not (scheme == "tonsite" and "." in host):
        raise _WrongLinkError("Unallowed characters in URL host")
    return f"{scheme}://{host}{query[1:] if query.startswith('/?') else query}"


def _parts(url: str) -> tuple[str, str, str, int, str]:
    match = _SCHEME.match(url)
    protocol = match.group(1).lower() if match else "http"
    if protocol not in {"http", "https"}:
        raise _WrongLinkError("Unsupported URL protocol")
    rest = url[match.end() :] if match else url
    end = next((i for i, char in enumerate(rest) if char in "/?#"), len(rest))
    authority, query = rest[:end], rest[end:].rstrip()
    userinfo, at, address = authority.rpartition("@")
    host, port = _host_and_port(address)
    if not _HOST.match(userinfo.replace(":", "")):
        raise _WrongLinkError("Disallowed character in URL userinfo")
    query = query if query.startswith("/") else "/" + query
    query = _SPACES.sub(lambda found: f"%{ord(found.group()):02X}", query)
    return protocol, userinfo + at, host, port, query


def _host_and_port(address: str) -> tuple[str, int]:
    host, colon, port_text = address.rpartition(":")
    if not colon or port_text.endswith("]"):
        host, port_text = address, ""
    port = int(port_text) if port_text.isdigit() and port_text.isascii() else 0
    if colon and port_text != "" and not 0 < port <= _LARGEST_PORT:
        raise _WrongLinkError("Wrong port number specified in the URL")
    if not host:
        raise _WrongLinkError("URL host is empty")
    if host == ".":
        raise _WrongLinkError("Host is invalid")
    if host.startswith("["):
        _check_ipv6(host)
    elif not _HOST.match(host):
        raise _WrongLinkError("Disallowed character in URL host")
    return host.lower(), port


def _check_ipv6(host: str) -> None:
    try:
        ipaddress.IPv6Address(host.strip("[]"))
    except ValueError:
        raise _WrongLinkError("Wrong IPv6 address specified in the URL") from None
