"""A community to walk through: the people and chats of the demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.simulator.people.people import AnonymousAdmin, Person
    from bot.simulator.people.rooms import Room
    from bot.simulator.simulator import Simulator


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody one can be; an anonymous one hides behind the group where that is possible."""

    names: tuple[str, ...]
    person: Person
    is_anonymous: bool = False

    @property
    def language(self) -> str:
        """Theirs."""
        return self.person.user.language

    @property
    def name(self) -> str:
        """What they are called in their language."""
        return self.names[0] if self.language == "ko" else self.names[-1]

    def voice(self, room: Room) -> Person | AnonymousAdmin:
        """Who speaks in a chat."""
        if self.is_anonymous and room.chat.is_group:
            return self.person.anonymous(room)
        return self.person


@dataclass(frozen=True, slots=True)
class Venue:
    """A chat one can be in; without a room, one's own chat with the bot."""

    names: tuple[str, ...]
    room: Room | None = None

    def room_of(self, persona: Persona) -> Room:
        """The chat for a persona."""
        return self.room or persona.person.private


_Named = TypeVar("_Named", Persona, Venue)


@dataclass(frozen=True, slots=True)
class Community:
    """Everybody and everywhere."""

    personas: tuple[Persona, ...]
    places: tuple[Venue, ...]
    operator: Person
    author: Person
    """Who writes the blog."""

    def persona(self, name: str) -> Persona | None:
        """The one whose name begins with, or else contains, some words."""
        return _named(self.personas, name)

    def place(self, name: str) -> Venue | None:
        """The chat, likewise."""
        return _named(self.places, name)


def found_community(sim: Simulator) -> Community:
    """A reading group, a forum, a channel with its discussion, and six to be."""
    minji = sim.user("민지", language="ko", username="minji_reads")
    junho = sim.user("준호", language="en", username="junho_k")
    admin = sim.user("관리자", language="ko", username="moim_admin")
    operator = sim.user("운영자", language="ko", username="sosik_operator")
    author = sim.user("윤슬", language="ko", username="yunseul_writes")
    everybody = [minji, junho, admin, operator, author]
    for person in everybody:
        sim.private(person, started=False)
    group = sim.group("독서모임", everybody, admins=[admin], owner=operator, bot_admin=True)
    forum = sim.supergroup(
        "큰모임", everybody, admins=[admin], owner=operator, bot_admin=True, topics=True
    )
    forum.topic("뉴스", creator=admin)
    forum.topic("잡담", creator=admin)
    talk = sim.supergroup("소식 이야기", everybody, admins=[admin], owner=operator, bot_admin=True)
    channel = sim.channel(
        "소식 채널", everybody, admins=[admin], owner=operator, username="sosik", discussion=talk
    )
    return Community(
        personas=(
            Persona(("민지", "Minji"), minji),
            Persona(("준호", "Junho"), junho),
            Persona(("관리자", "admin"), admin),
            Persona(("익명 관리자", "anonymous admin"), admin, is_anonymous=True),
            Persona(("운영자", "operator"), operator),
            Persona(("윤슬", "글쓴이", "Yunseul"), author),
        ),
        places=(
            Venue(("독서모임", "모임", "group"), group),
            Venue(("큰모임", "forum"), forum),
            Venue(("채널", "소식 채널", "channel"), channel),
            Venue(("이야기", "소식 이야기", "discussion"), talk),
            Venue(("개인", "private")),
        ),
        operator=operator,
        author=author,
    )


def _named(items: tuple[_Named, ...], name: str) -> _Named | None:
    wanted = name.strip().lower()
    tests: tuple[Callable[[str], bool], ...] = (
        lambda known: known == wanted,
        lambda known: known.startswith(wanted),
        lambda known: wanted in known,
    )
    for matches in tests:
        for item in items:
            if any(matches(known.lower()) for known in item.names):
                return item
    return None
