"""People, and administrators who hide behind their group."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.simulator.chats import Member
from bot.simulator.events import PATIENCE_SECONDS
from bot.simulator.people.cards import Card
from bot.simulator.people.membership import administrator, block, join, leave, set_member
from bot.simulator.people.pressing import ask_inline, choose_result, press, press_data
from bot.simulator.people.rooms import Room
from bot.simulator.people.voices import ChannelVoice, Voice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.simulator.chats import Chat, User
    from bot.simulator.people.queries import InlineAnswer, PressAnswer
    from bot.simulator.world import World


class Person(Voice):
    """A human user."""

    def __init__(self, world: World, user: User) -> None:
        super().__init__(world)
        self.user = user

    def __repr__(self) -> str:
        return f"<Person {self.name!r} {self.id}>"

    @property
    def id(self) -> int:
        """The user's id."""
        return self.user.id

    @property
    def name(self) -> str:
        """The user's first name."""
        return self.user.first_name

    @property
    def reactor(self) -> User:
        """Themselves."""
        return self.user

    @property
    def private(self) -> Room:
        """The chat with the bot."""
        return Room(self.world, self.world.private_chat(self.user))

    def _sender(self, chat: Chat) -> tuple[User | None, Chat | None]:
        if chat.user is not None:
            self.user.started = True
            return self.user, None
        member = chat.member(self.user)
        assert member.is_present, f"{self.name} is not in {chat.title!r}"  # noqa: S101  # a test's failure
        if chat.is_channel:
            assert member.is_admin, f"{self.name} may not post in {chat.title!r}"  # noqa: S101  # likewise
            return None, chat
        return self.user, None

    def _signature(self, chat: Chat) -> str:
        return self.name if chat.is_channel and chat.is_signed else ""

    async def starts(self, payload: str = "") -> Card:
        """Press Start in the bot's chat, by a deep link with its payload."""
        return await self.says(self.private, f"/start {payload}".strip())

    async def presses(
        self,
        card: Card,
        label: str,
        timeout: float = PATIENCE_SECONDS,  # noqa: ASYNC109  # a test's own limit
    ) -> PressAnswer:
        """Press a button found by a piece of its label; waits for the bot's answer to it.

        A button that opens, copies or switches gives that at once.
        """
        return await press(self.world, self.user, card, label, timeout)

    async def presses_data(
        self,
        card: Card,
        data: str,
        timeout: float = PATIENCE_SECONDS,  # noqa: ASYNC109  # likewise
    ) -> PressAnswer:
        """Send callback data that the message's keyboard may not have, as a forger can."""
        return await press_data(self.world, self.user, card, data, timeout)

    async def asks_inline(
        self,
        query: str,
        *,
        offset: str = "",
        room: Room | None = None,
        timeout: float = PATIENCE_SECONDS,  # noqa: ASYNC109  # likewise
    ) -> InlineAnswer:
        """Type `@bot query` in a chat and wait for the results."""
        chat = room.chat if room else self.world.private_chat(self.user)
        return await ask_inline(self.world, self.user, chat, query, offset, timeout)

    async def chooses(self, answer: InlineAnswer, which: int, room: Room) -> Card:
        """Send one of the results into a chat; the message is `via_bot`."""
        message = choose_result(self.world, self.user, room.chat, answer, which)
        await asyncio.sleep(0)
        return Card(self.world, message)

    async def adds_bot(
        self, room: Room, *, admin: bool = False, rights: Iterable[str] | None = None
    ) -> None:
        """Bring the bot into a chat; into a channel always as an administrator."""
        bot = self.world.bot
        if admin or rights is not None or room.chat.is_channel:
            member = administrator(bot, None if rights is None else frozenset(rights))
        else:
            member = Member(bot)
        join(self.world, room.chat, self.user, member)
        await asyncio.sleep(0)

    async def removes_bot(self, room: Room) -> None:
        """Put the bot out of a chat."""
        leave(self.world, room.chat, self.user, self.world.bot)
        await asyncio.sleep(0)

    async def promotes(
        self, room: Room, whom: Person | None = None, *, rights: Iterable[str] | None = None
    ) -> None:
        """Make somebody, or the bot, an administrator."""
        user = whom.user if whom else self.world.bot
        member = administrator(user, None if rights is None else frozenset(rights))
        set_member(self.world, room.chat, self.user, member)
        await asyncio.sleep(0)

    async def demotes(self, room: Room, whom: Person | None = None) -> None:
        """Make somebody, or the bot, a plain member again."""
        user = whom.user if whom else self.world.bot
        set_member(self.world, room.chat, self.user, Member(user))
        await asyncio.sleep(0)

    async def joins(self, room: Room) -> None:
        """Come into a chat."""
        join(self.world, room.chat, self.user, Member(self.user))
        await asyncio.sleep(0)

    async def leaves(self, room: Room) -> None:
        """Go out of a chat."""
        leave(self.world, room.chat, self.user, self.user)
        await asyncio.sleep(0)

    async def blocks_bot(self) -> None:
        """Block the bot."""
        block(self.world, self.user, blocked=True)
        await asyncio.sleep(0)

    async def unblocks_bot(self) -> None:
        """Unblock the bot."""
        block(self.world, self.user, blocked=False)
        await asyncio.sleep(0)

    def deactivates(self) -> None:
        """Delete their account."""
        self.user.deactivated = True

    def anonymous(self, room: Room) -> AnonymousAdmin:
        """This administrator, hidden behind the group's name."""
        return AnonymousAdmin(self, room)

    def as_channel(self, channel: Room) -> ChannelVoice:
        """This person, writing in groups as a channel of theirs."""
        return ChannelVoice(self.world, channel)


class AnonymousAdmin(Voice):
    """An administrator posting as the group: `from` is 1087968824, sender_chat the group."""

    def __init__(self, person: Person, room: Room) -> None:
        super().__init__(person.world)
        member = room.chat.member(person.user)
        assert member.is_admin, f"{person.name} is no administrator"  # noqa: S101  # a test's failure
        member.is_anonymous = True
        self.person = person
        self.room = room

    def _sender(self, chat: Chat) -> tuple[User | None, Chat | None]:
        assert chat is self.room.chat, "an administrator is anonymous in their own group"  # noqa: S101  # likewise
        return self.world.anonymous_admin, chat

    @property
    def reactor(self) -> Chat:
        """The group."""
        return self.room.chat

    async def presses(
        self,
        card: Card,
        label: str,
        timeout: float = PATIENCE_SECONDS,  # noqa: ASYNC109  # likewise
    ) -> PressAnswer:
        """Press a button: a press is never anonymous, `from` is the person."""
        return await self.person.presses(card, label, timeout)
