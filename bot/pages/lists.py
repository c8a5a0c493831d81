"""Several posts in one message: the newest, the most liked, a digest, a batch of new ones."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from bot.pages.actions import LatestPage, OpenCard, TopPage, encode
from bot.pages.cards import (
    TITLE_UNITS,
    Reader,
    byline,
    counts_line,
    given_emoji,
    headline,
    remark_line,
    shown_title,
)
from bot.pages.kakao import bundle_rows
from bot.pages.page import Button, Page
from bot.pages.periods import PERIODS, SHOWN, period_name
from bot.text.inert import inert
from bot.text.paging import LOOKED_AT, excerpt
from bot.text.rich import MESSAGE_UNITS, Rich, bold, link, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.locales import Texts
    from bot.pages.page import Keyboard
    from storage.models import Given, Period, Post, PostId

    Item = tuple[Post, Given]

BUTTONS_A_ROW = 5
_LINE, _BLANK_LINE = Rich("\n"), Rich("\n\n")
LINE_TITLE_UNITS = 120
LINE_EMOJI, LINE_REMARK_UNITS = 3, 80
MOST_LINES = 30
LINES_UNITS = 2_200
"""What the lines of a digest or a batch take at most; the rest are counted."""
BRIEF_TITLE_UNITS, BRIEF_UNITS = 60, 900
"""Likewise of what came as cards: the short lines of a digest, under all others."""


class Allowance(NamedTuple):
    """What a short card may take, in UTF-16 units."""

    title: int
    excerpt: int
    counts: bool = True
    remark: int = 0
    """Of what its author has to say."""


ROOMS = (
    Allowance(TITLE_UNITS, 200, remark=160),
    Allowance(120, 100, remark=80),
    Allowance(80, 0, remark=40),
    Allowance(40, 0, counts=False),
)
"""From roomy to narrow: the last lets twenty cards of any posts into one message."""


def latest_page(reader: Reader, items: Sequence[Item], offset: int, total: int, size: int) -> Page:
    """The newest posts from `offset` on, a short card each, with buttons that open them."""
    if not items:
        return Page(plain(reader.texts("latest.empty")))
    last = offset + len(items)
    place = list_place(reader.texts, offset + 1, last, total)
    text = _BLANK_LINE.join([_short_cards(reader, items, offset + 1), plain(place)])
    moves = []
    if offset > 0:
        newer = LatestPage(max(0, offset - size), size)
        moves.append(Button(reader.texts("page.previous"), data=encode(newer)))
    if last < total:
        moves.append(Button(reader.texts("page.next"), data=encode(LatestPage(last, size))))
    keyboard = (*_numbers([post for post, _ in items], offset + 1), tuple(moves))
    shown = (*(row for row in keyboard if row), *bundle_rows(reader.texts))
    return Page(text, shown, items=_ids(items), first=offset + 1)


def list_place(texts: Texts, first: int, last: int, total: int) -> str:
    """Which of how many a list shows."""
    if first < last:
        return texts("list.place", first=first, last=last, total=total)
    return texts("list.one" if first > 1 else "list.first", first=first, total=total)


def top_page(reader: Reader, items: Sequence[Item], period: str) -> Page:
    """What members liked most in a period, and buttons for the other periods."""
    texts = reader.texts
    head = bold(texts(f"top.title.{period}"))
    lines = [_liked_line(reader, number, item) for number, item in enumerate(items, 1)]
    body = _LINE.join(lines) if lines else plain(texts("top.empty"))
    periods = tuple(
        Button(
            f"{'✓ ' if one == period else ''}{period_name(texts, one)}",
            data=encode(TopPage(one)),
        )
        for one in PERIODS
        if one in SHOWN or one == period
    )
    bundle = bundle_rows(texts) if items else ()
    keyboard = (*_numbers([post for post, _ in items], 1), periods, *bundle)
    return Page(head + "\n\n" + body, keyboard, items=_ids(items))


def similar_page(reader: Reader, post: Post, items: Sequence[Item]) -> Page:
    """The posts to read on with after `post`, a short card each, with buttons that open them."""
    title = shown_title(reader.texts, post.title, LINE_TITLE_UNITS)
    head = inert(bold(title)) + plain("\n" + reader.texts("similar.onward"))
    if not items:
        return Page(_BLANK_LINE.join([head, plain(reader.texts("similar.empty"))]))
    text = _BLANK_LINE.join([head, _short_cards(reader, items, 1)])
    keyboard = (*_numbers([one for one, _ in items], 1), *bundle_rows(reader.texts))
    return Page(text, keyboard, items=_ids(items))


def digest_page(
    reader: Reader,
    new: Sequence[Item],
    liked: Sequence[Item],
    brief: Sequence[tuple[Post, str | None]] = (),
) -> Page:
    """What is new since the last digest and what members liked most, a line each with a link.

    All are numbered together, what was liked after what is new. Under them, without numbers, in
    `brief`, what came here as a card, each with the address of its message, if any.
    """
    texts = reader.texts
    parts = [bold(texts("digest.title"))]
    lines = _linked_lines(reader, [post for post, _ in new])
    if new:
        head = bold(texts.count("digest.new", len(new)))
        parts.append(_LINE.join([head, *lines, *_more(texts, len(new) - len(lines))]))
    best = liked[:MOST_LINES]
    if best:
        numbered = enumerate(best, len(lines) + 1)
        listed = [_linked_line(reader, number, *item) for number, item in numbered]
        parts.append(_LINE.join([bold(texts("digest.liked")), *listed]))
    if not new and not liked:
        parts.append(plain(texts("digest.empty")))
    short = _brief_lines(reader, brief)
    if brief:
        head = plain(texts.count("digest.brief", len(brief)))
        parts.append(_LINE.join([head, *short, *_more(texts, len(brief) - len(short))]))
    items = _ids([*new[: len(lines)], *best])
    besides = tuple(post.id for post, _ in brief[: len(short)])
    bundle = bundle_rows(texts) if items or besides else ()
    return Page(_BLANK_LINE.join(parts), bundle, items=items, besides=besides)


def _brief_lines(reader: Reader, brief: Sequence[tuple[Post, str | None]]) -> list[Rich]:
    """What came here as cards: a short line each, which leads to the message in this chat."""
    return _fitting([_brief_line(reader, *one) for one in brief[:MOST_LINES]], BRIEF_UNITS)


def _brief_line(reader: Reader, post: Post, address: str | None) -> Rich:
    title = shown_title(reader.texts, post.title, BRIEF_TITLE_UNITS)
    return _with_remark(Rich("• ") + inert(link(title, address)), post, BRIEF_TITLE_UNITS)


def batch_page(reader: Reader, posts: Sequence[Post]) -> Page:
    """Several new posts in one message, the oldest first, each a link to its card."""
    head = bold(reader.texts.count("push.batch", len(posts)))
    lines = _linked_lines(reader, posts)
    text = _LINE.join([head, *lines, *_more(reader.texts, len(posts) - len(lines))])
    items = tuple(post.id for post in posts[: len(lines)])
    return Page(text, bundle_rows(reader.texts), items=items)


def edition_page(
    reader: Reader,
    period: Period,
    *,
    best: Sequence[tuple[Post, int]],
    new: Sequence[Post],
    above: int,
    earlier: tuple[Post, int] | None,
) -> Page:
    """A week or a month: what was liked most, each with how many people; what is new; one of then.

    All are numbered together. `above` new posts stand in a message right above it; `earlier` has
    its post's years ago.
    """
    texts = reader.texts
    parts = [bold(texts(f"edition.title.{period}"))]
    listed = [post for post, _ in best]
    if best:
        lines = [_best_line(reader, number, *one) for number, one in enumerate(best, 1)]
        parts.append(_LINE.join([bold(texts("edition.best")), *lines]))
    if new:
        head = bold(texts.count("digest.new", len(new)))
        lines = _linked_lines(reader, new, len(listed) + 1)
        parts.append(_LINE.join([head, *lines, *_more(texts, len(new) - len(lines))]))
        listed += new[: len(lines)]
    if above:
        parts.append(plain(texts.count("edition.above", above)))
    if earlier is not None:
        post, years = earlier
        listed.append(post)
        head = bold(texts.count(f"edition.earlier.{period}", years))
        parts.append(_LINE.join([head, _linked_line(reader, len(listed), post)]))
    items = tuple(post.id for post in listed)
    return Page(_BLANK_LINE.join(parts), bundle_rows(texts) if items else (), items=items)


def _best_line(reader: Reader, number: int, post: Post, people: int) -> Rich:
    title = shown_title(reader.texts, post.title, LINE_TITLE_UNITS)
    line = Rich(f"{number}. ") + link(title, reader.post_link(post))
    return line + plain(f" · {reader.texts.count('top.people', people)}")


def _short_cards(reader: Reader, items: Sequence[Item], first: int) -> Rich:
    """Short cards as roomy as one message allows."""
    for room in ROOMS[:-1]:
        cards = _cards(reader, items, first, room)
        if cards.length <= MESSAGE_UNITS - TITLE_UNITS:
            return cards
    return _cards(reader, items, first, ROOMS[-1])


def _cards(reader: Reader, items: Sequence[Item], first: int, room: Allowance) -> Rich:
    numbered = enumerate(items, first)
    return _BLANK_LINE.join(_short_card(reader, number, item, room) for number, item in numbered)


def _short_card(reader: Reader, number: int, item: Item, room: Allowance) -> Rich:
    post, given = item
    head = replace(post, html=None, body=post.body[: room.excerpt * LOOKED_AT])
    return Rich(f"{number}. ") + _unnumbered(reader, head, given, room)


@lru_cache(maxsize=512)
def _unnumbered(reader: Reader, post: Post, given: Given, room: Allowance) -> Rich:
    """A short card, kept for whoever asks next: most ask for the newest, and see the same.

    Of the post, what is looked at: a whole one may be megabytes long.
    """
    lines = [
        headline(reader, post, room.title),
        *([Rich(said)] if (said := byline(reader, post, of_missing=False)) else []),
    ]
    if room.remark and post.remark is not None:
        lines.append(remark_line(post.remark, room.remark))
    if room.excerpt and (text := excerpt(post.body, room.excerpt)):
        lines.append(inert(text))
    if room.counts and (counts := counts_line(reader.texts, post, given)):
        lines.append(inert(counts))
    return _LINE.join(lines)


def _liked_line(reader: Reader, number: int, item: Item) -> Rich:
    post, given = item
    people = reader.texts.count("top.people", given.members)
    counts = f"{given_emoji(reader.texts, given, LINE_EMOJI)} · {people}"
    title = shown_title(reader.texts, post.title, LINE_TITLE_UNITS)
    return Rich(f"{number}. ") + inert(bold(title)) + Rich(f"\n   {counts}")


def _linked_lines(reader: Reader, posts: Sequence[Post], first: int = 1) -> list[Rich]:
    """A line for each post as far as they fit, numbered from `first`."""
    numbered = enumerate(posts[:MOST_LINES], first)
    return _fitting([_linked_line(reader, *one) for one in numbered], LINES_UNITS)


def _fitting(lines: Sequence[Rich], room: int) -> list[Rich]:
    """The lines that fit, from the first on."""
    fitting: list[Rich] = []
    for line in lines:
        room -= line.length
        if room < 0:
            break
        fitting.append(line)
    return fitting


def _more(texts: Texts, count: int) -> list[Rich]:
    """How many posts there are besides, where there are any."""
    return [plain(texts.count("list.more", count))] if count else []


def _linked_line(reader: Reader, number: int, post: Post, given: Given | None = None) -> Rich:
    title = shown_title(reader.texts, post.title, LINE_TITLE_UNITS)
    line = Rich(f"{number}. ") + link(title, reader.post_link(post))
    if given is not None and given.emoji:
        line = line + plain(f"  {given_emoji(reader.texts, given, LINE_EMOJI)}")
    return _with_remark(line, post, LINE_REMARK_UNITS)


def _with_remark(line: Rich, post: Post, units: int) -> Rich:
    """The line, and below it what the post's author has to say, if anything."""
    if post.remark is None:
        return line
    return line + Rich("\n   ") + remark_line(post.remark, units)


def _ids(items: Sequence[Item]) -> tuple[PostId, ...]:
    return tuple(post.id for post, _ in items)


def _numbers(posts: Sequence[Post], first: int) -> Keyboard:
    buttons = [
        Button(str(number), data=encode(OpenCard(post.id)))
        for number, post in enumerate(posts, first)
    ]
    return tuple(
        tuple(buttons[start : start + BUTTONS_A_ROW])
        for start in range(0, len(buttons), BUTTONS_A_ROW)
    )
