"""What is installed: the version, and the commit that it was made of, where that is known."""

from __future__ import annotations

import json
import platform
import re
import sqlite3
import subprocess
from contextlib import suppress
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOTE = Path(__file__).parent.with_name("commit.txt")
"""In the folder `bot`, by whoever builds without a clone, an image say: a commit, or a tag."""
GIT_SECONDS = 3.0
_COMMIT = re.compile(r"[0-9A-Za-z][0-9A-Za-z._+/-]{0,99}")
_SHORT = 12


def build_lines() -> list[str]:
    """The version with its commit, and below it what it runs on; never raises."""
    commit = _noted() or _installed_from() or _described()
    python, sqlite = platform.python_version(), sqlite3.sqlite_version
    return [
        f"sosik {program_version()}{f' ({commit})' if commit else ''}",
        f"Python {python}, SQLite {sqlite}, {platform.system()} {platform.machine()}",
    ]


def _distribution() -> Distribution | None:
    with suppress(PackageNotFoundError):
        return distribution("sosik")
    return None


def program_version() -> str:
    """The version; a question mark where the program runs from a folder and is not installed."""
    found = _distribution()
    return found.version if found is not None else "?"


def _noted() -> str:
    with suppress(OSError, UnicodeError):
        return _plain(NOTE.read_text("utf-8"))
    return ""


def _installed_from() -> str:
    """What a package from a repository was built of (PEP 610, direct_url.json)."""
    found = _distribution()
    with suppress(OSError, ValueError, KeyError, TypeError):
        text = found.read_text("direct_url.json") if found is not None else None
        return _plain(str(json.loads(text or "{}")["vcs_info"]["commit_id"])[:_SHORT])
    return ""


def _described() -> str:
    """What git says of the clone that this runs in; nothing without git, or outside of one."""
    if not (ROOT / ".git").exists():
        return ""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--tags"]
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(  # noqa: S603  # words of ours
            command, capture_output=True, text=True, timeout=GIT_SECONDS, check=True
        )
        return _plain(done.stdout)
    return ""


def _plain(text: str) -> str:
    found = _COMMIT.fullmatch(text.strip())
    return found[0] if found else ""
