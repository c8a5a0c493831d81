"""Secrets that lie in files, as Docker's and systemd's do: where each lies, and what it holds."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bot.errors import SettingError, message, reason_of
from bot.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CREDENTIALS = "credentials_directory"
"""Where systemd lays what `LoadCredential=` names (systemd.exec(5), Credentials)."""
MOST_BYTES = 4096
SHOWN_CHARACTERS = 100


class SecretFromFile(str):
    """A secret that was read from `path`, which `setting` named."""

    __slots__ = ("path", "setting")
    path: str
    setting: str

    def __new__(cls, secret: str, *, setting: str, path: str) -> Self:
        """`path` is for people to read, and may be cut."""
        made = super().__new__(cls, secret)
        made.setting, made.path = setting, path
        return made


class _NoSecretError(Exception):
    """A file holds none; it is raised with a message of the catalogues, `reason.…`."""


def secrets_in_files(
    names: Iterable[str], around: Mapping[str, str | None]
) -> dict[str, SecretFromFile]:
    """The secrets of these names that lie in files: `bot_token_file` names one, or systemd does.

    `around` is the environment by small letters. Raises SettingError where a file cannot be used,
    or the secret is set besides.
    """
    found = {}
    for name in names:
        setting = f"{name}_file".upper()
        path = place_of(name, around)
        if path and (around.get(name) or "").strip():
            values = {"name": name.upper(), "setting": setting, "path": _shown(path)}
            raise SettingError("error.secret_twice", **values)
        if path:
            found[name] = _read(setting, path)
    return found


def place_of(name: str, around: Mapping[str, str | None]) -> str:
    """The path of the file that holds a secret, whatever it holds; empty where none is named."""
    return (around.get(f"{name}_file") or "").strip() or _credential(name, around)


def _credential(name: str, around: Mapping[str, str | None]) -> str:
    """The credential of a secret's name, with hyphens; empty where there is none."""
    folder = around.get(CREDENTIALS)
    path = Path(folder or "", name.replace("_", "-"))
    return str(path) if folder and path.exists() else ""


def _read(setting: str, path: str) -> SecretFromFile:
    try:
        return SecretFromFile(_secret_of(path), setting=setting, path=_shown(path))
    except _NoSecretError as error:
        reason = message(str(error))
    except (OSError, UnicodeError) as error:
        reason = reason_of(error)
    except ValueError:  # no name of a file has a NUL
        reason = message("reason.missing")
    raise SettingError("error.secret_file", name=setting, path=_shown(path), reason=reason)


def _shown(path: str) -> str:
    return redact(path)[:SHOWN_CHARACTERS]


def _secret_of(path: str) -> str:
    """What a file holds, less the blanks around."""
    opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a pipe would be waited for
    with open(opened, "rb") as file:  # noqa: PTH123  # a descriptor
        mode = os.fstat(opened).st_mode
        if not stat.S_ISREG(mode):
            raise _NoSecretError("reason.folder" if stat.S_ISDIR(mode) else "reason.no_file")
        held = file.read(MOST_BYTES + 1)
    if len(held) > MOST_BYTES:
        raise _NoSecretError("reason.too_large")
    secret = held.decode("utf-8-sig").strip()
    if not secret:
        raise _NoSecretError("reason.empty")
    return secret
