"""What an author has to say about a post that is there: a reply to its card, or to its message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.interaction.authors import author_of, may_speak_about
from bot.sources.publishing import REMARK_UNITS
from bot.text.characters import utf16_length
from bot.text.inert import inert
from bot.text.remarks import answer_in, remark_in
from storage import messages, posts
from storage.models import ChatKind, MessageId, Remark, View

if TYPE_CHECKING:
    from bot.interaction.context import BotContext
    from storage.models import PostId


async def is_remark(context: BotContext) -> bool:
    """Whether somebody said `한마디: …` in a reply to a post; then it is said about the post.

    In a group that may be a custom of theirs: there, members hear of it at a post alone. A reply to
    a message that asks for it need not begin so.
    """
    message = context.incoming.message
    text = (message.text if message is not None else None) or ""
    replied = message.reply_to_message if message is not None else None
    if replied is None or not text.strip():
        return False
    place = (context.chat.id, MessageId(replied.message_id))
    async with context.services.database.reader() as db:
        shown = await messages.get_message(db, *place)
    words = remark_in(text)
    if words is None and shown is not None and shown.view is View.PROMPT and text[0] != "/":
        words = answer_in(text)
    if words is None:
        return False
    is_author = context.services.chats.is_author(context.user_id)
    if shown is None:
        if is_author or context.chat.kind is ChatKind.PRIVATE:
            await context.say_in_passing("remark.no_post")
    elif not is_author:
        await context.refuse("refusal.authors")
    elif utf16_length(words) > REMARK_UNITS:
        await context.say("remark.too_long", most=REMARK_UNITS)
    else:
        await _say(context, shown.post_id, words)
    return True


async def _say(context: BotContext, post_id: PostId, words: str) -> None:
    """Say it about the post; nothing takes back what was said."""
    context.begin_deed("")
    remark = Remark(words, author_of(context).name) if words else None
    async with context.transaction() as tx:
        post = await posts.get_post(tx, post_id)
        is_down = post is not None and post.taken_down_at is not None
        is_allowed = post is not None and not is_down and await may_speak_about(tx, context, post)
        if is_allowed:
            publisher = context.services.publisher
            await publisher.set_remark(tx, post_id, remark, context.user_id)
    if post is None or not is_allowed:
        key = "publish.known.taken_down" if is_down else "remark.not_yours"
        await context.say_in_passing(key)
        return
    key = "remark.set" if words else "remark.removed"
    await context.say(key, title=inert(post.title).text)
