from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.lanes import GRACE_SECONDS, Ending, Kind, Lanes, Priority, SendLimits, Turn

if TYPE_CHECKING:
    from bot.delivery.flood import ChatKey

LIMITS = SendLimits()


@dataclass
class Begun:
    """A turn and its times."""

    turn: Turn
    asked_at: float
    began_at: float
    ended_at: float


def run(
    requests: list[tuple[float, ChatKey, Priority]], *, took: float = 0.01
) -> tuple[list[Begun], Lanes]:
    """Play requests (second, chat, class) through the lanes; each call takes `took` seconds."""
    lanes, now, begun = Lanes(), 0.0, list[Begun]()
    coming = sorted(requests, key=lambda request: request[0])
    asked: dict[Turn, float] = {}
    ending: list[tuple[float, Begun]] = []
    while coming or ending or len(begun) < len(requests):
        while coming and coming[0][0] <= now:
            at, chat, priority = coming.pop(0)
            asked[lanes.add(chat, priority, now)] = at
        while ending and ending[0][0] <= now:
            lanes.finish(ending.pop(0)[1].turn, now)
        while (turn := lanes.take(now)) is not None:
            begun.append(Begun(turn, asked[turn], now, now + took))
            ending.append((now + took, begun[-1]))
        times = [request[0] for request in coming[:1]] + [end[0] for end in ending[:1]]
        if (next_at := lanes.next_at()) is not None:
            times.append(next_at)
        now = max(now, min(times, default=now))
    return begun, lanes


def most_within(times: list[float], seconds: float) -> int:
    """The most events in any half-open span of `seconds`."""
    times = sorted(times)
    return max(
        (bisect_left(times, start + seconds - 1e-6) - number for number, start in enumerate(times)),
        default=0,
    )


REQUESTS = st.lists(
    st.tuples(
        st.floats(0, 90),
        st.sampled_from([1, 2, 3, -10, -1001, -1002, "@channel", *range(100, 140)]),
        st.sampled_from(Priority),
    ),
    max_size=120,
)


@settings(deadline=None, max_examples=60)
@given(REQUESTS, st.floats(0, 3))
def test_no_window_holds_more_than_the_limits(
    requests: list[tuple[float, ChatKey, Priority]], took: float
) -> None:
    begun, _ = run(requests, took=took)
    assert most_within([each.began_at for each in begun], 1.0) <= 30
    for chat in {each.turn.chat for each in begun}:
        mine = [each for each in begun if each.turn.chat == chat]
        starts = [each.began_at for each in mine]
        assert most_within(starts, 3.0) <= 3
        if isinstance(chat, str) or chat < 0:
            assert most_within(starts, 60.0) <= 20
        assert all(later.began_at >= earlier.ended_at for earlier, later in pairwise(mine)), (
            "two sends under way in one chat"
        )


@settings(deadline=None, max_examples=60)
@given(REQUESTS)
def test_within_a_chat_and_a_class_the_order_is_kept_and_everything_goes(
    requests: list[tuple[float, ChatKey, Priority]],
) -> None:
    begun, _ = run(requests)
    assert len(begun) == len(requests)
    seen: dict[tuple[ChatKey, Priority], int] = {}
    for each in begun:
        key = each.turn.chat, each.turn.priority
        assert seen.get(key, -1) < each.turn.number
        seen[key] = each.turn.number


@settings(deadline=None, max_examples=40)
@given(REQUESTS)
def test_what_could_begin_begins_by_urgency(
    requests: list[tuple[float, ChatKey, Priority]],
) -> None:
    """Of two that wait for one chat, the more urgent goes first, up to its grace."""
    begun, _ = run(requests)
    for position, first in enumerate(begun):
        for second in begun[position + 1 :]:
            if first.turn.chat == second.turn.chat and second.asked_at < first.began_at:
                assert first.turn < second.turn


def test_pushes_wait_behind_a_reply_that_came_later() -> None:
    lanes = Lanes()
    pushes = [lanes.add(-chat, Priority.PUSH, 0.0) for chat in range(1, 50)]
    digest = lanes.add(-60, Priority.DIGEST, 0.0)
    reply = lanes.add(7, Priority.REPLY, 0.0)
    assert lanes.take(0.0) is reply
    assert lanes.take(0.0) is None
    at = lanes.next_at()
    assert at is not None
    assert 0.03 < at < 0.04
    assert lanes.take(at) is digest
    assert lanes.take(2 * at) is pushes[0]


