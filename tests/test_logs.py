from __future__ import annotations

import io
import json
import logging
import warnings
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InputError, SettingError, SosikError
from bot.logs import PLACES, fields, set_up_logs
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
