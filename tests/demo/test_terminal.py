import asyncio
import io
import threading
from collections.abc import AsyncIterator

import aiohttp
import pytest
from rich.console import Console

from bot.demo.community import Community, found_community
from bot.demo.terminal import Terminal
from bot.simulator import Simulator
from tests.simulator.conftest import Api, Json
from tests.waiting import until

ROWS = [
    [
        {"text": "다음", "callback_data": "next"},
        {"text": "카톡용 복사", "copy_text": {"text": "제목 한 줄"}},
        {"text": "열기", "url": "https://x.kr/"},
        {"text": "찾기", "switch_inline_query_current_chat": "투자"},
        {"text": "경고", "callback_data": "alert"},
    ]
]


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with await Simulator.start() as simulator:
        yield simulator


@pytest.fixture
async def api(sim: Simulator) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(sim, session)


class SmallBot:
    """Answers commands with a card, presses with a toast and an edit."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def run(self) -> None:
        offset = 0
        while True:
            for update in await self._api.result("getUpdates", offset=offset, timeout=10):
                offset = update["update_id"] + 1
                await self._handle(update)

    async def _handle(self, update: Json) -> None:
        if "callback_query" in update:
            await self._answer(update["callback_query"])
        elif "inline_query" in update:
            content = {"message_text": "고른 글"}
            result: Json = {
                "type": "article",
                "id": "1",
                "title": "첫 글",
                "input_message_content": content,
            }
            query = update["inline_query"]
            found = [result] if query["query"] else []
            await self._api.result("answerInlineQuery", inline_query_id=query["id"], results=found)
        elif "/latest" in update.get("message", {}).get("text", ""):
            await self._card(update["message"])

    async def _answer(self, query: Json) -> None:
        is_alert = query["data"] == "alert"
        answer = {"text": "안 돼요" if is_alert else "넘겼어요", "show_alert": is_alert}
        await self._api.result("answerCallbackQuery", callback_query_id=query["id"], **answer)
        message = query["message"]
        where = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        keyboard = {"inline_keyboard": ROWS}
        await self._api("editMessageText", **where, text="둘째 쪽", reply_markup=keyboard)

    async def _card(self, message: Json) -> None:
        chat_id = message["chat"]["id"]
        await self._api.result("sendChatAction", chat_id=chat_id, action="typing")
        sent = await self._api.result(
            "sendMessage",
            chat_id=chat_id,
            text='<b>최신</b> 😀 <a href="https://x.kr/1">글</a>',
            parse_mode="HTML",
            reply_parameters={"message_id": message["message_id"]},
            reply_markup={"inline_keyboard": ROWS},
        )
        await self._api("pinChatMessage", chat_id=chat_id, message_id=sent["message_id"])


@pytest.fixture
def community(sim: Simulator) -> Community:
    return found_community(sim)


@pytest.fixture
async def bot(sim: Simulator) -> AsyncIterator[None]:
    async with aiohttp.ClientSession() as session:
        task = asyncio.create_task(SmallBot(Api(sim, session)).run())
        await until(lambda: sim.server.poller.is_held)
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class PatientTerminal(Terminal):
    """One at which nobody types on before the bot, if there is one, has done all it was asked."""

    async def _settle(self) -> None:
        await super()._settle()
        poller, updates = self._sim.server.poller, self._sim.updates
        if self._sim.calls.counts["getUpdates"] or poller.is_held:
            await until(lambda: poller.is_held and not len(updates) and not self._presses)


async def typed(sim: Simulator, community: Community, *lines: str) -> str:
    shown = io.StringIO()
    console = Console(file=shown, width=120, color_system=None)
    source = io.StringIO("\n".join(lines))
    terminal = PatientTerminal(
        sim, community, source=source, console=console, quiet_seconds=0.02, patience_seconds=30
    )
    await terminal.run()
    return shown.getvalue()


@pytest.mark.usefixtures("bot")
async def test_a_card_its_buttons_and_their_answers_are_shown(
    sim: Simulator, community: Community
) -> None:
    shown = await typed(sim, community, "/latest", "#2", "#3", "/press 4", "#5", "#1", "/quit", "x")
    for piece in (
        "대화: 독서모임",
        "민지",
        "/latest",
        "소식 입력 중…",
        "최신 😀 글",
        "↗ https://x.kr/1",
        "#1 [다음]",
        "#2 [카톡용 복사 ⧉]",
        "#3 [열기 ↗]",
        "⧉ 복사됨: 제목 한 줄",
        "↗ 열림: https://x.kr/",
        "🔎 인라인으로: 투자",
        "💬 알림창: 안 돼요",
        "💬 알림: 넘겼어요",
        "✎ 고쳐짐",
        "둘째 쪽",
        "다음에 봐요.",
    ):
        assert piece in shown, shown


@pytest.mark.usefixtures("bot")
async def test_one_can_be_anybody_anywhere(sim: Simulator, community: Community) -> None:
    shown = await typed(
        sim,
        community,
        "안녕하세요",
        "/as 준호",
        "/react 👍",
        "/react",
        "/in 큰모임",
        "/topic 뉴스",
        "/latest",
        "/topic",
        "/as 익명",
        "익명으로 한마디",
        "/in private",
        "/latest",
        "/in channel",
        "/as 민지",
        "나도 쓸래",
        "/as 관리자",
        "채널 글",
    )
    for piece in (
        "You are Junho now.",
        "준호 reacted 👍",
        "준호 withdrew the reaction",
        "topic: 뉴스",
        "· 뉴스",
        "topic: —",
        "나: 익명 관리자",
        "큰모임",
        "할 수 없어요: 민지 may not post in '소식 채널'",
        "채널 글",
    ):
        assert piece in shown, shown


@pytest.mark.usefixtures("bot")
async def test_replies_edits_deletions_inline_and_commands(
    sim: Simulator, community: Community, api: Api
) -> None:
    group = community.places[0].room
    assert group is not None
    said = await community.personas[0].person.says(group, "먼저 한 말")
    await community.personas[0].person.sends_photo(group, "그림 한 장")
    commands = [{"command": "latest", "description": "최신 글"}]
    await api.result("setMyCommands", commands=commands)
    shown = await typed(
        sim,
        community,
        f"/reply {said.id} 답장이에요",
        f"/edit {said.id} 고친 말",
        f"/react 🔥 {said.id}",
        "/inline 투자",
        "/inline",
        "/commands",
        "/?",
    )
    for piece in (
        "먼저 한 말",
        "🖼 사진 그림 한 장",
        f"↪ [{said.id}]",
        "고친 말",
        f"[{said.id}] 민지 님의 반응: 🔥",
        "· 첫 글",
        "인라인 검색에 나온 것이 없어요.",
        "via @sosik_bot",
        "/latest  최신 글",
        "/press 3 [번호]",
    ):
        assert piece in shown, shown


async def test_mistakes_are_told(sim: Simulator, community: Community) -> None:
    shown = await typed(
        sim,
        community,
        "/as 아무개",
        "/as",
        "/in 어딘가",
        "/topic 없는주제",
        "/press 1",
        "/react 👍 999",
        "/react 아무 말 👍",
        "/reply",
        "안녕하세요",
        "/reply",
        "/edit 999 글",
        "",
    )
    assert shown.count("그런 메시지는 없어요.") >= 3
    assert "반응이 될 수 없는 것: 아무 말" in shown
    assert "번호 뒤에 글을 써 주세요." in shown
    for piece in ("없어요: 아무개", "대화는 없어요: 어딘가", "주제는 없어요: 없는주제"):
        assert piece in shown, shown


async def test_a_press_that_nobody_answers_is_told(
    sim: Simulator, community: Community, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = community.places[0].room
    assert group is not None
    await api.result(
        "sendMessage", chat_id=group.id, text="글", reply_markup={"inline_keyboard": ROWS}
    )
    card = await group.receives()
    monkeypatch.setattr("bot.simulator.people.people.press", _nobody_answers)
    shown = await typed(sim, community, "#1", "#9")
    assert "봇이 답하지 않았어요." in shown
    assert "그런 단추는 없어요." in shown
    await api.result("deleteMessage", chat_id=group.id, message_id=card.id)


async def _nobody_answers(*_arguments: object) -> None:
    raise AssertionError("the bot did not answer")


class HeldInput(io.StringIO):
    """What is typed only once it is let go."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.let_go = threading.Event()

    def __next__(self) -> str:  # type: ignore[override]  # typeshed has that of bytes
        self.let_go.wait()
        return super().__next__()