@pytest.mark.no_cover  # others run the same lines
def test_what_is_not_urgent_is_not_starved_by_replies_without_end() -> None:
    lanes, now = Lanes(SendLimits(chat=1000, group=1000)), 0.0
    push = lanes.add(7, Priority.PUSH, now)
    while True:
        now += 0.05
        lanes.add(7, Priority.REPLY, now)
        lanes.add(7, Priority.REPLY, now)
        turn = lanes.take(now)
        if turn is push:
            break
        if turn is not None:
            lanes.finish(turn, now)
        assert now < 2 * GRACE_SECONDS[Priority.PUSH] + 5


def test_edits_of_counts_leave_half_of_a_groups_minute_to_answers() -> None:
    """One member who taps on and off has a card edited every three seconds."""
    edits = [(3.0 * number, -1001, Priority.REFRESH) for number in range(40)]
    questions = [(2.5 + 10 * number, -1001, Priority.REPLY) for number in range(12)]
    begun, _ = run([*edits, *questions])
    waits = [one.began_at - one.asked_at for one in begun if one.turn.priority is Priority.REPLY]
    assert max(waits) < 1
    refreshes = [one.began_at for one in begun if one.turn.priority is Priority.REFRESH]
    assert len(refreshes) == 40


def test_edits_that_waited_long_enough_take_the_other_half_too() -> None:
    lanes = Lanes()
    for _ in range(20):
        lanes.add(-1001, Priority.REFRESH, 0.0)
    grace = GRACE_SECONDS[Priority.REFRESH]
    now = grace - 15
    for _ in range(10):
        turn = lanes.take(now)
        assert turn is not None
        lanes.finish(turn, now)
        now += 1.1
    assert lanes.take(now) is None
    assert lanes.next_at() == grace
    assert lanes.take(grace) is not None


def test_an_answer_does_not_wait_for_an_edit_that_leaves_room() -> None:
    """Also where the chat's own limit holds it back for less long than the edit."""
    lanes, now = Lanes(), 0.0
    for _ in range(10):
        lanes.add(-1001, Priority.REFRESH, now)
        turn = lanes.take(now)
        assert turn is not None
        lanes.finish(turn, now)
        now += 1.1
    edit = lanes.add(-1001, Priority.REFRESH, now)
    assert lanes.take(now) is None
    assert lanes.next_at() == LIMITS.group_seconds
    now += LIMITS.chat_seconds
    for _ in range(3):
        turn = lanes.add(-1001, Priority.REPLY, now)
        assert lanes.take(now) is turn
        lanes.finish(turn, now)
    answer = lanes.add(-1001, Priority.REPLY, now)
    assert lanes.take(now) is None
    assert lanes.next_at() == now + LIMITS.chat_seconds
    now += LIMITS.chat_seconds
    assert lanes.take(now) is answer
    lanes.finish(answer, now)
    assert lanes.take(LIMITS.group_seconds) is None
    at = lanes.next_at()
    assert at is not None
    assert lanes.take(LIMITS.group_seconds + 10) is edit


def test_in_groups_too_small_to_spare_anything_an_edit_goes_when_the_minute_is_over() -> None:
    lanes = Lanes(SendLimits(group=1))
    for at in (0.0, LIMITS.group_seconds):
        edit = lanes.add(-1001, Priority.REFRESH, at)
        assert lanes.take(at) is edit
        lanes.finish(edit, at)


def test_a_flooded_chat_waits_alone() -> None:
    lanes = Lanes()
    first, other = lanes.add(-1, Priority.PUSH, 0.0), lanes.add(-2, Priority.PUSH, 0.0)
    assert lanes.take(0.0) is first
    lanes.put_back(first, 0.1, 35)
    assert lanes.held_for(-1, 10.1) == 25
    assert lanes.held_for(-9, 10.1) == 0
    assert lanes.take(0.2) is other
    assert lanes.take(35.0) is None
    assert lanes.take(35.2) is first
    assert first.held_seconds == 35


def test_a_reply_that_comes_while_a_lane_waits_goes_first() -> None:
    lanes = Lanes(SendLimits(chat=1, chat_seconds=5.0))
    first = lanes.add(1, Priority.PUSH, 0.0)
    push = lanes.add(1, Priority.PUSH, 0.0)
    assert lanes.take(0.0) is first
    lanes.finish(first, 0.0)
    reply = lanes.add(1, Priority.REPLY, 1.0)
    assert lanes.take(1.0) is None
    assert lanes.next_at() == 5.0
    assert lanes.take(5.0) is reply
    lanes.finish(reply, 5.0)
    assert lanes.take(10.0) is push


