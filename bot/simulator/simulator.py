"""The simulator put together: a Telegram on loopback for one bot, and who lives in it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from bot.simulator.api.control import Control
from bot.simulator.api.server import Server
from bot.simulator.chats import RIGHTS, Member, User
from bot.simulator.clock import SimulatedClock
from bot.simulator.people.membership import administrator
from bot.simulator.people.people import Person
from bot.simulator.people.rooms import Room
from bot.simulator.people.voices import OtherBot
from bot.simulator.world import World

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable
    from types import TracebackType

    from aiohttp import web

    from bot.simulator.api.calls import CallLog
    from bot.simulator.api.faults import Fault, Faults
    from bot.simulator.chats import Chat
    from bot.simulator.events import Events
    from bot.simulator.reacting import Reactions
    from bot.simulator.rules.limits import FloodLimits
    from bot.simulator.updates import UpdateQueue

BOT_ID = 7_000_000_001


class Simulator:
    """A running simulator: `await Simulator.start()`, then `stop()`, or `async with`."""

    def __init__(self, world: World, server: Server, control: Control) -> None:
        self.world = world
        self.server = server
        self.control = control

    @classmethod
    async def start(  # noqa: PLR0913  # what a bot's owner sets in BotFather
        cls,
        *,
        listener: socket.socket | None = None,
        username: str = "sosik_bot",
        name: str = "소식",
        privacy: bool = True,
        inline: bool = True,
        inline_feedback: bool = False,
        limits: bool = False,
        token: str = "",
        at: float | None = None,
        routes: Iterable[web.AbstractRouteDef] = (),
    ) -> Simulator:
        """Answer at `listener`, or on a free port; `limits` switches flood limits on."""
        clock = SimulatedClock(at)
        bot = User(BOT_ID, name, username, is_bot=True)
        world = World(bot, clock, privacy=privacy, limited=limits)
        world.inline, world.inline_feedback = inline, inline_feedback
        server = Server(world, token or f"{BOT_ID}:{secrets.token_urlsafe(26)}")
        control = Control(world, server)
        await server.start(listener, [*control.routes(), *routes])
        return cls(world, server, control)

    async def stop(self) -> None:
        """Stop listening."""
        await self.server.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """What goes into TELEGRAM_API_URL."""
        return f"http://127.0.0.1:{self.server.port}"

    @property
    def token(self) -> str:
        """What goes into BOT_TOKEN."""
        return self.server.token

    @property
    def bot(self) -> User:
        """The bot's own user."""
        return self.world.bot

    @property
    def clock(self) -> SimulatedClock:
        """The simulated time."""
        return self.world.clock

    @property
    def calls(self) -> CallLog:
        """What the bot called."""
        return self.server.calls

    @property
    def faults(self) -> Faults:
        """What goes wrong."""
        return self.server.faults

    @property
    def events(self) -> Events:
        """What happens, live."""
        return self.world.events

    @property
    def limits(self) -> FloodLimits:
        """The flood limits; `enabled` switches them."""
        return self.world.limits

    @property
    def updates(self) -> UpdateQueue:
        """The updates that wait."""
        return self.world.updates

    @property
    def reactions(self) -> Reactions:
        """How totals are reported."""
        return self.world.reactions

    def revoke_token(self) -> None:
        """Make the bot's token invalid: every call is answered 401."""
        self.server.token = f"{BOT_ID}:{secrets.token_urlsafe(26)}"

    def vanishes(self) -> Fault:
        """Cut every connection from now on, until the fault is removed."""
        fault = self.faults.cuts(after=False, method="*", times=None)
        self.server.poller.release()
        return fault

    def user(self, name: str, *, language: str = "ko", username: str = "") -> Person:
        """A new person."""
        return Person(self.world, self.world.add_user(name, username=username, language=language))

    def other_bot(self, name: str, *, username: str = "other_bot") -> OtherBot:
        """Another bot."""
        user = self.world.add_user(name, username=username, language="", is_bot=True)
        return OtherBot(self.world, user)

    def private(self, person: Person, *, started: bool = True) -> Room:
        """The chat of a person with the bot; `started` when they pressed Start some time ago."""
        person.user.started = person.user.started or started
        return person.private

    def group(  # what a chat is made of
        self,
        title: str,
        members: Iterable[Person] = (),
        *,
        admins: Iterable[Person] = (),
        owner: Person | None = None,
        bot: bool = True,
        bot_admin: bool = False,
        bot_rights: Iterable[str] | None = None,
    ) -> Room:
        """A basic group as it stands before the story begins: nothing is announced."""
        chat = self.world.add_chat("group", title)
        self._fill(chat, members, admins, owner)
        self._fill_bot(chat, bot=bot, admin=bot_admin, rights=bot_rights)
        return Room(self.world, chat)

    def supergroup(  # noqa: PLR0913  # likewise
        self,
        title: str,
        members: Iterable[Person] = (),
        *,
        admins: Iterable[Person] = (),
        owner: Person | None = None,
        bot: bool = True,
        bot_admin: bool = False,
        bot_rights: Iterable[str] | None = None,
        topics: bool = False,
        username: str = "",
    ) -> Room:
        """A supergroup, with topics if it is a forum."""
        chat = self.world.add_chat("supergroup", title, username=username, forum=topics)
        self._fill(chat, members, admins, owner)
        self._fill_bot(chat, bot=bot, admin=bot_admin, rights=bot_rights)
        return Room(self.world, chat)

    def channel(  # noqa: PLR0913  # likewise
        self,
        title: str,
        members: Iterable[Person] = (),
        *,
        admins: Iterable[Person] = (),
        owner: Person | None = None,
        bot: bool = True,
        bot_rights: Iterable[str] | None = None,
        username: str = "",
        discussion: Room | None = None,
        signed: bool = False,
    ) -> Room:
        """A channel, with the bot as an administrator unless `bot` is False."""
        chat = self.world.add_chat("channel", title, username=username)
        chat.is_signed = signed
        self._fill(chat, members, admins, owner)
        self._fill_bot(chat, bot=bot, admin=True, rights=bot_rights)
        if discussion is not None:
            chat.discussion, discussion.chat.linked = discussion.chat, chat
        return Room(self.world, chat)

    def room(self, chat_id: int) -> Room:
        """The chat with an id."""
        return Room(self.world, self.world.chats[chat_id])

    def _fill(
        self, chat: Chat, members: Iterable[Person], admins: Iterable[Person], owner: Person | None
    ) -> None:
        owner = owner or self.user("모임장")
        chat.members[owner.id] = Member(owner.user, "creator")
        for person in admins:
            chat.members[person.id] = administrator(person.user, frozenset(RIGHTS[chat.kind]))
        for person in members:
            chat.members.setdefault(person.id, Member(person.user))

    def _fill_bot(
        self, chat: Chat, *, bot: bool, admin: bool, rights: Iterable[str] | None
    ) -> None:
        if not bot:
            return
        me = self.world.bot
        if admin or rights is not None:
            chat.members[me.id] = administrator(me, None if rights is None else frozenset(rights))
        else:
            chat.members[me.id] = Member(me)
