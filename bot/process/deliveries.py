"""The page that Telegram delivers to: who may, what is taken, and what the answers mean.

What is refused is counted by its status and told in the log once a minute at most; nothing of it is
kept. A delivery that could not be committed is answered 500 or 503: Telegram comes again with it.
"""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections import Counter
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.figures import Refusal
from bot.process.web import let_go_on, plain, refused_method
from bot.updates.raw import update_id_of
from bot.updates.webhook import AwayError
from storage.database import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    from bot.updates.raw import Raw

log = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
FORWARDED = "X-Forwarded-For"
AGAIN_SECONDS = "1"
"""Retry-After: what was refused comes again together; without it, Telegram waits ever longer."""
TELL_SECONDS = 60.0
REASONS = {
    HTTPStatus.UNAUTHORIZED: Refusal.SECRET,
    HTTPStatus.FORBIDDEN: Refusal.ADDRESS,
    HTTPStatus.NOT_FOUND: Refusal.PATH,
    HTTPStatus.METHOD_NOT_ALLOWED: Refusal.METHOD,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Refusal.TOO_LARGE,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: Refusal.TOO_LARGE,
    HTTPStatus.INTERNAL_SERVER_ERROR: Refusal.UNCOMMITTED,
    HTTPStatus.SERVICE_UNAVAILABLE: Refusal.BUSY,
}
"""What a status means; what is no HTTP has many, and all of them mean the same."""


class Refusals:
    """Counts what was refused, and tells it once a minute at most.

    Args:
        counted: Told the reason of each.
        monotonic: Seconds that never go back.
    """

    def __init__(
        self,
        counted: Callable[[Refusal], None] = lambda _: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counts: Counter[int] = Counter()
        """By status, since the start."""
        self._counted = counted
        self._monotonic = monotonic
        self._told: Counter[int] = Counter()
        self._told_at: float | None = None

    def note(self, status: HTTPStatus) -> None:
        """One was refused with this status."""
        self.counts[int(status)] += 1
        self._counted(REASONS.get(status, Refusal.MALFORMED))
        now = self._monotonic()
        if self._told_at is not None and now - self._told_at < TELL_SECONDS:
            return
        new = self.counts - self._told
        log.warning("deliveries_refused", extra={f"status_{one}": n for one, n in new.items()})
        self._told, self._told_at = Counter(self.counts), now


class Deliveries:
    """Answers Telegram's deliveries.

    Args:
        deliver: Commits an update. Raises AwayError and DatabaseError.
        secret: What a delivery has to show.
        networks: From where it may come; from anywhere without any.
        refusals: Counts what is refused.
    """

    def __init__(
        self,
        deliver: Callable[[Raw], Awaitable[None]],
        secret: str,
        networks: Collection[IPv4Network | IPv6Network],
        refusals: Refusals,
    ) -> None:
        self._deliver = deliver
        self._secret = secret.encode()
        self._networks = networks
        self._refusals = refusals

    async def page(self, request: web.BaseRequest) -> web.Response:
        """Take one."""
        status = self._refused_head(request)
        if status is None:
            try:
                status = await self._take(await request.read(), request)
            except web.HTTPRequestEntityTooLarge:
                status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        if status is HTTPStatus.OK:
            return plain(status, "ok\n")
        self._refusals.note(status)
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            return refused_method("POST")
        answer = plain(status)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            answer.headers["Retry-After"] = AGAIN_SECONDS
        return answer

    def _refused_head(self, request: web.BaseRequest) -> HTTPStatus | None:
        """Why what its head says is refused; None where it is not."""
        if request.method != "POST":
            return HTTPStatus.METHOD_NOT_ALLOWED
        if not self._may_come_from(client_of(request)):
            return HTTPStatus.FORBIDDEN
        shown = request.headers.get(HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(shown, self._secret):
            return HTTPStatus.UNAUTHORIZED
        if request.content_type != "application/json":
            return HTTPStatus.BAD_REQUEST
        return None

    def _may_come_from(self, client: IPv4Address | IPv6Address | None) -> bool:
        if not self._networks:
            return True
        return client is not None and any(client in network for network in self._networks)

    async def _take(self, body: bytes, request: web.BaseRequest) -> HTTPStatus:
        raw = _update_in(body)
        if raw is None:
            return HTTPStatus.BAD_REQUEST
        let_go_on(request)
        try:
            await self._deliver(raw)
        except AwayError:
            return HTTPStatus.SERVICE_UNAVAILABLE
        except DatabaseError:
            return HTTPStatus.INTERNAL_SERVER_ERROR
        return HTTPStatus.OK


def client_of(request: web.BaseRequest) -> IPv4Address | IPv6Address | None:
    """Who asks; behind a proxy of this machine or network, who asked that one.

    A proxy adds to the end of X-Forwarded-For; what stands before that, anybody may have written.
    """
    peer = _address(request.remote or "")
    if peer is None or not peer.is_private:
        return peer
    forwarded = ",".join(request.headers.getall(FORWARDED, ())).rpartition(",")[2].strip()
    return _address(forwarded) if forwarded else peer


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _update_in(body: bytes) -> Raw | None:
    """The update in a delivery; None where there is none that could be kept."""
    try:
        raw: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return raw if update_id_of(raw) is not None else None
