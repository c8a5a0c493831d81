"""One GET request that neither a server nor an operator has to fear.

Conditional, with validators as opaque as they came; within a total time, a decoded size and a
number of redirects; to public addresses only, on every hop; never through a proxy of the
environment, and never from https down to http.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import httpcore
import httpx

from bot.sources.addresses import absolute_link, shown_address
from bot.sources.errors import FetchError, GoneError, SourceError, StatusError
from bot.sources.http.agents import Agents
from bot.sources.http.bodies import OFFERED, decoder
from bot.sources.http.cookies import Cookies
from bot.sources.http.hints import parse_max_age, parse_retry_after
from bot.sources.http.network import (
    CheckedBackend,
    look_up,
    spare_failing_imports,
    trusted_authorities,
)

if TYPE_CHECKING:
    from types import TracebackType
    from urllib.parse import SplitResult

    from bot.clock import Clock
    from bot.sources.http.network import Lookup

OK, MULTIPLE, NOT_MODIFIED = 200, 300, 304
NOT_FOUND, GONE = 404, 410
_MOVED = {301, 308}
_ELSEWHERE = {302, 303, 307}
_LONGEST_VALIDATOR = 2048
_PORTS = {"http": 80, "https": 443}
_KEPT, _KEPT_SECONDS = 4, 5.0
"""Few hosts are asked twice in a row, and httpcore looks at every kept connection each time."""
FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, */*;q=0.5"
)
PAGES = "text/html, application/xhtml+xml, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one fetch may cost (miniflux's numbers)."""

    seconds: float = 20.0
    body_bytes: int = 15_000_000
    redirects: int = 5
    connections: int = 40


@dataclass(frozen=True, slots=True)
class Response:
    """An answer that was taken, with its body decoded."""

    body: bytes
    address: str
    """Where it came from, after redirects."""
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    """The new address, where all redirects on the way were for good."""
    max_age_seconds: int | None = None
    is_unchanged: bool = False
    """304: the validators still hold, and there is no body."""


