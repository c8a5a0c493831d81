from __future__ import annotations

import asyncio
import logging

import pytest
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.errors import SosikError
from bot.process.serving import introduce
from tests.clock import FakeClock, HastyClock


class Telegram:
    """Fails with each of `errors` in turn, then knows the bot."""

    def __init__(self, *errors: TelegramError) -> None:
        self.errors = list(errors)
        self.asked = 0

    async def initialize(self) -> None:
        self.asked += 1
        if self.errors:
            raise self.errors.pop(0)


async def test_telegram_is_asked_until_it_answers(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    telegram = Telegram(NetworkError("down"), RetryAfter(1), NetworkError("down"))
    clock = HastyClock()
    assert await introduce(telegram.initialize, asyncio.Event(), clock)
    assert telegram.asked == 4
    assert clock.slept == [0.5, 1.0, 2.0]
    assert caplog.messages == ["telegram_does_not_answer", "telegram_answers"]
    said = vars(caplog.records[-1])
    assert (said["failures"], said["seconds"]) == (3, 4)


async def test_a_wrong_token_is_said_at_once() -> None:
    telegram = Telegram(InvalidToken())
    with pytest.raises(SosikError) as caught:
        await introduce(telegram.initialize, asyncio.Event(), FakeClock())
    assert caught.value.key == "error.bad_token"
    assert telegram.asked == 1


async def test_whoever_stops_it_need_not_wait_for_telegram() -> None:
    telegram, stopping = Telegram(NetworkError("down")), asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, stopping.set)
    assert not await introduce(telegram.initialize, stopping, FakeClock())
    assert telegram.asked == 1


async def test_told_to_stop_before_it_asks_nothing() -> None:
    telegram, stopping = Telegram(), asyncio.Event()
    stopping.set()
    assert not await introduce(telegram.initialize, stopping, FakeClock())
    assert telegram.asked == 0
