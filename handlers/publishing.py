"""Posts by hand: an author names pages, says something about them, and publishes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import ChatAction

from bot.delivery.announce import push_again
from bot.interaction.authors import author_of, is_theirs, may_speak_about
from bot.interaction.links import named_in
from bot.pages.corrections import correction_rows, put_back_rows
from bot.pages.drafts import all_page, draft_page, known_page
from bot.pages.page import Page
from bot.sources.errors import SourceError
from bot.sources.publishing import MOST_NAMED, REMARK_UNITS, as_post
from bot.text.characters import utf16_length
from bot.text.inert import inert
from bot.text.rich import plain
from storage import authorship, drafts, posts
from storage.models import Remark, UpdateId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.interaction.links import Named
    from bot.pages.actions import Again, Publish, PublishAll, Reword
    from storage.database import Transaction
    from storage.models import Draft, Post


async def publish(update: Update, context: BotContext) -> None:
    """Answer /publish URL with the card that it would become; words beside it are said above it."""
    named = named_in(update.message)
    if not named:
        await context.say("publish.usage")
        return
    await _offer_each(context, named)


async def offered(update: Update, context: BotContext) -> bool:
    """An author sent or forwarded links in private: the same as /publish; False without one."""
    if not context.services.chats.is_author(context.user_id):
        return False
    named = named_in(update.message)
    if named:
        await _offer_each(context, named)
    return bool(named)


async def pressed(_: Update, context: BotContext, action: Publish) -> None:
    """The author decided: publish the draft, or drop it."""
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
        await context.edit(_done_page(context, post))


async def all_pressed(_: Update, context: BotContext, action: PublishAll) -> None:
    """The author decided about all open drafts of one message."""
    async with context.transaction() as tx:
        batch = await drafts.list_batch(tx, UpdateId(action.batch))
        theirs = [one for one in batch if is_theirs(context, one)]
        decided = [await _decide(tx, context, one, yes=bool(action.yes)) for one in theirs]
    published = [one for one in decided if one is not None and one.taken_down_at is None]
    if not decided:
        await context.toast(context.texts("publish.decided"), alert=True)
    elif published:
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
    services, count = context.services, 0
    async with context.transaction() as tx:
        draft = await drafts.get_draft(tx, action.draft_id)
        post = await posts.get_post(tx, action.post_id)
        is_there = post is not None and post.removed_at is None
        is_open = draft is not None and is_there and is_theirs(context, draft)
        if draft is not None and post is not None and is_open:
            await drafts.delete_draft(tx, draft.id)
            if draft.remark and await may_speak_about(tx, context, post):
                remark = Remark(draft.remark, draft.author_name)
                await services.publisher.set_remark(tx, post.id, remark, draft.author_id)
            if is_pushed:
                count = await push_again(tx, post, services.clock.now())
    if not is_open or post is None:
        await context.toast(context.texts("publish.decided"), alert=True)
        return
    title = inert(post.title).text
    key = context.texts.count("publish.again.done", count, title=title)
    text = key if is_pushed else context.texts("remark.set", title=title)
    await context.edit(Page(plain(text)))


def _done_page(context: BotContext, post: Post) -> Page:
    """What became of a draft; one of a post that was taken down meanwhile brings nothing back."""
    texts, hand = context.texts, context.reader.hand
    if post.taken_down_at is not None:
        rows = put_back_rows(texts, hand, post)
        return Page(plain(texts("publish.known.taken_down")), rows)
    title = inert(post.title).text
    return Page(plain(texts("publish.done", title=title)), correction_rows(texts, hand, post))


async def _offer_each(context: BotContext, named: Sequence[Named]) -> None:
    """Show each page as a draft; several may be decided at once."""
    too_long = [one for one in named if utf16_length(one.words) > REMARK_UNITS]
    if too_long:
        await context.say("remark.too_long", most=REMARK_UNITS)
        return
    batch = UpdateId(context.update_id) if len(named) > 1 else None
    offered = [await _offer(context, one, batch) for one in named[:MOST_NAMED]]
    if len(named) > MOST_NAMED:
        await context.say("publish.too_many", most=MOST_NAMED)
    if sum(offered) > 1:
        await context.answer(all_page(context.texts, context.update_id, sum(offered)))


async def _offer(context: BotContext, named: Named, batch: UpdateId | None) -> bool:
    """Read a page and show it as a card to confirm; whether it is a draft.

    One that is known is shown as it is, with what can be done with it.
    """
    publisher = context.services.publisher
    if await _showed_known(context, named.address, named.words):
        return False
    await context.bot.send_chat_action(context.chat.id, ChatAction.TYPING)
    try:
        entry = await publisher.read(named.address)
    except SourceError as error:
        await context.say(error.key, **error.values)
        return False
    if await _showed_known(context, entry.link or "", named.words):  # it led there by a redirect
        return False
    author = author_of(context)
    draft_id = await publisher.draft(entry, author, named.words, batch)
    remark = Remark(named.words, author.name) if named.words else None
    now = context.services.clock.now()
    await context.answer(draft_page(context.reader, as_post(entry), draft_id, now, remark))
    return True


async def _showed_known(context: BotContext, link: str, words: str) -> bool:
    """Say of a post that is there which it is, and where it went; False where it is not."""
    services = context.services
    known = await services.publisher.known(link)
    if known is None:
        return False
    async with services.database.reader() as db:
        places = await authorship.list_places(db, known.id)
    draft_id = await services.publisher.draft_words(known, author_of(context), words)
    await context.answer(known_page(context.reader, known, places, draft_id, words=words))
    if known.removed_at is None:
        await context.show_card(known.id)
    return True
