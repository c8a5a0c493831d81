"""Logs: an event and its fields, on one line, without a token or a member's text."""

from __future__ import annotations

import json
import logging
import math
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

from bot.redaction import redact

PLAIN = re.compile(r"[^\s\"\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""What a console can show as it is: no blanks, quotes, control or direction characters."""
CHATTY = ("httpx", "httpcore", "apscheduler", "telegram", "aiohttp.access")
TELLTALE = "telegram.request"
"""python-telegram-bot logs an answer that is no JSON whole, with what members wrote in it."""
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
PLACES = frozenset({"chat", "chat_id", "user", "user_id", "actor", "actor_id"})
"""Fields that name who or where. The number of a private chat is its person's, and positive."""
_OURS = frozenset({"at", "level", "logger", "event", "traceback"})


def fields(record: logging.LogRecord) -> dict[str, object]:
    """What was passed as `extra`, no person's id; a name of the line's own gets an underscore."""
    return {
        f"{name}_" if name in _OURS else name: _impersonal(name, value)
        for name, value in vars(record).items()
        if name not in _STANDARD
    }


def _impersonal(name: str, value: object) -> object:
    """Logs are not the bot's to delete: whoever asks to be forgotten must not be in them."""
    return "private" if name in PLACES and isinstance(value, int) and value > 0 else value


class ConsoleFormatter(logging.Formatter):
    """`12:00:00 info    logger: event  name=value`, for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback below it for what nobody foresaw."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        extra = "".join(f"  {name}={_shown(value)}" for name, value in fields(record).items())
        line = f"{at} {record.levelname.lower():7} {record.name}: {record.getMessage()}{extra}"
        return _written("\n".join([line, *_traceback(self, record)]))


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for a machine."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, event, and the fields beside them."""
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **{name: _plain(value) for name, value in fields(record).items()},
        }
        if traceback := "\n".join(_traceback(self, record)):
            entry["traceback"] = traceback
        return _written(json.dumps(entry, ensure_ascii=False))


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    found = [formatter.formatException(record.exc_info)] if record.exc_info else []
    return [*found, record.stack_info] if record.stack_info else found


def _shown(value: object) -> str:
    text = str(value)
    return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=not text.isprintable())


def _plain(value: object) -> object:
    """What JSON can hold of a value; the rest as text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    return value if isinstance(value, bool | int | str | None) else str(value)


def _written(text: str) -> str:
    """Without secrets, and with half a surrogate pair as its escape, which no stream refuses."""
    return redact(text).encode("utf-8", "backslashreplace").decode("utf-8")


def set_up_logs(style: str, *, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send logs to `stream` (standard error) as `console` or `json`.

    httpx logs each address at INFO, the token included: it starts at WARNING, and so does
    APScheduler, which would log every tick. Python's own warnings go the same way.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else ConsoleFormatter())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger(TELLTALE).setLevel(logging.CRITICAL)
    logging.captureWarnings(capture=True)
