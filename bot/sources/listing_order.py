"""Where archive posts stand: in their listing, and among posts that have dates. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.models import Post

STEP = timedelta(minutes=1)
T = TypeVar("T")


def decide_sort_times(posts: Sequence[Post]) -> list[datetime]:
    """When each post of a listing, the newest first, is taken to have been written.

    A dated post keeps its date. Undated ones are spread evenly between their dated neighbours; at
    the top, from the arrival of the newest downwards; at the bottom, or where nothing is dated,
    a minute apart.
    """
    times: list[datetime] = []
    start = 0
    while start < len(posts):
        published_at = posts[start].published_at
        if published_at is not None:
            times.append(published_at)
            start += 1
            continue
        end = _next_dated(posts, start)
        below = posts[end].published_at if end < len(posts) else None
        times += _spread(posts[start:end], above=times[-1] if times else None, below=below)
        start = end
    return times


def _next_dated(posts: Sequence[Post], start: int) -> int:
    end = start
    while end < len(posts) and posts[end].published_at is None:
        end += 1
    return end


def _spread(
    run: Sequence[Post], *, above: datetime | None, below: datetime | None
) -> list[datetime]:
    if below is None:
        top = above - STEP if above else run[0].first_seen_at
        return [top - place * STEP for place in range(len(run))]
    if above is None:
        top = max(run[0].first_seen_at, below)
        return [top - (top - below) * place / len(run) for place in range(len(run))]
    gap = max(above - below, timedelta(0))
    return [above - gap * place / (len(run) + 1) for place in range(1, len(run) + 1)]


def merge_order(known: Sequence[T], seen: Sequence[T]) -> list[T]:
    """The items of `seen` in their order, and between them the `known` ones that are not seen.

    Each of those stays behind the one it stood behind, so that a listing copied in part loses none.
    """
    shown = set(seen)
    behind: dict[T | None, list[T]] = {}
    last: T | None = None
    for item in known:
        if item in shown:
            last = item
        else:
            behind.setdefault(last, []).append(item)
    order = list(behind.get(None, ()))
    for item in seen:
        order += [item, *behind.get(item, ())]
    return order
