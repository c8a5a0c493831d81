from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from bot.errors import SosikError, reason_of
from bot.setup.env_file import check_writable, write_values
from tests.setup.conftest import names_in

VALUES = {"BOT_TOKEN": "1"}


def test_a_new_file_is_for_its_owner_alone(folder: Path) -> None:
    check_writable(folder / ".env")
    assert names_in(folder) == []
    before = os.umask(0)
    try:
        write_values(folder / ".env", VALUES)
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert (folder / ".env").read_text("utf-8") == "BOT_TOKEN=1\n"


def test_one_that_others_could_read_is_closed_and_a_link_is_followed(folder: Path) -> None:
    (folder / "secrets").mkdir()
    place = folder / "secrets" / "sosik.env"
    place.write_bytes("\ufeffTIMEZONE=Asia/Seoul\r\n".encode())
    place.chmod(0o644)
    (folder / ".env").symlink_to(place)
    write_values(folder / ".env", VALUES)
    assert (folder / ".env").is_symlink()
    assert place.read_bytes() == b"TIMEZONE=Asia/Seoul\r\nBOT_TOKEN=1\r\n"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_root_leaves_a_file_to_whoever_has_it(folder: Path) -> None:
    (folder / ".env").touch()
    os.chown(folder / ".env", 12345, 12345)
    write_values(folder / ".env", VALUES)
    owner = (folder / ".env").stat()
    assert (owner.st_uid, owner.st_gid) == (12345, 12345)


def _folder(place: Path) -> None:
    place.mkdir()


def _pipe(place: Path) -> None:
    os.mkfifo(place)


def _bytes(place: Path) -> None:
    place.write_bytes(b"BOT_TOKEN=\xff")


def _loop(place: Path) -> None:
    place.symlink_to(place)


def _nowhere(place: Path) -> None:
    place.symlink_to(place.parent / "no" / ".env")


@pytest.mark.parametrize("make", [_folder, _pipe, _bytes, _loop, _nowhere])
def test_what_cannot_be_such_a_file_is_said_before_anything_is_asked(
    folder: Path, make: object
) -> None:
    make(folder / ".env")  # type: ignore[operator]  # one of those above
    before = names_in(folder)
    with pytest.raises(SosikError) as said:
        check_writable(folder / ".env")
    assert said.value.key in {"error.env_file", "setup.env.unwritable"}
    with pytest.raises(SosikError):
        write_values(folder / ".env", VALUES)
    assert names_in(folder) == before


def test_a_folder_that_is_gone_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "gone").mkdir()
    monkeypatch.chdir(folder / "gone")
    (folder / "gone").rmdir()
    with pytest.raises(SosikError, match=r"setup\.env\.unwritable"):
        check_writable(Path(".env"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_disk_without_room_is_said_before_anything_is_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> object:
        return Path("/dev/full").open("wb", buffering=0)

    monkeypatch.setattr("tempfile.NamedTemporaryFile", full)
    with pytest.raises(SosikError, match=r"setup\.env\.unwritable") as said:
        check_writable(folder / ".env")
    assert said.value.values["reason"] == reason_of(OSError(errno.ENOSPC, ""))


@pytest.mark.parametrize("call", ["fsync", "fdopen"])
@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_what_fails_midway_leaves_what_there_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str, failure: BaseException
) -> None:
    (folder / ".env").write_text("BOT_TOKEN=old\n", "utf-8")

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(os, call, fail)
    with pytest.raises((SosikError, KeyboardInterrupt)):
        write_values(folder / ".env", VALUES)
    assert names_in(folder) == [".env"]
    assert (folder / ".env").read_text("utf-8") == "BOT_TOKEN=old\n"
