from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ConnectionTimeoutError
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.delivery.failures import CalledOffError
from bot.delivery.lanes import Ending, Kind, Priority, SendLimits, Stamp
from bot.delivery.pace import Pace, ending_of, kind_of, lane_of, takes_a_lane
from bot.delivery.telegram import NotSentError, send_page
from bot.delivery.wire import PoolTimeout
from bot.pages.page import Page
from bot.text.rich import plain
from storage.database import DatabaseError
from storage.models import ChatId
from tests.clock import FakeClock
from tests.delivery.answers import ScriptedTelegram, refused, scripted_bot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def pace(clock: FakeClock) -> AsyncIterator[Pace]:
    pace = Pace(clock, monotonic=lambda: clock.now().timestamp())
    await pace.initialize()
    yield pace
    await pace.shutdown()


class Call:
    """A request as python-telegram-bot makes it, which takes until it is told how it ended."""

    def __init__(
        self, pace: Pace, chat: int | str, priority: Priority | Stamp | None = None
    ) -> None:
        self.begun = 0
        self._ended: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(
            pace.process_request(self._run, (), {}, "sendMessage", {"chat_id": chat}, priority)
        )

    async def _run(self) -> bool:
        self.begun += 1
        return await asyncio.shield(self._ended)

    def ends(self, error: Exception | None = None) -> None:
        ended, self._ended = self._ended, asyncio.get_running_loop().create_future()
        if error is None:
            ended.set_result(True)
        else:
            ended.set_exception(error)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_one_send_a_chat_is_under_way_and_chats_go_side_by_side(pace: Pace) -> None:
    first, second, other = Call(pace, -1), Call(pace, "-1"), Call(pace, -2)
    await settle()
    assert (first.begun, second.begun, other.begun) == (1, 0, 1)
    assert (pace.under_way, pace.waiting, pace.lanes) == (2, 1, 2)
    first.ends()
    await settle()
    assert second.begun == 1
    second.ends()
    other.ends()
    await asyncio.gather(first.task, second.task, other.task)
    assert (pace.under_way, pace.waiting) == (0, 0)


async def test_a_burst_of_three_then_one_a_second(pace: Pace, clock: FakeClock) -> None:
    calls = [Call(pace, 7) for _ in range(5)]
    for call in calls[:3]:
        await settle()
        call.ends()
    await settle()
    assert calls[3].begun == 0
    await clock.advance(3.05)
    assert calls[3].begun == 0
    await clock.advance(0.1)
    assert calls[3].begun == 1
    calls[3].ends()
    await settle()
    assert calls[4].begun == 1
    calls[4].ends()
    await settle()


@pytest.mark.parametrize("fails", [True, False])
async def test_a_group_whose_answers_have_to_wait_is_told_once_a_minute(
    pace: Pace, clock: FakeClock, *, fails: bool
) -> None:
    said: list[tuple[int, int | None]] = []

    async def say(chat_id: int, thread_id: int | None) -> None:
        said.append((chat_id, thread_id))
        if fails:
            raise NetworkError("connection lost")

    pace.crowded = say
    for _ in range(19):
        calls = [Call(pace, -1), Call(pace, 7)]
        await settle()
        for call in calls:
            call.ends()
        await clock.advance(2.0)
    push = Call(pace, -1, Priority.PUSH)
    await settle()
    assert said == []
    answers = [Call(pace, -1), Call(pace, -1)]
    await settle()
    assert said == [(-1, None)]
    for call in (*answers, push):
        call.task.cancel()
    await settle()


async def test_a_refused_request_goes_again_and_holds_up_its_chat_alone(
    pace: Pace, clock: FakeClock
) -> None:
    flooded, behind = Call(pace, -1, Priority.PUSH), Call(pace, -1, Priority.PUSH)
    await settle()
    flooded.ends(RetryAfter(35))
    await clock.advance(20)
    other = Call(pace, -2)
    await settle()
    assert (flooded.begun, behind.begun, other.begun) == (1, 0, 1)
    await clock.advance(15.1)
    assert (flooded.begun, behind.begun) == (2, 0)
    flooded.ends()
    other.ends()
    await settle()
    behind.ends()
    assert await flooded.task is True
    assert await behind.task is True
    assert pace.counters.flooded == 1
    assert pace.counters.started == {Priority.PUSH: 2, Priority.REPLY: 1}
    assert pace.counters.waited_seconds[Priority.PUSH] >= 35


