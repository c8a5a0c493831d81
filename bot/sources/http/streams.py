"""asyncio's own connections as httpcore wants them: half the cost of its general backend."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CLOSE_SECONDS = 1.0


async def open_stream(address: str, port: int, seconds: float) -> httpcore.AsyncNetworkStream:
    """Connect to an address, within so many seconds. Raises httpcore's connect errors."""
    async with _translated(httpcore.ConnectError, httpcore.ConnectTimeout, seconds):
        reader, writer = await asyncio.open_connection(address, port)
    return Stream(reader, writer)


class Stream(httpcore.AsyncNetworkStream):
    """One connection, plain or with TLS."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # httpcore's interface
        """What has come, at most `max_bytes`; nothing at the end."""
        async with _translated(httpcore.ReadError, httpcore.ReadTimeout, timeout):
            return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  # likewise
        """Send all of it."""
        async with _translated(httpcore.WriteError, httpcore.WriteTimeout, timeout):
            self._writer.write(buffer)
            await self._writer.drain()

    async def aclose(self) -> None:
        """Hang up; a peer that does not answer the good-bye is not waited for."""
        self._writer.close()
        with suppress(OSError, ssl.SSLError, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._writer.wait_closed()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # likewise
    ) -> httpcore.AsyncNetworkStream:
        """The same connection, encrypted from here on."""
        async with _translated(httpcore.ConnectError, httpcore.ConnectTimeout, timeout):
            try:
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
            except BaseException:
                self._writer.transport.abort()
                raise
        return self

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # httpcore's interface
        """`is_readable` asks, of an idle connection, whether the peer has hung up."""
        if info == "is_readable":
            return self._reader.at_eof() or self._writer.is_closing()
        return self._writer.get_extra_info(info)


@asynccontextmanager
async def _translated(
    broken: type[Exception], late: type[Exception], seconds: float | None
) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise late from error
    except (OSError, ssl.SSLError) as error:
        raise broken(str(error)) from error
