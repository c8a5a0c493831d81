"""Who gets what, and when: decisions only. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.chat_settings.schedule import held_until
from bot.search.sieve import Sieve
from storage.models import (
    ChatState,
    DigestPush,
    EditionPush,
    NewOutboxRow,
    NoticePush,
    OutboxKind,
    PostPush,
    PushMode,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from storage.models import (
        Chat,
        ChatId,
        OutboxId,
        OutboxRow,
        Post,
        PostId,
        Push,
        Taker,
        UnreadablePush,
    )

MOST_ALONE = 5
"""More new posts than this at once go as one message that lists them."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Rows that are sent as one: `into` carries `push` from now on, also in place of `others`."""

    into: OutboxId
    push: Push
    others: tuple[OutboxId, ...]


def plan_deliveries(
    posts: Sequence[Post], chats: Iterable[Chat | Taker], now: datetime, sieve: Sieve | None = None
) -> list[NewOutboxRow]:
    """One row for each post, the oldest first, and chat that takes it; of many, one for all.

    Quiet hours move `not_before` to their end, where the chat lets pushes wait for it.
    """
    rows: list[NewOutboxRow] = []
    nights: dict[tuple[object, ...], datetime] = {}
    for chat, wanted in _taken(posts, chats, now, sieve or Sieve()):
        if wanted:
            chosen = chat.settings
            night = chosen.night, chosen.quiet, chosen.timezone
            if night not in nights:  # many chats have the same
                nights[night] = held_until(chosen, now) or now
            not_before = nights[night]
            groups = [wanted] if len(wanted) > MOST_ALONE else [[post_id] for post_id in wanted]
            rows += [push_of(chat.id, group, not_before) for group in groups]
    return rows


def _taken(
    posts: Sequence[Post], chats: Iterable[Chat | Taker], now: datetime, sieve: Sieve
) -> list[tuple[Chat | Taker, list[PostId]]]:
    """What each chat takes. Post by post: each is read once, for all filters."""
    taken: list[tuple[Chat | Taker, list[PostId]]] = [(chat, []) for chat in chats]
    for post in posts:
        for chat, wanted in taken:
            if takes(chat, post, now, sieve):
                wanted.append(post.id)
    return taken


def takes(chat: Chat | Taker, post: Post, now: datetime, sieve: Sieve | None = None) -> bool:
    """Whether a post is pushed to a chat: served, pushes on, not backlog, through its filter.

    For one that is held it waits.
    """
    return (
        chat.state in {ChatState.SERVED, ChatState.HELD}
        and chat.settings.push is PushMode.ON
        and not _was_before(chat, post.first_seen_at, now)
        and (sieve or Sieve()).lets_through(chat.settings, post)
    )


def _was_before(chat: Chat | Taker, at: datetime, now: datetime) -> bool:
    """Whether the chat has joined since; by a clock that went back, it joined later than now."""
    return at < chat.joined_at <= now


def is_wanted(row: OutboxRow, chat: Chat | None, now: datetime) -> bool:
    """Whether a push that waited is still to go: the chat may have been left, or have changed."""
    if isinstance(row.push, NoticePush):
        return True
    if chat is None or chat.state is not ChatState.SERVED:
        return False
    if _was_before(chat, row.created_at, now):
        return False
    gathers = isinstance(row.push, DigestPush | EditionPush)
    off = {PushMode.OFF} if gathers else {PushMode.OFF, PushMode.DIGEST}
    return chat.settings.push not in off


def may_merge(kind: OutboxKind) -> bool:
    """Whether pushes of a kind ever go as one: notices may wait by the thousand, each by itself."""
    return kind in {OutboxKind.POST, OutboxKind.DIGEST}


def plan_merge(waiting: Sequence[OutboxRow]) -> Merge | None:
    """What of a chat's due pushes of one kind goes as one; None where the first goes alone.

    Those that a night, or a mute, held back go as one, and so do more than five at once. One that
    may have arrived already goes as it was.
    """
    if len(waiting) <= 1 or any(row.doubts for row in waiting):
        return None
    held = all(row.not_before > row.created_at for row in waiting[:2])
    push = _as_one([row.push for row in waiting], many=held or len(waiting) > MOST_ALONE)
    first, *others = waiting
    return None if push is None else Merge(first.id, push, tuple(row.id for row in others))


def push_of(chat_id: ChatId, posts: list[PostId], not_before: datetime) -> NewOutboxRow:
    """The push of one post, or of several as one, to a chat."""
    item, push = _push_of(tuple(posts))
    return NewOutboxRow(chat_id, item, push, not_before)


@lru_cache(maxsize=64)
def _push_of(posts: tuple[PostId, ...]) -> tuple[str, PostPush]:
    """What names a push of these posts, and the push: many chats get the same."""
    return str(posts[0]) if len(posts) == 1 else f"{posts[0]}-{posts[-1]}", PostPush(posts)


def _as_one(pushes: Sequence[Push | UnreadablePush], *, many: bool) -> Push | None:
    """Digests as one; posts, too, where they are `many`; nothing else."""
    posts = [one for one in pushes if isinstance(one, PostPush)]
    digests = [one for one in pushes if isinstance(one, DigestPush)]
    if many and len(posts) == len(pushes):
        return PostPush(_union(one.posts for one in posts))
    if len(digests) == len(pushes):
        return DigestPush(
            _union(one.new for one in digests),
            _union(one.liked for one in digests),
            _union(one.brief for one in digests),
            _union(one.passed for one in digests),
        )
    return None


def _union(lists: Iterable[tuple[PostId, ...]]) -> tuple[PostId, ...]:
    """All posts in a row, without repetitions."""
    return tuple(dict.fromkeys(post_id for posts in lists for post_id in posts))
