"""Every way in, in chats of every state, by everybody: generated from the routing table.

A command, a button or a report that is added is tried here by itself; a report needs a row in
`TRIALS`, which says how to see that it counted.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.interaction.commands import Press, Who
from bot.locales import get_texts
from bot.pages.actions import encode
from bot.pages.page import PROMPT_MARK
from handlers.routes import COMMANDS, PRESSES, REPORTS
from storage import administrators, chats, messages
from storage.models import ChatId, ChatKind, ChatState, MessageId, UserId, View
from tests.actions import EVERY
from tests.e2e.conftest import a_bot
from tests.storage.rows import add_chats, chat
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from bot.interaction.commands import Command, Report
    from bot.simulator import Card, Person, Room, Simulator
    from storage.models import Chat
    from tests.e2e.conftest import Bot

KO = get_texts("ko")
ACTIONS = {type(action): action for action in EVERY}
OPERATORS = range(8)
NO = {
    Who.ADMIN: KO("refusal.administrators"),
    Who.AUTHOR: KO("refusal.authors"),
    Who.OPERATOR: KO("refusal.operators"),
    None: KO("group.waiting"),
}
REFUSALS = {*NO.values(), KO("private.only")}
LINK = "https://blog.example/known"


@dataclass
class World:
    """A bot, and chats of every state for it to be asked in."""

    sim: Simulator
    bot: Bot
    operators: list[Person]
    author: Person
    turns: dict[str, int] = field(default_factory=dict)

    def operator(self) -> Person:
        """One of them, each in turn: nobody asks too much at once."""
        turn = self.turns["operator"] = self.turns.get("operator", -1) + 1
        return self.operators[turn % len(self.operators)]

    def person(self, role: Who) -> Person:
        """Somebody of a role in the group that is made for them."""
        if role is Who.AUTHOR:
            return self.author
        return self.operator() if role is Who.OPERATOR else self.sim.user("민지", language="ko")

    async def group(self, state: ChatState, person: Person, role: Who) -> Room:
        """A group of that state, in which the person has that role."""
        admins = [person] if role is Who.ADMIN else []
        room = self.sim.supergroup("모임", members=[person], admins=admins, bot_admin=True)
        await self.keep(room, state, ChatKind.SUPERGROUP)
        return room

    async def keep(self, room: Room, state: ChatState, kind: ChatKind, **more: object) -> None:
        """The bot knows the chat, in that state."""
        row = chat(room.id, kind=kind, title=room.title, state=state, **more)
        await add_chats(self.bot.running.services.database, row)  # type: ignore[union-attr]  # it runs

    async def get(self, room: Room) -> Chat | None:
        """The chat as the bot knows it."""
        return await self.bot.running.services.chats.get(ChatId(room.id))  # type: ignore[union-attr]  # it runs


@pytest.fixture
async def world(sim: Simulator, tmp_path: Path) -> AsyncIterator[World]:
    operators = [sim.user("운영자", language="ko") for _ in OPERATORS]
    for one in operators:
        sim.private(one)
    ids = " ".join(str(one.id) for one in operators)
    author = sim.user("해봄", language="ko")
    given = {"operator_ids": ids, "author_ids": str(author.id)}
    async with a_bot(sim, tmp_path, serve="approved", **given) as bot:
        yield World(sim, bot, operators, author)


def refusal(route: Command | Press, state: ChatState, role: Who) -> str | None:
    """The no that is due: the chat comes first, then who asks; None for those who may."""
    if state is not ChatState.SERVED and not route.anywhere:
        return NO[None]
    may = {Who.MEMBER: set(Who), Who.AUTHOR: {Who.AUTHOR, Who.OPERATOR}}
    if role not in may.get(route.who, {route.who}):
        return NO[route.who]
    return KO("private.only") if isinstance(route, Press) and route.in_private else None


async def reply_to(said: Card, room: Room) -> str:
    """What the bot answered."""
    found: list[str] = []

    def is_there() -> bool:
        found[:] = [one.text for one in room.bot_messages if one.reply_to == said]
        return bool(found)

    await until(is_there)
    return found[0]


@pytest.mark.parametrize("state", ChatState)
async def test_every_command(world: World, state: ChatState) -> None:
    async def tries(command: Command, role: Who) -> None:
        person = world.person(role)
        room = await world.group(state, person, role)
        answer = await reply_to(await person.says(room, f"/{command.name}"), room)
        due = refusal(command, state, role)
        if command.name == "start" and state is not ChatState.SERVED:
            due = NO[None]  # the welcome says the same there
        said = (command.name, state, role, answer)
        assert (answer if answer in REFUSALS else None) == due, said

    await asyncio.gather(*(tries(command, role) for command in COMMANDS for role in Who))


@pytest.mark.parametrize("state", ChatState)
async def test_every_button(world: World, state: ChatState) -> None:
    """What a button carries can be forged, and is pressed here on a message that never had it."""

    async def tries(kind: type, press: Press, role: Who) -> None:
        person = world.person(role)
        room = await world.group(state, person, role)
        await person.says(room, "/privacy")
        ours = await room.receives()
        answer = await person.presses_data(ours, encode(ACTIONS[kind]))
        due = refusal(press, state, role)
        said = (kind, state, role, answer)
        assert (answer.text if answer.text in REFUSALS else None) == due, said

    every = [tries(kind, press, role) for kind, press in PRESSES.items() for role in Who]
    await asyncio.gather(*every)


# --- what is reported: each tells whether it counted ---


async def ask_inline(world: World, state: ChatState) -> bool:
    person = world.sim.user("민지", language="ko")
    await world.keep(world.sim.private(person), state, ChatKind.PRIVATE)
    return bool((await person.asks_inline("바다")).results)


async def lose_a_right(world: World, state: ChatState) -> bool:
    owner = world.sim.user("민지", language="ko")
    channel = world.sim.channel("소식", owner=owner)
    await world.keep(channel, state, ChatKind.CHANNEL)
    await owner.promotes(channel, rights={"can_edit_messages"})

    async def is_known() -> bool:
        known = await world.get(channel)
        return known is not None and not known.can_write

    return await comes_about(world, is_known)


async def migrate(world: World, state: ChatState) -> bool:
    owner = world.sim.user("민지", language="ko")
    group = world.sim.group("모임", owner=owner)
    await world.keep(group, state, ChatKind.GROUP)
    bigger = group.migrates()

    async def is_known() -> bool:
        return await world.get(bigger) is not None

    return await comes_about(world, is_known)


async def forward(world: World, state: ChatState) -> bool:
    owner = world.sim.user("민지", language="ko")
    talk = world.sim.supergroup("이야기", members=[owner], bot_admin=True)
    channel = world.sim.channel("소식", owner=owner, discussion=talk, bot=False)
    await world.keep(talk, state, ChatKind.SUPERGROUP)
    await owner.says(channel, f"새 글 {LINK}")

    async def is_known() -> bool:
        async with world.bot.running.services.database.reader() as db:  # type: ignore[union-attr]  # it runs
            return ChatId(talk.id) in await chats.list_discussions(db)

    return await comes_about(world, is_known)


async def post_a_known_link(world: World, state: ChatState) -> bool:
    owner = world.sim.user("민지", language="ko")
    channel = world.sim.channel("소식", owner=owner)
    await world.keep(channel, state, ChatKind.CHANNEL)
    services = world.bot.running.services  # type: ignore[union-attr]  # it runs
    newest = (await services.posts.newest(limit=1)).items[0].post
    async with services.database.transaction() as tx:
        await tx.execute(
            "UPDATE posts SET link = ?, link_key = ? WHERE id = ?",
            (LINK, LINK.removeprefix("https://"), newest.id),
        )
    assert await services.publisher.known(LINK)
    said = await owner.says(channel, f"새 글 {LINK}")

    async def is_tied() -> bool:
        async with services.database.reader() as db:
            tied = await messages.get_message(db, ChatId(channel.id), MessageId(said.id))
        return tied is not None and tied.view is View.OWN

    return await comes_about(world, is_tied)


async def promote(world: World, state: ChatState) -> bool:
    owner, minji = world.sim.user("모임장"), world.sim.user("민지", language="ko")
    channel = world.sim.channel("소식", owner=owner)
    await world.keep(channel, state, ChatKind.CHANNEL)
    await owner.promotes(channel, minji)

    async def is_known() -> bool:
        async with world.bot.running.services.database.reader() as db:  # type: ignore[union-attr]  # it runs
            return await administrators.is_known(db, ChatId(channel.id), UserId(minji.id))

    return await comes_about(world, is_known)


async def type_in_a_channel(world: World, state: ChatState) -> bool:
    owner = world.sim.user("민지", language="ko")
    own, channel = world.sim.private(owner), world.sim.channel("소식", owner=owner)
    await world.keep(own, ChatState.SERVED, ChatKind.PRIVATE)
    await world.keep(channel, ChatState.SERVED, ChatKind.CHANNEL)
    async with world.bot.running.services.database.transaction() as tx:  # type: ignore[union-attr]  # it runs
        await administrators.add_administrator(tx, ChatId(channel.id), UserId(owner.id))
        await tx.execute("UPDATE chats SET state = ? WHERE id = ?", (state, channel.id))
    await owner.says(channel, "/settings")

    async def is_told() -> bool:
        async with world.bot.running.services.database.reader() as db:  # type: ignore[union-attr]  # it runs
            told = await db.fetch_all("SELECT 1 FROM outbox WHERE chat_id = ?", (own.id,))
        return bool(told)

    return await comes_about(world, is_told)


async def type_words(world: World, state: ChatState) -> bool:
    person = world.sim.user("민지", language="ko")
    room = world.sim.private(person)
    await world.keep(room, state, ChatKind.PRIVATE)
    await person.says(room, "바다")
    return bool(await room.receives())


async def comes_about(world: World, holds: Callable[[], Awaitable[bool]]) -> bool:
    """Whether it holds once all that came is handled."""
    running = world.bot.running
    assert running is not None

    async def is_through() -> bool:
        polled = world.sim.server.poller.is_held and not len(world.sim.updates)
        return await holds() or (polled and not running.dispatcher.unhandled)

    await until(is_through)
    return await holds()


async def answer_a_menu(world: World, state: ChatState) -> bool:
    """A reply to what a menu asked, in a group that may not be served any more."""
    person = world.sim.user("민지", language="ko")
    room = await world.group(ChatState.SERVED, person, Who.ADMIN)
    await person.says(room, "/settings")
    page = await room.receives("이 방의 설정")
    for label in ("밤", "직접 쓰기"):
        await person.presses(page, label)
    prompt = await room.receives(PROMPT_MARK)
    async with world.bot.running.services.database.transaction() as tx:  # type: ignore[union-attr]  # it runs
        await chats.set_state(tx, ChatId(room.id), state)
    await person.says(room, "23:00-07:00", reply_to=prompt)

    async def is_set() -> bool:
        known = await world.get(room)
        return known is not None and known.settings.quiet is not None

    return await comes_about(world, is_set)


TRIALS: dict[str, Callable[[World, ChatState], Awaitable[bool]]] = {
    "inline query": ask_inline,
    "membership": lose_a_right,
    "migration": migrate,
    "forward": forward,
    "administrators": promote,
    "command in a channel": type_in_a_channel,
    "channel post": post_a_known_link,
    "reply in a group": answer_a_menu,
    "words in private": type_words,
}


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
async def test_every_report(world: World, report: Report) -> None:
    for state in ChatState:
        counted = await TRIALS[report.name](world, state)
        assert counted == (state in report.where), state
