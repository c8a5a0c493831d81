"""Counts what leaves for Telegram, each try, and measures how long Telegram takes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from telegram.error import TelegramError
from telegram.ext import BaseRateLimiter

from bot.delivery.lanes import Priority, Stamp
from bot.delivery.outcomes import outcome_of
from bot.delivery.telegram import classify
from bot.figures import Call, Outcome, pushed_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.clock import Clock
    from bot.figures import Figures

_CALLS = (
    ("sendChatAction", Call.TYPING),
    ("send", Call.ANSWER),
    ("copyMessage", Call.ANSWER),
    ("forwardMessage", Call.ANSWER),
    ("stopMessage", Call.PROBE),
    ("editMessageReplyMarkup", Call.PROBE),
    ("editMessage", Call.EDIT),
    ("deleteMessage", Call.DELETE),
    ("pinChat", Call.PIN),
    ("unpin", Call.PIN),
    ("answerCallback", Call.PRESS),
    ("answerInline", Call.INLINE),
)
"""What methods of the Bot API are for, by how they begin; the first that fits counts."""


class Measured(BaseRateLimiter[Priority | Stamp]):
    """Lets another limiter make the calls, and counts each try that leaves."""

    def __init__(
        self,
        limiter: BaseRateLimiter[Priority | Stamp],
        figures: Figures,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limiter = limiter
        self._figures = figures
        self._clock = clock
        self._monotonic = monotonic

    async def initialize(self) -> None:
        """Open the lanes."""
        await self._limiter.initialize()

    async def shutdown(self) -> None:
        """Close the lanes."""
        await self._limiter.shutdown()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401  # as python-telegram-bot declares it
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Priority | Stamp | None,
    ) -> Any:  # noqa: ANN401  # likewise
        """Make the call as the other limiter does."""
        kind, figures = call_of(endpoint), self._figures

        async def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # likewise
            began = self._monotonic()
            try:
                answer = await callback(*args, **kwargs)
            except TelegramError as error:
                outcome = outcome_of(classify(error))
                figures.called(kind, outcome, self._monotonic() - began)
                raise
            figures.called(kind, Outcome.OK, self._monotonic() - began)
            figures.accepted(kind, self._clock.now())
            return answer

        return await self._limiter.process_request(
            call, args, kwargs, endpoint, data, rate_limit_args
        )


def call_of(endpoint: str) -> Call:
    """What a method of the Bot API is for, here and now."""
    found = next((call for name, call in _CALLS if endpoint.startswith(name)), Call.OTHER)
    return (pushed_kind() or found) if found is Call.ANSWER else found
