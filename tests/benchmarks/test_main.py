"""All benchmarks in turn: what is compared, what is told, what is written, and the exit code."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as whole
from benchmarks.__main__ import COMMITTED, NAMES, PLAIN, Run, Size, told
from benchmarks.figures import Better, Change, Ratio, Verdict, read, to_json

ROOT = Path(__file__).parents[2]
RED, GREEN = "\033[31m", "\033[32m"


@pytest.fixture
def committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the committed figures are: there are none."""
    monkeypatch.setattr(whole, "COMMITTED", tmp_path / "figures.json")
    return tmp_path / "figures.json"


def result(**values: float) -> dict[str, Any]:
    """What a benchmark keeps."""
    ratios = [Ratio(name, value, Better.HIGHER) for name, value in values.items()]
    return {"all": [{"ms": 1}], "ratios": to_json(ratios)}


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, **runs: Run) -> int:
    """The exit code of all benchmarks, which are these."""
    monkeypatch.setattr(sys, "argv", ["benchmarks", *arguments])
    monkeypatch.setattr(whole, "NAMES", dict.fromkeys(runs, Size()))
    monkeypatch.setattr(whole, "_run", lambda name, **_: runs[name])
    return whole.main()


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_that_is_run_exists(name: str) -> None:
    assert find_spec(f"benchmarks.{name}") is not None


@pytest.mark.parametrize("name", NAMES)
def test_every_argument_is_one_of_its_benchmark(name: str) -> None:
    text = (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
    options = [one for one in NAMES[name].arguments.split() if one.startswith("-")]
    assert all(f'"{option}"' in text for option in options)


def test_the_committed_figures_are_of_benchmarks_that_there_are() -> None:
    assert read(COMMITTED.read_text(encoding="utf-8")).keys() <= NAMES.keys()


@pytest.mark.parametrize("arguments", [["nonsense"], ["--full", "--write"]])
def test_what_makes_no_sense_is_refused(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, *arguments)


def test_what_was_written_is_compared_with(
    committed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not run(monkeypatch, "--write", x=Run("x", result=result(a=1.0, b=1.0)))
    assert "2 new" in capsys.readouterr().out
    kept = json.loads(committed.read_text(encoding="utf-8"))["x"]
    assert {"date", "python", "cores", "arguments", "ratios"} == kept.keys()
    worse = Run("x", result=result(a=0.5, c=1.0))
    assert run(monkeypatch, x=worse) == 0
    assert "1 worse, 1 new, 1 gone" in capsys.readouterr().out
    assert run(monkeypatch, "--strict", x=worse) == 1
    assert run(monkeypatch, "--strict", x=Run("x", result=result(a=1.1, b=2.0))) == 0
    assert "1 better, 1 same" in capsys.readouterr().out


def test_what_failed_and_what_was_left_out_keep_their_committed_figures(
    committed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "--write", x=Run("x", result=result(a=1.0)), y=Run("y", result=result(b=1.0)))
    before = committed.read_text(encoding="utf-8")
    left_out = Run("y", left_out="left out: needs tantivy (make bench)")
    assert run(monkeypatch, "--write", x=Run("x", code=3), y=left_out) == 3
    said = capsys.readouterr().out
    assert "FAILED with 3" in said
    assert "needs tantivy" in said
    assert "nothing to compare" in said
    assert committed.read_text(encoding="utf-8") == before


def test_a_benchmark_that_is_no_more_is_gone_when_all_are_run(
    committed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    x, y = Run("x", result=result(a=1.0)), Run("y", result=result(b=1.0))
    run(monkeypatch, "--write", x=x, y=y)
    run(monkeypatch, "x", x=x)
    assert "gone" not in capsys.readouterr().out
    run(monkeypatch, "--write", x=x)
    assert "1 gone" in capsys.readouterr().out
    assert json.loads(committed.read_text(encoding="utf-8")).keys() == {"x"}


def test_who_stops_the_rest_keeps_what_was_measured(
    committed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(name: str, **_: object) -> Run:
        if name == "y":
            raise KeyboardInterrupt
        return Run(name, result=result(a=1.0))

    monkeypatch.setattr(sys, "argv", ["benchmarks", "--write"])
    monkeypatch.setattr(whole, "NAMES", {"x": Size(), "y": Size()})
    monkeypatch.setattr(whole, "_run", stopped)
    with pytest.raises(KeyboardInterrupt):
        whole.main()
    assert json.loads(committed.read_text(encoding="utf-8")).keys() == {"x"}


def test_at_full_size_nothing_is_gone(
    committed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "--write", x=Run("x", result=result(small=1.0)))
    run(monkeypatch, "--full", x=Run("x", result=result(large=1.0)))
    assert "gone" not in capsys.readouterr().out
    assert committed.exists()


def test_json_is_all_that_goes_to_the_output(
    committed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "--json", x=Run("x", result=result(a=1.0)), y=Run("y", code=1))
    said = capsys.readouterr()
    assert json.loads(said.out) == {"x": result(a=1.0), "y": None}
    assert "1 new" in said.err
    assert not committed.exists()


def test_committed_figures_that_cannot_be_read_are_told_before_anything_runs(
    committed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed.write_text('{"x": 3}', encoding="utf-8")
    with pytest.raises(ValueError, match="no figures"):
        run(monkeypatch)


def test_colours_are_for_terminals_and_words_for_all() -> None:
    changes = [
        Change("x", verdict.value, 1.0, 0.5 if verdict is Verdict.WORSE else 2.0, verdict)
        for verdict in Verdict
    ]
    plain = told(changes, [], in_colour=False)
    coloured = told(changes, [], in_colour=True)
    assert "\033" not in plain
    assert coloured.count(RED) == coloured.count(GREEN) == 1
    for colour in (RED, GREEN, PLAIN):
        coloured = coloured.replace(colour, "")
    assert coloured == plain


def test_one_whose_packages_are_missing_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMES, "search", Size(needs=("no_such_package", "json")))
    left_out = whole._run("search", full=False, as_json=True)
    assert left_out.left_out == "left out: needs no_such_package (make bench)"


def test_one_that_cannot_run_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMES, "no_such_benchmark", Size())
    failed = whole._run("no_such_benchmark", full=True, as_json=True)
    assert (failed.code, failed.result, failed.is_measured) == (1, None, False)


@pytest.mark.slow
def test_one_that_runs_hands_over_what_it_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMES, "noise", Size("--actions 20 --members 3"))
    done = whole._run("noise", full=False, as_json=True)
    assert done.is_measured
    assert {one.name for one in done.ratios} > {"seen, of an older group's"}
