"""Actors' reactions to messages, and what the bot hears of them.

Bot API, "Update": `message_reaction` and `message_reaction_count` come only to administrators that
asked for them. Channel posts and their automatic forwards have anonymous reactions, so only totals
come; elsewhere the actor's whole old and new sets. A bot does not hear of bots' reactions.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bot.simulator.chats import Chat, User
from bot.simulator.reactions import Reaction, totals

if TYPE_CHECKING:
    from bot.simulator.messages import Message
    from bot.simulator.world import World


class Reactions:
    """Keeps who reacted how, and reports it; totals are grouped for `count_delay_seconds`.

    With `fake_edits` the first reaction to a channel post comes with an `edited_channel_post`, as
    seen on the real Telegram.
    """

    def __init__(self, world: World) -> None:
        self.count_delay_seconds = 0.0
        self.fake_edits = False
        self._world = world
        self._changed: dict[int, Message] = {}

    def set(self, message: Message, actor: User | Chat, new: tuple[Reaction, ...]) -> None:
        """Replace the actor's set on a message."""
        old = message.reactions.pop(actor.id, ())
        if new:
            message.reactions[actor.id] = new
        if old == new:
            return
        world = self._world
        world.tell("reaction", message.chat, message, actor=actor, old=old, new=new)
        if isinstance(actor, User) and actor.is_bot:
            return
        me = world.me(message.chat)
        if not me.is_admin and message.chat.kind != "private":
            return
        if message.chat.is_channel or message.is_automatic_forward:
            self._count_later(message)
        else:
            world.updates.push("message_reaction", self._update(message, actor, old, new))

    def report_counts(self) -> None:
        """Report the totals that wait."""
        changed, self._changed = self._changed, {}
        for message in changed.values():
            self._report(message)

    def _count_later(self, message: Message) -> None:
        is_first = not message.revision and len(message.reactions) == 1
        if self.fake_edits and is_first and message.chat.is_channel:
            self._world.updates.push("edited_channel_post", message.json())
        if self.count_delay_seconds <= 0:
            self._report(message)
            return
        if not self._changed:
            loop = asyncio.get_running_loop()
            loop.call_later(self.count_delay_seconds, self.report_counts)
        self._changed[id(message)] = message

    def _report(self, message: Message) -> None:
        update = {
            "chat": message.chat.json(),
            "message_id": message.id,
            "date": self._world.clock.date(),
            "reactions": totals(message.reactions.values()),
        }
        self._world.updates.push("message_reaction_count", update)

    def _update(
        self,
        message: Message,
        actor: User | Chat,
        old: tuple[Reaction, ...],
        new: tuple[Reaction, ...],
    ) -> dict[str, Any]:
        return {
            "chat": message.chat.json(),
            "message_id": message.id,
            "user" if isinstance(actor, User) else "actor_chat": actor.json(),
            "date": self._world.clock.date(),
            "old_reaction": [reaction.json() for reaction in old],
            "new_reaction": [reaction.json() for reaction in new],
        }
