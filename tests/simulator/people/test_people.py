import asyncio

import pytest

from bot.simulator import PAID, Card, Person, Room, Simulator, custom_emoji
from tests.simulator.conftest import Api, Json


@pytest.fixture
def minji(sim: Simulator) -> Person:
    return sim.user("민지")


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("관리자", language="en")


async def everything(api: Api) -> None:
    kinds = ["message", "edited_message", "channel_post", "edited_channel_post", "my_chat_member"]
    more = ["chat_member", "message_reaction", "message_reaction_count", "callback_query"]
    await api.result("getUpdates", allowed_updates=kinds + more)


def kinds(updates: list[Json]) -> list[str]:
    return [next(name for name in update if name != "update_id") for update in updates]


async def test_a_deep_link_starts_the_chat(api: Api, minji: Person) -> None:
    await minji.starts("p12")
    (update,) = await api.updates()
    assert update["message"]["text"] == "/start p12"
    assert update["message"]["entities"] == [{"offset": 0, "length": 6, "type": "bot_command"}]
    assert update["message"]["from"]["language_code"] == "ko"


async def test_privacy_mode_hides_talk_that_is_not_for_the_bot(
    sim: Simulator, api: Api, minji: Person
) -> None:
    group = sim.group("모임", members=[minji])
    await minji.says(group, "저녁 뭐 먹지")
    await minji.says(group, "/latest")
    await minji.says(group, "이거 봐 /latest@Sosik_Bot")
    await minji.says(group, "/latest@other_bot")
    await api.result("sendMessage", chat_id=group.id, text="글")
    card = await group.receives("글")
    await minji.says(group, "좋네요", reply_to=card)
    texts = [update["message"]["text"] for update in await api.updates()]
    assert texts == ["/latest", "이거 봐 /latest@Sosik_Bot", "좋네요"]


async def test_a_command_goes_to_the_bot_that_spoke_last(
    sim: Simulator, api: Api, minji: Person
) -> None:
    group = sim.group("모임", members=[minji])
    other = sim.other_bot("날씨봇")
    await other.says(group, "맑음")
    await minji.says(group, "/latest")
    assert await api.updates() == []
    assert [card.text for card in group.messages] == ["맑음", "/latest"]


@pytest.mark.parametrize(("privacy", "admin"), [(True, True), (False, False)])
async def test_administrators_and_bots_without_privacy_see_all(
    sim: Simulator, api: Api, minji: Person, *, privacy: bool, admin: bool
) -> None:
    sim.world.privacy = privacy
    group = sim.group("모임", members=[minji], bot_admin=admin)
    await minji.says(group, "저녁 뭐 먹지")
    assert len(await api.updates()) == 1


async def test_other_bots_take_an_id_and_are_not_heard(
    sim: Simulator, api: Api, minji: Person
) -> None:
    group = sim.group("모임", members=[minji], bot_admin=True)
    channel = sim.channel("소식")
    other = sim.other_bot("날씨봇")
    weather = await other.says(group, "맑음")
    await other.reacts(weather, "👍")
    later = await minji.says(group, "안녕")
    assert later.id == weather.id + 1
    assert [update["message"]["text"] for update in await api.updates()] == ["안녕"]
    assert (await other.says(channel, "맑음")).message.sender_chat is channel.chat


async def test_edits_come_as_edits(sim: Simulator, api: Api, minji: Person, boss: Person) -> None:
    group = sim.group("모임", members=[minji], bot_admin=True)
    channel = sim.channel("소식", owner=boss)
    said, post = await minji.says(group, "/latst"), await boss.says(channel, "글")
    await minji.edits(said, "/latest 3")
    await boss.edits(post, "고친 글")
    updates = await api.updates()
    assert kinds(updates) == ["message", "channel_post", "edited_message", "edited_channel_post"]
    assert updates[2]["edited_message"]["edit_date"]
    await minji.deletes(said)
    assert await api.updates() == []


