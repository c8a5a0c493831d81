import pytest

from bot.simulator import Simulator
from tests.simulator.conftest import Api

KEYBOARD = {"inline_keyboard": [[{"text": "다음", "callback_data": "next"}]]}
OTHER = {"inline_keyboard": [[{"text": "이전", "callback_data": "back"}]]}


async def sent(api: Api, chat_id: int, text: str = "글") -> int:
    message = await api.result("sendMessage", chat_id=chat_id, text=text, reply_markup=KEYBOARD)
    return int(message["message_id"])


async def test_an_edit_changes_text_and_keyboard(sim: Simulator, api: Api) -> None:
    group = sim.group("모임")
    message_id = await sent(api, group.id)
    card = await group.receives()
    edited = await api.result(
        "editMessageText",
        chat_id=group.id,
        message_id=message_id,
        text="<b>새 글</b>",
        parse_mode="HTML",
        link_preview_options={"is_disabled": True},
    )
    assert (edited["text"], "reply_markup" in edited) == ("새 글", False)
    assert edited["edit_date"] >= edited["date"]
    await card.changes()
    assert (card.html, card.buttons) == ("<b>새 글</b>", [])
    with pytest.raises(AssertionError, match="was not edited"):
        await card.changes(timeout=0.01)


async def test_the_same_again_is_not_modified(sim: Simulator, api: Api) -> None:
    group = sim.group("모임")
    message_id = await sent(api, group.id)
    same = {"chat_id": group.id, "message_id": message_id}
    for method, more in (
        ("editMessageText", {"text": "글", "reply_markup": KEYBOARD}),
        ("editMessageReplyMarkup", {"reply_markup": KEYBOARD}),
    ):
        assert await api.refused(method, **same, **more) == (
            "Bad Request: message is not modified: specified new message content and reply markup "
            "are exactly the same as a current content and reply markup of the message"
        )
    assert await api.result("editMessageReplyMarkup", **same, reply_markup=OTHER)
    assert group.messages[-1].buttons == ["이전"]
    assert group.messages[-1].text == "글"


async def test_captions(sim: Simulator, api: Api) -> None:
    group = sim.group("모임")
    text_id = await sent(api, group.id)
    photo = await api.result("sendPhoto", chat_id=group.id, photo="https://x.kr/a", caption="가")
    where = {"chat_id": group.id, "message_id": photo["message_id"]}
    edited = await api.result("editMessageCaption", **where, caption="<b>나</b>", parse_mode="HTML")
    assert (edited["caption"], len(edited["caption_entities"])) == ("나", 1)
    assert "caption" not in await api.result("editMessageCaption", **where)
    assert "there is no text in the message" in await api.refused(
        "editMessageText", **where, text="글"
    )
    assert "there is no caption in the message" in await api.refused(
        "editMessageCaption", chat_id=group.id, message_id=text_id, caption="글"
    )


