from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from telegram import Chat, Message, Update
from telegram.error import BadRequest, Forbidden, RetryAfter, TimedOut

from bot.process.handling import Handling
from bot.updates.dispatch import RetryLaterError, UnansweredError
from bot.updates.turns import Reply
from storage.database import DatabaseError
from tests.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.interaction.context import BotContext
    from bot.process.serving import App


class Application:
    """Fails with `errors`, by update, and tells its error handler as python-telegram-bot does."""

    def __init__(self, clock: FakeClock) -> None:
        self.errors: dict[int, Exception] = {}
        self.toasts: list[int] = []
        self._services = SimpleNamespace(clock=clock)
        self._told: Callable[[object, Any], Awaitable[None]]

    @property
    def context_types(self) -> SimpleNamespace:
        return SimpleNamespace(context=SimpleNamespace(from_update=self._context_of))

    def _context_of(self, update: Update, _: object) -> SimpleNamespace:
        async def toast() -> None:
            self.toasts.append(update.update_id)
            raise BadRequest("query is too old")

        return SimpleNamespace(update=update, toast=toast)

    def add_error_handler(self, told: Callable[[object, Any], Awaitable[None]]) -> None:
        self._told = told

    async def process_update(self, update: Update) -> None:
        error = self.errors.get(update.update_id)
        if error is not None:
            await asyncio.sleep(0)
            await self._told(update, SimpleNamespace(error=error, services=self._services))

    async def fail_elsewhere(self) -> None:
        """A failure of no update's."""
        await self._told(None, SimpleNamespace(error=OSError(), services=self._services))


class Handled:
    """A Handling with a made-up application, and whom it apologised to."""

    def __init__(self) -> None:
        clock = FakeClock(datetime(2026, 11, 23, tzinfo=UTC))
        self.now = clock.now()
        self.application = Application(clock)
        self.apologies: list[int] = []
        self.slowed_down: list[tuple[int, Any]] = []
        self.handling = Handling(
            cast("App", self.application), self._apologise, self._slow_down, clock.now
        )

    async def _apologise(self, update: Update, _: BotContext) -> None:
        self.apologies.append(update.update_id)

    async def _slow_down(self, update: Update, context: BotContext) -> None:
        self.slowed_down.append((update.update_id, context))

    async def handle(
        self, number: int, error: Exception | None = None, reply: Reply = Reply.ANSWER
    ) -> Exception | None:
        if error is not None:
            self.application.errors[number] = error
        message = Message(1, self.now, Chat(7, "private"))
        return await self.handling(Update(number, message=message), reply)


@pytest.fixture
def handled() -> Handled:
    return Handled()


async def test_an_update_without_trouble_is_handled(handled: Handled) -> None:
    assert await handled.handle(1) is None
    assert handled.apologies == []


async def test_what_a_handler_raised_is_its_updates(handled: Handled) -> None:
    error = KeyError("x")
    first, second = await asyncio.gather(handled.handle(1, error), handled.handle(2))
    assert (first, second) == (error, None)
    assert handled.apologies == [1]


async def test_a_failure_is_told_once(handled: Handled) -> None:
    assert await handled.handle(1, KeyError("x")) is not None
    handled.application.errors.clear()
    assert await handled.handle(1) is None


async def test_nobody_is_told_of_what_is_tried_again(handled: Handled) -> None:
    assert isinstance(await handled.handle(1, RetryAfter(30)), RetryLaterError)
    assert isinstance(await handled.handle(2, DatabaseError("busy")), DatabaseError)
    assert isinstance(await handled.handle(3, TimedOut()), UnansweredError)
    assert handled.apologies == []


async def test_what_nobody_takes_counts_as_handled(handled: Handled) -> None:
    assert await handled.handle(1, Forbidden("blocked")) is None
    assert handled.apologies == []


async def test_a_failure_of_no_update_is_nobodys(handled: Handled) -> None:
    await handled.application.fail_elsewhere()
    assert await handled.handle(1) is None
    assert handled.apologies == []


async def test_what_is_too_much_is_said_to_be_and_no_handler_sees_it(handled: Handled) -> None:
    assert await handled.handle(1, KeyError("x"), Reply.TOO_MUCH) is None
    ((update_id, context),) = handled.slowed_down
    assert update_id == 1
    assert context.update.update_id == 1
    assert handled.apologies == []
    assert handled.application.toasts == []


async def test_a_press_that_was_overtaken_ends_and_no_handler_sees_it(handled: Handled) -> None:
    assert await handled.handle(1, KeyError("x"), Reply.OVERTAKEN) is None
    assert handled.application.toasts == [1]
    assert handled.slowed_down == []
    assert handled.apologies == []
