"""Menus of a room's settings: whose they are, who may press them, and what they show.

A menu stands in the room itself, or in the private chat of somebody who administers the room. It
belongs to whoever opened it; one that an anonymous administrator opened, to all administrators.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.pages.chat_filter import preview_lines
from bot.pages.menu import menu_page
from bot.pages.menu_levels import ALL, Shown
from bot.pages.night import overnight_line
from bot.search.sieve import has_filter
from bot.text.rich import plain
from storage import chats, menus, outbox, sources
from storage.models import Menu, MessageId, NewMenu

if TYPE_CHECKING:
    from bot.interaction.context import BotContext
    from bot.text.rich import Rich
    from storage.models import Chat, MenuId

PROMPTED = timedelta(minutes=15)
"""So long a reply to what a menu asked counts."""


async def open_menu(context: BotContext, room: Chat) -> None:
    """Answer with the menu of a room's settings: a message of its own, or in place of a press.

    It belongs to whoever asked, of whom the caller knows that they administer the room.
    """
    pressed, asked = context.incoming.callback_query, context.incoming.message
    new = NewMenu(
        room_id=room.id,
        place_id=context.chat.id,
        opener_id=context.person_id or 0,
        opened_at=context.services.clock.now(),
        asked_id=None if asked is None else MessageId(asked.message_id),
    )
    async with context.services.database.transaction() as tx:
        menu_id = await menus.add_menu(tx, new)
        await chats.set_told_of_sight(tx, room.id)
    page = menu_page(context.texts, await _shown(context, menu_id, room, ALL), ALL)
    if page is not None and pressed is not None:
        await context.edit(page)
    elif page is not None:
        await context.answer(page)


async def find_menu(context: BotContext, menu_id: MenuId) -> Menu | None:
    """The menu whose button was pressed, its room chosen; None, and a no, for who may not press it.

    Its number can be forged, so that it counts in its own chat alone.
    """
    async with context.services.database.reader() as db:
        menu = await menus.get_menu(db, menu_id)
    if menu is None or menu.place_id != context.chat.id:
        await context.toast(context.texts("stale"), alert=True)
        return None
    if menu.opener_id not in {context.person_id, menu.room_id}:
        await context.toast(context.texts("menu.not_yours"), alert=True)
        return None
    refusal = await context.enter_room(menu.room_id)  # who may press here was asked before
    if refusal is not None:
        await context.refuse(refusal)
        return None
    return menu


async def find_asking(context: BotContext) -> Menu | None:
    """The menu that asked for the words that came, its room chosen; None where none did.

    Somebody else's words are no answer. A menu that asked too long ago is said to have.
    """
    message = context.incoming.message
    replied = None if message is None else message.reply_to_message
    if replied is None:
        return None
    async with context.services.database.reader() as db:
        menu = await menus.get_asking(db, context.chat.id, MessageId(replied.message_id))
    if menu is None or menu.asked is None:
        return None
    is_everybodys = menu.opener_id == menu.room_id
    if context.person_id != menu.opener_id and not is_everybodys:
        return None
    refusal = await context.enter_room(menu.room_id)
    if refusal is None and not await context.is_administrator():
        refusal = "refusal.administrators"
    if refusal is not None:
        await context.refuse(refusal)
        return None
    if context.services.clock.now() - menu.asked.at > PROMPTED:
        await context.say("menu.expired")
        return None
    return menu


async def menu_of(context: BotContext, menu: Menu, level: str) -> Shown:
    """What a menu shows now, on that level."""
    return await _shown(context, menu.id, context.room, level)


async def _shown(context: BotContext, menu_id: MenuId, room: Chat, level: str) -> Shown:
    async with context.services.database.reader() as db:
        known = await sources.list_sources(db)
        nights = await outbox.list_overnight(db, context.services.clock.now(), room.id)
    zone = ZoneInfo(room.settings.timezone)
    notes: dict[str, list[Rich]] = {
        ALL: [plain(overnight_line(context.texts, one, zone)) for one in nights]
    }
    if level == "filter" and has_filter(room.settings):
        found = await context.services.posts.preview(room.settings)
        notes["filter"] = [preview_lines(context.texts, found)]
    names = {lang: texts("language.name") for lang, texts in context.services.catalogues.items()}
    return Shown(
        menu_id,
        room,
        languages=names,
        sources=tuple(one for one in known if one.ended_at is None),
        thread_id=context.thread_id if room.id == context.chat.id else None,
        is_elsewhere=room.id != context.chat.id,
        notes=notes,
    )
