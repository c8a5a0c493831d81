"""A feed's answers, one after another, polled over HTTP into a database: what becomes of them."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pytest

from bot.sources.changes import ChangeKind
from tests.sources.web import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.models import SourceId
    from tests.sources.test_poll import World

BEGINS_AT = datetime(2026, 11, 26, tzinfo=UTC)
"""Where the world's clock stands at the first poll."""
CASES = Path(__file__).parent / "cases"


def step_cases() -> list[Any]:
    """The reported ones, as parameters of a test."""
    read = [json.loads(path.read_text("utf-8")) for path in sorted(CASES.glob("steps-*.json"))]
    return [pytest.param(one, id=one["name"]) for one in read]


def bodies_of(case: dict[str, Any]) -> list[bytes]:
    """What its feed serves, in order."""
    read = [b64decode(one) for one in case["steps"]]
    return [gzip.decompress(one) for one in read] if case.get("gz") else read


@dataclass(frozen=True)
class Item:
    """An item of a feed; what is None is not said. `day` is of November 2026, or earlier."""

    title: str | None = None
    link: str | None = None
    guid: str | None = None
    day: float | None = None
    text: str | None = "본문이에요"

    def xml(self) -> str:
        """As RSS has it."""
        at = None if self.day is None else BEGINS_AT + timedelta(days=self.day - BEGINS_AT.day)
        said = {
            "title": self.title,
            "link": self.link,
            "guid isPermaLink='false'": self.guid,
            "pubDate": None if at is None else format_datetime(at),
            "description": self.text,
        }
        parts = (
            f"<{name}>{escape(value)}</{name.split()[0]}>"
            for name, value in said.items()
            if value is not None
        )
        return f"<item>{''.join(parts)}</item>"


def rss(items: Iterable[Item]) -> bytes:
    """A feed of these, in this order."""
    listed = "".join(item.xml() for item in items)
    head = "<title>시험 블로그</title><link>https://blog.example/</link>"
    return f"<rss version='2.0'><channel>{head}{listed}</channel></rss>".encode()


@dataclass(frozen=True)
class Step:
    """What one poll did to the chats."""

    announced: list[str]
    edits: int
    """Posts that were announced, and that look otherwise now."""


async def begin(world: World) -> None:
    """Let the time come when the cases begin."""
    await world.clock.advance((BEGINS_AT - world.clock.now()).total_seconds())


async def follow(world: World) -> SourceId:
    """A source at `/rss`, followed when the cases begin."""
    await begin(world)
    return await world.follow()


async def serve(
    world: World, source_id: SourceId, body: bytes, *, after: timedelta = timedelta(minutes=10)
) -> Step:
    """Poll once what the feed serves, then let time go on."""
    world.web.pages["/rss"] = Reply(body)
    world.ears.changes.clear()
    polled = await world.poll(source_id)
    assert polled.error is None
    await world.clock.advance(after.total_seconds())
    seen = {ChangeKind.EDITED, ChangeKind.DETAILS}
    edits = sum(one.kind in seen and not one.quiet for one in world.ears.changes)
    return Step(world.ears.news(), edits)


async def play(world: World, bodies: Sequence[bytes]) -> list[Step]:
    """Follow a feed, and poll each of its answers."""
    source_id = await follow(world)
    return [await serve(world, source_id, body) for body in bodies]
