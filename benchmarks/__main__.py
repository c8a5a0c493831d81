"""`python -m benchmarks [--json] [NAME ...]`: all benchmarks in turn, or some.

Each runs in a process of its own, so that none measures what another left in memory. The exit code
is that of the first that failed; the others run nevertheless.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

NAMES = (
    "search",
    "search_scale",
    "rebuild",
    "meaning",
    "poll",
    "broadcast",
    "limits",
    "answers",
    "start",
    "flood",
    "settle",
    "noise",
)


def main() -> int:
    """Run them; the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--json", action="store_true", help="one object, a member a benchmark")
    given = parser.parse_args()
    unknown = set(given.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    runs = [_run(name, as_json=given.json) for name in given.names or NAMES]
    if given.json:
        print(json.dumps({run["name"]: run["result"] for run in runs}, indent=1))
    return next((run["code"] for run in runs if run["code"]), 0)


def _run(name: str, *, as_json: bool) -> dict[str, Any]:
    """Run one: its exit code, and with `as_json` what it measured."""
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    if not as_json:
        print(f"\n$ python -m benchmarks.{name}", flush=True)
        return {"name": name, "code": subprocess.run(command, check=False).returncode}  # noqa: S603  # a name of ours
    done = subprocess.run(  # noqa: S603  # likewise
        [*command, "--json"], check=False, stdout=subprocess.PIPE, text=True
    )
    result = json.loads(done.stdout) if done.stdout else None
    return {"name": name, "code": done.returncode, "result": result}


if __name__ == "__main__":
    sys.exit(main())
