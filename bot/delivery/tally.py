"""What came of pushes, counted: a line a post or a moment, not one a chat.

Pushes of one thing leave within seconds of each other, or as fast as Telegram lets them. A line
comes once nothing more of it came for a while, and now and then while it lasts.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.delivery.failures import CannotWrite, Migrated
from bot.delivery.plan import MOST_ALONE
from storage.models import DigestPush, EditionPush, NoticePush, PostPush

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.delivery.failures import Failure
    from bot.delivery.next_step import Next
    from storage.models import ChatId, OutboxRow, PostId, Push, UnreadablePush

log = logging.getLogger(__name__)

QUIET = timedelta(seconds=10)
"""So long nothing more of it came: it is done."""
LONGEST = timedelta(minutes=5)
"""After that it is told how far it came."""


@dataclass(frozen=True, slots=True)
class _Thing:
    """What pushes have in common, and so are counted as one; failures apart by their reason."""

    event: str
    what: str = ""
    """The post, the period, or the message of a notice."""
    why: str = ""
    then: str = ""


@dataclass(slots=True)
class _Count:
    """Of one thing since `begun_at`: the chats, and the posts that they were told."""

    begun_at: datetime
    last_at: datetime
    chats: set[ChatId] = field(default_factory=set)
    posts: set[PostId] = field(default_factory=set)


class Tally:
    """Counts pushes, and logs the counts: `run` every second or so, `close` at the end."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: dict[_Thing, _Count] = {}

    def sent(self, row: OutboxRow) -> None:
        """Telegram has a push. What the bot itself has to say is no news."""
        match row.push:
            case PostPush(post_ids):
                for post_id in post_ids:
                    self._add(_Thing("post_sent", str(post_id)), row.chat_id, (post_id,))
            case DigestPush() as push:
                told = (*push.new, *push.brief, *push.liked)
                self._add(_Thing("digest_sent"), row.chat_id, told)
            case EditionPush(period, best, new):
                told = (*(post_id for post_id, _ in best), *new)
                self._add(_Thing("edition_sent", str(period)), row.chat_id, told)
            case _:
                log.debug("notice_sent", extra={"row": row.id})

    def failed(self, row: OutboxRow, failure: Failure, following: Next) -> None:
        """A push did not go, or may not have; `following` is what was decided of it."""
        if isinstance(failure, Migrated):
            return  # it goes on under another id
        then = type(following).__name__.lower()
        thing = _Thing("push_not_sent", _name(row.push), _reason(failure), then)
        self._add(thing, row.chat_id, ())

    def settled(self, event: str, row: OutboxRow) -> None:
        """A push in doubt was settled: sent once more, or one of two copies deleted."""
        self._add(_Thing(event, _name(row.push)), row.chat_id, ())

    async def run(self) -> None:
        """Log what is done by now, or lasts."""
        now = self._clock.now()
        self._tell(lambda one: abs(now - one.last_at) >= QUIET or now - one.begun_at >= LONGEST)

    def close(self) -> None:
        """Log all that was counted."""
        self._tell(lambda _: True)

    def _add(self, thing: _Thing, chat_id: ChatId, post_ids: Collection[PostId]) -> None:
        now = self._clock.now()
        count = self._counts.setdefault(thing, _Count(now, now))
        count.last_at = now
        count.chats.add(chat_id)
        count.posts.update(post_ids)

    def _tell(self, is_due: Callable[[_Count], bool]) -> None:
        due = [thing for thing, count in self._counts.items() if is_due(count)]
        found = [(thing, self._counts.pop(thing)) for thing in due]
        posts = [count for thing, count in found if thing.event == "post_sent"]
        if len(posts) > MOST_ALONE:
            _tell_of_posts(posts)
        for thing, count in found:
            if thing.event != "post_sent":
                _tell_of_other(thing, count)
            elif len(posts) <= MOST_ALONE:
                (post_id,) = count.posts
                log.info("post_sent", extra={"post": post_id, "chats": len(count.chats)})


def _tell_of_posts(counts: Sequence[_Count]) -> None:
    """Many at once, which came as a list."""
    chats = {chat_id for count in counts for chat_id in count.chats}
    log.info("posts_sent", extra={"posts": len(counts), "chats": len(chats)})


def _tell_of_other(thing: _Thing, count: _Count) -> None:
    chats = {"chats": len(count.chats)}
    match thing.event:
        case "digest_sent":
            log.info("digest_sent", extra={**chats, "posts": len(count.posts)})
        case "edition_sent":
            more = {"period": thing.what, "posts": len(count.posts)}
            log.info("edition_sent", extra={**chats, **more})
        case "push_resent_unproven":
            log.warning("push_resent_unproven", extra={"push": thing.what, **chats})
        case "copy_taken_back":
            log.info("copy_taken_back", extra={"push": thing.what, **chats})
        case _:
            alone = {"chat": next(iter(count.chats))} if len(count.chats) == 1 else {}
            said = {"push": thing.what, "why": thing.why, "then": thing.then}
            log.warning("push_not_sent", extra={**said, **chats, **alone})


def _name(push: Push | UnreadablePush) -> str:
    """What a push is: `post 12`, `digest`, `edition week`, `notice trouble.chat`."""
    match push:
        case PostPush((post_id,)):
            return f"post {post_id}"
        case PostPush(post_ids):
            return f"{len(post_ids)} posts"
        case EditionPush(period):
            return f"edition {period}"
        case NoticePush(key):
            return f"notice {key}"
        case _:
            return type(push).__name__.removesuffix("Push").lower()


def _reason(failure: Failure) -> str:
    """Why it failed, without what differs from chat to chat."""
    reason = str(getattr(failure, "reason", "")) or type(failure).__name__
    return f"{failure.loss}: {reason}" if isinstance(failure, CannotWrite) else reason