async def test_a_wait_that_is_too_long_is_handed_up_and_the_chat_stays_held(
    pace: Pace, clock: FakeClock
) -> None:
    flooded = Call(pace, -1)
    await settle()
    flooded.ends(RetryAfter(3600))
    with pytest.raises(RetryAfter):
        await flooded.task
    await clock.advance(600)
    again = Call(pace, -1)
    with pytest.raises(RetryAfter, match="0:50:01"):
        await again.task
    assert again.begun == 0
    await clock.advance(2950)
    last = Call(pace, -1)
    await clock.advance(60)
    last.ends()
    await last.task
    assert pace.counters.handed_up == 2


async def test_waits_that_add_up_are_handed_up(pace: Pace, clock: FakeClock) -> None:
    flooded = Call(pace, -1)
    for tries in range(1, 4):
        await settle()
        assert flooded.begun == tries
        flooded.ends(RetryAfter(25))
        await clock.advance(26)
    with pytest.raises(RetryAfter):
        await flooded.task


async def test_an_error_frees_the_lane(pace: Pace) -> None:
    failing, behind = Call(pace, -1), Call(pace, -1)
    await settle()
    failing.ends(TimedOut())
    with pytest.raises(TimedOut):
        await failing.task
    await settle()
    assert behind.begun == 1
    behind.ends()
    await behind.task


async def test_a_request_that_is_cancelled_while_it_waits_never_begins(pace: Pace) -> None:
    first, gone, behind = Call(pace, -1), Call(pace, -1), Call(pace, -1)
    await settle()
    gone.task.cancel()
    await asyncio.wait([gone.task])
    first.ends()
    await settle()
    assert (gone.begun, behind.begun) == (0, 1)
    behind.task.cancel()
    last = Call(pace, -1)
    await settle()
    assert last.begun == 1
    last.ends()
    await settle()


@pytest.mark.parametrize("steps", range(6))
async def test_a_request_cancelled_as_its_turn_comes_gives_the_turn_on(
    pace: Pace, steps: int
) -> None:
    first, second, third = Call(pace, -1), Call(pace, -1), Call(pace, -1)
    await settle()
    first.ends()
    for _ in range(steps):
        await asyncio.sleep(0)
    second.task.cancel()
    await settle()
    assert third.begun == 1
    third.ends()
    await third.task
    assert pace.under_way == 0


async def test_closing_refuses_what_waits(pace: Pace) -> None:
    calls = [Call(pace, 7) for _ in range(4)]
    for call in calls[:3]:
        await settle()
        call.ends()
    await settle()
    await pace.shutdown()
    with pytest.raises(NotSentError):
        await calls[3].task
    assert pace.waiting == 0


async def test_what_puts_nothing_into_a_chat_passes_at_once(pace: Pace) -> None:
    blocking = Call(pace, -1)
    await settle()

    async def answer() -> bool:
        return True

    for endpoint in ("sendChatAction", "getChat", "answerCallbackQuery", "deleteMessage"):
        assert await pace.process_request(answer, (), {}, endpoint, {"chat_id": -1}, None)
    assert pace.lanes == 1
    blocking.ends()
    await blocking.task


async def test_switched_off_it_lets_everything_through(clock: FakeClock) -> None:
    pace = Pace(clock, limits=None)
    calls = [Call(pace, -1) for _ in range(50)]
    await settle()
    assert all(call.begun for call in calls)
    for call in calls:
        call.ends()
        await call.task


async def test_a_drain_lets_finish_what_can(pace: Pace, clock: FakeClock) -> None:
    calls = [Call(pace, 7) for _ in range(2)]
    await settle()
    draining = asyncio.create_task(pace.drain(10))
    await settle()
    late = Call(pace, 8)
    with pytest.raises(NotSentError):
        await late.task
    for call in calls:
        call.ends()
        await settle()
    assert await draining is True
    assert await pace.drain(1) is True
    await pace.initialize()
    again = Call(pace, 8)
    await settle()
    again.ends()
    await again.task
    assert clock.now().second == 0


async def test_a_drain_refuses_what_waits_too_long(pace: Pace, clock: FakeClock) -> None:
    slow, waiting = Call(pace, 7), Call(pace, 7)
    await settle()
    draining = asyncio.create_task(pace.drain(10))
    await clock.advance(10.1)
    assert await draining is False
    with pytest.raises(NotSentError):
        await waiting.task
    assert pace.counters.refused == 1
    slow.ends(RetryAfter(1))
    with pytest.raises(NotSentError):
        await slow.task
    assert pace.under_way == 0


