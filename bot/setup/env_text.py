"""The text of `.env` with other values in it, all else as it stands. Pure.

What a value is, python-dotenv says, with which pydantic-settings reads the file; systemd's
EnvironmentFile and Docker's env_file take the same file, so nothing is quoted without need.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING

from dotenv.parser import parse_stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dotenv.parser import Binding

_PLAIN = re.compile(r"[\w@:/.,+%=~&?;!*-](?:[\w@:/.,+%=~&?;!* -]*[\w@:/.,+%=~&?;!*-])?")
"""Values that mean themselves without quotes, to each program that reads such a file."""
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_ENDS = re.compile(r"\r\n|\r|\n")


def written(value: str) -> str:
    """A value without line ends as `.env` has it: it reads back the same."""
    if not value or _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return "'" + escaped.replace("${", "${:-$}{") + "'"  # a name in braces is filled in, always


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The text of a `.env` in which these settings have these values.

    Where one stands already, each of its lines is changed, in whatever case it is named: which of
    several counts is a matter of their order and case. Comments stay. The others are added at the
    end.
    """
    missing = dict(values)
    lines = []
    for one in parse_stream(StringIO(text)):
        name = (one.key or "").upper()
        missing.pop(name, None)
        lines.append(_changed(one, values[name]) if name in values else one.original.string)
    return _appended("".join(lines), [f"{name}={written(one)}" for name, one in missing.items()])


def _changed(binding: Binding, value: str) -> str:
    """The lines of one setting: what stands before it, its name, the new value, its comment."""
    line = binding.original.string
    body = line.lstrip()
    kept = body.rstrip()
    named, _, given = kept.partition("=")
    quoted = _QUOTED.match(given.lstrip())
    after = given.lstrip()[quoted.end() :] if quoted else given
    comment = _comment(after)
    before, end = line[: len(line) - len(body)], body[len(kept) :]
    return f"{before}{named.partition('#')[0].rstrip()}={written(value)}{comment}{end}"


def _comment(after: str) -> str:
    """What stands behind a value: a `#` with a blank before it, up to the end of the line."""
    for place, sign in enumerate(after):
        if sign == "#" and (place == 0 or after[place - 1].isspace()):
            return f" {after[place:]}"
    return ""


def _appended(text: str, added: list[str]) -> str:
    if not added:
        return text
    found = _ENDS.search(text)
    end = found[0] if found else "\n"
    between = end if text and not text.endswith(("\r", "\n")) else ""
    return text + between + "".join(line + end for line in added)
