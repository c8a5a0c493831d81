"""A brake for what no rule foresees: what would spoil the messages that were sent. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import category

from bot.sources.changes import Added, Changed, ChangeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sources.changes import Change
    from bot.sources.identity import Match

FEWEST_EDITS = 3
"""Fewer edits than these are never too many."""
FEWEST_HANGUL = 2
LOST = "\ufffd"
_HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]")
_MISREAD = re.compile(
    "(?:[\xea-\xed][\x80-\xbf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]{1,2}){2}|[\xa1-\xff]{4}"
)
"""Hangul in UTF-8, or in CP949, that was read as a western encoding."""


@dataclass(frozen=True, slots=True)
class Braked:
    """What is left of an answer's changes, and why the rest is held back."""

    changes: tuple[Change, ...]
    reason: str
    """`damage`: letters are broken; `many`: it would edit most of what was sent."""
    count: int
    """Posts that it would have edited or brought."""


def brake(changes: Sequence[Change], matches: Sequence[Match]) -> Braked | None:
    """Hold back all edits of an answer that breaks letters, or edits most of what was sent.

    New posts stay, unless their own titles are broken. None where nothing is held back.
    """
    edits = [one for one in changes if isinstance(one, Changed) and one.kind is ChangeKind.EDITED]
    broken = [one for one in edits if _breaks(one)]
    new = [one for one in changes if isinstance(one, Added)]
    unread = [one for one in new if is_broken(one.post.title)]
    if not broken and not _are_most(len(unread), len(matches), fewest=FEWEST_HANGUL):
        edits = [one for one in edits if not _mends(one)]
        if not _are_too_many(edits, matches):
            return None
    has_damage = bool(broken or unread)
    kept = tuple(one for one in new if one not in unread)
    return Braked(kept, "damage" if has_damage else "many", len(edits) + len(unread))


def _are_too_many(edits: Sequence[Changed], matches: Sequence[Match]) -> bool:
    """Whether these are most of the posts that the answer shows, or most that were announced."""
    shown = [one.known for one in matches if one.known is not None and one.is_ours]
    sent = sum(not one.quiet for one in shown)
    of_sent = sum(not one.before.quiet for one in edits)
    return _are_most(len(edits), len(shown), fewest=FEWEST_EDITS) or _are_most(
        of_sent, sent, fewest=FEWEST_EDITS
    )


def _are_most(some: int, every: int, *, fewest: int) -> bool:
    return some >= fewest and 2 * some > every


# --- letters ---


def _breaks(change: Changed) -> bool:
    return breaks(change.before.post.title, change.after.post.title)


def _mends(change: Changed) -> bool:
    return breaks(change.after.post.title, change.before.post.title)


def breaks(before: str, after: str) -> bool:
    """Whether a title lost letters: they are the sign for none now, or no Hangul any more.

    A translation into plain letters is none: `안녕` may become `Hello`, but not `ì•ˆë…•` or `????`.
    """
    if LOST in after:
        return LOST not in before
    had = len(_HANGUL.findall(before))
    if had < FEWEST_HANGUL or 2 * len(_HANGUL.findall(after)) >= had:
        return False
    asks = after.count("?") - before.count("?")
    return asks >= FEWEST_HANGUL or any(_is_strange(sign) for sign in set(after) - set(before))


def is_broken(title: str) -> bool:
    """Whether a title that nothing is known of has lost letters: as much as one can tell."""
    return LOST in title or (_MISREAD.search(title) is not None and not _HANGUL.search(title))


def _is_strange(sign: str) -> bool:
    """A letter that is neither Hangul nor ASCII, or a control character."""
    is_letter = category(sign).startswith("L") or category(sign) == "Cc"
    return not sign.isascii() and is_letter and _HANGUL.match(sign) is None
