"""`sosik import`: looks at a file, asks where that is doubtful, takes it in, or undoes it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.delivery.observers import post_observers
from bot.delivery.withdrawal import withdraw
from bot.errors import InputError
from bot.pages.cards import shown_title
from bot.process.archive_files import refuse
from bot.sources.decide import decide_removed
from bot.sources.importing import ArchiveImporter, address_of, read_archive
from bot.sources.record import record_changes
from bot.text.inert import inert
from storage import archive_files, imports, posts, sources

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence
    from datetime import tzinfo

    from bot.clock import Clock
    from bot.locales import Texts
    from bot.sources.formats.archive import Archive
    from bot.sources.importing import Imported
    from storage.database import Database
    from storage.imports import Import

TITLE_UNITS = 60
MOST_TITLES, MOST_AUTHORS = 3, 5


class ImportByHand:
    """The command at work; `ask` shows a question and tells whether the answer is yes."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        texts: Texts,
        zone: tzinfo,
        *,
        ask: Callable[[str], bool],
        say: Callable[[str], None],
        files: Sequence[str] = (),
    ) -> None:
        """`files` are those that SOURCES names."""
        self._database = database
        self._clock = clock
        self._texts = texts
        self._zone = zone
        self._ask = ask
        self._say = say
        self._files = files

    async def run(self, given: Namespace) -> bool:
        """Do what was asked for; False where somebody said no. Raises SosikError."""
        if given.undo:
            archive = None if given.file is None else await read_archive(given.file)
            return await self._undo(archive, is_sure=given.yes)
        archive = await read_archive(given.file)
        importer = ArchiveImporter(self._database, self._clock, post_observers(self._clock))
        if given.dry_run:
            planned = await importer.plan(archive)
            self._say("\n".join(_looked_at(self._texts, archive, planned)))
            return True
        if archive.doubts and not given.yes and not await self._is_wanted(importer, archive):
            return False
        self._say("\n".join(imported_lines(self._texts, await importer.import_archive(archive))))
        async with self._database.transaction() as tx:
            await archive_files.set_all_wanted(tx, archive.title, is_wanted=True)
        return True

    async def _is_wanted(self, importer: ArchiveImporter, archive: Archive) -> bool:
        self._say("\n".join(_looked_at(self._texts, archive, await importer.plan(archive))))
        return self._may(self._texts("import.ask"))

    def _may(self, question: str) -> bool:
        is_sure = self._ask(question)
        if not is_sure:
            self._say(self._texts("import.left"))
        return is_sure

    async def _undo(self, archive: Archive | None, *, is_sure: bool) -> bool:
        address = None if archive is None else address_of(archive)
        async with self._database.reader() as db:
            last = await imports.get_last(db, address)
        if last is None:
            raise InputError("import.undo.nothing")
        if not is_sure and not self._may(self._question(last)):
            return False
        self._say("\n".join(await undo(self._database, self._clock, last, self._texts)))
        for file in await refuse(self._database, self._files, last.title, self._clock.now()):
            self._say(self._texts("import.undo.named", name=file))
        return True

    def _question(self, last: Import) -> str:
        at = self._texts.datetime(last.at, self._zone)
        title = inert(last.title).text
        return self._texts.count("import.undo.ask", last.posts, title=title, at=at)


async def undo(database: Database, clock: Clock, last: Import, texts: Texts) -> list[str]:
    """Take away what an import brought, from the chats, too; what to say of it.

    The listing itself is followed no more once nothing of it is left. Imported again, it is back.
    """
    now = clock.now()
    deleting = marking = 0
    async with database.transaction() as tx:
        found = [await posts.get_known(tx, one) for one in await imports.list_brought(tx, last)]
        changes = [decide_removed(known, now) for known in found if known is not None]
        await record_changes(tx, changes, now=now, observers=post_observers(clock))
        for one in changes:
            done = await withdraw(tx, one.after.post.id, now)
            deleting, marking = deleting + bool(done.deleting), marking + bool(done.marking)
        if not await imports.has_posts(tx, last.source_id):
            await sources.set_ended(tx, last.source_id, now)
    counts = {"deleting": deleting, "marking": marking}
    told = [texts.count(f"import.undo.{name}", n) for name, n in counts.items() if n]
    title = inert(last.title).text
    return [texts.count("import.undone", len(changes), title=title), *told]


def imported_lines(texts: Texts, done: Imported) -> list[str]:
    """What an import did."""
    counts = {"found": done.found, "added": done.added, "changed": done.changed}
    lines = [texts("import.done", title=inert(done.title).text, **counts)]
    if done.unfinished_line is not None:
        lines.append(texts("import.unfinished", line=done.unfinished_line))
    return lines


def _looked_at(texts: Texts, archive: Archive, planned: Imported) -> list[str]:
    """What a file is taken for, what an import of it would do, and what is doubtful about it."""
    header = [inert(one).text for one in (archive.title, archive.tagline) if one]
    lines = [texts("import.look.site", site=" · ".join(header))]
    lines.append(
        texts(
            "import.look.posts", found=planned.found, added=planned.added, changed=planned.changed
        )
    )
    lines.append(texts("import.look.authors", authors=_authors(texts, archive)))
    titles = [f"  {shown_title(texts, post.title, TITLE_UNITS)}" for post in archive.posts]
    lines += [texts("import.look.newest"), *titles[:MOST_TITLES]]
    if rest := titles[MOST_TITLES:]:
        lines += [texts("import.look.oldest"), *rest[-MOST_TITLES:]]
    if archive.unfinished_line is not None:
        lines.append(texts("import.look.unfinished", line=archive.unfinished_line))
    return [*lines, *doubt_lines(texts, archive)]


def _authors(texts: Texts, archive: Archive) -> str:
    """Those with most posts first, each with how many."""
    counted = Counter(post.author for post in archive.posts).most_common()
    names = [
        f"{shown_title(texts, name, TITLE_UNITS // 2)} {texts.number(times)}"
        for name, times in counted[:MOST_AUTHORS]
    ]
    more = len(counted) - MOST_AUTHORS
    return ", ".join(names + [texts.count("import.look.others", more)] * (more > 0))


def doubt_lines(texts: Texts, archive: Archive) -> Sequence[str]:
    """Why a file is perhaps no listing; nothing where it looks like one."""
    if not archive.doubts:
        return ()
    reasons = [f"  {texts(f'archive.doubt.{one}')}" for one in archive.doubts]
    return [texts("import.look.doubtful"), *reasons]
