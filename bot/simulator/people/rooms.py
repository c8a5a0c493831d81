"""Chats as tests use them: what the bot says there, topics, migration."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from bot.simulator.chats import Topic
from bot.simulator.events import PATIENCE_SECONDS
from bot.simulator.people.cards import Card
from bot.simulator.people.membership import migrate

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.simulator.chats import Chat, Member, User
    from bot.simulator.messages import Message
    from bot.simulator.people.people import Person
    from bot.simulator.world import World

_SHOWN = 8


class Room:
    """One chat."""

    def __init__(self, world: World, chat: Chat) -> None:
        self.chat = chat
        self.world = world

    def __repr__(self) -> str:
        return f"<Room {self.chat.kind} {self.chat.title!r} {self.id}>"

    @property
    def id(self) -> int:
        """The chat's id."""
        return self.chat.id

    @property
    def title(self) -> str:
        """The chat's title."""
        return self.chat.title

    @property
    def messages(self) -> list[Card]:
        """All that was not deleted, in order."""
        return [Card(self.world, m) for m in self.chat.messages.values() if not m.is_deleted]

    @property
    def bot_messages(self) -> list[Card]:
        """The bot's own among them."""
        return [card for card in self.messages if card.message.is_ours]

    @property
    def bot_member(self) -> Member:
        """The bot's standing here."""
        return self.world.me(self.chat)

    async def receives(
        self,
        matching: str = "",
        timeout: float = PATIENCE_SECONDS,  # noqa: ASYNC109  # a test's own limit
    ) -> Card:
        """The next message of the bot that was not received yet and matches.

        `matching` is a piece of the text, or a regular expression found in it. Messages that do
        not match stay for a later call. Fails with a list of what did come.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        signal = self.world.signal(self.chat)
        while True:
            message = self._next(matching)
            if message is not None:
                self.chat.unread.remove(message)
                return Card(self.world, message)
            left = deadline - loop.time()
            if left <= 0:
                raise AssertionError(self._complaint(matching, timeout))
            await signal.wait(left)

    async def stays_silent(self, until: Awaitable[object]) -> None:
        """Fail if the bot says anything here from now until something has come about."""
        known = {id(message) for message in self.chat.unread}
        await until
        new = [message for message in self.chat.unread if id(message) not in known]
        if new:
            lines = "\n".join(f"  {message.text!r}" for message in new)
            raise AssertionError(f"the bot was not silent in {self.title!r}:\n{lines}")

    def skip(self) -> None:
        """Take all that came so far as received."""
        self.chat.unread.clear()

    def topic(self, name: str, creator: Person | None = None) -> Topic:
        """A new topic of a forum, with the service message whose id it has."""
        assert self.chat.is_forum, f"{self!r} has no topics"  # noqa: S101  # a test's failure
        content = {"forum_topic_created": {"name": name, "icon_color": 0x6FB9F0}}
        sender: User = creator.user if creator else self.world.anonymous_admin
        message = self.world.post(self.chat, content, sender=sender, is_service=True)
        topic = Topic(message.id, name)
        self.chat.topics[topic.id] = topic
        message.thread_id, message.is_topic = topic.id, True
        return topic

    def migrates(self) -> Room:
        """Become a supergroup; returns it."""
        return Room(self.world, migrate(self.world, self.chat))

    def vanishes(self) -> None:
        """Be deleted by its owner."""
        self.chat.is_deleted = True

    def forbids_writing(self, *, by_server: bool = False) -> None:
        """Let only administrators write; `by_server` refuses the bot as CHAT_WRITE_FORBIDDEN."""
        self.chat.allows_writing = False
        self.chat.refuses_writing = by_server

    def allows_writing(self) -> None:
        """Take that back."""
        self.chat.allows_writing = True
        self.chat.refuses_writing = False

    def _next(self, matching: str) -> Message | None:
        return next((m for m in self.chat.unread if _matches(m.text, matching)), None)

    def _complaint(self, matching: str, seconds: float) -> str:
        wanted = f"message matching {matching!r}" if matching else "message of the bot"
        came = self.bot_messages[-_SHOWN:]
        lines = "\n".join(f"  {card.id}: {card.text!r} {card.buttons}" for card in came)
        return f"no {wanted} came to {self.title!r} in {seconds} s; so far:\n{lines or '  nothing'}"


def _matches(text: str, matching: str) -> bool:
    if matching in text:
        return True
    try:
        return re.search(matching, text) is not None
    except re.error:
        return False
