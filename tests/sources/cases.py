"""Small inputs with the right answer beside them, of what people met in programs of this kind.

Each file of `cases/` is one: `name`, `kind`, `why`, the input, and what is `right`. A pattern for a
text stands under its name with a `~`. Bytes are in base64.
"""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).parent / "cases"


def cases(kind: str) -> list[Any]:
    """Those of a kind, as parameters of a test that are called by their names."""
    read = [json.loads(path.read_text("utf-8")) for path in sorted(_FOLDER.glob("*.json"))]
    return [pytest.param(one, id=one["name"]) for one in read if one["kind"] == kind]


def body_of(case: dict[str, Any]) -> bytes:
    """The bytes that a case is about."""
    return b64decode(case["body"])