async def test_anonymous_administrators_and_channels_speak_under_other_names(
    sim: Simulator, api: Api, minji: Person, boss: Person
) -> None:
    await everything(api)
    group = sim.supergroup("모임", members=[minji], admins=[boss], bot_admin=True)
    channel = sim.channel("내 채널", owner=boss)
    said = await minji.says(group, "안녕")
    anonymous, voice = boss.anonymous(group), boss.as_channel(channel)
    await anonymous.says(group, "/settings")
    await voice.says(group, "채널로 한마디")
    await voice.says(channel, "채널 글")
    await anonymous.reacts(said, "👍")
    await voice.reacts(said, "🔥")
    updates = await api.updates()
    assert kinds(updates)[1:] == ["message", "message", "channel_post", *["message_reaction"] * 2]
    settings, spoken = updates[1]["message"], updates[2]["message"]
    assert settings["from"]["id"] == 1087968824
    assert settings["sender_chat"]["id"] == group.id
    assert (spoken["from"]["id"], spoken["sender_chat"]["id"]) == (136817688, channel.id)
    actors = [update["message_reaction"]["actor_chat"]["id"] for update in updates[4:]]
    assert actors == [group.id, channel.id]
    member = await api.result("getChatMember", chat_id=group.id, user_id=boss.id)
    assert member["is_anonymous"] is True
    forwarded = await minji.forwards(Card(sim.world, group.chat.messages[said.id + 1]), group)
    assert forwarded.message.origin is not None
    assert forwarded.message.origin["type"] == "chat"
    with pytest.raises(AssertionError, match="no administrator"):
        minji.anonymous(group)


async def test_a_press_by_an_anonymous_administrator_is_by_the_person(
    sim: Simulator, api: Api, boss: Person
) -> None:
    group = sim.supergroup("모임", admins=[boss], bot_admin=True)
    rows = [[{"text": "켜기", "callback_data": "on"}]]
    await api.result(
        "sendMessage", chat_id=group.id, text="설정", reply_markup={"inline_keyboard": rows}
    )
    card = await group.receives()
    press = asyncio.create_task(boss.anonymous(group).presses(card, "켜기"))
    query = (await api.updates(timeout=30))[-1]["callback_query"]
    assert query["from"]["id"] == boss.id
    await api.result("answerCallbackQuery", callback_query_id=query["id"])
    await press


async def test_only_those_who_are_there_may_speak(sim: Simulator, minji: Person) -> None:
    group, channel = sim.group("모임"), sim.channel("소식", members=[minji])
    with pytest.raises(AssertionError, match="민지 is not in '모임'"):
        await minji.says(group, "안녕")
    with pytest.raises(AssertionError, match="may not post"):
        await minji.says(channel, "안녕")


async def test_reactions_are_whole_sets(sim: Simulator, api: Api, minji: Person) -> None:
    await everything(api)
    group = sim.group("모임", members=[minji], bot_admin=True)
    await api.result("sendMessage", chat_id=group.id, text="글")
    card = await group.receives()
    await minji.reacts(card, "❤️", "👍", "👍")
    await minji.reacts(card, custom_emoji(5), PAID)
    await minji.reacts(card)
    await minji.reacts(card)
    sets = [
        (update["message_reaction"]["old_reaction"], update["message_reaction"]["new_reaction"])
        for update in await api.updates()
    ]
    emoji = [{"type": "emoji", "emoji": "❤"}, {"type": "emoji", "emoji": "👍"}]
    rare = [{"type": "custom_emoji", "custom_emoji_id": "5"}, {"type": "paid"}]
    assert sets == [([], emoji), (emoji, rare), (rare, [])]


async def test_reactions_need_an_administrator_but_not_in_private(
    sim: Simulator, api: Api, minji: Person
) -> None:
    await everything(api)
    group, room = sim.group("모임", members=[minji]), sim.private(minji)
    for where in (group, room):
        await api.result("sendMessage", chat_id=where.id, text="글")
        await minji.reacts(await where.receives(), "👍")
    assert [u["message_reaction"]["chat"]["id"] for u in await api.updates()] == [minji.id]


