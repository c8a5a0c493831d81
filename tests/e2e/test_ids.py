"""`/id`: everybody is told the numbers of chats, and in private alone their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import a_bot

if TYPE_CHECKING:
    from pathlib import Path

    from bot.simulator import Simulator


async def test_a_group_is_told_its_number_and_nobodys(sim: Simulator, tmp_path: Path) -> None:
    """Also one that waits for approval, in a topic, and whoever asks without a name."""
    minji = sim.user("민지", language="ko")
    group = sim.supergroup("모임", owner=minji, bot_admin=True, topics=True)
    topic = group.topic("잡담")
    async with a_bot(sim, tmp_path, serve="approved"):
        await minji.says(group, "/id", topic=topic)
        answer = await group.receives(f"이 방의 번호: {group.id}\n이 주제의 번호: {topic.id}")
        assert f"<code>{group.id}</code>" in answer.html
        await minji.anonymous(group).says(group, "/번호")
        hidden = await group.receives(str(group.id))
        assert "주제" not in hidden.text
        assert all(str(minji.id) not in one.text for one in group.bot_messages)


@pytest.mark.usefixtures("bot")
async def test_in_private_one_is_told_ones_own_and_that_of_a_channel(sim: Simulator) -> None:
    minji = sim.user("민지", language="ko")
    channel = sim.channel("남의 채널", owner=minji, bot=False)
    await minji.says(minji.private, "/id")
    await minji.private.receives(f"내 번호: {minji.id}")
    forwarded = await minji.forwards(await minji.says(channel, "글"), minji.private)
    await minji.says(minji.private, "/id", reply_to=forwarded)
    await minji.private.receives(f"남의 채널의 번호: {channel.id}\n내 번호: {minji.id}")
