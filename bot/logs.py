"""Logs: an event and its fields, on one line, without a token or a member's text."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

SECRET = re.compile(r"\b\d{3,}:[A-Za-z0-9_-]{20,}")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def redact(text: str) -> str:
    """`text` with anything that looks like a bot's token taken out."""
    return SECRET.sub("<token>", text)


def fields(record: logging.LogRecord) -> dict[str, object]:
    """What was passed as `extra`."""
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


class ConsoleFormatter(logging.Formatter):
    """`12:00:00 info  event  name=value`, for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback below it for what nobody foresaw."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        extra = "".join(f"  {name}={value}" for name, value in fields(record).items())
        line = f"{at} {record.levelname.lower():7} {record.name}: {record.getMessage()}{extra}"
        if record.exc_info:
            line = f"{line}\n{self.formatException(record.exc_info)}"
        return redact(line)


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for a machine."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, event, and the fields beside them."""
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **fields(record),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return redact(json.dumps(entry, ensure_ascii=False, default=str))


def set_up_logs(style: str, *, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send logs to `stream` (standard error) as `console` or `json`.

    httpx logs each address at INFO, the token included (facts checked for 22.8): it starts at
    WARNING, and so does APScheduler, which would log every tick.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else ConsoleFormatter())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for chatty in ("httpx", "httpcore", "apscheduler", "telegram", "aiohttp.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
