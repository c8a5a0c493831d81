from __future__ import annotations

from bot.delivery.telegram import Sent
from bot.interaction.parts import MOST_KEPT, Parts
from storage.models import ChatId, MessageId, UpdateId

FIRST = (Sent(ChatId(7), MessageId(1)),)
OTHER = (Sent(ChatId(8), MessageId(2)),)


def test_what_arrived_is_known_once() -> None:
    parts = Parts()
    parts.keep(UpdateId(1), FIRST)
    parts.keep(UpdateId(2), ())
    assert parts.take(UpdateId(1)) == FIRST
    assert parts.take(UpdateId(1)) == ()
    assert parts.take(UpdateId(2)) == ()


def test_of_very_many_the_last_are_known() -> None:
    parts = Parts()
    for number in range(MOST_KEPT + 1):
        parts.keep(UpdateId(number), FIRST)
    assert parts.take(UpdateId(0)) == ()
    assert parts.take(UpdateId(1)) == parts.take(UpdateId(MOST_KEPT)) == FIRST


def test_what_is_in_the_chat_of_whoever_is_forgotten_is_forgotten() -> None:
    parts = Parts()
    parts.keep(UpdateId(1), FIRST)
    parts.keep(UpdateId(2), OTHER)
    parts.forget(ChatId(7))
    assert parts.take(UpdateId(1)) == ()
    assert parts.take(UpdateId(2)) == OTHER
