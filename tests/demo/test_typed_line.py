"""The demo at a real pseudo-terminal: what is typed stays whole, and all that is backstage."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.demo.suggestions import Suggestion
from bot.demo.typed_line import TypedLine
from tests.demo.pty_screen import at_a_terminal
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.demo.pty_screen import Screen

DEMO = (sys.executable, "-m", "bot", "demo", "--terminal")
TAB, ENTER, CTRL_C, CTRL_D = "\t", "\r", "\x03", "\x04"
PROMPT = "민지 @ 독서모임 > "


async def says(screen: Screen, line: str, *pieces: str) -> None:
    """Type a line, and wait until all of this was printed, in order."""
    before = screen.types(line + ENTER)
    await screen.shows(*pieces, after=before)


async def completes(screen: Screen, start: str, rest: str) -> None:
    """Type the start of a word and Tab, and wait until the rest of it stands there."""
    screen.types(start)
    before = screen.types(TAB)
    await screen.shows(rest, after=before)


@pytest.mark.slow
async def test_somebody_at_a_terminal_types_while_answers_arrive_and_goes_backstage(
    tmp_path: Path,
) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "LANGUAGE": "ko"}
    async with at_a_terminal(tmp_path, *DEMO, environment=environment) as screen:
        await screen.shows(
            "체험판을 열고 있어요", "첫 1분 0/5", "▸ 독서모임에서 보내 보세요: /latest", PROMPT
        )
        await _types_on(screen)
        await _is_completed(screen)
        await _goes_backstage(screen)
        await _walks_the_guide(screen)
        screen.types("/quit" + ENTER)
        assert await screen.process.wait() == 0
    assert await asyncio.to_thread(os.listdir, tmp_path) == []


async def _types_on(screen: Screen) -> None:
    """A half-typed line stands behind every answer, and is sent whole."""
    screen.types("!publish" + ENTER)
    await screen.shows("블로그에 올렸어요: 1번", PROMPT)
    screen.types("지금 쓰는 중")
    arrived = await screen.shows("#1 [전체 보기]")
    typed = await screen.shows("지금 쓰는 중", after=arrived)
    assert screen.text[arrived:typed].endswith(PROMPT + "지금 쓰는 중")
    before = screen.types("이에요" + ENTER)
    await screen.shows("민지", "\n  지금 쓰는 중이에요", after=before)


async def _is_completed(screen: Screen) -> None:
    await completes(screen, "!tro", "uble")
    await completes(screen, " go", "ne")
    await says(screen, "", "모든 연결을 끊어요")
    await says(screen, "!trouble off", "텔레그램은 잘 되고 있어요")
    await completes(screen, "/in 큰", "모임")
    await says(screen, "", "대화: 큰모임", "민지 @ 큰모임 > ")
    await completes(screen, "/as 익", "명 관리자")
    await says(screen, "", "나: 익명 관리자")
    await completes(screen, "/dig", "est")
    screen.types(CTRL_C)
    await says(screen, "/as 민지", "나: 민지")
    await says(screen, "/in 독서모임", "대화: 독서모임")
    screen.types("그만둘 말" + CTRL_C)
    await says(screen, "!posts", "1번 ", "독서모임 1")
    assert "\n  그만둘 말" not in screen.text


async def _goes_backstage(screen: Screen) -> None:
    await says(screen, "!publish 제목 | 본문이에요", "올렸어요: 2번 제목", "\n  제목")
    await says(screen, "!edit 2 새 제목", "고쳤어요: 2번 새 제목", "✎ 고쳐짐", "\n  새 제목")
    await says(screen, "!posts", "2번 새 제목: ", "소식 채널 1")
    await says(screen, "!remove 2", "내렸어요: 2번 새 제목")
    await says(screen, "!kill", "kill -9로 꺼졌어요")
    await says(screen, "!publish 밤에 | 쓴 글", "봇이 꺼져 있어요. !start")
    await says(screen, "!start", "켜지는 중", "봇이 일하고 있어요", "\n  밤에")
    await says(screen, "!trouble slow 1", "1초 동안 느려요", "텔레그램은 잘 되고 있어요")
    await says(screen, "!trouble refusing", "429로 거절해요")
    await says(screen, "!trouble off", "텔레그램은 잘 되고 있어요")
    await says(screen, "!clock +1h30m", "지금은 ", "앞)")
    await says(screen, "!publsh", "혹시 !publish?")
    await says(screen, "!help", "!trouble slow|refusing|gone")


async def _walks_the_guide(screen: Screen) -> None:
    """In English, from here on."""
    await says(screen, "/as Junho", "You are Junho now.", "Junho @ 독서모임 > ")
    await says(screen, "!guide", "Your first minute 1/5", "✓ Publish on the blog")
    await says(screen, "/latest 1", "✓ Done (2/5). Next: Open a post")
    await says(screen, "/post 1", "↪", "#1 [")
    await says(screen, "/react 🔥", "✓ Done (3/5). Next: Search")
    await says(screen, "/search 금리", "✓ Done (4/5). Next: Become")
    await says(screen, "/as admin", "관리자 @")
    await says(screen, "/digest_time 18:30", "✓ 다 해 봤어요!")
    await says(screen, "!clock digest", "지금은 ", "18:30")


@pytest.mark.slow
async def test_a_closed_terminal_leaves_nothing_behind(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "LANGUAGE": "en"}
    async with at_a_terminal(tmp_path, *DEMO, environment=environment) as screen:
        await screen.shows("Your first minute 0/5", "Junho @ 독서모임 > ")
        screen.process.send_signal(signal.SIGHUP)
        assert await screen.process.wait() == 0
    assert await asyncio.to_thread(os.listdir, tmp_path) == []


def _suggested(line: str) -> list[Suggestion]:
    return [Suggestion("/latest", len(line), "newest")] if line.startswith("/l") else []


async def test_lines_are_read_until_the_end_and_ctrl_c_drops_what_is_typed() -> None:
    with (
        create_pipe_input() as keys,
        create_app_session(input=keys, output=DummyOutput()),
    ):
        for typed, lines in (
            (f"one{ENTER}dropped{CTRL_C}two{ENTER}/quit{ENTER}", ["one", "two", "/quit"]),
            ("three" + ENTER + CTRL_D, ["three"]),
            ("four" + ENTER + CTRL_C, ["four"]),
        ):
            line = TypedLine(lambda: "> ", _suggested, "/quit")
            keys.send_text(typed)
            assert [one async for one in line.lines()] == lines


async def test_tab_takes_what_is_suggested() -> None:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        line = TypedLine(lambda: "> ", _suggested, "/quit")
        lines = line.lines()
        reading = asyncio.create_task(anext(lines))
        keys.send_text("/l" + TAB)
        await until(lambda: line._session.default_buffer.text == "/latest")
        keys.send_text(ENTER)
        assert await reading == "/latest"
        await lines.aclose()
