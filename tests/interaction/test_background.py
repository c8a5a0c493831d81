from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram.error import BadRequest

from bot.interaction.background import Background

if TYPE_CHECKING:
    import pytest

    from tests.clock import FakeClock


async def test_work_is_done_when_its_time_has_come(clock: FakeClock) -> None:
    background, done = Background(clock), list[str]()

    async def work() -> None:
        done.append("work")

    background.later(20, work)
    await clock.advance(19)
    assert done == []
    await clock.advance(1)
    assert done == ["work"]
    await background.close()


async def test_what_has_not_come_by_the_end_is_dropped(clock: FakeClock) -> None:
    background, done = Background(clock), list[str]()

    async def work() -> None:
        done.append("work")

    background.later(20, work)
    await background.close()
    await clock.advance(30)
    assert done == []


async def test_a_refusal_of_telegram_is_noted_and_does_not_matter(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    background = Background(clock)

    async def refused() -> None:
        raise BadRequest("Message to delete not found")

    with caplog.at_level(logging.INFO):
        background.later(1, refused)
        await clock.advance(1)
    assert [one.message for one in caplog.records] == ["background_refused"]
    await background.close()


async def test_a_mistake_of_ours_is_logged_and_ends_nothing_else(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    background, done = Background(clock), list[str]()

    async def wrong() -> None:
        raise ValueError("wrong")

    async def work() -> None:
        done.append("work")

    background.later(1, wrong)
    background.later(1, work)
    await clock.advance(1)
    assert done == ["work"]
    assert [one.message for one in caplog.records] == ["background_failed"]
    await background.close()