async def test_channels_give_totals_grouped_in_time(
    sim: Simulator, api: Api, minji: Person, boss: Person
) -> None:
    await everything(api)
    sim.reactions.fake_edits = True
    channel = sim.channel("소식", owner=boss)
    await api.result("sendMessage", chat_id=channel.id, text="글")
    post = await channel.receives()
    await minji.reacts(post, "👍")
    fake, first = await api.updates()
    assert "edited_channel_post" in fake
    assert first["message_reaction_count"]["reactions"] == [
        {"type": {"type": "emoji", "emoji": "👍"}, "total_count": 1}
    ]
    sim.reactions.count_delay_seconds = 0.05
    await asyncio.gather(boss.reacts(post, "👍", "🔥"), minji.reacts(post, "🔥"))
    (grouped,) = await api.updates(timeout=30)
    totals = grouped["message_reaction_count"]["reactions"]
    assert {item["type"]["emoji"]: item["total_count"] for item in totals} == {"👍": 1, "🔥": 2}


async def test_the_bots_own_reactions_are_set_and_not_heard(
    sim: Simulator, api: Api, minji: Person
) -> None:
    await everything(api)
    group = sim.group("모임", members=[minji], bot_admin=True)
    said = await minji.says(group, "안녕")
    await api.updates()
    where = {"chat_id": group.id, "message_id": said.id}
    emoji = {"type": "emoji", "emoji": "❤️"}
    assert await api.result("setMessageReaction", **where, reaction=[emoji])
    assert [str(r) for r in said.reactions[sim.bot.id]] == ["❤"]
    custom = {"type": "custom_emoji", "custom_emoji_id": "5"}
    assert await api.result("setMessageReaction", **where, reaction=[custom])
    assert await api.result("setMessageReaction", **where)
    assert await api.updates() == []
    refusals = {
        "REACTIONS_TOO_MANY": [emoji, custom],
        "REACTION_INVALID": [{"type": "emoji", "emoji": "👍🏻"}],
        "can't parse ReactionType: invalid reaction type specified": [{"type": "paid"}],
        "can't parse ReactionType: expected an Object": ["x"],
        "expected an Array of ReactionType": {},
    }
    for reason, reaction in refusals.items():
        assert await api.refused("setMessageReaction", **where, reaction=reaction) == (
            f"Bad Request: {reason}"
        )
    assert "message to react not found" in await api.refused(
        "setMessageReaction", chat_id=group.id, message_id=999
    )


async def test_service_messages_take_no_reactions(sim: Simulator, api: Api, minji: Person) -> None:
    group = sim.group("모임", bot_admin=True)
    await minji.joins(group)
    where = {"chat_id": group.id, "message_id": group.messages[-1].id}
    assert "MESSAGE_ID_INVALID" in await api.refused("setMessageReaction", **where)


async def test_channel_posts_are_forwarded_to_the_discussion(
    sim: Simulator, api: Api, minji: Person, boss: Person
) -> None:
    await everything(api)
    talk = sim.supergroup("이야기", members=[minji], bot_admin=True)
    channel = sim.channel("소식", owner=boss, discussion=talk)
    await api.result("sendMessage", chat_id=channel.id, text="새 글")
    post = await channel.receives()
    (copy,) = post.forwards
    (update,) = await api.updates()
    message = update["message"]
    assert (message["from"]["id"], message["sender_chat"]["id"]) == (777000, channel.id)
    assert message["is_automatic_forward"] is True
    assert message["forward_origin"]["message_id"] == post.id
    assert message["forward_from_message_id"] == post.id
    await minji.reacts(copy, "👍")
    comment = await minji.says(talk, "좋네요", reply_to=copy)
    await api.result("editMessageText", chat_id=channel.id, message_id=post.id, text="고친 글")
    assert copy.text == "고친 글"
    assert kinds(await api.updates()) == ["message_reaction_count", "message", "edited_message"]
    assert comment.message.thread_id == copy.id
    assert (await api.result("getChat", chat_id=channel.id))["linked_chat_id"] == talk.id
    assert (await api.result("getChat", chat_id=talk.id))["linked_chat_id"] == channel.id
    await boss.deletes(post)
    assert copy.is_deleted


