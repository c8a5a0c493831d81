"""What can post and react: the base of all actors, channels, other bots."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bot.simulator.people.cards import Card
from bot.simulator.reactions import as_reactions
from bot.simulator.rules.texts import tidied

if TYPE_CHECKING:
    from bot.simulator.chats import Chat, Topic, User
    from bot.simulator.messages import Content
    from bot.simulator.people.rooms import Room
    from bot.simulator.reactions import Reaction
    from bot.simulator.world import World


class Voice:
    """Something that can post into chats; the base of all actors."""

    def __init__(self, world: World) -> None:
        self.world = world

    def _sender(self, chat: Chat) -> tuple[User | None, Chat | None]:
        raise NotImplementedError

    @property
    def reactor(self) -> User | Chat:
        """Whose reactions they are."""
        raise NotImplementedError

    def _signature(self, chat: Chat) -> str:  # noqa: ARG002  # people sign
        """What a signed channel writes under a post."""
        return ""

    async def says(
        self,
        room: Room,
        text: str,
        *,
        topic: Topic | None = None,
        reply_to: Card | None = None,
    ) -> Card:
        """Post a text, in a topic or as a reply."""
        rich = tidied(text, [], commands=not room.chat.is_channel)
        content: Content = {"text": rich.text}
        if rich.spans:
            content["entities"] = rich.entities()
        return await self._post(room, content, topic=topic, reply_to=reply_to)

    async def sends_photo(self, room: Room, caption: str = "") -> Card:
        """Post a photo."""
        photo = {"file_id": "P1", "file_unique_id": "P1", "width": 640, "height": 480}
        content: Content = {"photo": [photo]}
        if caption:
            content["caption"] = caption
        return await self._post(room, content)

    async def forwards(self, card: Card, room: Room) -> Card:
        """Forward a message into a chat."""
        content = card.message.content
        return await self._post(room, content, origin=card.message.as_origin())

    async def edits(self, card: Card, text: str) -> Card:
        """Edit a message."""
        rich = tidied(text, [], commands=not card.message.chat.is_channel)
        content: Content = {"text": rich.text}
        if rich.spans:
            content["entities"] = rich.entities()
        self.world.change(card.message, content=content)
        await asyncio.sleep(0)
        return card

    async def deletes(self, card: Card) -> None:
        """Delete a message."""
        self.world.delete(card.message)
        await asyncio.sleep(0)

    async def reacts(self, card: Card, *reactions: str | Reaction) -> None:
        """Replace the reactions on a message; without any, withdraw them."""
        self.world.reactions.set(card.message, self.reactor, as_reactions(reactions))
        await asyncio.sleep(0)

    async def _post(
        self,
        room: Room,
        content: Content,
        *,
        topic: Topic | None = None,
        reply_to: Card | None = None,
        origin: dict[str, Any] | None = None,
    ) -> Card:
        sender, sender_chat = self._sender(room.chat)
        message = self.world.post(
            room.chat,
            content,
            sender=sender,
            sender_chat=sender_chat,
            topic_id=topic.id if topic else 0,
            reply_to=reply_to.message if reply_to else None,
            origin=origin,
            signature=self._signature(room.chat),
        )
        await asyncio.sleep(0)
        return Card(self.world, message)


class ChannelVoice(Voice):
    """Somebody posting in groups as a channel: `from` is 136817688, sender_chat the channel."""

    def __init__(self, world: World, channel: Room) -> None:
        super().__init__(world)
        self.channel = channel

    def _sender(self, chat: Chat) -> tuple[User | None, Chat | None]:
        if chat is self.channel.chat:
            return None, chat
        return self.world.channel_sender, self.channel.chat

    @property
    def reactor(self) -> Chat:
        """The channel."""
        return self.channel.chat


class OtherBot(Voice):
    """Another bot: its messages take an id and make no update."""

    def __init__(self, world: World, user: User) -> None:
        super().__init__(world)
        self.user = user

    def _sender(self, chat: Chat) -> tuple[User | None, Chat | None]:
        return (None, chat) if chat.is_channel else (self.user, None)

    @property
    def reactor(self) -> User:
        """Itself."""
        return self.user
