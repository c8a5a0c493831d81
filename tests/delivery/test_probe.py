from __future__ import annotations

import asyncio
import json
from functools import partial

import pytest
from telegram.error import NetworkError, TimedOut

from bot.delivery.evidence import digest
from bot.delivery.failures import (
    Ambiguous,
    CannotWrite,
    DeliveryError,
    Failure,
    Loss,
    Throttled,
)
from bot.delivery.pace import Pace
from bot.delivery.probe import TelegramProber, Whose
from storage.models import ChatId, MessageId
from tests.clock import FakeClock, HastyClock
from tests.delivery.answers import Answer, ScriptedTelegram, refused, scripted_bot

GROUP, IT = ChatId(-1001), MessageId(12)
KEYBOARD = json.dumps({"inline_keyboard": [[{"text": "전체 보기", "callback_data": "1f:4:0~k3"}]]})
HIDDEN = refused("Bad Request: message to edit not found")
OTHERS = refused("Bad Request: message can't be edited")
SAME = refused("Bad Request: message is not modified: specified new message content and reply …")
NO_LOCATION = refused("Bad Request: there is no live location in the message to edit")
ME = Answer(
    body=json.dumps(
        {"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "소식"}}
    ).encode()
)


async def at_once() -> None:
    """Nothing happened meanwhile."""


@pytest.fixture
def telegram() -> ScriptedTelegram:
    return ScriptedTelegram()


@pytest.fixture
def prober(telegram: ScriptedTelegram) -> TelegramProber:
    clock = HastyClock()
    pace = Pace(clock, monotonic=lambda: clock.now().timestamp())
    return TelegramProber(scripted_bot(telegram, pace))


@pytest.mark.parametrize(
    ("answer", "whose"),
    [
        (NO_LOCATION, Whose.OURS),
        (OTHERS, Whose.OTHERS),
        (HIDDEN, Whose.HIDDEN),
        (refused("Bad Request: MESSAGE_ID_INVALID"), Whose.HIDDEN),
    ],
)
async def test_whose_a_message_is_stands_in_the_refusal(
    telegram: ScriptedTelegram, prober: TelegramProber, answer: Answer, whose: Whose
) -> None:
    telegram.script.append(answer)
    assert await prober.whose(GROUP, IT, at_once) is whose
    assert [call.endpoint for call in telegram.calls] == ["stopMessageLiveLocation"]


async def test_a_live_location_that_was_stopped_is_none_of_ours(
    telegram: ScriptedTelegram, prober: TelegramProber
) -> None:
    assert await prober.whose(GROUP, IT, at_once) is Whose.OTHERS


async def test_the_same_buttons_are_refused_and_others_are_overwritten(
    telegram: ScriptedTelegram, prober: TelegramProber
) -> None:
    telegram.script.extend([SAME, HIDDEN, OTHERS])
    assert await prober.compare(GROUP, IT, KEYBOARD) is None
    assert await prober.compare(GROUP, IT, KEYBOARD) is Whose.HIDDEN
    assert await prober.compare(GROUP, IT, KEYBOARD) is Whose.OTHERS
    assert await prober.compare(GROUP, IT, KEYBOARD) == digest("")
    assert await prober.compare(GROUP, IT, "") == digest("")
    asked = [call.parameters.get("reply_markup") for call in telegram.calls]
    assert asked == [json.loads(KEYBOARD)] * 4 + [None]


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Answer(error=TimedOut("timed out")), Ambiguous("TimedOut: timed out")),
        (
            refused("Forbidden: bot was kicked from the supergroup chat", 403),
            CannotWrite(Loss.KICKED, "kicked"),
        ),
    ],
)
async def test_what_says_nothing_of_the_message_is_raised(
    telegram: ScriptedTelegram, prober: TelegramProber, answer: Answer, failure: Failure
) -> None:
    telegram.script.extend([answer] * 3)
    for ask in (
        partial(prober.whose, GROUP, IT, at_once),
        partial(prober.compare, GROUP, IT, KEYBOARD),
        partial(prober.take_back, GROUP, IT),
    ):
        with pytest.raises(DeliveryError) as caught:
            await ask()
        assert caught.value.failure == failure


async def test_what_is_gone_already_need_not_be_taken_back(
    telegram: ScriptedTelegram, prober: TelegramProber
) -> None:
    telegram.script.append(refused("Bad Request: message to delete not found"))
    await prober.take_back(GROUP, IT)


async def test_a_wait_that_telegram_asks_for_is_not_sat_out_but_told(
    telegram: ScriptedTelegram, prober: TelegramProber
) -> None:
    """A search comes again later; meanwhile answers have the chat for themselves."""
    wait = refused("Too Many Requests: retry after 5", 429, retry_after=5)
    telegram.script.extend([wait, NO_LOCATION])
    with pytest.raises(DeliveryError) as caught:
        await prober.whose(GROUP, IT, at_once)
    assert caught.value.failure == Throttled(5)
    assert len(telegram.calls) == 1


async def test_while_telegram_answers_nothing_no_question_leaves(
    telegram: ScriptedTelegram,
) -> None:
    clock, begun = FakeClock(), []

    async def begin() -> None:
        begun.append(clock.now())

    pace = Pace(clock, monotonic=lambda: clock.now().timestamp())
    bot = scripted_bot(telegram, pace)
    pace.ask, prober = bot.get_me, TelegramProber(bot)
    telegram.script.extend([Answer(error=NetworkError("Bad Gateway"))] * 5)
    for chat_id in (-1, -2, -3):
        with pytest.raises(NetworkError):
            await bot.send_message(chat_id, "글")
    looks = [
        asyncio.create_task(prober.whose(GROUP, IT, begin)),
        asyncio.create_task(prober.compare(ChatId(-1002), IT, KEYBOARD, begin)),
    ]
    await clock.advance(8.9)
    assert (begun, {call.endpoint for call in telegram.calls[3:]}) == ([], {"getMe"})
    telegram.script.extend([ME, NO_LOCATION, SAME])
    await clock.advance(0.2)
    assert await asyncio.gather(*looks) == [Whose.OURS, None]
    asked = [call.endpoint for call in telegram.calls[6:]]
    assert asked == ["stopMessageLiveLocation", "editMessageReplyMarkup"]
    assert len(begun) == 2
    await pace.shutdown()
