"""Archive files that SOURCES names: taken in at a start, or asked about where they are doubtful.

An operator is asked once, by buttons in private, and nothing of the file is shown before. The
answer is kept; a file that has become another one is asked about again.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from bot.delivery.compose import ARCHIVE_KEY
from bot.errors import SosikError, message
from bot.pages.cards import shown_title
from bot.sources.errors import SourceError
from bot.sources.importing import ArchiveImporter, address_of, read_archive
from storage import archive_files, imports, sources
from storage.models import NoticePush
from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.interaction.services import Services
    from bot.sources.formats.archive import Archive
    from bot.sources.importing import Imported
    from storage.archive_files import ArchiveFile
    from storage.database import Connection, Database, Transaction

log = logging.getLogger(__name__)

MOST_TITLES, TITLE_UNITS = 3, 60
TIMES, BESIDES = 2, 20
"""A file with more than so many times the posts, and so many besides, is another one; or fewer."""


class _Verdict(Enum):
    TAKE = auto()
    LEAVE = auto()
    WAIT = auto()


async def take_in(services: Services, file: str) -> None:
    """Take in a file of SOURCES, unless an operator does not want it, or has to be asked.

    Raises SourceError where it cannot be read.
    """
    archive = await read_archive(Path(file))
    async with services.database.transaction() as tx:
        known = await archive_files.get_by_name(tx, file)
        verdict = await _judge(tx, known, archive)
        if verdict is _Verdict.WAIT:
            await _ask(services, tx, known, file, archive)
        elif verdict is _Verdict.TAKE and known is not None:
            await archive_files.set_posts(tx, known.id, len(archive.posts))
    if verdict is _Verdict.TAKE:
        await _import(services, archive)
    else:
        event = "archive_waits" if verdict is _Verdict.WAIT else "archive_not_wanted"
        doubts = ", ".join(archive.doubts)
        log.warning(event, extra={"file": Path(file).name, "doubts": doubts})


async def take_answer(services: Services, known: ArchiveFile) -> Imported:
    """Take in a file that an operator wants. Raises SourceError where it cannot be read (any more).

    Not where it has become another one since they were asked.
    """
    archive = await read_archive(Path(known.file))
    if _is_another(known, archive):
        raise SourceError("archive.another", name=Path(known.file).name)
    return await _import(services, archive)


async def refuse(database: Database, files: Sequence[str], title: str, now: datetime) -> list[str]:
    """Have a listing not be taken in by itself any more; those of the files that are it."""
    named = {}
    for file in files:
        with suppress(SosikError):  # the start says what is wrong with it
            archive = await read_archive(Path(file))
            if archive.title == title:
                named[file] = archive
    async with database.transaction() as tx:
        for file, archive in named.items():
            await archive_files.set_asked(tx, file, title, len(archive.posts), now)
        await archive_files.set_all_wanted(tx, title, is_wanted=False)
    return list(named)


async def _import(services: Services, archive: Archive) -> Imported:
    importer = ArchiveImporter(services.database, services.clock, services.observers)
    return await importer.import_archive(archive)


async def _judge(db: Connection, known: ArchiveFile | None, archive: Archive) -> _Verdict:
    if known is not None and not _is_another(known, archive):
        if known.is_wanted is None:
            return _Verdict.WAIT
        return _Verdict.TAKE if known.is_wanted else _Verdict.LEAVE
    if not archive.doubts:
        return _Verdict.TAKE
    return _Verdict.TAKE if known is None and await _is_in(db, archive) else _Verdict.WAIT


async def _is_in(db: Connection, archive: Archive) -> bool:
    """Whether a listing has been taken in already, before anybody was asked about such."""
    source = await sources.get_by_address(db, address_of(archive))
    return source is not None and await imports.has_posts(db, source.id)


def _is_another(known: ArchiveFile, archive: Archive) -> bool:
    fewer, more = sorted((known.posts, len(archive.posts)))
    return known.title != archive.title or more > TIMES * fewer + BESIDES


async def _ask(
    services: Services, tx: Transaction, known: ArchiveFile | None, file: str, archive: Archive
) -> None:
    """Ask every operator, whom nobody has asked about the file as it is."""
    if known is None or _is_another(known, archive):
        now = services.clock.now()
        known = await archive_files.set_asked(tx, file, archive.title, len(archive.posts), now)
    texts = services.catalogues[services.settings.language]
    titles = [shown_title(texts, one.title, TITLE_UNITS) for one in archive.posts[:MOST_TITLES]]
    since = to_seconds(known.asked_at)
    values = {
        "file_id": known.id,
        "since": since,
        "name": Path(file).name,
        "posts": len(archive.posts),
        "reason": message(f"archive.doubt.{archive.doubts[0]}") if archive.doubts else "",
        "titles": "\n".join(f"• {one}" for one in titles),
    }
    notice = NoticePush(ARCHIVE_KEY, values)
    await services.operators.put(tx, f"archive:{known.id}:{since}", notice)