def test_a_reply_overtakes_a_push_that_only_the_bots_limit_holds_back() -> None:
    lanes = Lanes()
    lanes.add(1, Priority.PUSH, 0.0)
    assert lanes.take(0.0) is not None
    push = lanes.add(2, Priority.PUSH, 0.0)
    assert lanes.take(0.0) is None
    reply = lanes.add(2, Priority.REPLY, 0.0)
    assert lanes.take(0.0) is reply
    lanes.finish(reply, 0.01)
    assert lanes.take(1.0) is push


def test_a_request_that_nobody_waits_for_any_more_is_passed_over() -> None:
    lanes = Lanes()
    gone, here = lanes.add(1, Priority.REPLY, 0.0), lanes.add(1, Priority.REPLY, 0.0)
    lanes.withdraw(gone, 0.0)
    assert lanes.take(0.0) is here
    late = lanes.add(1, Priority.REPLY, 0.0)
    lanes.withdraw(late, 0.0)
    lanes.finish(here, 0.0)
    assert lanes.take(9.0) is None
    alone = lanes.add(5, Priority.REPLY, 9.0)
    lanes.withdraw(alone, 9.0)
    assert lanes.take(9.0) is None
    assert lanes.next_at() is None


def test_lanes_without_a_past_are_forgotten() -> None:
    begun, lanes = run([(float(chat), chat, Priority.PUSH) for chat in range(1, 400)])
    assert len(begun) == 399
    assert len(lanes) < 80
    held = lanes.add(-5, Priority.PUSH, 500.0)
    assert lanes.take(500.0) is held
    lanes.put_back(held, 500.0, 3600)
    lanes.withdraw(held, 500.0)
    for chat in range(1000, 1100):
        turn = lanes.add(chat, Priority.PUSH, 500.0 + chat)
        assert lanes.take(500.0 + chat) is turn
        lanes.finish(turn, 500.0 + chat)
    assert lanes.held_for(-5, 600.0) == 3500
    assert len(lanes) < 20
    lanes.withdraw(Turn(77, Priority.PUSH, 1, 1.0), 1.0)


def test_a_group_that_was_idle_in_between_still_has_its_minute() -> None:
    """Its lane is kept as long as what was sent there counts, though nothing waits in it."""
    lanes, now, begun = Lanes(), 0.0, list[float]()
    while now < 180.0:
        turn = lanes.add(-5, Priority.PUSH, now)
        while lanes.take(now) is None:
            at = lanes.next_at()
            assert at is not None
            now = at
        begun.append(now)
        lanes.finish(turn, now)
        for other in (-6, -7):  # each end looks for lanes to forget
            elsewhere = lanes.add(other, Priority.REPLY, now)
            if lanes.take(now) is elsewhere:
                lanes.finish(elsewhere, now)
            else:
                lanes.withdraw(elsewhere, now)
        now += 1.1
    assert most_within(begun, 60.0) == LIMITS.group - LIMITS.group_kept


def test_the_last_of_a_groups_minute_is_kept_to_say_that_answers_wait() -> None:
    lanes, now = Lanes(), 0.0
    for _ in range(LIMITS.group - LIMITS.group_kept):
        now += 3.0
        turn = lanes.add(-5, Priority.REPLY, now)
        assert lanes.take(now) is turn
        lanes.finish(turn, now)
    now += 3.0
    waiting = lanes.add(-5, Priority.REPLY, now)
    assert lanes.take(now) is None
    assert lanes.wait_of(waiting, now) == pytest.approx(3.0 + LIMITS.group_seconds - now)
    said = lanes.add(-5, Priority.NOTICE, now)
    assert lanes.take(now) is said
    lanes.finish(said, now)
    another = lanes.add(-5, Priority.NOTICE, now)
    assert lanes.take(now) is None
    lanes.withdraw(another, now)
    assert lanes.take(3.0 + LIMITS.group_seconds) is waiting


def test_while_all_is_held_no_chat_is_sent_to() -> None:
    lanes = Lanes()
    first = lanes.add(1, Priority.REPLY, 0.0)
    lanes.hold_all(60.0)
    lanes.hold_all(30.0)
    assert lanes.take(59.0) is None
    assert lanes.next_at() == 60.0
    assert lanes.take(60.0) is first


