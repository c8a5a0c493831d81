import asyncio
import json
from email.utils import formatdate
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.simulator import Room, Simulator
from tests.simulator.conftest import Api
from tests.waiting import settle, until


@pytest.fixture
def group(sim: Simulator) -> Room:
    return sim.group("모임")


async def test_a_status_is_answered_as_often_as_ordered(
    sim: Simulator, api: Api, group: Room
) -> None:
    fault = sim.faults.answers(502, method="sendMessage", times=2)
    for _ in range(2):
        answer = await api("sendMessage", chat_id=group.id, text="글")
        assert (answer["error_code"], answer["description"]) == (502, "Bad Gateway")
    assert await api.result("sendMessage", chat_id=group.id, text="글")
    assert fault.hits == 2
    assert len(group.messages) == 1


async def test_429_carries_the_seconds(sim: Simulator, api: Api, group: Room) -> None:
    sim.faults.answers(429, retry_after=35, chat_id=group.id, times=None)
    answer = await api("sendMessage", chat_id=group.id, text="글")
    assert answer["parameters"] == {"retry_after": 35}
    assert answer["description"] == "Too Many Requests: retry after 35"
    assert await api.result("getMe")
    assert await api.result("getUpdates") == []
    sim.faults.clear()
    assert await api.result("sendMessage", chat_id=group.id, text="글")


async def test_an_error_may_come_although_it_was_done(
    sim: Simulator, api: Api, group: Room
) -> None:
    sim.faults.answers(500, has_effect=True)
    assert not (await api("sendMessage", chat_id=group.id, text="글"))["ok"]
    assert len(group.messages) == 1


async def test_getupdates_can_be_told_409(sim: Simulator, api: Api) -> None:
    fault = sim.faults.answers(409, method="getUpdates", times=None)
    assert "terminated by other getUpdates" in await api.refused("getUpdates")
    sim.faults.remove(fault)
    sim.faults.remove(fault)
    assert list(sim.faults) == []
    assert await api.result("getUpdates") == []


async def test_a_hung_call_lands_late_although_nobody_waits(
    sim: Simulator, api: Api, group: Room
) -> None:
    fault = sim.faults.lands_late(3600, method="sendMessage")
    call = asyncio.create_task(api("sendMessage", chat_id=group.id, text="글"))
    await until(lambda: fault.hits)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert group.messages == []
    sim.faults.let_go()
    assert (await group.receives("글")).text == "글"


async def test_a_slow_answer_comes_after_the_effect(sim: Simulator, api: Api, group: Room) -> None:
    sim.faults.answers_slowly(3600)
    call = asyncio.create_task(api("sendMessage", chat_id=group.id, text="글"))
    await group.receives("글")
    await settle()
    assert not call.done()
    sim.faults.let_go()
    assert (await call)["ok"]


@pytest.mark.parametrize(("after", "effects"), [(False, 0), (True, 1)])
async def test_a_cut_connection_leaves_the_bot_guessing(
    sim: Simulator, api: Api, group: Room, *, after: bool, effects: int
) -> None:
    sim.faults.cuts(after=after, method="*")
    with pytest.raises(aiohttp.ClientError):
        await api("sendMessage", chat_id=group.id, text="글")
    assert len(group.messages) == effects


async def test_nonsense_and_half_answers(sim: Simulator, api: Api, group: Room) -> None:
    sim.faults.answers_nonsense()
    with pytest.raises(json.JSONDecodeError):
        await api("sendMessage", chat_id=group.id, text="글")
    sim.faults.answers_half()
    with pytest.raises(aiohttp.ClientError):
        await api("sendMessage", chat_id=group.id, text="글")
    assert len(group.messages) == 2


async def test_a_revoked_token_is_unauthorised(sim: Simulator, api: Api) -> None:
    url = f"{sim.url}/bot{sim.token}/getMe"
    sim.revoke_token()
    async with api.session.get(url) as response:
        assert (response.status, (await response.json())["description"]) == (401, "Unauthorized")


async def test_unknown_methods_are_not_found(api: Api) -> None:
    assert await api.refused("sendPigeon") == "Not Found: method not found"