async def test_what_happens_elsewhere_is_announced(
    sim: Simulator, community: Community, api: Api
) -> None:
    forum, group = community.places[1].room, community.places[0].room
    assert forum is not None
    assert group is not None
    shown = io.StringIO()
    console = Console(file=shown, width=120, color_system=None)
    source = HeldInput("기다림\n")
    terminal = Terminal(sim, community, source=source, console=console, quiet_seconds=0.02)
    running = asyncio.create_task(terminal.run())
    await until(lambda: sim.events)
    await api.result("sendMessage", chat_id=forum.id, text="딴 데서")
    sent = await api.result("sendMessage", chat_id=group.id, text="여기서")
    await api.result("deleteMessage", chat_id=group.id, message_id=sent["message_id"])
    source.let_go.set()
    await running
    assert "큰모임에 새 메시지" in shown.getvalue()
    assert f"[{sent['message_id']}] 지워짐" in shown.getvalue()


class Tty(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


async def test_a_terminal_shows_a_prompt(sim: Simulator, community: Community) -> None:
    shown = io.StringIO()
    console = Console(file=shown, width=120, color_system=None)
    await Terminal(sim, community, source=Tty("/in 개인\n"), console=console).run()
    assert "민지 @ 독서모임 > " in shown.getvalue()
    assert "민지 @ 개인 > " in shown.getvalue()


async def test_vanishing_cuts_every_connection(sim: Simulator, api: Api) -> None:
    poll = asyncio.create_task(api.result("getUpdates", timeout=10))
    await until(lambda: sim.server.poller.is_held)
    fault = sim.vanishes()
    assert await poll == []
    for method in ("getUpdates", "getMe"):
        with pytest.raises(aiohttp.ClientError):
            await api(method)
    sim.faults.remove(fault)
    assert await api.result("getMe")


async def test_comings_and_goings_are_told(sim: Simulator, community: Community) -> None:
    group = community.places[0].room
    assert group is not None
    guest = sim.user("손님")
    await guest.joins(group)
    await guest.leaves(group)
    group.migrates()
    shown = await typed(sim, community, "/as 준호", "/in 큰모임")
    for piece in ("들어온 사람: 손님", "나간 사람: 손님", "슈퍼그룹이 됐어요", "new topic: 뉴스"):
        assert piece in shown, shown