async def test_the_bot_comes_goes_and_rises(sim: Simulator, api: Api, boss: Person) -> None:
    group = sim.supergroup("모임", owner=boss, bot=False)
    await boss.adds_bot(group)
    await boss.promotes(group)
    await boss.demotes(group)
    await boss.removes_bot(group)
    updates = await api.updates()
    assert kinds(updates) == [
        "my_chat_member",
        "message",
        *["my_chat_member"] * 3,
        "message",
    ]
    changes = [u["my_chat_member"] for u in updates if "my_chat_member" in u]
    states = [
        (change["old_chat_member"]["status"], change["new_chat_member"]["status"])
        for change in changes
    ]
    assert states == [
        ("left", "member"),
        ("member", "administrator"),
        ("administrator", "member"),
        ("member", "kicked"),
    ]
    assert updates[1]["message"]["new_chat_members"][0]["id"] == sim.bot.id
    assert updates[-1]["message"]["left_chat_member"]["id"] == sim.bot.id


async def test_into_a_channel_the_bot_comes_as_administrator(
    sim: Simulator, api: Api, boss: Person
) -> None:
    channel = sim.channel("소식", owner=boss, bot=False)
    await boss.adds_bot(channel, rights=["can_post_messages"])
    (update,) = await api.updates()
    member = update["my_chat_member"]["new_chat_member"]
    assert (member["can_post_messages"], member["can_edit_messages"]) == (True, False)


async def test_the_bot_leaves_by_itself(sim: Simulator, api: Api, minji: Person) -> None:
    group = sim.group("모임", members=[minji])
    assert await api.result("leaveChat", chat_id=group.id)
    updates = await api.updates()
    assert updates[0]["my_chat_member"]["new_chat_member"]["status"] == "left"
    assert "not a member of the group chat" in await api.refused(
        "sendMessage", chat_id=group.id, text="글"
    )
    sim.private(minji)
    assert "private chats" in await api.refused("leaveChat", chat_id=minji.id)


async def test_blocking_shows_in_the_private_chat(api: Api, minji: Person) -> None:
    await minji.blocks_bot()
    await minji.unblocks_bot()
    states = [u["my_chat_member"]["new_chat_member"]["status"] for u in await api.updates()]
    assert states == ["kicked", "member"]


async def test_members_coming_and_going_make_service_messages(
    sim: Simulator, api: Api, minji: Person
) -> None:
    group = sim.group("모임")
    await minji.joins(group)
    await minji.leaves(group)
    joined, left = await api.updates()
    assert joined["message"]["new_chat_member"]["id"] == minji.id
    assert left["message"]["left_chat_member"]["id"] == minji.id


async def test_migration_tells_both_ids(sim: Simulator, api: Api, minji: Person) -> None:
    group = sim.group("모임", members=[minji], bot_admin=True)
    new = group.migrates()
    old_message, new_message = (update["message"] for update in await api.updates())
    assert old_message["migrate_to_chat_id"] == new.id
    assert (new_message["migrate_from_chat_id"], new_message["message_id"]) == (group.id, 1)
    assert new.bot_member.is_admin
    await minji.says(new, "안녕")


async def test_receiving_takes_each_message_once_and_lists_what_came(
    sim: Simulator, api: Api
) -> None:
    group = sim.group("모임")
    for text in ("하나", "둘", "셋 (3)"):
        await api.result("sendMessage", chat_id=group.id, text=text)
    assert (await group.receives("둘")).text == "둘"
    assert (await group.receives()).text == "하나"
    assert (await group.receives(r"셋 \(\d\)")).text == "셋 (3)"
    with pytest.raises(AssertionError, match=r"(?s)no message matching '둘'.*so far.*하나.*둘"):
        await group.receives("둘", timeout=0.02)
    with pytest.raises(AssertionError, match="nothing"):
        await sim.group("빈모임").receives("[", timeout=0.02)


