from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.lanes import DEFAULT_LIMITS
from bot.updates.turns import (
    INTERVALS,
    MOST_DEEDS,
    MOST_QUESTIONS,
    MOST_WAITING,
    REMEMBERED,
    Accounts,
    Ask,
    Crowd,
    Place,
    Reply,
    Turns,
    Waiting,
)
from storage.models import ChatId, InboxRow, UpdateId

if TYPE_CHECKING:
    from collections.abc import Hashable

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ROOM = Place(-1, Crowd.GROUP)
HOME = Place(1, Crowd.PRIVATE)
ASKER, OTHER, THIRD = 10, 20, 30
STATES: list[tuple[str, ...]] = [("choose", "push"), ("choose", "language"), ("forget",)]


@dataclass
class Room:
    """One place, whose clock is moved by hand; who was taken, refused and left out."""

    place: Place = ROOM
    now: float = 0.0
    accounts: Accounts = field(default_factory=Accounts)
    left_out: list[int] = field(default_factory=list)
    number: int = 0

    def __post_init__(self) -> None:
        self.turns = Turns(self.accounts)

    def ask(self, person: int | None, thing: Hashable | None = None, *, times: int = 1) -> int:
        """Ask so often; the number of the last one."""
        for _ in range(times):
            self.number += 1
            row = InboxRow(UpdateId(self.number), ChatId(self.place.chat_id), None, NOW, "{}")
            is_question = thing is None and person is not None
            is_page = isinstance(thing, tuple) and thing[0] == "page"
            ask = Ask(self.place, person, thing, is_question=is_question, is_passing=is_page)
            left_out = self.turns.add(Waiting(row, {}, ask), self.now)
            if left_out is not None:
                self.left_out.append(left_out.row.update_id)
        return self.number

    def take(self) -> Waiting | None:
        return self.turns.take(self.now)

    def take_all(self) -> list[int | None]:
        """Whose turns come now."""
        taken = []
        while (one := self.take()) is not None:
            taken.append(one.ask.person)
        return taken

    def wait(self) -> None:
        """Until the next turn."""
        at = self.turns.next_at()
        assert at is not None
        self.now = max(self.now, at)


@pytest.fixture
def room() -> Room:
    return Room()


def test_nobody_waits_where_nobody_asked(room: Room) -> None:
    assert room.take() is None
    assert room.turns.next_at() is None
    assert list(room.turns.of(ASKER)) == []


def test_those_who_ask_take_turns(room: Room) -> None:
    room.ask(ASKER, times=4)
    room.ask(OTHER, times=2)
    room.ask(THIRD)
    assert room.take_all() == [ASKER, OTHER, THIRD, ASKER, OTHER, ASKER, ASKER]


def test_what_the_chat_itself_reports_is_in_its_order_and_never_left_out(room: Room) -> None:
    room.ask(None, times=10 * MOST_WAITING)
    room.ask(ASKER)
    assert [one.row.update_id for one in room.turns.of(None)] == list(range(1, room.number))
    taken = room.take_all()
    assert taken[:2] == [None, ASKER]
    assert len(taken) == room.number
    assert len(room.accounts) == 1


def test_five_questions_wait_then_it_is_said_once_that_it_is_too_much(room: Room) -> None:
    room.ask(ASKER, times=300)
    assert len(list(room.turns.of(ASKER))) == MOST_QUESTIONS
    assert len(room.left_out) == 300 - MOST_QUESTIONS - 1
    refused = room.take()
    assert refused is not None
    assert (refused.row.update_id, refused.reply) == (MOST_QUESTIONS + 1, Reply.TOO_MUCH)
    first = room.take()
    assert first is not None
    assert (first.row.update_id, first.reply) == (1, Reply.ANSWER)


def test_the_one_that_is_answered_counts_as_waiting(room: Room) -> None:
    room.ask(ASKER)
    assert room.take() is not None
    room.ask(ASKER, times=MOST_QUESTIONS)
    assert len(list(room.turns.of(ASKER))) == MOST_QUESTIONS - 1


def test_saying_that_it_is_too_much_counts_as_no_question(room: Room) -> None:
    room.ask(ASKER, times=MOST_QUESTIONS + 1)
    refused = room.take()
    assert refused is not None
    assert refused.reply is Reply.TOO_MUCH
    assert len(list(room.turns.of(ASKER))) == MOST_QUESTIONS
    for _ in range(2):
        room.wait()
        assert room.take() is not None
    room.take()
    room.ask(ASKER)
    assert room.left_out == []


def test_who_waits_for_the_answer_is_never_refused() -> None:
    """A person who asks at the pace at which Telegram lets a private chat be answered."""
    home = Room(HOME)
    for _ in range(100):
        home.ask(ASKER)
        assert home.take_all() == [ASKER]
        home.now += 1.0
    assert home.left_out == []


