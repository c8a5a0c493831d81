"""SENTRY_DSN: tracebacks of what nobody foresaw, to a server that keeps such things.

What is sent says where in the program it was, and no more: the kinds of the errors, files,
functions, lines and their source. The words of an error, the values of variables and the fields of
the log may name people, and stay here: the log has them. What is foreseen (a full disk, a Telegram
that does not answer) is none of it, and the same place is reported once an hour.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from telegram.error import Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot.errors import SettingError, SosikError, message
from bot.process.build import program_version
from bot.redaction import redact
from storage.database import DatabaseError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sentry_sdk import Client

    Event: TypeAlias = Any
    """Sentry's JSON; its own types are there only where the extra is."""

OURS = ("bot.", "handlers.", "storage.")
"""Loggers whose messages are names of events (bot.logs), without values."""
OWN = ("sentry_sdk", "urllib3")
"""Loggers of what reports: to report their errors would have no end."""
AGAIN_SECONDS = 3600.0
MOST_PLACES = 500
LAST_SECONDS = 2.0
"""What was reported last has so long to leave, at the end."""
FORESEEN = (
    SosikError,
    DatabaseError,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TimedOut,
    asyncio.CancelledError,
    KeyboardInterrupt,
)
_ABOUT = ("event_id", "timestamp", "platform", "level", "release", "environment", "sdk", "tags")
_FRAME = ("filename", "function", "module", "lineno", "in_app")
_SOURCE = ("pre_context", "context_line", "post_context")
_MECHANISM = ("type", "handled", "exception_id", "parent_id", "is_exception_group")


@asynccontextmanager
async def reporting(dsn: str) -> AsyncIterator[None]:
    """Report what nobody foresaw for as long as it is open, and what ends it.

    Raises SosikError where the extra `sentry` is missing, SettingError for a DSN that is none.
    """
    handler = Reports(_client(dsn))
    logging.getLogger().addHandler(handler)
    try:
        yield
    except Exception as error:
        handler.report(error, "ended")
        raise
    finally:
        logging.getLogger().removeHandler(handler)
        await asyncio.to_thread(handler.last)


def _client(dsn: str) -> Client:
    """A client of its own: nothing of it is global, and it watches nothing by itself."""
    try:
        from sentry_sdk import Client  # noqa: PLC0415  # an extra
        from sentry_sdk.utils import BadDsn  # noqa: PLC0415  # likewise
    except ModuleNotFoundError as error:
        raise SosikError("error.no_sentry", package="sentry-sdk") from error
    try:
        return Client(
            dsn=dsn,
            release=f"sosik@{program_version()}",
            server_name="",
            default_integrations=False,
            auto_enabling_integrations=False,
            auto_session_tracking=False,
            send_client_reports=False,
            propagate_traces=False,
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            before_send=cleaned,
        )
    except BadDsn as error:
        expected = message("expected.dsn")
        raise SettingError(
            "error.setting", name="SENTRY_DSN", value="…", expected=expected
        ) from error


class Reports(logging.Handler):
    """Reports what is logged with a traceback."""

    def __init__(self, client: Client, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(logging.ERROR)
        self._client = client
        self._monotonic = monotonic
        self._seen: dict[tuple[str, str, int], float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Report the error of a line of the log; a line without one is foreseen."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None or record.name.split(".")[0] in OWN:
            return
        try:
            name = record.getMessage() if record.name.startswith(OURS) else record.name
            self.report(error, name)
        except Exception:  # noqa: BLE001  # as every handler of a log
            self.handleError(record)

    def report(self, error: BaseException, event: str) -> None:
        """Report an error, unless it is foreseen, or its place was reported within the hour."""
        from sentry_sdk.utils import event_from_exception  # noqa: PLC0415  # an extra

        if is_foreseen(error) or not self._is_new(error):
            return
        made, hint = event_from_exception(error, client_options=self._client.options)
        self._client.capture_event({**made, "tags": {"event": redact(event)}}, hint=hint)

    def last(self) -> None:
        """Give what was reported some time to leave."""
        self._client.close(timeout=LAST_SECONDS)

    def _is_new(self, error: BaseException) -> bool:
        now, place = self._monotonic(), _place_of(error)
        if now - self._seen.get(place, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return False
        if len(self._seen) >= MOST_PLACES:
            self._seen.clear()
        self._seen[place] = now
        return True


def is_foreseen(error: BaseException) -> bool:
    """Whether it is nothing that a developer has to look at.

    A refusal (BadRequest) is a NetworkError to python-telegram-bot, and is looked at.
    """
    return isinstance(error, FORESEEN) or type(error) is NetworkError


def cleaned(event: Event, hint: object) -> Event | None:
    """What may leave of an event; None for one that is no error."""
    del hint
    errors = event.get("exception", {}).get("values", [])
    if not errors:
        return None
    kept = _only(event, _ABOUT)
    return {**kept, "exception": {"values": [_error(one) for one in errors]}}


def _error(error: Event) -> Event:
    """Its kind and where it was, without its words."""
    frames = (error.get("stacktrace") or {}).get("frames") or []
    return {
        **_only(error, ("type", "module")),
        "mechanism": _only(error.get("mechanism") or {"type": "generic"}, _MECHANISM),
        "stacktrace": {"frames": [_frame(one) for one in frames]},
    }


def _frame(frame: Event) -> Event:
    """A place in the program; the source is the program's own, and passes the redactor anyway."""
    source = {name: _redacted(frame[name]) for name in _SOURCE if frame.get(name) is not None}
    return {**_only(frame, _FRAME), **source}


def _redacted(value: object) -> object:
    return [redact(str(one)) for one in value] if isinstance(value, list) else redact(str(value))


def _only(given: Event, names: tuple[str, ...]) -> Event:
    return {name: given[name] for name in names if given.get(name) is not None}


def _place_of(error: BaseException) -> tuple[str, str, int]:
    """The kind of an error, and the line that raised it."""
    trace, file, line = error.__traceback__, "", 0
    while trace is not None:
        file, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return type(error).__qualname__, file, line
