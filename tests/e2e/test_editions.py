"""The weekly edition, at a chat's time and in its language; once, also over a restart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.clock import SystemClock
from storage import chats
from storage.models import Edition, NewPost, Period, SourceId
from tests.e2e.conftest import a_bot, known
from tests.storage.rows import keep_post
from tests.waiting import until

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bot.simulator import Simulator
    from storage.models import PostId
    from tests.e2e.conftest import Bot

CLOCK = SystemClock()


async def add(bot: Bot, title: str, *, days_ago: int = 0) -> PostId:
    """A post with its date, of now or of the archive."""
    assert bot.running is not None
    now = CLOCK.now()
    async with bot.running.services.database.transaction() as tx:
        new = NewPost(title, f"{title}의 본문이에요.", published_at=now - timedelta(days=days_ago))
        return await keep_post(tx, SourceId(1), new, first_seen_at=now, quiet=days_ago > 0)


async def make_due(bot: Bot, chat_id: int, now: datetime) -> None:
    """Its weekly edition was chosen for this very minute, in the zone of UTC."""
    assert bot.running is not None
    one = await known(bot, chat_id)
    minute = now.replace(second=0, microsecond=0)
    weekly = Edition(minute.weekday(), minute.hour * 60 + minute.minute)
    chosen = replace(one.settings, timezone="UTC", weekly=weekly, digest_times=(), quiet=None)
    async with bot.running.services.database.transaction() as tx:
        await chats.set_settings(tx, one.id, chosen, None)
        await chats.set_edition_due(tx, one.id, Period.WEEK, minute)


@pytest.mark.parametrize(
    ("lang", "says", "about"),
    [
        (
            "ko",
            (
                "주간 소식",
                "명예의 전당\n1. 모두가 좋아한 글 · 2명",
                "새 글 2편",
                "1년 전 이맘때\n4. 옛날 글",
            ),
            ("이 메시지는?", "한 주"),
        ),
        (
            "en",
            (
                "The weekly edition",
                "Hall of fame\n1. 모두가 좋아한 글 · 2 people",
                "2 new posts",
                "This week a year ago\n4. 옛날 글",
            ),
            ("What is this?", "a week"),
        ),
    ],
)
async def test_a_week_comes_once_with_what_people_here_liked(
    sim: Simulator, tmp_path: Path, lang: str, says: tuple[str, ...], about: tuple[str, str]
) -> None:
    boss, minji = sim.user("운영자", language=lang), sim.user("민지", language=lang)
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id), language=lang) as bot:
        group = sim.group("독서모임", owner=boss, bot=False)
        await minji.joins(group)
        await boss.adds_bot(group, admin=True)
        await group.receives("")
        liked = await add(bot, "모두가 좋아한 글")
        await add(bot, "다른 글")
        await add(bot, "옛날 글", days_ago=367)
        await boss.says(group, f"/post {liked}")
        card = await group.receives("모두가 좋아한 글")
        for person in (boss, minji):
            await person.reacts(card, "👍")
        await bot.rests()
        now = CLOCK.now()
        await make_due(bot, group.id, now)
        edition = await group.receives(says[0])
        for part in says:
            assert part in edition.text
        label, answer = about
        assert answer in (await boss.presses(edition, label)).text
        await bot.stop()
        await bot.start()

        async def is_planned() -> bool:
            due_at = (await known(bot, group.id)).weekly_due_at
            return due_at is not None and due_at > now

        await until(is_planned)
        await group.stays_silent(bot.rests())
