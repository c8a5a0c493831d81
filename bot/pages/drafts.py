"""A page that an operator named, shown as the card it would become."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.pages.actions import Publish, encode
from bot.pages.cards import card_page
from bot.pages.page import Button, Page
from bot.text.rich import bold
from storage.models import BlogCounts, Given, Post, PostId, SourceId

if TYPE_CHECKING:
    from datetime import datetime

    from bot.pages.cards import Reader
    from storage.models import NewPost


def draft_page(reader: Reader, post: NewPost, draft_id: int, now: datetime) -> Page:
    """The card as it would be, and the buttons that decide."""
    card = card_page(reader, preview(post, now), Given())
    texts = reader.texts
    yes = Button(texts("publish.yes"), data=encode(Publish(draft_id, 1)), style="primary")
    no = Button(texts("publish.no"), data=encode(Publish(draft_id, 0)))
    text = bold(texts("publish.ask")) + "\n\n" + card.text
    return replace(card, text=text, keyboard=((yes, no),))


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
