"""What channels bring by themselves: a message with a post's link, and its forward."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram import MessageOriginChannel

from bot.delivery.plan import push_of
from bot.interaction.links import named_in
from bot.logs import chat_fields
from bot.redaction import shown_address
from bot.sources.errors import SourceError
from bot.sources.publishing import MOST_NAMED, REMARK_UNITS
from bot.text.characters import utf16_length
from storage import chats, messages, outbox
from storage.models import ChatId, ChatState, MessageId, Remark, View

if TYPE_CHECKING:
    from telegram import Message, Update

    from bot.interaction.context import BotContext
    from storage.database import Transaction
    from storage.models import Post

log = logging.getLogger(__name__)


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
    for named in named_in(message)[:MOST_NAMED]:
        link = await publisher.resolved(named.address)
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
            where = {"link": shown_address(link), **chat_fields(context.chat)}
            log.warning("channel_link_unread", extra={**where, "error": str(error)})
            continue
        async with context.transaction() as tx:
            post = await publisher.publish(tx, entry)
            if post is not None:
                await _take(tx, context, message, post)
                if 0 < utf16_length(named.words) <= REMARK_UNITS:
                    remark = Remark(named.words, message.chat.title or "")
                    await publisher.say_first(tx, post, remark, None)
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
