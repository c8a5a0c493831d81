"""What the operators do in a chat: look at the bot's state, copy its data, teach its search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import InputError
from bot.pages.page import Page
from bot.process.status import read_status, status_lines
from bot.search.synonyms import parse_synonym
from bot.text.rich import plain
from storage.backup import BackupError, write_backup

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext


async def status(_: Update, context: BotContext) -> None:
    """Answer /status with what waits, what failed, and how the sources are."""
    services = context.services
    found = await read_status(services.database, services.clock.now())
    await context.answer(Page(plain("\n".join(status_lines(context.texts, found)))))


async def backup(_: Update, context: BotContext) -> None:
    """Answer /backup with a verified copy beside the database; the file stays on the server."""
    services = context.services
    stamp = services.clock.now().strftime("%Y%m%d-%H%M%S")
    path = services.database.path.with_suffix(f".{stamp}.backup")
    try:
        async with services.database.reader() as db:
            size = await write_backup(db, path)
    except BackupError:
        await context.say("backup.failed")
        return
    await context.say("backup.done", name=path.name, kilobytes=context.texts.number(size // 1024))


async def synonym(_: Update, context: BotContext) -> None:
    """Answer /synonym 엔비디아 = nvidia: both words find both from now on."""
    search = context.services.search
    if not context.words:
        known = await search.list_synonyms()
        if not known:
            await context.say("synonym.usage")
            return
        lines = [f"{one.left} = {one.right}" for one in known]
        await context.say("synonym.list", list="\n".join(lines))
        return
    try:
        left, right = parse_synonym(context.words)
        added = await search.add_synonym(left, right)
    except InputError as error:
        await context.say(error.key, **error.values)
        return
    await context.say("synonym.added" if added else "synonym.known", left=left, right=right)


async def misses(_: Update, context: BotContext) -> None:
    """Answer /misses with what at least two people searched in vain; never who."""
    found = await context.services.search.list_misses()
    lines = [f"• {one.query} ({one.people})" for one in found]
    if not lines:
        await context.say("misses.none")
        return
    await context.say("misses.list", list="\n".join(lines))
