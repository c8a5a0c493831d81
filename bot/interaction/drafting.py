"""Drafts: pages that an author names are read, and shown to whoever named them, or scheduled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from telegram.constants import ChatAction

from bot.chat_settings.typed_moments import parse_moment
from bot.errors import InputError
from bot.interaction.authors import author_of, is_theirs
from bot.pages.drafts import all_page, draft_page, known_page, scheduled_page
from bot.pages.scheduled import unread_page
from bot.sources.errors import SourceError
from bot.sources.publishing import MOST_NAMED, REMARK_UNITS, as_post, entry_of
from bot.text.characters import utf16_length
from storage import authorship, drafts
from storage.models import ChatKind, Remark, UpdateId

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.interaction.context import BotContext
    from bot.interaction.links import Named
    from bot.pages.cards import Reader
    from bot.pages.page import Page
    from bot.sources.entries import Entry
    from storage.database import Connection
    from storage.models import Draft


async def reader_of(context: BotContext) -> Reader:
    """For whom drafts are shown: whoever asks, in the language and zone of their private chat."""
    if context.chat.kind is ChatKind.PRIVATE or context.user_id is None:
        return context.reader
    settings = (await context.private_chat(context.user_id)).settings
    texts = context.services.catalogues[settings.language]
    return replace(context.reader, texts=texts, zone=ZoneInfo(settings.timezone))


async def find_draft(db: Connection, context: BotContext, draft_id: int) -> Draft | str:
    """An open draft that whoever asks may decide about; the message that says no."""
    draft = await drafts.get_draft(db, draft_id)
    if draft is None or not draft.entry:  # without one, it is words for a post that is there
        return "publish.decided"
    return draft if is_theirs(context, draft) else "publish.not_yours"


async def page_of(context: BotContext, draft: Draft) -> Page:
    """The card that a draft would become, and what can be decided about it."""
    reader, now = await reader_of(context), context.services.clock.now()
    post = as_post(entry_of(draft))
    if draft.due_at is not None:
        return scheduled_page(reader, post, draft, now)
    remark = Remark(draft.remark, draft.author_name) if draft.remark else None
    return draft_page(reader, post, draft.id, now, remark)


async def read_moment(context: BotContext, typed: str) -> datetime | None:
    """The moment to come that whoever asks means, in the zone of their private chat.

    None: it cannot be read, is past or too far ahead; they are told.
    """
    reader, now = await reader_of(context), context.services.clock.now()
    try:
        return parse_moment(typed, reader.zone, now)
    except InputError as error:
        await context.answer(unread_page(reader, error, now))
        return None


async def offer_each(context: BotContext, named: Sequence[Named]) -> None:
    """Show each page as a draft; several may be decided at once."""
    named = _shortened(context, named)
    if await _are_too_long(context, named):
        return
    batch = UpdateId(context.update_id) if len(named) > 1 else None
    offered = [await _offer(context, one, batch) for one in named[:MOST_NAMED]]
    await _say_too_many(context, named)
    if sum(offered) > 1:
        await context.answer(all_page(context.texts, context.update_id, sum(offered)))


async def schedule_each(context: BotContext, named: Sequence[Named], due_at: datetime) -> None:
    """Have each page published at that moment, all of them in one transaction, and say so."""
    named = _shortened(context, named)
    if await _are_too_long(context, named):
        return
    publisher, author = context.services.publisher, author_of(context)
    read = [(one, await _read(context, one)) for one in named[:MOST_NAMED]]
    entries = [(one.words, entry) for one, entry in read if entry is not None]
    kept: list[Draft | None] = []
    if entries:
        async with context.transaction() as tx:
            for words, entry in entries:
                draft_id = await publisher.schedule(tx, entry, author, words, due_at)
                kept.append(await drafts.get_draft(tx, draft_id))
    reader, now = await reader_of(context), context.services.clock.now()
    for draft in kept:
        if draft is not None:
            post = as_post(entry_of(draft))
            await context.answer(scheduled_page(reader, post, draft, now, is_new=True))
    await _say_too_many(context, named)


def _shortened(context: BotContext, named: Sequence[Named]) -> Sequence[Named]:
    """What is forwarded is not the author's to shorten: its link counts without all those words."""
    message = context.incoming.message
    if message is None or message.forward_origin is None:
        return named
    return [replace(one, words="") if _is_too_long(one) else one for one in named]


def _is_too_long(named: Named) -> bool:
    return utf16_length(named.words) > REMARK_UNITS


async def _are_too_long(context: BotContext, named: Sequence[Named]) -> bool:
    """Whether there are too many words beside a link; then they are told."""
    are_too_long = any(map(_is_too_long, named))
    if are_too_long:
        await context.say("remark.too_long", most=REMARK_UNITS)
    return are_too_long


async def _say_too_many(context: BotContext, named: Sequence[Named]) -> None:
    if len(named) > MOST_NAMED:
        await context.say("publish.too_many", most=MOST_NAMED)


async def _offer(context: BotContext, named: Named, batch: UpdateId | None) -> bool:
    """Read a page and show it as a card to confirm; whether it is a draft."""
    entry = await _read(context, named)
    if entry is None:
        return False
    author = author_of(context)
    draft_id = await context.services.publisher.draft(entry, author, named.words, batch)
    remark = Remark(named.words, author.name) if named.words else None
    reader, now = await reader_of(context), context.services.clock.now()
    await context.answer(draft_page(reader, as_post(entry), draft_id, now, remark))
    return True


async def _read(context: BotContext, named: Named) -> Entry | None:
    """What a page says; None where it cannot be read, and they are told.

    One that is known is shown as it is, with what can be done with it.
    """
    if await _showed_known(context, named.address, named.words):
        return None
    await context.bot.send_chat_action(context.chat.id, ChatAction.TYPING)
    try:
        entry = await context.services.publisher.read(named.address)
    except SourceError as error:
        await context.say(error.key, **error.values)
        return None
    if await _showed_known(context, entry.link or "", named.words):  # it led there by a redirect
        return None
    return entry


async def _showed_known(context: BotContext, link: str, words: str) -> bool:
    """Say of a post that is there which it is, and where it went; False where it is not."""
    services = context.services
    known = await services.publisher.known(link)
    if known is None:
        return False
    places = None
    if context.chat.kind is ChatKind.PRIVATE:  # a group is not told of other ones
        async with services.database.reader() as db:
            places = await authorship.list_places(db, known.id)
    draft_id = await services.publisher.draft_words(known, author_of(context), words)
    await context.answer(known_page(context.reader, known, places, draft_id, words=words))
    if known.removed_at is None:
        await context.show_card(known.id)
    return True
