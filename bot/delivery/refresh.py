"""Keeps what was sent up to date: new counts, edited and removed posts.

These edits wait behind everything else that goes to the chat. An edit may be repeated without harm,
so no state is kept of it but the time at which a message is due.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from bot.delivery.failures import (
    Ambiguous,
    AnotherInstance,
    CalledOffError,
    DeliveryError,
    NotSent,
    Throttled,
    TokenRejected,
)
from bot.pages.cards import card_page, full_page
from storage import chats, messages, posts, reactions
from storage.models import Given, View

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.clock import Clock
    from bot.delivery.compose import Composer
    from bot.delivery.failures import Failure
    from bot.pages.leaves import Leaf
    from bot.pages.page import Page
    from storage.database import Database
    from storage.models import ChatId, MessageId, Post, SentMessage

log = logging.getLogger(__name__)

AT_ONCE = 16
LEASE_SECONDS = 300
AGAIN_SECONDS = 30.0


class Editor(Protocol):
    """Edits messages of ours."""

    async def edit(
        self,
        chat_id: ChatId,
        message_id: MessageId,
        page: Page,
        begin: Callable[[], Awaitable[None]],
    ) -> bool:
        """Make a message show `page`; `begin` is awaited right before, and may call it off.

        Raises DeliveryError, and what `begin` raises.
        """
        ...


class Refresher:
    """Edits the messages whose time has come."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        composer: Composer,
        editor: Editor,
        leaf: Callable[[Post, int], Awaitable[Leaf]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._composer = composer
        self._editor = editor
        self._leaf = leaf

    async def run(self) -> int:
        """Bring up to date all that is due; how many messages that were."""
        done = 0
        while True:
            now = self._clock.now()
            until = now + timedelta(seconds=LEASE_SECONDS)
            async with self._database.transaction() as tx:
                due = await messages.claim_refreshes(tx, now, until=until, limit=AT_ONCE)
            await asyncio.gather(*[self._refresh(message) for message in due])
            done += len(due)
            if len(due) < AT_ONCE:
                return done

    async def _refresh(self, message: SentMessage) -> None:
        page = await self._page(message)
        wait: float | None = None
        if page is not None:
            wait = await self._edit(message, page)
        await self._put_down(message, wait)

    async def _edit(self, message: SentMessage, page: Page) -> float | None:
        """Edit, unless a member turned the message over meanwhile; seconds until another try."""

        async def begin() -> None:
            async with self._database.reader() as db:
                now = await messages.get_message(db, message.chat_id, message.message_id)
            if now is None or (now.view, now.page) != (message.view, message.page):
                raise CalledOffError

        try:
            await self._editor.edit(message.chat_id, message.message_id, page, begin)
        except CalledOffError:
            return None
        except DeliveryError as error:
            wait = seconds_to_wait(error.failure)
            log.debug("refresh_failed", extra={"failure": str(error.failure), "again": wait})
            return wait
        return None

    async def _put_down(self, message: SentMessage, wait: float | None) -> None:
        now = self._clock.now()
        async with self._database.transaction() as tx:
            await messages.set_fresh(tx, message, now)
            if wait is not None:
                place = (message.chat_id, message.message_id)
                await messages.set_refresh_again(tx, place, now + timedelta(seconds=wait))

    async def _page(self, message: SentMessage) -> Page | None:
        """The message as it should look; None where it is not shown any more."""
        place = (message.chat_id, message.message_id)
        async with self._database.reader() as db:
            chat = await chats.get_chat(db, message.chat_id)
            post = await posts.get_post(db, message.post_id)
            given = await reactions.get_given(db, [message.post_id])
            reader = self._composer.reader(chat, message.language)
            others = await reactions.get_given(
                db, [message.post_id], apart_from=place, with_votes=not reader.votes
            )
        if post is None:
            return None
        if message.view is View.FULL and post.taken_down_at is None:
            return full_page(reader, post, await self._leaf(post, message.page))
        elsewhere = others.get(post.id, Given())
        return card_page(reader, post, given.get(post.id, Given()), elsewhere)


def seconds_to_wait(failure: Failure) -> float | None:
    """How long to wait before the edit is tried again; None where it is of no use."""
    match failure:
        case Throttled(seconds):
            return seconds
        case NotSent() | Ambiguous() | TokenRejected() | AnotherInstance():
            return AGAIN_SECONDS
        case _:
            return None
