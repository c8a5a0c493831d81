"""Search as members use it: by command, by bare text in private, by buttons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.pages.actions import SearchPage
from bot.pages.results import Ways, empty_archive_page, empty_query_page, results_page
from bot.search.filters import NOTHING
from bot.search.results import Order
from bot.text.characters import is_visible
from storage import queries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.pages.page import Page
    from bot.search.filters import Filter, Filtered
    from bot.search.results import SearchResult

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
    await context.edit(await _results(context, query, action) if query else await _usage(context))


async def _answer(context: BotContext, typed: str) -> None:
    query = " ".join(typed.split())[:LONGEST_QUERY]
    if not is_visible(query):
        await context.answer(await _usage(context))
        return
    await context.answer(await _results(context, query, SearchPage(0, Order.BEST, 0, 0)))


async def _usage(context: BotContext) -> Page:
    """By examples; where there is nothing to search, what to do about that."""
    services = context.services
    examples = await _numbered(context, await services.search.examples())
    if examples or (await services.posts.newest(limit=1)).total:
        return empty_query_page(context.texts, examples)
    is_operator = services.chats.is_operator(context.user_id)
    return empty_archive_page(context.texts, for_operator=is_operator)


async def _numbered(
    context: BotContext, words: Iterable[str], asked: Filtered = NOTHING
) -> list[tuple[str, int]]:
    """Words with the numbers of the queries that look for them by the same filters, for buttons."""
    words, now = tuple(words), context.services.clock.now()
    if not words:
        return []
    async with context.services.database.transaction() as tx:
        typed = [replace(asked, words=word).written() for word in words]
        numbers = [await queries.add_query(tx, one, now) for one in typed]
    return list(zip(words, numbers, strict=True))


async def _results(context: BotContext, query: str, at: SearchPage) -> Page:
    """A page; `at` has no query's number yet where the query was typed."""
    result = await context.services.search.search(
        query,
        order=at.order,
        offset=at.offset,
        limit=PAGE,
        exact=bool(at.exact),
        by_meaning=True,
        zone=context.zone,
    )
    await _note_miss(context, result)
    at, without = await _ways(context, result.narrowed.asked, at)
    shown = await context.services.posts.several([hit.post_id for hit in result.hits])
    dates = {one.post.id: one.post.published_at for one in shown}
    words = result.near.words if result.near is not None else ()
    ways = Ways(await _numbered(context, words, result.narrowed.asked), without)
    return results_page(context.texts, result, dates, at, context.zone, page_size=PAGE, ways=ways)


async def _note_miss(context: BotContext, result: SearchResult) -> None:
    """Keep what no post answers: not where posts lack in the index, or filters leave them out."""
    narrowed = result.narrowed
    in_vain = not (result.total or narrowed.outside or narrowed.asked.unknown)
    if in_vain and result.progress is None and context.user_id is not None:
        await context.services.search.record_miss(result.query, context.user_id)


async def _ways(
    context: BotContext, asked: Filtered, at: SearchPage
) -> tuple[SearchPage, dict[Filter, SearchPage]]:
    """This page by the number of its query, and that without each of its filters."""
    if at.query_id and not asked.filters:
        return at, {}
    now = context.services.clock.now()
    async with context.services.database.transaction() as tx:
        here = at.query_id or await queries.add_query(tx, asked.written(), now)
        others = [await queries.add_query(tx, asked.written(one), now) for one in asked.filters]
    first = replace(at, offset=0)
    pages = [replace(first, query_id=number) for number in others]
    return replace(at, query_id=here), dict(zip(asked.filters, pages, strict=True))