def test_one_persons_flood_refuses_nobody_else(room: Room) -> None:
    room.ask(ASKER, times=300)
    left_out = len(room.left_out)
    room.ask(OTHER)
    assert len(room.left_out) == left_out
    assert room.take_all() == [ASKER, ASKER, OTHER]  # the first of them says that it is too much


@pytest.mark.parametrize(("place", "seconds"), [(HOME, 3.0), (ROOM, 6.0)])
def test_who_goes_on_gets_one_turn_in_some_seconds(place: Place, seconds: float) -> None:
    flood = Room(place)
    turns = []
    for tenth in range(1200):
        flood.now = tenth / 10
        flood.ask(ASKER, times=10)
        turns += [flood.now for _ in flood.take_all()]
    usual = [after - before for before, after in pairwise(turns[5:])]
    assert usual == pytest.approx([seconds] * len(usual), abs=0.15)


def test_in_a_group_half_of_what_may_be_sent_is_left_to_others() -> None:
    turns_a_minute = DEFAULT_LIMITS.group_seconds / INTERVALS[Crowd.GROUP].hasty
    assert turns_a_minute <= DEFAULT_LIMITS.group / 2 + 0.1


@pytest.mark.parametrize("place", [HOME, ROOM])
def test_the_usual_pace_is_that_of_the_lanes(place: Place) -> None:
    limits, usual = DEFAULT_LIMITS, INTERVALS[place.crowd].usual
    if place is ROOM:
        assert usual == pytest.approx(limits.group_seconds / limits.group, abs=0.1)
    else:
        assert usual == pytest.approx(limits.chat_seconds / limits.chat, abs=0.1)


@pytest.mark.parametrize(
    ("place", "usual", "hasty"),
    [(HOME, 1.0, 3.0), (ROOM, 3.0, 6.0), (Place(1, Crowd.INLINE), 0.5, 1.0)],
)
def test_ten_quick_ones_are_free_and_ten_more_are_remembered(
    place: Place, usual: float, hasty: float
) -> None:
    accounts = Accounts()
    for _ in range(10):
        accounts.note_request(place, ASKER, 7.0)
        accounts.note_turn(place, ASKER, 7.0)
        assert accounts.free_at(place, ASKER) <= 7.0
        assert accounts.hasty_until(place, ASKER) <= 7.0
    accounts.note_request(place, ASKER, 7.0)
    assert accounts.free_at(place, ASKER) == 7.0 + usual
    assert accounts.hasty_until(place, ASKER) == 7.0 + usual
    for _ in range(1000):
        accounts.note_request(place, ASKER, 7.0)
    assert accounts.free_at(place, ASKER) == 7.0 + hasty
    accounts.note_turn(place, ASKER, 1e9)
    assert accounts.free_at(place, ASKER) == 7.0 + 10 * usual


def test_it_is_said_again_from_the_moment_on_at_which_all_is_forgotten() -> None:
    accounts = Accounts()
    for person in 3 * list(range(100, 110)):  # whose accounts are looked through first
        accounts.note_request(ROOM, person, 0.0)
    accounts.note_request(ROOM, ASKER, 0.0)
    assert accounts.tell(ROOM, ASKER)
    accounts.note_request(ROOM, ASKER, 2.9)
    assert not accounts.tell(ROOM, ASKER)
    accounts.note_request(ROOM, ASKER, 6.0)
    assert accounts.tell(ROOM, ASKER)


def test_what_waits_is_five_questions_and_twenty_five_things() -> None:
    assert (MOST_QUESTIONS, MOST_WAITING, MOST_DEEDS) == (5, 25, 200)
    alone = Ask(ROOM)
    assert [alone.is_question, alone.is_passing, alone.is_stale] == [False] * 3


def test_a_flood_is_forgotten_when_it_is_over(room: Room) -> None:
    room.ask(ASKER, times=3000)
    while room.turns.next_at() is not None:
        room.wait()
        room.take_all()
    room.now += REMEMBERED * INTERVALS[Crowd.GROUP].usual
    room.left_out.clear()
    room.ask(ASKER, times=MOST_QUESTIONS + 2)
    assert room.left_out == [room.number]
    assert room.take_all() == [ASKER] * (MOST_QUESTIONS + 1)


def test_within_one_flood_it_is_not_said_again(room: Room) -> None:
    room.ask(ASKER, times=MOST_QUESTIONS + 1)
    room.take_all()
    room.ask(ASKER, times=MOST_QUESTIONS + 1)
    assert len(room.left_out) == 1


def test_accounts_that_do_not_count_any_more_are_dropped() -> None:
    accounts = Accounts()
    for person in range(1, 100):
        accounts.note_request(ROOM, person, 0.0)
    for request in range(1, 60):
        accounts.note_request(ROOM, 1000, 3.0)
        assert len(accounts) == max(1, 100 - 2 * request)