class Fetcher:
    """Fetches addresses; `close` it."""

    def __init__(
        self,
        clock: Clock,
        *,
        agents: Agents | None = None,
        limits: FetchLimits = FetchLimits(),
        lookup: Lookup = look_up,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        spare_failing_imports()
        self._clock = clock
        self._limits = limits
        self._agents = agents or Agents()
        tls = tls or trusted_authorities()
        self._public, self._private = (
            _Transport(CheckedBackend(allow_private=allowed, lookup=lookup), tls, limits)
            for allowed in (False, True)
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of every connection."""
        await self._public.aclose()
        await self._private.aclose()

    async def fetch(
        self,
        address: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        allow_private: bool = False,
        accept: str = FEEDS,
        seen_on: str | None = None,
    ) -> Response:
        """GET an address that `checked_address` passed.

        `allow_private` opens private networks for the address's own host and port, not for where
        it redirects to. `seen_on` is the page whose script would ask: it is asked as a browser
        does there. Raises FetchError and its kinds.
        """
        headers = self._headers(accept, etag, last_modified, seen_on)
        is_conditional = etag is not None or last_modified is not None
        trip = _Trip(address, allow_private=allow_private)
        try:
            async with asyncio.timeout(self._limits.seconds):
                while True:
                    answer = await self._hop(trip, headers, is_conditional=is_conditional)
                    if answer is not None:
                        return answer
        except TimeoutError as error:
            seconds = int(self._limits.seconds)
            raise FetchError("source.fetch.timeout", host=trip.host, seconds=seconds) from error
        except httpx.TransportError as error:
            raise _translated(error, trip.host) from error

    async def redirect_of(self, address: str, *, allow_private: bool = False) -> str | None:
        """Where an address redirects to, one step and no further; None where it does not say."""
        transport = self._private if allow_private else self._public
        try:
            async with asyncio.timeout(self._limits.seconds):
                request = httpx.Request("GET", address, headers=self._headers(PAGES))
                response = await transport.handle_async_request(request)
                await response.aclose()
        except (TimeoutError, SourceError, httpx.TransportError, httpx.InvalidURL, UnicodeError):
            return None
        if response.status_code not in _MOVED | _ELSEWHERE:
            return None
        return absolute_link(address, _header(response, b"location"))

    async def is_gone(self, address: str, *, allow_private: bool = False) -> bool | None:
        """Whether the page at an address is gone (404, 410) or there; None: it would not say."""
        try:
            await self.fetch(address, allow_private=allow_private, accept=PAGES)
        except StatusError as error:
            return True if error.status in {NOT_FOUND, GONE} else None
        except SourceError:
            return None
        return False

    def _headers(
        self,
        accept: str,
        etag: str | None = None,
        last_modified: str | None = None,
        seen_on: str | None = None,
    ) -> list[tuple[bytes, bytes]]:
        agent = self._agents.own if seen_on is None else self._agents.browser
        headers = [
            (b"User-Agent", agent.encode("ascii", "replace")),
            (b"Accept", accept.encode()),
            (b"Accept-Encoding", OFFERED.encode()),
        ]
        if seen_on is not None:
            headers.append((b"Referer", seen_on.encode("ascii", "replace")))
        if etag is not None:
            headers.append((b"If-None-Match", etag.encode("latin-1")))
        if last_modified is not None:
            headers.append((b"If-Modified-Since", last_modified.encode("latin-1")))
        return headers

    async def _hop(
        self, trip: _Trip, headers: list[tuple[bytes, bytes]], *, is_conditional: bool
    ) -> Response | None:
        """One request: the answer, or None after a redirect, with `trip` one hop further."""
        try:
            request = httpx.Request("GET", trip.address, headers=headers)
        except (httpx.InvalidURL, UnicodeError) as error:
            shown = shown_address(trip.address)
            raise FetchError("source.address.invalid", address=shown) from error
        if cookie := trip.cookies.header(trip.address):
            request.headers["Cookie"] = cookie
        transport = self._private if trip.may_be_private else self._public
        response = await transport.handle_async_request(request)
        try:
            if response.status_code in _MOVED | _ELSEWHERE:
                trip.follow(response, self._limits.redirects)
                return None
            if response.status_code == NOT_MODIFIED and not is_conditional:
                raise FetchError("source.fetch.unasked", host=trip.host)
            if response.status_code >= MULTIPLE and response.status_code != NOT_MODIFIED:
                raise self._status_error(response, trip)
            return await self._answer(response, trip)
        finally:
            await response.aclose()

    async def _answer(self, response: httpx.Response, trip: _Trip) -> Response:
        is_unchanged = response.status_code == NOT_MODIFIED
        encoding = "" if is_unchanged else _header(response, b"content-encoding") or ""
        taken = decoder(encoding, limit=self._limits.body_bytes)
        async for chunk in response.aiter_raw():  # a 304's too: the connection can be used again
            taken.feed(chunk)
        return Response(
            taken.finish(),
            address=trip.address,
            content_type=_header(response, b"content-type") or "",
            etag=_header(response, b"etag"),
            last_modified=_header(response, b"last-modified"),
            moved_to=trip.moved_to,
            max_age_seconds=parse_max_age(_header(response, b"cache-control")),
            is_unchanged=is_unchanged,
        )

    def _status_error(self, response: httpx.Response, trip: _Trip) -> StatusError:
        status = response.status_code
        if status == GONE:
            return GoneError("source.fetch.gone", status=status, host=trip.host)
        retry_after = parse_retry_after(_header(response, b"retry-after"), self._clock.now())
        return StatusError(
            "source.fetch.status", status=status, retry_after_seconds=retry_after, host=trip.host
        )


def is_same_service(first: SplitResult, now: SplitResult) -> bool:
    """Whether two http addresses lead to one service: another port is another program."""
    ports = [one.port or _PORTS[one.scheme.lower()] for one in (first, now)]
    is_secured = ports == list(_PORTS.values())
    return first.hostname == now.hostname and (ports[0] == ports[1] or is_secured)


class _Trip:
    """Where a fetch is, and how it got there."""

    def __init__(self, address: str, *, allow_private: bool) -> None:
        self.address = address
        self.moved_to: str | None = None
        self._allow_private = allow_private
        self._first = urlsplit(address)
        self._hops = 0
        self._is_for_good = True
        self.cookies = Cookies()

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def may_be_private(self) -> bool:
        """Whether this is what was allowed: the host at its port, or at https's from http's."""
        return self._allow_private and is_same_service(self._first, urlsplit(self.address))

    def follow(self, response: httpx.Response, most: int) -> None:
        """Go where a redirect says. Raises FetchError where nobody should."""
        given = [value for key, value in response.headers.raw if key.lower() == b"set-cookie"]
        self.cookies.take(self.address, [value.decode("latin-1") for value in given])
        self._hops += 1
        if self._hops > most:
            raise FetchError("source.fetch.redirects", host=self.host, most=most)
        target = absolute_link(self.address, _header(response, b"location"))
        if target is None:
            raise FetchError("source.fetch.redirect", host=self.host)
        if self.address.startswith("https:") and not target.startswith("https:"):
            raise FetchError("source.fetch.downgrade", host=self.host)
        self._is_for_good = self._is_for_good and response.status_code in _MOVED
        self.address = target
        if self._is_for_good:
            self.moved_to = target


class _Transport(httpx.AsyncHTTPTransport):
    """httpx's own transport over connections that are checked."""

    def __init__(self, backend: CheckedBackend, tls: ssl.SSLContext, limits: FetchLimits) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(  # httpx lets no network backend through
            ssl_context=tls,
            max_connections=limits.connections,
            max_keepalive_connections=_KEPT,
            keepalive_expiry=_KEPT_SECONDS,
            network_backend=backend,
        )


def _header(response: httpx.Response, name: bytes) -> str | None:
    """A header as it came, byte for byte; the last one where it came twice."""
    for key, value in reversed(response.headers.raw):
        if key.lower() == name:
            return value.decode("latin-1") if len(value) <= _LONGEST_VALIDATOR else None
    return None


def _translated(error: httpx.TransportError, host: str) -> FetchError:
    """Our error for httpx's, by type."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return FetchError("source.fetch.certificate", host=host, reason=cause.verify_message)
        if isinstance(cause, ssl.SSLError):
            return FetchError("source.fetch.tls", host=host)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return FetchError("source.fetch.refused", host=host)
    return FetchError("source.fetch.broken", reason=type(error).__name__)
