"""HTTP to Telegram: python-telegram-bot's `BaseRequest` over one aiohttp session.

As its own HTTPXRequest: pooled connections, four time-outs that every call may name, uploads, the
proxies of the environment, TelegramError for all that goes wrong, with its cause beneath. A request
costs a fifth of the processor's time (docs/benchmarks.md). NEVER_LEFT are the causes with which not
a byte of it was written; all others leave it in doubt, a kept connection that the server had given
up (ServerDisconnectedError) among them, which is why none is kept for long.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.redaction import redact

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Mapping

    from telegram._utils.types import ODVInput  # python-telegram-bot's own signature

KEPT_SECONDS = 5.0
"""So long a connection that nobody uses is kept: less than servers do (nginx: 75, a proxy: 10)."""
FORM = "application/x-www-form-urlencoded"


class PoolTimeout(Exception):  # noqa: N818  # as HTTPXRequest's is called
    """Every connection was taken for too long."""


class ClosedError(Exception):
    """It is not open: a call after the end, or before the beginning."""


class WriteTimeout(Exception):  # noqa: N818  # likewise
    """The request could not be written in time."""


NEVER_LEFT: tuple[type[Exception], ...] = (
    ClosedError,
    PoolTimeout,
    aiohttp.ClientConnectorError,  # no address, refused, no TLS, no proxy
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,  # the proxy does not let us through (CONNECT)
    aiohttp.InvalidURL,
)
"""Of the causes beneath an error: the connection was never made (aiohttp/client_exceptions.py)."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that the parts of a call may take where it names none; None: without end."""

    connect: float | None = 5.0
    read: float | None = 5.0
    """Until the next piece of the answer."""
    write: float | None = 5.0
    upload: float | None = 20.0
    """As `write`, for files."""
    pool: float | None = 1.0
    """Until a connection is free."""


class Parameters:
    """What a call is given, as JSON has it: in place of a `RequestData`, which is final.

    No files, and none of python-telegram-bot's objects.
    """

    multipart_data = None

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    @property
    def parameters(self) -> dict[str, Any]:
        """By name."""
        return dict(self._values)

    @property
    def json_parameters(self) -> dict[str, str]:
        """By name, each as JSON but for a string."""
        return {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in self._values.items()
        }


