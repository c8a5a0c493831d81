"""A post in a chat: as a card, and as its full text, paged in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.rendering.actions import ShowCard, ShowFull, encode
from bot.rendering.characters import clean_line, utf16_length
from bot.rendering.graphemes import shorten
from bot.rendering.html import html_to_rich
from bot.rendering.paging import excerpt, pages
from bot.rendering.text import Button, Page, Rich, bold, italic, link, plain

if TYPE_CHECKING:
    from datetime import tzinfo

    from bot.locales import Texts
    from bot.rendering.text import Keyboard
    from storage.models import Given, Post

TITLE_UNITS = 200
EXCERPT_UNITS = 300
PAGE_UNITS = 3_000
"""Shorter than a message may be, so that the head and the foot fit and a page is one screen."""
COPY_UNITS = 256
COPY_LINE_UNITS = 90
CUSTOM, PAID = "custom:", "paid"
STAND_INS = {CUSTOM: "✨", PAID: "⭐"}
"""For reactions that have no character of their own."""
MOST_EMOJI = 6


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a page is made: their language and zone, and the bot that links lead to."""

    texts: Texts
    zone: tzinfo
    username: str

    def post_link(self, post: Post) -> str:
        """The address that opens a post's card in private (Bot API, deep linking)."""
        return f"https://t.me/{self.username}?start=p{post.id}"


def card_page(reader: Reader, post: Post, given: Given) -> Page:
    """The card: title, who and when, two sentences, counts, and what can be done with it."""
    parts = [headline(post), plain(byline(reader, post))]
    if body := excerpt(post.body, EXCERPT_UNITS):
        parts.append(plain("\n" + body))
    if counts := counts_line(reader.texts, post, given):
        parts.append(plain("\n" + counts))
    return Page(plain("\n").join(parts), _card_keyboard(reader, post), preview_url=post.link)


def full_page(reader: Reader, post: Post, number: int) -> Page:
    """Page `number` of the full text, 0 the first; beyond the last, the last."""
    leaves = pages(full_text(post), PAGE_UNITS) or [plain(reader.texts("post.no_text"))]
    number = min(number, len(leaves) - 1)
    parts = [headline(post), leaves[number]]
    if number == len(leaves) - 1 and post.cut:
        parts.append(italic(reader.texts("post.cut")))
    if len(leaves) > 1:
        parts.append(plain(reader.texts("page.place", page=number + 1, pages=len(leaves))))
    keyboard = _full_keyboard(reader.texts, post, number, len(leaves))
    return Page(plain("\n\n").join(parts), keyboard)


def full_text(post: Post) -> Rich:
    """The text with what formatting its source gave it."""
    return html_to_rich(post.html) if post.html else plain(post.body)


def headline(post: Post) -> Rich:
    """The title in bold, linked where there is an address."""
    return link(bold(shorten(clean_line(post.title), TITLE_UNITS)), post.link)


def byline(reader: Reader, post: Post) -> str:
    """Author and date; archive text says that it has no date or link yet."""
    texts = reader.texts
    parts = [clean_line(post.author)] if post.author else []
    if post.published_at is not None:
        parts.append(texts.date(post.published_at, reader.zone))
    elif post.link is None:
        parts.append(texts("post.undated_unlinked"))
    else:
        parts.append(texts("post.undated"))
    if post.edited_at is not None:
        parts.append(texts("post.edited"))
    if post.removed_at is not None:
        parts.append(texts("post.removed"))
    return " · ".join(parts)


def counts_line(texts: Texts, post: Post, given: Given) -> str:
    """What the blog reports and what members gave here, each on a line of its own; or nothing."""
    lines = []
    blog = []
    if post.blog.emoji or post.blog.reactions:
        count = "" if post.blog.reactions is None else f" {texts.number(post.blog.reactions)}"
        blog.append("".join(post.blog.emoji[:MOST_EMOJI]) + count)
    if post.blog.comments:
        blog.append(f"💬 {texts.number(post.blog.comments)}")
    if blog:
        lines.append(texts("counts.blog", counts=" · ".join(blog)))
    if given.emoji:
        emoji = " ".join(
            f"{shown_emoji(key)} {texts.number(count)}" for key, count in given.emoji[:MOST_EMOJI]
        )
        lines.append(texts.count("counts.given", given.members, emoji=emoji))
    return "\n".join(lines)


def shown_emoji(key: str) -> str:
    """The character for what a reaction is counted under."""
    return next((shown for start, shown in STAND_INS.items() if key.startswith(start)), key)


def copied_text(reader: Reader, post: Post) -> str:
    """Title, one line and a link as plain text, for where cards do not go (KakaoTalk)."""
    address = post.link or reader.post_link(post)
    if utf16_length(address) > COPY_UNITS // 2:
        address = reader.post_link(post)
    line = shorten(clean_line(excerpt(post.body, COPY_LINE_UNITS)), COPY_LINE_UNITS)
    room = COPY_UNITS - utf16_length(address) - utf16_length(line) - 2
    title = shorten(clean_line(post.title), room)
    return "\n".join(part for part in (title, line, address) if part)


def _card_keyboard(reader: Reader, post: Post) -> Keyboard:
    texts = reader.texts
    first = [Button(texts("button.share"), inline=f"p{post.id}")]
    if post.body:
        first.insert(0, Button(texts("button.full"), data=encode(ShowFull(post.id, 0))))
    second = [Button(texts("button.copy"), copy=copied_text(reader, post))]
    if post.link:
        second.append(Button(texts("button.open"), url=post.link))
    return (tuple(first), tuple(second))


def _full_keyboard(texts: Texts, post: Post, number: int, total: int) -> Keyboard:
    moves = []
    if number > 0:
        moves.append(Button(texts("page.previous"), data=encode(ShowFull(post.id, number - 1))))
    if number < total - 1:
        moves.append(Button(texts("page.next"), data=encode(ShowFull(post.id, number + 1))))
    back = [Button(texts("button.card"), data=encode(ShowCard(post.id)))]
    if post.link:
        back.append(Button(texts("button.open"), url=post.link))
    return tuple(row for row in (tuple(moves), tuple(back)) if row)
