"""Logs: an event and fields, on standard error, without secrets in any way of logging.

Secrets are taken out of the finished line, so that arguments, fields, exceptions and stacks are
all covered. A person is a name that means nothing (`Aliases`), a chat's title is for the console
alone, and what comes often is counted (bot.log_limits). docs/logs.md lists the events.
"""

from __future__ import annotations

import hmac
import json
import logging
import math
import re
import secrets
import sqlite3
import sys
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, TextIO

from bot.log_limits import Failures, Lines, is_told
from bot.redaction import redact
from storage.errors import NotADatabaseError

if TYPE_CHECKING:
    from storage.models import Chat

PLAIN = re.compile(r"[^\s\"\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""What a console can show as it is: no blanks, quotes, control or direction characters."""
CHATTY = ("httpx", "httpcore", "apscheduler", "telegram", "aiohttp.access")
TELLTALE = "telegram.request"
"""python-telegram-bot logs an answer that is no JSON whole, with what members wrote in it."""
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
PLACES = frozenset({"chat", "chat_id", "user", "user_id", "actor", "actor_id"})
"""Fields that name who or where. The number of a private chat is its person's, and positive."""
TITLE = "title"
"""The field of a title, a stranger's words: the console shows it, what machines keep does not."""
TITLE_CHARACTERS = 40
_OURS = frozenset({"at", "level", "logger", "event", "traceback"})


class Aliases:
    """Names for people that nobody can trace back: HMAC-SHA256 under a key that is kept nowhere.

    The lines of one person can be told from others'. The key is made at each start, and anew when
    somebody is forgotten: what was logged before names nobody from then on, the database and all
    ids of Telegram at hand.
    """

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Have other names from now on."""
        self._key = secrets.token_bytes(32)

    def name(self, person: int) -> str:
        """Ten characters, the same for the same id until `renew`."""
        return hmac.digest(self._key, str(person).encode(), "sha256").hex()[:10]


ALIASES = Aliases()


def chat_fields(chat: Chat) -> dict[str, object]:
    """What a line says of a chat: its id, its kind, and its title, which a private one has not."""
    title = {TITLE: chat.title} if chat.title else {}
    return {"chat": int(chat.id), "kind": str(chat.kind), **title}


def fields(record: logging.LogRecord) -> dict[str, object]:
    """What was passed as `extra`, no person's id; a name of the line's own gets an underscore."""
    return {
        f"{name}_" if name in _OURS else name: _impersonal(name, value)
        for name, value in vars(record).items()
        if name not in _STANDARD
    }


def machine_fields(record: logging.LogRecord) -> dict[str, object]:
    """The fields as JSON takes them, without a title: for whatever keeps or sends them."""
    return {name: _plain(value) for name, value in fields(record).items() if name != TITLE}


def _impersonal(name: str, value: object) -> object:
    """Logs are not the bot's to delete: whoever asks to be forgotten must not be in them."""
    if name in PLACES and isinstance(value, int) and value > 0:
        return f"private:{ALIASES.name(value)}"
    return value


class ConsoleFormatter(logging.Formatter):
    """`2026-11-30 21:00:03 info    logger: event  name=value`, for a person at a terminal.

    Args:
        zone: Whose clock it shows: TIMEZONE, by which the bot's day goes, wherever the machine is.
    """

    def __init__(self, zone: tzinfo | None = None) -> None:
        super().__init__()
        self._zone = zone

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback below it for what nobody foresaw."""
        local = datetime.fromtimestamp(record.created, UTC).astimezone(self._zone)
        found = fields(record)
        found |= {TITLE: _title(found[TITLE])} if TITLE in found else {}
        said = {name: value for name, value in found.items() if value is not None}
        extra = "".join(f"  {name}={_shown(value)}" for name, value in said.items())
        level, event = record.levelname.lower(), record.getMessage()
        event = event if event.isprintable() else json.dumps(event)
        line = f"{local:%Y-%m-%d %H:%M:%S} {level:7} {record.name}: {event}{extra}"
        return _written("\n".join([line, *_traceback(self, record)]))


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for a machine; times in UTC, and no title."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, event, and the fields beside them."""
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **machine_fields(record),
        }
        if traceback := "\n".join(_traceback(self, record)):
            entry["traceback"] = traceback
        return _written(json.dumps(entry, ensure_ascii=False))


