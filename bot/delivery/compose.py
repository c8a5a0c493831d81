"""Outbox rows as messages: what a row names, rendered for its chat when it is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.chat_settings.votes import has_vote_buttons
from bot.delivery.lanes import Priority
from bot.delivery.once import is_worth_sending
from bot.pages.actions import About, PushQuiet, TakeArchive, encode, with_attempt
from bot.pages.cards import Reader, card_page
from bot.pages.greetings import decision_buttons, greeting_page, welcome_key
from bot.pages.lists import batch_page, digest_page, edition_page
from bot.pages.message_links import message_link
from bot.pages.page import Button, Page
from bot.pages.rooms import room_button
from bot.redaction import shown_values
from bot.search.sieve import Sieve
from bot.text.inert import inert
from storage import archive_files, chats, outbox, posts, reactions
from storage.models import (
    ChatKind,
    DigestPush,
    EditionPush,
    Given,
    NoticePush,
    PostPush,
    Repeats,
    UnreadablePush,
)
from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bot.locales import Texts
    from bot.pages.corrections import Hand
    from bot.pages.page import Keyboard
    from bot.text.rich import Rich
    from storage.database import Connection
    from storage.models import Chat, OutboxRow, Post, PostId, Push, ThreadId

QUIET_KEY = "notice.quiet"
ARCHIVE_KEY = "notice.archive"
"""A file of SOURCES that an operator is asked about; its values: `bot.process.archive_files`."""
"""Tells of posts that came in unannounced."""


TYPED_KEY = "notice.typed"
"""Tells an administrator that a command was posted in a channel."""


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


class Composer:
    """Makes messages of outbox rows.

    Args:
        catalogues: The texts of each language.
        username: The bot's, for links that open a card.
        language: For chats that are not known.
        timezone: Likewise.
        hand_of: Whose private chat a chat is, where that is an author's or an operator's.
    """

    def __init__(
        self,
        catalogues: Mapping[str, Texts],
        *,
        username: str,
        language: str,
        timezone: str,
        hand_of: Callable[[Chat], Hand | None] = lambda _: None,
    ) -> None:
        self._catalogues = catalogues
        self._username = username
        self._language = language
        self._timezone = timezone
        self._hand_of = hand_of
        self._sieve = Sieve()

    async def compose(
        self, db: Connection, row: OutboxRow, chat: Chat | None, token: str
    ) -> OutgoingMessage | None:
        """The message for a row, its buttons naming the attempt; None where nothing is left.

        What waited is held against the filter that the chat has now.
        """
        language = self._language if chat is None else chat.settings.language
        reader = self.reader(chat, language)
        page, shows = await _page(db, row, chat, reader, self._wants(chat))
        if page is None:
            return None
        keyboard = _with_a_name(page, reader.texts, row.push)
        return OutgoingMessage(
            page=replace(page, keyboard=_naming(keyboard, token)),
            language=language,
            priority=Priority.PUSH if isinstance(row.push, PostPush) else Priority.DIGEST,
            thread_id=None if chat is None else chat.settings.thread_id,
            silent=row.doubts > 0 or _is_silent(row, chat),
            shows=shows,
        )

    def _wants(self, chat: Chat | None) -> Callable[[Post], bool]:
        if chat is None:
            return lambda _: True
        return partial(self._sieve.lets_through, chat.settings)

    def reader(self, chat: Chat | None, language: str) -> Reader:
        """For whom a message of that chat is made, in the language that it was sent in."""
        zone = ZoneInfo(self._timezone if chat is None else chat.settings.timezone)
        in_channel = chat is not None and chat.kind is ChatKind.CHANNEL
        return Reader(
            self._catalogues[language],
            zone,
            self._username,
            in_channel=in_channel,
            previews=chat is None or chat.settings.previews,
            votes=chat is not None and has_vote_buttons(chat),
            hand=None if chat is None else self._hand_of(chat),
        )


def _is_silent(row: OutboxRow, chat: Chat | None) -> bool:
    """A chat may want no sound of what comes by itself; what the bot has to tell it makes one."""
    comes_by_itself = not isinstance(row.push, NoticePush)
    return chat is not None and chat.settings.silent and comes_by_itself


async def _page(
    db: Connection,
    row: OutboxRow,
    chat: Chat | None,
    reader: Reader,
    wants: Callable[[Post], bool],
) -> tuple[Page | None, Post | None]:
    match row.push:
        case NoticePush() as push if chat is not None and push.key == welcome_key(chat.kind):
            return greeting_page(reader.texts, chat), None
        case NoticePush() as push:
            keyboard = await _buttons(db, reader.texts, push)
            return Page(_notice(reader.texts, push), keyboard), None
        case DigestPush() as push:
            return await _digest(db, push, row.created_at, chat, reader, wants), None
        case EditionPush() as push:
            return await _edition(db, push, reader, wants), None
        case PostPush(post_ids):
            return _posts_page(reader, await _items(db, post_ids, wants))
        case UnreadablePush():
            return None, None


async def _digest(  # what a digest is made of
    db: Connection,
    push: DigestPush,
    at: datetime,
    chat: Chat | None,
    reader: Reader,
    wants: Callable[[Post], bool],
) -> Page | None:
    """The digest of what is still there and wanted; None where too little is left of it."""
    new, liked = await _items(db, push.new, wants), await _items(db, push.liked, wants)
    repeats = Repeats.FULL if chat is None else chat.settings.repeats
    if not is_worth_sending(DigestPush(_ids(new), _ids(liked)), repeats):
        return None
    brief = [] if chat is None else await linked_items(db, chat, push.brief, at)
    return digest_page(reader, new, liked, brief)


async def linked_items(
    db: Connection, chat: Chat, post_ids: Sequence[PostId], now: datetime
) -> list[tuple[Post, str | None]]:
    """The posts that are still there, each with the address of the message in which it came."""
    came = await outbox.list_came(db, chat.id, post_ids, now)
    found = [await posts.get_post(db, post_id) for post_id in post_ids]
    return [
        (post, message_link(chat.id, came[post.id].message_id) if post.id in came else None)
        for post in found
        if post is not None and post.removed_at is None
    ]


def _ids(items: Sequence[tuple[Post, Given]]) -> tuple[PostId, ...]:
    return tuple(post.id for post, _ in items)


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


async def _edition(
    db: Connection, push: EditionPush, reader: Reader, wants: Callable[[Post], bool]
) -> Page | None:
    """The edition of what is still there; None where that is nothing."""
    best = {
        post.id: post for post, _ in await _items(db, [post_id for post_id, _ in push.best], wants)
    }
    new = [post for post, _ in await _items(db, push.new, wants)]
    earlier_id, years = push.earlier or (None, 0)
    earlier = await _items(db, [] if earlier_id is None else [earlier_id], wants)
    if not best and not new and not earlier:
        return None
    return edition_page(
        reader,
        push.period,
        best=[(best[post_id], people) for post_id, people in push.best if post_id in best],
        new=new,
        above=push.above,
        earlier=(earlier[0][0], years) if earlier else None,
    )


async def _items(
    db: Connection, post_ids: Sequence[PostId], wants: Callable[[Post], bool]
) -> list[tuple[Post, Given]]:
    """The posts that are still there and still wanted, with what they were given."""
    found = [await posts.get_post(db, post_id) for post_id in post_ids]
    given = await reactions.get_given(db, post_ids)
    return [
        (post, given.get(post.id, Given()))
        for post in found
        if post is not None and post.removed_at is None and wants(post)
    ]


async def _buttons(db: Connection, texts: Texts, notice: NoticePush) -> Keyboard:
    """The buttons that decide about what a notice tells of: a chat, or posts."""
    if notice.key == QUIET_KEY:
        action = PushQuiet(notice.values["source_id"], notice.values["last"])  # type: ignore[arg-type]  # two numbers, as they were kept
        return ((Button(texts("button.push_quiet"), data=encode(action)),),)
    if notice.key == ARCHIVE_KEY:
        return await _archive_buttons(db, texts, notice)
    if notice.chat_id is None:
        return ()
    if notice.key == TYPED_KEY:
        return ((room_button(texts, notice.chat_id),),)
    chat_id = await chats.current_id(db, notice.chat_id)
    return decision_buttons(texts, await chats.get_chat(db, chat_id))


async def _archive_buttons(db: Connection, texts: Texts, notice: NoticePush) -> Keyboard:
    """Yes and no, while nobody has said either of the file as it was then."""
    file_id, since = int(str(notice.values["file_id"])), int(str(notice.values["since"]))
    known = await archive_files.get_file(db, file_id)
    if known is None or known.is_wanted is not None or to_seconds(known.asked_at) != since:
        return ()
    yes, no = (
        Button(texts(f"button.archive.{said}"), data=encode(TakeArchive(file_id, since, wanted)))
        for said, wanted in (("yes", 1), ("no", 0))
    )
    return ((yes, no),)


def _notice(texts: Texts, notice: NoticePush) -> Rich:
    shown = shown_values(notice.values)
    values = {name: _said(texts, name, value) for name, value in shown.items()}
    return texts.rich(notice.key, **values)


_FOREIGN = {"title", "titles", "name"}
"""What others wrote: in it no name and no command can be tapped."""


def _said(texts: Texts, name: str, value: object) -> object:
    """A value of a notice: what is wrong with a source in words, a stranger's title inert."""
    if isinstance(value, dict) and "key" in value:
        return texts.rich(value["key"], **value["values"])
    return inert(str(value)) if name in _FOREIGN else value


def _with_a_name(page: Page, texts: Texts, push: Push | UnreadablePush) -> Keyboard:
    """The buttons, of which one has data: it names the attempt, and so proves that it arrived.

    Lists have one, and say besides why they came.
    """
    has_data = any(button.data is not None for row in page.keyboard for button in row)
    if has_data and page.items is None:
        return page.keyboard
    kinds = {DigestPush: "digest", NoticePush: "notice", EditionPush: "edition"}
    about = About(kinds.get(type(push), "posts"))
    button = Button(texts("button.about"), data=encode(about))
    if not page.items:
        return (*page.keyboard, (button,))
    return (*page.keyboard[:-1], (*page.keyboard[-1], button))


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
