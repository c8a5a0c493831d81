"""What happens, counted as it happens: calls, pushes, polls, and how long people waited.

One `Figures` a bot, handed to the parts that count: nothing is shared by two bots in a process.
Labels are words of this module and of the code, never a chat, a name or an address. What stands in
the database is counted there instead (storage.depths). docs/metrics.md says what each tells.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime


class Call(StrEnum):
    """What a call to Telegram is for."""

    ANSWER = "answer"
    """A message that somebody asked for."""
    POST = "post"
    DIGEST = "digest"
    EDITION = "edition"
    NOTICE = "notice"
    """The four kinds of pushes."""
    EDIT = "edit"
    DELETE = "delete"
    PIN = "pin"
    PRESS = "press"
    """The end of the wheel on a button, with or without words."""
    INLINE = "inline"
    PROBE = "probe"
    """Whose is a message, where a push is in doubt."""
    TYPING = "typing"
    OTHER = "other"
    """Questions, menus, names."""


class Outcome(StrEnum):
    """What became of a call to Telegram."""

    OK = "ok"
    REFUSED = "refused"
    FLOOD = "flood"
    """429: to be made again later."""
    RETRY = "retry"
    """Certainly not carried out, for a passing reason: to be made again."""
    UNKNOWN = "unknown"
    """It left, and nothing says whether it was carried out."""


class Pushed(StrEnum):
    """What became of a push's turn."""

    SENT = "sent"
    RETRY = "retry"
    FLOOD = "flood"
    MUTED = "muted"
    """The chat lets the bot write nothing for now."""
    NIGHT = "night"
    """The quiet hours had begun."""
    MOVED = "moved"
    """The group is a supergroup now."""
    UNKNOWN = "unknown"
    DROPPED = "dropped"
    """Nobody wants it any more, or the chat is lost."""
    FAILED = "failed"


class Settled(StrEnum):
    """How it ended with a push in doubt."""

    FOUND = "found"
    """A message was seen in the chat, by a search or by what somebody pressed."""
    RESENT = "resent"
    """Nothing proved it, and it went once more."""
    TAKEN_BACK = "taken_back"
    """Two were there, and the one that nobody minded was deleted."""
    DOUBLED = "doubled"
    """Two were there and stay."""


class PollOutcome(StrEnum):
    """What a poll of a source gave."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class Refusal(StrEnum):
    """Why something that came to the webhook was not taken; docs/webhook.md has the statuses."""

    MALFORMED = "malformed"
    """No HTTP, no JSON, no update."""
    SECRET = "secret"  # noqa: S105  # a word
    ADDRESS = "address"
    """It came from elsewhere than WEBHOOK_IPS."""
    PATH = "path"
    METHOD = "method"
    TOO_LARGE = "too_large"
    UNCOMMITTED = "uncommitted"
    """The database took nothing: it comes again."""
    BUSY = "busy"
    """The bot begins, or ends, or has too much to handle: it comes again."""


ANSWERS = frozenset({Call.ANSWER, Call.EDIT, Call.DELETE, Call.PRESS, Call.INLINE})
"""What somebody who asked sees; the last of it is the answer."""
PUSHES = (Call.POST, Call.DIGEST, Call.EDITION, Call.NOTICE, Call.OTHER)
_PUSHES = {str(one): one for one in PUSHES}
CALL_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
ANSWER_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
PUSH_SECONDS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 21600)
"""As fine as the database's whole seconds."""


@dataclass(slots=True)
class _Asked:
    """An update that is being answered."""

    accepted_at: datetime | None = None


_ASKED: ContextVar[_Asked | None] = ContextVar("_ASKED", default=None)
_PUSHING: ContextVar[Call | None] = ContextVar("_PUSHING", default=None)


@contextmanager
def pushing(kind: str) -> Iterator[None]:
    """The messages that leave inside are pushes of that kind."""
    before = _PUSHING.set(push_named(kind))
    try:
        yield
    finally:
        _PUSHING.reset(before)


def pushed_kind() -> Call | None:
    """The kind of push that leaves now; None outside of pushes."""
    return _PUSHING.get()


def push_named(kind: str) -> Call:
    """The push that the outbox calls so; OTHER for what only another version knows."""
    return _PUSHES.get(kind, Call.OTHER)


