"""A blog on loopback whose posts are added one by one."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self


class Blog:
    """An RSS feed that says when nothing is new, and pages that it does not have.

    `failures`: so many answers of the feed are errors.
    """

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.pages: dict[str, str] = {}
        self.served = 0
        self.failures = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def address(self) -> str:
        """Where it is."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/feed"

    def write(self, title: str) -> str:
        """A page of its own; its address."""
        self.pages[f"/pages/{len(self.pages) + 1}"] = title
        return self.address_of(title)

    def address_of(self, title: str) -> str:
        """Where such a page is. Raises StopIteration where there is none."""
        path = next(path for path, one in self.pages.items() if one == title)
        return self.address.removesuffix("/feed") + path

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            asked = await reader.readuntil(b"\r\n\r\n")
            self.served += 1
            writer.write(self._answer(asked.lower()))
            await writer.drain()
        writer.close()

    def _answer(self, asked: bytes) -> bytes:
        title = self.pages.get(asked.split()[1].decode())
        if title is not None:
            return _response("200 OK", body=_page(title), kind="text/html; charset=utf-8")
        if self.failures:
            self.failures -= 1
            return _response("503 Service Unavailable")
        tag = f'"{len(self.titles)}"'
        if f"if-none-match: {tag}".encode() in asked:
            return _response("304 Not Modified", tag)
        return _response("200 OK", tag, self._feed().encode())

    def _feed(self) -> str:
        items = "".join(
            f"<item><title>{title}</title><guid>{title}</guid><link>https://b.example/{place}"
            f"</link><description>{title}의 본문이에요.</description></item>"
            for place, title in reversed(list(enumerate(self.titles)))
        )
        return f"<rss version='2.0'><channel><title>블로그</title>{items}</channel></rss>"


def _page(title: str) -> bytes:
    text = f"<p>{title}의 본문이에요. 처음부터 끝까지 여기에 있어요.</p>"
    head = f"<title>{title}</title><meta property='og:title' content='{title}'>"
    return f"<html><head>{head}</head><body><article>{text}</article></body></html>".encode()


def _response(
    status: str, tag: str = "", body: bytes = b"", kind: str = "application/rss+xml"
) -> bytes:
    named = f"ETag: {tag}\r\n" if tag else ""
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{named}"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
