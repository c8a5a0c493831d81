from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.candidates import AHEAD, MOST, Queue, around, spare_of, upwards
from storage.models import Attempt, ChatId, MessageId

IDS = st.sets(st.integers(1, 40).map(MessageId))
AT = datetime(2026, 11, 23, tzinfo=UTC)


def ids(*numbers: int) -> list[MessageId]:
    return [MessageId(one) for one in numbers]


def test_the_search_goes_upwards_from_the_last_id_past_what_is_known() -> None:
    assert upwards(MessageId(5), ids(6, 8), ()) == ids(7, 9, 10, 11, 12, 13, 14)
    assert upwards(MessageId(5), (), ()) == ids(6, 7, 8, 9, 10, 11)


def test_what_somebody_reacted_to_comes_first() -> None:
    assert upwards(MessageId(5), ids(6), ids(6, 9))[:3] == ids(9, 7, 8)
    assert around(MessageId(5), MessageId(9), ids(9), ids(7))[:3] == ids(7, 8, 10)


def test_with_others_lost_before_it_the_search_begins_at_its_place_among_them() -> None:
    assert upwards(MessageId(5), (), (), Queue(None, 3))[:6] == ids(9, 8, 10, 7, 11, 6)
    known = ids(6, 8)
    assert upwards(MessageId(5), known, (), Queue(MessageId(8), 0))[:3] == ids(9, 10, 11)
    assert upwards(MessageId(5), known, (), Queue(MessageId(8), 1))[:3] == ids(10, 9, 11)
    assert MessageId(7) in upwards(MessageId(5), known, (), Queue(MessageId(8), 1))


def test_behind_one_that_was_found_beyond_all_others_the_highest_is_asked_about_first() -> None:
    assert upwards(MessageId(5), (), (), Queue(MessageId(50), 1))[:2] == ids(12, 11)


def test_after_a_resend_the_nearest_to_it_come_first() -> None:
    """Below is what landed before, above what landed since."""
    known = ids(9, 11)
    assert around(MessageId(5), MessageId(9), known, ()) == ids(8, 10, 7, 12, 6, 13, 14, 15, 16, 17)


@given(last=st.integers(1, 20).map(MessageId), known=IDS, reacted=IDS)
def test_nothing_known_is_asked_about_nothing_twice_and_not_much(
    last: MessageId, known: set[MessageId], reacted: set[MessageId]
) -> None:
    above = {one for one in reacted if one > last}
    for found in (
        upwards(last, known, above),
        around(last, MessageId(last + 7), known | {MessageId(last + 7)}, above),
    ):
        assert not known & set(found)
        assert len(found) == len(set(found)) <= MOST
        assert all(one > last for one in found)


@given(last=st.integers(1, 20).map(MessageId), known=IDS)
def test_without_a_reaction_the_first_search_goes_in_order(
    last: MessageId, known: set[MessageId]
) -> None:
    found = upwards(last, {one for one in known if one > last}, ())
    assert all(one < other for one, other in pairwise(found))
    assert len(found) >= min(AHEAD, MOST)


def copy(message_id: int, *, is_touched: bool = False) -> Attempt:
    return Attempt(
        token=f"t{message_id}",
        chat_id=ChatId(-1),
        keyboard="{}",
        text_digest="d",
        begun_at=AT,
        last_id=None,
        message_id=MessageId(message_id),
        is_touched=is_touched,
        calls=0,
    )


def test_the_newest_copy_that_nobody_minded_is_taken_back() -> None:
    first, second, touched = copy(7), copy(9), copy(11, is_touched=True)
    assert spare_of([first, second], ()) is second
    assert spare_of([first, second], ids(9)) is first
    assert spare_of([first, touched], ()) is first
    assert spare_of([second, touched], ids(9)) is None
