"""Archive files of SOURCES that are doubtful: an operator says whether they are taken in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import SosikError
from bot.pages.page import Page
from bot.process.archive_files import take_answer
from bot.text.inert import inert
from bot.text.rich import plain
from storage import archive_files
from storage.times import to_seconds

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.pages.actions import TakeArchive
    from storage.archive_files import ArchiveFile


async def pressed(_: Update, context: BotContext, action: TakeArchive) -> None:
    """Keep what an operator says of a file, and take it in where they want it.

    What was said first counts. Where taking it in is cut off, the next start does it.
    """
    async with context.transaction() as tx:
        known = await archive_files.get_file(tx, action.file_id)
        is_asked = known is not None and to_seconds(known.asked_at) == action.since
        if known is not None and is_asked and known.is_wanted is None:
            await archive_files.set_wanted(tx, known.id, is_wanted=bool(action.yes))
    if known is None or not is_asked:
        await context.toast(context.texts("stale"), alert=True)
        return
    if known.is_wanted is not None:
        await context.toast(context.texts("archive.decided"), alert=True)
        return
    name = Path(known.file).name
    if known.file not in context.services.settings.sources:
        said = context.texts("archive.unnamed", name=name)
    elif not action.yes:
        said = context.texts("archive.left", name=name)
    else:
        said = await _take(context, known)
    await context.edit(Page(inert(plain(said))))


async def _take(context: BotContext, known: ArchiveFile) -> str:
    """Take a file in; what to say of it."""
    try:
        done = await take_answer(context.services, known)
    except SosikError as error:
        return context.texts(error.key, **error.values)
    counts = {"found": done.found, "added": done.added, "changed": done.changed}
    return context.texts("import.done", title=done.title, **counts)
