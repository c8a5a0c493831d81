"""The modules of which every branch is tested: coverage's patterns for them, with commas between.

    python -m tests.pure

They are what says of itself that it is pure (no clock, no I/O, no logging) in the docstring of the
module or of its package, and storage, where a branch that nobody saw can lose what was written.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PURE = re.compile(r"\bPure[.:]")
_BESIDES = ("storage/*",)


def says_pure(text: str) -> bool:
    """Whether a module's docstring says so."""
    return _PURE.search(ast.get_docstring(ast.parse(text)) or "") is not None


def pure_patterns() -> list[str]:
    """Whole packages and single modules, as paths from the root."""
    found = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "bot").rglob("*.py"))
        if says_pure(path.read_text(encoding="utf-8"))
    ]
    packages = [one.replace("__init__.py", "*") for one in found if one.endswith("__init__.py")]
    modules = [one for one in found if not any(Path(one).match(package) for package in packages)]
    return [*_BESIDES, *packages, *modules]


if __name__ == "__main__":
    sys.stdout.write(",".join(pure_patterns()))
