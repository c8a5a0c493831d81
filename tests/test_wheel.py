"""The wheel is the product: built, installed where nothing of this tree is in reach, and used."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from zipfile import ZipFile

import aiohttp
import pytest

from tests.processes import running

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "handlers", "storage")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
"""What the environment hands on: nothing of Python's, of ours or of the tests'."""

pytestmark = pytest.mark.timeout(600)  # the build and the installation are the first test's


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made of a copy, because a build leaves folders behind where it happens."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "copy"
    for name in PACKAGES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    do(*PIP, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", folder, copy)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The root of a virtual environment with the wheel in it.

    The dependencies are those of the tests. A folder that a .pth file adds has its own .pth files
    left alone, so that the project, which is installed there for editing, stays out of reach.
    """
    place = wheel.with_name("environment")
    do(sys.executable, "-m", "venv", "--without-pip", place)
    do(*PIP, "--python", place, "install", "--no-deps", "--no-index", wheel)
    dependencies = packages_of(place) / "dependencies.pth"
    dependencies.write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return place


def do(*command: str | Path) -> None:
    """Run a command that must succeed."""
    done = subprocess.run(  # noqa: S603  # our own interpreter, our own files
        command, env=outside(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def outside() -> dict[str, str]:
    return {name: os.environ[name] for name in KEPT if name in os.environ}


def packages_of(place: Path) -> Path:
    (found,) = place.glob("lib/python*/site-packages")
    return found


def tree() -> set[str]:
    """The files of the packages in the tree, relative to it."""
    return {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


async def printed(folder: Path, *command: str | Path, code: int = 0) -> str:
    """What a command prints; it ends with `code` and logs no traceback and no warning."""
    async with running(folder, *command, environment=outside()) as process:
        out, error = await process.communicate()
    assert process.returncode == code, error.decode()
    assert not re.search("Traceback|Warning", error.decode())
    return out.decode()


def test_each_file_of_the_packages_is_in_the_wheel_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        there = {name for name in archive.namelist() if not name.endswith("/")}
    (about,) = {name.split("/")[0] for name in there} - set(PACKAGES)
    assert re.fullmatch(r"sosik-[\d.]+\.dist-info", about)
    assert {name for name in there if not name.startswith(about)} == tree()
    assert f"{about}/licenses/LICENSE" in there


@pytest.mark.slow
async def test_its_commands_work_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    sosik, packages = installed / "bin" / "sosik", packages_of(installed)
    asked = f"for name in {PACKAGES}: print(__import__(name).__file__)"
    where = await printed(tmp_path, installed / "bin" / "python", "-c", asked)
    assert where.split() == [str(packages / name / "__init__.py") for name in PACKAGES]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    said = await printed(tmp_path, sosik, "--version")
    assert said.splitlines()[0] == f"sosik {project['version']}"
    sample = packages / "bot" / "demo" / "samples" / "archive.txt"
    assert "새 글 40편" in await printed(tmp_path, sosik, "import", sample)
    assert "'투자'로 찾은 결과" in await printed(tmp_path, sosik, "search", "투자")
    findings = (await printed(tmp_path, sosik, "check", code=1)).splitlines()
    assert [line[0] for line in findings] == ["✓", "✓", "✓", "✗", "✗", "✗", "✓", "✓"]
    assert await asyncio.to_thread(os.listdir, tmp_path) == ["data"]


@pytest.mark.slow
async def test_its_demo_works_in_a_terminal(installed: Path, tmp_path: Path) -> None:
    demo = (installed / "bin" / "sosik", "demo", "--terminal")
    async with running(tmp_path, *demo, environment=outside(), typed=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"/latest 1\n")
        await process.stdout.readuntil("첫째".encode())
        _, error = await process.communicate(b"/quit\n")
    assert (error, process.returncode) == (b"", 0)


@pytest.mark.slow
async def test_its_demo_serves_the_page_with_all_that_belongs_to_it(
    installed: Path, tmp_path: Path
) -> None:
    demo = (installed / "bin" / "sosik", "demo", "--no-browser")
    async with (
        running(tmp_path, *demo, environment=outside()) as process,
        aiohttp.ClientSession() as visitor,
    ):
        assert process.stdout is not None
        line = await process.stdout.readline()
        (address,) = re.findall(r"http://127\.0\.0\.1:\d+/", line.decode())
        parts = [path.name for path in (ROOT / "bot" / "demo" / "web" / "static").iterdir()]
        for part in ("", *(f"static/{name}" for name in parts)):
            async with visitor.get(f"{address}{part}") as answer:
                assert (part, answer.status) == (part, 200)
        process.send_signal(signal.SIGINT)
        _, error = await process.communicate()
    assert (error, process.returncode) == (b"", 0)
    assert await asyncio.to_thread(os.listdir, tmp_path) == []
