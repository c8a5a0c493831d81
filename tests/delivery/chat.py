"""A chat that answers the questions of a search, without Telegram."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.delivery.failures import DeliveryError
from bot.delivery.probe import Whose

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.delivery.failures import Failure
    from bot.delivery.probe import Begin
    from storage.models import ChatId, MessageId


class Killed(BaseException):
    """Whoever asked is not there any more."""


@dataclass
class Said:
    """A message of ours: the digest of its text, and its buttons."""

    text_digest: str
    keyboard: str


@dataclass
class AskedChat:
    """Messages by id, ours and others'; each question is noted, and fails as it is told."""

    ours: dict[int, Said] = field(default_factory=dict)
    others: set[int] = field(default_factory=set)
    allows: bool = True
    failures: deque[Failure | None] = field(default_factory=deque)
    """What the next questions get instead of an answer, None: an answer."""
    dies_at: int = 0
    """At that comparison, counted from one, the process ends once it has had its effect."""
    loses: bool = False
    """A question that fails has had its effect nevertheless."""
    asked: list[tuple[str, int]] = field(default_factory=list)
    while_waiting: Callable[[int], Awaitable[None]] | None = None
    """What happens while a comparison waits for its turn."""

    async def may_ask(self, _: ChatId) -> bool:
        self._note("may", 0)
        return self.allows

    async def whose(self, _: ChatId, message_id: MessageId, begin: Begin) -> Whose:
        await begin()
        self._note("whose", message_id)
        if message_id in self.ours:
            return Whose.OURS
        return Whose.OTHERS if message_id in self.others else Whose.HIDDEN

    async def compare(
        self, _: ChatId, message_id: MessageId, keyboard: str, begin: Begin | None = None
    ) -> str | Whose | None:
        if begin is not None:
            await self.before_comparing(message_id)
            await begin()
        said = self.ours.get(message_id)
        before = None if said is None else said.keyboard
        if said is not None and (self.loses or not self._will_fail()):
            said.keyboard = keyboard
        self._note("compare", message_id)
        self.dies_at -= 1
        if not self.dies_at:
            raise Killed
        if said is None:
            return Whose.HIDDEN
        return None if before == keyboard else said.text_digest

    async def take_back(self, _: ChatId, message_id: MessageId) -> None:
        self._note("take back", message_id)
        self.ours.pop(message_id, None)

    async def before_comparing(self, message_id: int) -> None:
        if self.while_waiting is not None:
            await self.while_waiting(message_id)

    def _will_fail(self) -> bool:
        return bool(self.failures) and self.failures[0] is not None

    def _note(self, what: str, message_id: int) -> None:
        self.asked.append((what, message_id))
        failure = self.failures.popleft() if self.failures else None
        if failure is not None:
            raise DeliveryError(failure)
