"""The parts of the demo, one by one."""

from __future__ import annotations

import asyncio
import io
import os
import re
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.demo import launch
from bot.demo.blog import Blog
from bot.demo.clock import ShiftedClock
from bot.demo.drafts import DRAFTS
from bot.demo.launch import follow
from bot.demo.ports import LAST_PORT, is_free, listen
from bot.demo.process import BotProcess
from bot.demo.show import show_in_browser, show_in_terminal
from bot.demo.stage import open_stage
from bot.demo.troubles import Troubles
from bot.demo.writing import render_html
from bot.simulator import Simulator
from tests.demo.conftest import coming_ten
from tests.demo.telegram import room_of
from tests.ports import free_port
from tests.processes import running
from tests.waiting import settle, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.clock import FakeClock


async def test_who_sleeps_on_a_shifted_clock_wakes_when_it_is_moved_past() -> None:
    clock = ShiftedClock(3600)
    assert clock.now() - datetime.now(UTC) > timedelta(minutes=59)
    sleeping = asyncio.create_task(clock.sleep(7200))
    await settle()
    clock.shift_to(3600 + 3000)
    await settle()
    assert not sleeping.done()
    clock.shift_to(3600 + 7201)
    await sleeping
    await clock.sleep(0)


async def test_the_launcher_follows_its_input_and_ends_with_it() -> None:
    orders, clock, stopping = asyncio.StreamReader(), ShiftedClock(), asyncio.Event()
    orders.feed_data(b"60\n86400.5\n")
    orders.feed_eof()
    await follow(orders, clock, stopping)
    assert stopping.is_set()
    assert clock.now() - datetime.now(UTC) > timedelta(hours=23)


def test_the_launcher_says_what_is_wrong_with_a_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POLL_INTERVAL", "never")
    assert launch.main(["0"]) == 1
    assert "POLL_INTERVAL" in capsys.readouterr().err


async def test_a_bot_is_started_once_killed_at_once_and_its_end_is_told(tmp_path: Path) -> None:
    ends: list[int] = []
    bot = BotProcess(tmp_path, {"PATH": ""}, on_end=ends.append)
    assert await bot.stop() == 0
    assert (bot.number, bot.is_running) == (0, False)
    await bot.kill()
    await bot.start()
    await bot.start()
    bot.shift(5)
    await bot.kill()
    assert await bot.stop() == -9
    assert ends == [-9]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("하나\n둘\n\n셋", "<p>하나<br>둘</p><p>셋</p>"),
        ("- 가\n- 나", "<ul><li>가</li><li>나</li></ul>"),
        ("> 말", "<blockquote><p>말</p></blockquote>"),
        ("**굵게** <b>", "<p><b>굵게</b> &lt;b&gt;</p>"),
        ("http://a.example/x.", '<p><a href="http://a.example/x">http://a.example/x</a>.</p>'),
        ("\r\n 띄어\r\n", "<p>띄어</p>"),
    ],
)
def test_the_blogs_writing_becomes_html(text: str, html: str) -> None:
    assert render_html(text) == html


def test_drafts_are_ready_in_both_languages() -> None:
    assert {draft.language for draft in DRAFTS} == {"ko", "en"}
    assert len({draft.title for draft in DRAFTS}) == len(DRAFTS)
    assert all(draft.text == draft.text.strip() for draft in DRAFTS)


async def test_the_blog_publishes_edits_and_removes_with_a_feed_and_pages(
    clock: FakeClock,
) -> None:
    blog = await Blog.start("서재", "윤슬", clock.now)
    try:
        post = blog.publish("<제목>", "본문 & 말")
        async with aiohttp.ClientSession() as session:
            async with session.get(blog.feed_address) as response:
                feed, tag = await response.text(), response.headers["ETag"]
            async with session.get(blog.feed_address, headers={"If-None-Match": tag}) as response:
                assert response.status == 304
            blog.edit(post.number, title="새 제목")
            async with session.get(blog.address_of(post.number)) as response:
                assert "본문 &amp; 말" in await response.text()
            async with session.get(blog.address) as response:
                assert "새 제목" in await response.text()
            blog.remove(post.number)
            async with session.get(blog.address_of(post.number)) as response:
                assert response.status == 404
    finally:
        await blog.close()
    assert "&lt;제목&gt;" in feed
    with pytest.raises(KeyError):
        blog.edit(post.number, title="x")


