"""The command line: `sosik run | demo | check | import | poll | record | search | status | backup`.

Errors are one message on standard error, in the language of LANGUAGE, and exit code 1; a wrong
command line is argparse's, and 2. What a command needs is imported when it runs, so that each
starts fast, and `run` without the packages of the demo.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import bot
from bot.clock import SystemClock
from bot.config import has_display, load_settings
from bot.errors import SosikError
from bot.locales import DEFAULT, get_texts
from bot.logs import set_up_logs
from bot.redaction import redact
from storage.backup import BackupError, write_backup
from storage.database import Database, DatabaseError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from bot.config import Settings
    from bot.locales import Texts
    from bot.search.results import SearchResult

INTERRUPTED = 130


def main() -> None:
    """Run one command and leave the process with its exit code."""
    sys.excepthook = _show_failure
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    given = _parser().parse_args(arguments)
    language = DEFAULT
    try:
        settings = load_settings()
        language = settings.language
        set_up_logs(settings.log_format)
        for old, new in settings.renamed:
            _say(get_texts(language)("hint.renamed", old=old, new=new))
        return int(asyncio.run(given.command(settings, given)))
    except SosikError as error:
        return _fail(get_texts(language)(error.key, **error.values))
    except (DatabaseError, BackupError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED


def _fail(message: str) -> int:
    _say(message)
    return 1


def _say(message: str) -> None:
    print(redact(f"sosik: {message}"), file=sys.stderr)


def _show(text: str) -> None:
    print(redact(text), flush=True)


def _show_failure(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """What nobody foresaw, as Python prints it, without a token."""
    print(redact("".join(traceback.format_exception(kind, error, trace))), end="", file=sys.stderr)


class _Parser(argparse.ArgumentParser):
    """argparse's, which quotes what was typed."""

    def _print_message(self, message: str, file: Any = None) -> None:  # noqa: ANN401  # argparse's own
        super()._print_message(redact(message), file)


