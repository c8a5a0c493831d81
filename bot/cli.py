"""The command line: `sosik setup`, `run`, `demo` and the others (`bot.arguments.COMMANDS`).

Errors are one message on standard error, in the language of LANGUAGE or else of the locale, and
exit code 1; a wrong command line is 2 (`bot.arguments`), and of `run` wrong settings are 78, which
no restart mends. README has the exit codes. What a command needs is imported when it runs, so that
each starts fast, and `run` without the demo's packages.
"""

from __future__ import annotations

import asyncio
import errno
import io
import json
import os
import signal
import sys
import threading
import traceback
from dataclasses import asdict
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.arguments import completion_script, read_arguments
from bot.clock import SystemClock
from bot.config import has_display, load_settings, spoken_language, take_service_manager
from bot.errors import SettingError, SosikError, reason_of
from bot.locales import get_texts
from bot.logs import set_up_logs
from bot.redaction import redact, shown_address, shown_values
from storage.backup import BackupError, write_backup
from storage.database import Database, DatabaseError
from storage.models import PostId
from storage.outgrown import refuse_outgrown

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from bot.config import Settings
    from bot.locales import Texts
    from bot.process.serving import Running
    from bot.search.results import SearchResult

INTERRUPTED = 128 + signal.SIGINT
UNREAD = 128 + 13
"""As a shell says it of SIGPIPE, which Windows does not have: whoever read the output left."""
WRONG_SETTINGS = 78
"""EX_CONFIG of sysexits.h: whoever starts the bot again and again may leave it at that."""
_UNWRITTEN = {errno.EPIPE, errno.ENOSPC, errno.EIO}
"""What standard output says where it takes no more."""


def main() -> None:
    """Run one command and leave the process with its exit code."""
    _show_failures()
    _write_anything()
    try:
        code = run_command(sys.argv[1:])
        if sys.stdout is not None:  # closed by whoever started it
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in _UNWRITTEN:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = UNREAD if error.errno == errno.EPIPE else _fail(_unwritten(error))
    sys.exit(code)


def _unwritten(error: OSError) -> str:
    return get_texts(_language())("cli.unwritten", reason=reason_of(error))


def _write_anything() -> None:
    """What a terminal or a pipe has no character for is written as its escape, not refused."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _encoding() -> str:
    """That of standard output; None stands there where whoever started it closed it."""
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def _language() -> str:
    """The language to speak to whoever runs a command; English, where only that can be written."""
    language = spoken_language()
    try:
        get_texts(language)("cli.sosik").encode(_encoding())
    except UnicodeEncodeError:
        return "en"
    return language


def run_command(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    language = _language()
    given = read_arguments(get_texts(language), arguments)
    if given.command == "completion":  # also where the settings are wrong
        print(completion_script(get_texts(language), given.shell), flush=True)
        return 0
    try:
        if given.command == "setup":
            return _set_up(get_texts(language))
        settings = load_settings()
        if given.command not in _SPEAK_TO_CHATS:
            settings = settings.model_copy(update={"language": language})
        set_up_logs(settings.log_format, zone=ZoneInfo(settings.timezone))
        for old, new in settings.renamed:
            _say(get_texts(language)("hint.renamed", old=old, new=new))
        if given.command in _OPEN_THE_DATABASE:
            refuse_outgrown(settings.database_path)
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return int(runner.run(_RUNS[given.command](settings, given)))
    except SosikError as error:
        _fail(get_texts(language)(error.key, **error.values))
        return _code(given.command, error)
    except (DatabaseError, BackupError) as error:
        texts = get_texts(language)
        return _fail(texts(error.key, **error.values) if error.key else str(error))
    except KeyboardInterrupt:
        return INTERRUPTED


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the event loop: uvloop, where it is installed (the extra `fast`), or asyncio."""
    if find_spec("uvloop") is None:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = import_module("uvloop").new_event_loop
    return factory


def _fail(message: str) -> int:
    _say(message)
    return 1


