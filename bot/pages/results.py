"""A page of search results: what was searched, the passages, and where to go from here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.pages.actions import LatestPage, OpenCard, SearchPage, encode
from bot.pages.cards import LABEL_UNITS, TITLE_UNITS, opening_rows, shown_title
from bot.pages.filters import chips, filters_line, notes
from bot.pages.kakao import bundle_rows
from bot.pages.lists import list_place
from bot.pages.page import Button, Page
from bot.search.results import READINGS_BETWEEN, Order, RepairKind
from bot.text.characters import clean_line, utf16_length
from bot.text.graphemes import ELLIPSIS, shorten
from bot.text.inert import inert
from bot.text.paging import shorten_at_word
from bot.text.rich import Rich, bold, italic, marked, plain
from bot.text.sentences import sentence_ends

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from bot.locales import Texts
    from bot.pages.page import Keyboard
    from bot.search.filters import Filter
    from bot.search.results import Hit, Passage, SearchResult
    from storage.models import PostId

    Tries = Sequence[tuple[str, int]]

SHOWN_QUERY_UNITS = 60
WORD_UNITS = 20
"""Of a proposed word on its button."""
WORDS_A_ROW = 2
_DOTS = 2
"""Of a line that is cut at both ends."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a page leads beside its own posts and pages.

    `tries` are the words of `result.near`, each with the number of the query that looks for it;
    `without` leads to the page without each filter.
    """

    tries: Tries = ()
    without: Mapping[Filter, SearchPage] = field(default_factory=dict)


NO_WAYS = Ways()


def results_page(
    texts: Texts,
    result: SearchResult,
    dates: Mapping[PostId, datetime | None],
    at: SearchPage,
    zone: tzinfo,
    *,
    page_size: int,
    ways: Ways = NO_WAYS,
) -> Page:
    """The hits of one page, numbered; `at` is what the buttons go on from."""
    if not result.total:
        page = _nothing(texts, result, at, ways.tries, page_size)
        return replace(page, keyboard=(*page.keyboard, *chips(texts, ways.without)))
    first = at.offset + 1
    parts = [_head(texts, result)]
    parts += [
        _hit(texts, number, hit, dates.get(hit.post_id), zone)
        for number, hit in enumerate(result.hits, first)
    ]
    if result.total > page_size:
        last = at.offset + len(result.hits)
        parts.append(plain(list_place(texts, first, last, result.total)))
    keyboard = (
        *_keyboard(texts, result, at, page_size),
        *(bundle_rows(texts) if result.hits else ()),
        *_word_rows(ways.tries),
        *chips(texts, ways.without),
    )
    if ways.tries:
        parts.append(plain(texts("search.try")))
    if result.meant:
        parts.append(bold(texts("search.meant")))
    return Page(
        plain("\n\n").join(parts),
        (*keyboard, *opening_rows(texts, result.meant)),
        items=tuple(hit.post_id for hit in result.hits),
        first=first,
    )


def empty_query_page(texts: Texts, examples: Tries) -> Page:
    """How to search, by examples from this archive, each with the number of its query."""
    if not examples:
        return Page(plain(texts("search.usage.bare")))
    lines = [plain(texts("search.usage"))]
    lines += [plain("• /search ") + bold(example) for example, _ in examples]
    return Page(plain("\n").join(lines), _word_rows(examples))


def empty_archive_page(texts: Texts, *, for_operator: bool) -> Page:
    """What to do where there is nothing to search yet."""
    lines = [texts("latest.empty"), texts("search.empty")]
    if for_operator:
        lines.append(texts("search.empty.operator"))
    return Page(plain("\n".join(lines)))


def _word_rows(tries: Tries) -> Keyboard:
    """Buttons that look for a word, in place; some words are longer than a button."""
    buttons = [
        Button(shorten(_shown(word), WORD_UNITS), data=encode(SearchPage(key, Order.BEST, 0, 0)))
        for word, key in tries
    ]
    places = range(0, len(buttons), WORDS_A_ROW)
    return tuple(tuple(buttons[place : place + WORDS_A_ROW]) for place in places)


def _head(texts: Texts, result: SearchResult) -> Rich:
    head = repaired_line(texts, result) or texts("search.results", query=_shown(result.query))
    filters = filters_line(texts, result.narrowed)
    lines = [bold(head), plain(filters)] if result.query and filters else [bold(filters or head)]
    lines.append(plain(texts.count("search.count", result.total)))
    lines += [italic(note) for note in notes(texts, result.narrowed)]
    if result.partial:
        lines.append(italic(texts("search.partial")))
    if result.also:
        lines.append(italic(texts("search.also", names=_quoted(result.also))))
    return plain("\n").join(lines)


def repaired_line(texts: Texts, result: SearchResult) -> str:
    """What was searched in place of what was typed; empty where that was searched as it is."""
    if result.repair is None:
        return ""
    searched = [result.searched]
    if result.repair.kind is RepairKind.INITIALS:
        searched = result.searched.split(READINGS_BETWEEN)
    return texts("search.repaired", typed=_shown(result.query), words=_quoted(searched))


def passage_line(passage: Passage, units: int) -> str:
    """The sentence of the first match, and what follows it, on one line of so many UTF-16 units.

    Empty where nothing in the passage matches. What is before the match is cut where both do not
    fit.
    """
    if not passage.spans:
        return ""
    text, (match, end) = passage.text, passage.spans[0]
    start = max((one for one in sentence_ends(text) if one <= match), default=0)
    is_cut = passage.cut_before and start == 0
    if utf16_length(text[start:end]) > units - _DOTS:
        start, is_cut = match, True
    line = clean_line(text[start:])
    after = ELLIPSIS if passage.cut_after else ""
    return shorten_at_word((ELLIPSIS if is_cut else "") + line + after, units)


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{_shown(word)}'" for word in words)


def _shown(query: str) -> str:
    return inert(shorten(query, SHOWN_QUERY_UNITS)).text


def _hit(texts: Texts, number: int, hit: Hit, date: datetime | None, zone: tzinfo) -> Rich:
    title = plain(f"{number}. ") + inert(bold(shown_title(texts, hit.title, TITLE_UNITS)))
    lines = [title]
    if date is not None:
        lines.append(plain(texts.date(date, zone)))
    if hit.lacks:
        lines.append(italic(texts("search.lacks", words=_quoted(hit.lacks))))
    if hit.passage.text:
        before = "…" if hit.passage.cut_before else ""
        after = "…" if hit.passage.cut_after else ""
        passage = inert(marked(hit.passage.text, hit.passage.spans))
        lines.append(before + passage + after)
    return plain("\n").join(lines)


def _nothing(
    texts: Texts, result: SearchResult, at: SearchPage, tries: Tries, page_size: int
) -> Page:
    parts = _nothing_found(texts, result)
    if result.progress is not None:
        done, total = texts.number(result.progress.done), texts.number(result.progress.total)
        parts.append(plain(texts("search.unfinished", done=done, total=total)))
    rows: list[tuple[Button, ...]] = []
    if result.near is not None and result.near.posts:
        parts.append(plain(texts("search.near")))
        rows += opening_rows(texts, result.near.posts)
    if tries:
        parts.append(plain(texts("search.try")))
        rows += _word_rows(tries)
    if result.meant:
        parts.append(bold(texts("search.meant")))
        rows += opening_rows(texts, result.meant)
    elif result.onward:
        parts.append(plain(texts("search.onward")))
        rows += opening_rows(texts, result.onward)
    if at.exact:
        rows.append((_go(texts("search.again"), replace(at, exact=0, offset=0)),))
    if result.near is not None:
        newest = encode(LatestPage(0, page_size))
        rows.append((Button(texts("search.latest"), data=newest),))
    return Page(plain("\n\n").join(parts), tuple(rows))


def _nothing_found(texts: Texts, result: SearchResult) -> list[Rich]:
    """What was searched for in vain; where filters are, which, and what came of them."""
    narrowed = result.narrowed
    filters = filters_line(texts, narrowed)
    lines = []
    if result.query and not narrowed.asked.unknown:
        lines.append(texts("search.nothing", query=_shown(result.query)))
    elif filters and not narrowed.asked.unknown:
        lines.append(texts("search.filter.none"))
    lines += [filters] * bool(filters)
    return [plain("\n".join([*lines, *notes(texts, narrowed)]))]


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
    ways = [_go(texts("search.best" if newest else "search.newest"), other)] * bool(result.query)
    if result.repair is not None:
        typed = shorten(result.query, LABEL_UNITS)
        ways.append(_go(texts("search.exact", query=typed), replace(at, exact=1, offset=0)))
    return tuple(row for row in (numbers, tuple(moves), tuple(ways)) if row)


def _go(label: str, to: SearchPage) -> Button:
    return Button(label, data=encode(to))
