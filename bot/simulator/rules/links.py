"""Which addresses Telegram takes in links and buttons.

The rules of `LinkManager::check_link` (tdlib/td `td/telegram/LinkManager.cpp`) and `parse_url`
(`tdutils/td/utils/HttpUrl.cpp`): http, https, tg and ton; a host with a dot in it (so
`http://localhost` is refused); no odd characters in the host; a port, where there is a colon before
it, of 1 to 65535, and never an empty one. What is empty before an `@` is left out.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase

from bot.simulator.api.errors import bad_request

_ALLOWED = re.compile(r"(?:[A-Za-z0-9.\-_!$,~*'();&+=\u0080-\U0010ffff]|%[0-9a-fA-F]{2})*")
_INNER_HOSTS = {
    "tg": re.compile(r"[A-Za-z0-9_-]*\Z"),
    "ton": re.compile(r"[A-Za-z0-9_-]*\Z"),
    "tonsite": re.compile(r"[A-Za-z0-9_.-]*\Z"),
}
_PORT = re.compile(r"0*([1-9][0-9]{0,4})\Z")
_SCHEME = re.compile(r"([^:/?#@\[\]]*)://")
_SPACES = re.compile(r"[\x00-\x20]")
_BLANKS = " \t\r\n\0\v"
_LOWERED = str.maketrans(ascii_uppercase, ascii_lowercase)
_LARGEST_PORT = 65_535


class _WrongLinkError(ValueError):
    """Says why an address is not taken."""


def checked_link(link: str, *, what: str, https_only: bool = False) -> str:
    """The address as Telegram keeps it; raises ApiError with `what` before the reason."""
    try:
        return _normalised(link, https_only=https_only)
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
def _normalised(link: str, *, https_only: bool = False) -> str:
    for scheme in _INNER_HOSTS:
        if link.lower().startswith(f"{scheme}:"):
            rest = link[len(scheme) + 1 :].removeprefix("//")
            return _normalised_inner(scheme, rest, https_only=https_only)
    protocol, userinfo, host, port, query = _parts(link)
    if https_only and protocol != "https":
        raise _WrongLinkError("Only HTTPS links are allowed")
    if "." not in host and not _is_bracketed(host):
        raise _WrongLinkError("Wrong HTTP URL")
    shown_userinfo = f"{userinfo}@" if userinfo else ""
    shown_port = f":{port}" if port else ""
    return f"{protocol}://{shown_userinfo}{host}{shown_port}{query}"


def _normalised_inner(scheme: str, rest: str, *, https_only: bool) -> str:
    protocol, userinfo, host, port, query = _parts(rest)
    if https_only:
        raise _WrongLinkError("Only HTTPS links are allowed")
    has_protocol = rest.lower().startswith("http://") or protocol == "https"
    if has_protocol or userinfo or port or _is_bracketed(host):
        raise _WrongLinkError("Wrong tg URL" if scheme == "tg" else "Wrong ton URL")
    if not _INNER_HOSTS[scheme].match(host):
        raise _WrongLinkError("Unallowed characters in URL host")
    return f"{scheme}://{host}{query[1:] if query.startswith('/?') else query}"


def _parts(url: str) -> tuple[str, str, str, int, str]:
    match = _SCHEME.match(url)
    protocol = match.group(1).lower() if match else "http"
    if protocol not in {"http", "https"}:
        raise _WrongLinkError("Unsupported URL protocol")
    rest = url[match.end() :] if match else url
    end = next((i for i, char in enumerate(rest) if char in "/?#"), len(rest))
    address, port = _address_and_port(rest[:end])
    userinfo, _, host = address.rpartition("@")
    host = host.translate(_LOWERED)
    _check_host(host)
    _check_part(userinfo.replace(":", ""), "userinfo")
    query = rest[end:].rstrip(_BLANKS)
    query = query if query.startswith("/") else "/" + query
    query = _SPACES.sub(lambda found: f"%{ord(found.group()):02X}", query)
    return protocol, userinfo, host, port, query


def _address_and_port(text: str) -> tuple[str, int]:
    """What is before the port, and the port, 0 where none is named.

    The last of `:`, `]` and `@` says whether there is one; a colon that begins all is none.
    """
    last = max(text.rfind(mark) for mark in ":]@")
    if last < 1 or text[last] != ":":
        return text, 0
    port = _PORT.match(text[last + 1 :])
    if port is None or int(port[1]) > _LARGEST_PORT:
        raise _WrongLinkError("Wrong port number specified in the URL")
    return text[:last], int(port[1])


def _check_host(host: str) -> None:
    if _is_bracketed(host):
        _check_ipv6(host[1:-1])
    elif not host:
        raise _WrongLinkError("URL host is empty")
    elif host == ".":
        raise _WrongLinkError("Host is invalid")
    else:
        _check_part(host, "host")


def _is_bracketed(host: str) -> bool:
    return host.startswith("[") and host.endswith("]")


def _check_part(part: str, name: str) -> None:
    allowed = _ALLOWED.match(part)
    end = allowed.end() if allowed else 0
    if part[end : end + 1] == "%":
        raise _WrongLinkError(f"Wrong percent-encoded symbol in URL {name}")
    if end < len(part):
        raise _WrongLinkError(f"Disallowed character in URL {name}")


def _check_ipv6(address: str) -> None:
    try:
        scope = ipaddress.IPv6Address(address).scope_id
    except ValueError:
        scope = address
    if scope is not None:
        raise _WrongLinkError("Wrong IPv6 address specified in the URL")
