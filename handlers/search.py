"""Search as members use it: by command, by bare text in private, by buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.pages.actions import SearchPage
from bot.pages.results import empty_archive_page, empty_query_page, results_page
from bot.search.results import Order
from bot.text.characters import is_visible
from storage import queries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.pages.page import Page

PAGE = 5
LONGEST_QUERY = 300


async def search(_: Update, context: BotContext) -> None:
    """Answer /search words; without words, explain by examples from this archive."""
    await _answer(context, context.words)


async def said(update: Update, context: BotContext) -> None:
    """Bare text in private is a search."""
    await _answer(context, (update.message.text if update.message else None) or "")


async def pressed(_: Update, context: BotContext, action: SearchPage) -> None:
    """Another page, another order, or exactly what was typed."""
    async with context.services.database.reader() as db:
        query = await queries.get_query(db, action.query_id)
    if query is None:
        await context.toast(context.texts("stale"), alert=True)
        return
    await context.edit(await _results(context, query, action))


async def _answer(context: BotContext, typed: str) -> None:
    query = " ".join(typed.split())[:LONGEST_QUERY]
    if not is_visible(query):
        await context.answer(await _how_to(context))
        return
    async with context.services.database.transaction() as tx:
        query_id = await queries.add_query(tx, query, context.services.clock.now())
    await context.answer(await _results(context, query, SearchPage(query_id, Order.BEST, 0, 0)))


async def _how_to(context: BotContext) -> Page:
    """By examples; where there is nothing to search, what to do about that."""
    services = context.services
    examples = await _numbered(context, await services.search.examples())
    if examples or (await services.posts.newest(limit=1)).total:
        return empty_query_page(context.texts, examples)
    is_operator = services.chats.is_operator(context.user_id)
    return empty_archive_page(context.texts, for_operator=is_operator)


async def _numbered(context: BotContext, words: Iterable[str]) -> list[tuple[str, int]]:
    """Words with the numbers of the queries that look for them, for buttons."""
    words, now = tuple(words), context.services.clock.now()
    if not words:
        return []
    async with context.services.database.transaction() as tx:
        return [(word, await queries.add_query(tx, word, now)) for word in words]


async def _results(context: BotContext, query: str, at: SearchPage) -> Page:
    result = await context.services.search.search(
        query,
        order=at.order,
        offset=at.offset,
        limit=PAGE,
        exact=bool(at.exact),
        by_meaning=True,
    )
    if not result.total and result.progress is None and context.user_id is not None:
        await context.services.search.record_miss(query, context.user_id)
    shown = await context.services.posts.several([hit.post_id for hit in result.hits])
    dates = {one.post.id: one.post.published_at for one in shown}
    tries = await _numbered(context, result.near.words if result.near is not None else ())
    return results_page(context.texts, result, dates, at, context.zone, page_size=PAGE, tries=tries)
