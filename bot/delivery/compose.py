"""Outbox rows as messages: what a row names, rendered for its chat when it is sent."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.delivery.lanes import Priority
from bot.pages.actions import About, PushQuiet, encode, with_attempt
from bot.pages.cards import Reader, card_page
from bot.pages.greetings import decision_buttons
from bot.pages.lists import batch_page, digest_page
from bot.pages.page import Button, Page
from bot.text.inert import inert
from storage import chats, posts, reactions
from storage.models import ChatKind, DigestPush, Given, NoticePush, PostPush, UnreadablePush

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.locales import Texts
    from bot.pages.page import Keyboard
    from bot.text.rich import Rich
    from storage.database import Connection
    from storage.models import Chat, OutboxRow, Post, PostId, Push, ThreadId

QUIET_KEY = "notice.quiet"
"""Tells of posts that came in unannounced."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to be sent."""

    page: Page
    language: str
    priority: Priority
    thread_id: ThreadId | None = None
    silent: bool = False
    shows: Post | None = None
    """The post whose card it is, as it was when the message was made."""
    is_pinned: bool = False
    """It is pinned once it is there."""


class Composer:
    """Makes messages of outbox rows.

    Args:
        catalogues: The texts of each language.
        username: The bot's, for links that open a card.
        language: For chats that are not known.
        timezone: Likewise.
    """

    def __init__(
        self, catalogues: Mapping[str, Texts], *, username: str, language: str, timezone: str
    ) -> None:
        self._catalogues = catalogues
        self._username = username
        self._language = language
        self._timezone = timezone

    async def compose(
        self, db: Connection, row: OutboxRow, chat: Chat | None, token: str
    ) -> OutgoingMessage | None:
        """The message for a row, its buttons naming the attempt; None where nothing is left."""
        language = self._language if chat is None else chat.settings.language
        reader = self.reader(chat, language)
        page, shows = await _page(db, row.push, reader)
        if page is None:
            return None
        keyboard = _with_a_name(page.keyboard, reader.texts, row.push)
        return OutgoingMessage(
            page=replace(page, keyboard=_naming(keyboard, token)),
            language=language,
            priority=Priority.PUSH if isinstance(row.push, PostPush) else Priority.DIGEST,
            thread_id=None if chat is None else chat.settings.thread_id,
            silent=row.doubts > 0 or _is_silent(row, chat),
            is_pinned=_is_pinned(row, chat),
            shows=shows,
        )

    def reader(self, chat: Chat | None, language: str) -> Reader:
        """For whom a message of that chat is made, in the language that it was sent in."""
        zone = ZoneInfo(self._timezone if chat is None else chat.settings.timezone)
        in_channel = chat is not None and chat.kind is ChatKind.CHANNEL
        previews = chat is None or chat.settings.previews
        texts = self._catalogues[language]
        return Reader(texts, zone, self._username, in_channel=in_channel, previews=previews)


def keyboard_json(keyboard: Keyboard) -> str:
    """The buttons as they are kept beside an attempt, to be sent exactly so again."""
    rows = [
        [{name: value for name, value in asdict(button).items() if value} for button in row]
        for row in keyboard
    ]
    return json.dumps(rows, ensure_ascii=False)


def _is_silent(row: OutboxRow, chat: Chat | None) -> bool:
    """A chat may want no sound of what comes by itself; what the bot has to tell it makes one."""
    comes_by_itself = not isinstance(row.push, NoticePush)
    return chat is not None and chat.settings.silent and comes_by_itself


def _is_pinned(row: OutboxRow, chat: Chat | None) -> bool:
    comes_by_itself = not isinstance(row.push, NoticePush)
    return chat is not None and chat.settings.pin and comes_by_itself


async def _page(
    db: Connection, push: Push | UnreadablePush, reader: Reader
) -> tuple[Page | None, Post | None]:
    match push:
        case NoticePush():
            keyboard = await _buttons(db, reader.texts, push)
            return Page(_notice(reader.texts, push), keyboard), None
        case DigestPush(new_ids, liked_ids):
            new, liked = await _items(db, new_ids), await _items(db, liked_ids)
            return (digest_page(reader, new, liked) if new else None), None
        case PostPush(post_ids):
            return _posts_page(reader, await _items(db, post_ids))
        case UnreadablePush():
            return None, None


def _posts_page(
    reader: Reader, items: Sequence[tuple[Post, Given]]
) -> tuple[Page | None, Post | None]:
    """The card of one post, which the message then shows; of several, their list."""
    if not items:
        return None, None
    if len(items) == 1:
        post, given = items[0]
        return card_page(reader, post, given), post
    return batch_page(reader, [post for post, _ in items]), None


async def _items(db: Connection, post_ids: Sequence[PostId]) -> list[tuple[Post, Given]]:
    """The posts that are still there, with what they were given."""
    found = [await posts.get_post(db, post_id) for post_id in post_ids]
    given = await reactions.get_given(db, post_ids)
    return [
        (post, given.get(post.id, Given()))
        for post in found
        if post is not None and post.removed_at is None
    ]


async def _buttons(db: Connection, texts: Texts, notice: NoticePush) -> Keyboard:
    """The buttons that decide about what a notice tells of: a chat, or posts."""
    if notice.key == QUIET_KEY:
        action = PushQuiet(notice.values["source_id"], notice.values["last"])  # type: ignore[arg-type]  # two numbers, as they were kept
        return ((Button(texts("button.push_quiet"), data=encode(action)),),)
    if notice.chat_id is None:
        return ()
    chat_id = await chats.current_id(db, notice.chat_id)
    return decision_buttons(texts, await chats.get_chat(db, chat_id))


def _notice(texts: Texts, notice: NoticePush) -> Rich:
    values = {name: _said(texts, name, value) for name, value in notice.values.items()}
    return texts.rich(notice.key, **values)


def _said(texts: Texts, name: str, value: object) -> object:
    """A value of a notice: what is wrong with a source in words, a stranger's title inert."""
    if isinstance(value, dict) and "key" in value:
        return texts.rich(value["key"], **value["values"])
    return inert(str(value)) if name == "title" else value


def _with_a_name(keyboard: Keyboard, texts: Texts, push: Push | UnreadablePush) -> Keyboard:
    """The buttons, of which one has data: it names the attempt, and so proves that it arrived."""
    if any(button.data is not None for row in keyboard for button in row):
        return keyboard
    kinds = {DigestPush: "digest", NoticePush: "notice"}
    about = About(kinds.get(type(push), "posts"))
    return (*keyboard, (Button(texts("button.about"), data=encode(about)),))


def _naming(keyboard: Keyboard, token: str) -> Keyboard:
    """The buttons with the attempt in their callback data."""
    return tuple(
        tuple(
            button
            if button.data is None
            else replace(button, data=with_attempt(button.data, token))
            for button in row
        )
        for row in keyboard
    )
