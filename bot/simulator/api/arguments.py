"""The parameters of one call, however they were sent.

The Bot API takes the query string, urlencoded and multipart forms, and JSON (Bot API, "Making
requests"); objects inside forms are JSON text. Reading numbers and flags is as lenient as
`td::to_integer` and `to_bool` in telegram-bot-api/Client.cpp.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.simulator.api.errors import bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

_INTEGER = re.compile(r"-?\d+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TRUE = frozenset({"true", "yes", "1"})


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart body."""

    name: str
    content_type: str
    data: bytes


class Arguments:
    """Parameters by name; a missing one reads as empty, 0 or False, as in the server."""

    __slots__ = ("_files", "_values")

    def __init__(
        self, values: Mapping[str, Any], files: Mapping[str, Upload] | None = None
    ) -> None:
        self._values = values
        self._files = files or {}

    def raw(self) -> dict[str, Any]:
        """What was sent, for the call log."""
        return dict(self._values)

    def has(self, name: str) -> bool:
        """Whether the parameter was sent, be it empty (`Query::has_arg`)."""
        return name in self._values

    def text(self, name: str) -> str:
        """The parameter as text; raises ApiError when it is no UTF-8."""
        value = self._values.get(name)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        text = value if isinstance(value, str) else _encoded(value)
        if not text.isascii() and _SURROGATE.search(text):
            raise bad_request("Strings must be encoded in UTF-8")
        return text

    def flag(self, name: str) -> bool:
        """True for "true", "yes" and "1" in any case."""
        return self.text(name).lower() in _TRUE

    def number(self, name: str, default: int = 0) -> int:
        """The leading integer of the parameter; 0 when there is none."""
        text = self.text(name)
        if not text:
            return default
        match = _INTEGER.match(text.strip())
        return int(match.group()) if match else 0

    def decoded(self, name: str, complaint: str) -> Any:  # noqa: ANN401  # any JSON
        """The parameter's JSON value, None when missing; `complaint` is the error's text."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(complaint) from None

    def file(self, name: str) -> Upload | None:
        """The uploaded file of a parameter, given directly or as `attach://<name>`."""
        if name in self._files:
            return self._files[name]
        value = self._values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            return self._files.get(value.removeprefix("attach://"))
        return None


def _encoded(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
