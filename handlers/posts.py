"""Posts in a chat: the newest, one as a card, its full text, what members liked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.interaction.context import PostView
from bot.interaction.links import links_of
from bot.interaction.numbers import post_meant
from bot.interaction.sight import answer_with_sight
from bot.pages.actions import LatestPage, TopPage, as_start
from bot.pages.cards import card_page, full_page, noted
from bot.pages.lists import latest_page, similar_page, top_page
from bot.pages.page import Button, Page
from bot.pages.periods import parse_period
from bot.pages.typed_numbers import parse_count
from bot.text.rich import plain
from storage.models import MessageId, View

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.pages.actions import OpenCard, Opening, ShowCard, ShowFull

USUAL, MOST = 5, 20
TOP = 10
MOST_LINKED = 5
"""Cards in answer to one message."""


async def latest(_: Update, context: BotContext) -> None:
    """Answer /latest [n] with the newest posts, a page of n."""
    size = page_size(context.words)
    if size is None:
        await context.say("latest.usage", most=MOST)
        return
    asked = LatestPage(0, size)
    if size > USUAL and not context.opens_here:
        page = await _latest(context, LatestPage(0, USUAL))
        await context.answer(_with_more(context, page, asked, size))
        return
    await context.answer(await _latest(context, asked))


async def open_latest(_: Update, context: BotContext, action: LatestPage) -> None:
    """A link of a group brought somebody here, for more than is shown there."""
    size = min(max(1, action.size), MOST)
    await context.answer(await _latest(context, LatestPage(max(0, action.offset), size)))


async def latest_pressed(_: Update, context: BotContext, action: LatestPage) -> None:
    """Another page of the newest posts, in place."""
    if not 1 <= action.size <= MOST or action.offset < 0:
        await context.toast(context.texts("stale"), alert=True)
        return
    await context.edit(await _latest(context, action))


async def post(update: Update, context: BotContext) -> None:
    """Answer /post with the card of the post that a number, a reply or an address names."""
    meant = await post_meant(context)
    if meant is not None:
        await context.show_card(meant.post_id, meant.note)
    elif not await show_linked(update, context):
        await context.say("post.usage")


async def show_linked(update: Update, context: BotContext) -> bool:
    """Answer with the card of each known post to which a message has a link; False without one."""
    found = await context.services.publisher.linked(links_of(update.message)[:MOST_LINKED])
    for known in found:
        await context.show_card(known.id)
    return bool(found)


async def similar(_: Update, context: BotContext) -> None:
    """Answer /similar with the posts to read on with after the one that is named."""
    meant = await post_meant(context)
    if meant is None:
        await context.say("similar.usage")
        return
    shown = await context.services.posts.get(meant.post_id)
    if shown is None:
        await context.say(await context.services.posts.absence(meant.post_id))
        return
    found = await context.services.posts.similar(meant.post_id)
    items = [(one.post, one.given) for one in found]
    page = similar_page(context.reader, shown.post, items)
    await context.answer(noted(page, meant.note) if meant.note else page)


async def open_card(_: Update, context: BotContext, action: OpenCard) -> None:
    """A number of a list was pressed: the card comes as a message of its own."""
    await context.show_card(action.post_id)


async def show_card(_: Update, context: BotContext, action: ShowCard) -> None:
    """Back from the full text to the card, in place."""
    shown = await context.services.posts.get(action.post_id)
    if shown is None:
        await context.toast(context.texts("post.gone"), alert=True)
        return
    message = context.incoming.effective_message
    place = (context.chat.id, MessageId(message.message_id if message is not None else 0))
    reader, known = context.reader, context.services.posts
    elsewhere = await known.elsewhere(action.post_id, place, with_votes=not reader.votes)
    page = card_page(reader, shown.post, shown.given, elsewhere)
    await context.edit(page, view=PostView(action.post_id))


async def show_full(_: Update, context: BotContext, action: ShowFull) -> None:
    """A page of the full text: in place, or in private where it would fill the room."""
    found = await _full(context, action)
    if found is None:
        await context.toast(context.texts("post.gone"), alert=True)
    elif context.opens_here:
        page, view = found
        await context.edit(page, view=view)
    else:
        await context.open_private(as_start(action))


async def open_full(_: Update, context: BotContext, action: ShowFull) -> None:
    """A link of a group brought somebody here, for a page of the full text."""
    found = await _full(context, action)
    if found is None:
        await context.say("post.gone")
        return
    page, view = found
    await context.answer(page, view=view)


async def _full(context: BotContext, action: ShowFull) -> tuple[Page, PostView] | None:
    shown = await context.services.posts.get(action.post_id)
    if shown is None or action.page < 0:
        return None
    leaf = await context.services.posts.leaf(shown.post, action.page)
    page = full_page(context.reader, shown.post, leaf)
    return page, PostView(action.post_id, View.FULL, leaf.number)


async def top(_: Update, context: BotContext) -> None:
    """Answer /top with what members liked most in the period that is named."""
    period = parse_period(context.texts, context.words)
    if period is None:
        await context.say("top.usage")
        return
    await answer_with_sight(context, await _top(context, period))


async def top_pressed(_: Update, context: BotContext, action: TopPage) -> None:
    """Another period, in place."""
    period = parse_period(context.texts, action.period)
    if period is None:
        await context.toast(context.texts("stale"), alert=True)
        return
    await context.edit(await _top(context, period))


async def open_top(_: Update, context: BotContext, action: TopPage) -> None:
    """A link of a group brought somebody here, for more than is shown there."""
    period = parse_period(context.texts, action.period)
    if period is None:
        await context.say("top.usage")
        return
    await context.answer(await _top(context, period))


async def stats(_: Update, context: BotContext) -> None:
    """Answer /stats with how many posts there are, and what this chat gave them."""
    found, texts = await context.services.posts.stats(context.chat.id), context.texts
    lines = [texts.count("stats.posts", found.posts)]
    if found.reactions:
        lines.append(texts.count("stats.reactions", found.reactions, members=found.members))
    else:
        lines.append(texts("stats.no_reactions"))
    await context.answer(Page(plain("\n".join(lines))))


def page_size(typed: str) -> int | None:
    """How many posts on a page: 5 unless said, 1 to 20; None for what is no number."""
    if not typed:
        return USUAL
    return min(parse_count(typed) or 0, MOST) or None


async def _latest(context: BotContext, at: LatestPage) -> Page:
    listing = await context.services.posts.newest(limit=at.size, offset=at.offset)
    items = [(one.post, one.given) for one in listing.items]
    return latest_page(context.reader, items, at.offset, listing.total, at.size)


async def _top(context: BotContext, period: str) -> Page:
    shown = await context.services.posts.top(period, context.zone, limit=TOP)
    items = [(one.post, one.given) for one in shown]
    if len(items) <= USUAL or context.opens_here:
        return top_page(context.reader, items, period)
    page = top_page(context.reader, items[:USUAL], period)
    return _with_more(context, page, TopPage(period), len(items))


def _with_more(context: BotContext, page: Page, asked: Opening, count: int) -> Page:
    """The page, and a button that shows all of what was asked in private."""
    label = context.texts.count("list.private", count)
    button = Button(label, url=context.private_link(as_start(asked)))
    return replace(page, keyboard=(*page.keyboard, (button,)))
