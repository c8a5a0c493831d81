"""Inline queries: `@bot words` in any chat, and the share button's `p<id>`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import (
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
    MessageEntity,
)
from telegram.error import BadRequest

from bot.delivery.failures import QueryTooOld
from bot.delivery.telegram import classify
from bot.pages.cards import TITLE_UNITS, card_page, shown_title
from bot.pages.keyboards import inline_markup, link_preview, message_entities
from bot.pages.post_numbers import parse_written
from bot.pages.results import passage_line, repaired_line
from bot.text.nesting import fit
from bot.text.paging import excerpt

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.posts import Shown
    from bot.search.results import SearchResult
    from storage.models import PostId

PAGE = 20
CACHE_SECONDS = 30
DESCRIPTION_UNITS = 120
LONGEST_QUERY = 256
OFFSET = re.compile(r"[0-9]{1,9}")


async def answer(update: Update, context: BotContext) -> None:
    """Answer with cards: of a search, of one post, or the newest for an empty query."""
    query = update.inline_query
    if query is None:
        return
    offset = int(query.offset) if OFFSET.fullmatch(query.offset) else 0
    found, passages, more = await _find(context, query.query.strip()[:LONGEST_QUERY], offset)
    try:
        await query.answer(
            [_result(context, shown, passages.get(shown.post.id, "")) for shown in found],
            cache_time=CACHE_SECONDS,
            is_personal=True,
            next_offset=str(offset + PAGE) if more else "",
        )
    except BadRequest as error:
        if not isinstance(classify(error), QueryTooOld):
            raise


async def _find(
    context: BotContext, words: str, offset: int
) -> tuple[tuple[Shown, ...], dict[PostId, str], bool]:
    """The posts of one page, what of them matched, and whether there are more."""
    services = context.services
    if (shared := parse_written(words)) is not None:
        shown = await services.posts.get(shared)
        return ((shown,) if shown else ()), {}, False
    if not words:
        listing = await services.posts.newest(limit=PAGE, offset=offset)
        return listing.items, {}, offset + PAGE < listing.total
    result = await services.search.search(words, offset=offset, limit=PAGE, zone=context.zone)
    found = await services.posts.several([hit.post_id for hit in result.hits])
    return found, _passages(context, result), offset + PAGE < result.total


def _passages(context: BotContext, result: SearchResult) -> dict[PostId, str]:
    """Of each hit the passage that matched; the first says whether the query was repaired."""
    passages = {hit.post_id: passage_line(hit.passage, DESCRIPTION_UNITS) for hit in result.hits}
    repaired = repaired_line(context.texts, result)
    if repaired and result.hits and not result.offset:
        first = result.hits[0]
        passage = passages[first.post_id] or excerpt(first.passage.text, DESCRIPTION_UNITS)
        passages[first.post_id] = f"{repaired}\n{passage}".rstrip()
    return passages


def _result(context: BotContext, shown: Shown, description: str) -> InlineQueryResultArticle:
    reader = replace(context.reader, elsewhere=True)
    page = card_page(reader, shown.post, shown.given)
    rich, markup = fit(page.text), inline_markup(page.keyboard)
    preview = link_preview(page.preview_url)
    return InlineQueryResultArticle(
        id=str(shown.post.id),
        title=shown_title(context.texts, shown.post.title, TITLE_UNITS),
        description=description or excerpt(shown.post.body, DESCRIPTION_UNITS),
        input_message_content=InputTextMessageContent(
            rich.text,
            entities=MessageEntity.de_list(message_entities(rich), context.bot),
            link_preview_options=LinkPreviewOptions.de_json(preview, context.bot),
        ),
        reply_markup=InlineKeyboardMarkup.de_json(markup, context.bot) if markup else None,
    )
