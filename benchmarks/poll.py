"""What a poll costs, beside the `reader` package: unchanged feeds (304) and changed ones.

    python -m benchmarks.poll [--feeds 200] [--rounds 3] [--json]

A process of its own serves the feeds, 20 entries each, of 2,400 characters (the average of the
blog that the project is for) in the markup of a blog editor, 7 KB. Both programs follow
all of them, take turns round by round, and are measured by their CPU time, threads and processes
included. Both write to a SQLite file, commit what they learn of each feed, and have read every feed
before the first round. `reader` is told to take all feeds for due.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import multiprocessing
import re
import tempfile
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import reader

from benchmarks.figures import Better, Ratio
from benchmarks.reporting import figure, report
from bot.sources.formats.archive import parse_archive
from bot.sources.http.fetch import Fetcher
from bot.sources.intake import Intake
from bot.sources.poll import SourcePoller
from bot.sources.poll_record import PollRecord
from bot.sources.reading import SourceReader
from bot.sources.worker import ProcessWorker, WorkLimits
from bot.text.html import html_to_text
from storage import posts, sources
from storage.database import Database
from storage.models import SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

ENTRIES = 20
START = datetime(2026, 1, 1, tzinfo=UTC)
SCENES = {
    "unchanged (304)": 0,
    "changed, 5 of 20 entries new": 5,
    "changed, 20 of 20 entries new": ENTRIES,
}
"""How many new entries each feed has in a round."""
TARGETS = {0: 1.0, 5: 0.5, ENTRIES: 0.5}
"""The share of reader's CPU that we may take."""

SAMPLE = Path(__file__).parents[1] / "bot" / "demo" / "samples" / "archive.txt"
_SENTENCE = re.compile(r"(?<=[.?!])\s+")


# --- the site ---


def long_texts() -> list[str]:
    """Texts of some 2,400 characters: the sample's posts, five at a time."""
    bodies = [post.body for post in parse_archive(SAMPLE.read_bytes()).posts]
    return [" ".join(bodies[at : at + 5]) for at in range(0, len(bodies), 5)]


def page(entry: int, body: str) -> str:
    """A post's HTML as blog editors write it: two sentences a paragraph, a picture, a list."""
    sentences = _SENTENCE.split(body)
    pairs = [" ".join(sentences[at : at + 2]) for at in range(0, len(sentences), 2)]
    paragraphs = [f'<p data-ke-size="size16">{pair}</p>' for pair in pairs]
    return (
        f'<figure class="imageblock"><img src="/images/{entry}.png" alt="그림"/></figure>'
        f"<h2>{entry}번째 글</h2>{paragraphs[0]}<p><b>요약:</b> <a href='/{entry}?a=1&amp;b=2'>"
        f"앞선 글</a>에서 이어집니다.</p>{''.join(paragraphs[1:])}<ul><li>하나</li><li>둘</li></ul>"
    )


def feed(number: int, first: int, bodies: list[str]) -> bytes:
    """A feed with the entries from `first` on, the newest first."""
    items = "".join(
        f"<item><title>글 {number}-{entry}</title><link>http://blog.example/{number}/{entry}</link>"
        f"<guid isPermaLink='false'>{number}-{entry}</guid><author>글쓴이</author>"
        f"<pubDate>{format_datetime(START + timedelta(hours=entry))}</pubDate>"
        f"<description><![CDATA[{page(entry, bodies[entry % len(bodies)])}]]></description></item>"
        for entry in reversed(range(first, first + ENTRIES))
    )
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>블로그 {number}</title>"
        f"<link>http://blog.example/{number}</link><description>글</description>{items}"
        "</channel></rss>"
    ).encode()