def test_while_a_request_is_under_way_its_chats_others_need_no_clock() -> None:
    """Its end gives the lane on; until then, no moment brings another turn."""
    lanes = Lanes()
    first = lanes.add(1, Priority.REPLY, 0.0)
    assert lanes.take(0.0) is first
    second = lanes.add(1, Priority.REPLY, 0.0)
    assert lanes.next_at() is None
    lanes.finish(first, 0.5)
    assert lanes.take(0.5) is second


def test_in_groups_that_could_spare_all_an_edit_still_goes_alone_in_its_minute() -> None:
    lanes = Lanes(SendLimits(group=2, group_kept=0))
    edit = lanes.add(-1001, Priority.REFRESH, 0.0)
    assert lanes.take(0.0) is edit
    lanes.finish(edit, 0.0)
    second = lanes.add(-1001, Priority.REFRESH, 0.0)
    assert lanes.take(LIMITS.group_seconds - 1) is None
    answer = lanes.add(-1001, Priority.REPLY, LIMITS.group_seconds - 1)
    assert lanes.take(LIMITS.group_seconds - 1) is answer
    lanes.finish(answer, LIMITS.group_seconds - 1)
    assert lanes.take(2 * LIMITS.group_seconds - 1.1) is None
    assert lanes.take(2 * LIMITS.group_seconds - 1) is second


def begin(lanes: Lanes, now: float, *chats: ChatKey, kind: Kind = Kind.SEND) -> list[Turn]:
    """Replies to chats, all of which leave at once."""
    turns = [lanes.add(chat, Priority.REPLY, now, kind) for chat in chats]
    assert [lanes.take(now) for _ in turns] == turns
    return turns


def test_refusals_in_three_chats_at_once_hold_every_chat_and_then_no_longer_theirs() -> None:
    lanes = Lanes()
    turns = begin(lanes, 0.0, 1, 2, 3)
    assert [lanes.put_back(turn, 0.1, 3600) for turn in turns] == [60, 60, 0]
    assert lanes.troubles == {"all sends are refused"}
    assert [lanes.held_for(chat, 0.1) for chat in (1, 2, 3)] == [0, 0, 0]
    assert lanes.all_held_for(Kind.SEND, 10.1) == 50
    assert lanes.all_held_for(Kind.EDIT, 10.1) < 0
    other = lanes.add(4, Priority.REPLY, 1.0)
    assert lanes.take(60.0) is None
    assert lanes.next_at() == 60.1
    assert lanes.take(60.1) is turns[0]
    assert lanes.take(62.0) is None
    lanes.finish(turns[0], 62.0)
    assert not lanes.troubles
    assert [lanes.take(63.1) for _ in range(3)] == [turns[1], turns[2], other]


def test_after_it_the_pace_is_half_of_what_it_was() -> None:
    lanes = Lanes()
    for turn in begin(lanes, 0.0, 1, 2, 3):
        lanes.put_back(turn, 0.0, 5)
    trial = lanes.take(5.0)
    assert trial is not None
    lanes.finish(trial, 5.0)
    assert at_once(lanes, 10.0) == 15
    assert at_once(lanes, 20.0) == 15, "each accepted one adds a thirtieth"
    assert at_once(lanes, 30.0) == 16
    for seconds in range(4, 70):
        at_once(lanes, 10.0 * seconds)
    assert at_once(lanes, 1000.0) == 30


def at_once(lanes: Lanes, now: float) -> int:
    """How many replies leave at one moment; all of them are accepted."""
    for chat in range(100, 160):
        lanes.add(chat, Priority.REPLY, now)
    left = list(iter(lambda: lanes.take(now), None))
    for turn in left:
        lanes.finish(turn, now)
    while (other := lanes.take(now + 3)) is not None:
        lanes.finish(other, now + 3, Ending.UNTOLD)
    return len(left)


