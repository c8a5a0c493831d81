from __future__ import annotations

import json
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from benchmarks.__main__ import NAMES, main
from benchmarks.reporting import percentile, report, shown, table

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS = [{"bot": "소식", "ms": 1.234, "of": 12_345}, {"bot": "bare", "ms": 123.4}]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.234, "1.23"), (12.34, "12.3"), (1234.5, "1,234"), (12_345, "12,345"), ("x", "x")],
)
def test_numbers_are_shown_as_exactly_as_they_say_something(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_table_has_its_names_above_and_its_numbers_to_the_right() -> None:
    assert table(ROWS).splitlines() == ["bot     ms      of", "소식    1.23  12,345", "bare   123"]


@pytest.mark.parametrize(("seconds", "median"), [([3.0], 3.0), ([1.0, 2.0, 9.0], 2.0)])
def test_the_median_is_the_one_in_the_middle(seconds: Sequence[float], median: float) -> None:
    assert percentile(seconds, 50) == median


def test_the_same_figures_come_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    report("x", {"all": ROWS}, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"benchmark": "x", "all": ROWS}
    report("x", {"all": ROWS}, as_json=False)
    assert capsys.readouterr().out.startswith("# x\n\nall\nbot ")


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_that_is_run_exists(name: str) -> None:
    assert find_spec(f"benchmarks.{name}") is not None


def test_a_name_that_is_no_benchmark_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["benchmarks", "nonsense"])
    with pytest.raises(SystemExit):
        main()
