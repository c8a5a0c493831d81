"""Who may ask the page's server for what, over plain HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.demo.web.page import HEADERS, DemoPage
from tests.demo.telegram import room_of, sends

if TYPE_CHECKING:
    from bot.demo.stage import Stage

on_the_stage = pytest.mark.asyncio(loop_scope="session")
PATHS = ("/demo/live", "/demo/messages?chat=1", "/demo/commands?persona=0&chat=1", "/demo/files/x")


def client(stage: Stage, **headers: str) -> aiohttp.ClientSession:
    token = {"X-Control-Token": stage.sim.control.token}
    return aiohttp.ClientSession(stage.sim.url, headers={**token, **headers})


async def post(stage: Stage, path: str, **order: object) -> tuple[int, dict[str, Any]]:
    async with client(stage) as session, session.post(path, json=order) as response:
        return response.status, await response.json()


@on_the_stage
@pytest.mark.parametrize(
    "headers",
    [
        {"X-Control-Token": "guessed"},
        {"Host": "rebound.example:80"},
        {"Origin": "https://other.example"},
    ],
)
async def test_only_the_page_itself_may_look_or_steer(
    stage: Stage, headers: dict[str, str]
) -> None:
    async with client(stage, **headers) as session:
        for path in PATHS:
            async with session.get(path) as response:
                assert response.status == 403
        for path in ("/demo/act", "/demo/order", "/demo/language"):
            async with session.post(path, json={"do": "kill"}) as response:
                assert response.status == 403
    assert stage.bot.is_running


@on_the_stage
async def test_the_page_carries_the_token_and_lets_nothing_from_outside_in(stage: Stage) -> None:
    async with aiohttp.ClientSession(stage.sim.url) as session:
        async with session.get("/") as response:
            assert f'content="{stage.sim.control.token}"' in await response.text()
            assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
            assert response.headers["Cache-Control"] == "no-store"
        async with session.get("/", headers={"Host": "rebound.example"}) as response:
            assert response.status == 403


@on_the_stage
@pytest.mark.parametrize("path", ["/", "/static/app.js", "/demo/commands?persona=0&chat={chat}"])
async def test_what_is_served_can_be_used_by_the_page_only(stage: Stage, path: str) -> None:
    room = room_of(stage, "독서모임")
    async with client(stage) as session, session.get(path.format(chat=room.id)) as response:
        assert response.status == 200
        assert HEADERS.items() <= dict(response.headers).items()
    assert HEADERS["Cross-Origin-Resource-Policy"] == "same-origin"


@on_the_stage
async def test_static_files_are_served_by_name_and_revalidated(stage: Stage) -> None:
    async with aiohttp.ClientSession(stage.sim.url) as session:
        async with session.get("/static/app.js") as response:
            assert response.content_type == "text/javascript"
            tag = response.headers["ETag"]
        async with session.get("/static/app.js", headers={"If-None-Match": tag}) as response:
            assert response.status == 304
        for name in ("secrets.txt", "..%2Fpage.py"):
            async with session.get(f"/static/{name}") as response:
                assert response.status == 404


def test_the_page_loads_nothing_from_outside() -> None:
    loads = re.compile(r"""(?:src|href|from|import|url)\s*[=(]?\s*["'(]?\s*(?:https?:)?//""")
    for name, asset in DemoPage()._assets.items():
        assert not loads.search(asset.data.decode()), name


async def test_before_the_curtain_rises_the_page_asks_to_come_back() -> None:
    page = DemoPage()
    with pytest.raises(aiohttp.web.HTTPServiceUnavailable):
        _ = page._show


@on_the_stage
@pytest.mark.parametrize(
    "order",
    [
        {"do": "fly"},
        {"do": "publish", "title": " ", "text": "본문"},
        {"do": "edit", "number": 999, "title": "a", "text": "b"},
        {"do": "remove", "number": 999},
        {"do": "advance", "seconds": -1},
        {"do": "advance", "seconds": 1e9},
        {"do": "trouble", "kind": "earthquake"},
        {"do": "draft", "language": "fr"},
    ],
)
async def test_an_order_that_makes_no_sense_is_refused(stage: Stage, order: dict[str, Any]) -> None:
    status, answer = await post(stage, "/demo/order", **order)
    assert status == 400
    assert answer["error"]


@on_the_stage
async def test_nobody_writes_in_anothers_name(stage: Stage) -> None:
    group = room_of(stage, "독서모임")
    theirs = next(card for card in group.messages if "ten minutes late" in card.text)
    order = {"persona": 0, "chat": group.id, "message": theirs.id}
    for do in ("edits", "deletes"):
        status, answer = await post(stage, "/demo/act", do=do, text="x", **order)
        assert (status, answer["error"]) == (400, "that is somebody else's message")
    status, answer = await post(stage, "/demo/act", do="flies", **order)
    assert status == 400
    channel = room_of(stage, "채널").id
    status, answer = await post(stage, "/demo/act", do="says", persona=0, chat=channel, text="x")
    assert "may not post" in answer["refused"]


@on_the_stage
async def test_an_administrator_removes_anybodys_message_and_may_hide(stage: Stage) -> None:
    group = room_of(stage, "독서모임")
    junho = stage.community.personas[1].person
    card = await junho.says(group, "지울 말")
    await post(stage, "/demo/act", do="deletes", persona=2, chat=group.id, message=card.id)
    assert card.is_deleted
    status, hidden = await post(
        stage, "/demo/act", do="says", persona=3, chat=group.id, text="안녕"
    )
    assert (status, hidden["from"]["name"]) == (200, "독서모임")


@on_the_stage
async def test_messages_are_given_a_page_at_a_time(stage: Stage) -> None:
    group = room_of(stage, "큰모임")
    for number in range(50):
        await stage.community.personas[0].person.says(group, f"{number}번")
    async with client(stage) as session:
        path = f"/demo/messages?chat={group.id}"
        async with session.get(f"{path}&limit=20") as response:
            newest = await response.json()
        oldest = newest["messages"][0]["id"]
        async with session.get(f"{path}&limit=20&before={oldest}") as response:
            older = await response.json()
    assert [page["more"] for page in (newest, older)] == [True, True]
    assert [message["text"] for message in older["messages"]] == [f"{n}번" for n in range(10, 30)]


@on_the_stage
async def test_only_real_languages_can_be_spoken(stage: Stage) -> None:
    status, _ = await post(stage, "/demo/language", persona=4, language="xx")
    assert status == 400
    status, _ = await post(stage, "/demo/language", persona=4, language="en")
    assert (status, stage.community.operator.user.language) == (200, "en")


@on_the_stage
async def test_documents_files_and_service_messages_are_told(stage: Stage) -> None:
    room = room_of(stage, "이야기")
    await sends(stage, "sendDocument", room, document=b"\x00\x01", caption="파일이에요")
    person = stage.community.personas[0].person
    await person.leaves(room)
    await person.joins(room)
    async with client(stage) as session:
        async with session.get(f"/demo/messages?chat={room.id}") as response:
            messages = (await response.json())["messages"]
        document = next(one for one in messages if one["text"] == "파일이에요")["media"]
        async with session.get(f"/demo/files/{document['file']}") as response:
            assert response.content_type == "application/octet-stream"
        async with session.get("/demo/files/none") as response:
            assert response.status == 404
    kinds = [message["service"]["kind"] for message in messages if message["service"]]
    assert kinds[-2:] == ["left_chat_member", "new_chat_member"]


@on_the_stage
async def test_a_page_that_lags_far_behind_is_let_go_to_begin_anew(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.demo.web.live.MOST_WAITING", 3)
    group = room_of(stage, "독서모임")
    async with client(stage) as session, session.ws_connect("/demo/live") as socket:
        assert (await socket.receive_json())["kind"] == "world"
        for _ in range(5):
            stage.sim.world.tell("action", group.chat)
        told = [one.json()["kind"] async for one in socket]
    assert socket.close_code == aiohttp.WSCloseCode.GOING_AWAY
    assert told.count("action") < 5


def test_the_page_says_the_same_in_both_languages() -> None:
    source = DemoPage()._assets["texts.js"].data.decode()
    korean, english = (source.split(f"  {language}: {{", 1)[1] for language in ("ko", "en"))
    keys = [re.findall(r'(\w+): "', text.split("\n  },")[0]) for text in (korean, english)]
    assert keys[0] == keys[1]
    assert len(keys[0]) > 100
