"""Questions that wait for the bot: pressed buttons and inline queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.simulator.api.errors import bad_request
from bot.simulator.events import Signal

if TYPE_CHECKING:
    from bot.simulator.chats import Chat, User
    from bot.simulator.messages import Message

LIFETIME_SECONDS = 900
"""How long an answer is taken; the real limit is not published, `query is too old` is its error."""
LONGEST_ANSWER = 200
"""Characters of a callback answer (Bot API, answerCallbackQuery)."""

_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass(frozen=True, slots=True)
class PressAnswer:
    """What a press gave: a toast or an alert, an address to open, a text copied."""

    text: str = ""
    is_alert: bool = False
    url: str = ""
    copied: str = ""
    switch: str | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class InlineAnswer:
    """What an inline query gave."""

    query: str
    results: list[dict[str, Any]]
    next_offset: str = ""
    cache_seconds: int = 300
    is_personal: bool = False
    button: dict[str, Any] | None = None

    @property
    def titles(self) -> list[str]:
        """The titles of the results."""
        return [str(result.get("title", "")) for result in self.results]


@dataclass(slots=True, eq=False)
class Asked:
    """One question; `answer` is there once the bot gave it."""

    id: str
    at: float
    user: User
    query: str = ""
    message: Message | None = None
    chat: Chat | None = None
    answer: PressAnswer | InlineAnswer | None = None
    answered: Signal = field(default_factory=Signal)
    update_id: int = 0
    """Of the update that brings a press to the bot; 0: the bot does not want any."""


class Queries:
    """The questions by id."""

    def __init__(self) -> None:
        self._asked: dict[str, Asked] = {}
        self._next_id = 4_000_000_000_000_001

    def ask(
        self,
        user: User,
        at: float,
        *,
        query: str = "",
        message: Message | None = None,
        chat: Chat | None = None,
    ) -> Asked:
        """A new question with an id of its own."""
        asked = Asked(str(self._next_id), at, user, query, message, chat)
        self._next_id += 1
        self._asked[asked.id] = asked
        return asked

    @property
    def next_id(self) -> int:
        """The id of the next question; only ever goes up."""
        return self._next_id

    def count_from(self, next_id: int) -> None:
        """Go on from there."""
        self._next_id = next_id

    def answer(self, query_id: str, answer: PressAnswer | InlineAnswer, now: float) -> Asked:
        """Give a question its answer, once; raises ApiError when it is too late or unknown."""
        asked = self._asked.pop(query_id, None)
        if asked is None or now - asked.at > LIFETIME_SECONDS:
            raise bad_request(_TOO_OLD)
        asked.answer = answer
        asked.answered.fire()
        return asked