def _code(command: str, error: SosikError) -> int:
    """What the system refused, like a port that is taken, may be different at the next start."""
    is_lasting = isinstance(error, SettingError) and not isinstance(error.__cause__, OSError)
    return WRONG_SETTINGS if command == "run" and is_lasting else 1


def _say(message: str) -> None:
    print(redact(f"sosik: {message}"), file=sys.stderr)


def _show(text: str) -> None:
    print(redact(text), flush=True)


def _show_json(value: object) -> None:
    """JSON with its own escapes where the output cannot be any text."""
    is_any = _encoding().casefold().startswith("utf")
    _show(json.dumps(value, ensure_ascii=not is_any, indent=2))


def _show_failures() -> None:
    """Whatever Python prints by itself: what ends the program, a thread, or an object's end."""
    sys.excepthook = _show_failure
    threading.excepthook = lambda at: _show_failure(at.exc_type, at.exc_value, at.exc_traceback)
    sys.unraisablehook = lambda at: _show_failure(at.exc_type, at.exc_value, at.exc_traceback)


def _show_failure(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    """What nobody foresaw, as Python prints it, without a token."""
    print(redact("".join(traceback.format_exception(kind, error, trace))), end="", file=sys.stderr)


def _set_up(texts: Texts) -> int:
    """Not as a task: while somebody types, nothing runs, and Ctrl-C ends it at once."""
    from bot.setup.setup import set_up  # noqa: PLC0415  # see above
    from bot.setup.talk import Talk  # noqa: PLC0415  # see above

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return set_up(Talk(texts), runner)


async def _run(settings: Settings, _: argparse.Namespace) -> int:
    from bot.app import run  # noqa: PLC0415  # see above
    from bot.process.collecting import collect_rarely  # noqa: PLC0415  # likewise
    from bot.process.notify import Notices  # noqa: PLC0415  # likewise

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup: on without a terminal
        loop.add_signal_handler(signal.SIGHUP, stopping.set)
    texts = get_texts(settings.language)
    async with Notices(take_service_manager(), texts, stopping) as notices:

        def started(running: Running) -> None:
            collect_rarely()
            notices.started(running)

        await run(settings, SystemClock(), stopping, started=started)
    return 0


async def _demo(settings: Settings, given: argparse.Namespace) -> int:
    try:
        from bot.demo.ports import is_free  # noqa: PLC0415  # an extra
        from bot.demo.show import show_in_browser, show_in_terminal  # noqa: PLC0415  # likewise
    except ModuleNotFoundError as error:
        raise SosikError("error.no_demo", package=error.name) from error
    texts, listen = get_texts(settings.language), settings.health_listen
    if listen:
        key = "demo.metrics" if is_free(listen) else "demo.metrics.taken"
        _show(texts(key, address=listen))
        listen = listen if is_free(listen) else ""
    if given.terminal:
        return await show_in_terminal(given.keep, language=settings.language, health_listen=listen)
    return await show_in_browser(
        given.keep,
        port=given.port,
        announce=lambda address: _show(texts("demo.address", address=address)),
        opens_browser=has_display() and not given.no_browser,
        health_listen=listen,
    )


async def _import(settings: Settings, given: argparse.Namespace) -> int:
    from bot.process.import_by_hand import ImportByHand  # noqa: PLC0415  # see above

    texts, zone = get_texts(settings.language), ZoneInfo(settings.timezone)
    async with Database.opened(settings.database_path, copied=settings.litestream) as database:
        files = [one for one in settings.sources if "://" not in one]
        by_hand = ImportByHand(
            database, SystemClock(), texts, zone, ask=_ask, say=_show, files=files
        )
        return 0 if await by_hand.run(given) else 1


def _ask(question: str) -> bool:
    """Whether somebody at the terminal says yes; raises SosikError where nobody is there."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise SosikError("cli.unasked")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # Ctrl+C ends the question
    try:
        answer = input(redact(f"{question} [y/N] "))
    except EOFError:
        answer = ""
    finally:
        signal.signal(signal.SIGINT, before)
    return answer.strip().casefold() in _YES


async def _search(settings: Settings, given: argparse.Namespace) -> int:
    from bot.search.service import SearchService  # noqa: PLC0415  # see above

    async with Database.opened(settings.database_path, copied=settings.litestream) as database:
        service = SearchService(database, clock=SystemClock())
        await service.prepare(progress=_show_progress)
        zone = ZoneInfo(settings.timezone)
        result = await service.search(" ".join(given.words), limit=10, zone=zone)
    if given.json:
        _show_json(_as_json(result))
    else:
        _show("\n".join(_as_lines(get_texts(settings.language), result)))
    return 0 if result.total else 1


async def _check(settings: Settings, _: argparse.Namespace) -> int:
    from bot.process.checking import check  # noqa: PLC0415  # see above
    from bot.sources.http.agents import agents_of  # noqa: PLC0415  # see above
    from bot.sources.http.fetch import Fetcher  # noqa: PLC0415  # see above

    clock = SystemClock()
    async with Fetcher(clock, agents=agents_of(settings)) as fetcher:
        findings = await check(settings, clock, fetcher)
    texts = get_texts(settings.language)
    for one in findings:
        _show(f"{'✓' if one.good else '✗'} {texts(one.key, **shown_values(one.values))}")
    return 0 if all(one.good for one in findings) else 1


async def _poll(settings: Settings, _: argparse.Namespace) -> int:
    from bot.app import poll_all  # noqa: PLC0415  # see above

    texts = get_texts(settings.language)
    failed = False
    async with Database.opened(settings.database_path, copied=settings.litestream) as database:
        async for address, polled in poll_all(settings, database, SystemClock()):
            failed = failed or polled.error is not None
            if polled.error is not None:
                said = texts(polled.error.key, **shown_values(polled.error.values))
                _show(f"✗ {shown_address(address)} {said}")
            else:
                _show(f"✓ {shown_address(address)} {texts.count('poll.new', polled.new)}")
    return 1 if failed else 0


async def _record(settings: Settings, given: argparse.Namespace) -> int:
    from bot.sources.http.agents import agents_of  # noqa: PLC0415  # see above
    from bot.sources.http.fetch import Fetcher  # noqa: PLC0415  # see above
    from bot.sources.looking import look_at  # noqa: PLC0415  # see above
    from bot.sources.recording import record  # noqa: PLC0415  # see above

    async with Fetcher(SystemClock(), agents=agents_of(settings)) as fetcher:
        named = {given.address, f"https://{given.address}"} & set(settings.sources)
        allowed = settings.allow_private_sources and bool(named)
        looks = await look_at(fetcher, given.address, allow_private=allowed)
    texts = get_texts(settings.language)
    for one in looks:
        _show(f"{'✓' if one.good else '✗'} {texts(one.key, **shown_values(one.values))}")
    for path in record(looks, given.folder):
        _show(texts("record.written", path=path))
    return 0 if all(one.good for one in looks) else 1


async def _status(settings: Settings, given: argparse.Namespace) -> int:
    from bot.process.status import read_status, status_lines  # noqa: PLC0415  # see above
    from bot.process.waiting import read_waiting, status_json, waiting_lines  # noqa: PLC0415  # likewise

    texts, now, zone = (
        get_texts(settings.language),
        SystemClock().now(),
        ZoneInfo(settings.timezone),
    )
    async with Database.opened(settings.database_path, copied=settings.litestream) as database:
        found, waiting = await read_status(database, now), await read_waiting(database, now)
    if given.json:
        _show_json(status_json(texts, found, waiting))
    else:
        _show("\n".join([*status_lines(texts, found), *waiting_lines(texts, found, waiting, zone)]))
    return 0


async def _health(settings: Settings, _: argparse.Namespace) -> int:
    from bot.process.probing import ask  # noqa: PLC0415  # see above

    beside = settings.webhook_listen if settings.webhook_url else ""
    found = await asyncio.to_thread(ask, settings.health_listen or beside)
    said = get_texts(settings.language)(found.key, **found.values)
    _show(f"{'✓' if found.good else '✗'} {said}")
    return 0 if found.good else 1


async def _backup(settings: Settings, given: argparse.Namespace) -> int:
    async with (
        Database.opened(settings.database_path, copied=settings.litestream) as database,
        database.reader() as db,
    ):
        size = await write_backup(db, given.file)
    texts = get_texts(settings.language)
    _show(texts("backup.done", name=given.file, kilobytes=texts.number(size // 1024)))
    return 0


async def _restore(settings: Settings, given: argparse.Namespace) -> int:
    from bot.process.restoring import restore_backup  # noqa: PLC0415  # see above

    for line in restore_backup(settings, SystemClock(), get_texts(settings.language), given.file):
        _show(line)
    return 0


async def _outbox(settings: Settings, given: argparse.Namespace) -> int:
    from bot.process.outbox_by_hand import outbox_lines  # noqa: PLC0415  # see above

    texts, clock, zone = get_texts(settings.language), SystemClock(), ZoneInfo(settings.timezone)
    async with Database.opened(settings.database_path, copied=settings.litestream) as database:
        _show("\n".join(await outbox_lines(database, clock.now(), given, texts, zone)))
    return 0


async def _post(settings: Settings, given: argparse.Namespace) -> int:
    from bot.process.post_by_hand import post_lines  # noqa: PLC0415  # see above

    texts, number = get_texts(settings.language), PostId(given.number)
    async with Database.opened(settings.database_path, copied=settings.litestream) as database:
        _show("\n".join(await post_lines(database, SystemClock(), given.deed, number, texts)))
    return 0


_YES = {"y", "yes", "ㅛ", "네", "예", "응", "ㅇ", "ㅇㅇ"}
"""Also what y is on a Korean keyboard."""
_SPEAK_TO_CHATS = {"run", "demo"}
"""To these, LANGUAGE says what new chats are spoken to in; all others speak to the shell."""
_OPEN_THE_DATABASE = {"import", "search", "check", "poll", "status", "backup", "outbox", "post"}
"""Beside a bot that runs; `run` and `restore` hold it themselves."""
_RUNS = {
    "run": _run,
    "demo": _demo,
    "import": _import,
    "search": _search,
    "check": _check,
    "poll": _poll,
    "record": _record,
    "status": _status,
    "health": _health,
    "backup": _backup,
    "restore": _restore,
    "outbox": _outbox,
    "post": _post,
}


def _show_progress(done: int, total: int) -> None:
    """How far the index is, on a terminal; it takes seconds where an archive is large."""
    if sys.stderr.isatty():
        print(f"\r{done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)


def _as_json(result: SearchResult) -> dict[str, Any]:
    """All of a result as JSON takes it; spans are code points of the text beside them."""
    return asdict(result)


def _as_lines(texts: Texts, result: SearchResult) -> list[str]:
    """What was searched, then two lines a hit; or what could be tried instead."""
    from bot.pages.filters import filters_line, notes  # noqa: PLC0415  # see above
    from bot.pages.results import repaired_line  # noqa: PLC0415  # see above

    filters = filters_line(texts, result.narrowed)
    said = [filters] * bool(filters) + notes(texts, result.narrowed)
    if not result.total:
        lines = [texts("search.nothing", query=result.query)] * bool(result.query) + said
        if result.near is not None and result.near.words:
            lines += [texts("search.try"), f"       {', '.join(result.near.words)}"]
        return lines
    head = repaired_line(texts, result) or texts("search.results", query=result.query)
    lines = [*([head] * bool(result.query)), *said, texts.count("search.count", result.total)]
    if result.partial:
        lines.append(texts("search.partial"))
    for hit in result.hits:
        before = "…" if hit.passage.cut_before else ""
        after = "…" if hit.passage.cut_after else ""
        lines += [f"{hit.post_id:>5}  {hit.title}", f"       {before}{hit.passage.text}{after}"]
    return lines
