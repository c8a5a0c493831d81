"""What there is to choose from at the terminal: commands, people, chats, topics, buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.suggestions import Choice

if TYPE_CHECKING:
    from bot.demo.community import Community, Persona
    from bot.simulator.people.rooms import Room
    from bot.simulator.world import World


def command_choices(world: World, room: Room, persona: Persona) -> list[Choice]:
    """The commands that the bot registered for this person here; channels have none."""
    if room.chat.is_channel:
        return []
    offered = world.commands.shown(room.chat, persona.person.user)
    return [Choice(f"/{one['command']}", one["description"]) for one in offered]


def argument_choices(community: Community, room: Room, persona: Persona) -> dict[str, list[Choice]]:
    """What can follow the terminal's own words, named in the person's language."""
    which = 0 if persona.language == "ko" else -1
    return {
        "/as": [Choice(one.names[which], also=one.names) for one in community.personas],
        "/in": [Choice(one.names[which], also=one.names) for one in community.places],
        "/topic": [Choice(topic.name) for topic in room.chat.topics.values()],
        "/press": button_choices(room),
    }


def button_choices(room: Room, sign: str = "") -> list[Choice]:
    """The buttons that a number presses: those of the newest message that has some."""
    cards = [card for card in room.messages if card.buttons]
    labels = cards[-1].buttons if cards else []
    return [Choice(f"{sign}{number}", label) for number, label in enumerate(labels, 1)]
