"""A page that an author named, shown as the card that it would become, or will."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.chat_settings.typed_moments import this_evening, tomorrow_morning
from bot.pages.actions import (
    Again,
    AskWhen,
    CallOff,
    Publish,
    PublishAll,
    Reword,
    Schedule,
    encode,
)
from bot.pages.cards import TITLE_UNITS, card_page, shown_title
from bot.pages.corrections import put_back_rows
from bot.pages.page import Button, Page
from bot.pages.scheduled import said_back
from bot.text.inert import inert
from bot.text.rich import bold, plain
from storage.models import BlogCounts, Given, Post, PostId, Remark, SourceId
from storage.times import to_seconds

MOST_PLACES = 3
"""Chats that are named; the others are counted."""

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.locales import Texts
    from bot.pages.cards import Reader
    from bot.pages.page import Keyboard
    from bot.text.rich import Rich
    from storage.models import Draft, NewPost


def draft_page(
    reader: Reader, post: NewPost, draft_id: int, now: datetime, remark: Remark | None = None
) -> Page:
    """The card as it would be, and the buttons that decide: now, some time, or not at all."""
    texts = reader.texts
    evening = this_evening(reader.zone, now)
    times = [("schedule.evening", evening)] if evening is not None else []
    times.append(("schedule.morning", tomorrow_morning(reader.zone, now)))
    rows = (
        (_now_button(texts, draft_id),),
        tuple(
            Button(texts(key), data=encode(Schedule(draft_id, to_seconds(at)))) for key, at in times
        ),
        (_when_button(texts, draft_id, "schedule.type"), _drop_button(texts, draft_id)),
    )
    return _with_card(reader, preview(post, now), remark, bold(texts("publish.ask")), rows)


def scheduled_page(
    reader: Reader, post: NewPost, draft: Draft, now: datetime, *, is_new: bool = False
) -> Page:
    """The card as it will be, when that is, and the buttons that change it.

    One that `is_new` is dropped where it is called off; any other is asked about again.
    """
    texts, remark = reader.texts, None
    if draft.remark:
        remark = Remark(draft.remark, draft.author_name)
    off = Button(texts("schedule.call_off"), data=encode(CallOff(draft.id)))
    rows = (
        (_now_button(texts, draft.id),),
        (
            _when_button(texts, draft.id, "schedule.change"),
            _drop_button(texts, draft.id) if is_new else off,
        ),
    )
    at = now if draft.due_at is None else draft.due_at
    heading = bold(texts("schedule.set", when=said_back(reader, at, now)))
    return _with_card(reader, preview(post, now), remark, heading, rows)


def _with_card(
    reader: Reader, post: Post, remark: Remark | None, heading: Rich, rows: Keyboard
) -> Page:
    card = card_page(reader, replace(post, remark=remark), Given())
    return replace(card, text=heading + "\n\n" + card.text, keyboard=rows)


def _now_button(texts: Texts, draft_id: int) -> Button:
    return Button(texts("publish.yes"), data=encode(Publish(draft_id, 1)), style="primary")


def _drop_button(texts: Texts, draft_id: int) -> Button:
    return Button(texts("publish.no"), data=encode(Publish(draft_id, 0)))


def _when_button(texts: Texts, draft_id: int, key: str) -> Button:
    return Button(texts(key), data=encode(AskWhen(draft_id)))


def all_page(texts: Texts, batch: int, count: int) -> Page:
    """The buttons that decide about all drafts of one message."""
    yes = Button(texts("publish.all.yes"), data=encode(PublishAll(batch, 1)), style="primary")
    no = Button(texts("publish.all.no"), data=encode(PublishAll(batch, 0)))
    return Page(bold(texts.count("publish.all.ask", count)), ((yes, no),))


def known_page(
    reader: Reader,
    post: Post,
    places: Sequence[tuple[str, datetime]] | None,
    draft_id: int,
    *,
    words: str,
) -> Page:
    """Which post it is that is there already, where it went and when, and what can be done.

    `places` is None where that is not to be told.
    """
    texts = reader.texts
    title = inert(bold(shown_title(texts, post.title, TITLE_UNITS)))
    parts = [plain(texts("publish.known", id=post.id)), title]
    if places:
        names = ", ".join(inert(name).text for name, _ in places[:MOST_PLACES])
        at = texts.date(places[0][1], reader.zone)
        key = "publish.known.places" if len(places) <= MOST_PLACES else "publish.known.many"
        parts.append(plain(texts(key, names=names, count=len(places), at=at)))
    elif places is not None and post.taken_down_at is None:  # then its messages were deleted
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
