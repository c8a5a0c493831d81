"""What systemd hears, at a socket like its own: from the parts, and from a bot as a process."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from bot.config import ServiceManager, environment, take_service_manager
from bot.locales import get_texts
from bot.process import notify
from bot.process.notify import Notices
from bot.process.probing import SAID
from bot.simulator import Simulator
from tests.processes import running
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.process.serving import Running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")
KO = get_texts("ko")


class Heard:
    """A socket as systemd has one, and what came."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address.replace("@", "\0", 1) if address.startswith("@") else address)
        self._socket.settimeout(0)
        self.lines: list[str] = []

    def hears(self, line: str) -> bool:
        """Whether the line has come until now."""
        while True:
            try:
                self.lines += self._socket.recv(65536).decode().split("\n")
            except BlockingIOError:
                return line in self.lines

    def fill(self) -> None:
        """Others tell so much that there is no room."""
        name = self._socket.getsockname()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other, suppress(BlockingIOError):
            other.settimeout(0)
            while True:
                other.sendto(b"STATUS=another", name)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def heard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Heard]:
    name = f"@sosik-{os.getpid()}-{tmp_path.name}"
    one = Heard(name if request.param == "abstract" else str(tmp_path / "notify"))
    yield one
    one.close()


class Bot:
    """What is told of."""

    def __init__(self) -> None:
        self.tick = SimpleNamespace(is_late=False)
        self.services = SimpleNamespace(me=SimpleNamespace(username="news_bot"))
        self.missing: str | None = None

    async def what_is_missing(self) -> str | None:
        return self.missing


@pytest.fixture
def bot(monkeypatch: pytest.MonkeyPatch) -> Bot:
    monkeypatch.setattr(notify, "STEP_SECONDS", 0.01)
    return Bot()


async def test_a_start_a_run_and_a_stop_are_told(heard: Heard, bot: Bot) -> None:
    stopping = asyncio.Event()
    async with Notices(ServiceManager(heard.address, 0.02), KO, stopping) as notices:
        await until(lambda: heard.hears("EXTEND_TIMEOUT_USEC=120000000"))
        assert heard.hears(f"STATUS={KO('service.starting')}")
        assert not heard.hears("WATCHDOG=1")
        assert not heard.hears("READY=1")
        notices.started(cast("Running", bot))
        await until(lambda: heard.hears("STATUS=@news_bot: 돌고 있어요."))
        assert heard.hears("READY=1")
        heard.lines.clear()
        await until(lambda: heard.hears("WATCHDOG=1"))
        assert not any(one.startswith(("EXTEND", "READY")) for one in heard.lines)
        assert not heard.hears("STOPPING=1")
        stopping.set()
    assert heard.hears("STOPPING=1")
    assert heard.lines.count("STOPPING=1") == 1
    assert heard.hears(f"STATUS={KO('service.stopping')}")


async def test_while_the_tick_does_not_come_the_watchdog_hears_nothing(
    heard: Heard, bot: Bot
) -> None:
    bot.tick.is_late = True
    bot.missing = "the tick does not come"
    stopping = asyncio.Event()
    async with Notices(ServiceManager(heard.address, 0.001), KO, stopping) as notices:
        notices.started(cast("Running", bot))
        await until(lambda: heard.hears(f"STATUS={KO('health.tick')}"))
        heard.lines.clear()
        bot.missing = "Telegram does not answer"
        await until(lambda: heard.hears(f"STATUS={KO('health.telegram')}"))
        assert "WATCHDOG=1" not in heard.lines
        bot.tick.is_late = False
        await until(lambda: heard.hears("WATCHDOG=1"))
        bot.tick.is_late = True  # as a tick that is closed is
        stopping.set()
        await until(lambda: heard.hears("STOPPING=1"))
        heard.lines.clear()
        await until(lambda: heard.hears("WATCHDOG=1"))


@pytest.mark.parametrize("missing", [*SAID, "something\nREADY=1"])
async def test_what_is_missing_is_one_line_for_people(missing: str, heard: Heard, bot: Bot) -> None:
    bot.missing = missing
    async with Notices(ServiceManager(heard.address, None), KO, asyncio.Event()) as notices:
        await until(lambda: heard.hears(f"STATUS={KO('service.starting')}"))
        notices.started(cast("Running", bot))
        said = KO("health.missing", what="something READY=1")
        if missing in SAID:
            said = KO(SAID[missing], why="")
        await until(lambda: heard.hears(f"STATUS={said}"))
    assert heard.lines.count("READY=1") == 1
    assert not heard.hears("STOPPING=1")  # what fails is no stop