async def test_a_trouble_ends_by_itself_and_a_new_one_takes_its_place() -> None:
    changes = 0

    def note() -> None:
        nonlocal changes
        changes += 1

    async with await Simulator.start() as sim:
        troubles = Troubles(sim, note)
        assert troubles.seconds_left == 0
        troubles.begin("gone", 30)
        assert 0 < troubles.seconds_left <= 30
        troubles.begin("slow", 0.02)
        assert [fault.kind for fault in sim.faults] == ["slow"]
        await until(lambda: troubles.now is None)
        assert (troubles.now, list(sim.faults)) == (None, [])
        troubles.begin("refusing", 30)
        assert [fault.status for fault in sim.faults] == [429]
        troubles.end()
    assert changes == 5


def test_a_taken_port_is_stepped_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with listen(port) as one, listen(port) as other:
            ports = {port, one.getsockname()[1], other.getsockname()[1]}
            assert len(ports) == 3


def test_after_the_last_port_any_will_do() -> None:
    with listen(LAST_PORT + 1) as one:
        assert 0 < one.getsockname()[1] <= LAST_PORT


@pytest.mark.parametrize("address", ["203.0.113.1:8080", "no.such.host.invalid:80"])
def test_an_address_of_another_machine_is_not_free(address: str) -> None:
    assert not is_free(address)


def test_nobody_comes_in_between_two_who_look_for_a_port() -> None:
    """As two demos that are started at once: to look first and listen later took one twice."""
    with listen() as one:
        first = one.getsockname()[1]
    with ThreadPoolExecutor(8) as pool, ExitStack() as stack:
        found = [stack.enter_context(each) for each in pool.map(listen, [first] * 40)]
        assert len({each.getsockname()[1] for each in found}) == 40


async def test_the_page_is_served_until_a_signal_and_opened_where_it_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses: asyncio.Queue[str] = asyncio.Queue()
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    with listen(free_port()) as found:
        health = f"127.0.0.1:{found.getsockname()[1]}"
        assert not is_free(health)
    assert is_free(health)
    showing = asyncio.create_task(
        show_in_browser(
            tmp_path,
            port=0,
            announce=addresses.put_nowait,
            opens_browser=True,
            health_listen=health,
        )
    )
    address = await addresses.get()
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://{health}/metrics") as response:
            assert "sosik_ready 1.0" in await response.text()
        async with session.get(address) as response:
            page = await response.text()
        token = re.search(r'token" content="([^"]+)', page)
        assert token is not None
        live = f"{address}demo/live?token={token[1]}"
        async with session.ws_connect(live) as socket_:
            assert (await socket_.receive_json())["kind"] == "world"
            os.kill(os.getpid(), signal.SIGTERM)
            while (await socket_.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
    assert await showing == 0
    assert opened == [address]
    assert (tmp_path / "sosik.db").exists()


@pytest.mark.slow
async def test_the_terminal_keeps_working_on_the_same_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("/latest 1\n/quit\n"))
    assert await show_in_terminal(tmp_path) == 0


async def test_what_was_kept_goes_on_the_next_time(tmp_path: Path) -> None:
    for _ in range(2):
        async with open_stage(tmp_path) as stage:
            room = room_of(stage, "독서모임")
            await stage.community.personas[0].person.says(room, "/latest 3")
            await room.receives("1–3")


@pytest.mark.slow
async def test_a_post_written_as_soon_as_the_stage_is_open_is_news_to_the_bot(
    tmp_path: Path,
) -> None:
    async with open_stage(tmp_path) as stage:
        assert stage.blog.asked
        stage.blog.publish("첫 소식", "막이 오르자마자 쓴 글이에요.")
        for name in ("독서모임", "큰모임"):
            await room_of(stage, name).receives("첫 소식")


@pytest.mark.slow
async def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "LANGUAGE": "en"}
    command = (sys.executable, "-m", "bot", "demo", "--no-browser")
    async with running(tmp_path, *command, environment=environment) as demo:
        assert demo.stdout is not None
        line = (await demo.stdout.readline()).decode()
        assert re.search(r"http://127\.0\.0\.1:\d+/", line)
        demo.send_signal(signal.SIGINT)
        await demo.communicate()
        assert demo.returncode == 0
    assert await asyncio.to_thread(os.listdir, tmp_path) == []


@pytest.mark.slow
async def test_what_the_author_publishes_by_hand_is_in_the_chats_with_the_words() -> None:
    async with open_stage(at=coming_ten(datetime.now(UTC))) as stage:
        group = room_of(stage, "독서모임")
        post = await stage.publish_by_hand("손으로 올린 글", "본문이에요.", "꼭 읽어 보세요")
        card = await group.receives("손으로 올린 글")
        assert card.text.startswith("꼭 읽어 보세요\n— 윤슬\n")
        assert not post.is_listed
        await stage.bot.kill()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bot.demo.by_hand._OFFER_SECONDS", 0.2)
            with pytest.raises(ValueError, match="did not offer"):
                await stage.publish_by_hand("둘째", "본문이에요.", "말")
