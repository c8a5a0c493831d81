"""The mistakes of `make mutants` are made where something is decided, and nowhere else."""

from __future__ import annotations

import pytest

from tests.mutants.__main__ import TESTS, every_mutant
from tests.mutants.making import mutants_of
from tests.runs import ROOT


def made(source: str) -> set[str]:
    return {one.apply(source) for one in mutants_of("m.py", source)}


@pytest.mark.parametrize(
    ("source", "mistakes"),
    [
        ("x = a < b\n", {"x = a <= b\n", "x = a >= b\n"}),
        ("x = (a) and b\n", {"x = (a) or b\n"}),
        ("x = not a\n", {"x = a\n"}),
        ("x = '가' in a + b\n", {"x = '가' not in a + b\n", "x = '가' in a - b\n"}),
        ("x = a is not None\n", {"x = a is None\n"}),
        ("def f():\n    return max(a, 1)\n", {
            "def f():\n    return None\n",
            "def f():\n    return min(a, 1)\n",
            "def f():\n    return max(a, 2)\n",
        }),
        ("x = 'SELECT 1 FROM t WHERE a = ? AND b <= 2'\n", {
            "x = 'SELECT 1 FROM t WHERE a != ? AND b <= 2'\n",
            "x = 'SELECT 1 FROM t WHERE a = ? OR b <= 2'\n",
            "x = 'SELECT 1 FROM t WHERE a = ? AND b < 2'\n",
        }),
    ],
)  # fmt: skip
def test_one_mistake_at_a_time(source: str, mistakes: set[str]) -> None:
    assert made(source) == mistakes


@pytest.mark.parametrize(
    "source",
    [
        '"""Of 1 and 2."""\n',
        "log.info('a', extra={'b': 1 + c})\n",
        "if TYPE_CHECKING:\n    x = 1\n",
        "@dataclass(frozen=True)\nclass A:\n    pass\n",
        "def f(x: int | None): pass\n",
        "x = 'a = b AND c'\n",
    ],
)
def test_none_where_nothing_is_decided(source: str) -> None:
    assert made(source) == set()


@pytest.mark.slow
def test_each_has_a_name_of_its_own_and_tests_that_are_there() -> None:
    names = [one.name for one in every_mutant()]
    assert len(names) == len(set(names)) > 1000
    assert all((ROOT / one).exists() for tests in TESTS.values() for one in tests)