def _title(value: object) -> str:
    """A title as words and nothing else: no controls, directions or line ends; its beginning."""
    words = " ".join(str(value).split())
    shown = "".join(one for one in words if one.isprintable())
    return shown if len(shown) <= TITLE_CHARACTERS else f"{shown[: TITLE_CHARACTERS - 1]}…"


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


class SparingHandler(logging.StreamHandler[TextIO]):
    """Writes what is not too much: a traceback once, lines up to a number an hour."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._lines = Lines()
        self._failures = Failures()
        self._last_at = 0.0
        self._mark = f"_is_in_log_{id(self):x}"
        """Where an error has how often it came, once it was written here."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, less a traceback that is in the log; before it what was left out."""
        try:
            self._emit(record)
        except Exception:  # noqa: BLE001  # as every handler of a log
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's name
        """Of a line that cannot be made, who logs it and why: Python prints all that it holds."""
        error = sys.exc_info()[1]
        with suppress(Exception):
            said: dict[str, object] = {"of": record.name, "error": type(error).__name__}
            line = self.format(_record("line_not_made", record.created, said))
            self.stream.write(line + self.terminator)
            self.flush()

    def _emit(self, record: logging.LogRecord) -> None:
        self._tell_of_left_out(record.created, record.created)
        if self._is_told_of_the_file(record):
            return
        chat = vars(record).get("chat", vars(record).get("chat_id"))
        place = None if chat is None else str(chat)
        shown = self._without_known(record)
        if shown is not None and self._lines.take(str(record.msg), place, record.created):
            super().emit(shown)

    def close(self) -> None:
        """Write what was left out within the last hour, and end: at a stop nobody waits for it."""
        self._tell_of_left_out(math.inf, self._last_at)
        super().close()

    def _tell_of_left_out(self, until: float, at: float) -> None:
        self._last_at = at
        for event, lines in self._lines.take_left_out(until):
            super().emit(_record("lines_left_out", at, {"of": event, "lines": lines}))

    def _is_told_of_the_file(self, record: logging.LogRecord) -> bool:
        """Whether a line only says once more that the database's file is not one any longer.

        Each part of the bot comes upon it at the same moment, and none waits: the bot ends. Where
        only the index is damaged it goes on, and each part says for itself that it waits.
        """
        error = vars(record).get("error")
        code = getattr(getattr(error, "__cause__", None), "sqlite_errorcode", 0)
        if not isinstance(error, NotADatabaseError) or code == sqlite3.SQLITE_CORRUPT_VTAB:
            return False
        return self._failures.count(NotADatabaseError, record.created) > 1

    def _without_known(self, record: logging.LogRecord) -> logging.LogRecord | None:
        """A line whose traceback is known goes without, with how often it came; None: too often."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return record
        bare = logging.makeLogRecord(vars(record) | {"exc_info": None, "exc_text": None})
        vars(bare).setdefault("error", type(error).__name__)
        times: int | None = getattr(error, self._mark, None)
        if times is not None:  # another line about the very same failure
            return bare if is_told(times) else None
        times = self._failures.count(_place_of(error), record.created)
        with suppress(AttributeError):
            setattr(error, self._mark, times)
        bare.times = times
        return record if times == 1 else bare if is_told(times) else None


def _place_of(error: BaseException) -> tuple[object, ...]:
    """Where an error comes from: its kind, and the line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return (type(error),)
    return type(error), trace.tb_frame.f_code.co_filename, trace.tb_lineno


def _record(event: str, created: float, extra: dict[str, object]) -> logging.LogRecord:
    basis = {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING", "msg": event}
    return logging.makeLogRecord({**basis, "created": created, **extra})


def set_up_logs(
    style: str,
    *,
    stream: TextIO | None = None,
    level: int = logging.INFO,
    zone: tzinfo | None = None,
) -> None:
    """Send logs to `stream` (standard error) as `console`, by the clock of `zone`, or `json`.

    httpx logs each address at INFO, the token included: it starts at WARNING, and so does
    APScheduler, which would log every tick. Python's own warnings go the same way.
    """
    handler = SparingHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else ConsoleFormatter(zone))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger(TELLTALE).setLevel(logging.CRITICAL)
    logging.captureWarnings(capture=True)