async def test_what_is_not_there_hidden_or_elsewhere_is_not_found(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    group, other = sim.group("모임", members=[minji]), sim.group("다른모임")
    hidden = await minji.says(group, "저녁 뭐 먹지")
    elsewhere = await sent(api, other.id)
    gone = await sent(api, group.id)
    await api.result("deleteMessage", chat_id=group.id, message_id=gone)
    for message_id in (hidden.id, elsewhere, gone, 999, 0):
        where = {"chat_id": group.id, "message_id": message_id}
        for method in ("editMessageReplyMarkup", "stopMessageLiveLocation"):
            assert await api.refused(method, **where) == ("Bad Request: message to edit not found")
    assert "message identifier is not specified" in await api.refused("editMessageText", text="글")


async def test_others_messages_cannot_be_edited(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    group = sim.group("모임", members=[minji], bot_admin=True)
    said = await minji.says(group, "안녕")
    forwarded = await api.result(
        "forwardMessage", chat_id=group.id, from_chat_id=group.id, message_id=said.id
    )
    keyboard = await api.result(
        "sendMessage", chat_id=group.id, text="글", reply_markup={"force_reply": True}
    )
    await minji.leaves(group)
    service = group.messages[-1].id
    for message_id in (said.id, forwarded["message_id"], keyboard["message_id"], service):
        for method in ("editMessageReplyMarkup", "stopMessageLiveLocation"):
            assert await api.refused(method, chat_id=group.id, message_id=message_id) == (
                "Bad Request: message can't be edited"
            )


async def test_a_live_location_is_never_there_and_nothing_changes(sim: Simulator, api: Api) -> None:
    group = sim.group("모임")
    message_id = await sent(api, group.id)
    assert (
        await api.refused("stopMessageLiveLocation", chat_id=group.id, message_id=message_id)
        == "Bad Request: there is no live location in the message to edit"
    )
    assert group.messages[-1].buttons == ["다음"]


async def test_the_right_to_edit_opens_every_channel_post(sim: Simulator, api: Api) -> None:
    boss = sim.user("관리자")
    plain = sim.channel("소식", owner=boss, bot_rights=["can_post_messages"])
    mighty = sim.channel("신문", owner=boss, bot_rights=["can_post_messages", "can_edit_messages"])
    refused = await boss.says(plain, "사람의 글")
    opened = await boss.says(mighty, "사람의 글")
    assert "can't be edited" in await api.refused(
        "editMessageText", chat_id=plain.id, message_id=refused.id, text="봇의 글"
    )
    assert await api.result(
        "editMessageText", chat_id=mighty.id, message_id=opened.id, text="봇의 글"
    )
    own = await sent(api, plain.id)
    await boss.promotes(plain, rights=["can_manage_chat"])
    assert "can't be edited" in await api.refused(
        "editMessageText", chat_id=plain.id, message_id=own, text="늦은 글"
    )


async def test_edits_too_long_have_their_own_words(sim: Simulator, api: Api) -> None:
    group = sim.group("모임")
    message_id = await sent(api, group.id)
    where = {"chat_id": group.id, "message_id": message_id}
    assert await api.refused("editMessageText", **where, text="a" * 4097) == (
        "Bad Request: MESSAGE_TOO_LONG"
    )
    assert await api.refused("editMessageText", **where, text="") == (
        "Bad Request: message text is empty"
    )


async def test_deleting_is_for_48_hours(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    group = sim.group("모임", members=[minji])
    big = sim.supergroup("큰모임", members=[minji])
    said = await minji.says(big, "/latest@sosik_bot")
    in_group, in_big = await sent(api, group.id), await sent(api, big.id)
    assert "message can't be deleted" in await api.refused(
        "deleteMessage", chat_id=big.id, message_id=said.id
    )
    sim.clock.advance(48 * 3600 + 1)
    assert await api.refused("deleteMessage", chat_id=group.id, message_id=in_group) == (
        "Bad Request: message can't be deleted for everyone"
    )
    assert await api.refused("deleteMessage", chat_id=big.id, message_id=in_big) == (
        "Bad Request: message can't be deleted"
    )
    assert "message to delete not found" in await api.refused(
        "deleteMessage", chat_id=big.id, message_id=999
    )
    for wrong in ({"message_id": 5}, {"chat_id": big.id}):
        assert "is not specified" in await api.refused("deleteMessage", **wrong)


async def test_several_are_deleted_at_once(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    big = sim.supergroup("큰모임", members=[minji], bot_admin=True)
    said = await minji.says(big, "안녕")
    own = await sent(api, big.id)
    assert await api.result("deleteMessages", chat_id=big.id, message_ids=[said.id, own, 999])
    await said.disappears()
    assert big.messages == []
    assert (await api.updates())[0]["message"]["text"] == "안녕"


async def test_pinning(sim: Simulator, api: Api) -> None:
    boss = sim.user("관리자")
    group = sim.group("모임", owner=boss)
    message_id = await sent(api, group.id)
    where = {"chat_id": group.id, "message_id": message_id}
    assert "not enough rights to manage pinned messages" in await api.refused(
        "pinChatMessage", **where
    )
    await boss.promotes(group, rights=["can_pin_messages"])
    assert await api.result("pinChatMessage", **where)
    assert await api.result("pinChatMessage", **where)
    told = [u["message"] for u in await api.updates() if "message" in u]
    assert [message["pinned_message"]["message_id"] for message in told] == [message_id]
    chat = await api.result("getChat", chat_id=group.id)
    assert chat["pinned_message"]["message_id"] == message_id
    assert await api.result("unpinChatMessage", chat_id=group.id)
    assert "message to unpin not found" in await api.refused("unpinChatMessage", chat_id=group.id)
    await api.result("pinChatMessage", **where)
    assert await api.result("unpinAllChatMessages", chat_id=group.id)
    assert "pinned_message" not in await api.result("getChat", chat_id=group.id)


async def test_a_deleted_message_is_no_longer_pinned(sim: Simulator, api: Api) -> None:
    group = sim.supergroup("모임", bot_rights=["can_pin_messages"])
    where = {"chat_id": group.id, "message_id": await sent(api, group.id)}
    await api.result("pinChatMessage", **where)
    await api.result("deleteMessage", **where)
    assert "pinned_message" not in await api.result("getChat", chat_id=group.id)
