"""Quiet hours around now: what waits leaves a trace and goes when they end, or comes silently."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.clock import SystemClock
from storage import chats
from storage.models import ChatId, Night, QuietHours
from tests.e2e.conftest import a_bot, known
from tests.e2e.test_pushing import a_group, database_of, publish

if TYPE_CHECKING:
    from pathlib import Path

    from bot.simulator import Simulator

SEOUL = ZoneInfo("Asia/Seoul")


def span() -> str:
    """From an hour ago until an hour from now, as it is typed."""
    now = SystemClock().now().astimezone(SEOUL)
    hour = timedelta(hours=1)
    return f"{now - hour:%H:%M}-{now + hour:%H:%M}"


async def test_what_waits_is_told_and_comes_at_once_when_the_quiet_hours_end(
    sim: Simulator, tmp_path: Path
) -> None:
    boss = sim.user("운영자", language="ko")
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id)) as bot:
        group = await a_group(sim, boss)
        typed = span()
        await boss.says(group, f"/quiet {typed}")
        await group.receives("조용한 시간")
        await publish(bot, "글 1", "글 2", "글 3")
        said = "조용한 시간이라 3편이 기다려요"
        await boss.says(group, "/settings")
        assert said in (await group.receives("이 방의 설정")).text
        await boss.says(sim.private(boss), "/status")
        assert f"독서모임: {said}" in (await sim.private(boss).receives("보낼 것")).text
        await boss.says(group, "/quiet off")
        await bot.rests()
        came = "\n".join(card.text for card in group.bot_messages)
        assert all(f"글 {number}" in came for number in (1, 2, 3))
        await boss.says(group, "/settings")
        assert "기다려요" not in (await group.receives("이 방의 설정")).text


async def test_a_new_channel_gets_its_posts_in_the_night_without_a_sound(
    sim: Simulator, tmp_path: Path
) -> None:
    boss = sim.user("운영자", language="ko")
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id)) as bot:
        channel = sim.channel("소식", owner=boss, bot=False)
        await boss.adds_bot(channel, admin=True)
        settings = (await known(bot, channel.id)).settings
        assert (settings.night, settings.quiet) == (Night.SILENT, QuietHours(22 * 60, 8 * 60))
        now = SystemClock().now().astimezone(SEOUL)
        minute = now.hour * 60 + now.minute
        asleep = QuietHours((minute - 60) % 1440, (minute + 60) % 1440)
        awake = QuietHours((minute + 600) % 1440, (minute + 660) % 1440)
        for number, quiet in enumerate((asleep, awake)):
            async with database_of(bot).transaction() as tx:
                changed = replace(settings, quiet=quiet)
                await chats.set_settings(tx, ChatId(channel.id), changed, None)
            await publish(bot, f"글 {number}")
            assert (await channel.receives(f"글 {number}")).is_silent is (quiet is asleep)
