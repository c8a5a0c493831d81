"""What a push carries, as the outbox keeps it: a kind, and JSON of what to render.

A row may be older than the program that reads it, and after a step back also younger. A list that
is missing is empty, and what is not known of a payload is left out; a kind that is not known, or a
payload that is none, is an UnreadablePush, so that one row never holds up the others.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from storage.models import (
    ChatId,
    DigestPush,
    EditionPush,
    NoticePush,
    OutboxKind,
    Period,
    PostId,
    PostPush,
    UnreadablePush,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from storage.models import Push


def kind_of(push: Push) -> OutboxKind:
    """The kind that a push is kept under."""
    return _KINDS[type(push)]


def payload_of(push: Push) -> str:
    """What a push carries, as JSON; values of a notice that JSON lacks become text."""
    if isinstance(push, PostPush):
        return json.dumps({"posts": push.posts})
    if isinstance(push, DigestPush):
        more = {"brief": push.brief, "passed": push.passed}
        lists = {"new": push.new, "liked": push.liked}
        return json.dumps({**lists, **{name: ids for name, ids in more.items() if ids}})
    if isinstance(push, EditionPush):
        return json.dumps(asdict(push))
    notice = {"key": push.key, "values": dict(push.values), "chat_id": push.chat_id}
    return json.dumps(notice, ensure_ascii=False, default=str)


def read_push(kind: str, payload: str) -> Push | UnreadablePush:
    """A push from what was kept of it."""
    try:
        kept = json.loads(payload)
    except ValueError:
        kept = None
    read = _READERS.get(kind)
    push = read(kept) if read is not None and isinstance(kept, dict) else None
    return UnreadablePush(kind, payload) if push is None else push


def _post(kept: Mapping[str, Any]) -> PostPush | None:
    posts = _posts(kept, "posts")
    return None if posts is None else PostPush(posts)


def _digest(kept: Mapping[str, Any]) -> DigestPush | None:
    lists = [_posts(kept, name) for name in ("new", "liked", "brief", "passed")]
    read = [one for one in lists if one is not None]
    return DigestPush(*read) if len(read) == len(lists) else None


def _edition(kept: Mapping[str, Any]) -> EditionPush | None:
    period, above = kept.get("period"), kept.get("above", 0)
    best, new = kept.get("best", []), _posts(kept, "new")
    earlier = kept.get("earlier")
    pairs = [*best, *([] if earlier is None else [earlier])] if isinstance(best, list) else [None]
    if period not in tuple(Period) or new is None or not isinstance(above, int):
        return None
    if not all(_is_pair(one) for one in pairs):
        return None
    counted = tuple((PostId(post_id), people) for post_id, people in best)
    found = None if earlier is None else (PostId(earlier[0]), earlier[1])
    return EditionPush(Period(period), counted, new, above, found)


def _is_pair(kept: object) -> bool:
    """A post's id and a number."""
    return isinstance(kept, list) and [type(one) for one in kept] == [int, int]


def _notice(kept: Mapping[str, Any]) -> NoticePush | None:
    key, values, chat_id = kept.get("key"), kept.get("values"), kept.get("chat_id")
    if not isinstance(key, str) or not isinstance(values, dict):
        return None
    if not isinstance(chat_id, int | None):
        return None
    return NoticePush(key, values, None if chat_id is None else ChatId(chat_id))


def _posts(kept: Mapping[str, Any], name: str) -> tuple[PostId, ...] | None:
    ids = kept.get(name, [])
    if not isinstance(ids, list) or not all(isinstance(one, int) for one in ids):
        return None
    return tuple(PostId(one) for one in ids)


_KINDS: dict[type[Push], OutboxKind] = {
    PostPush: OutboxKind.POST,
    DigestPush: OutboxKind.DIGEST,
    NoticePush: OutboxKind.NOTICE,
    EditionPush: OutboxKind.EDITION,
}
_READERS: dict[str, Callable[[Mapping[str, Any]], Push | None]] = {
    OutboxKind.POST: _post,
    OutboxKind.DIGEST: _digest,
    OutboxKind.NOTICE: _notice,
    OutboxKind.EDITION: _edition,
}
