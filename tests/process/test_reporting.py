from __future__ import annotations

import asyncio
import gzip
import json
import logging
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from telegram.error import BadRequest, Forbidden, NetworkError, TimedOut

from bot.errors import SettingError, SosikError
from bot.process.reporting import (
    AGAIN_SECONDS,
    MOST_PLACES,
    Reports,
    cleaned,
    is_foreseen,
    reporting,
)
from storage.database import DiskFullError
from tests.waiting import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HAS_SENTRY = find_spec("sentry_sdk") is not None
needs_sentry = pytest.mark.skipif(not HAS_SENTRY, reason="needs the extra sentry")
log = logging.getLogger("bot.delivery.outbox")
TOKEN = "123456789:" + "A" * 35
WORDS, PERSON = "민지의 말", 900000001
"""Far from the lines that fail: what leaves has those of the program."""


@pytest.mark.parametrize(
    ("error", "foreseen"),
    [
        (SosikError("error.bad_token"), True),
        (DiskFullError("full"), True),
        (TimedOut(), True),
        (NetworkError("reset"), True),
        (Forbidden("kicked"), True),
        (asyncio.CancelledError(), True),
        (BadRequest("can't parse entities"), False),
        (ValueError("x"), False),
    ],
)
def test_what_a_developer_has_to_look_at_is_not_foreseen(
    error: BaseException, *, foreseen: bool
) -> None:
    assert is_foreseen(error) == foreseen


EVENT: dict[str, Any] = {
    "event_id": "1f",
    "level": "error",
    "release": "sosik@1",
    "tags": {"event": "push_broken"},
    "server_name": "minjis-laptop",
    "user": {"id": 900000001},
    "request": {"data": "민지: 안녕"},
    "breadcrumbs": {"values": [{"message": "민지: 안녕"}]},
    "extra": {"chat": 900000001},
    "contexts": {"trace": {}},
    "exception": {
        "values": [
            {
                "type": "ValueError",
                "module": None,
                "value": f"민지: 안녕 {TOKEN}",
                "mechanism": {"type": "generic", "handled": True, "data": {"chat": 900000001}},
                "stacktrace": {
                    "frames": [
                        {
                            "filename": "bot/delivery/outbox.py",
                            "abs_path": "/home/minji/bot/delivery/outbox.py",
                            "function": "_work",
                            "lineno": 7,
                            "vars": {"text": "민지: 안녕"},
                            "context_line": f"    token = '{TOKEN}'",
                            "pre_context": ["a", TOKEN],
                        }
                    ]
                },
            },
            {"type": "KeyError", "value": "민지"},
        ]
    },
}


def test_of_an_event_only_the_place_leaves() -> None:
    left = cleaned(EVENT, {})
    assert left is not None
    text = json.dumps(left, ensure_ascii=False)
    for secret in ("민지", "minji", "900000001", TOKEN, "vars", "breadcrumbs", "extra"):
        assert secret not in text
    first, second = left["exception"]["values"]
    assert (first["type"], second["type"]) == ("ValueError", "KeyError")
    (frame,) = first["stacktrace"]["frames"]
    assert (frame["filename"], frame["lineno"]) == ("bot/delivery/outbox.py", 7)
    assert frame["context_line"] == "    token = '<token>'"
    assert left["tags"] == {"event": "push_broken"}


@pytest.mark.parametrize("event", [{}, {"message": "민지: 안녕"}, {"exception": {"values": []}}])
def test_what_is_no_error_does_not_leave(event: dict[str, Any]) -> None:
    assert cleaned(event, {}) is None


async def test_without_the_extra_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    with pytest.raises(SosikError) as caught:
        async with reporting("https://key@sentry.example/1"):
            pass
    assert (caught.value.key, caught.value.values) == ("error.no_sentry", {"package": "sentry-sdk"})


class Sentry:
    """A Sentry on loopback: what it was told, as it came and as events."""

    def __init__(self) -> None:
        self.told: list[bytes] = []
        self.port = 0

    @property
    def dsn(self) -> str:
        return f"http://s3cretkey@127.0.0.1:{self.port}/1"

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        is_packed = body.startswith(b"\x1f\x8b")
        self.told.append(gzip.decompress(body) if is_packed else body)
        return web.json_response({"id": "1"})

    @property
    def events(self) -> list[dict[str, Any]]:
        """An envelope's third line is its first item."""
        return [json.loads(one.split(b"\n")[2]) for one in self.told]


