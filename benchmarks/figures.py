"""Ratios of one run beside those of the last committed one. Pure.

A ratio is to a peer or a floor that was measured in the same run, so that it says the same on
another machine; seconds and rates do not, and are not compared.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite, nan
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FIFTH = 0.2
"""Less than this in either direction is what one run differs by from the next."""
DIGITS = 4
"""That a committed figure has."""


class Better(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"


class Verdict(StrEnum):
    """What became of a ratio."""

    WORSE = "worse"
    """By more than a fifth, or it is no number any more."""
    BETTER = "better"
    """By more than a fifth."""
    SAME = "same"
    NEW = "new"
    """There is no committed figure of that name."""
    GONE = "gone"
    """The committed figure was not measured."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a benchmark compares from run to run.

    Its name is unique in its benchmark, and says of what it is and at which size, where the size
    matters: "CPU of answers, of aiogram's".
    """

    name: str
    value: float
    better: Better


@dataclass(frozen=True, slots=True)
class Change:
    """One ratio, before and now; None where there is none."""

    benchmark: str
    name: str
    before: float | None
    now: float | None
    verdict: Verdict

    @property
    def percent(self) -> float | None:
        """How much more it is than before; None where that says nothing."""
        if self.before is None or self.now is None or not self.before or not isfinite(self.now):
            return None
        return 100 * (self.now / self.before - 1)


def compare(
    before: Mapping[str, Sequence[Ratio]], now: Mapping[str, Sequence[Ratio]]
) -> list[Change]:
    """What became of the ratios of every benchmark of `now`, in their order; last what is gone."""
    return [
        change
        for name, ratios in now.items()
        for change in _compare_one(name, before.get(name, ()), ratios)
    ]


def _compare_one(benchmark: str, before: Sequence[Ratio], now: Sequence[Ratio]) -> Iterator[Change]:
    known = {one.name: one.value for one in before if isfinite(one.value)}
    for one in now:
        old = known.pop(one.name, None)
        verdict = Verdict.NEW if old is None else judge(old, one.value, one.better)
        yield Change(benchmark, one.name, old, one.value, verdict)
    for name, old in known.items():
        yield Change(benchmark, name, old, None, Verdict.GONE)


def judge(before: float, now: float, better: Better) -> Verdict:
    """Whether it is more than a fifth worse or better than before, which is a finite number.

    From zero any step is more than a fifth.
    """
    if not isfinite(now):
        return Verdict.WORSE
    if abs(now - before) <= FIFTH * abs(before) * (
        1 + 1e-9
    ):  # a fifth, as sums of binaries have it
        return Verdict.SAME
    return Verdict.BETTER if (now > before) is (better is Better.HIGHER) else Verdict.WORSE


def quotient(value: float, peer: float) -> float:
    """A ratio's value; no number where both are nothing, without end where the peer's is."""
    if peer:
        return value / peer
    return inf if value else nan


def to_json(ratios: Sequence[Ratio]) -> list[dict[str, Any]]:
    """As a benchmark writes them: name, value (null where it is no number), and `better`."""
    return [
        {
            "name": one.name,
            "value": float(f"{one.value:.{DIGITS}g}") if isfinite(one.value) else None,
            "better": one.better.value,
        }
        for one in ratios
    ]


def from_json(rows: object) -> list[Ratio]:
    """Ratios as `to_json` writes them. Raises ValueError where they are something else."""
    try:
        return [_ratio(**row) for row in rows]  # type: ignore[attr-defined]  # TypeError tells
    except TypeError as error:
        raise ValueError(f"no ratios: {error}") from error


def _ratio(*, name: str, value: float | None, better: str) -> Ratio:
    return Ratio(name, nan if value is None else float(value), Better(better))


def read(text: str) -> dict[str, list[Ratio]]:
    """The ratios of each benchmark in a file of committed figures.

    Raises ValueError where the text is something else.
    """
    kept = json.loads(text)
    if not isinstance(kept, dict) or not all(isinstance(one, dict) for one in kept.values()):
        raise ValueError("no figures")
    return {name: from_json(one.get("ratios", ())) for name, one in kept.items()}
