"""Which message may be the one that nobody knows the fate of, and in which order to ask. Pure.

Ids count up (storage.known_ids says where together). The lost one is above the last that was known
when it left; whatever is known to be somebody's is passed by.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, count, islice, zip_longest
from typing import TYPE_CHECKING

from storage.models import MessageId

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from storage.models import Attempt

AHEAD = 6
"""So many ids above the highest known are worth a question: updates may be on their way."""
MOST = 12
"""Ids of one search."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What was sent before a lost message where its ids are counted: ids keep about that order."""

    behind: MessageId | None
    """The last of those that were lost and found."""
    before: int
    """How many went after that one and are lost, too."""


ALONE = Queue(None, 0)


def upwards(
    last_id: MessageId,
    known: Collection[MessageId],
    reacted: Collection[MessageId],
    queue: Queue = ALONE,
) -> list[MessageId]:
    """For one that was not sent again: what somebody reacted to, then upwards from the last.

    Where others are lost before it, from its place among them on: downwards first, for some of
    them never landed.
    """
    highest = max(last_id, max(known, default=last_id))
    above = islice(_unknown(count(highest + 1), known), AHEAD + queue.before)
    between = _unknown(iter(range(last_id + 1, highest + 1)), known)
    unknown = [*between, *above]
    passed = sum(one <= (queue.behind or last_id) for one in unknown)
    start = min(passed + queue.before, len(unknown) - 1)
    pairs = zip_longest(reversed(unknown[:start]), unknown[start + 1 :])
    if not queue.before:
        return _first(chain(_leads(reacted, known), unknown[passed:], reversed(unknown[:passed])))
    return _first(chain(_leads(reacted, known), [unknown[start]], _flat(pairs)))


def around(
    last_id: MessageId,
    resent: MessageId,
    known: Collection[MessageId],
    reacted: Collection[MessageId],
) -> list[MessageId]:
    """For one that was sent again: what somebody reacted to, then the nearest to the second.

    Below it is what landed before, above it what landed since.
    """
    highest = max(resent, max(known, default=resent))
    below = _unknown(iter(range(resent - 1, last_id, -1)), known)
    above = chain(
        _unknown(iter(range(resent + 1, highest + 1)), known),
        islice(_unknown(count(highest + 1), known), AHEAD),
    )
    return _first(chain(_leads(reacted, known), _flat(zip_longest(below, above))))


def spare_of(copies: Collection[Attempt], reacted: Collection[MessageId]) -> Attempt | None:
    """The copy to take back: the newest that nobody reacted to, replied to or pressed.

    None where somebody did in all of them: each stays.
    """
    untouched = [
        one for one in copies if not one.is_touched and one.message_id not in frozenset(reacted)
    ]
    return max(untouched, key=lambda one: one.message_id or 0, default=None)


def _flat(pairs: Iterator[tuple[MessageId | None, ...]]) -> Iterator[MessageId]:
    return (one for one in chain.from_iterable(pairs) if one is not None)


def _unknown(ids: Iterator[int], known: Collection[MessageId]) -> Iterator[MessageId]:
    return (MessageId(one) for one in ids if one not in known)


def _leads(reacted: Collection[MessageId], known: Collection[MessageId]) -> Iterator[MessageId]:
    return _unknown(iter(reacted), known)


def _first(ids: Iterator[MessageId]) -> list[MessageId]:
    return list(islice(dict.fromkeys(islice(ids, 2 * MOST)), MOST))