@pytest.fixture
async def sentry(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sentry]:
    monkeypatch.setattr("bot.process.reporting.LAST_SECONDS", PATIENCE_SECONDS)
    made = Sentry()
    app = web.Application()
    app.router.add_post("/api/1/envelope/", made.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


def fails(said: str) -> None:
    member = said
    raise ValueError(f"could not read {member} of {PERSON}")


@needs_sentry
@pytest.mark.slow
async def test_an_error_that_nobody_foresaw_is_told_without_a_word_of_anybody(
    sentry: Sentry,
) -> None:
    async with reporting(sentry.dsn):
        try:
            fails(f"{WORDS} {TOKEN}")
        except ValueError:
            log.exception("push_broken", extra={"chat": PERSON, "text": WORDS})
        log.error("outbox_waits", extra={"error": WORDS})
        log.error("outbox_waits", exc_info=DiskFullError(WORDS))
        logging.getLogger("telegram.ext").info(WORDS)
    (event,) = sentry.events
    (error,) = event["exception"]["values"]
    assert error["type"] == "ValueError"
    assert error["stacktrace"]["frames"][-1]["function"] == "fails"
    assert event["tags"] == {"event": "push_broken"}
    assert event["release"].startswith("sosik@")
    assert not event.get("server_name")
    text = sentry.told[0].decode()
    for secret in (WORDS, json.dumps(WORDS)[1:-1], str(PERSON), TOKEN):
        assert secret not in text


@needs_sentry
@pytest.mark.slow
async def test_what_ends_the_bot_is_told_too_and_nothing_after_the_end(sentry: Sentry) -> None:
    handlers = list(logging.getLogger().handlers)
    with pytest.raises(ValueError, match="could not"):
        async with reporting(sentry.dsn):
            fails("x")
    assert [one["tags"] for one in sentry.events] == [{"event": "ended"}]
    assert logging.getLogger().handlers == handlers


@needs_sentry
@pytest.mark.slow
async def test_two_places_are_two_reports_and_one_place_is_one_an_hour(sentry: Sentry) -> None:
    async with reporting(sentry.dsn):
        for number in range(4):
            try:
                fails("x") if number else int("민지")
            except ValueError:
                log.exception("duty_failed")
    assert len(sentry.events) == 2


@needs_sentry
@pytest.mark.slow
async def test_a_sentry_that_is_not_there_holds_up_and_breaks_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with reporting("http://s3cretkey@127.0.0.1:9/1"):
        try:
            fails("x")
        except ValueError:
            log.exception("duty_failed")
    assert "s3cretkey" not in caplog.text


@needs_sentry
@pytest.mark.slow
async def test_a_dsn_that_only_sentry_knows_to_be_none_is_a_wrong_setting() -> None:
    with pytest.raises(SettingError) as caught:
        async with reporting("https://sentry.example/s3cret"):
            pass
    assert "s3cret" not in str(caught.value)


class Client:
    """Takes events."""

    def __init__(self) -> None:
        self.options = {
            "include_local_variables": False,
            "include_source_context": True,
            "max_value_length": None,
            "custom_repr": None,
        }
        self.events: list[dict[str, Any]] = []

    def capture_event(self, event: dict[str, Any], **_: object) -> None:
        self.events.append(event)


def a_client() -> Any:  # noqa: ANN401  # as much of Sentry's as is used
    return Client()


@needs_sentry
@pytest.mark.slow
def test_a_place_is_told_again_after_an_hour_and_few_places_are_kept() -> None:
    now, client = 0.0, a_client()
    reports = Reports(client, monotonic=lambda: now)

    def report() -> None:
        try:
            fails("x")
        except ValueError as error:
            reports.report(error, "x")

    report()
    report()
    assert len(client.events) == 1
    now = AGAIN_SECONDS
    report()
    assert len(client.events) == 2
    for number in range(2 * MOST_PLACES):
        reports.report(type(f"Error{number}", (Exception,), {})(), "x")
    assert len(reports._seen) <= MOST_PLACES


@needs_sentry
@pytest.mark.slow
def test_what_reports_is_not_reported_and_a_report_that_fails_breaks_no_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = a_client()
    reports = Reports(client)
    error = (ValueError, ValueError("x"), None)
    for name in ("sentry_sdk.errors", "urllib3.connectionpool"):
        reports.emit(logging.LogRecord(name, logging.ERROR, "", 1, "x", None, error))
    assert client.events == []
    monkeypatch.setattr(client, "capture_event", _broken)
    reports.emit(logging.LogRecord("bot.x", logging.ERROR, "", 1, "x", None, error))
    assert "Logging error" in capsys.readouterr().err


@needs_sentry
@pytest.mark.slow
def test_the_words_of_other_libraries_are_not_the_name_of_an_event() -> None:
    client = a_client()
    error = (ValueError, ValueError("x"), None)
    record = logging.LogRecord("asyncio", logging.ERROR, "", 1, "민지의 말", None, error)
    Reports(client).emit(record)
    assert client.events[0]["tags"] == {"event": "asyncio"}


def _broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError
