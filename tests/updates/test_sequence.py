from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.updates.sequence import FAR, Sequence


def sequence(newest: int | None = 9, most: int = 50) -> Sequence[str]:
    return Sequence(1.5, most, newest)


def came(held: Sequence[str], *ids: int, at: float = 0.0) -> None:
    for one in ids:
        held.add(one, str(one), at)


def kept(held: Sequence[str], now: float) -> list[str]:
    """What is taken, and could be kept."""
    taken = held.take(now)
    if taken:
        held.note(int(taken[-1]))
    return taken


def test_what_comes_in_order_is_taken_at_once() -> None:
    held = sequence()
    came(held, 10, 11)
    assert kept(held, 0.0) == ["10", "11"]
    assert held.wakes_at is None


def test_what_overtook_another_waits_for_it() -> None:
    held = sequence()
    came(held, 11, 12)
    assert kept(held, 0.0) == []
    assert held.wakes_at == 1.5
    came(held, 10, at=1.0)
    assert kept(held, 1.0) == ["10", "11", "12"]


def test_an_id_that_does_not_come_is_waited_for_no_longer_than_that() -> None:
    """Each waits for itself: many gaps take no longer than one."""
    held = sequence()
    came(held, 11, 13, 15, 16)
    came(held, 18, at=1.0)
    assert kept(held, 1.4) == []
    assert kept(held, 1.5) == ["11", "13", "15", "16"]
    assert held.wakes_at == 2.5
    came(held, 17, at=2.0)
    assert kept(held, 2.0) == ["17", "18"]


def test_one_that_is_late_is_taken_at_once_and_changes_nothing() -> None:
    held = sequence()
    came(held, 5)
    assert kept(held, 0.0) == ["5"]
    came(held, 11)
    assert kept(held, 0.0) == []


def test_the_first_ever_waits_for_nothing() -> None:
    held = sequence(newest=None)
    came(held, 500, 498)
    assert kept(held, 0.0) == ["498"]
    came(held, 499)
    assert kept(held, 0.0) == ["499", "500"]


def test_ids_that_begin_anew_wait_for_nothing() -> None:
    for begun in (10 + FAR * 2, 12_345_678):
        held = sequence()
        came(held, begun)
        assert kept(held, 0.0) == [str(begun)]
        came(held, begun + 2)
        assert kept(held, 0.0) == []
    held = sequence(newest=900_000_000)
    came(held, 12)
    assert kept(held, 0.0) == ["12"]
    came(held, 14)
    assert kept(held, 0.0) == []


def test_what_has_all_the_connections_waits_for_nothing_that_could_come() -> None:
    held = sequence(most=3)
    came(held, 13, 12, 11)
    assert kept(held, 0.0) == ["11", "12", "13"]


def test_what_nobody_waits_for_is_let_go() -> None:
    held = sequence()
    item = "12"
    held.add(12, item, 0.0)
    held.remove(item)
    assert held.wakes_at is None
    assert kept(held, 9.0) == []


def test_what_could_not_be_kept_is_waited_for_again() -> None:
    held = sequence()
    came(held, 10, 12)
    assert held.take(0.0) == ["10"]
    assert held.clear() == ["12"]
    came(held, 11, at=1.0)
    assert held.take(1.0) == []
    came(held, 10, at=1.5)
    assert kept(held, 1.5) == ["10", "11"]


def test_what_came_by_another_way_is_waited_for_no_more() -> None:
    held = sequence()
    came(held, 12)
    held.note(11)
    assert kept(held, 0.0) == ["12"]


@given(st.permutations(range(10, 30)), st.integers(1, 25))
def test_whatever_overtakes_whatever_all_come_in_order(order: list[int], most: int) -> None:
    """As long as none is missing for longer than that, and there are connections left."""
    held: Sequence[str] = Sequence(1.5, most if most > 20 else 50, 9)
    taken: list[str] = []
    for one in order:
        came(held, one)
        taken += kept(held, 0.0)
    assert taken == [str(one) for one in range(10, 30)]
