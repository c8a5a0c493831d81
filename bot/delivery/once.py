"""What a digest makes of posts that came to its chat as cards: each is told once. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.models import DigestPush, Repeats

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from storage.models import Came, PostId

JUST = timedelta(minutes=30)
"""What came as a card so shortly before a digest, or is about to, is not said again in it."""
MOST_NEW, MOST_LIKED = 100, 3


def say_once(
    contents: DigestPush, came: Mapping[PostId, Came], repeats: Repeats, at: datetime
) -> DigestPush:
    """What a digest that comes `at` then says of its contents, as its chat wants it.

    `came` are posts that came to the chat by themselves, or wait to: those are not new here.
    """
    liked = contents.liked
    if repeats is Repeats.FULL:
        return replace(contents, new=contents.new[:MOST_NEW], liked=liked[:MOST_LIKED])
    here = {post_id for post_id, one in came.items() if one.at <= at + JUST}
    just = {post_id for post_id in here if came[post_id].at >= at - JUST}
    unsaid = here if repeats is Repeats.NONE else just
    liked = tuple(one for one in liked if one not in unsaid)[:MOST_LIKED]
    rest = [one for one in contents.new if one in here]
    told = (one for one in rest if one not in unsaid and one not in liked)
    brief = tuple(told)[-MOST_NEW:]
    return DigestPush(
        new=tuple(one for one in contents.new if one not in here)[:MOST_NEW],
        liked=liked,
        brief=brief,
        passed=tuple(one for one in rest if one not in brief),
    )


def is_worth_sending(contents: DigestPush, repeats: Repeats) -> bool:
    """Whether there is a digest: of what came as cards alone there is none.

    Where all is told in full, what was liked alone makes none either.
    """
    return bool(contents.new or (contents.liked and repeats is not Repeats.FULL))
