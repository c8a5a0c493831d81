"""The state of the simulated Telegram, and what changes it: posting, editing, deleting.

Message ids: supergroups and channels count their own; private chats and basic groups share one
sequence, that of the bot's account (core.telegram.org/api/updates, "Message related event
sequences": private chats and basic groups have the account's message box, channels their own).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Unpack

from bot.simulator.chats import (
    ANONYMOUS_ADMIN_ID,
    CHANNEL_SENDER_ID,
    SERVICE_ID,
    Chat,
    User,
)
from bot.simulator.commands import CommandBook
from bot.simulator.events import Event, Events, Signal
from bot.simulator.messages import Content, Message, MessageFields
from bot.simulator.people.queries import Queries
from bot.simulator.reacting import Reactions
from bot.simulator.rules.keyboards import NO_MARKUP
from bot.simulator.rules.limits import FloodLimits
from bot.simulator.rules.visibility import may_see
from bot.simulator.updates import UpdateQueue
from bot.simulator.webhook import Webhook

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.simulator.chats import Kind, Member
    from bot.simulator.clock import SimulatedClock
    from bot.simulator.events import EventKind
    from bot.simulator.rules.keyboards import Markup

_FIRST_GROUP_ID = -4_000_000_001
_FIRST_CHANNEL_ID = -1_002_000_000_001
_FIRST_USER_ID = 5_000_000_001
_FIRST_ACCOUNT_MESSAGE_ID = 101


class World:
    """Everybody and everything, with the queue of updates for the one bot."""

    def __init__(
        self, bot: User, clock: SimulatedClock, *, privacy: bool = True, limited: bool = False
    ) -> None:
        self.bot = bot
        self.clock = clock
        self.privacy = privacy
        self.updates = UpdateQueue(clock)
        self.events = Events()
        self.limits = FloodLimits(clock, enabled=limited)
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.inline_messages: dict[str, Message] = {}
        self.queries = Queries()
        self.commands = CommandBook()
        self.profile: dict[tuple[str, str], str] = {}
        self.reactions = Reactions(self)
        self.inline = True
        self.inline_feedback = False
        self.webhook = Webhook()
        self.on_webhook: Callable[[], None] = lambda: None
        self.files: dict[str, bytes] = {}
        self._signals: dict[int, Signal] = {}
        self._account_message_id = _FIRST_ACCOUNT_MESSAGE_ID
        self._next_ids = {
            "user": _FIRST_USER_ID,
            "group": _FIRST_GROUP_ID,
            "channel": _FIRST_CHANNEL_ID,
        }
        self.anonymous_admin = self._known(ANONYMOUS_ADMIN_ID, "Group", "GroupAnonymousBot")
        self.channel_sender = self._known(CHANNEL_SENDER_ID, "Channel", "Channel_Bot")
        self.service = self._known(SERVICE_ID, "Telegram", "")

    def _known(self, user_id: int, name: str, username: str) -> User:
        user = User(user_id, name, username, is_bot=bool(username))
        self.users[user_id] = user
        return user

    def add_user(self, name: str, *, username: str, language: str, is_bot: bool = False) -> User:
        """A new person, or another bot."""
        user = User(self._take_id("user", 1), name, username, language, is_bot)
        self.users[user.id] = user
        return user

    def add_chat(self, kind: Kind, title: str, *, username: str = "", forum: bool = False) -> Chat:
        """A new group, supergroup or channel."""
        sequence: Literal["group", "channel"] = "group" if kind == "group" else "channel"
        chat = Chat(self._take_id(sequence, -1), kind, title, username, forum)
        chat.last_id = 1  # the message about its creation
        self.chats[chat.id] = chat
        return chat

    def private_chat(self, user: User) -> Chat:
        """The chat between a person and the bot."""
        chat = self.chats.get(user.id)
        if chat is None:
            chat = self.chats[user.id] = Chat(user.id, "private", user.first_name, user=user)
        return chat

    def me(self, chat: Chat) -> Member:
        """The bot's standing in a chat."""
        return chat.member(self.bot)

    def signal(self, chat: Chat) -> Signal:
        """What wakes those who wait for something in a chat."""
        signal = self._signals.get(chat.id)
        if signal is None:
            signal = self._signals[chat.id] = Signal()
        return signal

    def post(
        self, chat: Chat, content: Content, *, topic_id: int = 0, **fields: Unpack[MessageFields]
    ) -> Message:
        """Put a message into a chat, tell the bot if it may know, forward it to the discussion."""
        message = Message(
            id=self._next_message_id(chat),
            chat=chat,
            date=self.clock.date(),
            content=content,
            **fields,
        )
        _place(message, topic_id)
        chat.messages[message.id] = message
        if message.is_ours and not message.is_service:
            chat.unread.append(message)
        self.deliver(message)
        sender = message.sender
        if sender is not None and sender.is_bot and message.sender_chat is None:
            chat.last_bot_id = sender.id
        if chat.discussion is not None and not message.is_service:
            self._forward_to_discussion(message, chat.discussion)
        return message

    def deliver(self, message: Message) -> None:
        """Queue the update of a new message and tell the watchers."""
        chat = message.chat
        message.is_known = may_see(message, self.bot, self.me(chat), privacy=self.privacy)
        is_news = not message.is_ours or "pinned_message" in message.content
        if message.is_known and is_news:
            self.updates.push("channel_post" if chat.is_channel else "message", message.json())
        self.tell("message", chat, message)

    def change(
        self, message: Message, *, content: Content | None = None, markup: Markup | None = None
    ) -> None:
        """Edit a message, by whomever; the bot hears of others' edits of what it may see."""
        if content is not None:
            message.content = content
        if markup is not None:
            message.markup = markup
        message.edit_date = self.clock.date()
        message.revision += 1
        if message.is_known and not message.is_ours:
            kind = "edited_channel_post" if message.chat.is_channel else "edited_message"
            self.updates.push(kind, message.json())
        self.tell("edit", message.chat, message)
        for copy in message.forwards:
            if content is not None and not copy.is_deleted:
                self.change(copy, content=content)

    def delete(self, message: Message) -> None:
        """Delete a message and its automatic forward; bots are not told (Bot API, "Update")."""
        if message.is_deleted:
            return
        message.is_deleted = True
        if message.id in message.chat.pinned:
            message.chat.pinned.remove(message.id)
        self.tell("delete", message.chat, message)
        for copy in message.forwards:
            self.delete(copy)

    def tell(
        self,
        kind: EventKind,
        chat: Chat | None = None,
        message: Message | None = None,
        **data: Any,  # noqa: ANN401  # an event's own fields
    ) -> None:
        """Tell watchers and wake those who wait in that chat."""
        if chat is not None and chat.id in self._signals:
            self._signals[chat.id].fire()
        if self.events:
            self.events.emit(Event(kind, self.clock.now(), chat, message, data))

    def find_message(self, chat: Chat, message_id: int) -> Message | None:
        """A message that is there and that the bot may see."""
        message = chat.messages.get(message_id)
        if message is None or message.is_deleted or not message.is_known:
            return None
        return message

    def find_chat(self, name: str) -> Chat | None:
        """The chat of an id or @username."""
        if name.startswith("@"):
            wanted = name[1:].lower()
            return next((c for c in self.chats.values() if c.username.lower() == wanted), None)
        try:
            chat_id = int(name)
        except ValueError:
            return None
        chat = self.chats.get(chat_id)
        if chat is None and chat_id in self.users and chat_id != self.bot.id:
            return self.private_chat(self.users[chat_id])
        return chat

    def counters(self) -> dict[str, int]:
        """The next ids of people, groups and channels, and of the account's messages."""
        return {**self._next_ids, "account": self._account_message_id}

    def count_from(self, counters: dict[str, int]) -> None:
        """Go on from there."""
        self._account_message_id = counters["account"]
        self._next_ids = {name: counters[name] for name in self._next_ids}

    def skip_ids(self, count: int) -> None:
        """Let the account's sequence jump, as other chats of the account would make it."""
        self._account_message_id += count

    def _forward_to_discussion(self, message: Message, discussion: Chat) -> None:
        copy = self.post(
            discussion,
            message.content,
            sender=self.service,
            sender_chat=message.chat,
            origin=message.as_origin(),
            markup=message.markup if message.markup.rows else NO_MARKUP,
            is_automatic_forward=True,
        )
        message.forwards.append(copy)
        discussion.pinned.append(copy.id)

    def _next_message_id(self, chat: Chat) -> int:
        if chat.kind in {"supergroup", "channel"}:
            chat.last_id += 1
            return chat.last_id
        self._account_message_id += 1
        return self._account_message_id

    def _take_id(self, sequence: str, step: int) -> int:
        taken = self._next_ids[sequence]
        self._next_ids[sequence] = taken + step
        return taken


def _place(message: Message, topic_id: int) -> None:
    """Set the thread: a forum topic, or in other supergroups the thread of what is answered.

    Bot API, "Message", message_thread_id and is_topic_message; in telegram-bot-api/Client.cpp
    messageTopicThread gives the former only.
    """
    chat, reply_to = message.chat, message.reply_to
    if chat.is_forum:
        is_here = reply_to is not None and reply_to.is_topic
        message.thread_id = topic_id or (reply_to.thread_id if reply_to and is_here else 0)
        message.is_topic = message.thread_id != 0
    elif chat.kind == "supergroup" and reply_to is not None:
        message.thread_id = reply_to.thread_id or reply_to.id