def serve(ready: Connection) -> None:
    """Serve `/NUMBER` with an ETag; `/new/COUNT` puts that many new entries into each feed."""

    async def run() -> None:
        first = 0
        texts = long_texts()
        made: dict[int, bytes] = {}

        async def answer(stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal first
            while head := await _head(stream):
                path = head.split(b" ", 2)[1].decode().strip("/")
                if path.startswith("new/"):
                    first += int(path.removeprefix("new/"))
                    made.clear()
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                elif f'"{first}"'.encode() in head:
                    writer.write(b"HTTP/1.1 304 Not Modified\r\n\r\n")
                else:
                    number = int(path)
                    body = made.setdefault(number, feed(number, first, texts))
                    writer.write(
                        b'HTTP/1.1 200 OK\r\nETag: "%d"\r\nContent-Type: application/rss+xml\r\n'
                        b"Content-Length: %d\r\n\r\n" % (first, len(body)) + body
                    )
                await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


async def _head(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


# --- the two programs ---


class Ours:
    """Sosik's poller over a database of its own; every feed is due whenever it is asked."""

    def __init__(self, runner: asyncio.Runner, path: Path, addresses: list[str]) -> None:
        self._runner = runner
        self._addresses = addresses
        self._hours = 0
        runner.run(self._open(path))

    def now(self) -> datetime:
        """A clock that is a day further at each round."""
        return START + timedelta(days=100 + self._hours)

    async def sleep(self, seconds: float) -> None:
        """Wait, as a clock does."""
        await asyncio.sleep(seconds)

    async def _open(self, path: Path) -> None:
        self._database = await Database.open(path)
        self._fetcher = Fetcher(self)
        self._worker = ProcessWorker(WorkLimits(processes=1, idle_seconds=3600))
        self._poller = SourcePoller(
            fetcher=self._fetcher,
            reader=SourceReader(self._fetcher, self._worker),
            intake=Intake(
                database=self._database,
                clock=self,
                html_to_text=html_to_text,
                observers=(),
                poll_record=PollRecord(self, None, interval_seconds=600, chance=lambda: 0.0),
            ),
            private_addresses=frozenset(self._addresses),
        )
        async with self._database.transaction() as tx:
            for address in self._addresses:
                await sources.add_source(tx, address, SourceKind.FEED, next_poll_at=START)

    def update(self) -> None:
        """Poll every feed once."""
        self._hours += 1
        self._runner.run(self._update())

    async def _update(self) -> None:
        await self._poller.run()
        while self._poller.is_busy:
            await self._poller.wait()
            await self._poller.run()

    def count(self) -> int:
        """How many posts there are."""
        return self._runner.run(self._count())

    async def _count(self) -> int:
        async with self._database.reader() as db:
            assert not any(source.failures for source in await sources.list_sources(db))
            return await posts.count_posts(db)

    def seconds_elsewhere(self) -> float:
        """CPU time that its worker has taken."""
        return self._runner.run(self._worker.run(time.process_time))

    def close(self) -> None:
        """Let go of everything."""
        self._runner.run(self._poller.close())
        self._runner.run(self._fetcher.close())
        self._runner.run(self._worker.close())
        self._runner.run(self._database.close())


class Theirs:
    """The `reader` package over a database of its own."""

    def __init__(self, path: Path, addresses: list[str]) -> None:
        self._reader = reader.make_reader(str(path), search_enabled=False)
        for address in addresses:
            self._reader.add_feed(address)

    def update(self) -> None:
        """Update every feed once."""
        self._reader.update_feeds(scheduled=False)

    def seconds_elsewhere(self) -> float:
        """It has no other process."""
        return 0.0

    def count(self) -> int:
        """How many entries there are."""
        return self._reader.get_entry_counts().total or 0

    def close(self) -> None:
        """Let go of everything."""
        self._reader.close()


# --- measuring ---


def cpu_milliseconds(program: Ours | Theirs) -> float:
    """CPU time that an update takes, in all threads of this process and in the program's other."""
    gc.collect()
    begun = time.process_time() + program.seconds_elsewhere()
    program.update()
    return (time.process_time() + program.seconds_elsewhere() - begun) * 1000


def measure(
    ours: Ours, theirs: Theirs, new: Callable[[int], None], *, feeds: int, rounds: int
) -> list[dict[str, object]]:
    """One row a scene: CPU milliseconds a feed, the median of the rounds."""
    rows: list[dict[str, object]] = []
    for name, fresh in SCENES.items():
        spent: tuple[list[float], list[float]] = ([], [])
        for turn in range(rounds):
            new(fresh)
            one, other = (ours, theirs) if turn % 2 else (theirs, ours)
            taken = {id(program): cpu_milliseconds(program) for program in (one, other)}
            spent[0].append(taken[id(ours)] / feeds)
            spent[1].append(taken[id(theirs)] / feeds)
        assert ours.count() == theirs.count()
        mine, reference = median(spent[0]), median(spent[1])
        share, target = mine / reference, TARGETS[fresh]
        rows.append(
            {
                "scene": name,
                "sosik ms": round(mine, 3),
                "reader ms": round(reference, 3),
                "share": round(share, 3),
                "target": target,
                "met": "yes" if share <= target else "no",
            }
        )
    return rows


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    context = multiprocessing.get_context("spawn")
    told, ready = context.Pipe(duplex=False)
    site = context.Process(target=serve, args=(ready,), daemon=True)
    site.start()
    root = f"http://127.0.0.1:{told.recv()}"
    addresses = [f"{root}/{number}" for number in range(given.feeds)]

    def new(count: int) -> None:
        urllib.request.urlopen(f"{root}/new/{count}").close()  # noqa: S310  # our own site

    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        ours = Ours(runner, Path(folder) / "sosik.db", addresses)
        theirs = Theirs(Path(folder) / "reader.db", addresses)
        ours.update()
        theirs.update()
        rows = measure(ours, theirs, new, feeds=given.feeds, rounds=given.rounds)
        ours.close()
        theirs.close()
    site.terminate()
    site.join()
    ratios = [
        Ratio(f"CPU a feed, {row['scene']}, of reader's", figure(row, "share"), Better.LOWER)
        for row in rows
    ]
    report("poll", {f"CPU a feed, {given.feeds} feeds": rows}, as_json=given.json, ratios=ratios)


if __name__ == "__main__":
    main()
