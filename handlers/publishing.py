"""Posts by hand: an operator names a page, or a channel's own message brings its link."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram import MessageOriginChannel
from telegram.constants import ChatAction

from bot.delivery.plan import push_of
from bot.interaction.links import links_of
from bot.pages.drafts import draft_page
from bot.pages.page import Page
from bot.sources.errors import SourceError
from bot.sources.publishing import as_post
from bot.text.inert import inert
from bot.text.rich import plain
from storage import chats, messages, outbox
from storage.models import ChatId, ChatState, MessageId, View

if TYPE_CHECKING:
    from telegram import Message, Update

    from bot.interaction.context import BotContext
    from bot.pages.actions import Publish
    from storage.database import Transaction
    from storage.models import Post

log = logging.getLogger(__name__)
MOST_OFFERED = 5
"""Links of one message that are looked at."""


async def publish(update: Update, context: BotContext) -> None:
    """Answer /publish URL with the card that the page would become."""
    links = links_of(update.message)
    if not links:
        await context.say("publish.usage")
        return
    await _offer(context, links[0])


async def offered(update: Update, context: BotContext) -> bool:
    """An operator sent or forwarded links in private: the same as /publish; False without one."""
    links = links_of(update.message)
    if not links or not context.services.chats.is_operator(context.user_id):
        return False
    for link in links[:MOST_OFFERED]:
        await _offer(context, link)
    return True


async def pressed(_: Update, context: BotContext, action: Publish) -> None:
    """The operator decided: publish the draft, or drop it."""
    publisher = context.services.publisher
    async with context.transaction() as tx:
        is_open = action.yes or await publisher.drop_draft(tx, action.draft_id)
        post = await publisher.publish_draft(tx, action.draft_id) if action.yes else None
    if not is_open or (action.yes and post is None):
        await context.toast(context.texts("publish.decided"), alert=True)
        return
    if post is None:
        await context.edit(Page(plain(context.texts("publish.dropped"))))
    else:
        await context.edit(Page(plain(context.texts("publish.done", title=inert(post.title).text))))


async def channel_post(update: Update, context: BotContext) -> None:
    """A message with a post's link in a channel of ours: the post takes it as its own.

    A link that is not known is read as a new post where its site is one that we follow, and where
    CHANNELS names the channel or an operator let it publish. Its administrators decide neither:
    anybody can make a channel, and appoint anybody.
    """
    message = update.channel_post
    if message is None:
        return
    publisher = context.services.publisher
    may_publish = context.chat.state is ChatState.SERVED and (
        context.chat.may_publish
        or context.services.chats.is_named(message.chat.id, message.chat.username)
    )
    for written in links_of(message)[:MOST_OFFERED]:
        link = await publisher.resolved(written)
        post = await publisher.known(link)
        if post is not None:
            async with context.transaction() as tx:
                await _take(tx, context, message, post)
            return
        if not may_publish or not await publisher.follows(link):
            continue
        try:
            entry = await publisher.read(link)
        except SourceError as error:
            log.warning("channel_link_unread", extra={"error": str(error)})
            continue
        async with context.transaction() as tx:
            post = await publisher.publish(tx, entry)
            if post is not None:
                await _take(tx, context, message, post)
        return


async def forwarded(update: Update, context: BotContext) -> None:
    """A channel's post arrived in its discussion by itself: it shows the same post."""
    message = update.message
    origin = message.forward_origin if message is not None else None
    if message is None or not isinstance(origin, MessageOriginChannel):
        return
    async with context.transaction() as tx:
        await chats.set_discussion(tx, ChatId(origin.chat.id), context.chat.id)
        await messages.add_forward(
            tx,
            (context.chat.id, MessageId(message.message_id)),
            (ChatId(origin.chat.id), MessageId(origin.message_id)),
            message.date,
        )


async def _offer(context: BotContext, link: str) -> None:
    """Read a page and show it as a card to confirm; one that is known is shown as it is."""
    publisher = context.services.publisher
    if await _showed_known(context, link):
        return
    await context.bot.send_chat_action(context.chat.id, ChatAction.TYPING)
    try:
        entry = await publisher.read(link)
    except SourceError as error:
        await context.say(error.key, **error.values)
        return
    if await _showed_known(context, entry.link or ""):  # it led there by a redirect
        return
    draft_id = await publisher.draft(entry)
    now = context.services.clock.now()
    await context.answer(draft_page(context.reader, as_post(entry), draft_id, now))


async def _showed_known(context: BotContext, link: str) -> bool:
    """Say that a post is there already, and show it; False where it is not."""
    known = await context.services.publisher.known(link)
    if known is not None:
        await context.say("publish.known")
        await context.show_card(known.id)
    return known is not None


async def _take(tx: Transaction, context: BotContext, message: Message, post: Post) -> None:
    """Make the channel's message the post's own: no second one, and its reactions count."""
    message_id = MessageId(message.message_id)
    now = context.services.clock.now()
    await messages.set_message(
        tx,
        context.chat.id,
        message_id,
        post.id,
        view=View.OWN,
        page=0,
        language=context.texts.lang,
        sent_at=message.date,
    )
    await outbox.add_sent(tx, push_of(context.chat.id, [post.id], now), message_id, now)
