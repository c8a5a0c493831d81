"""The version with its commit, whatever there is to tell it by."""

from __future__ import annotations

import json
import subprocess
from importlib.metadata import PackageNotFoundError
from shutil import which
from typing import TYPE_CHECKING

import pytest

from bot.figures import Figures
from bot.process import build
from bot.process.gauges import Live
from bot.process.metrics import Metrics
from tests.waiting import PATIENCE_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from storage.database import Database
    from tests.clock import FakeClock


class _Installed:
    """A distribution, as importlib.metadata gives it."""

    version = "1.2.3"

    def __init__(self, url: str | None = None) -> None:
        self.url = url

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return self.url


@pytest.fixture(autouse=True)
def nothing_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No clone, no note, and a package from a folder."""
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "NOTE", tmp_path / "commit.txt")
    monkeypatch.setattr(build, "GIT_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr(build, "distribution", lambda _: _Installed())
    return tmp_path


def first() -> str:
    return build.build_lines()[0]


def test_without_anything_to_tell_it_by_there_is_the_version_alone() -> None:
    assert first() == "sosik 1.2.3"


def test_a_note_of_the_build_counts(nothing_known: Path) -> None:
    (nothing_known / "commit.txt").write_text("v1.2.3-4-gabcdef0\n", "utf-8")
    assert first() == "sosik 1.2.3 (v1.2.3-4-gabcdef0)"


@pytest.mark.parametrize("note", [b"", b"\xff", b"two words", b"x" * 500, b"a\nb"])
def test_a_note_that_is_none_is_left_out(note: bytes, nothing_known: Path) -> None:
    (nothing_known / "commit.txt").write_bytes(note)
    assert first() == "sosik 1.2.3"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (json.dumps({"url": "x", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}}), "a" * 12),
        (json.dumps({"url": "file:///x", "dir_info": {}}), ""),
        ("[]", ""),
        ("nonsense", ""),
        (None, ""),
    ],
)
def test_a_package_from_a_repository_names_its_commit(
    url: str | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "distribution", lambda _: _Installed(url))
    assert first() == ("sosik 1.2.3" + f" ({said})" * bool(said))


def test_what_is_not_installed_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(build, "distribution", missing)
    assert first() == "sosik ?"


async def test_what_is_not_installed_has_figures(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def live() -> Live:
        return Live(is_ready=True, last_answer_at=clock.now(), is_held=False, lanes_waiting=0)

    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    for module in ("bot.process.build", "importlib.metadata"):
        monkeypatch.setattr(f"{module}.distribution", missing)
    shown = await Metrics(database, clock, Figures(), live).render()
    assert 'sosik_build_info{python="' in shown.text
    assert 'version="?"' in shown.text


@pytest.mark.skipif(not which("git"), reason="needs git")
def test_a_clone_is_described(nothing_known: Path) -> None:
    def git(*words: str) -> str:
        named = ["-c", "user.name=x", "-c", "user.email=x@y.example", *words]
        done = subprocess.run(  # noqa: S603  # words of ours
            ["git", "-C", str(nothing_known), *named],  # noqa: S607  # likewise
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    git("init", "-q")
    assert first() == "sosik 1.2.3"
    git("commit", "-q", "--allow-empty", "-m", "one")
    assert first() == f"sosik 1.2.3 ({git('describe', '--always')})"


def test_without_git_a_clone_has_its_version(
    nothing_known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (nothing_known / ".git").mkdir()
    monkeypatch.setenv("PATH", "")
    assert first() == "sosik 1.2.3"
