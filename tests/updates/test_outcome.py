from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.delivery.failures import Ambiguous, DeliveryError, NotSent, Other, Throttled, TooLong
from bot.delivery.wire import PoolTimeout
from bot.updates.asks import PATIENCE
from bot.updates.dispatch import RetryLaterError, UnansweredError
from bot.updates.outcome import outcome_of
from storage.database import DatabaseError

if TYPE_CHECKING:
    from bot.delivery.failures import Failure

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MINJI = User(5, "민지", is_bot=False)


def asked(ago: timedelta = timedelta()) -> Update:
    return Update(1, message=Message(1, NOW - ago, Chat(5, Chat.PRIVATE), text="/latest"))


def pressed() -> Update:
    return Update(1, callback_query=CallbackQuery("1", MINJI, "x"))


def never_left() -> TelegramError:
    error = NetworkError("connect")
    error.__cause__ = PoolTimeout("all are taken")
    return error


@pytest.mark.parametrize("failure", [NotSent("lane closed")])
def test_an_answer_that_never_left_is_tried_again_while_somebody_waits(failure: Failure) -> None:
    outcome = outcome_of(DeliveryError(failure), asked(), NOW)
    assert isinstance(outcome, RetryLaterError)


@pytest.mark.parametrize("error", [RetryAfter(35), never_left()])
def test_telegrams_own_passing_refusals_are_tried_again_too(error: TelegramError) -> None:
    assert isinstance(outcome_of(error, asked(), NOW), RetryLaterError)


def test_nobody_waits_longer_than_five_minutes_for_an_answer() -> None:
    error = DeliveryError(NotSent("lane closed"))
    assert outcome_of(error, asked(PATIENCE), NOW) is None
    assert outcome_of(error, asked(PATIENCE - timedelta(seconds=1)), NOW) is not None


@pytest.mark.parametrize("failure", [Ambiguous("timeout"), NotSent("closed"), Throttled(61)])
def test_a_press_is_answered_a_little_later(failure: Failure) -> None:
    """What changes something does not get here: bot.interaction.answering."""
    assert isinstance(outcome_of(DeliveryError(failure), pressed(), NOW), UnansweredError)


def test_a_question_whose_answer_may_have_arrived_is_answered_a_little_later() -> None:
    error = DeliveryError(Ambiguous("timeout"))
    assert isinstance(outcome_of(error, asked(), NOW), UnansweredError)
    nobody_waits = Update(1)
    assert outcome_of(error, nobody_waits, NOW) is None


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("Forbidden: bot was blocked by the user"),
        BadRequest("Query is too old and response timeout expired or query id is invalid"),
    ],
)
def test_what_nobody_takes_is_given_up(error: Exception) -> None:
    assert outcome_of(error, asked(), NOW) is None


@pytest.mark.parametrize(
    "error",
    [
        DeliveryError(Other("Bad Request: something new")),
        DeliveryError(TooLong()),
        BadRequest("something new"),
        ValueError("a mistake of ours"),
        DatabaseError("busy"),
    ],
)
def test_a_mistake_of_ours_stays_what_it_is(error: Exception) -> None:
    assert outcome_of(error, asked(), NOW) is error
