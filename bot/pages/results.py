"""A page of search results: what was searched, the passages, and where to go from here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.pages.actions import OpenCard, SearchPage, encode
from bot.pages.cards import LABEL_UNITS, TITLE_UNITS, opening_rows, shown_title
from bot.pages.lists import list_place
from bot.pages.page import Button, Page
from bot.search.results import Order
from bot.text.graphemes import shorten
from bot.text.inert import inert
from bot.text.rich import Rich, bold, italic, marked, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

    from bot.locales import Texts
    from bot.pages.page import Keyboard
    from bot.search.results import Hit, SearchResult
    from storage.models import PostId

SHOWN_QUERY_UNITS = 60


def results_page(
    texts: Texts,
    result: SearchResult,
    dates: Mapping[PostId, datetime | None],
    at: SearchPage,
    zone: tzinfo,
    *,
    page_size: int,
) -> Page:
    """The hits of one page, numbered; `at` is what the buttons go on from."""
    if not result.total:
        return _nothing(texts, result, at)
    first = at.offset + 1
    parts = [_head(texts, result)]
    parts += [
        _hit(texts, number, hit, dates.get(hit.post_id), zone)
        for number, hit in enumerate(result.hits, first)
    ]
    if result.total > page_size:
        last = at.offset + len(result.hits)
        parts.append(plain(list_place(texts, first, last, result.total)))
    keyboard = _keyboard(texts, result, at, page_size)
    if result.meant:
        parts.append(bold(texts("search.meant")))
    return Page(
        plain("\n\n").join(parts),
        (*keyboard, *opening_rows(texts, result.meant)),
        items=tuple(hit.post_id for hit in result.hits),
        first=first,
    )


def empty_query_page(texts: Texts, examples: Sequence[str]) -> Page:
    """How to search, by examples from this archive."""
    lines = [plain(texts("search.usage"))]
    lines += [plain("• /search ") + bold(example) for example in examples]
    return Page(plain("\n").join(lines))


def _head(texts: Texts, result: SearchResult) -> Rich:
    query = _shown(result.query)
    if result.repair is not None:
        head = texts("search.repaired", typed=query, query=_shown(result.searched))
    else:
        head = texts("search.results", query=query)
    lines = [bold(head), plain(texts.count("search.count", result.total))]
    if result.partial:
        lines.append(italic(texts("search.partial")))
    if result.also:
        names = ", ".join(f"'{_shown(name)}'" for name in result.also)
        lines.append(italic(texts("search.also", names=names)))
    return plain("\n").join(lines)


def _shown(query: str) -> str:
    return inert(shorten(query, SHOWN_QUERY_UNITS)).text


def _hit(texts: Texts, number: int, hit: Hit, date: datetime | None, zone: tzinfo) -> Rich:
    title = plain(f"{number}. ") + inert(bold(shown_title(texts, hit.title, TITLE_UNITS)))
    lines = [title]
    if date is not None:
        lines.append(plain(texts.date(date, zone)))
    if hit.lacks:
        words = ", ".join(f"'{_shown(word)}'" for word in hit.lacks)
        lines.append(italic(texts("search.lacks", words=words)))
    if hit.passage.text:
        before = "…" if hit.passage.cut_before else ""
        after = "…" if hit.passage.cut_after else ""
        passage = inert(marked(hit.passage.text, hit.passage.spans))
        lines.append(before + passage + after)
    return plain("\n").join(lines)


def _nothing(texts: Texts, result: SearchResult, at: SearchPage) -> Page:
    query = _shown(result.query)
    parts = [plain(texts("search.nothing", query=query))]
    if result.progress is not None:
        done, total = texts.number(result.progress.done), texts.number(result.progress.total)
        parts.append(plain(texts("search.unfinished", done=done, total=total)))
    rows: list[tuple[Button, ...]] = []
    if result.near is not None and result.near.posts:
        parts.append(plain(texts("search.near")))
        rows += opening_rows(texts, result.near.posts)
    if result.near is not None and result.near.words:
        parts.append(plain(texts("search.try", words=", ".join(result.near.words))))
    if result.meant:
        parts.append(bold(texts("search.meant")))
        rows += opening_rows(texts, result.meant)
    elif result.onward:
        parts.append(plain(texts("search.onward")))
        rows += opening_rows(texts, result.onward)
    if at.exact:
        rows.append((_go(texts("search.again"), replace(at, exact=0, offset=0)),))
    return Page(plain("\n\n").join(parts), tuple(rows))


def _keyboard(texts: Texts, result: SearchResult, at: SearchPage, page_size: int) -> Keyboard:
    numbers = tuple(
        Button(str(number), data=encode(OpenCard(hit.post_id)))
        for number, hit in enumerate(result.hits, at.offset + 1)
    )
    moves = []
    if at.offset > 0:
        moves.append(_go(texts("page.previous"), replace(at, offset=max(0, at.offset - page_size))))
    if at.offset + page_size < result.total:
        moves.append(_go(texts("page.next"), replace(at, offset=at.offset + page_size)))
    newest = at.order is Order.NEWEST
    other = replace(at, order=Order.BEST if newest else Order.NEWEST, offset=0)
    ways = [_go(texts("search.best" if newest else "search.newest"), other)]
    if result.repair is not None:
        typed = shorten(result.query, LABEL_UNITS)
        ways.append(_go(texts("search.exact", query=typed), replace(at, exact=1, offset=0)))
    return tuple(row for row in (numbers, tuple(moves), tuple(ways)) if row)


def _go(label: str, to: SearchPage) -> Button:
    return Button(label, data=encode(to))
