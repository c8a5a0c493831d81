# ruff: noqa: E501  # a table reads better with a case a line

import asyncio
from typing import Any

import pytest

from bot.simulator import Card, InlineAnswer, Person, PressAnswer, Room, Simulator
from tests.simulator.conftest import Api

BUTTONS = [
    [{"text": "다음 ▶", "callback_data": "next"}, {"text": "열기", "url": "https://x.kr/"}],
    [
        {"text": "카톡용 복사", "copy_text": {"text": "복사한 글"}},
        {"text": "찾기", "switch_inline_query_current_chat": "투자"},
        {"text": "공유", "switch_inline_query_chosen_chat": {"query": "글", "allow_user_chats": True}},
        {"text": "게임", "callback_game": {}},
    ],
]  # fmt: skip


@pytest.fixture
def minji(sim: Simulator) -> Person:
    return sim.user("민지")


@pytest.fixture
def group(sim: Simulator, minji: Person) -> Room:
    return sim.group("모임", members=[minji], bot_admin=True)


@pytest.fixture
async def card(api: Api, group: Room) -> Card:
    await api.result(
        "sendMessage", chat_id=group.id, text="글", reply_markup={"inline_keyboard": BUTTONS}
    )
    return await group.receives()


async def answered(api: Api, press: asyncio.Task[PressAnswer], **answer: Any) -> PressAnswer:  # noqa: ANN401  # any JSON
    query = (await api.updates(timeout=30))[-1]["callback_query"]
    await api.result("answerCallbackQuery", callback_query_id=query["id"], **answer)
    return await press


