"""The command line: `sosik run | demo | check | import | poll | record | search | status | backup`.

Errors are one message on standard error, in the language of LANGUAGE, and exit code 1; a wrong
command line is 2 (`bot.arguments`). What a command needs is imported when it runs, so that each
starts fast, and `run` without the packages of the demo.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import traceback
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.arguments import read_arguments
from bot.clock import SystemClock
from bot.config import has_display, load_settings, spoken_language
from bot.errors import SosikError
from bot.locales import get_texts
from bot.logs import set_up_logs
from bot.redaction import redact
from storage.backup import BackupError, write_backup
from storage.database import Database, DatabaseError

if TYPE_CHECKING:
    import argparse
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
    language = spoken_language()
    given = read_arguments(get_texts(language), arguments)
    try:
        settings = load_settings()
        language = settings.language
        set_up_logs(settings.log_format)
        for old, new in settings.renamed:
            _say(get_texts(language)("hint.renamed", old=old, new=new))
        return int(asyncio.run(_RUNS[given.command](settings, given)))
    except SosikError as error:
        return _fail(get_texts(language)(error.key, **error.values))
    except (DatabaseError, BackupError) as error:
        texts = get_texts(language)
        return _fail(texts(error.key, **error.values) if error.key else str(error))
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


_RUNS = {
    "run": _run,
    "demo": _demo,
    "import": _import,
    "search": _search,
    "check": _check,
    "poll": _poll,
    "record": _record,
    "status": _status,
    "backup": _backup,
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
