"""The menu of a room's settings: opened, pressed, and answered in words.

Buttons carry the state that they set, so that a second press, or a late one, changes nothing more.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from bot.chat_settings.choose import choose, choose_words
from bot.chat_settings.press import press
from bot.chat_settings.words import normal
from bot.delivery.failures import DeliveryError
from bot.delivery.telegram import edit_page
from bot.errors import InputError
from bot.interaction.commands import Who
from bot.interaction.room_menus import find_asking, find_menu, menu_of, open_menu
from bot.pages.menu import TYPED, level_of, menu_page, prompt_page
from bot.pages.rooms import rooms_page
from bot.pages.settings import changed_page, sources_page, typing_page, usage_page
from storage import menus
from storage.models import Asked, ChatKind, MessageId, SourceId

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.pages.actions import AskFor, Choose, ChooseIn, ListRooms, OpenRoom, SetTo, ShowLevel
    from storage.models import Chat, ChatSettings, Menu

HELP = frozenset({"help", "도움말", "도움", "명령", "?"})


async def show(_: Update, context: BotContext) -> None:
    """Answer /settings with the menu, or first with the chats to set; `help`: what can be typed."""
    if normal(context.words) not in HELP:
        await _open(context)
        return
    names = [one.name for one in context.services.commands if one.who is Who.ADMIN]
    await context.answer(typing_page(context.texts, names))


async def listed(_: Update, context: BotContext, action: ListRooms) -> None:
    """Show the chats that whoever pressed administers."""
    rooms = await _rooms(context)
    await context.edit(rooms_page(context.texts, context.chat.id, rooms, action.offset))


async def opened(_: Update, context: BotContext, __: OpenRoom) -> None:
    """Show what is set in the chat that was chosen, where its button was pressed."""
    await open_menu(context, context.room)


async def level_pressed(_: Update, context: BotContext, action: ShowLevel) -> None:
    """Show another level of the menu."""
    menu = await find_menu(context, action.menu_id)
    if menu is not None:
        await _show(context, menu, action.level)


async def set_pressed(_: Update, context: BotContext, action: SetTo) -> None:
    """Set what the button says, and show its level again with the new state."""
    menu = await find_menu(context, action.menu_id)
    if menu is None:
        return
    try:
        await _set(context, menu, action)
    except InputError as error:
        await context.toast(context.texts(error.key, **error.values), alert=True)
        return
    except ValueError:
        await context.toast(context.texts("stale"), alert=True)
        return
    shown = await menu_of(context, menu, action.name)
    page = menu_page(context.texts, shown, level_of(shown, action.name, action.item))
    if page is not None:
        await context.edit(page)
    await context.toast(context.texts("settings.saved"))


async def _set(context: BotContext, menu: Menu, action: SetTo) -> None:
    """Set what a button says. Raises InputError, and ValueError for what no button carries."""
    shown = await menu_of(context, menu, action.name)
    if action.name == "sources" and action.item not in {str(one.id) for one in shown.sources}:
        raise ValueError(action.item)
    await context.change_room(lambda now: press(now, action.name, action.item, action.value))


async def asked(_: Update, context: BotContext, action: AskFor) -> None:
    """Ask for a setting in words, to be answered by a reply."""
    menu, message = await find_menu(context, action.menu_id), context.incoming.effective_message
    name = action.level.partition(".")[0]
    if menu is None or message is None:
        return
    page = menu_page(context.texts, await menu_of(context, menu, action.level), action.level)
    if page is None or name not in TYPED:
        await context.toast(context.texts("stale"), alert=True)
        return
    sent = await context.answer(prompt_page(context.texts, name), reply_to=menu.asked_id)
    now = context.services.clock.now()
    asking = Asked(action.level, MessageId(message.message_id), sent.message_id, now)
    async with context.services.database.transaction() as tx:
        await menus.set_asking(tx, menu.id, asking)


async def is_answer(context: BotContext) -> bool:
    """Whether what somebody wrote answers a menu; then it is read as its command would be."""
    menu = await find_asking(context)
    if menu is None or menu.asked is None:
        return False
    level, before = menu.asked.what, context.room.settings
    name, _, source = level.partition(".")
    context.begin_deed("settings")
    message = context.incoming.message
    typed = (message.text if message is not None else None) or ""
    try:
        _read(before, name, source, typed)  # what cannot be read keeps no writer waiting
        before = await context.change_room(
            lambda now: _read(now, name, source, typed),
            besides=lambda tx: menus.set_answered(tx, menu.id),
        )
    except InputError as error:
        await context.answer_of_room(usage_page(context.texts, context.room, name, error))
        return True
    shown = await menu_of(context, menu, level)
    if source:
        await context.answer_of_room(sources_page(context.texts, shown.settings, shown.sources))
    else:
        await context.answer_of_room(changed_page(context.texts, context.room, name, before))
    if (page := menu_page(context.texts, shown, level)) is not None:
        with suppress(DeliveryError):  # the answer is there; the menu may not be any more
            await edit_page(context.bot, context.chat.id, menu.asked.message_id, page)
    return True


async def choice_pressed(_: Update, context: BotContext, action: Choose | ChooseIn) -> None:
    """A button of an older version's page was pressed: set it, and show the menu in its place."""
    try:
        await context.change_room(lambda now: choose(now, action.name, action.value))
    except (InputError, KeyError):
        await context.toast(context.texts("stale"), alert=True)
        return
    await open_menu(context, context.room)
    await context.toast(context.texts("settings.saved"))


async def _open(context: BotContext) -> None:
    """Answer with the menu; in private, with the chats to choose from, where there are any."""
    rooms = [] if context.is_elsewhere else await _rooms(context)
    if rooms:
        await context.answer(rooms_page(context.texts, context.chat.id, rooms))
    else:
        await open_menu(context, context.room)


async def _rooms(context: BotContext) -> list[Chat]:
    """What whoever asks in private administers."""
    if context.chat.kind is not ChatKind.PRIVATE or context.user_id is None:
        return []
    return await context.services.administrators.list_rooms(context.user_id)


async def _show(context: BotContext, menu: Menu, level: str) -> None:
    page = menu_page(context.texts, await menu_of(context, menu, level), level)
    if page is None:
        await context.toast(context.texts("stale"), alert=True)
    else:
        await context.edit(page)


def _read(settings: ChatSettings, name: str, source: str, typed: str) -> ChatSettings:
    """What was typed for a setting, or for one source of it. Raises InputError."""
    if name == "filter" and source:
        return choose_words(settings, SourceId(int(source)), typed)
    return choose(settings, name, typed)
