"""Every setting of a room, by every way that sets it, tried by everybody, in both languages."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot.chat_settings.press import press
from bot.errors import InputError
from bot.locales import get_texts
from bot.pages.actions import SetTo, decode, encode
from bot.pages.menu import menu_page, settings_of
from bot.pages.menu_levels import Shown
from storage import chats, menus, sources
from storage.models import ChatId, NewMenu
from tests.e2e.conftest import Bot, known
from tests.e2e.test_rooms import TYPED, enlist, keep, services_of
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.locales import Texts
    from bot.simulator import Person, Room, Simulator
    from bot.simulator.people.people import AnonymousAdmin
    from storage.models import ChatSettings, MenuId

COMMANDS = [name for name, words in TYPED.items() if words]
"""`/settings` opens the menu, and `/here` sets a topic, which not every room has."""
ROLES = ("administrator", "anonymous", "member", "former", "operator")
MAY = frozenset({"administrator", "anonymous"})


@dataclass
class Scene:
    """Somebody before a room, in it or at home."""

    bot: Bot
    person: Person
    voice: Person | AnonymousAdmin
    room: Room
    place: Room
    texts: Texts

    @property
    def refusals(self) -> set[str]:
        """How it is refused: in the room by its reason, at home as if there were no such room."""
        keys = ("refusal.administrators",) if self.place is self.room else ("refusal.room",)
        return {self.texts(key) for key in keys}

    async def settings(self) -> ChatSettings:
        """What is set in the room."""
        return (await known(self.bot, self.room.id)).settings

    async def restore(self, settings: ChatSettings) -> None:
        """Set what was set before."""
        async with services_of(self.bot).database.transaction() as tx:
            await chats.set_settings(tx, ChatId(self.room.id), settings, None)

    async def judge(self, before: ChatSettings, role: str, what: object, said: str) -> None:
        """Whoever may has set something, and nobody else, who is refused; then it is undone."""
        assert ((await self.settings()) != before) is (role in MAY), what
        assert (said in self.refusals) is (role not in MAY), (what, said)
        await self.restore(before)

    async def types(self, name: str) -> str:
        """Type the command of one setting; what is answered."""
        heard = len(self.place.bot_messages)
        target = "" if self.place is self.room else "@some_room "
        other = "Korean" if self.person.user.language == "en" else "영어"
        words = other if name == "language" else TYPED[name]
        await self.voice.says(self.place, f"/{name} {target}{words}")
        await until(lambda: len(self.place.bot_messages) > heard)
        await self.bot.rests()
        return self.place.bot_messages[-1].text

    async def presses(self, action: SetTo) -> str:
        """Press a button of a menu that one opened while one might; what is answered."""
        answer = await self.person.presses_data(self.place.bot_messages[-1], encode(action))
        await self.bot.rests()
        return answer.text

    async def menu(self, role: str) -> MenuId:
        """A menu of the room that stands here; an anonymous administrator's is the room's."""
        room = ChatId(self.room.id)
        opener = self.room.id if role == "anonymous" and self.place is self.room else self.person.id
        new = NewMenu(room, ChatId(self.place.id), opener, services_of(self.bot).clock.now())
        async with services_of(self.bot).database.transaction() as tx:
            return await menus.add_menu(tx, new)

    async def buttons(self, menu: MenuId) -> list[SetTo]:
        """Of each level of the menu one button that would change something."""
        async with services_of(self.bot).database.reader() as db:
            known_sources = await sources.list_sources(db)
        room = await known(self.bot, self.room.id)
        shown = Shown(menu, room, {"ko": "한국어", "en": "English"}, known_sources)
        found = [changing(shown, self.texts, level) for level in settings_of(room)]
        return [one for one in found if one is not None]


def changing(shown: Shown, texts: Texts, level: str) -> SetTo | None:
    """A button of the level that would change the settings, of which some have none at first."""
    page = menu_page(texts, shown, level)
    buttons = [one for row in page.keyboard for one in row] if page is not None else []
    actions = [decode(one.data) for one in buttons if one.data is not None]
    return next(
        (one for one in actions if isinstance(one, SetTo) and _changes(shown.settings, one)), None
    )


def _changes(settings: ChatSettings, one: SetTo) -> bool:
    try:
        return press(settings, one.name, one.item, one.value) != settings
    except InputError:
        return False


@asynccontextmanager
async def a_scene(
    sim: Simulator, path: Path, role: str, where: str, lang: str
) -> AsyncIterator[Scene]:
    """A room of somebody else, one person with that role in it, and a bot that is in no hurry."""
    person, owner = sim.user("민지", language=lang), sim.user("주인")
    make = sim.channel if where == "channel" else sim.supergroup
    admins = [person] if role in MAY else []
    room = make("방", [person], admins=admins, owner=owner, username="some_room")
    place = room if where == "here" else sim.private(person)
    hides = role == "anonymous" and where != "channel"
    voice = person.anonymous(room) if hides and place is room else person
    if hides:
        room.chat.member(person.user).is_anonymous = True
    operators = str(person.id) if role == "operator" else ""
    bot = Bot(sim, path, {"operator_ids": operators}, limits=None)
    try:
        await bot.start()
        await keep(bot, room, language=lang)
        await enlist(bot, room, person, role)
        await person.says(place, "/privacy")
        await until(lambda: place.bot_messages)
        yield Scene(bot, person, voice, room, place, get_texts(lang))
    finally:
        await bot.stop()


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("where", ["here", "group", "channel"])
@pytest.mark.parametrize("role", ROLES)
async def test_every_setting_is_typed_by_who_may_and_by_nobody_else(
    sim: Simulator, tmp_path: Path, role: str, where: str, lang: str
) -> None:
    async with a_scene(sim, tmp_path, role, where, lang) as scene:
        before = await scene.settings()
        for name in COMMANDS:
            await scene.judge(before, role, name, await scene.types(name))


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("where", ["here", "group", "channel"])
@pytest.mark.parametrize("role", ROLES)
async def test_every_setting_is_pressed_by_who_may_and_by_nobody_else(
    sim: Simulator, tmp_path: Path, role: str, where: str, lang: str
) -> None:
    async with a_scene(sim, tmp_path, role, where, lang) as scene:
        before = await scene.settings()
        buttons = await scene.buttons(await scene.menu(role))
        assert len(buttons) >= len(COMMANDS) - 4
        for action in buttons:
            await scene.judge(before, role, action, await scene.presses(action))
