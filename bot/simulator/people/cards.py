"""A message as somebody in the chat sees it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.simulator.events import PATIENCE_SECONDS
from bot.simulator.rules.shown import shown_html

if TYPE_CHECKING:
    from bot.simulator.messages import Message
    from bot.simulator.reactions import Reaction
    from bot.simulator.world import World


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button; `kind` is its action's name in the Bot API, `value` what it carries."""

    label: str
    kind: str
    value: Any
    style: str = ""


class Card:
    """A message to look at; what it shows follows edits."""

    def __init__(self, world: World, message: Message) -> None:
        self.message = message
        self._world = world
        self._revision = message.revision

    def __repr__(self) -> str:
        return f"<Card {self.id} {self.text[:40]!r} {self.buttons}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Card) and other.message is self.message

    def __hash__(self) -> int:
        return id(self.message)

    @property
    def id(self) -> int:
        """Its message id."""
        return self.message.id

    @property
    def text(self) -> str:
        """Its text or caption."""
        return self.message.text

    @property
    def html(self) -> str:
        """Its text as HTML."""
        return shown_html(self.message.text, self.message.entities)

    @property
    def rows(self) -> list[list[Button]]:
        """Its inline keyboard."""
        return [[_as_button(button) for button in row] for row in self.message.markup.rows or []]

    @property
    def buttons(self) -> list[str]:
        """The labels of its inline keyboard, one after the other."""
        return [button.label for row in self.rows for button in row]

    @property
    def reactions(self) -> dict[int, tuple[Reaction, ...]]:
        """Reactions by actor id."""
        return dict(self.message.reactions)

    @property
    def is_deleted(self) -> bool:
        """Whether somebody deleted it."""
        return self.message.is_deleted

    @property
    def is_silent(self) -> bool:
        """Whether it came without a notification."""
        return self.message.is_silent

    @property
    def topic_id(self) -> int:
        """The forum topic it is in, 0 for none."""
        return self.message.thread_id if self.message.is_topic else 0

    @property
    def reply_to(self) -> Card | None:
        """What it answers."""
        answered = self.message.reply_to
        return Card(self._world, answered) if answered is not None else None

    @property
    def forwards(self) -> list[Card]:
        """Its automatic forwards in the discussion group."""
        return [Card(self._world, copy) for copy in self.message.forwards]

    def button(self, label: str) -> Button:
        """The button whose label is, or else contains, some words; fails with what there is."""
        buttons = [button for row in self.rows for button in row]
        exact = [button for button in buttons if button.label == label]
        close = [button for button in buttons if label in button.label]
        found = exact or close
        assert found, f"no button {label!r} on {self.text[:80]!r}; there are {self.buttons}"  # noqa: S101  # a test's failure
        return found[0]

    async def changes(self, timeout: float = PATIENCE_SECONDS) -> Card:  # noqa: ASYNC109  # a test's own limit
        """Wait for the next edit since this card was received or last changed."""
        await self._until(
            lambda: self.message.revision > self._revision, timeout, "it was not edited"
        )
        self._revision = self.message.revision
        return self

    async def disappears(self, timeout: float = PATIENCE_SECONDS) -> None:  # noqa: ASYNC109  # likewise
        """Wait until it is deleted."""
        await self._until(lambda: self.message.is_deleted, timeout, "it was not deleted")

    async def _until(self, is_true: Any, seconds: float, complaint: str) -> None:  # noqa: ANN401  # a predicate
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        signal = self._world.signal(self.message.chat)
        while not is_true():
            left = deadline - loop.time()
            if left <= 0 or not (await signal.wait(left) or is_true()):
                raise AssertionError(f"{complaint} in {seconds} s: {self!r}")


def _as_button(button: dict[str, Any]) -> Button:
    kind, value = next(
        (name, item)
        for name, item in button.items()
        if name not in {"text", "style", "icon_custom_emoji_id"}
    )
    return Button(button["text"], kind, value, button.get("style", ""))
