"""Posts to render."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.locales import get_texts
from bot.pages.actions import Action, decode
from bot.pages.cards import Reader
from storage.models import BlogCounts, Given, Post, PostId, SourceId

if TYPE_CHECKING:
    from bot.pages.page import Page

KOREAN = Reader(get_texts("ko"), ZoneInfo("Asia/Seoul"), "sosik_bot")
ENGLISH = Reader(get_texts("en"), ZoneInfo("America/New_York"), "sosik_bot")
NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)
GIVEN = Given(emoji=(("👍", 3), ("❤", 1)), members=3)

_POST = Post(
    id=PostId(7),
    source_id=SourceId(1),
    title="동네 빵집의 키오스크",
    author="나무",
    body="빵집에 키오스크가 생겼어요. 줄이 짧아졌어요. 대신 말이 줄었어요.",
    html=None,
    link="https://example.com/7",
    guid=None,
    published_at=NOON,
    first_seen_at=NOON,
    sort_at=NOON,
    position=None,
    cut=False,
    edited_at=None,
    removed_at=None,
    blog=BlogCounts(),
)


def a_post(**changes: Any) -> Post:  # noqa: ANN401  # any field of a post
    """A post with these fields."""
    return replace(_POST, **changes)


def labels(page: Page) -> list[list[str]]:
    """The labels of the buttons, by row."""
    return [[button.label for button in row] for row in page.keyboard]


def action(page: Page, label: str) -> Action | None:
    """What the button with this label does."""
    data = [one.data for row in page.keyboard for one in row if one.label == label]
    return decode(data[0] or "")
