"""The log of what the bot called and what came back."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_CALLS = 20_000
"""Older ones are forgotten; the counts stay."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call; `at` is simulated time, `status` is 0 when no answer was sent."""

    at: float
    method: str
    chat_id: str
    parameters: dict[str, Any]
    status: int
    answer: Any

    def __str__(self) -> str:
        shown = {name: value for name, value in self.parameters.items() if name != "chat_id"}
        return f"{self.method}({self.chat_id}) {shown} -> {self.status}"


class CallLog:
    """Calls in order, without getUpdates, which is only counted."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=MOST_CALLS)
        self.counts: Counter[str] = Counter()
        """How often each method was called."""
        self.refusals: Counter[int] = Counter()
        """How often each error status was answered."""

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def record(self, call: Call) -> None:
        """Add a call."""
        self.counts[call.method] += 1
        if call.status != 200:  # noqa: PLR2004  # HTTP's OK
            self.refusals[call.status] += 1
        if call.method != "getUpdates":
            self._calls.append(call)

    def of(self, method: str, *, chat_id: int | None = None) -> list[Call]:
        """The calls of one method, of one chat if given."""
        wanted = method.lower()
        return [
            call
            for call in self._calls
            if call.method.lower() == wanted and (chat_id is None or call.chat_id == str(chat_id))
        ]

    def clear(self) -> None:
        """Forget all."""
        self._calls.clear()
        self.counts.clear()
        self.refusals.clear()
