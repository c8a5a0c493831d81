from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from telegram.error import TimedOut
from telegram.ext import ExtBot

from bot.delivery.failures import DeliveryError
from bot.delivery.measuring import Measured, call_of
from bot.delivery.noting import Noting
from bot.delivery.pace import Pace, takes_a_lane
from bot.delivery.telegram import send_page
from bot.figures import Call, Figures, pushing
from bot.pages.page import Page
from bot.text.rich import plain
from storage.models import ChatId
from tests.clock import HastyClock
from tests.counted import counted
from tests.delivery.answers import Answer, ScriptedTelegram, refused, scripted_bot

if TYPE_CHECKING:
    from storage.database import Database

GROUP = ChatId(-1001)
PAGE = Page(plain("찾은 글이에요"))
FLOOD = refused("Too Many Requests: retry after 3", 429, retry_after=3)


@pytest.fixture
def telegram() -> ScriptedTelegram:
    return ScriptedTelegram()


@pytest.fixture
def figures() -> Figures:
    return Figures()


@pytest.fixture
def measured(database: Database, figures: Figures) -> Measured:
    clock = HastyClock()

    def now() -> float:
        return clock.now().timestamp()

    pace = Pace(clock, monotonic=now)
    return Measured(Noting(pace, database, clock), figures, clock, monotonic=now)


def sends(figures: Figures) -> dict[str, float]:
    """How many calls of which kind ended how."""
    name = "sosik_sends_total"
    found = counted(figures).items()
    return {one[len(name) + 1 : -1]: value for one, value in found if one.startswith(name)}


async def test_each_try_is_counted_also_those_that_the_pace_makes_again(
    telegram: ScriptedTelegram, measured: Measured, figures: Figures
) -> None:
    telegram.script += [FLOOD, FLOOD]
    bot = scripted_bot(telegram, measured)
    await measured.initialize()
    await send_page(bot, GROUP, PAGE)
    await bot.send_chat_action(GROUP, "typing")
    await bot.get_chat_administrators(GROUP)
    await measured.shutdown()
    assert sends(figures) == {"answer,flood": 2, "answer,ok": 1, "typing,ok": 1, "other,ok": 1}
    assert counted(figures)["sosik_call_seconds_count"] == 5


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        (Answer(error=TimedOut()), {"answer,unknown": 1}),
        (Answer(502, b"<html>"), {"answer,unknown": 1}),
        (refused("Forbidden: bot was kicked from the group chat", 403), {"answer,refused": 1}),
        (refused("Bad Request: message text is empty"), {"answer,refused": 1}),
    ],
)
async def test_what_fails_is_counted_by_what_it_means(
    telegram: ScriptedTelegram,
    measured: Measured,
    figures: Figures,
    answer: Answer,
    counts: dict[str, float],
) -> None:
    telegram.script.append(answer)
    with pytest.raises(DeliveryError):
        await send_page(scripted_bot(telegram, measured), GROUP, PAGE)
    assert sends(figures) == counts


async def test_a_push_is_counted_under_its_kind_and_what_edits_is_none(
    telegram: ScriptedTelegram, measured: Measured, figures: Figures
) -> None:
    bot = scripted_bot(telegram, measured)
    with pushing("post"):
        await send_page(bot, GROUP, PAGE)
        await bot.edit_message_text("고친 답이에요", GROUP, 77)
    assert sends(figures) == {"post,ok": 1, "edit,ok": 1}


async def test_an_answer_is_timed_by_what_was_accepted(
    telegram: ScriptedTelegram, measured: Measured, figures: Figures
) -> None:
    telegram.script.append(FLOOD)
    began = measured._clock.now()
    with figures.answering(began):
        await send_page(scripted_bot(telegram, measured), GROUP, PAGE)
    found = counted(figures)
    assert found["sosik_answer_seconds_count"] == 1
    assert found["sosik_answer_seconds_sum"] >= 3


async def test_what_is_cut_off_is_not_counted_as_anything(
    telegram: ScriptedTelegram, measured: Measured, figures: Figures
) -> None:
    telegram.script.append(Answer(error=asyncio.CancelledError()))  # type: ignore[arg-type]  # no Exception
    with pytest.raises(asyncio.CancelledError):
        await send_page(scripted_bot(telegram, measured), GROUP, PAGE)
    assert sends(figures) == {}


def test_whatever_takes_a_lane_is_for_something() -> None:
    endpoints = [one for one in dir(ExtBot) if one[0].islower() and one != one.lower()]
    assert len(endpoints) > 100
    assert [one for one in endpoints if takes_a_lane(one) and call_of(one) is Call.OTHER] == []
    assert (call_of("getChat"), call_of("setMyCommands")) == (Call.OTHER, Call.OTHER)
