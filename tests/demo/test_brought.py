"""The panel's count of what the bot brought: cards, lists and digests, never answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.drafts import DRAFTS
from bot.demo.stage import open_stage
from bot.demo.web.views import stage_view
from tests.demo.conftest import coming_ten
from tests.demo.telegram import room_of
from tests.waiting import until

if TYPE_CHECKING:
    from bot.demo.stage import Stage

CHATS = ("소식 채널", "독서모임", "큰모임", "소식 이야기")
HOUR = 3600.0


def copies(stage: Stage) -> list[dict[str, int]]:
    """How often each post came, by the chats' ids."""
    return [post["copies"] for post in stage_view(stage)["posts"]]


def once_everywhere(stage: Stage, posts: int) -> bool:
    ones = {str(room_of(stage, name).id): 1 for name in CHATS}
    return copies(stage) == [ones] * posts


@pytest.mark.slow
async def test_what_comes_as_one_list_by_day_or_after_a_night_is_seen_to_have_come() -> None:
    async with open_stage(at=coming_ten(datetime.now(UTC))) as stage:
        for draft in DRAFTS[:6]:
            stage.blog.publish(draft.title, draft.text)
        group = room_of(stage, "독서모임")
        first = await group.receives(DRAFTS[0].title)
        assert DRAFTS[5].title in first.text, "all six in one list"
        await until(lambda: once_everywhere(stage, 6))
        minji = stage.community.personas[0].person
        await minji.says(group, "/latest 6")
        await group.receives("46")
        assert once_everywhere(stage, 6), "an answer brings nothing"
        stage.advance(13 * HOUR)
        for number in range(6):
            stage.blog.publish(f"밤에 쓴 글 {number}", "본문이에요.")
        asked = stage.blog.asked
        await until(lambda: stage.blog.asked >= asked + 2)
        asleep = {str(room_of(stage, name).id) for name in ("독서모임", "큰모임")}
        assert not any(asleep & one.keys() for one in copies(stage)[6:]), "known, and waiting"
        stage.advance(10 * HOUR)
        await until(lambda: once_everywhere(stage, 12))


@pytest.mark.slow
async def test_a_digest_counts_where_a_post_came_in_nothing_else() -> None:
    async with open_stage(at=coming_ten(datetime.now(UTC))) as stage:
        admin = stage.community.personas[2].person
        forum = room_of(stage, "큰모임")
        await admin.says(forum, "/push digest")
        await forum.receives("모아")
        stage.blog.publish(DRAFTS[0].title, DRAFTS[0].text)
        await room_of(stage, "독서모임").receives(DRAFTS[0].title)
        await until(lambda: len(copies(stage)[0]) == 3)
        assert await stage.forward_to_digest() is not None
        for name in ("큰모임", "독서모임"):
            await room_of(stage, name).receives("오늘의 소식")
        await until(lambda: once_everywhere(stage, 1))
        assert stage.now() - datetime.now(UTC) > timedelta(0)
