"""A page that an operator named, shown as the card it would become."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.pages.actions import Again, Publish, PublishAll, Reword, encode
from bot.pages.cards import TITLE_UNITS, card_page, shown_title
from bot.pages.corrections import put_back_rows
from bot.pages.page import Button, Page
from bot.text.inert import inert
from bot.text.rich import bold, plain
from storage.models import BlogCounts, Given, Post, PostId, SourceId

MOST_PLACES = 3
"""Chats that are named; the others are counted."""

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.locales import Texts
    from bot.pages.cards import Reader
    from storage.models import NewPost, Remark


def draft_page(
    reader: Reader, post: NewPost, draft_id: int, now: datetime, remark: Remark | None = None
) -> Page:
    """The card as it would be, and the buttons that decide."""
    card = card_page(reader, replace(preview(post, now), remark=remark), Given())
    texts = reader.texts
    yes = Button(texts("publish.yes"), data=encode(Publish(draft_id, 1)), style="primary")
    no = Button(texts("publish.no"), data=encode(Publish(draft_id, 0)))
    text = bold(texts("publish.ask")) + "\n\n" + card.text
    return replace(card, text=text, keyboard=((yes, no),))


def all_page(texts: Texts, batch: int, count: int) -> Page:
    """The buttons that decide about all drafts of one message."""
    yes = Button(texts("publish.all.yes"), data=encode(PublishAll(batch, 1)), style="primary")
    no = Button(texts("publish.all.no"), data=encode(PublishAll(batch, 0)))
    return Page(bold(texts.count("publish.all.ask", count)), ((yes, no),))


def known_page(
    reader: Reader,
    post: Post,
    places: Sequence[tuple[str, datetime]],
    draft_id: int,
    *,
    words: str,
) -> Page:
    """Which post it is that is there already, where it went and when, and what can be done."""
    texts = reader.texts
    title = inert(bold(shown_title(texts, post.title, TITLE_UNITS)))
    parts = [plain(texts("publish.known", id=post.id)), title]
    if places:
        names = ", ".join(inert(name).text for name, _ in places[:MOST_PLACES])
        at = texts.date(places[0][1], reader.zone)
        parts.append(plain(texts.count("publish.known.places", len(places), names=names, at=at)))
    else:
        parts.append(plain(texts("publish.known.nowhere")))
    if post.taken_down_at is not None:
        lines = plain("\n").join([*parts, plain(texts("publish.known.taken_down"))])
        return Page(lines, put_back_rows(texts, reader.hand, post, draft_id))
    if post.removed_at is not None:
        return Page(plain("\n").join([*parts, plain(texts("publish.known.removed"))]))
    again = Button(texts("publish.again"), data=encode(Again(post.id, draft_id)))
    reword = Button(texts("publish.reword"), data=encode(Reword(post.id, draft_id)))
    return Page(plain("\n").join(parts), ((again, reword) if words else (again,),))


def preview(post: NewPost, now: datetime) -> Post:
    """What the post would be in the archive; it has no number yet."""
    return Post(
        id=PostId(0),
        source_id=SourceId(0),
        title=post.title,
        author=post.author,
        body=post.body,
        html=post.html,
        link=post.link,
        guid=post.guid,
        published_at=post.published_at,
        first_seen_at=now,
        sort_at=post.published_at or now,
        position=None,
        cut=post.cut,
        edited_at=None,
        removed_at=None,
        blog=BlogCounts(),
    )
