"""Posts by hand: an author names pages, says something about them, and publishes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.delivery.announce import count_again, push_again
from bot.interaction.authors import is_theirs, is_unsaid, may_speak_about
from bot.interaction.drafting import offer_each
from bot.interaction.links import named_in
from bot.pages.corrections import correction_rows, put_back_rows
from bot.pages.page import Page
from bot.text.inert import inert
from bot.text.rich import plain
from storage import drafts, posts
from storage.models import Remark, UpdateId

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.pages.actions import Again, Publish, PublishAll, Reword
    from storage.database import Transaction
    from storage.models import Draft, Post


async def publish(update: Update, context: BotContext) -> None:
    """Answer /publish URL with the card that it would become; words beside it are said above it."""
    named = named_in(update.message)
    if not named:
        await context.say("publish.usage")
        return
    await offer_each(context, named)


async def offered(update: Update, context: BotContext) -> bool:
    """An author sent or forwarded links in private: the same as /publish; False without one."""
    if not context.services.chats.is_author(context.user_id):
        return False
    named = named_in(update.message)
    if named:
        await offer_each(context, named)
    return bool(named)


async def pressed(_: Update, context: BotContext, action: Publish) -> None:
    """The author decided: publish the draft, or drop it.

    Where somebody else said something about the post meanwhile, that stays, and is told.
    """
    async with context.transaction() as tx:
        draft = await drafts.get_draft(tx, action.draft_id)
        is_open = draft is not None and is_theirs(context, draft)
        post = None
        if draft is not None and is_open:
            post = await _decide(tx, context, draft, yes=bool(action.yes))
    if not is_open:
        key = "publish.decided" if draft is None else "publish.not_yours"
        await context.toast(context.texts(key), alert=True)
    elif post is None:
        await context.edit(Page(plain(context.texts("publish.dropped"))))
    else:
        await _tell_unsaid(context, draft, post)
        await context.edit(_done_page(context, post))


async def all_pressed(_: Update, context: BotContext, action: PublishAll) -> None:
    """The author decided about all open drafts of one message."""
    async with context.transaction() as tx:
        batch = await drafts.list_batch(tx, UpdateId(action.batch))
        theirs = [one for one in batch if is_theirs(context, one)]
        decided = [await _decide(tx, context, one, yes=bool(action.yes)) for one in theirs]
    published = [one for one in decided if one is not None and one.taken_down_at is None]
    if not decided:
        key = "publish.not_yours" if batch else "publish.decided"
        await context.toast(context.texts(key), alert=True)
    elif published:
        for draft, post in zip(theirs, decided, strict=True):
            await _tell_unsaid(context, draft, post)
        await context.edit(Page(plain(context.texts.count("publish.all.done", len(published)))))
    else:
        await context.edit(Page(plain(context.texts("publish.dropped"))))


async def again_pressed(_: Update, context: BotContext, action: Again) -> None:
    """A post that is there goes to the chats once more, with new words where there are any."""
    await _renew(context, action, is_pushed=True)


async def reword_pressed(_: Update, context: BotContext, action: Reword) -> None:
    """Something else is said about a post; what was sent follows."""
    await _renew(context, action, is_pushed=False)


async def _decide(tx: Transaction, context: BotContext, draft: Draft, *, yes: bool) -> Post | None:
    """Publish a draft, or drop it; the post."""
    if yes and draft.entry:
        return await context.services.publisher.publish_draft(tx, draft)
    await drafts.delete_draft(tx, draft.id)
    return None


async def _renew(context: BotContext, action: Again | Reword, *, is_pushed: bool) -> None:
    """Say the words of a draft about its post, and push it where that is wanted; once."""
    services, now = context.services, context.services.clock.now()
    async with context.transaction() as tx:
        draft = await drafts.get_draft(tx, action.draft_id)
        post = await posts.get_post(tx, action.post_id)
        refusal = await _refusal(tx, context, draft, post)
        if draft is not None and post is not None and refusal is None:
            await drafts.delete_draft(tx, draft.id)
            if draft.remark:
                remark = Remark(draft.remark, draft.author_name)
                await services.publisher.set_remark(tx, post.id, remark, draft.author_id)
            if is_pushed:
                await push_again(tx, post, now)
    if refusal is not None or post is None:
        await context.toast(context.texts(refusal or "publish.decided"), alert=True)
        return
    title = inert(post.title).text
    if not is_pushed:
        text = context.texts("remark.set", title=title)
    elif count := await count_again(services.database, post, now):
        text = context.texts.count("publish.again.done", count, title=title)
    else:
        text = context.texts("publish.again.nowhere")
    await context.edit(Page(plain(text)))


async def _refusal(
    tx: Transaction, context: BotContext, draft: Draft | None, post: Post | None
) -> str | None:
    """The message that says why the words of a draft are not said about a post; None: they are."""
    if draft is None or post is None or draft.entry or draft.link != (post.link or ""):
        return "publish.decided"
    if not is_theirs(context, draft):
        return "publish.not_yours"
    if post.taken_down_at is not None:
        return "publish.known.taken_down"
    if post.removed_at is not None:
        return "publish.known.removed"
    may = not draft.remark or await may_speak_about(tx, context, post)
    return None if may else "remark.not_yours"


async def _tell_unsaid(context: BotContext, draft: Draft | None, post: Post | None) -> None:
    """Tell where a draft's words are not said, for somebody else's are."""
    is_down = post is not None and post.taken_down_at is not None
    if draft is not None and post is not None and not is_down and is_unsaid(draft, post):
        await context.toast(context.texts("remark.not_yours"), alert=True)


def _done_page(context: BotContext, post: Post) -> Page:
    """What became of a draft; one of a post that was taken down meanwhile brings nothing back."""
    texts, hand = context.texts, context.reader.hand
    if post.taken_down_at is not None:
        rows = put_back_rows(texts, hand, post)
        return Page(plain(texts("publish.known.taken_down")), rows)
    title = inert(post.title).text
    return Page(plain(texts("publish.done", title=title)), correction_rows(texts, hand, post))
