"""Edits that are put off: a return to an earlier form, and one of very many. Pure.

A network of servers may give an old copy and a new one by turns, and a page may count its readers
in its text: neither is worth an edit at each poll.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from bot.sources.changes import Changed, ChangeKind
from bot.sources.decide import shown
from storage.posts import Form

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.sources.changes import Change
    from storage.models import Post
    from storage.posts import KnownPost

REMEMBERED = timedelta(days=1)
"""How long a form that a post had is no form to return to."""
MOST_EDITS = 6
"""Edits of a post within a day that come at once; those after them wait for `PAUSE`."""
PAUSE = timedelta(hours=2)
_SEEN = {ChangeKind.EDITED, ChangeKind.DETAILS}


def put_off(changes: Iterable[Change], now: datetime) -> tuple[list[Change], datetime | None]:
    """The changes less edits that come too often, and when to look at these again."""
    kept: list[Change] = []
    times: list[datetime] = []
    for change in changes:
        if not isinstance(change, Changed) or change.kind not in _SEEN:
            kept.append(change)
            continue
        forms = [one for one in change.before.forms if now - REMEMBERED < one.left_at <= now]
        until = _until(forms, change.after.post)
        if until is None or until <= now:
            left = Form(_digest(change.before.post), now)
            forms = [*forms, left][-MOST_EDITS:]
            kept.append(replace(change, after=replace(change.after, forms=tuple(forms))))
        else:
            times.append(until)
            kept += _unedited(change)
    return kept, min(times, default=None)


def _until(forms: list[Form], post: Post) -> datetime | None:
    """When a post may take a form on; None where that is at once."""
    digest = _digest(post)
    if returned := [one.left_at for one in forms if one.digest == digest]:
        return max(returned) + REMEMBERED
    return forms[-1].left_at + PAUSE if len(forms) >= MOST_EDITS else None


def _unedited(change: Changed) -> list[Change]:
    """What is left of a change: that its post is there, and what the blog counts."""
    before = change.before
    after: KnownPost = replace(
        before, missing_at=None, post=replace(before.post, blog=change.after.post.blog)
    )
    if after == before:
        return []
    counts = before.post.blog != after.post.blog
    return [Changed(ChangeKind.COUNTS if counts else ChangeKind.NOTED, before, after)]


def _digest(post: Post) -> str:
    """Changes with what a message shows of a post."""
    said = repr(shown(post)).encode("utf-8", "surrogatepass")
    return blake2b(said, digest_size=8).hexdigest()
