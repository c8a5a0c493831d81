from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pages import actions
from bot.search.results import Order
from tests.actions import EVERY


@pytest.mark.parametrize("action", EVERY)
def test_an_action_comes_back_as_it_was(action: actions.Action) -> None:
    data = actions.encode(action)
    assert len(data.encode()) <= 64
    assert actions.decode(data) == action
    marked = actions.with_attempt(data, "k3x9")
    assert actions.decode(marked) == action
    assert marked == f"{data}~k3x9"
    assert actions.with_attempt(marked, "other") == f"{data}~other"


@pytest.mark.parametrize("action", EVERY)
def test_a_link_carries_what_opens_and_nothing_that_changes_anything(
    action: actions.Action,
) -> None:
    payload = actions.encode(action).replace(":", "_")
    if isinstance(action, actions.Opening):
        assert actions.as_start(action) == payload
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload)
        assert actions.from_start(payload) == action
    else:
        assert actions.from_start(payload) is None


def test_every_action_has_its_example_here() -> None:
    assert {type(action) for action in EVERY} == set(actions._LETTERS.values())


@pytest.mark.parametrize(
    "data",
    [
        *("", "1", "1c", "0c:1", "1z:1", "1c:x", "1c:", "1f:1", "1c:--1", "1c:٣", "1c:9" * 30),
        *("1s:9:x:0:0", "1s:9:best:0:0"),
    ],
)
def test_what_is_forged_or_old_means_nothing(data: str) -> None:
    assert actions.decode(data) is None


@pytest.mark.parametrize(("order", "letter"), [(Order.BEST, "b"), (Order.NEWEST, "n")])
def test_a_button_says_the_order_in_a_letter(order: Order, letter: str) -> None:
    assert actions.encode(actions.SearchPage(9, order, 0, 5)) == f"1s:9:{letter}:0:5"
    assert actions.decode(f"1s:9:{letter}:0:5") == actions.SearchPage(9, order, 0, 5)


@given(st.text(max_size=70))
def test_no_data_is_an_error(data: str) -> None:
    actions.decode(data)
