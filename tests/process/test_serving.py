from __future__ import annotations

import asyncio

import pytest
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.backoff import Backoff
from bot.errors import SosikError
from bot.process.serving import introduce


class Telegram:
    """Fails with each of `errors` in turn, then knows the bot."""

    def __init__(self, *errors: TelegramError) -> None:
        self.errors = list(errors)
        self.asked = 0

    async def initialize(self) -> None:
        self.asked += 1
        if self.errors:
            raise self.errors.pop(0)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.process.serving.INTRODUCTION", Backoff((0.001,)))


async def test_telegram_is_asked_until_it_answers() -> None:
    telegram = Telegram(NetworkError("down"), RetryAfter(1), NetworkError("down"))
    assert await introduce(telegram.initialize, asyncio.Event())
    assert telegram.asked == 4


async def test_a_wrong_token_is_said_at_once() -> None:
    telegram = Telegram(InvalidToken())
    with pytest.raises(SosikError) as caught:
        await introduce(telegram.initialize, asyncio.Event())
    assert caught.value.key == "error.bad_token"
    assert telegram.asked == 1


async def test_whoever_stops_it_need_not_wait_for_telegram(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.process.serving.INTRODUCTION", Backoff((3600.0,)))
    telegram, stopping = Telegram(NetworkError("down")), asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, stopping.set)
    assert not await introduce(telegram.initialize, stopping)
    assert telegram.asked == 1


async def test_told_to_stop_before_it_asks_nothing() -> None:
    telegram, stopping = Telegram(), asyncio.Event()
    stopping.set()
    assert not await introduce(telegram.initialize, stopping)
    assert telegram.asked == 0