async def test_methods_are_found_in_any_case_and_by_any_form(
    sim: Simulator, api: Api, group: Room
) -> None:
    base = f"{sim.url}/bot{sim.token}"
    query = {"chat_id": str(group.id), "text": "하나"}
    async with api.session.get(f"{base}/SENDMESSAGE", params=query) as response:
        assert response.status == 200
    async with api.session.post(f"{base}/sendmessage", data=query | {"text": "둘"}) as response:
        assert response.status == 200
    with aiohttp.MultipartWriter("form-data") as form:
        for name, value in (query | {"text": "셋"}).items():
            form.append(value).set_content_disposition("form-data", name=name)
    async with api.session.post(f"{base}/sendMessage", data=form) as response:
        assert response.status == 200
    headers = {"Content-Type": "text/plain"}
    async with api.session.post(f"{base}/getMe", data="x", headers=headers) as response:
        assert response.status == 200
    assert [card.text for card in group.messages] == ["하나", "둘", "셋"]


async def test_answers_are_dated_by_the_simulated_time(sim: Simulator, api: Api) -> None:
    sim.clock.advance(400 * 24 * 3600)
    sim.clock.run_at(0)
    now = formatdate(sim.clock.now(), usegmt=True)
    for method, status in (("getMe", 200), ("sendPigeon", 404)):
        async with api.session.get(f"{sim.url}/bot{sim.token}/{method}") as response:
            dated = response.headers.getall("Date")
            assert (response.status, dated) == (status, [now])


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"{", "can't parse JSON object"), (b"[]", "expected an Object")],
)
async def test_a_body_must_be_a_json_object(
    sim: Simulator, api: Api, body: bytes, reason: str
) -> None:
    url = f"{sim.url}/bot{sim.token}/getMe"
    headers = {"Content-Type": "application/json"}
    async with api.session.post(url, data=body, headers=headers) as response:
        assert (await response.json())["description"] == f"Bad Request: {reason}"


async def test_text_must_be_utf8(sim: Simulator, api: Api, group: Room) -> None:
    assert "strings must be encoded in UTF-8" in await api.refused(
        "sendMessage", chat_id=group.id, text="\ud83d"
    )
    url = f"{sim.url}/bot{sim.token}/sendMessage"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = f"chat_id={group.id}&text=%ff"
    async with api.session.post(url, data=body, headers=headers) as response:
        assert (await response.json())["error_code"] == 400


async def test_calls_are_logged_without_the_token(sim: Simulator, api: Api, group: Room) -> None:
    await api("sendMessage", chat_id=group.id, text="글")
    await api("sendMessage", chat_id=group.id)
    await api("getUpdates")
    assert [call.status for call in sim.calls.of("sendmessage", chat_id=group.id)] == [200, 400]
    assert sim.calls.of("sendMessage", chat_id=5) == []
    assert (sim.calls.counts["getUpdates"], len(sim.calls)) == (1, 2)
    first = next(iter(sim.calls))
    assert "글" in str(first)
    assert sim.token not in repr(list(sim.calls))
    sim.calls.clear()
    assert len(sim.calls) == 0


async def test_events_can_be_followed(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    group = sim.group("모임", members=[minji], bot_admin=True)
    seen: list[str] = []
    unsubscribe = sim.events.subscribe(lambda event: seen.append(event.kind))
    listening = sim.events.listen()
    first = asyncio.ensure_future(anext(listening))
    await asyncio.sleep(0)
    said = await minji.says(group, "안녕")
    await minji.edits(said, "안녕하세요")
    await minji.reacts(said, "👍")
    await api.result("sendChatAction", chat_id=group.id, action="typing")
    await minji.deletes(said)
    await minji.deletes(said)
    await minji.leaves(group)
    assert seen == ["message", "edit", "reaction", "action", "call", "delete", "message", "member"]
    assert (await first).message is said.message
    await listening.aclose()
    unsubscribe()
    unsubscribe()
    assert not sim.events


async def test_who_is_killed_in_the_middle_of_a_call_is_no_fault_of_the_server(
    sim: Simulator, api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    """`kill -9` on the demo's page printed a traceback of the server's."""
    head = f"POST /bot{sim.token}/sendMessage HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n"
    _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(sim.url).port)
    writer.write(f"{head}Content-Type: application/json\r\n\r\n{{".encode())
    await writer.drain()
    assert await api.result("getMe")
    writer.transport.abort()
    for _ in range(3):
        assert await api.result("getMe")
    assert [one.getMessage() for one in caplog.records] == []
