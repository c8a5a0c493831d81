"""What a benchmark prints: a table for people, or the same figures as JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING

from benchmarks.figures import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.figures import Ratio

    Row = Mapping[str, object]

KEPT = "BENCHMARK_KEPT"
"""The environment's name for the file that `python -m benchmarks` reads afterwards."""


def percentile(seconds: Sequence[float], percent: int) -> float:
    """The value that `percent` of 100 do not exceed (50: the median), in the unit given."""
    if len(seconds) == 1:
        return seconds[0]
    return quantiles(seconds, n=100, method="inclusive")[percent - 1]


def figure(row: Row, name: str) -> float:
    """A cell that is a number. Raises TypeError where it is something else."""
    value = row[name]
    if not isinstance(value, int | float):
        raise TypeError(f"{name} is {value!r}")
    return float(value)


def shown(value: object) -> str:
    """A number with as many decimals as say something; anything else as it is."""
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{decimals}f}"


def table(rows: Sequence[Row]) -> str:
    """The rows under the names of their cells: the first to the left, the others to the right."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, *([shown(row.get(name, "")) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def report(
    title: str,
    tables: Mapping[str, Sequence[Row]],
    *,
    as_json: bool,
    ratios: Sequence[Ratio] = (),
) -> None:
    """Print what was measured, each table under its name; `ratios` are compared from run to run."""
    result = {"benchmark": title, **tables, **({"ratios": to_json(ratios)} if ratios else {})}
    keep(result)
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return
    print(f"# {title}")
    for name, rows in tables.items():
        print(f"\n{name}\n{table(rows)}")


def keep(result: Mapping[str, object]) -> None:
    """Hand what was measured to `python -m benchmarks`, where that runs this benchmark."""
    if path := os.environ.get(KEPT):
        Path(path).write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