class Figures:
    """Counts; `registry` has all of it, and whatever else is put there."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types
        self.registry = registry = CollectorRegistry()
        told = "Calls to Telegram, each try: what for, and what became of it."
        self._sends = _counters(registry, "sosik_sends_total", told, kind=Call, outcome=Outcome)
        told = "Turns of pushes: of which kind, and what became of them."
        self._pushes = _counters(registry, "sosik_pushes_total", told, kind=PUSHES, outcome=Pushed)
        told = "Pushes in doubt, by how that ended."
        self._settled = _counters(registry, "sosik_pushes_settled_total", told, how=Settled)
        told = "Polls of sources, by what they gave."
        self._polls = _counters(registry, "sosik_polls_total", told, outcome=PollOutcome)
        told = "Pushes that were under way when an earlier run ended: in doubt since."
        self._interrupted = Counter("sosik_pushes_interrupted_total", told, registry=registry)
        told = "What came to the webhook and was refused, by the reason."
        name = "sosik_deliveries_refused_total"
        self._refused = _counters(registry, name, told, reason=Refusal)
        told = "Answers of Telegram that another bot takes this token's updates (409)."
        self._conflicts = Counter("sosik_conflicts_total", told, registry=registry)
        self._measure(registry)

    def _measure(self, registry: CollectorRegistry) -> None:
        """What takes time."""
        told, name = "From a call's departure to its end, whatever that is.", "sosik_call_seconds"
        self._call_seconds = Histogram(name, told, buckets=CALL_SECONDS, registry=registry)
        told = "From an update's receipt to the last message of its answer being accepted."
        name = "sosik_answer_seconds"
        self._answer_seconds = Histogram(name, told, buckets=ANSWER_SECONDS, registry=registry)
        told = "From a post's first sight, or a digest's being queued, to the chat that has it."
        name = "sosik_push_seconds"
        pushed = Histogram(name, told, ("kind",), buckets=PUSH_SECONDS, registry=registry)
        self._push_seconds = {kind: pushed.labels(kind) for kind in PUSHES}

    def called(self, kind: Call, outcome: Outcome, seconds: float) -> None:
        """Telegram said something to a call, or nothing came."""
        self._sends[kind, outcome].inc()
        self._call_seconds.observe(seconds)

    @contextmanager
    def answering(self, received_at: datetime) -> Iterator[None]:
        """What is accepted inside answers an update that came then; the last of it counts."""
        asked = _Asked()
        before = _ASKED.set(asked)
        try:
            yield
        finally:
            _ASKED.reset(before)
            if asked.accepted_at is not None:
                seconds = (asked.accepted_at - received_at).total_seconds()
                self._answer_seconds.observe(max(0.0, seconds))

    def accepted(self, kind: Call, at: datetime) -> None:
        """Telegram took it."""
        asked = _ASKED.get()
        if asked is not None and kind in ANSWERS:
            asked.accepted_at = at

    def pushed(self, kind: str, outcome: Pushed) -> None:
        """A push had its turn."""
        self._pushes[push_named(kind), outcome].inc()

    def arrived(self, kind: str, seconds: float) -> None:
        """A push is in its chat, so long after it could have been."""
        self._push_seconds[push_named(kind)].observe(max(0.0, seconds))

    def interrupted(self, pushes: int) -> None:
        """So many pushes were under way when an earlier run ended."""
        self._interrupted.inc(pushes)

    def settled(self, how: Settled) -> None:
        """It is known what to do with a push in doubt."""
        self._settled[(how,)].inc()

    def polled(self, outcome: PollOutcome) -> None:
        """A source was asked."""
        self._polls[(outcome,)].inc()

    def refused(self, reason: Refusal) -> None:
        """Something came to the webhook and was not taken."""
        self._refused[(reason,)].inc()

    def conflicted(self) -> None:
        """Another bot has the token."""
        self._conflicts.inc()


def _counters(
    registry: CollectorRegistry, name: str, told: str, **labels: Iterable[str]
) -> dict[tuple[str, ...], Counter]:
    """A counter for every value of the labels: each is there, at 0, before it first counts."""
    counter = Counter(name, told, tuple(labels), registry=registry)
    return {values: counter.labels(*values) for values in product(*labels.values())}
