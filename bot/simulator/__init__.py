"""A Telegram on loopback: the Bot API for one bot, and people who talk to it.

For the tests and the demo. `Simulator.start()` gives a running one; `sim.url` and `sim.token` are
what a bot needs; `sim.user(...)`, `sim.group(...)`, `sim.supergroup(...)`, `sim.channel(...)` and
`sim.private(...)` make those who act and where. Imports nothing else of Sosik.
"""

from bot.simulator.api.calls import Call
from bot.simulator.api.faults import Fault
from bot.simulator.events import Event
from bot.simulator.people.cards import Button, Card
from bot.simulator.people.people import AnonymousAdmin, Person
from bot.simulator.people.queries import InlineAnswer, PressAnswer
from bot.simulator.people.rooms import Room
from bot.simulator.people.voices import ChannelVoice, OtherBot
from bot.simulator.reactions import PAID, Reaction, custom_emoji
from bot.simulator.simulator import Simulator

__all__ = [
    "PAID",
    "AnonymousAdmin",
    "Button",
    "Call",
    "Card",
    "ChannelVoice",
    "Event",
    "Fault",
    "InlineAnswer",
    "OtherBot",
    "Person",
    "PressAnswer",
    "Reaction",
    "Room",
    "Simulator",
    "custom_emoji",
]
