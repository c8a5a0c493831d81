from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpcore
import pytest

from bot.sources.http.streams import open_stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """A port that answers what it hears, and hangs up at an empty line."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (line := await reader.readline()).strip():
            writer.write(line)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def test_what_is_written_is_answered_and_the_end_is_seen(echo: int) -> None:
    stream = await open_stream("127.0.0.1", echo, 30.0)
    await stream.write(b"hello\n")
    assert await stream.read(99) == b"hello\n"
    assert not stream.get_extra_info("is_readable")
    assert stream.get_extra_info("peername") == ("127.0.0.1", echo)
    await stream.write(b"\n")
    assert await stream.read(99) == b""
    assert stream.get_extra_info("is_readable")
    await stream.aclose()


async def test_a_wait_has_its_limit(echo: int) -> None:
    stream = await open_stream("127.0.0.1", echo, 30.0)
    with pytest.raises(httpcore.ReadTimeout):
        await stream.read(99, timeout=0.01)
    await stream.write(b"\n")
    await stream.aclose()


async def test_a_closed_port_refuses() -> None:
    with pytest.raises(httpcore.ConnectError):
        await open_stream("127.0.0.1", 9, 30.0)
