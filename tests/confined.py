"""Runs Python under the system calls that a unit allows: `-m tests.confined UNIT ARGUMENTS`.

systemd itself cannot be had in a test. The filter is put together as it does (systemd.exec(5),
SystemCallFilter, MemoryDenyWriteExecute, RestrictAddressFamilies), from the sets that
systemd-analyze prints, and loaded by libseccomp (seccomp_rule_add(3)).
"""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from ctypes import CDLL, Structure, byref, c_int, c_uint, c_uint64, c_void_p
from pathlib import Path

LIBRARY = "libseccomp.so.2"
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_EQUAL, _MASKED_EQUAL = 4, 7
_WRITE, _EXECUTE = 2, 4


class _Compared(Structure):
    """struct scmp_arg_cmp of seccomp.h."""

    _fields_ = (("arg", c_uint), ("op", c_int), ("a", c_uint64), ("b", c_uint64))


def settings_of(unit: Path) -> dict[str, list[str]]:
    """What a unit's lines say, each name with its values in order."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def calls_of(name: str) -> set[str]:
    """The system calls of a set like @process, those of its own sets included."""
    if not name.startswith("@"):
        return {name}
    shown = subprocess.run(  # noqa: S603  # a set's name of our own unit
        ["systemd-analyze", "syscall-filter", name],  # noqa: S607  # wherever it is
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = [line.strip() for line in shown.splitlines() if line.startswith(" ")]
    return {call for line in lines if not line.startswith("#") for call in calls_of(line)}


def allowed(unit: Path) -> set[str]:
    """The calls that its filters leave: those of the first, less those behind a ~."""
    left: set[str] = set()
    for value in settings_of(unit)["SystemCallFilter"]:
        named = {call for name in value.removeprefix("~").split() for call in calls_of(name)}
        left = left - named if value.startswith("~") else left | named
    return left | calls_of("@default")


def confine(unit: Path) -> None:
    """Allow this process, and those that it starts, no other calls from now on."""
    library = CDLL(LIBRARY)
    library.seccomp_init.restype = c_void_p
    context = c_void_p(library.seccomp_init(c_uint(_REFUSE)))

    def allow(call: str, *compared: _Compared) -> None:
        number = library.seccomp_syscall_resolve_name(call.encode())
        given = (_Compared * len(compared))(*compared)
        library.seccomp_rule_add_array(context, c_uint(_ALLOW), number, len(compared), byref(given))

    for call in allowed(unit) - {"mmap", "mprotect", "socket"}:
        allow(call)
    for protection in (0, _WRITE, _EXECUTE):
        allow("mmap", _Compared(2, _MASKED_EQUAL, _WRITE | _EXECUTE, protection))
    allow("mprotect", _Compared(2, _MASKED_EQUAL, _EXECUTE, 0))
    for family in settings_of(unit)["RestrictAddressFamilies"][0].split():
        allow("socket", _Compared(0, _EQUAL, getattr(socket, family), 0))
    if library.seccomp_load(context):
        raise OSError("the filter could not be loaded")


if __name__ == "__main__":
    confine(Path(sys.argv[1]))
    os.execv(sys.executable, [sys.executable, *sys.argv[2:]])  # noqa: S606  # without a shell