class _ShowVersion(argparse.Action):
    """Print the version that is installed, which pyproject.toml gives, and leave."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415  # see above

        _show(f"sosik {version('sosik')}")
        parser.exit()


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) >= 1 << 16:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {value!r}")
    return int(value)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="sosik", description=bot.__doc__)
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="print the version")
    commands = parser.add_subparsers(required=True, metavar="command")
    commands.add_parser("run", help="run the bot").set_defaults(command=_run)
    demo = commands.add_parser("demo", help="run the bot on a Telegram of its own")
    demo.add_argument("--terminal", action="store_true", help="in this terminal, without a browser")
    demo.add_argument("--keep", type=Path, metavar="DIR", help="keep what the demo writes")
    demo.add_argument("--port", type=_port, help="the first port to try, by default 8765")
    demo.add_argument("--no-browser", action="store_true", help="print the address, open nothing")
    demo.set_defaults(command=_demo)
    importing = commands.add_parser("import", help="take in an archive text")
    importing.add_argument("file", type=Path)
    importing.set_defaults(command=_import)
    search = commands.add_parser("search", help="search the archive")
    search.add_argument("words", nargs="+")
    search.add_argument("--json", action="store_true", help="results as JSON")
    search.set_defaults(command=_search)
    commands.add_parser("check", help="look at settings, token, rights and sources").set_defaults(
        command=_check
    )
    commands.add_parser("poll", help="poll every source once").set_defaults(command=_poll)
    recording = commands.add_parser("record", help="keep what a source answers, names blanked")
    recording.add_argument("address")
    recording.add_argument("folder", type=Path)
    recording.set_defaults(command=_record)
    commands.add_parser("status", help="what waits, what failed").set_defaults(command=_status)
    backup = commands.add_parser("backup", help="write a verified copy of the database")
    backup.add_argument("file", type=Path)
    backup.set_defaults(command=_backup)
    return parser


async def _run(settings: Settings, _: argparse.Namespace) -> int:
    from bot.app import run  # noqa: PLC0415  # see above

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    await run(settings, SystemClock(), stopping)
    return 0


async def _demo(settings: Settings, given: argparse.Namespace) -> int:
    try:
        from bot.demo.show import show_in_browser, show_in_terminal  # noqa: PLC0415  # an extra
    except ModuleNotFoundError as error:
        raise SosikError("error.no_demo", package=error.name) from error
    if given.terminal:
        return await show_in_terminal(given.keep)
    texts = get_texts(settings.language)
    return await show_in_browser(
        given.keep,
        port=given.port,
        announce=lambda address: _show(texts("demo.address", address=address)),
        opens_browser=has_display() and not given.no_browser,
    )


async def _import(settings: Settings, given: argparse.Namespace) -> int:
    from bot.delivery.observers import post_observers  # noqa: PLC0415  # see above
    from bot.sources.importing import ArchiveImporter  # noqa: PLC0415  # see above

    async with Database.opened(settings.database_path, copied=settings.litestream) as database:
        clock = SystemClock()
        importer = ArchiveImporter(database, clock, post_observers(clock))
        done = await importer.import_file(given.file)
    texts = get_texts(settings.language)
    _show(
        texts(
            "import.done",
            title=done.title,
            found=done.found,
            added=done.added,
            changed=done.changed,
        )
    )
    if done.unfinished_line is not None:
        _show(texts("import.unfinished", line=done.unfinished_line))
    return 0


async def _search(settings: Settings, given: argparse.Namespace) -> int:
    from bot.search.service import SearchService  # noqa: PLC0415  # see above

    async with Database.opened(settings.database_path, copied=settings.litestream) as database:
        service = SearchService(database, clock=SystemClock())
        await service.prepare(progress=_show_progress)
        zone = ZoneInfo(settings.timezone)
        result = await service.search(" ".join(given.words), limit=10, zone=zone)
    if given.json:
        _show(json.dumps(_as_json(result), ensure_ascii=False, indent=2))
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
        _show(f"{'✓' if one.good else '✗'} {texts(one.key, **one.values)}")
    return 0 if all(one.good for one in findings) else 1


async def _poll(settings: Settings, _: argparse.Namespace) -> int:
    from bot.app import poll_all  # noqa: PLC0415  # see above

    texts = get_texts(settings.language)
    failed = False
    async with Database.opened(settings.database_path, copied=settings.litestream) as database:
        async for address, polled in poll_all(settings, database, SystemClock()):
            failed = failed or polled.error is not None
            if polled.error is not None:
                _show(f"✗ {address} {texts(polled.error.key, **polled.error.values)}")
            else:
                _show(f"✓ {address} {texts.count('poll.new', polled.new)}")
    return 1 if failed else 0


async def _record(settings: Settings, given: argparse.Namespace) -> int:
    from bot.sources.http.agents import agents_of  # noqa: PLC0415  # see above
    from bot.sources.http.fetch import Fetcher  # noqa: PLC0415  # see above
    from bot.sources.looking import look_at  # noqa: PLC0415  # see above
    from bot.sources.recording import record  # noqa: PLC0415  # see above

    async with Fetcher(SystemClock(), agents=agents_of(settings)) as fetcher:
        allowed = settings.allow_private_sources and given.address in settings.sources
        looks = await look_at(fetcher, given.address, allow_private=allowed)
    texts = get_texts(settings.language)
    for one in looks:
        _show(f"{'✓' if one.good else '✗'} {texts(one.key, **one.values)}")
    for path in record(looks, given.folder):
        _show(texts("record.written", path=path))
    return 0 if all(one.good for one in looks) else 1


async def _status(settings: Settings, _: argparse.Namespace) -> int:
    from bot.process.status import read_status, status_lines  # noqa: PLC0415  # see above

    async with Database.opened(settings.database_path, copied=settings.litestream) as database:
        found = await read_status(database, SystemClock().now())
    _show("\n".join(status_lines(get_texts(settings.language), found)))
    return 0


async def _backup(settings: Settings, given: argparse.Namespace) -> int:
    async with (
        Database.opened(settings.database_path, copied=settings.litestream) as database,
        database.reader() as db,
    ):
        size = await write_backup(db, given.file)
    texts = get_texts(settings.language)
    _show(texts("backup.done", name=given.file, kilobytes=texts.number(size // 1024)))
    return 0


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
