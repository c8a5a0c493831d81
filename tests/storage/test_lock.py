from __future__ import annotations

import errno
import fcntl
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from storage.database import Database
from storage.errors import HeldError
from storage.lock import held, is_held
from tests.storage.files import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HOLDS = """
import sys, pathlib
from storage.lock import held
with held(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_do_not_hold_one_database_by_whatever_name(tmp_path: Path) -> None:
    path, other_name = tmp_path / "new" / "sosik.db", tmp_path / "link.db"
    other_name.symlink_to(path)
    with held(path):
        for name in (path, other_name, path.parent / ".." / "new" / "sosik.db"):
            with pytest.raises(HeldError, match="Another sosik runs on"), held(name):
                pass
        with held(tmp_path / "another.db"):
            pass
    with held(other_name):
        pass
    assert path.with_name("sosik.db.lock").stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_whether_it_is_held_is_seen_and_nothing_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "sosik.db"
    assert not is_held(path)
    assert not path.parent.exists()
    with held(path):
        assert is_held(path)
    assert not is_held(path)


def test_it_goes_with_the_process_however_that_ends(tmp_path: Path) -> None:
    path = tmp_path / "sosik.db"
    with subprocess.Popen(  # noqa: S603  # this Python
        [sys.executable, "-c", HOLDS, path],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(HeldError), held(path):
            pass
        process.kill()
        process.wait()
        with held(path):
            pass


def test_it_is_held_in_a_folder_that_is_yet_to_be_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "sosik.db"
    with held(path), pytest.raises(HeldError), held(path):
        pass


async def test_other_commands_work_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "sosik.db"
    with held(path):
        async with Database.opened(path), Database.opened(path):
            pass


def test_a_disk_that_knows_no_locks_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "not supported")

    monkeypatch.setattr(fcntl, "flock", unknown)
    with held(tmp_path / "sosik.db"):
        pass


def test_where_no_file_can_be_made_the_database_says_why(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with held(tmp_path / "data" / "sosik.db"):
        pass
