"""`python -m benchmarks [--json] [--write] [--strict] [NAME ...]`: all benchmarks in turn, or some.

Each runs in a process of its own, so that none measures what another left in memory, at a size with
which all of them take about twenty minutes on two cores; `python -m benchmarks.NAME` and
`--full` run one at its full size. Then the ratios that they name are compared with the committed
ones in `benchmarks/figures.json`, which `--write` writes anew. The exit code is that of the first
that failed; the others run nevertheless. With `--strict` it is also 1 where a ratio is worse by
more than a fifth.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.figures import Verdict, compare, from_json, read, to_json
from benchmarks.reporting import KEPT, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.figures import Change, Ratio

COLOURS = {Verdict.WORSE: "\033[31m", Verdict.BETTER: "\033[32m"}
PLAIN = "\033[0m"
COMMITTED = Path(__file__).with_name("figures.json")


@dataclass(frozen=True, slots=True)
class Size:
    """How a benchmark is run among all of them, and the packages without which it is not."""

    arguments: str = ""
    needs: tuple[str, ...] = ()


NAMES: dict[str, Size] = {
    "search": Size(),
    "search_scale": Size("--posts 10000 --queries 300", needs=("tantivy",)),
    "rebuild": Size("--posts 3000"),
    "meaning": Size("--posts 3000"),
    "poll": Size("--feeds 100", needs=("reader",)),
    "broadcast": Size("--chats 600"),
    "limits": Size("--chats 120"),
    "answers": Size("--questions 60"),
    "start": Size(),
    "flood": Size("--seconds 20 --every 5"),
    "settle": Size("--rounds 1 --policies probe"),
    "noise": Size(),
    "evenings": Size("--days 2 --groups 5"),
    "outbox": Size("--finished 200000 --pending 20000"),
    "year": Size("--days 92 --starts 1"),
}


@dataclass(frozen=True, slots=True)
class Run:
    """One benchmark: how it ended, and what it measured."""

    name: str
    arguments: Sequence[str] = ()
    seconds: float = 0.0
    code: int = 0
    left_out: str = ""
    """Why it was not run; empty where it was."""
    result: Any = None
    """What it kept: a mapping, in which `ratios` are to be compared; None where it failed."""

    @property
    def is_measured(self) -> bool:
        """Whether there is something to compare."""
        return not self.code and not self.left_out

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        return self.left_out or (f"FAILED with {self.code}" if self.code else "done")

    @property
    def ratios(self) -> list[Ratio]:
        """What it compares from run to run."""
        return from_json(self.result.get("ratios", ())) if self.result else []


def main() -> int:
    """Run them, and compare; the exit code."""
    given = _arguments()
    committed = json.loads(COMMITTED.read_text(encoding="utf-8")) if COMMITTED.exists() else {}
    before = read(json.dumps(committed))  # looked at first: what follows takes long
    runs = []
    for name in given.names or NAMES:
        runs.append(_run(name, full=given.full, as_json=given.json))
        if given.write:  # at once: who stops the rest keeps what was measured
            committed |= _measured(runs[-1])
            _write(committed)
    if given.json:
        print(json.dumps({run.name: run.result for run in runs}, ensure_ascii=False, indent=1))
    changes = _compare(before, runs, is_whole=not given.names, is_full=given.full)
    out = sys.stderr if given.json else sys.stdout
    print("\n" + told(changes, runs, in_colour=out.isatty()), file=out)
    if given.write and not given.names:
        _write({name: one for name, one in committed.items() if name in NAMES})
    failed = next((run.code for run in runs if run.code), 0)
    return failed or int(given.strict and any(one.verdict is Verdict.WORSE for one in changes))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--json", action="store_true", help="one object, a member a benchmark")
    parser.add_argument("--full", action="store_true", help="at the size that each has by itself")
    parser.add_argument("--write", action="store_true", help=f"the ratios to {COMMITTED.name}")
    parser.add_argument("--strict", action="store_true", help="end with 1 where a ratio is worse")
    given = parser.parse_args()
    unknown = set(given.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    if given.full and given.write:
        parser.error("the committed figures are of the smaller sizes")
    return given


def _run(name: str, *, full: bool, as_json: bool) -> Run:
    """Run one; its tables go where the comparison goes."""
    arguments = () if full else tuple(NAMES[name].arguments.split())
    out = sys.stderr if as_json else sys.stdout
    print(f"\n$ python -m benchmarks.{' '.join((name, *arguments))}", file=out, flush=True)
    missing = [one for one in NAMES[name].needs if find_spec(one) is None]
    if missing:
        return Run(name, arguments, left_out=f"left out: needs {', '.join(missing)} (make bench)")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "kept.json"
        code = subprocess.run(  # noqa: S603  # a name of ours
            [sys.executable, "-m", f"benchmarks.{name}", *arguments],
            check=False,
            stdout=out,
            env=os.environ | {KEPT: str(kept)},
        ).returncode
        result = json.loads(kept.read_bytes()) if kept.exists() else None
    return Run(name, arguments, time.monotonic() - begun, code, result=result)


def _compare(
    before: Mapping[str, Sequence[Ratio]], runs: Sequence[Run], *, is_whole: bool, is_full: bool
) -> list[Change]:
    """What became of the ratios of those that were measured, and of benchmarks that are no more."""
    now = {run.name: run.ratios for run in runs if run.is_measured}
    if is_whole:
        now |= {name: [] for name in before if name not in NAMES}
    changes = compare(before, now)
    return [one for one in changes if not is_full or one.verdict is not Verdict.GONE]


def told(changes: Sequence[Change], runs: Sequence[Run], *, in_colour: bool) -> str:
    """Both tables: what became of each ratio, and how each benchmark ended."""
    head, *lines = table([_cells(one) for one in changes]).splitlines() or [""]
    if in_colour:
        lines = [
            f"{COLOURS[one.verdict]}{line}{PLAIN}" if one.verdict in COLOURS else line
            for one, line in zip(changes, lines, strict=True)
        ]
    counts = Counter(one.verdict for one in changes)
    summary = ", ".join(f"{counts[one]} {one.value}" for one in Verdict if counts[one])
    ended = [{"benchmark": one.name, "seconds": one.seconds, "": one.ending} for one in runs]
    return "\n".join(
        [
            "# ratios of this run, beside the committed ones",
            *(["", head, *lines] if changes else []),
            "",
            summary or "nothing to compare",
            "",
            table(ended),
            f"{sum(run.seconds for run in runs) / 60:.1f} minutes",
        ]
    )


def _cells(change: Change) -> dict[str, object]:
    return {
        "ratio": f"{change.benchmark}: {change.name}",
        "committed": "-" if change.before is None else f"{change.before:.3g}",
        "now": "-" if change.now is None else f"{change.now:.3g}",
        "%": "" if change.percent is None else f"{change.percent:+.0f}",
        "": change.verdict.value,
    }


def _measured(run: Run) -> dict[str, Any]:
    """What is committed of a benchmark; nothing where there is nothing to compare."""
    if not run.is_measured:
        return {}
    stamp = {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "arguments": " ".join(run.arguments),
    }
    return {run.name: {**stamp, "ratios": to_json(run.ratios)}}


def _write(committed: Mapping[str, Any]) -> None:
    text = json.dumps(committed, ensure_ascii=False, indent=1, sort_keys=True)
    COMMITTED.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