def test_an_account_that_is_gone_may_have_its_turn() -> None:
    """What waited while the account was forgotten is as free as what is new."""
    accounts = Accounts()
    accounts.note_turn(ROOM, ASKER, 5.0)
    assert accounts.free_at(ROOM, ASKER) == float("-inf")
    assert accounts.hasty_until(ROOM, ASKER) == float("-inf")


# -- of one thing, the last ------------------------------------------------------------------------


def test_of_one_thing_the_last_counts_in_its_order(room: Room) -> None:
    room.ask(ASKER, "a")
    room.ask(ASKER, "b")
    room.ask(ASKER, "a")
    assert [one.row.update_id for one in room.turns.of(ASKER)] == [2, 3]
    assert room.left_out == [1]


def test_of_two_people_both_count(room: Room) -> None:
    room.ask(ASKER, "a")
    room.ask(OTHER, "a")
    assert room.left_out == []


def test_things_take_no_place_from_questions(room: Room) -> None:
    room.ask(ASKER, "page", times=100)
    room.ask(ASKER, times=MOST_QUESTIONS)
    assert room.left_out == list(range(1, 100))


def test_forged_things_do_not_fill_the_memory(room: Room) -> None:
    """It is said once that some are left out; it may have been a deed that was meant."""
    for number in range(1000):
        room.ask(ASKER, ("choose", str(number)))
    assert len(list(room.turns.of(ASKER))) == MOST_DEEDS
    assert len(room.left_out) == 1000 - MOST_DEEDS - 1
    said = room.take()
    assert said is not None
    assert (said.reply, said.row.update_id) == (Reply.TOO_MUCH, MOST_DEEDS + 1)
    room.ask(ASKER, ("choose", "0"))
    assert room.left_out[-1] == 1


def test_pages_take_no_place_from_deeds(room: Room) -> None:
    """Many pages of forged buttons wait; what is meant to change something waits with them."""
    for number in range(100):
        room.ask(ASKER, ("page", number))
    assert len(room.left_out) == 100 - MOST_WAITING
    room.ask(ASKER, ("forget", 1))
    assert len(room.left_out) == 100 - MOST_WAITING


def test_of_whom_is_forgotten_what_waits_once_more_does_not(room: Room) -> None:
    assert room.turns.take_doubted(ASKER) == []
    asked = room.ask(ASKER)
    again = [Waiting(one.row, {}, one.ask, doubts=1) for one in room.turns.of(ASKER)]
    room.take_all()
    room.turns.add(again[0], room.now)
    room.ask(OTHER)
    assert room.turns.take_doubted(ASKER) == again
    assert list(room.turns.of(ASKER)) == []
    room.turns.add(again[0], room.now)
    later = room.ask(ASKER)
    assert room.turns.take_doubted(OTHER) == []
    assert [one.row.update_id for one in room.turns.take_doubted(ASKER)] == [asked]
    assert [one.row.update_id for one in room.turns.of(ASKER)] == [later]
    assert room.take_all() == [OTHER, ASKER]


def test_an_update_number_is_no_thing(room: Room) -> None:
    room.ask(ASKER)
    room.ask(ASKER, 1)
    assert len(list(room.turns.of(ASKER))) == 2


# -- whatever comes --------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from([None, ASKER, OTHER, THIRD]),
        st.sampled_from([None, *STATES]),
        st.integers(1, 9),
        st.sampled_from([0.0, 0.0, 0.01, 1.0, 30.0]),
        st.booleans(),
    ),
    max_size=60,
)


@given(STEPS)
def test_whatever_comes(
    steps: list[tuple[int | None, tuple[str, ...] | None, int, float, bool]],
) -> None:
    """Each update ends once; the last state of each thing is applied; nobody waits for ever."""
    room = Room()
    last: dict[tuple[int | None, tuple[str, ...]], int] = {}
    taken: Counter[int] = Counter()
    for person, thing, times, seconds, is_taken in steps:
        room.now += seconds
        number = room.ask(person, thing, times=times)
        if thing is not None:
            last[person, thing] = number
        if is_taken and (one := room.take()) is not None:
            taken[one.row.update_id] += 1
        for asker in (ASKER, OTHER, THIRD):
            assert sum(one.ask.is_question for one in room.turns.of(asker)) <= MOST_QUESTIONS
    while room.turns.next_at() is not None:
        room.wait()
        one = room.take()
        assert one is not None
        taken[one.row.update_id] += 1
    while (one := room.take()) is not None:
        taken[one.row.update_id] += 1
    assert sorted([*taken.elements(), *room.left_out]) == list(range(1, room.number + 1))
    assert set(last.values()) <= set(taken)
