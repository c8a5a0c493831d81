import aiohttp
import pytest

from bot.simulator import Simulator
from tests.simulator.conftest import Api


async def test_a_message_comes_back_as_it_was_sent(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지", username="minji")
    room = sim.private(minji)
    sent = await api.result(
        "sendMessage",
        chat_id=minji.id,
        text="<b>글</b> https://x.kr",
        parse_mode="HTML",
        link_preview_options={"url": "https://x.kr", "prefer_small_media": True},
        disable_notification=True,
        reply_markup={"inline_keyboard": [[{"text": "열기", "url": "https://x.kr/"}]]},
    )
    assert sent["from"]["username"] == "sosik_bot"
    assert sent["chat"] == {
        "id": minji.id,
        "first_name": "민지",
        "username": "minji",
        "type": "private",
    }
    assert sent["entities"][0] == {"offset": 0, "length": 1, "type": "bold"}
    assert sent["link_preview_options"]["url"] == "https://x.kr"
    card = await room.receives("글")
    assert (card.html, card.buttons, card.is_silent) == ("<b>글</b> https://x.kr", ["열기"], True)


async def test_private_chats_and_groups_share_ids_and_others_count_their_own(
    sim: Simulator, api: Api
) -> None:
    minji = sim.user("민지")
    rooms = [sim.private(minji), sim.group("모임"), sim.supergroup("큰모임"), sim.channel("소식")]
    ids = [
        (await api.result("sendMessage", chat_id=room.id, text=text))["message_id"]
        for text in ("하나", "둘")
        for room in rooms
    ]
    base = ids[0]
    assert ids == [base, base + 1, 2, 2, base + 2, base + 3, 3, 3]
    sim.world.skip_ids(5)
    later = await api.result("sendMessage", chat_id=minji.id, text="셋")
    assert later["message_id"] == base + 9


@pytest.mark.parametrize(
    ("chat", "reason"),
    [
        ("", "Bad Request: chat_id is empty"),
        ("1234", "Bad Request: chat not found"),
        ("@nowhere", "Bad Request: chat not found"),
        ("name", "Bad Request: chat not found"),
    ],
)
async def test_an_unknown_chat_is_not_found(api: Api, chat: str, reason: str) -> None:
    assert await api.refused("sendMessage", chat_id=chat, text="글") == reason


async def test_a_channel_is_found_by_its_name(sim: Simulator, api: Api) -> None:
    channel = sim.channel("소식", username="sosik_news")
    sent = await api.result("sendMessage", chat_id="@Sosik_News", text="글")
    assert sent["chat"]["id"] == channel.id
    assert sent["sender_chat"]["id"] == channel.id
    assert "from" not in sent


async def test_people_who_never_started_blocked_or_left_telegram(sim: Simulator, api: Api) -> None:
    minji, junho, sora = sim.user("민지"), sim.user("준호"), sim.user("소라")
    sim.private(junho)
    sim.private(sora)
    await junho.blocks_bot()
    sora.deactivates()
    refusals = [
        await api.refused("sendMessage", chat_id=person.id, text="글")
        for person in (minji, junho, sora)
    ]
    assert refusals == [
        "Forbidden: bot can't initiate conversation with a user",
        "Forbidden: bot was blocked by the user",
        "Forbidden: user is deactivated",
    ]
    await junho.unblocks_bot()
    assert await api.result("sendMessage", chat_id=junho.id, text="글")
    other = sim.other_bot("다른봇")
    assert await api.refused("sendMessage", chat_id=other.user.id, text="글") == (
        "Forbidden: the bot can't send messages to the bot"
    )


async def test_groups_the_bot_is_not_in(sim: Simulator, api: Api) -> None:
    boss = sim.user("관리자")
    rooms = [
        sim.group("모임", owner=boss),
        sim.supergroup("큰모임", owner=boss),
        sim.channel("소식", owner=boss),
    ]
    for room in rooms:
        await boss.removes_bot(room)
    assert [await api.refused("sendMessage", chat_id=r.id, text="글") for r in rooms] == [
        "Forbidden: bot was kicked from the group chat",
        "Forbidden: bot was kicked from the supergroup chat",
        "Forbidden: bot was kicked from the channel chat",
    ]
    outside = sim.supergroup("남의모임", bot=False)
    assert await api.refused("getChat", chat_id=outside.id) == (
        "Forbidden: bot is not a member of the supergroup chat"
    )
    public = sim.supergroup("열린모임", bot=False, username="open_group")
    assert (await api.result("getChat", chat_id=public.id))["active_usernames"] == ["open_group"]
    assert "is not a member" in await api.refused("sendMessage", chat_id=public.id, text="글")


async def test_deleted_and_migrated_groups(sim: Simulator, api: Api) -> None:
    boss = sim.user("관리자")
    gone, old = sim.group("사라진모임"), sim.group("옛모임", owner=boss)
    gone.vanishes()
    assert await api.refused("sendMessage", chat_id=gone.id, text="글") == (
        "Forbidden: the group chat was deleted"
    )
    new = old.migrates()
    answer = await api("sendMessage", chat_id=old.id, text="글")
    assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert answer["parameters"] == {"migrate_to_chat_id": new.id}
    assert await api.result("getChat", chat_id=old.id)
    assert (await api.result("sendMessage", chat_id=new.id, text="글"))["message_id"] == 2
    closed = sim.supergroup("닫힌모임")
    closed.vanishes()
    assert await api.refused("getChat", chat_id=closed.id) == "Bad Request: chat not found"


async def test_rights_to_write(sim: Simulator, api: Api) -> None:
    channel = sim.channel("소식", bot_rights=["can_edit_messages"])
    assert await api.refused("sendMessage", chat_id=channel.id, text="글") == (
        "Bad Request: need administrator rights in the channel chat"
    )
    group = sim.supergroup("모임")
    group.forbids_writing()
    assert await api.refused("sendMessage", chat_id=group.id, text="글") == (
        "Bad Request: not enough rights to send text messages to the chat"
    )
    group.forbids_writing(by_server=True)
    assert await api.refused("sendMessage", chat_id=group.id, text="글") == (
        "Bad Request: CHAT_WRITE_FORBIDDEN"
    )
    group.allows_writing()
    assert await api.result("sendMessage", chat_id=group.id, text="글")


async def test_topics(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    forum = sim.supergroup("큰모임", members=[minji], topics=True, bot_admin=True)
    news = forum.topic("뉴스", creator=minji)
    sent = await api.result("sendMessage", chat_id=forum.id, text="글", message_thread_id=news.id)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (news.id, True)
    asked = await minji.says(forum, "/latest", topic=news)
    answer = await api.result(
        "sendMessage", chat_id=forum.id, text="답", reply_parameters={"message_id": asked.id}
    )
    assert (answer["message_thread_id"], answer["is_topic_message"]) == (news.id, True)
    for wrong in (1, 999):
        assert "message thread not found" in await api.refused(
            "sendMessage", chat_id=forum.id, text="글", message_thread_id=wrong
        )
    news.is_deleted = True
    assert "message thread not found" in await api.refused(
        "sendMessage", chat_id=forum.id, text="글", message_thread_id=news.id
    )


async def test_a_closed_topic_takes_only_administrators(sim: Simulator, api: Api) -> None:
    forum = sim.supergroup("큰모임", topics=True)
    news = forum.topic("뉴스")
    news.is_closed = True
    assert (
        await api.refused("sendMessage", chat_id=forum.id, text="글", message_thread_id=news.id)
        == "Bad Request: TOPIC_CLOSED"
    )


async def test_threads_outside_of_forums(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    group = sim.supergroup("모임", members=[minji], bot_admin=True)
    asked = await minji.says(group, "/latest")
    answer = await api.result(
        "sendMessage", chat_id=group.id, text="답", reply_parameters={"message_id": asked.id}
    )
    assert answer["message_thread_id"] == asked.id
    assert "is_topic_message" not in answer
    ignored = await api.result("sendMessage", chat_id=group.id, text="글", message_thread_id=77)
    assert "message_thread_id" not in ignored
    sim.private(minji)
    assert "message thread not found" in await api.refused(
        "sendMessage", chat_id=minji.id, text="글", message_thread_id=77
    )


async def test_replies(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    group = sim.group("모임", members=[minji], bot_admin=True)
    hidden = sim.group("남의모임", members=[minji])
    unseen = await minji.says(hidden, "저녁 뭐 먹지")
    asked = await minji.says(group, "/latest")
    sent = await api.result(
        "sendMessage", chat_id=group.id, text="답", reply_to_message_id=asked.id
    )
    assert sent["reply_to_message"]["text"] == "/latest"
    assert "message to be replied not found" in await api.refused(
        "sendMessage",
        chat_id=hidden.id,
        text="답",
        reply_parameters={"message_id": unseen.id},
    )
    alone = await api.result(
        "sendMessage",
        chat_id=group.id,
        text="답",
        reply_parameters={"message_id": 999, "allow_sending_without_reply": True},
    )
    assert "reply_to_message" not in alone
    elsewhere = await api.result(
        "sendMessage",
        chat_id=hidden.id,
        text="답",
        reply_parameters={"message_id": asked.id, "chat_id": group.id},
    )
    assert "reply_to_message" not in elsewhere


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("{", "can't parse reply parameters JSON object"),
        ([], "object expected as reply parameters"),
        ({"message_id": "x"}, 'field "message_id" must be a valid Number'),
        ({"quote": "x"}, 'can\'t find field "message_id"'),
        ({"message_id": 5, "chat_id": 77}, "chat not found"),
        ("5", "object expected as reply parameters"),
        ("null", "object expected as reply parameters"),
        ('"5"', "object expected as reply parameters"),
        ({"chat_id": 77}, 'can\'t find field "message_id"'),
        ({"message_id": ""}, 'field "message_id" must be a valid Number'),
        ({"message_id": 1.5}, 'field "message_id" must be a valid Number'),
        ({"message_id": "٥"}, 'field "message_id" must be a valid Number'),
        ({"message_id": 1 << 40}, 'field "message_id" must be a valid Number'),
        ({"message_id": True}, 'field "message_id" must be a Number'),
        ({"message_id": None}, 'field "message_id" must be a Number'),
        ({"message_id": [5]}, 'field "message_id" must be a Number'),
        ({"message_id": 999}, "message to be replied not found"),
    ],
)
async def test_malformed_replies_are_refused(
    sim: Simulator, api: Api, reply: object, reason: str
) -> None:
    group = sim.group("모임")
    assert (
        await api.refused("sendMessage", chat_id=group.id, text="답", reply_parameters=reply)
        == f"Bad Request: {reason}"
    )


@pytest.mark.parametrize(
    "reply",
    [
        {"reply_parameters": {"message_id": 0}},
        {"reply_parameters": {"message_id": -1}},
        {"reply_parameters": {"message_id": "-1"}},
        {"reply_parameters": {"message_id": 0, "chat_id": 77}},
        {"reply_parameters": {}},
        {"reply_parameters": ""},
        {"reply_to_message_id": 0},
        {"reply_to_message_id": -1},
        {"reply_to_message_id": "x"},
    ],
)
async def test_a_reply_to_no_message_is_none(
    sim: Simulator, api: Api, reply: dict[str, object]
) -> None:
    group = sim.group("모임")
    sent = await api.result("sendMessage", chat_id=group.id, text="답", **reply)
    assert "reply_to_message" not in sent


async def test_empty_reply_parameters_go_before_the_old_parameter(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    group = sim.group("모임", members=[minji], bot_admin=True)
    asked = await minji.says(group, "뭐예요?")
    both = {"reply_parameters": "", "reply_to_message_id": asked.id}
    sent = await api.result("sendMessage", chat_id=group.id, text="답", **both)
    assert "reply_to_message" not in sent


async def test_previews_are_read(sim: Simulator, api: Api) -> None:
    group = sim.group("모임")
    sent = await api.result(
        "sendMessage", chat_id=group.id, text="글", disable_web_page_preview=True
    )
    assert sent["link_preview_options"] == {"is_disabled": True}
    malformed: tuple[object, ...] = ("{", [])
    for wrong in malformed:
        await api.refused("sendMessage", chat_id=group.id, text="글", link_preview_options=wrong)


async def test_an_upload_can_be_sent_again_and_fetched(sim: Simulator, api: Api) -> None:
    group = sim.group("모임")
    form = aiohttp.FormData()
    form.add_field("chat_id", str(group.id))
    form.add_field("caption", "<i>그림</i>")
    form.add_field("parse_mode", "HTML")
    form.add_field("photo", "attach://picture")
    form.add_field("picture", b"PNG...", filename="chart.png", content_type="image/png")
    url = f"{sim.url}/bot{sim.token}/sendPhoto"
    async with api.session.post(url, data=form) as response:
        sent = (await response.json())["result"]
    assert sent["caption_entities"] == [{"offset": 0, "length": 2, "type": "italic"}]
    file_id = sent["photo"][0]["file_id"]
    assert await api.result("sendPhoto", chat_id=group.id, photo=file_id)
    assert await api.result("sendPhoto", chat_id=group.id, photo="https://x.kr/a.png")
    path = (await api.result("getFile", file_id=file_id))["file_path"]
    async with api.session.get(f"{sim.url}/file/bot{sim.token}/{path}") as response:
        assert await response.read() == b"PNG..."
    async with api.session.get(f"{sim.url}/file/bot{sim.token}/files/none") as response:
        assert response.status == 404
    assert "wrong file_id" in await api.refused("getFile", file_id="none")
    assert "no photo in the request" in await api.refused("sendPhoto", chat_id=group.id)
    assert "wrong file identifier" in await api.refused("sendPhoto", chat_id=group.id, photo="x")


async def test_a_document_keeps_its_name(sim: Simulator, api: Api) -> None:
    group = sim.group("모임")
    form = aiohttp.FormData()
    form.add_field("chat_id", str(group.id))
    form.add_field("document", b"rows", filename="mydata.json", content_type="application/json")
    async with api.session.post(f"{sim.url}/bot{sim.token}/sendDocument", data=form) as response:
        sent = (await response.json())["result"]
    assert sent["document"]["file_name"] == "mydata.json"
    empty = aiohttp.FormData()
    empty.add_field("chat_id", str(group.id))
    empty.add_field("document", b"", filename="empty.json")
    async with api.session.post(f"{sim.url}/bot{sim.token}/sendDocument", data=empty) as response:
        assert (await response.json())["description"] == "Bad Request: file must be non-empty"


async def test_chat_actions(sim: Simulator, api: Api) -> None:
    group = sim.group("모임")
    assert await api.result("sendChatAction", chat_id=group.id, action="typing")
    assert await api.refused("sendChatAction", chat_id=group.id, action="dance") == (
        "Bad Request: wrong parameter action in request"
    )


async def test_copies_and_forwards(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    source = sim.group("모임", members=[minji], bot_admin=True)
    channel = sim.channel("소식")
    said = await minji.says(source, "좋은 글")
    photo = await minji.sends_photo(source, "그림")
    base = {"chat_id": channel.id, "from_chat_id": source.id}
    forwarded = await api.result("forwardMessage", **base, message_id=said.id)
    assert forwarded["forward_origin"]["sender_user"]["id"] == minji.id
    copied = await api.result("copyMessage", **base, message_id=photo.id, caption="다른 설명")
    assert channel.messages[-1].id == copied["message_id"]
    assert channel.messages[-1].text == "다른 설명"
    ids = [said.id, photo.id, 999]
    assert len(await api.result("forwardMessages", **base, message_ids=ids)) == 2
    assert len(await api.result("copyMessages", **base, message_ids=ids)) == 2
    again = await api.result(
        "forwardMessage", chat_id=source.id, from_chat_id=channel.id, message_id=2
    )
    assert again["forward_from"]["id"] == minji.id
    back = await api.result(
        "forwardMessage", chat_id=source.id, from_chat_id=channel.id, message_id=3
    )
    assert back["forward_from_chat"]["id"] == channel.id
    assert "there are no messages to copy" in await api.refused(
        "copyMessages", **base, message_ids=[999]
    )
    await minji.leaves(source)
    left = source.messages[-1].id
    for method in ("forwardMessage", "copyMessage"):
        assert "can't be" in await api.refused(method, **base, message_id=left)


@pytest.mark.parametrize(
    ("ids", "reason"),
    [
        (None, "message identifiers are not specified"),
        ({}, "expected an Array of message identifiers"),
        ([1] * 101, "too many message identifiers specified"),
        (["x"], "invalid message identifier specified"),
    ],
)
async def test_lists_of_ids_are_checked(sim: Simulator, api: Api, ids: object, reason: str) -> None:
    group = sim.group("모임")
    assert await api.refused("deleteMessages", chat_id=group.id, message_ids=ids) == (
        f"Bad Request: {reason}"
    )


async def test_flood_limits_are_real_when_switched_on(sim: Simulator, api: Api) -> None:
    group = sim.group("모임")
    sim.limits.enabled = True
    for _ in range(3):
        await api.result("sendMessage", chat_id=group.id, text="글")
    answer = await api("sendMessage", chat_id=group.id, text="글")
    assert answer["error_code"] == 429
    assert answer["parameters"] == {"retry_after": 1}
    assert answer["description"] == "Too Many Requests: retry after 1"
    sim.clock.advance(1)
    assert await api.result("sendMessage", chat_id=group.id, text="글")
    assert (sim.limits.refused, sim.calls.refusals[429]) == (1, 1)


async def test_slow_mode_refuses_a_bot_that_is_no_administrator(sim: Simulator, api: Api) -> None:
    slow = sim.supergroup("느린 모임")
    slow.chat.slow_mode_seconds = 300
    assert await api.result("sendMessage", chat_id=slow.id, text="하나")
    assert "retry after 300" in await api.refused("sendMessage", chat_id=slow.id, text="둘")
    assert (await api.result("getChat", chat_id=slow.id))["slow_mode_delay"] == 300
