"""What was reported of hosts, each a small input with the right answer beside it: cases/*.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "cases"


def host_cases(kind: str, *needed: str) -> list[dict[str, Any]]:
    """The cases of a kind that have all of these keys, in order of their names."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))]
    return [one for one in found if one["kind"] == kind and {*needed} <= {*one}]


def name_of(case: dict[str, Any]) -> str:
    """How a test calls a case."""
    return str(case["name"])
