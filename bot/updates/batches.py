"""Kinds of updates that come in floods (reactions): handled in groups, many in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from bot.updates.raw import Raw
    from storage.database import Transaction
    from storage.models import InboxRow


class Batch(NamedTuple):
    """How updates of one kind are handled in groups."""

    parse: Callable[[Raw], Sequence[Any]]
    """What an update says, in no, one or more parts; it raises where it cannot be read.

    Not python-telegram-bot's objects: in a flood they cost more than all the rest.
    """
    apply: Callable[[Transaction, list[Any]], Awaitable[None]]
    """Keeps the parts of many updates, in their order."""


class Parsed(NamedTuple):
    """An update of such a kind, and what it says."""

    row: InboxRow
    kind: str
    parts: Sequence[Any]


def kind_in(raw: Raw, grouped: Mapping[str, Batch]) -> str | None:
    """Which of the kinds an update is; None for all others."""
    for name in raw:
        if name in grouped:
            return name
    return None


async def apply_all(
    tx: Transaction, grouped: Mapping[str, Batch], updates: Iterable[Parsed]
) -> None:
    """Keep what the updates say, kind by kind, in their order."""
    listed = list(updates)
    for kind, how in grouped.items():
        parts = [part for one in listed if one.kind == kind for part in one.parts]
        if parts:
            await how.apply(tx, parts)
