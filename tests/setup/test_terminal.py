"""Setup as a process at a pseudo-terminal: what is hidden, and what Ctrl-C leaves."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest

from bot.config import environment
from tests.demo.pty_screen import at_a_terminal
from tests.setup.conftest import names_in

if TYPE_CHECKING:
    from pathlib import Path

    from bot.simulator import Simulator

SETUP = (sys.executable, "-m", "bot", "setup")


@pytest.mark.parametrize(
    "step", ["token", "operator", pytest.param("blog", marks=pytest.mark.slow)]
)
async def test_the_token_is_never_seen_and_ctrl_c_leaves_nothing(
    sim: Simulator, folder: Path, step: str
) -> None:
    settings = environment(telegram_api_url=sim.url, language="en")
    async with at_a_terminal(folder, *SETUP, environment=settings) as screen:
        await screen.shows("Token: ")
        if step != "token":
            screen.types(sim.token + "\n")
            await screen.shows("@sosik_bot", "https://t.me/sosik_bot?start=")
        if step == "blog":
            screen.types("77\n")
            await screen.shows("Operators: 77", "Address (Enter: later): ")
        screen.process.send_signal(signal.SIGINT)
        assert await screen.process.wait() == 130
        await screen.shows("Stopped. Nothing was written.")
        assert sim.token not in screen.text
        assert "Traceback" not in screen.text
    assert names_in(folder) == []


async def test_the_end_of_what_is_typed_leaves_nothing(sim: Simulator, folder: Path) -> None:
    settings = environment(telegram_api_url=sim.url, language="ko")
    async with at_a_terminal(folder, *SETUP, environment=settings) as screen:
        await screen.shows("토큰: ")
        screen.types("\x04")
        assert await screen.process.wait() == 1
        await screen.shows("입력이 끝나서 그만뒀어요")
    assert names_in(folder) == []
