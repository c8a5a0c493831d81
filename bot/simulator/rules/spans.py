"""Message entities: their kinds, their JSON, and reading them from a call.

Bot API, "MessageEntity"; the reading and its error texts are those of `get_text_entity` in
telegram-bot-api/Client.cpp and `get_message_entities` in tdlib/td `td/telegram/MessageEntity.cpp`.
Offsets and lengths are UTF-16 units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.api.errors import bad_request
from bot.simulator.rules.links import checked_link, linked_user_id

SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
PRES = frozenset({"pre", "code", "date_time"})
FOUND = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bank_card_number",
    }
)
CONTINUOUS = FOUND | {"text_link", "text_mention", "custom_emoji"}

_PRIORITY = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "date_time": 30,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}
_OTHER_PRIORITY = 50
_NUMBER = re.compile(r"-?\d+\Z")


@dataclass(slots=True)
class Span:
    """One entity; `extra` holds its further fields (url, language, user, custom_emoji_id)."""

    kind: str
    offset: int
    length: int
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def end(self) -> int:
        """The first offset after it."""
        return self.offset + self.length

    def order(self) -> tuple[int, int, int]:
        """The sort key of `MessageEntity::operator<`: outer entities first."""
        return self.offset, -self.length, _PRIORITY.get(self.kind, _OTHER_PRIORITY)

    def json(self) -> dict[str, Any]:
        """The MessageEntity object."""
        return {"offset": self.offset, "length": self.length, "type": self.kind, **self.extra}


def utf16_length(text: str) -> int:
    """The length of a text in UTF-16 units, which is how Telegram counts."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_spans(value: object) -> list[Span]:
    """Read a call's entities; kinds that Telegram finds by itself are left out.

    Raises ApiError with the server's text for each malformed one.
    """
    if not isinstance(value, list):
        return []
    spans = (_parse_span(item) for item in value)
    return [span for span in spans if span is not None]


def _parse_span(item: object) -> Span | None:
    if not isinstance(item, dict):
        raise _unparsable("expected an Object")
    offset = _number(item, "offset")
    length = _number(item, "length")
    kind = item.get("type")
    if not isinstance(kind, str):
        raise _unparsable('Can\'t find field "type"')
    if not kind:
        raise _unparsable("Type is not specified")
    if kind in FOUND:
        return None
    if kind == "text_link":
        return _link_span(offset, length, _string(item, "url"))
    if kind not in _PRIORITY:
        raise _unparsable("Unsupported type specified")
    return Span(kind, offset, length, _extra(kind, item))


def _extra(kind: str, item: dict[str, Any]) -> dict[str, Any]:
    match kind:
        case "text_mention":
            return {"user": {"id": _mentioned(item)}}
        case "custom_emoji":
            return {"custom_emoji_id": _custom_emoji(item)}
        case "pre" if item.get("language"):
            return {"language": str(item["language"])}
        case "date_time":
            return {"unix_time": _number(item, "unix_time")}
        case _:
            return {}


def _link_span(offset: int, length: int, url: str) -> Span:
    user_id = linked_user_id(url)
    if user_id is not None:
        return Span("text_mention", offset, length, {"user": {"id": user_id}})
    return Span("text_link", offset, length, {"url": checked_link(url, what="Entity ")})


def _mentioned(item: dict[str, Any]) -> int:
    user = item.get("user")
    if not isinstance(user, dict):
        raise _unparsable('Can\'t find field "user"')
    return _number(user, "id")


def _custom_emoji(item: dict[str, Any]) -> str:
    value = str(item.get("custom_emoji_id", ""))
    if not _NUMBER.match(value) or int(value) == 0:
        raise bad_request("Invalid custom emoji identifier specified")
    return value


def _number(item: dict[str, Any], name: str) -> int:
    """A whole number of 32 bits, or its text (`get_required_int_field` in JsonBuilder.cpp)."""
    if name not in item:
        raise _unparsable(f'Can\'t find field "{name}"')
    value = item[name]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _unparsable(f'Field "{name}" must be a Number')
    if not _NUMBER.match(str(value)) or not -(1 << 31) <= int(value) < 1 << 31:
        raise _unparsable(f'Field "{name}" must be a valid Number')
    return int(value)


def _string(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise _unparsable(f'Can\'t find field "{name}"')
    return value


def _unparsable(reason: str) -> Exception:
    return bad_request(f"Can't parse MessageEntity: {reason}")