async def test_a_thousand_chats_get_one_each_at_the_bots_pace(
    clock: FakeClock,
) -> None:
    pace = Pace(clock, monotonic=lambda: clock.now().timestamp(), limits=SendLimits())
    telegram = ScriptedTelegram()
    times: list[float] = []
    telegram.on_call = lambda _call: times.append(clock.now().timestamp())
    bot = scripted_bot(telegram, pace)
    page = Page(plain("새 글"))
    tasks = [
        asyncio.create_task(send_page(bot, ChatId(-chat), page, priority=Priority.PUSH))
        for chat in range(1, 301)
    ]
    await clock.advance(9)
    answered_at = clock.now().timestamp()
    reply = asyncio.create_task(send_page(bot, ChatId(5), page))
    await clock.advance(2)
    await asyncio.gather(reply, *tasks)
    replied = next(
        at
        for at, call in zip(times, telegram.calls, strict=True)
        if call.parameters["chat_id"] == 5
    )
    assert replied - answered_at < 0.1
    assert 300 / (times[-1] - times[0]) > 29
    await pace.shutdown()


async def test_a_flooded_page_is_sent_again(clock: FakeClock, pace: Pace) -> None:
    telegram = ScriptedTelegram()
    telegram.script.append(refused("Too Many Requests: retry after 5", 429, retry_after=5))
    bot = scripted_bot(telegram, pace)
    sending = asyncio.create_task(send_page(bot, ChatId(-1), Page(plain("새 글"))))
    await clock.advance(6)
    assert (await sending).message_id == 1002


@pytest.mark.parametrize(
    ("data", "lane"),
    [
        ({"chat_id": -100}, -100),
        ({"chat_id": "-100"}, -100),
        ({"chat_id": "@Archive"}, "@archive"),
        ({"inline_message_id": "abc"}, "inline abc"),
    ],
)
def test_a_chat_is_named_in_several_ways(data: dict[str, Any], lane: int | str) -> None:
    assert lane_of(data) == lane


def test_edits_and_copies_take_a_lane() -> None:
    assert takes_a_lane("editMessageText")
    assert takes_a_lane("copyMessage")
    assert takes_a_lane("deleteMessages")
    assert takes_a_lane("pinChatMessage")
    assert not takes_a_lane("getMe")


async def test_what_each_class_waited_for_its_first_try_is_added_up(
    pace: Pace, clock: FakeClock
) -> None:
    """Two wait two seconds and five behind the one before; what follows a try does not count."""
    first, second, third = (Call(pace, -1, Priority.PUSH) for _ in range(3))
    await clock.advance(2)
    first.ends()
    await clock.advance(3)
    second.ends(RetryAfter(30))
    await clock.advance(31)
    second.ends()
    await settle()
    third.ends()
    await asyncio.gather(first.task, second.task, third.task)
    assert pace.counters.waited_seconds == {Priority.PUSH: pytest.approx(2 + 36)}
    assert pace.counters.started == {Priority.PUSH: 3}
    assert (pace.counters.flooded, pace.counters.handed_up, pace.counters.refused) == (1, 0, 0)


async def test_a_new_pace_has_counted_nothing(pace: Pace) -> None:
    counted = pace.counters
    assert (counted.flooded, counted.handed_up, counted.refused) == (0, 0, 0)
    assert (pace.under_way, pace.waiting, pace.lanes) == (0, 0, 0)


async def test_while_all_is_held_nothing_begins(pace: Pace, clock: FakeClock) -> None:
    pace.hold(10)
    call = Call(pace, -1)
    await clock.advance(9.9)
    assert call.begun == 0
    await clock.advance(0.2)
    assert call.begun == 1
    call.ends()
    await call.task


async def test_a_drain_waits_for_the_one_that_is_under_way(pace: Pace) -> None:
    alone = Call(pace, -1)
    await settle()
    draining = asyncio.create_task(pace.drain(10))
    await settle()
    assert not draining.done()
    alone.ends()
    assert await draining is True


async def test_a_drain_waits_for_the_one_whose_turn_has_not_come(
    pace: Pace, clock: FakeClock
) -> None:
    pace.hold(5)
    alone = Call(pace, -1)
    await settle()
    draining = asyncio.create_task(pace.drain(10))
    await settle()
    assert (draining.done(), alone.begun) == (False, 0)
    await clock.advance(5.1)
    assert (draining.done(), alone.begun) == (False, 1)
    alone.ends()
    assert await draining is True


