"""What the operators do in a chat: look at the bot's state, copy its data, teach its search."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.errors import InputError
from bot.pages.page import Page
from bot.pages.synonyms import MISSES, misses_page, synonyms_page
from bot.process.status import read_status, status_lines
from bot.search.results import Synonym
from bot.search.synonyms import parse_synonym
from bot.text.rich import plain
from storage import queries, search_log
from storage.backup import BackupError, write_backup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.pages.actions import SetSynonym


log = logging.getLogger(__name__)


async def status(_: Update, context: BotContext) -> None:
    """Answer /status with what waits, what failed, and how the sources are."""
    services = context.services
    found = await read_status(services.database, services.clock.now())
    await context.answer(Page(plain("\n".join(status_lines(context.texts, found)))))


async def backup(_: Update, context: BotContext) -> None:
    """Answer /backup with a verified copy beside the database; the file stays on the server.

    Its name is the time by TIMEZONE's clock, as the log has it.
    """
    services = context.services
    zone = ZoneInfo(services.settings.timezone)
    stamp = services.clock.now().astimezone(zone).strftime("%Y%m%d-%H%M%S")
    path = services.database.path.with_suffix(f".{stamp}.backup")
    try:
        async with services.database.reader() as db:
            size = await write_backup(db, path)
    except BackupError:
        await context.say("backup.failed")
        return
    log.info("backup_made", extra={"file": path.name, "bytes": size})
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
        listed = context.texts("synonym.list", list="\n".join(lines))
        await context.answer(Page(plain(f"{listed}\n\n{context.texts('synonym.hint')}")))
        return
    try:
        left, right = parse_synonym(context.words)
        added = await search.add_synonym(left, right)
    except InputError as error:
        await context.say(error.key, **error.values)
        return
    await context.say("synonym.added" if added else "synonym.known", left=left, right=right)


async def misses(_: Update, context: BotContext) -> None:
    """Answer /misses with what at least two people searched in vain, never who; names to accept."""
    await context.answer(await _misses(context))


async def synonyms(_: Update, context: BotContext) -> None:
    """Answer /synonyms with those of the operators, to take back."""
    await context.answer(await _synonyms(context))


async def synonym_pressed(_: Update, context: BotContext, action: SetSynonym) -> None:
    """An operator accepts that two names are one, or takes it back; the page says so, in place."""
    async with context.services.database.reader() as db:
        left = await queries.get_query(db, action.left_id)
        right = await queries.get_query(db, action.right_id)
    if left is None or right is None:
        await context.toast(context.texts("stale"), alert=True)
        return
    async with context.transaction() as tx:
        if action.yes:
            await search_log.add_synonym(tx, left, right, context.services.clock.now())
        else:
            await search_log.delete_synonym(tx, left, right)
    show = _misses if action.page == MISSES else _synonyms
    await context.edit(await show(context, action, Synonym(left, right)))


async def _misses(
    context: BotContext, done: SetSynonym | None = None, pair: Synonym | None = None
) -> Page:
    found = await context.services.search.list_misses()
    keys = await _numbers(context, [offer for one in found for offer in one.offers])
    return misses_page(context.texts, found, keys, done, pair)


async def _synonyms(
    context: BotContext, done: SetSynonym | None = None, pair: Synonym | None = None
) -> Page:
    found = await context.services.search.list_synonyms()
    return synonyms_page(context.texts, found, await _numbers(context, found), done, pair)


async def _numbers(context: BotContext, pairs: Sequence[Synonym]) -> dict[str, int]:
    """Of each name the number under which it is kept: a button has no room for two names."""
    names = dict.fromkeys(name for pair in pairs for name in (pair.left, pair.right))
    now = context.services.clock.now()
    if not names:
        return {}
    async with context.services.database.transaction() as tx:
        return {name: await queries.add_query(tx, name, now) for name in names}
