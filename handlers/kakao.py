"""Posts in blocks for KakaoTalk: of a day or a week, or what a message lists. In private."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.interaction.forwards import original
from bot.pages.actions import Bundle, BundlePage, as_start
from bot.pages.kakao import (
    MOST_BUNDLED,
    SHOWN,
    TODAY,
    WEEK,
    bundle_page,
    no_bundle_page,
    parse_bundled,
)
from bot.pages.periods import beginning
from storage import lists
from storage.models import ChatKind, MessageId

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.pages.page import Page
    from storage.models import ChatId, Post

    Place = tuple[ChatId, MessageId]


async def kakao(_: Update, context: BotContext) -> None:
    """Answer /kakao with what is new today, /kakao week with that of seven days."""
    await _answer(context, parse_bundled(context.texts, context.words))


def linked(context: BotContext) -> str:
    """What a link into the private chat carries of the command, and of what was typed after it."""
    period = parse_bundled(context.texts, context.words)
    return "kakao" if period == TODAY else as_start(BundlePage(period or "usage", 0))


async def open_period(_: Update, context: BotContext, action: BundlePage) -> None:
    """A link of a group brought somebody here, with what they had asked there."""
    await _answer(context, action.what)


async def page_pressed(_: Update, context: BotContext, action: BundlePage) -> None:
    """Another block of a bundle, or another period, in place."""
    if action.what == SHOWN:
        posts = await _listed(context, _pressed_place(context))
        page = bundle_page(context.reader, posts, action.page) if posts else None
    else:
        page = await _of_period(context, action.what)
    if page is None:
        await context.toast(context.texts("kakao.forgotten"), alert=True)
    else:
        await context.edit(page)


async def list_pressed(_: Update, context: BotContext, action: Bundle) -> None:
    """Bundle what a message lists: a new message in private, where a group's press leads, too."""
    place = _place(context, action)
    posts = await _listed(context, place)
    if not posts:
        await context.toast(context.texts("kakao.forgotten"), alert=True)
    elif context.chat.kind is ChatKind.PRIVATE:
        await context.answer(bundle_page(context.reader, posts, 0))
    else:
        await context.open_private(as_start(Bundle(*place)))


async def open_list(_: Update, context: BotContext, action: Bundle) -> None:
    """A press in a group or a channel brought somebody here, for what its message lists."""
    posts = await _listed(context, _place(context, action))
    if posts:
        await context.answer(bundle_page(context.reader, posts, 0))
    else:
        await context.say("kakao.forgotten")


async def _answer(context: BotContext, period: str | None) -> None:
    page = await _of_period(context, period)
    if page is None:
        await context.say("kakao.usage")
    else:
        await context.answer(page)


async def _of_period(context: BotContext, period: str | None) -> Page | None:
    """The first block of a day or a week in the chat's zone; None for what is neither."""
    now, is_known = context.services.clock.now(), period in {TODAY, WEEK}
    since = beginning(period, now, context.zone) if period and is_known else None
    if period is None or since is None:
        return None
    posts = await context.services.posts.since(since, limit=MOST_BUNDLED)
    if not posts:
        return no_bundle_page(context.texts, period)
    return bundle_page(context.reader, posts, 0)


def _place(context: BotContext, action: Bundle) -> Place:
    """The message that is meant: the one that was pressed, unless a link names one."""
    if action.message_id:
        return action.chat_id, action.message_id
    return _pressed_place(context)


def _pressed_place(context: BotContext) -> Place:
    """Of a channel's list and its forward to the discussion, the channel's."""
    message = context.incoming.effective_message
    if message is None:
        return context.chat.id, MessageId(0)
    return original(message) or (context.chat.id, MessageId(message.message_id))


async def _listed(context: BotContext, place: Place) -> list[Post]:
    """What a message lists of posts that are there; nothing where that is not remembered.

    A link can be forged: what somebody else was shown in private is nobody's business.
    """
    chat_id, message_id = place
    if chat_id > 0 and chat_id != context.chat.id:
        return []
    async with context.services.database.reader() as db:
        listed = await lists.get_list(db, chat_id, message_id)
    if listed is None:
        return []
    return [one.post for one in await context.services.posts.several(listed.every)]
