"""A post in a chat: as a card, and as its full text, paged in place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bot.pages.actions import OpenCard, ShowCard, ShowFull, Vote, encode
from bot.pages.corrections import correction_rows
from bot.pages.page import Button, Page
from bot.pages.post_numbers import written
from bot.text.characters import clean_line, is_visible, utf16_length
from bot.text.emoji import shown_emoji
from bot.text.graphemes import shorten
from bot.text.inert import inert
from bot.text.links import exact_link, readable_link, web_link
from bot.text.paging import excerpt
from bot.text.rich import Kind, Rich, bold, italic, link, plain, struck

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from bot.locales import Texts
    from bot.pages.corrections import Hand
    from bot.pages.leaves import Leaf
    from bot.pages.page import Keyboard
    from storage.models import Given, Post, PostId, Remark

TITLE_UNITS = 200
LABEL_UNITS = 40
AUTHOR_UNITS = 40
EXCERPT_UNITS = 300
COPY_UNITS = 256
COPY_LINE_UNITS = 80
COPY_ADDRESS_UNITS = 150
MOST_EMOJI = 6
VOTES = ("👍", "🔥", "🤔")
"""What can be voted by a button: emoji that reactions may be, too (Bot API, ReactionTypeEmoji)."""
_LINE, _BLANK_LINE = Rich("\n"), Rich("\n\n")
_LOOKED_AT = 4
"""So many times its length of a line is looked at: some are megabytes long."""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a page is made: their language and zone, and the bot that links lead to."""

    texts: Texts
    zone: tzinfo
    username: str
    in_channel: bool = False
    """Channels take no inline buttons: sharing goes by Telegram's own page."""
    elsewhere: bool = False
    """A card sent through the inline mode belongs to a chat that the bot may not be in: its full
    text opens in private, for there is no message that a press could change."""
    previews: bool = True
    """Cards show the preview of their link."""
    votes: bool = False
    """Cards carry buttons to vote by."""
    hand: Hand | None = None
    """The author or operator in whose private chat it is shown."""

    def post_link(self, post: Post) -> str:
        """The address that opens a post's card in private (Bot API, deep linking)."""
        return f"https://t.me/{self.username}?start={written(post.id)}"


def card_page(reader: Reader, post: Post, given: Given, elsewhere: Given | None = None) -> Page:
    """The card: title, who and when, two sentences, counts, and what can be done with it.

    What was given to the very message is drawn under it by Telegram, or stands on its buttons: the
    card counts what was given `elsewhere`, which is all of it where the message is new.

    Of one that was taken down by hand, only that is left: there is nothing more to do with it here.
    """
    parts = [headline(reader, post), Rich(f"{byline(reader, post)} · #{post.id}")]
    if post.taken_down_at is not None:
        return Page(_LINE.join(parts))
    if post.remark is not None:
        parts.insert(0, quotation(post.remark))
    if body := excerpt(post.body, EXCERPT_UNITS):
        parts.append(inert(Rich("\n" + body)))
    elif post.cut:
        parts.append(_LINE + italic(reader.texts("post.too_large")))
    others = given if elsewhere is None else elsewhere
    if counts := counts_line(reader.texts, post, others, key="counts.elsewhere"):
        parts.append(inert(Rich("\n" + counts)))
    page = _LINE.join(parts)
    shown = web_link(post.link) if reader.previews else None
    hand = None if reader.elsewhere else reader.hand
    keyboard = (
        *_vote_rows(reader, given, others),
        *_card_keyboard(reader, post),
        *correction_rows(reader.texts, hand, post),
    )
    return Page(page, keyboard, preview_url=shown)


def quotation(remark: Remark) -> Rich:
    """What an author has to say, as a quotation with their name; above a card."""
    name = _one_line(remark.name, AUTHOR_UNITS)
    words = remark.words + (f"\n— {name}" if name else "")
    return inert(Rich(words)).styled(Kind.QUOTE)


def remark_line(remark: Remark, units: int) -> Rich:
    """What an author has to say on one line of a list."""
    return inert(Rich(quoted(remark, units)))


def quoted(remark: Remark, units: int) -> str:
    """What an author has to say on one line, in so many UTF-16 units between quotation marks."""
    return f"“{_one_line(remark.words, units)}”"


def noted(page: Page, note: str) -> Page:
    """The page with a line before it that says why it is this one."""
    return replace(page, text=_BLANK_LINE.join([italic(note), page.text]))


def full_page(reader: Reader, post: Post, leaf: Leaf) -> Page:
    """One page of the full text."""
    number, total = leaf.number, leaf.total
    parts = [headline(reader, post), inert(leaf.text) or plain(reader.texts("post.no_text"))]
    if number == total - 1 and post.cut:
        parts.append(italic(reader.texts("post.cut")))
    if total > 1:
        parts.append(plain(reader.texts("page.place", page=number + 1, pages=total)))
    if leaf.onward:
        parts.append(bold(reader.texts("similar.onward")))
    keyboard = _full_keyboard(reader.texts, post, number, total)
    return Page(_BLANK_LINE.join(parts), (*keyboard, *opening_rows(reader.texts, leaf.onward)))


def opening_rows(texts: Texts, posts: Iterable[tuple[PostId, str]]) -> Keyboard:
    """A button a row for each post, with its title, that opens its card."""
    return tuple(
        (Button(shown_title(texts, title, LABEL_UNITS), data=encode(OpenCard(post_id))),)
        for post_id, title in posts
    )


def headline(reader: Reader, post: Post, units: int = TITLE_UNITS) -> Rich:
    """The title in bold, linked where there is an address; struck where the blog took it down."""
    title = bold(shown_title(reader.texts, post.title, units))
    return inert(link(title if post.removed_at is None else struck(title), web_link(post.link)))