def test_what_a_chat_was_sent_explains_its_refusal() -> None:
    """A group's last message of a minute is too much for the group, not for the bot."""
    lanes, now = Lanes(), 0.0
    groups = (-1, -2, -3)
    for _ in range(LIMITS.group - LIMITS.group_kept - 1):
        now += 3.125
        for turn in begin(lanes, now, *groups):
            lanes.finish(turn, now)
    turns = begin(lanes, now + 1, *groups)
    assert [lanes.put_back(turn, now + 1, 40) for turn in turns] == [40, 40, 40]
    assert not lanes.troubles
    assert lanes.held_for(-1, now + 1) == 40
    alone = Lanes(SendLimits(chat=1))
    for turn in begin(alone, 0.0, 1, 2, 3):
        assert alone.put_back(turn, 0.0, 9) == 9


def test_edits_that_are_all_refused_hold_edits_alone() -> None:
    lanes = Lanes()
    for turn in begin(lanes, 0.0, 1, 2, 3, kind=Kind.EDIT):
        lanes.put_back(turn, 0.0, 30)
    edit = lanes.add(4, Priority.REPLY, 0.0, Kind.EDIT)
    (sent,) = begin(lanes, 0.0, 5)
    lanes.finish(sent, 0.0)
    assert lanes.troubles == {"all edits are refused"}
    assert lanes.take(29.0) is None
    taken = lanes.take(30.0)
    assert taken is not None
    lanes.finish(taken, 30.0)
    assert edit in {lanes.take(31.1) for _ in range(3)}


def test_edits_of_counts_leave_room_also_once_edits_are_accepted_again() -> None:
    """What is held or slowed down changes nothing about whose half of a group's minute it is."""
    lanes, now = Lanes(), 0.0
    for _ in range(10):
        lanes.add(-1001, Priority.REFRESH, now, Kind.EDIT)
        turn = lanes.take(now)
        assert turn is not None
        lanes.finish(turn, now)
        now += 1.1
    for turn in begin(lanes, now, 1, 2, 3, kind=Kind.EDIT):
        lanes.put_back(turn, now, 5)
    edit = lanes.add(-1001, Priority.REFRESH, now, Kind.EDIT)
    assert lanes.troubles == {"all edits are refused"}
    for _ in range(3):
        now += 5
        turn = lanes.take(now)
        assert turn is not None
        assert turn.chat in {1, 2, 3}
        lanes.finish(turn, now)
    assert not lanes.troubles
    assert lanes.take(now) is None
    assert lanes.next_at() == LIMITS.group_seconds
    assert lanes.take(LIMITS.group_seconds) is edit


def test_sends_and_edits_go_in_one_order() -> None:
    lanes = Lanes()
    kinds = [Kind.EDIT, Kind.SEND, Kind.SEND, Kind.EDIT]
    turns = [lanes.add(chat, Priority.REPLY, chat / 10, kind) for chat, kind in enumerate(kinds, 1)]
    assert [lanes.take(1.0) for _ in turns] == turns


def test_while_nothing_is_answered_nothing_leaves_until_something_is() -> None:
    lanes = Lanes()
    turns = begin(lanes, 0.0, 1, 2, 3, 4)
    waiting = [lanes.add(chat, Priority.REPLY, 0.0) for chat in (5, 6)]
    for turn in turns[:3]:
        lanes.finish(turn, 1.0, Ending.UNANSWERED)
    assert lanes.troubles == {"nothing is answered"}
    assert lanes.knocks_in_seconds == 3.0
    assert lanes.take(100.0) is None
    assert lanes.next_at() is None
    lanes.finish(turns[3], 100.0, Ending.UNTOLD)
    lanes.try_again()
    assert lanes.knocks_in_seconds is None
    assert lanes.take(200.0) is waiting[0]
    assert lanes.take(200.0) is None
    lanes.finish(waiting[0], 201.0, Ending.ANSWERED)
    assert not lanes.troubles
    assert lanes.take(201.0) is waiting[1]
    for _ in range(3):
        lanes.finish(waiting[1], 202.0, Ending.UNANSWERED)
    lanes.heard()
    assert not lanes.troubles, "nothing waits: there is nothing to try"


def not_answered(lanes: Lanes, now: float) -> None:
    """Three sends leave and are not answered."""
    for turn in begin(lanes, now, 1, 2, 3):
        lanes.finish(turn, now, Ending.UNANSWERED)


def test_what_may_be_done_twice_tries_first_whether_anything_is_answered() -> None:
    lanes = Lanes()
    not_answered(lanes, 0.0)
    push = lanes.add(4, Priority.PUSH, 10.0)
    reply = lanes.add(5, Priority.REPLY, 20.0)
    question = lanes.add(6, Priority.PUSH, 30.0, Kind.EDIT)
    lanes.heard()
    assert lanes.take(100.0) is question
    lanes.finish(question, 101.0, Ending.ANSWERED)
    assert not lanes.troubles
    assert [lanes.take(110.0 + number) for number in range(2)] == [reply, push]