async def test_receiving_waits_for_what_comes_later(sim: Simulator, api: Api) -> None:
    group = sim.group("모임")
    receiving = asyncio.create_task(group.receives("늦은"))
    await asyncio.sleep(0)
    for text in ("이른 글", "늦은 글"):
        await api.result("sendMessage", chat_id=group.id, text=text)
    assert (await receiving).text == "늦은 글"
    group.skip()
    with pytest.raises(AssertionError):
        await group.receives("이른", timeout=0.02)


async def test_silence_fails_only_for_what_comes_after(sim: Simulator, api: Api) -> None:
    group = sim.group("모임")
    await api.result("sendMessage", chat_id=group.id, text="이른 글")
    await group.stays_silent(api.result("getMe"))
    over = asyncio.Event()
    silence = asyncio.create_task(group.stays_silent(over.wait()))
    await asyncio.sleep(0)
    await api.result("sendMessage", chat_id=group.id, text="늦은 글")
    over.set()
    with pytest.raises(AssertionError, match="늦은 글"):
        await silence


async def test_a_card_shows_what_it_is(sim: Simulator, api: Api, minji: Person) -> None:
    forum = sim.supergroup("모임", members=[minji], topics=True, bot_admin=True)
    topic = forum.topic("뉴스")
    asked = await minji.says(forum, "/latest", topic=topic)
    await api.result(
        "sendMessage", chat_id=forum.id, text="글", reply_parameters={"message_id": asked.id}
    )
    card = await forum.receives()
    assert card.reply_to == asked
    assert card.topic_id == topic.id
    assert asked.reply_to is None
    assert (card.reactions, card.forwards, card.rows) == ({}, [], [])
    assert {card, Card(sim.world, card.message)} == {card}
    assert "글" in repr(card)
    assert "모임" in repr(forum)
    assert "민지" in repr(minji)
    assert sim.room(forum.id).title == "모임"
    assert [seen.id for seen in forum.bot_messages] == [card.id]
    with pytest.raises(AssertionError, match="was not deleted"):
        await card.disappears(timeout=0.01)
    with pytest.raises(AssertionError, match="has no topics"):
        sim.group("다른모임").topic("뉴스")


async def test_a_photo_comes_with_its_caption(api: Api, minji: Person) -> None:
    room: Room = minji.private
    await minji.sends_photo(room)
    await minji.sends_photo(room, "설명")
    first, second = (update["message"] for update in await api.updates())
    assert "caption" not in first
    assert second["caption"] == "설명"


async def test_signed_channels_name_who_wrote(sim: Simulator, api: Api, boss: Person) -> None:
    channel = sim.channel("소식", owner=boss, signed=True)
    group = sim.group("모임", members=[boss], bot_admin=True)
    post = await boss.says(channel, "글")
    await boss.forwards(post, group)
    written, forwarded = await api.updates()
    assert written["channel_post"]["author_signature"] == "관리자"
    assert forwarded["message"]["forward_origin"]["author_signature"] == "관리자"


async def test_what_was_sent_via_the_bot_is_for_the_bot(
    sim: Simulator, api: Api, minji: Person
) -> None:
    group = sim.group("모임", members=[minji])
    asked = asyncio.create_task(minji.asks_inline("글", room=group))
    (query,) = await api.updates(timeout=30)
    content = {"message_text": "고른 글"}
    result = {"type": "article", "id": "1", "title": "글", "input_message_content": content}
    await api.result(
        "answerInlineQuery", inline_query_id=query["inline_query"]["id"], results=[result]
    )
    await minji.chooses(await asked, 0, group)
    assert query["inline_query"]["chat_type"] == "group"
    assert [update["message"]["text"] for update in await api.updates()] == ["고른 글"]


async def test_edits_to_people_who_left_telegram(sim: Simulator, api: Api, minji: Person) -> None:
    room = sim.private(minji)
    sent = await api.result("sendMessage", chat_id=minji.id, text="글")
    edit = {"chat_id": minji.id, "message_id": sent["message_id"]}
    assert await api.result("editMessageText", **edit, text="고친 글")
    minji.deactivates()
    assert "user is deactivated" in await api.refused("editMessageText", **edit, text="또 고친 글")
    assert room.messages[0].text == "고친 글"
