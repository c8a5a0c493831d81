import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.simulator import Simulator
from tests.simulator.conftest import Api
from tests.waiting import until


@pytest.fixture
async def session(sim: Simulator) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"X-Control-Token": sim.control.token}
    async with aiohttp.ClientSession(sim.url, headers=headers) as opened:
        yield opened


async def post(session: aiohttp.ClientSession, path: str, **order: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    async with session.post(path, json=order) as response:
        answer: dict[str, Any] = await response.json()
        return answer


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Control-Token": ""},
        {"X-Control-Token": "wrong"},
        {"Host": "evil.example:80"},
        {"Origin": "https://evil.example"},
    ],
)
async def test_only_the_page_itself_may_steer(
    session: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    async with session.get("/control/calls", headers=headers) as response:
        assert response.status == 403


async def test_the_own_origin_and_a_token_in_the_address_are_fine(
    sim: Simulator, session: aiohttp.ClientSession
) -> None:
    async with session.get("/control/calls", headers={"Origin": sim.url}) as response:
        assert response.status == 200
    async with aiohttp.ClientSession() as plain:
        url = f"{sim.url}/control/calls?token={sim.control.token}"
        async with plain.get(url) as response:
            assert response.status == 200


async def test_faults_are_ordered_and_cleared(
    sim: Simulator, session: aiohttp.ClientSession, api: Api
) -> None:
    answer = await post(session, "/control/faults", kind="status", status=502, remaining=None)
    assert answer["faults"][0]["status"] == 502
    assert await api.refused("getMe") == "Bad Gateway"
    async with session.delete("/control/faults") as response:
        assert (await response.json())["faults"] == []
    assert await api.result("getMe")
    assert "kind must be one of" in (await post(session, "/control/faults"))["error"]
    assert list(sim.faults) == []


async def test_the_clock_is_moved(sim: Simulator, session: aiohttp.ClientSession) -> None:
    before = sim.clock.now()
    answer = await post(session, "/control/clock", advance=3600)
    assert answer["now"] >= before + 3600
    answer = await post(session, "/control/clock", set=1000, rate=0)
    assert answer == {"now": pytest.approx(1000, abs=1), "rate": 0}
    assert "error" in await post(session, "/control/clock", set="x")


async def test_limits_are_set(sim: Simulator, session: aiohttp.ClientSession, api: Api) -> None:
    group = sim.supergroup("모임", bot_rights=["can_pin_messages"])
    sent = await api.result("sendMessage", chat_id=group.id, text="하나")
    answer = await post(session, "/control/limits", enabled=True, refuse=30, what="edit")
    assert answer == {"enabled": True, "restarts": False, "refused": 0}
    place = {"chat_id": group.id, "message_id": sent["message_id"]}
    assert "retry after" in await api.refused("editMessageText", **place, text="둘")
    await api.result("pinChatMessage", **place)
    await post(session, "/control/limits", restarts=True, refuse=9, chat=group.id, slow=10)
    assert "retry after 9" in await api.refused("sendMessage", chat_id=group.id, text="셋")
    assert (await post(session, "/control/limits"))["refused"] == 2
    assert sim.limits.restarts
    assert "error" in await post(session, "/control/limits", refuse=1, what="thought")


async def test_people_act(sim: Simulator, session: aiohttp.ClientSession, api: Api) -> None:
    minji = sim.user("민지")
    forum = sim.supergroup("모임", members=[minji], bot_admin=True, topics=True)
    topic = forum.topic("뉴스")
    act = {"user": minji.id, "chat": forum.id}

    async def do(what: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
        return await post(session, "/control/act", **{**act, "do": what, **more})

    started = await post(session, "/control/act", user=minji.id, do="starts", text="p1")
    assert started["text"] == "/start p1"
    said = await do("says", text="안녕", topic=topic.id)
    assert said["message_thread_id"] == topic.id
    answer = await do("says", text="그래", message=said["message_id"])
    assert answer["reply_to_message"]["message_id"] == said["message_id"]
    assert (await do("edits", text="안녕!", message=said["message_id"]))["revision"] == 1
    reacted = await do("reacts", reactions=["👍"], message=said["message_id"])
    assert reacted["reactions"][0]["total_count"] == 1
    rows = [[{"text": "열기", "url": "https://x.kr/"}]]
    sent = await api.result(
        "sendMessage", chat_id=forum.id, text="글", reply_markup={"inline_keyboard": rows}
    )
    pressed = await do("presses", label="열기", message=sent["message_id"])
    assert pressed["url"] == "https://x.kr/"
    assert (await do("deletes", message=said["message_id"]))["is_deleted"] is True
    assert "message is required" in (await do("presses"))["error"]
    assert "nobody can" in (await do("flies", message=said["message_id"]))["error"]
    async with session.get("/control/chats") as response:
        listed = await response.json()
    chat = next(item for item in listed["chats"] if item["id"] == forum.id)
    assert [message.get("text") for message in chat["messages"]] == [None, "그래", "글"]
    assert chat["topics"][0]["name"] == "뉴스"
    async with session.get("/control/calls?limit=1") as response:
        calls = (await response.json())["calls"]
    assert [call["method"] for call in calls] == ["sendMessage"]


async def test_events_are_streamed(
    sim: Simulator, session: aiohttp.ClientSession, api: Api
) -> None:
    minji = sim.user("민지")
    group = sim.group("모임", members=[minji], bot_admin=True)
    async with session.get("/control/events") as response:
        assert await response.content.readline() == b": hello\n"
        await until(lambda: sim.events)
        said = await minji.says(group, "안녕")
        await minji.reacts(said, "👍")
        await api.result("getMe")
        events: list[dict[str, Any]] = []
        while len(events) < 3:
            line = await response.content.readline()
            if line.startswith(b"data: "):
                events.append(json.loads(line.removeprefix(b"data: ")))
    assert [event["kind"] for event in events] == ["message", "reaction", "call"]
    assert events[0]["message"]["text"] == "안녕"
    assert events[1]["new"] == [{"type": "emoji", "emoji": "👍"}]
    assert events[1]["actor"]["id"] == minji.id
    assert events[2]["call"]["method"] == "getMe"