async def test_where_nobody_hears_it_goes_on_and_says_so_once(
    tmp_path: Path, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    for address in (str(tmp_path / "nowhere"), "/" + "x" * 200):
        caplog.clear()
        stopping = asyncio.Event()
        async with Notices(ServiceManager(address, 0.001), KO, stopping) as notices:
            notices.started(cast("Running", bot))
            await asyncio.sleep(0.05)
            stopping.set()
        assert [one.message for one in caplog.records] == ["service_manager_not_told"]


async def test_what_a_manager_had_no_room_for_is_told_again(
    heard: Heard, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    """Many start when a machine does, and a start whose READY=1 is lost would be ended."""
    heard.fill()
    stopping = asyncio.Event()
    async with Notices(ServiceManager(heard.address, 60), KO, stopping) as notices:
        notices.started(cast("Running", bot))
        await until(lambda: caplog.records)
        await until(lambda: heard.hears("READY=1"))
        await until(lambda: heard.hears("STATUS=@news_bot: 돌고 있어요."))
        heard.fill()
        stopping.set()
        await asyncio.sleep(0.05)
        await until(lambda: heard.hears(f"STATUS={KO('service.stopping')}"))
        assert heard.lines.count("STOPPING=1") == heard.lines.count("READY=1") == 1


@pytest.mark.parametrize("error", [ZeroDivisionError, None])
async def test_a_state_that_cannot_be_read_takes_no_watchdog_away(
    error: type[Exception] | None, heard: Heard, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one that fails nor one that is never told."""

    async def fails() -> str | None:
        if error is not None:
            raise error
        await asyncio.Event().wait()
        return None

    monkeypatch.setattr(bot, "what_is_missing", fails)
    monkeypatch.setattr(notify, "STATE_SECONDS", 0.01)
    async with Notices(ServiceManager(heard.address, 0.001), KO, asyncio.Event()) as notices:
        notices.started(cast("Running", bot))
        await until(lambda: heard.hears("READY=1"))
        heard.lines.clear()
        await until(lambda: heard.hears("WATCHDOG=1"))
        heard.lines.clear()
        await until(lambda: heard.hears("WATCHDOG=1"))
    assert not any(one.startswith("STATUS=@") for one in heard.lines)


async def test_without_a_manager_nothing_is_told(bot: Bot) -> None:
    stopping = asyncio.Event()
    async with Notices(None, KO, stopping) as notices:
        notices.started(cast("Running", bot))
        stopping.set()


@pytest.mark.parametrize(
    ("given", "manager"),
    [
        ({}, None),
        ({"NOTIFY_SOCKET": ""}, None),
        ({"NOTIFY_SOCKET": "vsock:2:1"}, None),
        ({"WATCHDOG_USEC": "1000000"}, None),
        ({"NOTIFY_SOCKET": "/run/x"}, ServiceManager("/run/x", None)),
        ({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "1500000"}, ServiceManager("@x", 1.5)),
        ({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "soon"}, ServiceManager("@x", None)),
        ({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "0"}, ServiceManager("@x", None)),
        (
            {"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"},
            ServiceManager("@x", None),
        ),
        (
            {"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": str(os.getpid())},
            ServiceManager("@x", 1.0),
        ),
    ],
)
def test_who_waits_is_asked_once_and_no_child_answers(
    given: dict[str, str], manager: ServiceManager | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.setenv(name, given.get(name, ""))
    assert take_service_manager() == manager
    assert not {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} & set(os.environ)
    assert take_service_manager() is None


def is_said(heard: Heard, beginning: str, ending: str) -> bool:
    return any(one.startswith(beginning) and one.endswith(ending) for one in heard.lines)


@pytest.mark.parametrize("heard", ["abstract"], indirect=True)
async def test_a_bot_tells_of_itself(heard: Heard, tmp_path: Path) -> None:
    """A second is half of what this watchdog waits."""
    async with await Simulator.start() as sim:
        given = {"bot_token": sim.token, "telegram_api_url": sim.url, "serve": "open"}
        around = environment(**given, database_path=tmp_path / "sosik.db", language="en")
        around |= {"NOTIFY_SOCKET": heard.address, "WATCHDOG_USEC": "2000000"}
        around["PYTHONPATH"] = os.pathsep.join(sys.path)
        command = (sys.executable, "-m", "bot", "run")
        async with running(tmp_path, *command, environment=around) as process:
            await until(lambda: heard.hears("READY=1"))
            await until(lambda: heard.hears("READY=1") and is_said(heard, "STATUS=@", "running."))
            heard.lines.clear()
            await until(lambda: heard.hears("WATCHDOG=1"))
            process.terminate()
            _, said = await process.communicate()
        assert process.returncode == 0, said.decode()
    assert heard.hears("STOPPING=1")


@pytest.mark.slow
@pytest.mark.parametrize("heard", ["abstract"], indirect=True)
async def test_a_bot_whose_telegram_is_away_is_waited_for(heard: Heard, tmp_path: Path) -> None:
    given = {"bot_token": "1234567:" + "x" * 30, "telegram_api_url": "http://127.0.0.1:9"}
    around = environment(**given, language="en") | {"NOTIFY_SOCKET": heard.address}
    around["PYTHONPATH"] = os.pathsep.join(sys.path)
    async with running(tmp_path, sys.executable, "-m", "bot", "run", environment=around) as process:
        await until(lambda: heard.hears("EXTEND_TIMEOUT_USEC=120000000"))
        assert is_said(heard, "STATUS=Starting", "taken in.")
        assert not heard.hears("READY=1")
        process.terminate()
        await process.communicate()
    assert process.returncode == 0
    assert heard.hears("STOPPING=1")


@pytest.mark.slow
@pytest.mark.parametrize("heard", ["abstract"], indirect=True)
async def test_a_bot_that_cannot_run_does_not_say_that_it_stops(
    heard: Heard, tmp_path: Path
) -> None:
    """It fails, and is started again; what is wrong with its settings is not even told."""
    around = environment(bot_token="", language="en") | {"NOTIFY_SOCKET": heard.address}
    around["PYTHONPATH"] = os.pathsep.join(sys.path)
    async with running(tmp_path, sys.executable, "-m", "bot", "run", environment=around) as process:
        await process.communicate()
    assert not heard.hears("STOPPING=1")
