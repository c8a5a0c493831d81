"""Connections to public addresses, and to private ones only where that is allowed.

Every address is checked after the look-up, and that very address is connected to: an answer of the
name server that changes in between (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from functools import cache
from importlib.util import find_spec
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, TypeAlias

import httpcore
import httpx

from bot.sources.errors import FetchError, PrivateAddressError
from bot.sources.http.streams import open_stream

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Iterable

Address: TypeAlias = IPv4Address | IPv6Address
Lookup: TypeAlias = "Callable[[str, int], Awaitable[list[str]]]"
Connect: TypeAlias = "Callable[[str, int, float], Awaitable[httpcore.AsyncNetworkStream]]"
CONNECT_SECONDS = 5.0
_NAT64 = IPv6Network("64:ff9b::/96")
_NOT_GLOBAL = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocol assignments: 192.0.0.8, the dummy address, among them
            "192.88.99.0/24",  # relays from 6to4, given up
            "100:0:0:1::/64",  # the dummy prefix
            "3fff::/20",  # documentation
            "5f00::/16",  # segment routing
        ),
    )
)
"""What the registries say of these came later than Python 3.11, or changed (IANA's registries of
special-purpose addresses, as of 2025)."""


def is_public(address: Address) -> bool:
    """Whether an address belongs to the internet: what the registries of IANA call global.

    An IPv4 address inside of an IPv6 one (mapped, 6to4, Teredo, NAT64) counts as what it is.
    """
    if any(address in one for one in _NOT_GLOBAL):
        return False
    if isinstance(address, IPv6Address):
        for inner in _embedded(address):
            if not is_public(inner):
                return False
        if address.ipv4_mapped is not None or address in _NAT64:
            return True
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _embedded(address: IPv6Address) -> list[IPv4Address]:
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]


def spare_failing_imports() -> None:
    """Let httpcore find at once that sniffio is not installed.

    It asks six times a request (1.0.9, `current_async_library`), and each failed import looks
    through the whole of sys.path. None in `sys.modules` is the documented way to say no
    (Python's reference, 5.3.1, "The module cache").
    """
    if "sniffio" not in sys.modules and find_spec("sniffio") is None:
        sys.modules["sniffio"] = None  # type: ignore[assignment]  # documented, not in the stubs


@cache
def trusted_authorities() -> ssl.SSLContext:
    """Whose certificates are believed, read once a process: it takes longer than a request.

    SSL_CERT_FILE and SSL_CERT_DIR name others, as everywhere with OpenSSL.
    """
    return httpx.create_ssl_context()


async def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system's resolver gives them (0x7f.1 is 127.0.0.1 there)."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Looks a host up, drops its private addresses, and connects to one of the others."""

    def __init__(
        self, *, allow_private: bool, lookup: Lookup = look_up, connect: Connect = open_stream
    ) -> None:
        self._allow_private = allow_private
        self._lookup = lookup
        self._connect = connect

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's interface
        local_address: str | None = None,  # noqa: ARG002  # httpcore's interface
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002  # likewise
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers.

        Raises PrivateAddressError where all are private, FetchError where the name is not known.
        """
        error: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in await self._checked(host, port):
            try:
                return await self._connect(address, port, timeout or CONNECT_SECONDS)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as refused:
                error = refused
        raise error or httpcore.ConnectError(f"{host} has no address")

    async def sleep(self, seconds: float) -> None:
        """Wait before a retry."""
        await asyncio.sleep(seconds)

    async def _checked(self, host: str, port: int) -> list[str]:
        try:
            found = list(dict.fromkeys(await self._lookup(host, port)))
        except (OSError, UnicodeError) as error:
            raise FetchError("source.fetch.unknown_host", host=host) from error
        if self._allow_private:
            return found
        public = [one for one in found if is_public(ip_address(one.partition("%")[0]))]
        if found and not public:
            raise PrivateAddressError("source.fetch.private", host=host)
        return public
