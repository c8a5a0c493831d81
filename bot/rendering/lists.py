"""Several posts in one message: the newest, the most liked, a digest, a batch of new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.rendering.actions import LatestPage, OpenCard, TopPage, encode
from bot.rendering.cards import Reader, byline, counts_line, headline, shown_emoji
from bot.rendering.characters import clean_line
from bot.rendering.graphemes import shorten
from bot.rendering.paging import excerpt
from bot.rendering.text import Button, Page, Rich, bold, link, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.locales import Texts
    from bot.rendering.text import Keyboard
    from storage.models import Given, Post

    Item = tuple[Post, Given]

PERIODS = ("week", "month", "all")
BUTTONS_A_ROW = 5
LINE_TITLE_UNITS = 120
LIST_UNITS = 3_600
"""What is left of a message for the items of a list, shared among them."""
SHORTEST_EXCERPT_UNITS = 60


def latest_page(reader: Reader, items: Sequence[Item], offset: int, total: int, size: int) -> Page:
    """The newest posts from `offset` on, a short card each, with buttons that open them."""
    if not items:
        return Page(plain(reader.texts("latest.empty")))
    room = min(200, LIST_UNITS // len(items) - LINE_TITLE_UNITS)
    parts = [
        _short_card(reader, number, post, given, room)
        for number, (post, given) in enumerate(items, offset + 1)
    ]
    last = offset + len(items)
    parts.append(plain(reader.texts("list.place", first=offset + 1, last=last, total=total)))
    moves = []
    if offset > 0:
        newer = LatestPage(max(0, offset - size), size)
        moves.append(Button(reader.texts("page.previous"), data=encode(newer)))
    if last < total:
        moves.append(Button(reader.texts("page.next"), data=encode(LatestPage(last, size))))
    keyboard = (*_numbers([post for post, _ in items], offset + 1), tuple(moves))
    return Page(plain("\n\n").join(parts), tuple(row for row in keyboard if row))


def top_page(reader: Reader, items: Sequence[Item], period: str) -> Page:
    """What members liked most in a period, and buttons for the other periods."""
    texts = reader.texts
    head = bold(texts(f"top.title.{period}"))
    lines = [_liked_line(reader, number, item) for number, item in enumerate(items, 1)]
    body = plain("\n").join(lines) if lines else plain(texts("top.empty"))
    periods = tuple(
        Button(
            f"{'✓ ' if one == period else ''}{texts(f'top.period.{one}')}",
            data=encode(TopPage(one)),
        )
        for one in PERIODS
    )
    return Page(head + "\n\n" + body, (*_numbers([post for post, _ in items], 1), periods))


def digest_page(reader: Reader, new: Sequence[Item], liked: Sequence[Item]) -> Page:
    """What is new since the last digest and what members liked most, a line each with a link."""
    texts = reader.texts
    parts = [bold(texts("digest.title"))]
    if new:
        lines = [_linked_line(reader, post) for post, _ in new]
        parts.append(plain("\n").join([bold(texts.count("digest.new", len(new))), *lines]))
    if liked:
        lines = [_linked_line(reader, *item) for item in liked]
        parts.append(plain("\n").join([bold(texts("digest.liked")), *lines]))
    if not new and not liked:
        parts.append(plain(texts("digest.empty")))
    return Page(plain("\n\n").join(parts))


def batch_page(reader: Reader, posts: Sequence[Post]) -> Page:
    """Several new posts in one message, the oldest first, each a link to its card."""
    head = bold(reader.texts.count("push.batch", len(posts)))
    lines = [_linked_line(reader, post) for post in posts]
    return Page(plain("\n").join([head, *lines]))


def _short_card(reader: Reader, number: int, post: Post, given: Given, room: int) -> Rich:
    lines = [plain(f"{number}. ") + headline(post), plain(byline(reader, post))]
    if room >= SHORTEST_EXCERPT_UNITS and (text := excerpt(post.body, room)):
        lines.append(plain(text))
    if counts := counts_line(reader.texts, post, given):
        lines.append(plain(counts))
    return plain("\n").join(lines)


def _liked_line(reader: Reader, number: int, item: Item) -> Rich:
    post, given = item
    counts = " ".join(f"{shown_emoji(key)} {count}" for key, count in given.emoji[:3])
    people = reader.texts.count("top.people", given.members)
    return plain(f"{number}. ") + bold(_title(post)) + plain(f"\n   {counts} · {people}")


def _linked_line(reader: Reader, post: Post, given: Given | None = None) -> Rich:
    line = plain("• ") + link(_title(post), reader.post_link(post))
    if given is not None and given.emoji:
        counts = " ".join(f"{shown_emoji(key)} {count}" for key, count in given.emoji[:3])
        line = line + plain(f"  {counts}")
    return line


def _title(post: Post) -> str:
    return shorten(clean_line(post.title), LINE_TITLE_UNITS)


def _numbers(posts: Sequence[Post], first: int) -> Keyboard:
    buttons = [
        Button(str(number), data=encode(OpenCard(post.id)))
        for number, post in enumerate(posts, first)
    ]
    return tuple(
        tuple(buttons[start : start + BUTTONS_A_ROW])
        for start in range(0, len(buttons), BUTTONS_A_ROW)
    )


def period_of(texts: Texts, typed: str) -> str | None:
    """The period that somebody typed, in either language; week for nothing, None for nonsense."""
    if not typed:
        return "week"
    names = {one: one for one in PERIODS} | {texts(f"top.period.{one}"): one for one in PERIODS}
    return names.get(typed.lower())