async def test_once_closed_nothing_is_taken_whatever_its_chat_waits_for(pace: Pace) -> None:
    """The caller hears that it did not leave, and not of a wait that nobody sits out any more."""
    flooded = Call(pace, -1)
    await settle()
    flooded.ends(RetryAfter(3600))
    with pytest.raises(RetryAfter):
        await flooded.task
    await pace.shutdown()
    late = Call(pace, -1)
    with pytest.raises(NotSentError):
        await late.task
    assert (late.begun, pace.counters.handed_up) == (0, 1)


PUSH = Stamp(Priority.PUSH, patient=False)


def held(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """What was logged of everything being held: each time what happened, and why."""
    names = {"sending_held", "sending_resumed"}
    found = [record for record in caplog.records if record.message in names]
    return [(record.message, record.__dict__["why"]) for record in found]


async def goes_wrong(call: Call, error: Exception) -> None:
    await settle()
    call.ends(error)
    await asyncio.gather(call.task, return_exceptions=True)


async def test_while_everything_is_refused_everything_waits_and_it_is_said_once(
    pace: Pace, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    refused_ones = [Call(pace, -chat, PUSH) for chat in (1, 2, 3)]
    await clock.advance(0.1)
    asked = []
    for call in refused_ones:
        call.ends(RetryAfter(3600))
        with pytest.raises(RetryAfter) as error:
            await call.task
        asked.append(error.value._retry_after.total_seconds())
    assert asked == [60, 60, 1], "they come again, and wait here with the others"
    pushes = [Call(pace, -chat, PUSH) for chat in range(1, 20)]
    await clock.advance(59)
    assert not any(call.begun for call in pushes)
    await clock.advance(1)
    assert [call.begun for call in pushes[:2]] == [1, 0], "a single one tries"
    pushes[0].ends()
    await clock.advance(1.1)
    assert pushes[1].begun == 1
    for call in pushes:
        call.ends()
        await clock.advance(0.2)
    await asyncio.gather(*[call.task for call in pushes])
    why = "all sends are refused"
    assert held(caplog) == [("sending_held", why), ("sending_resumed", why)]
    assert pace.counters.flooded == 3


async def test_an_answer_that_would_wait_for_long_is_handed_up(
    pace: Pace, clock: FakeClock
) -> None:
    for call in [Call(pace, -chat, PUSH) for chat in (1, 2, 3)]:
        await goes_wrong(call, RetryAfter(3600))
    waits = Call(pace, 8)
    await clock.advance(61)
    waits.ends(RetryAfter(3600))
    with pytest.raises(RetryAfter):
        await waits.task
    hears_of_it = Call(pace, 9)
    with pytest.raises(RetryAfter):
        await hears_of_it.task
    assert hears_of_it.begun == 0


async def test_an_answer_that_waits_already_is_handed_up_when_the_wait_becomes_long(
    pace: Pace, clock: FakeClock
) -> None:
    for call in [Call(pace, -chat, PUSH) for chat in (1, 2, 3)]:
        await goes_wrong(call, RetryAfter(3600))
    first, waits = Call(pace, 8), Call(pace, 9)
    push = Call(pace, -4, PUSH)
    await clock.advance(61)
    await goes_wrong(first, RetryAfter(3600))
    with pytest.raises(RetryAfter):
        await waits.task
    assert (waits.begun, push.begun, pace.waiting) == (0, 0, 1)
    push.task.cancel()


async def test_during_an_outage_an_answer_is_not_waited_for_longer_than_a_minute(
    pace: Pace, clock: FakeClock
) -> None:
    for chat in (1, 2, 3):
        await goes_wrong(Call(pace, -chat), TimedOut())

    async def ask() -> None:
        raise TimedOut

    pace.ask = ask
    waits, push = Call(pace, 9), Call(pace, -4, PUSH)
    await clock.advance(59)
    assert not waits.task.done()
    await clock.advance(4)
    with pytest.raises(NotSentError):
        await waits.task
    assert not push.task.done()
    push.task.cancel()


async def test_while_nothing_is_answered_nothing_leaves_and_telegram_is_asked(
    pace: Pace, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    asked: list[float] = []

    async def get_me() -> bool:
        asked.append(clock.now().timestamp())
        if len(asked) < 3:
            raise NetworkError("Bad Gateway")
        return True

    async def ask() -> None:
        await pace.process_request(get_me, (), {}, "getMe", {}, None)

    pace.ask = ask
    for chat in (1, 2, 3):
        call = Call(pace, -chat)
        await goes_wrong(call, NetworkError("Bad Gateway"))
    waiting = [Call(pace, -chat, PUSH) for chat in range(4, 8)]
    await clock.advance(8.9)
    assert not any(call.begun for call in waiting)
    await clock.advance(0.2)
    assert [call.begun for call in waiting] == [1, 0, 0, 0]
    waiting[0].ends(BadRequest("Chat not found"))
    await clock.advance(0.2)
    assert all(call.begun for call in waiting)
    for call in waiting:
        call.ends()
    await asyncio.gather(*[call.task for call in waiting], return_exceptions=True)
    assert len(asked) == 3
    why = "nothing is answered"
    assert held(caplog) == [("sending_held", why), ("sending_resumed", why)]


async def test_without_a_question_to_ask_a_send_tries(pace: Pace, clock: FakeClock) -> None:
    for chat in (1, 2, 3):
        call = Call(pace, -chat)
        await goes_wrong(call, TimedOut())
    waiting = Call(pace, 4)
    await clock.advance(3.1)
    waiting.ends()
    assert await waiting.task is True


async def test_a_stop_during_an_outage_ends_the_asking(pace: Pace, clock: FakeClock) -> None:
    for chat in (1, 2, 3):
        call = Call(pace, -chat)
        await goes_wrong(call, TimedOut())
    waiting = Call(pace, 4)
    await settle()
    await pace.shutdown()
    with pytest.raises(NotSentError):
        await waiting.task
    assert pace._asking is None


def network_error(cause: type[Exception]) -> NetworkError:
    error = NetworkError("x")
    error.__cause__ = cause()
    return error


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (BadRequest("Chat not found"), Ending.ANSWERED),
        (NetworkError("Bad Gateway"), Ending.UNANSWERED),
        (TimedOut(), Ending.UNANSWERED),
        (TelegramError("Invalid server response"), Ending.UNANSWERED),
        (network_error(ConnectionTimeoutError), Ending.UNANSWERED),
        (network_error(PoolTimeout), Ending.UNTOLD),
        (NotSentError("closed"), Ending.UNTOLD),
        (KeyError("x"), Ending.UNTOLD),
        (asyncio.CancelledError(), Ending.UNTOLD),
    ],
)
def test_an_error_says_whether_telegram_answered(error: BaseException, ending: Ending) -> None:
    assert ending_of(error) is ending


def test_edits_are_counted_apart() -> None:
    assert kind_of("editMessageText") is Kind.EDIT
    assert kind_of("sendMessage") is Kind.SEND


@pytest.mark.parametrize("error", [CalledOffError(), DatabaseError("busy")])
@pytest.mark.parametrize("chat", [7, -1001])
async def test_a_claim_that_fails_costs_no_turn(
    pace: Pace, clock: FakeClock, error: Exception, chat: int
) -> None:
    """However many found nothing to send: the chat's three in three seconds are there."""

    async def fails() -> None:
        raise error

    async def begins() -> None: ...

    for _ in range(25):
        failed = Call(pace, chat, Stamp(Priority.REPLY, fails))
        with pytest.raises(type(error)):
            await failed.task
        assert failed.begun == 0
    calls = [Call(pace, chat, Stamp(Priority.REPLY, begins)) for _ in range(4)]
    for call in calls[:3]:
        await settle()
        assert call.begun == 1
        call.ends()
    await settle()
    assert calls[3].begun == 0
    await clock.advance(3.2)
    assert calls[3].begun == 1
    calls[3].ends()
    await asyncio.gather(*(one.task for one in calls))


async def test_a_claim_that_fails_is_not_the_one_try_while_all_is_refused(
    pace: Pace, clock: FakeClock
) -> None:
    """The wait of an hour is tried once after a minute, by a request that really leaves."""

    async def fails() -> None:
        raise CalledOffError

    refused_calls = [Call(pace, -chat) for chat in range(1, 4)]
    await settle()
    for one in refused_calls:
        one.ends(RetryAfter(3600))
    await asyncio.gather(*(one.task for one in refused_calls), return_exceptions=True)
    assert pace.is_held
    failed = Call(pace, 7, Stamp(Priority.PUSH, fails, patient=False))
    tried = Call(pace, 8, Stamp(Priority.PUSH, patient=False))
    await clock.advance(61)
    with pytest.raises(CalledOffError):
        await failed.task
    assert tried.begun == 1
    tried.ends()
    await tried.task
    assert not pace.is_held
