"""A world that was written down and read again is the same one."""

from __future__ import annotations

import json
from typing import Any

from bot.simulator import Simulator, custom_emoji
from bot.simulator.keeping import message_state, restore_world, world_state
from bot.simulator.reactions import Reaction


async def lived_in() -> Simulator:
    """A simulator where all kinds of things have happened."""
    sim = await Simulator.start()
    minji, junho = sim.user("민지", username="minji"), sim.user("준호", language="en")
    group = sim.group("모임", [minji, junho], owner=minji, bot_admin=True)
    forum = sim.supergroup("큰모임", [minji], admins=[minji], bot_admin=True, topics=True)
    talk = sim.supergroup("이야기", [minji], owner=minji, bot_admin=True)
    channel = sim.channel("채널", [junho], owner=minji, discussion=talk, signed=True)
    asked = await minji.says(group, "/latest@sosik_bot")
    await junho.says(group, "답", reply_to=asked)
    await junho.reacts(asked, "🔥", custom_emoji(7))
    await minji.says(forum, "주제", topic=forum.topic("뉴스", minji))
    posted = await minji.says(channel, "글")
    await minji.edits(posted, "고친 글")
    await minji.reacts(posted.forwards[0], "👍")
    await minji.forwards(posted, group)
    await minji.deletes(await minji.sends_photo(group, "그림"))
    await minji.anonymous(forum).says(forum, "숨어서")
    await junho.starts("p1")
    await junho.blocks_bot()
    await junho.leaves(group)
    group.migrates()
    sim.world.commands.set(("chat", group.id, 0), "ko", [{"command": "a", "description": "b"}])
    sim.world.profile["name", "ko"] = "소식"
    sent = sim.world.post(group.chat, {"text": "인라인"}, sender=minji.user, inline_id="inline-1")
    sent.reactions[minji.id] = (Reaction("paid"),)
    sim.world.chats[talk.id].pinned.append(posted.forwards[0].id)
    return sim


def written(sim: Simulator) -> tuple[dict[str, Any], list[tuple[int, dict[str, Any]]]]:
    """All of it, as JSON gives it back."""
    messages = [
        (chat.id, message_state(one))
        for chat in sim.world.chats.values()
        for one in chat.messages.values()
    ]
    state = {name: value for name, value in world_state(sim.world).items() if name != "at"}
    return json.loads(json.dumps(state)), json.loads(json.dumps(messages))


async def test_everything_that_lasts_comes_back() -> None:
    async with await lived_in() as sim:
        state, messages = written(sim)
        updates = [one.json() for one in sim.updates.take(100)]
    async with await Simulator.start() as again:
        restore_world(again.world, state, messages)
        assert written(again) == (state, messages)
        assert [one.json() for one in again.updates.take(100)] == updates
        world = again.world
        group = next(chat for chat in world.chats.values() if chat.kind == "group")
        answer = next(one for one in group.messages.values() if one.text == "답")
        assert answer.reply_to is group.messages[min(group.messages)]
        assert world.inline_messages["inline-1"].chat is group
        assert world.add_user("새 사람", username="", language="").id not in {
            user["id"] for user in state["users"]
        }


async def test_who_is_there_already_stays_the_same_and_what_answers_nothing_is_left_out() -> None:
    async with await lived_in() as sim:
        state, messages = written(sim)
    for _, message in messages:
        message["reply_to"] = [1, 2]
    async with await Simulator.start() as again:
        minji = again.user("민지", username="minji")
        restore_world(again.world, state, messages)
        assert again.world.users[minji.id] is minji.user
        replies = {
            one.reply_to for chat in again.world.chats.values() for one in chat.messages.values()
        }
        assert replies == {None}
