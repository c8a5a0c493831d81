"""A message's text: parsed, cleaned, measured.

`get_formatted_text` in telegram-bot-api/Client.cpp, then `fix_formatted_text` in tdlib/td
`td/telegram/MessageEntity.cpp` and `clean_input_string` in `td/telegram/misc.cpp`: control
characters become spaces, carriage returns and a few others vanish, white space at both ends is cut,
offsets follow. `entities` that are no JSON, or no array, are none (`get_input_entities` and
`get_formatted_text` in Client.cpp).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.simulator.api.errors import ApiError, bad_request
from bot.simulator.rules.finding import found_spans
from bot.simulator.rules.html import parse_html
from bot.simulator.rules.nesting import fixed, merged
from bot.simulator.rules.spans import Span, parse_spans, utf16_length

if TYPE_CHECKING:
    from bot.simulator.api.arguments import Arguments

LONGEST_TEXT = 4096
"""UTF-16 units after parsing (Bot API, sendMessage)."""
LONGEST_CAPTION = 1024
"""UTF-16 units after parsing (Bot API, sendPhoto)."""
MOST_ENTITIES = 100
"""More are ignored (`MessageLimit.MESSAGE_ENTITIES` in python-telegram-bot's constants)."""

_LONGEST_INPUT_BYTES = 1 << 15
_LARGEST_OFFSET = 1_000_000
_CONTROLS = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_DROPPED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_MARKS = re.compile("[\u200e\u200f]+(?=[\u200e\u200f])")
_INVISIBLE = re.compile(
    "[\\s\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufffc\ufeff\u00a0\U000e0000-\U000e01ff]*\\Z"
)


@dataclass(slots=True)
class MarkedText:
    """A text with its entities, as Telegram keeps it."""

    text: str
    spans: list[Span] = field(default_factory=list)

    def entities(self) -> list[dict[str, Any]]:
        """The MessageEntity objects."""
        return [span.json() for span in self.spans]


def read_text(arguments: Arguments, *, commands: bool = True, editing: bool = False) -> MarkedText:
    """The text of sendMessage or editMessageText; raises ApiError as the server does."""
    text = arguments.text("text")
    entities = _entities(arguments, "entities")
    return rich_text(
        text, arguments.text("parse_mode"), entities, commands=commands, editing=editing
    )


def rich_text(
    text: str, parse_mode: str, entities: object, *, commands: bool = True, editing: bool = False
) -> MarkedText:
    """A message's text from its parts; raises ApiError when it is empty or too long."""
    if not text:
        raise bad_request("Message text is empty")
    rich = tidied(*parsed(text, parse_mode, entities), commands=commands)
    if not rich.text or _INVISIBLE.match(rich.text):
        raise bad_request("Text must be non-empty")
    if utf16_length(rich.text) > LONGEST_TEXT:
        # MessagesManager::process_send_message_fail_error words only the error of sending
        raise bad_request("MESSAGE_TOO_LONG" if editing else "Message is too long")
    return rich


def read_caption(arguments: Arguments, *, commands: bool = True) -> MarkedText:
    """The caption of a call, which may be empty; raises ApiError when it is too long."""
    entities = _entities(arguments, "caption_entities")
    spans = parsed(arguments.text("caption"), arguments.text("parse_mode"), entities)
    rich = tidied(*spans, commands=commands)
    if utf16_length(rich.text) > LONGEST_CAPTION:
        raise bad_request("Message caption is too long")
    return rich


def _entities(arguments: Arguments, name: str) -> object:
    """The JSON value of a parameter, None where it is no JSON (`get_input_entities`)."""
    try:
        return arguments.decoded(name, "Can't parse entities JSON object")
    except ApiError:
        return None


def parsed(text: str, parse_mode: str, entities: object) -> tuple[str, list[Span]]:
    """Text and spans by parse_mode or by entities, before any tidying."""
    if len(text) * 4 > _LONGEST_INPUT_BYTES and len(text.encode()) > _LONGEST_INPUT_BYTES:
        raise bad_request("Text is too long")
    mode = parse_mode.lower()
    if text and mode not in {"", "none"}:
        if mode != "html":
            raise bad_request("Unsupported parse_mode")
        return parse_html(text)
    return text, parse_spans(entities)


def tidied(text: str, spans: list[Span], *, commands: bool) -> MarkedText:
    """The text cleaned and cut at both ends, its spans checked, nested, completed and counted."""
    _check_ranges(spans)
    spans = fixed([span for span in spans if span.length > 0])
    _check_borders(text, spans)
    text, spans = _cleaned(text, spans)
    text, spans = _trimmed(text, fixed([span for span in spans if span.length > 0]))
    spans = merged(spans, found_spans(text, commands=commands))
    return MarkedText(text, spans[:MOST_ENTITIES])


def _check_ranges(spans: list[Span]) -> None:
    for span in spans:
        if not 0 <= span.offset <= _LARGEST_OFFSET:
            raise bad_request(f"Receive an entity with incorrect offset {span.offset}")
        if not 0 <= span.length <= _LARGEST_OFFSET:
            raise bad_request(f"Receive an entity with incorrect length {span.length}")


def _check_borders(text: str, spans: list[Span]) -> None:
    if not spans:
        return
    length = utf16_length(text)
    inside = _inside_pairs(text)
    for span in spans:
        if span.offset > length:
            raise bad_request(
                f"Entity begins after the end of the text at UTF-16 offset {span.offset}"
            )
        if span.offset in inside:
            raise bad_request(
                f"Entity begins in a middle of a UTF-16 symbol at byte offset {inside[span.offset]}"
            )
    for span in spans:
        where = f"Entity beginning at UTF-16 offset {span.offset}"
        if span.end > length:
            raise bad_request(f"{where} ends after the end of the text at UTF-16 offset {span.end}")
        if span.end in inside:
            raise bad_request(
                f"{where} ends in a middle of a UTF-16 symbol at byte offset {inside[span.end]}"
            )


def _inside_pairs(text: str) -> dict[int, int]:
    """UTF-16 offsets between the halves of a pair, with the byte offset after that character."""
    inside: dict[int, int] = {}
    if not text or max(text) <= "\uffff":
        return inside
    units = position = 0
    for char in text:
        position += len(char.encode())
        if char > "\uffff":
            inside[units + 1] = position
            units += 1
        units += 1
    return inside


def cleaned_text(text: str) -> str:
    """A text as `clean_input_string` leaves it."""
    return _DROPPED.sub("", _marked(text))


def _marked(text: str) -> str:
    if "\u200e" in text or "\u200f" in text:
        text = _MARKS.sub(lambda found: "\u200c" * len(found.group()), text)
    return _CONTROLS.sub(" ", text)


def _cleaned(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    text = _marked(text)
    dropped = [utf16_length(text[: match.start()]) for match in _DROPPED.finditer(text)]
    if not dropped:
        return text, spans
    for span in spans:
        end = span.end - bisect_left(dropped, span.end)
        span.offset -= bisect_left(dropped, span.offset)
        span.length = end - span.offset
    return _DROPPED.sub("", text), spans


def _trimmed(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    text = text.rstrip(" \n")
    end = utf16_length(text)
    spans = [span for span in spans if span.offset < end]
    for span in spans:
        span.length = min(span.length, end - span.offset)
    first = spans[0].offset if spans else end
    cut = min(len(text) - len(text.lstrip(" \n")), first)
    for span in spans:
        span.offset -= cut
    return text[cut:], sorted(spans, key=Span.order)
