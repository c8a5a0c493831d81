from __future__ import annotations

import json
from math import inf, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.figures import (
    Better,
    Change,
    Ratio,
    Verdict,
    compare,
    from_json,
    judge,
    quotient,
    read,
    to_json,
)

HIGHER, LOWER = Better.HIGHER, Better.LOWER
SAME, WORSE, BETTER = Verdict.SAME, Verdict.WORSE, Verdict.BETTER
OPPOSITE = {SAME: SAME, WORSE: BETTER, BETTER: WORSE}


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        (1.0, 1.0, SAME),
        (1.0, 0.8, SAME),
        (1.0, 0.799, WORSE),
        (1.0, 1.2, SAME),
        (1.0, 1.201, BETTER),
        (0.1, 0.1 * 1.2, SAME),  # in binary a little more than a fifth
        (0.3, 0.3 * 0.8, SAME),
        (250.0, 199.0, WORSE),
        (0.0, 0.0, SAME),
        (0.0, 0.001, BETTER),
        (1.0, 0.0, WORSE),
    ],
)
def test_more_than_a_fifth_says_something_in_either_direction(
    before: float, now: float, verdict: Verdict
) -> None:
    assert judge(before, now, HIGHER) is verdict
    assert judge(before, now, LOWER) is OPPOSITE[verdict]


@pytest.mark.parametrize("now", [nan, inf, -inf])
@pytest.mark.parametrize("better", Better)
def test_what_is_no_number_any_more_is_worse(now: float, better: Better) -> None:
    assert judge(1.0, now, better) is WORSE


POSITIVE = st.floats(1e-6, 1e6)


@given(POSITIVE, POSITIVE)
def test_what_is_worse_one_way_is_better_the_other(before: float, now: float) -> None:
    assert judge(before, now, LOWER) is OPPOSITE[judge(before, now, HIGHER)]


def test_what_is_new_and_what_is_gone_is_told() -> None:
    before = {"answers": [Ratio("a", 1.0, HIGHER), Ratio("left", 2.0, LOWER)]}
    now = {"answers": [Ratio("a", 0.5, HIGHER), Ratio("came", 3.0, LOWER)], "year": []}
    assert compare(before, now) == [
        Change("answers", "a", 1.0, 0.5, WORSE),
        Change("answers", "came", None, 3.0, Verdict.NEW),
        Change("answers", "left", 2.0, None, Verdict.GONE),
    ]


def test_a_benchmark_that_was_not_run_is_not_compared() -> None:
    assert not compare({"answers": [Ratio("a", 1.0, HIGHER)]}, {})
    assert not compare({"answers": [Ratio("a", 1.0, HIGHER)]}, {"year": []})


def test_all_of_a_benchmark_that_has_no_ratios_any_more_is_gone() -> None:
    changes = compare({"answers": [Ratio("a", 1.0, HIGHER)]}, {"answers": []})
    assert [one.verdict for one in changes] == [Verdict.GONE]


def test_a_committed_figure_that_is_no_number_is_none() -> None:
    before = {"answers": [Ratio("a", nan, HIGHER), Ratio("b", nan, HIGHER)]}
    changes = compare(before, {"answers": [Ratio("a", 1.0, HIGHER)]})
    assert changes == [Change("answers", "a", None, 1.0, Verdict.NEW)]


def test_the_direction_is_that_of_now() -> None:
    changes = compare({"x": [Ratio("a", 1.0, HIGHER)]}, {"x": [Ratio("a", 2.0, LOWER)]})
    assert changes[0].verdict is WORSE


@pytest.mark.parametrize(
    ("before", "now", "percent"),
    [
        (1.0, 1.5, 50.0),
        (2.0, 1.0, -50.0),
        (0.0, 1.0, None),
        (None, 1.0, None),
        (1.0, None, None),
        (1.0, nan, None),
    ],
)
def test_a_change_in_percent(before: float | None, now: float | None, percent: float) -> None:
    assert Change("x", "a", before, now, SAME).percent == percent


@pytest.mark.parametrize(
    ("value", "peer", "ratio"), [(1.0, 2.0, 0.5), (0.0, 2.0, 0.0), (1.0, 0.0, inf)]
)
def test_a_quotient_of_nothing_has_no_end(value: float, peer: float, ratio: float) -> None:
    assert quotient(value, peer) == ratio
    assert isnan(quotient(0.0, 0.0))


def test_ratios_are_read_as_they_were_written() -> None:
    ratios = [Ratio("이름", 0.123456, HIGHER), Ratio("b", nan, LOWER), Ratio("c", inf, LOWER)]
    text = json.dumps({"answers": {"date": "2026-01-01", "ratios": to_json(ratios)}, "flood": {}})
    kept = read(text)
    assert kept["flood"] == []
    assert kept["answers"][0] == Ratio("이름", 0.1235, HIGHER)
    assert [isnan(one.value) for one in kept["answers"]] == [False, True, True]


@pytest.mark.parametrize(
    "rows", [3, [3], [{}], [{"name": "a", "value": 1, "better": "more"}], [{"name": "a"}]]
)
def test_what_are_no_ratios_is_a_value_error(rows: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_json(rows)


@pytest.mark.parametrize("text", ["", "3", "[]", '{"answers": 3}', '{"answers": {"ratios": 3}}'])
def test_a_file_of_something_else_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(text)
