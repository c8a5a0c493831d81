"""A web site on loopback that answers what a test tells it to, down to the byte."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Awaitable, Callable


@dataclass(frozen=True)
class Asked:
    """A request: header names are in lower case."""

    path: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """An answer. `length` is what Content-Length claims, if not the truth."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None


Play: TypeAlias = "Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]"


class Web:
    """`web.pages[path]` is a Reply, or a coroutine function that writes to the connection."""

    def __init__(self) -> None:
        self.pages: dict[str, Reply | Play] = {}
        self.asked: list[Asked] = []
        self.port = 0
        self.scheme = "http"
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            with suppress(asyncio.CancelledError):  # by `close`
                await self._serve(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            del self._open[task]

    async def close(self) -> None:
        """Hang up on everybody, whatever their page still waits for."""
        for task, writer in self._open.items():
            writer.close()
            task.cancel()
        if self._open:
            await asyncio.wait(list(self._open))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                asked = _parse(await reader.readuntil(b"\r\n\r\n"))
                self.asked.append(asked)
                page = self.pages.get(asked.path, Reply(status=404))
                if isinstance(page, Reply):
                    writer.write(_render(page))
                    await writer.drain()
                else:
                    await page(asked, writer)
                    break


def _parse(head: bytes) -> Asked:
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return Asked(first.split(" ")[1], {name.lower(): value for name, _, value in pairs})


async def write(writer: asyncio.StreamWriter, reply: Reply) -> None:
    """Answer with `reply` from within a page that is a coroutine function."""
    writer.write(_render(reply))
    await writer.drain()


def _render(page: Reply) -> bytes:
    length = len(page.body) if page.length is None else page.length
    headers = dict(page.headers)
    if page.status != 304:
        headers["Content-Length"] = str(length)
    lines = [f"HTTP/1.1 {page.status} Said", *(f"{name}: {headers[name]}" for name in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + page.body


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Web]:
    """A running site; it is gone at the end."""
    web = Web()
    server = await asyncio.start_server(web.serve, "127.0.0.1", 0, ssl=tls)
    web.port = server.sockets[0].getsockname()[1]
    web.scheme = "https" if tls else "http"
    try:
        yield web
    finally:
        server.close()
        await web.close()
        await server.wait_closed()