class Wire(BaseRequest):
    """One session, from `initialize` to `shutdown`: `async with`.

    Args:
        connections: How many are open at once at most; who finds all taken waits.
        patience: The time-outs.
        verify: What a server's certificate is held against; None: what the machine trusts.
        proxy: The address of an HTTP proxy, with a name and a password if need be; None: those of
            the environment.
        heard: Called with the header `Date` of each answer, None where it has none.
    """

    def __init__(
        self,
        connections: int,
        patience: Patience | None = None,
        *,
        verify: ssl.SSLContext | None = None,
        proxy: str | None = None,
        heard: Callable[[str | None], None] = lambda _: None,
    ) -> None:
        self._slots = asyncio.Semaphore(connections)
        self._patience = patience or Patience()
        self._verify = verify
        self._every_proxy = proxy
        self._heard = heard
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[str, str | None] = {}

    @property
    def read_timeout(self) -> float | None:
        """The seconds that an answer may take, where a call names none."""
        return self._patience.read

    async def initialize(self) -> None:
        """Open the session; nothing is connected yet."""
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=0,  # the slots are the limit
                keepalive_timeout=KEPT_SECONDS,
                ssl=True if self._verify is None else self._verify,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close every connection; it may be opened again."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Ask, and read the answer: its status and its bytes.

        Raises TimedOut and NetworkError, whose cause says whether the request may have left.
        """
        has_files = request_data is not None and bool(request_data.multipart_data)
        patience = self._patience
        connect = _chosen(connect_timeout, patience.connect)
        read = _chosen(read_timeout, patience.read)
        write = _chosen(write_timeout, patience.upload if has_files else patience.write)
        limits = aiohttp.ClientTimeout(
            total=None, connect=connect, sock_connect=connect, sock_read=read
        )
        try:
            async with self._slot(_chosen(pool_timeout, patience.pool)):
                return await self._ask(url, method, request_data, limits, write)
        except (PoolTimeout, WriteTimeout, TimeoutError) as error:  # aiohttp's time-outs are these
            raise TimedOut(_said(error)) from error
        except (ClosedError, aiohttp.ClientError, OSError) as error:
            raise NetworkError(_said(error)) from error

    @asynccontextmanager
    async def _slot(self, seconds: float | None) -> AsyncIterator[None]:
        """One of the connections, once there is one. Raises PoolTimeout."""
        try:
            async with asyncio.timeout(seconds):
                await self._slots.acquire()
        except TimeoutError as error:
            raise PoolTimeout("all connections are taken; nothing was sent") from error
        try:
            yield
        finally:
            self._slots.release()

    async def _ask(
        self,
        url: str,
        method: str,
        request_data: RequestData | None,
        limits: aiohttp.ClientTimeout,
        write: float | None,
    ) -> tuple[int, bytes]:
        session = self._session
        if session is None:
            raise ClosedError("nothing was sent")
        body, headers = _body(request_data)
        deadline = _deadline(limits, write)
        try:
            async with (
                asyncio.timeout(deadline),
                session.request(
                    method,
                    URL(url, encoded=True),
                    proxy=self._proxy(url),
                    data=body,
                    headers=headers,
                    timeout=limits,
                    allow_redirects=False,
                ) as response,
            ):
                content = await response.read()
        except aiohttp.ServerTimeoutError:
            raise
        except TimeoutError as error:
            raise WriteTimeout("it was not written, or the answer not read, in time") from error
        self._heard(response.headers.get("Date"))
        return response.status, content

    def _proxy(self, url: str) -> str | None:
        """As it was set, or as `_proxy_of`, asked once a server."""
        if self._every_proxy is not None:
            return self._every_proxy
        server = url[: url.find("/", url.find("//") + 2)]
        if server not in self._proxies:
            self._proxies[server] = _proxy_of(server)
        return self._proxies[server]


def _chosen(named: ODVInput[float], otherwise: float | None) -> float | None:
    """What a call names, or else what holds for all."""
    return otherwise if named is BaseRequest.DEFAULT_NONE else named  # type: ignore[return-value]  # not a default


def _deadline(limits: aiohttp.ClientTimeout, write: float | None) -> float | None:
    """When a request that is still not answered was surely not written: aiohttp has no limit."""
    parts = (limits.connect, write, limits.sock_read)
    return None if None in parts else sum(one or 0 for one in parts)


def _body(
    request_data: RequestData | None,
) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    """The parameters as a form, with the files that they name."""
    if request_data is None:
        return None, {}
    fields: dict[str, Any] = request_data.json_parameters
    if not request_data.multipart_data:
        form = URL.build(query=fields).raw_query_string  # in C: urlencode takes ten times as long
        return form.encode(), {"Content-Type": FORM}
    parts = aiohttp.FormData(quote_fields=False)
    for name, value in fields.items():
        parts.add_field(name, value)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        parts.add_field(name, content, filename=filename, content_type=kind)
    return parts, {}


def _proxy_of(server: str) -> str | None:
    """The proxy of the environment for a server, None for none.

    aiohttp's `trust_env` asks at each request, in a thread, and reads passwords from ~/.netrc, too.
    """
    parts, proxies = urlsplit(server), getproxies()
    is_direct = parts.hostname is None or bool(proxy_bypass(parts.hostname))
    return None if is_direct else proxies.get(parts.scheme) or proxies.get("all")


def _said(error: BaseException) -> str:
    """The kind of error and its words: some have none, and some the address with the token."""
    return redact(f"{type(error).__name__}: {error}")