def test_edits_that_are_never_answered_do_not_keep_sends_from_trying() -> None:
    lanes = Lanes()
    not_answered(lanes, 0.0)
    edits = [lanes.add(chat, Priority.PUSH, 10.0, Kind.EDIT) for chat in (4, 5)]
    push = lanes.add(6, Priority.PUSH, 20.0)
    lanes.heard()
    assert lanes.take(30.0) is edits[0]
    lanes.finish(edits[0], 31.0, Ending.UNANSWERED)
    assert lanes.take(40.0) is None
    lanes.heard()
    assert lanes.take(50.0) is edits[1], "the older one, whatever it is"
    lanes.finish(edits[1], 51.0, Ending.UNANSWERED)
    lanes.heard()
    assert lanes.take(60.0) is push


@pytest.mark.parametrize(
    ("kind", "answer", "seconds"),
    [
        (Kind.EDIT, "400", 6.0),
        (Kind.EDIT, "429", 6.0),
        (Kind.SEND, "400", 3.0),
        (Kind.SEND, "429", 3.0),
    ],
)
def test_only_the_answer_to_a_send_begins_the_waits_anew(
    kind: Kind, answer: str, seconds: float
) -> None:
    lanes = Lanes()
    for now in (0.0, 1_000.0):
        not_answered(lanes, now)
        turn = lanes.add(4, Priority.REPLY, now, kind)
        lanes.heard()
        assert lanes.take(now + 10.0) is turn
        if answer == "429":
            lanes.put_back(turn, now + 10.0, 1.0)
            lanes.withdraw(turn, now + 10.0)
        else:
            lanes.finish(turn, now + 10.0, Ending.ANSWERED)
        assert not lanes.troubles
    not_answered(lanes, 2_000.0)
    assert lanes.knocks_in_seconds == seconds


def test_an_edit_that_has_to_wait_keeps_no_send_from_trying() -> None:
    lanes = Lanes()
    edits = [lanes.add(chat, Priority.REPLY, 0.0, Kind.EDIT) for chat in (7, 8, 9)]
    for edit in edits:
        assert lanes.take(1.0) is edit
    for edit in edits:
        lanes.put_back(edit, 1.0, 600.0)
    not_answered(lanes, 10.0)
    push = lanes.add(6, Priority.PUSH, 10.0)
    lanes.heard()
    assert lanes.take(20.0) is push


def test_a_chat_whose_sends_hang_holds_up_no_other_that_is_answered() -> None:
    lanes = Lanes()
    turns = begin(lanes, 0.0, *range(1, 9))
    lanes.finish(turns[7], 0.1)
    for turn in turns[:7]:
        lanes.finish(turn, 5.0, Ending.UNANSWERED)
    assert not lanes.troubles


def test_what_one_chat_was_refused_may_be_forgotten_when_all_are() -> None:
    lanes = Lanes()
    turn = lanes.add(0, Priority.REPLY, 0.0)
    assert lanes.take(0.0) is turn
    lanes.put_back(turn, 0.0, 0.5)
    assert lanes.take(0.5) is turn
    lanes.finish(turn, 0.5, Ending.ANSWERED)  # its wait was its own
    turns = [lanes.add(chat, Priority.REPLY, 3.9) for chat in (1, 2, 3, 4)]
    assert [lanes.take(3.9) for _ in turns] == turns
    lanes.finish(turns[0], 3.9, Ending.ANSWERED)
    assert len(lanes) == 4
    for one in turns[1:]:
        lanes.put_back(one, 4.0, 600.0)
    assert lanes.troubles == {"all sends are refused"}


def test_the_numbers_are_those_that_the_docs_tell() -> None:
    assert [priority.value for priority in Priority] == [-1, 0, 1, 2, 3]
    assert list(GRACE_SECONDS.values()) == [-3600.0, 0.0, 120.0, 300.0, 900.0]
    told = SendLimits(
        overall=30,
        overall_seconds=1.005,
        chat=3,
        chat_seconds=3.1,
        group=20,
        group_seconds=60.5,
        group_kept=1,
        group_spared=10,
        patience_seconds=60.0,
    )
    assert told == LIMITS
