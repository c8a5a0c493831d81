"""A post that was published by hand: corrected, taken down, and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import ChatAction

from bot.delivery.announce import count_again, push_again
from bot.delivery.withdrawal import withdraw
from bot.interaction.authors import is_theirs, may_speak_about
from bot.interaction.context import PostView
from bot.pages.corrections import (
    correct_page,
    may_take_back,
    prompt_page,
    take_down_page,
    taken_down_page,
)
from bot.pages.page import Page
from bot.sources.errors import SourceError
from bot.text.inert import inert
from bot.text.rich import plain
from storage import authorship, drafts, messages, posts, takedowns
from storage.models import MessageId, Remark, View

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.pages.actions import AskRemark, Correct, PutBack, Reread, TakeDown
    from bot.sources.changes import Recorded
    from storage.database import Transaction
    from storage.models import Post, PostId

FIELDS = ("title", "body", "author", "link", "published_at")
"""What of a post is told when its page says something else."""


async def opened(_: Update, context: BotContext, action: Correct) -> None:
    """Show what can be corrected, in place of the card."""
    post = await _theirs(context, action.post_id)
    if post is not None:
        await _show(context, post)


async def reread(_: Update, context: BotContext, action: Reread) -> None:
    """Fetch the page again, and say what it says otherwise than before."""
    post, services = await _theirs(context, action.post_id), context.services
    if post is None:
        return
    await context.bot.send_chat_action(context.chat.id, ChatAction.TYPING)
    try:
        entry = await services.publisher.read_again(post)
    except SourceError as error:
        await _show(context, post, context.texts(error.key, **error.values))
        return
    async with context.transaction() as tx:
        changed = await services.publisher.reread(tx, post.id, entry)
    post = await _theirs(context, post.id)  # while the page was asked, it may have been taken down
    if post is not None:
        await _show(context, post, _told(context, changed))


async def asked(_: Update, context: BotContext, action: AskRemark) -> None:
    """Ask what is to be said about the post, in a message that is replied to."""
    post = await _theirs(context, action.post_id)
    if post is not None:
        view = PostView(post.id, View.PROMPT)
        await context.answer(prompt_page(context.texts, post), view=view)


async def take_down(_: Update, context: BotContext, action: TakeDown) -> None:
    """Ask once; then have the post go from every chat."""
    post, services = await _theirs(context, action.post_id), context.services
    if post is None:
        return
    await _release(context)
    if not action.yes:
        async with services.database.reader() as db:
            count = await takedowns.count_chats(db, post.id)
        await context.edit(take_down_page(context.texts, post, count))
        return
    async with context.transaction() as tx:
        is_down = await services.publisher.take_down(tx, post.id)
        done = await withdraw(tx, post.id, services.clock.now()) if is_down else None
    if done is None:
        await context.toast(context.texts("post.gone"), alert=True)
        return
    counts = {"deleting": done.deleting, "marking": done.marking, "dropped": done.dropped}
    await context.edit(taken_down_page(context.texts, post, **counts))


async def put_back(_: Update, context: BotContext, action: PutBack) -> None:
    """Bring back what was taken down, and push it once more; with new words, where there are."""
    services, are_said = context.services, True
    now = services.clock.now()
    post = await _theirs(context, action.post_id, is_down=True)
    if post is None:
        return
    async with context.transaction() as tx:
        back = await services.publisher.put_back(tx, post.id)
        if back is not None:
            are_said = await _say_words(tx, context, back, action.draft_id)
            await push_again(tx, back, now)
    if back is None:
        await context.toast(context.texts("publish.decided"), alert=True)
        return
    if not are_said:
        await context.toast(context.texts("remark.not_yours"), alert=True)
    title, count = inert(post.title).text, await count_again(services.database, back, now)
    await context.edit(Page(plain(context.texts.count("takedown.back", count, title=title))))


async def _say_words(tx: Transaction, context: BotContext, post: Post, draft_id: int) -> bool:
    """Say what came with the link that was sent again; False where somebody else's words stay.

    Others' drafts are left alone.
    """
    draft = await drafts.get_draft(tx, draft_id)
    if draft is None or draft.entry or draft.link != (post.link or ""):
        return True
    if not is_theirs(context, draft):
        return True
    await drafts.delete_draft(tx, draft_id)
    if not draft.remark:
        return True
    may = await may_speak_about(tx, context, post)
    if may:
        remark = Remark(draft.remark, draft.author_name)
        await context.services.publisher.set_remark(tx, post.id, remark, draft.author_id)
    return may


async def _theirs(context: BotContext, post_id: PostId, *, is_down: bool = False) -> Post | None:
    """The post, where it is there (or `is_down`) and theirs; else they are told why not."""
    async with context.services.database.reader() as db:
        post = await posts.get_post(db, post_id)
    if post is None or (post.removed_at is not None and not is_down):
        await context.toast(context.texts("post.gone"), alert=True)
        return None
    if not may_take_back(context.reader.hand, post):
        await context.toast(context.texts("correct.not_yours"), alert=True)
        return None
    return post


async def _show(context: BotContext, post: Post, note: str = "") -> None:
    """What can be corrected, in place."""
    await _release(context)
    async with context.services.database.reader() as db:
        is_by_hand = await authorship.is_by_hand(db, post.id)
    await context.edit(correct_page(context.texts, post, is_by_hand=is_by_hand, note=note))


async def _release(context: BotContext) -> None:
    """What was pressed shows the card no more: nothing brings that back over this page."""
    message = context.incoming.effective_message
    if message is not None:
        async with context.services.database.transaction() as tx:
            await messages.delete_message(tx, context.chat.id, MessageId(message.message_id))


def _told(context: BotContext, changed: Recorded | None) -> str:
    """What a page says otherwise than before."""
    names = [
        context.texts(f"correct.field.{name}")
        for name in FIELDS
        if changed is not None and getattr(changed.before, name) != getattr(changed.post, name)
    ]
    if not names:
        return context.texts("correct.same")
    return context.texts("correct.changed", fields=", ".join(names))
