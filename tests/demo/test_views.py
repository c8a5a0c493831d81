"""What the page is told of messages that the tour of the browser's tests does not pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.demo.web.views import message_view, page_view
from bot.simulator import Simulator
from bot.simulator.reactions import Reaction

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with await Simulator.start() as simulator:
        yield simulator


async def test_a_message_without_a_sender_is_the_chats_own(sim: Simulator) -> None:
    group = sim.group("모임", members=[sim.user("민지")])
    message = sim.world.post(group.chat, {"text": "글"})
    shown = message_view(sim.world, message)["from"]
    assert shown == {"id": group.id, "name": "모임", "bot": False}


async def test_what_was_answered_is_not_shown_once_it_is_deleted(sim: Simulator) -> None:
    minji = sim.user("민지")
    group = sim.supergroup("모임", members=[minji], bot_admin=True)
    asked = await minji.says(group, "뭐예요?")
    answer = await minji.says(group, "글이에요.", reply_to=asked)
    view = message_view(sim.world, answer.message)
    assert view["reply"] == {"id": asked.id, "name": "민지", "text": "뭐예요?"}
    await minji.deletes(asked)
    assert message_view(sim.world, answer.message)["reply"] is None
    assert [one["id"] for one in page_view(sim.world, group.chat, before=0)["messages"]] == [
        answer.id
    ]


async def test_what_is_forwarded_names_whom_it_is_from(sim: Simulator) -> None:
    minji = sim.user("민지")
    group = sim.group("모임", members=[minji])
    channel = sim.channel("소식 채널", owner=minji)
    written = await minji.as_channel(channel).says(channel, "글")
    said = await minji.says(group, "내 글")
    names = [
        message_view(sim.world, (await minji.forwards(card, group)).message)["forward"]
        for card in (written, said)
    ]
    assert names == ["소식 채널", "민지"]


async def test_a_service_message_that_nobody_knows_is_some_other(sim: Simulator) -> None:
    group = sim.group("모임")
    message = sim.world.post(group.chat, {"video_chat_started": {}}, is_service=True)
    assert message_view(sim.world, message)["service"] == {"kind": "other", "name": ""}


async def test_who_reacted_and_has_no_name_here_is_still_counted(sim: Simulator) -> None:
    minji = sim.user("민지")
    group = sim.supergroup("모임", members=[minji])
    said = await minji.says(group, "글")
    await minji.reacts(said, "👍")
    said.message.reactions[1] = (Reaction("emoji", "👍"),)
    shown = message_view(sim.world, said.message)["reactions"]
    assert [(one["emoji"], one["names"]) for one in shown] == [("👍", ["민지", ""])]