def shown_title(texts: Texts, title: str, units: int) -> str:
    """A title on one line within so many UTF-16 units; never empty."""
    line = _one_line(title, units)
    return line if is_visible(line) else texts("post.untitled")


def byline(reader: Reader, post: Post, *, of_missing: bool = True) -> str:
    """Author and date; archive text says that it has no date or link yet, where `of_missing`."""
    texts = reader.texts
    parts = [inert(author).text] if (author := _one_line(post.author, AUTHOR_UNITS)) else []
    if post.published_at is not None:
        parts.append(texts.date(post.published_at, reader.zone))
    elif of_missing:
        parts.append(texts("post.undated_unlinked" if post.link is None else "post.undated"))
    if post.edited_at is not None:
        parts.append(texts("post.edited"))
    if post.taken_down_at is not None:
        parts.append(texts("post.taken_down"))
    elif post.removed_at is not None:
        parts.append(texts("post.removed"))
    return " · ".join(parts)


def counts_line(texts: Texts, post: Post, given: Given, key: str = "counts.given") -> str:
    """What the blog reports and what members gave, each on a line of its own; or nothing."""
    lines = []
    blog = []
    if post.blog.emoji or post.blog.reactions:
        count = "" if post.blog.reactions is None else f" {texts.number(post.blog.reactions)}"
        blog.append("".join(map(shown_emoji, post.blog.emoji[:MOST_EMOJI])) + count)
    if post.blog.comments:
        blog.append(f"💬 {texts.number(post.blog.comments)}")
    if blog:
        lines.append(texts("counts.blog", counts=" · ".join(blog)))
    if given.emoji:
        emoji = given_emoji(texts, given, MOST_EMOJI)
        lines.append(texts.count(key, given.members, emoji=emoji))
    if given.channels:
        lines.append(texts.count("counts.channels", given.channels))
    return "\n".join(lines)


def given_emoji(texts: Texts, given: Given, most: int) -> str:
    """What members gave, the first few emoji with their counts: 👍 3 🔥 1."""
    return " ".join(f"{shown_emoji(key)} {texts.number(n)}" for key, n in given.emoji[:most])


def copied_text(reader: Reader, post: Post) -> str:
    """Title, one line and a link as plain text, for where cards do not go (KakaoTalk)."""
    address = short_address(post.link) or reader.post_link(post)
    title = shown_title(reader.texts, post.title, COPY_LINE_UNITS)
    room = COPY_UNITS - utf16_length(address) - utf16_length(title) - 2
    said = post.remark
    line = (
        excerpt(post.body, min(room, COPY_LINE_UNITS), sentences=1)
        if said is None
        else _one_line(said.words, room)
    )
    return "\n".join(part for part in (title, line, address) if part)


def short_address(address: str | None, most: int = COPY_ADDRESS_UNITS) -> str | None:
    """An address of at most so many UTF-16 units, which leaves room for words; None: there is none.

    It is whole, and can be copied; Hangul in a long one is written as such.
    """
    linked = web_link(address)
    if linked is None:
        return None
    linked = exact_link(linked)
    is_long = utf16_length(linked) > COPY_ADDRESS_UNITS
    ways = (readable_link(linked), linked) if is_long else (linked,)
    return next((one for one in ways if utf16_length(one) <= most), None)


def _one_line(text: str, units: int) -> str:
    return shorten(clean_line(text[: units * _LOOKED_AT]), units)


def _card_keyboard(reader: Reader, post: Post) -> Keyboard:
    texts = reader.texts
    first = [_share_button(reader, post)]
    if post.body or post.html:
        first.insert(0, _full_button(reader, post))
    second = [Button(texts("button.copy"), copy=copied_text(reader, post)), *_opening(texts, post)]
    return (tuple(first), tuple(second))


def _vote_rows(reader: Reader, given: Given, others: Given) -> Keyboard:
    """The emoji to vote by, each with how often the message has it; none where nobody votes."""
    if not reader.votes or reader.elsewhere:
        return ()
    here = Counter(dict(given.emoji)) - Counter(dict(others.emoji))
    labels = {one: f"{one} {reader.texts.number(here[one])}" if here[one] else one for one in VOTES}
    return (tuple(Button(label, data=encode(Vote(one))) for one, label in labels.items()),)


def _full_button(reader: Reader, post: Post) -> Button:
    label = reader.texts("button.full")
    if reader.elsewhere:
        return Button(label, url=reader.post_link(post))
    return Button(label, data=encode(ShowFull(post.id, 0)))


def _share_button(reader: Reader, post: Post) -> Button:
    label = reader.texts("button.share")
    if not reader.in_channel:
        return Button(label, inline=written(post.id))
    title = shown_title(reader.texts, post.title, COPY_LINE_UNITS)
    shared = {"url": short_address(post.link) or reader.post_link(post), "text": title}
    return Button(label, url=f"https://t.me/share/url?{urlencode(shared)}")


def _full_keyboard(texts: Texts, post: Post, number: int, total: int) -> Keyboard:
    moves = []
    if number > 0:
        moves.append(Button(texts("page.previous"), data=encode(ShowFull(post.id, number - 1))))
    if number < total - 1:
        moves.append(Button(texts("page.next"), data=encode(ShowFull(post.id, number + 1))))
    back = [Button(texts("button.card"), data=encode(ShowCard(post.id))), *_opening(texts, post)]
    return tuple(row for row in (tuple(moves), tuple(back)) if row)


def _opening(texts: Texts, post: Post) -> list[Button]:
    """The button that opens the post on the blog, where it has an address that can be opened."""
    address = web_link(post.link)
    return [Button(texts("button.open"), url=address)] if address else []
