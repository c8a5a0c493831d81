"""What the visitor does in a chat, as the person they are."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.demo.web.views import message_view
from bot.simulator.people.cards import Card
from bot.simulator.people.pressing import press_data

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.demo.community import Community, Persona
    from bot.simulator.people.queries import InlineAnswer
    from bot.simulator.people.rooms import Room
    from bot.simulator.simulator import Simulator

    Order = dict[str, Any]
    Act = Callable[[Persona, Room, Order], Awaitable[dict[str, Any]]]

ANSWER_SECONDS = 20.0
"""How long a press or a query waits for the bot."""
LANGUAGES = ("ko", "en")


class Acts:
    """Everything that one can do in a chat, by name.

    Each takes a persona, a room and the order's other fields, and raises ValueError, KeyError or
    AssertionError for what cannot be done.
    """

    def __init__(self, sim: Simulator, community: Community) -> None:
        self._sim = sim
        self._community = community
        self._found: dict[int, InlineAnswer] = {}
        self._acts: dict[str, Act] = {
            "says": self._say,
            "starts": self._start,
            "edits": self._edit,
            "deletes": self._delete,
            "reacts": self._react,
            "presses": self._press,
            "asks": self._ask,
            "chooses": self._choose,
        }

    def persona(self, key: object) -> Persona:
        """The one with a key."""
        return self._community.personas[int(str(key))]

    def room(self, key: object) -> Room:
        """The chat with an id."""
        return self._sim.room(int(str(key)))

    def commands(self, persona: Persona, room: Room) -> list[dict[str, str]]:
        """What the bot registered for this person in this chat."""
        if room.chat.is_channel:
            return []
        return self._sim.world.commands.shown(room.chat, persona.person.user)

    def speak(self, persona: Persona, language: str) -> None:
        """Set the language of a person's app."""
        if language not in LANGUAGES:
            raise ValueError(f"language must be one of {', '.join(LANGUAGES)}")
        persona.person.user.speaks(language)

    async def perform(self, order: Order) -> dict[str, Any]:
        """Do what `do` names."""
        act = self._acts.get(str(order.get("do")))
        if act is None:
            raise ValueError(f"nobody can do {order.get('do')!r}")
        return await act(self.persona(order["persona"]), self.room(order["chat"]), order)

    async def _say(self, persona: Persona, room: Room, order: Order) -> dict[str, Any]:
        topic = room.chat.topics.get(int(order.get("topic") or 0))
        card = self._card(room, order["reply"]) if order.get("reply") else None
        voice = persona.voice(room)
        return self._view(await voice.says(room, order["text"], topic=topic, reply_to=card))

    async def _start(self, persona: Persona, room: Room, order: Order) -> dict[str, Any]:  # noqa: ARG002  # in one's own chat
        return self._view(await persona.person.starts(str(order.get("text", ""))))

    async def _edit(self, persona: Persona, room: Room, order: Order) -> dict[str, Any]:
        card = self._own(persona, room, order)
        return self._view(await persona.voice(room).edits(card, order["text"]))

    async def _delete(self, persona: Persona, room: Room, order: Order) -> dict[str, Any]:
        card = self._card(room, order["message"])
        if not room.chat.member(persona.person.user).is_admin:
            card = self._own(persona, room, order)
        await persona.voice(room).deletes(card)
        return {}

    async def _react(self, persona: Persona, room: Room, order: Order) -> dict[str, Any]:
        card = self._card(room, order["message"])
        await persona.voice(room).reacts(card, *map(str, order["reactions"]))
        return {}

    async def _press(self, persona: Persona, room: Room, order: Order) -> dict[str, Any]:
        card = self._card(room, order["message"])
        user = persona.person.user
        data = str(order["data"])
        return asdict(await press_data(self._sim.world, user, card, data, ANSWER_SECONDS))

    async def _ask(self, persona: Persona, room: Room, order: Order) -> dict[str, Any]:
        answer = await persona.person.asks_inline(
            str(order["text"]),
            offset=str(order.get("offset", "")),
            room=room,
            timeout=ANSWER_SECONDS,
        )
        self._found[persona.person.id] = answer
        shown = ("title", "description")
        results = [{name: one.get(name, "") for name in shown} for one in answer.results]
        return {"results": results, "button": answer.button}

    async def _choose(self, persona: Persona, room: Room, order: Order) -> dict[str, Any]:
        answer = self._found[persona.person.id]
        return self._view(await persona.person.chooses(answer, int(order["which"]), room))

    def _card(self, room: Room, message_id: object) -> Card:
        return Card(self._sim.world, room.chat.messages[int(str(message_id))])

    def _own(self, persona: Persona, room: Room, order: Order) -> Card:
        """A message that this person sent, under whatever name."""
        card = self._card(room, order["message"])
        member = room.chat.member(persona.person.user)
        sender, sender_chat = card.message.sender, card.message.sender_chat
        if sender is persona.person.user or (sender_chat is room.chat and member.is_admin):
            return card
        raise ValueError("that is somebody else's message")

    def _view(self, card: Card) -> dict[str, Any]:
        return message_view(self._sim.world, card.message)
