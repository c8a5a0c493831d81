from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from benchmarks.figures import Better, Ratio, from_json
from benchmarks.reporting import KEPT, figure, percentile, report, shown, table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

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


def test_what_was_measured_is_kept_where_the_environment_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(KEPT, str(tmp_path / "kept.json"))
    ratio = Ratio("ms, of bare's", 0.01, Better.LOWER)
    report("x", {"all": ROWS}, as_json=False, ratios=[ratio])
    kept = json.loads((tmp_path / "kept.json").read_bytes())
    assert kept["all"] == ROWS
    assert from_json(kept["ratios"]) == [ratio]
    assert "ratios" not in capsys.readouterr().out


def test_a_cell_that_is_no_number_is_no_figure() -> None:
    assert figure(ROWS[0], "of") == 12_345.0
    with pytest.raises(TypeError):
        figure(ROWS[0], "bot")
