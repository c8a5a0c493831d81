from __future__ import annotations

import pytest

from benchmarks.figures import Better, Ratio
from benchmarks.limits import OUTAGES, peak, play_flood, play_outage, ratios_of


@pytest.mark.parametrize(
    ("seconds", "lifted_after"), [(35.0, None), (3600.0, 45.0), (3600.0, None)]
)
def test_where_everything_is_refused_a_few_calls_find_out_and_every_chat_gets_the_post(
    seconds: float, lifted_after: float | None
) -> None:
    row = play_flood("together", 60, seconds, lifted_after)
    assert row["reached"] == 60
    assert isinstance(row["refused"], int)
    assert row["refused"] <= 30
    assert isinstance(row["most in a second"], int)
    assert row["most in a second"] <= 30
    if lifted_after is not None:
        assert isinstance(row["last after s"], float)
        assert row["last after s"] < 300


@pytest.mark.no_cover  # others run the same lines
def test_each_alone_goes_on_in_vain() -> None:
    row = play_flood("each alone", 60, 35.0, None)
    assert row["reached"] != 60
    assert isinstance(row["refused"], int)
    assert row["refused"] > 500


@pytest.mark.parametrize("trouble", OUTAGES)
def test_after_an_outage_it_goes_on_within_seconds(trouble: str) -> None:
    row = play_outage("together", 60, trouble, 195.0)
    assert row["reached"] == 60
    assert row["doubts"] == row["chats in doubt"], "nobody is in doubt twice"
    assert isinstance(row["undoubted all s"], float)
    assert row["undoubted all s"] < 15


def test_the_most_in_any_second_is_counted() -> None:
    assert peak([]) == 0
    assert peak([0.0, 0.5, 0.9, 1.0, 1.4, 9.0]) == 4


def test_the_ratios_are_of_the_floor() -> None:
    flood = {"chats": 120, "said s": 35.0, "lasts s": "wait"}
    outage = {"outage": "502", "lasts s": 30.0}
    tables: dict[str, list[dict[str, object]]] = {
        "floods": [
            {"policy": "each alone", **flood, "refused": 100},
            {"policy": "together", **flood, "refused": 8},
        ],
        "outages": [
            {"policy": "each alone", **outage, "doubts": 0},
            {"policy": "together", **outage, "doubts": 9},
        ],
        "live": [{"chats": 3, "refused": 4}],
    }
    assert ratios_of(tables) == [
        Ratio("refused, of the floor's: chats 120, said s 35.0, lasts s wait", 0.08, Better.LOWER),
        Ratio("doubts, of the floor's: outage 502, lasts s 30.0", float("inf"), Better.LOWER),
    ]