async def test_a_press_brings_the_message_and_waits_for_the_answer(
    api: Api, minji: Person, card: Card
) -> None:
    press = asyncio.create_task(minji.presses(card, "다음"))
    query = (await api.updates(timeout=30))[-1]["callback_query"]
    assert (query["data"], query["from"]["id"]) == ("next", minji.id)
    assert query["message"]["message_id"] == card.id
    await api.result("answerCallbackQuery", callback_query_id=query["id"], text="넘겼어요")
    answer = await press
    assert (str(answer), answer.is_alert) == ("넘겼어요", False)
    for stale in (query["id"], "5"):
        assert await api.refused("answerCallbackQuery", callback_query_id=stale) == (
            "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )


async def test_an_answer_may_be_an_alert_of_200_characters(
    api: Api, minji: Person, card: Card
) -> None:
    press = asyncio.create_task(minji.presses(card, "다음 ▶"))
    assert await api.refused("answerCallbackQuery", text="가" * 201) == (
        "Bad Request: MESSAGE_TOO_LONG"
    )
    answer = await answered(api, press, text="가" * 200, show_alert=True)
    assert (len(answer.text), answer.is_alert) == (200, True)


async def test_an_answer_can_be_too_late(
    sim: Simulator, api: Api, minji: Person, card: Card
) -> None:
    with pytest.raises(AssertionError, match="did not answer the press"):
        await minji.presses(card, "다음", timeout=0.05)
    query = (await api.updates(timeout=30))[-1]["callback_query"]
    sim.clock.advance(901)
    assert "query is too old" in await api.refused(
        "answerCallbackQuery", callback_query_id=query["id"]
    )


async def test_other_buttons_do_their_thing_at_once(minji: Person, card: Card) -> None:
    assert (await minji.presses(card, "열기")).url == "https://x.kr/"
    assert (await minji.presses(card, "복사")).copied == "복사한 글"
    assert (await minji.presses(card, "찾기")).switch == "투자"
    assert (await minji.presses(card, "공유")).switch == "글"
    with pytest.raises(AssertionError, match="not simulated"):
        await minji.presses(card, "게임")
    with pytest.raises(AssertionError, match="no button '없음'"):
        await minji.presses(card, "없음")


async def test_forged_data_and_deleted_messages(api: Api, minji: Person, card: Card) -> None:
    await api.result("deleteMessage", chat_id=card.message.chat.id, message_id=card.id)
    press = asyncio.create_task(minji.presses_data(card, "forged"))
    query = (await api.updates(timeout=30))[-1]["callback_query"]
    assert query["data"] == "forged"
    assert query["message"]["date"] == 0
    await api.result("answerCallbackQuery", callback_query_id=query["id"])
    await press


def article(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    content = {"message_text": f"<b>{name}</b>", "parse_mode": "HTML"}
    return {
        "type": "article",
        "id": name,
        "title": name,
        "input_message_content": content,
        **more,
    }


async def inline(api: Api, minji: Person, query: str = "글", **answer: Any) -> InlineAnswer:  # noqa: ANN401  # any JSON
    asked = asyncio.create_task(minji.asks_inline(query))
    found = (await api.updates(timeout=30))[-1]["inline_query"]
    assert (found["query"], found["chat_type"]) == (query, "sender")
    await api.result("answerInlineQuery", inline_query_id=found["id"], **answer)
    return await asked


async def test_inline_results_are_sent_via_the_bot(
    sim: Simulator, api: Api, minji: Person, group: Room
) -> None:
    sim.world.inline_feedback = True
    found = await inline(
        api,
        minji,
        results=[article("하나", reply_markup={"inline_keyboard": BUTTONS[:1]}), article("둘")],
        next_offset="2",
        cache_time=0,
        is_personal=True,
        button={"text": "설정", "start_parameter": "settings"},
    )
    assert found.titles == ["하나", "둘"]
    assert (found.next_offset, found.cache_seconds, found.is_personal) == ("2", 0, True)
    card = await minji.chooses(found, 0, group)
    assert card.html == "<b>하나</b>"
    message, chosen = await api.updates()
    assert message["message"]["via_bot"]["id"] == sim.bot.id
    inline_id = chosen["chosen_inline_result"]["inline_message_id"]
    press = asyncio.create_task(minji.presses(card, "다음"))
    query = (await api.updates(timeout=30))[-1]["callback_query"]
    assert query["inline_message_id"] == inline_id
    assert "message" not in query
    assert await api.result("editMessageText", inline_message_id=inline_id, text="고침") is True
    await api.result("answerCallbackQuery", callback_query_id=query["id"])
    await press
    await card.changes()
    assert card.text == "고침"
    assert "MESSAGE_ID_INVALID" in await api.refused(
        "editMessageText", inline_message_id="none", text="고침"
    )


async def test_a_message_via_the_bot_is_editable_like_its_own(
    sim: Simulator, api: Api, minji: Person, group: Room
) -> None:
    found = await inline(api, minji, results=[article("하나")])
    card = await minji.chooses(found, 0, group)
    assert card.message.inline_id == ""
    where = {"chat_id": group.id, "message_id": card.id}
    assert "there is no live location" in await api.refused("stopMessageLiveLocation", **where)
    other = sim.other_bot("다른봇")
    card.message.via_bot = other.user
    assert "can't be edited" in await api.refused("stopMessageLiveLocation", **where)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"results": "{"}, "can't parse JSON encoded inline query results"),
        ({"results": {}}, "expected an Array of inline query results"),
        ({"results": [article(str(i)) for i in range(51)]}, "too many inline query results specified"),
        ({"results": [article("가"), article("가")]}, "RESULT_ID_DUPLICATE"),
        ({"results": [article("가" * 22)]}, "RESULT_ID_INVALID"),
        ({"results": ["x"]}, "can't parse inline query result: Inline query result must be an object"),
        ({"results": [{"type": "article"}]}, 'can\'t parse inline query result: Can\'t find field "id"'),
        ({"results": [{"type": "article", "id": "1"}]}, 'can\'t parse inline query result: Can\'t find field "title"'),
        ({"results": [{"type": "article", "id": "1", "title": "x"}]}, 'can\'t parse inline query result: Can\'t find field "message_text"'),
        ({"results": [article("<")]}, 'can\'t parse entities: Unsupported start tag "</b" at byte offset 3'),
        ({"next_offset": "가" * 22}, "NEXT_OFFSET_INVALID"),
        ({"button": {}}, "can't parse inline query results button: expected an Object"),
        ({"button": {"text": "x"}}, "can't parse inline query results button: InlineQueryResultsButton must have exactly one optional field"),
        ({"button": {"text": "x", "start_parameter": "a b"}}, "unallowed characters in start_parameter are used"),
        ({}, "query is too old and response timeout expired or query ID is invalid"),
    ],
)  # fmt: skip
async def test_wrong_inline_answers_are_refused(
    api: Api, answer: dict[str, Any], reason: str
) -> None:
    got = await api.refused("answerInlineQuery", inline_query_id="5", **answer)
    assert got.startswith(f"Bad Request: {reason}")


async def test_inline_queries_need_an_answer_and_the_mode(sim: Simulator, minji: Person) -> None:
    with pytest.raises(AssertionError, match="no inline results"):
        await minji.asks_inline("글", timeout=0.05)
    sim.world.inline = False
    with pytest.raises(AssertionError, match="inline mode is off"):
        await minji.asks_inline("글")


async def test_results_without_feedback_or_into_channels(
    sim: Simulator, api: Api, minji: Person
) -> None:
    channel = sim.channel("소식", owner=minji)
    found = await inline(api, minji, results=[article("하나")])
    card = await minji.chooses(found, 0, channel)
    assert card.message.sender_chat is channel.chat
    assert [set(u) - {"update_id"} for u in await api.updates()] == [{"channel_post"}]
    assert (await inline(api, minji, results=[])).results == []
