"""The queue that getUpdates reads: ids, expiry, confirmation, kinds.

Bot API, "Getting updates", and the TQueue of tdlib/td as `Client::do_get_updates` in
telegram-bot-api/Client.cpp uses it. An update is written to JSON once, when it happens.
"""

from __future__ import annotations

import json
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.simulator.clock import SimulatedClock

KINDS = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "message_reaction",
        "message_reaction_count",
        "chat_boost",
        "removed_chat_boost",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "purchased_paid_media",
        "managed_bot",
        "guest_message",
    }
)
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""`DEFAULT_ALLOWED_UPDATE_TYPES` in telegram-bot-api/Client.h."""

LIFETIME_SECONDS = {"callback_query": 150, "inline_query": 30, "chosen_inline_result": 600}
"""Shorter ones than a day (`add_update` calls in telegram-bot-api/Client.cpp)."""
DAY_SECONDS = 86_400
LARGEST_ANSWER_BYTES = 1 << 22
"""`JsonUpdates` in telegram-bot-api/Client.cpp."""

FIRST_ID = 100_000_001


class Waiting(NamedTuple):
    """An update in the queue; `data` is its JSON without the braces and the id."""

    id: int
    expires_at: float
    kind: str
    data: bytes

    def json(self) -> bytes:
        """The Update object."""
        return b'{"update_id":%d,%s}' % (self.id, self.data)


class UpdateQueue:
    """Updates not confirmed yet, oldest first."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self._waiting: deque[Waiting] = deque()
        self._next_id = FIRST_ID
        self._repeat: list[Waiting] = []
        self._repeats = 0
        self._reorders = 0
        self.allowed = KINDS - NOT_BY_DEFAULT
        self.on_new: Callable[[], None] = lambda: None
        self.expired: set[int] = set()
        """The ids of those that were not confirmed in time; they may have been taken before."""

    def __len__(self) -> int:
        return len(self._waiting)

    def allow(self, kinds: object) -> None:
        """Take `allowed_updates`: None keeps the setting, an empty list is the default.

        Bot API, getUpdates; unknown names are ignored and, as in `get_allowed_update_types`, a
        list of nothing but unknown names is the default too.
        """
        if not isinstance(kinds, list):
            return
        named = frozenset(str(kind).lower() for kind in kinds) & KINDS
        self.allowed = named or KINDS - NOT_BY_DEFAULT

    def push(self, kind: str, value: dict[str, Any]) -> int:
        """Queue an update if its kind is allowed; its id, or 0 when it is not queued."""
        if kind not in self.allowed:
            return 0
        update_id = self._next_id
        self._next_id += 1
        data = json.dumps({kind: value}, ensure_ascii=False, separators=(",", ":"))
        expires_at = self._clock.now() + LIFETIME_SECONDS.get(kind, DAY_SECONDS)
        self._waiting.append(Waiting(update_id, expires_at, kind, data.encode()[1:-1]))
        self.on_new()
        return update_id

    def skip_ids(self, count: int) -> None:
        """Let the ids jump, as they do when the server was away for long."""
        self._next_id += count

    def confirm(self, offset: int) -> None:
        """Forget what lies before `offset`; a negative one keeps that many of the newest."""
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
            return
        if offset > self._next_id:
            return  # TQueue: an offset from the future is answered from the head
        while self._waiting and self._waiting[0].id < offset:
            self._waiting.popleft()

    def take(self, limit: int) -> list[Waiting]:
        """Up to `limit` of the oldest that have not expired, with the faults that were asked."""
        now = self._clock.now()
        while self._waiting and self._waiting[0].expires_at <= now:
            self.expired.add(self._waiting.popleft().id)
        taken: list[Waiting] = []
        size = LARGEST_ANSWER_BYTES
        for update in self._waiting:
            size -= 50 + len(update.data)
            if len(taken) >= limit or size <= 0:
                break
            if update.expires_at > now:
                taken.append(update)
            else:
                self.expired.add(update.id)
        return self._disturbed(taken)

    def after(self, update_id: int, limit: int) -> list[Waiting]:
        """Up to `limit` of those with higher ids that have not expired, for a webhook."""
        now = self._clock.now()
        found = (one for one in self._waiting if one.id > update_id and one.expires_at > now)
        return list(islice(found, max(0, limit)))

    def forget(self, update_id: int) -> None:
        """It was delivered, or is given up."""
        kept = [one for one in self._waiting if one.id != update_id]
        self._waiting = deque(kept)

    def state(self) -> dict[str, Any]:
        """What waits, the next id and the kinds, as JSON's types."""
        waiting = [(one.id, one.expires_at, one.kind, one.data.decode()) for one in self._waiting]
        return {"waiting": waiting, "next_id": self._next_id, "allowed": sorted(self.allowed)}

    def restore(self, state: dict[str, Any]) -> None:
        """Be as `state` says."""
        self._waiting = deque(
            Waiting(id_, expires_at, kind, data.encode())
            for id_, expires_at, kind, data in state["waiting"]
        )
        self._next_id = state["next_id"]
        self.allowed = frozenset(state["allowed"])

    def repeat(self, times: int) -> None:
        """Deliver each of the next `times` answers once more, before what follows."""
        self._repeats += times

    def reorder(self, times: int) -> None:
        """Turn round the next `times` answers that hold more than one update."""
        self._reorders += times

    def clear(self) -> None:
        """Drop all (`drop_pending_updates`)."""
        self._waiting.clear()

    def _disturbed(self, taken: list[Waiting]) -> list[Waiting]:
        if taken and self._repeat:
            known = {update.id for update in taken}
            taken = [update for update in self._repeat if update.id not in known] + taken
            self._repeat = []
        if taken and self._repeats:
            self._repeats -= 1
            self._repeat = list(taken)
        if len(taken) > 1 and self._reorders:
            self._reorders -= 1
            taken = taken[1:] + taken[:1]
        return taken
