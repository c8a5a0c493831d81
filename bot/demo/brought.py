"""Which posts of the blog the bot brought to each chat by itself, as the chats show it.

A card links to the post's page; a list and a digest link to cards in private, by the numbers that
posts have in the bot's database. Answers to people are not counted.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from bot.pages.actions import About, OpenCard, ShowCard, ShowFull, decode
from bot.pages.post_numbers import parse_written
from bot.simulator.people.cards import Card
from storage import posts
from storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.pages.actions import Action
    from bot.simulator.chats import Chat
    from bot.simulator.messages import Message
    from bot.simulator.world import World
    from storage.models import PostId


class Brought:
    """Counts posts by their addresses; `on_change` is called once more addresses are known."""

    def __init__(self, path: Path, world: World, on_change: Callable[[], None]) -> None:
        self._path = path
        self._world = world
        self._on_change = on_change
        self._addresses: dict[PostId, str] = {}
        self._unknown: set[PostId] = set()
        self._asking: asyncio.Task[None] | None = None

    def counts(self, chat: Chat) -> Counter[str]:
        """How often each post came to a chat: as a card or in a list, or else in a digest."""
        pushed: Counter[str] = Counter()
        told: Counter[str] = Counter()
        for message in chat.messages.values():
            if is_brought(message) and not message.is_deleted:
                is_digest = self._is_digest(message)
                (told if is_digest else pushed).update(set(self._named(message)))
        return pushed | Counter(dict.fromkeys(told, 1))

    def look(self, message: Message) -> None:
        """Find out, soon, what a message names that was not known yet."""
        if not is_brought(message):
            return
        self._unknown |= set(self._numbers(message)) - self._addresses.keys()
        if self._unknown and self._asking is None:
            self._asking = asyncio.create_task(self._ask())

    async def close(self) -> None:
        """Wait for what is under way."""
        if self._asking is not None:
            await self._asking

    def _named(self, message: Message) -> Iterator[str]:
        for entity in message.entities:
            if "url" in entity:
                yield entity["url"]
        for number in self._numbers(message):
            if number in self._addresses:
                yield self._addresses[number]

    def _numbers(self, message: Message) -> Iterator[PostId]:
        """The posts whose cards a message leads to, by their numbers."""
        ours = f"https://t.me/{self._world.bot.username}?start="
        for entity in message.entities:
            before, found, rest = entity.get("url", "").partition(ours)
            number = parse_written(rest) if found and not before else None
            if number is not None:
                yield number

    def _is_digest(self, message: Message) -> bool:
        kinds = {one.what for one in _actions(self._world, message) if isinstance(one, About)}
        return bool(kinds - {"posts"})

    async def _ask(self) -> None:
        """Read the addresses; what is asked for meanwhile is read, too."""
        while asked := sorted(self._unknown):
            self._unknown.clear()
            opened = Database.opened(self._path, readers=1)
            async with opened as database, database.reader() as db:
                found = await posts.get_posts(db, asked)
            self._addresses |= {post.id: post.link or "" for post in found}
        self._asking = None
        self._on_change()


def is_brought(message: Message) -> bool:
    """Whether the bot sent it by itself, or Telegram forwarded it from the channel."""
    return (message.is_ours or message.is_automatic_forward) and message.reply_to is None


def is_card(world: World, message: Message) -> bool:
    """Whether it is a post's card, or the full text that it opened into."""
    ours = message.is_ours or message.via_bot is world.bot or message.is_automatic_forward
    shown = [one for one in _actions(world, message) if isinstance(one, ShowFull | ShowCard)]
    listed = [one for one in _actions(world, message) if isinstance(one, OpenCard)]
    return ours and bool(shown) and not listed


def _actions(world: World, message: Message) -> Iterator[Action]:
    for row in Card(world, message).rows:
        for button in row:
            action = decode(str(button.value))
            if action is not None:
                yield action
