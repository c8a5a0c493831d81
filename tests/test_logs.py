from __future__ import annotations

import io
import json
import logging
import re
import sqlite3
import warnings
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InputError, SettingError, SosikError
from bot.logs import ALIASES, PLACES, SparingHandler, fields, set_up_logs
from storage.errors import DiskFullError, NotADatabaseError, spoken
from tests.updates.telegram_server import (
    TOKEN,
    TelegramServer,
    page,
    running_request,
    running_server,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

STYLES = ["console", "json"]


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Whatever a test sets up, the next one finds logging as it was."""
    root = logging.getLogger()
    before = list(root.handlers), root.level
    levels = {
        name: one.level
        for name, one in logging.Logger.manager.loggerDict.items()
        if isinstance(one, logging.Logger)
    }
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level = before
    for name, one in logging.Logger.manager.loggerDict.items():
        if isinstance(one, logging.Logger):
            one.setLevel(levels.get(name, logging.NOTSET))


def entries(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("style", STYLES)
def test_a_person_is_not_named_and_a_group_is(style: str, stream: io.StringIO) -> None:
    set_up_logs(style, stream=stream)
    for place in PLACES:
        logging.getLogger("bot").info("said", extra={place: 7_123_456_789})
        logging.getLogger("bot").info("said", extra={place: -1_001_234_567_890})
    assert "7123456789" not in stream.getvalue()
    assert stream.getvalue().count("private") == len(PLACES)
    assert stream.getvalue().count("-1001234567890") == len(PLACES)


@pytest.mark.parametrize("style", STYLES)
def test_no_way_of_logging_shows_a_token(style: str, stream: io.StringIO) -> None:
    set_up_logs(style, stream=stream, level=logging.DEBUG)
    log = logging.getLogger("bot.somewhere")
    secret = f"https://api.telegram.org/bot{TOKEN}/getMe"
    log.info(secret)
    log.info("arguments %s", secret)
    log.info("field", extra={"address": secret, "nested": {"more": [secret]}, "object": _Held()})
    error = ConnectionError(secret)
    error.__cause__ = ValueError(secret)
    log.error("failed", exc_info=error)
    log.info("stack", stack_info=True, extra={"error": error})
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(secret, stacklevel=1)
    written = stream.getvalue()
    assert written.count("<token>") >= 8
    assert "A" * 20 not in written


class _Held:
    def __repr__(self) -> str:
        return f"Held({TOKEN})"


class _Unspeakable:
    def __str__(self) -> str:
        raise ValueError(TOKEN)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("said", "given", "extra"),
    [
        ("%d", (TOKEN,), {}),
        ("%s %s", (TOKEN,), {}),
        (f"%d {TOKEN}", ("x",), {}),
        ("said", (), {"field": _Unspeakable()}),
        (_Unspeakable(), (), {}),
        ("said", (), {"chat": _Unspeakable()}),
    ],
)
def test_a_line_that_cannot_be_made_says_nothing_of_it_and_stops_nobody(
    style: str,
    said: object,
    given: tuple[object, ...],
    extra: dict[str, object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs(style)
    logging.getLogger("some.library").warning(said, *given, extra=extra)
    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert "line_not_made" in written
    assert "some.library" in written
    assert "A" * 20 not in written


def test_a_log_that_takes_nothing_stops_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    set_up_logs("json", stream=stream)
    stream.close()
    logging.getLogger("bot.x").warning("said")
    assert capsys.readouterr().err == ""


async def test_an_address_that_httpx_logs_is_not_shown(stream: io.StringIO) -> None:
    set_up_logs("json", stream=stream, level=logging.DEBUG)
    async with running_server() as server, httpx.AsyncClient(trust_env=False) as client:
        await client.post(f"{server.address}/getUpdates?offset=0")
        logging.getLogger("httpx").setLevel(logging.INFO)
        await client.post(f"{server.address}/getUpdates?offset=0")
    (entry,) = [one for one in entries(stream) if one["logger"] == "httpx"]
    assert "bot<token>/getUpdates" in entry["event"]


async def test_what_members_wrote_is_not_shown_when_an_answer_is_cut(stream: io.StringIO) -> None:
    set_up_logs("json", stream=stream, level=logging.DEBUG)
    async with running_server() as server, running_request() as request:
        server.faults.append(page(200, '{"ok": true, "result": [{"text": "a member wrote"'))
        with pytest.raises(Exception, match="Invalid server response"):
            await request.post(f"{server.address}/getUpdates?offset=0")
    assert isinstance(server, TelegramServer)
    assert "a member wrote" not in stream.getvalue()


def test_json_lines_keep_the_fields(stream: io.StringIO) -> None:
    set_up_logs("json", stream=stream)
    logging.getLogger("bot.x").warning(
        "posts_found",
        extra={"count": 3, "source": "해봄\n줄", "ratio": float("nan"), "at": "own", "tags": {"b"}},
    )
    (entry,) = entries(stream)
    assert entry.pop("at").endswith("+00:00")
    assert entry == {
        "level": "warning",
        "logger": "bot.x",
        "event": "posts_found",
        "count": 3,
        "source": "해봄\n줄",
        "ratio": "nan",
        "at_": "own",
        "tags": ["b"],
    }


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=6)
    | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(st.integers() | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.text(st.characters()), anything)
def test_json_lines_are_valid_whatever_is_logged(event: str, value: object) -> None:
    stream = io.StringIO()
    set_up_logs("json", stream=stream)
    logging.getLogger("bot.x").info("%s", event, extra={"value": value})
    lines = stream.getvalue().split("\n")
    assert len(lines) == 2
    entry = json.loads(lines[0], parse_constant=pytest.fail)
    assert "value" in entry
    stream.getvalue().encode("utf-8")


def test_the_console_shows_an_event_and_its_fields_on_one_line(stream: io.StringIO) -> None:
    set_up_logs("console", stream=stream)
    logging.getLogger("bot.x").info(
        "posts_found", extra={"count": 3, "title": "두 낱말", "odd": "a\n12:00:00 error \x1b[2J"}
    )
    line = stream.getvalue()
    assert line.count("\n") == 1
    assert ' info    bot.x: posts_found  count=3  title="두 낱말"  odd=' in line
    assert "\x1b" not in line


@pytest.mark.parametrize("style", STYLES)
def test_a_traceback_is_kept(style: str, stream: io.StringIO) -> None:
    set_up_logs(style, stream=stream)
    try:
        int("nobody foresaw it")
    except ValueError:
        logging.getLogger("bot.x").exception("failed")
    assert "Traceback (most recent call last)" in stream.getvalue()
    assert "nobody foresaw it" in stream.getvalue()
    if style == "json":
        (entry,) = entries(stream)
        assert entry["traceback"].endswith("'nobody foresaw it'")


def fail(at: int = 0) -> None:
    """Two places from which the same error comes."""
    if at:
        raise ZeroDivisionError("there")
    raise ZeroDivisionError("here")


def log_failure(event: str = "handler_failed", at: int = 0) -> None:
    try:
        fail(at)
    except ZeroDivisionError:
        logging.getLogger("bot.x").exception(event)


@pytest.mark.parametrize("style", STYLES)
def test_the_same_failure_has_one_traceback_an_hour(
    style: str, stream: io.StringIO, frozen: list[float]
) -> None:
    set_up_logs(style, stream=stream)
    for _ in range(1000):
        log_failure()
    assert stream.getvalue().count("Traceback") == 1
    assert stream.getvalue().count("handler_failed") == 5
    assert stream.getvalue().count("times") == 4
    log_failure(at=1)
    assert stream.getvalue().count("Traceback") == 2
    frozen[0] += 3600
    log_failure()
    assert stream.getvalue().count("Traceback") == 3


def test_both_lines_about_a_failure_are_left_out_where_it_comes_often(
    stream: io.StringIO, frozen: list[float]
) -> None:
    set_up_logs("json", stream=stream)
    for _ in range(100):
        try:
            fail()
        except ZeroDivisionError as error:
            for event in ("handler_failed", "update_set_aside"):
                logging.getLogger("bot.x").exception(event, exc_info=error)
    events = [one["event"] for one in entries(stream)]
    assert events == ["handler_failed", "update_set_aside"] * 4


@pytest.mark.parametrize("chat", [["a list"], {"a": "dict"}, object(), "", 0, True])
def test_whatever_names_a_chat_is_logged(chat: object, stream: io.StringIO) -> None:
    set_up_logs("json", stream=stream)
    logging.getLogger("bot.x").info("said", extra={"chat": chat})
    assert len(entries(stream)) == 1


def test_two_lines_about_one_failure_have_one_traceback(stream: io.StringIO) -> None:
    set_up_logs("json", stream=stream)
    try:
        fail()
    except ZeroDivisionError as error:
        for event in ("handler_failed", "update_set_aside"):
            logging.getLogger("bot.x").exception(event, exc_info=error)
    first, second = entries(stream)
    assert "traceback" in first
    assert (second["event"], second["error"]) == ("update_set_aside", "ZeroDivisionError")
    assert not {"traceback", "times"}.intersection(second)


def test_an_error_that_was_never_raised_is_logged(stream: io.StringIO) -> None:
    set_up_logs("json", stream=stream)
    logging.getLogger("bot.x").error("failed", exc_info=ValueError("x"))
    (entry,) = entries(stream)
    assert entry["traceback"] == "ValueError: x"


def test_what_is_left_out_is_told_when_its_hour_is_over(
    stream: io.StringIO, frozen: list[float]
) -> None:
    set_up_logs("json", stream=stream)
    for _ in range(1000):
        logging.getLogger("bot.x").info("command_refused", extra={"chat": -1001})
    frozen[0] += 3600
    logging.getLogger("bot.x").info("started")
    *refused, left_out, started = entries(stream)
    assert len(refused) == 5
    assert (left_out["event"], left_out["of"], left_out["lines"]) == (
        "lines_left_out",
        "command_refused",
        995,
    )
    assert started["event"] == "started"


def test_what_is_left_out_is_told_at_a_stop(stream: io.StringIO, frozen: list[float]) -> None:
    set_up_logs("json", stream=stream)
    for _ in range(7):
        logging.getLogger("bot.x").info("command_refused", extra={"chat": -1001})
    (handler,) = (one for one in logging.getLogger().handlers if isinstance(one, SparingHandler))
    handler.close()
    handler.close()
    *_, left_out = entries(stream)
    assert len(entries(stream)) == 6
    assert (left_out["of"], left_out["lines"]) == ("command_refused", 2)
    assert left_out["at"] == "2026-11-30T12:00:03.000+00:00"


def test_whichever_part_comes_upon_a_damaged_file_it_is_told_once(
    stream: io.StringIO, frozen: list[float]
) -> None:
    """The bot ends, and no part of it waits; for a full disk, or an index, each of them does."""
    damaged = spoken(NotADatabaseError, "database.damaged", path="sosik.db")
    foreign = spoken(NotADatabaseError, "database.not_ours", path="sosik.db")
    full = spoken(DiskFullError, "database.full", path="sosik.db")
    index = spoken(NotADatabaseError, "database.damaged", path="sosik.db")
    index.__cause__ = sqlite3.DatabaseError()
    index.__cause__.sqlite_errorcode = sqlite3.SQLITE_CORRUPT_VTAB
    set_up_logs("json", stream=stream)
    events = ["updates_wait", "duty_waits", "outbox_waits"]
    for error in (full, index, damaged, foreign):
        for event in events:
            logging.getLogger("bot.x").error(event, extra={"error": error})
    *waits, told = entries(stream)
    assert [one["event"] for one in waits] == events * 2
    assert (told["event"], told["error"]) == ("updates_wait", str(damaged))
    frozen[0] += 3600
    logging.getLogger("bot.x").error("duty_waits", extra={"error": damaged})
    assert entries(stream)[-1]["event"] == "duty_waits"


@pytest.fixture
def frozen() -> Iterator[list[float]]:
    """The time of lines, in unix seconds."""
    now, before = [1_796_040_003.0], logging.getLogRecordFactory()

    def record(*given: Any, **more: Any) -> logging.LogRecord:  # noqa: ANN401  # as logging calls it
        made = before(*given, **more)
        made.created = now[0]
        return made

    logging.setLogRecordFactory(record)
    yield now
    logging.setLogRecordFactory(before)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Asia/Seoul", "2026-11-30 21:00:03 info    bot.x: started\n"),
        ("America/New_York", "2026-11-30 07:00:03 info    bot.x: started\n"),
        ("UTC", "2026-11-30 12:00:03 info    bot.x: started\n"),
    ],
)
def test_the_console_shows_the_date_and_the_time_of_a_zone(
    zone: str, shown: str, stream: io.StringIO, frozen: list[float]
) -> None:
    set_up_logs("console", stream=stream, zone=ZoneInfo(zone))
    logging.getLogger("bot.x").info("started")
    assert stream.getvalue() == shown


def test_json_keeps_utc_wherever_the_zone_is(stream: io.StringIO, frozen: list[float]) -> None:
    set_up_logs("json", stream=stream, zone=ZoneInfo("Asia/Seoul"))
    logging.getLogger("bot.x").info("started")
    assert entries(stream)[0]["at"] == "2026-11-30T12:00:03.000+00:00"


TITLES = ["독서 모임", "a\nb\r\u2028c", "\u202egnp.exe", "\x1b[2Jx", "긴" * 100, "\ud800x", '"', ""]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_for_the_console_alone_and_cannot_act_on_it(
    title: str, stream: io.StringIO
) -> None:
    set_up_logs("console", stream=stream)
    logging.getLogger("bot.x").info("chat_met", extra={"chat": -5, "title": title})
    line = stream.getvalue()
    assert line.count("\n") == 1
    assert line[:-1].isprintable()
    assert len(line) < 140
    set_up_logs("json", stream=stream)
    logging.getLogger("bot.x").info("chat_met", extra={"chat": -5, "title": title})
    assert "title" not in json.loads(stream.getvalue().splitlines()[1])


@pytest.mark.parametrize("event", ["a\n2026-11-30 error forged", "\x1b[2J", "\u202eabc"])
def test_no_message_makes_a_line_of_its_own(event: str, stream: io.StringIO) -> None:
    set_up_logs("console", stream=stream)
    logging.getLogger("library").warning(event)
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue()[:-1].isprintable()


def test_one_persons_lines_belong_together_until_somebody_is_forgotten(
    stream: io.StringIO,
) -> None:
    set_up_logs("json", stream=stream)
    for person in (7_123_456_789, 7_123_456_789, 7_123_456_780):
        logging.getLogger("bot.x").info("said", extra={"chat": person})
    ALIASES.renew()
    logging.getLogger("bot.x").info("said", extra={"chat": 7_123_456_789})
    one, again, other, later = (entry["chat"] for entry in entries(stream))
    assert one == again
    assert len({one, other, later}) == 3
    assert all(re.fullmatch("private:[0-9a-f]{10}", name) for name in (one, other, later))


def test_other_peoples_chatter_begins_at_warnings(stream: io.StringIO) -> None:
    set_up_logs("json", stream=stream)
    for name in ("httpx", "apscheduler.scheduler", "telegram.ext", "aiohttp.access"):
        logging.getLogger(name).info("chatter")
        logging.getLogger(name).warning("trouble")
    assert {one["event"] for one in entries(stream)} == {"trouble"}


def test_only_what_was_given_as_extra_is_a_field() -> None:
    record = logging.makeLogRecord({"msg": "x", "args": (), "count": 1})
    record.taskName = "Task-1"
    record.message = "x"
    assert fields(record) == {"count": 1}


def test_standard_error_is_where_it_goes_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("console")
    logging.getLogger("bot.x").info("hello")
    assert "hello" in capsys.readouterr().err


def test_errors_carry_a_key_and_values_and_read_as_a_line() -> None:
    error = SettingError("error.setting", name="LANGUAGE", value="fr")
    assert str(error) == "error.setting name='LANGUAGE' value='fr'"
    assert (error.key, error.values) == ("error.setting", {"name": "LANGUAGE", "value": "fr"})
    assert str(InputError("usage")) == "usage"
    assert isinstance(error, SosikError)
