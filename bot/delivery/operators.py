"""What the operators are told, each thing once: in private, through the outbox like every push."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.delivery.compose import QUIET_KEY
from storage import chats, outbox
from storage.models import ChatId, ChatKind, ChatState, NewOutboxRow, NoticePush
from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.clock import Clock
    from storage.database import Transaction
    from storage.models import Chat, PostId, SourceId

NOTICED = timedelta(hours=1)
MOST_NOTICES = 10
"""Chats that wait, each with a notice of its own, within `NOTICED`."""


class Operators:
    """Tells every operator something, at most once an `item`."""

    def __init__(self, ids: tuple[int, ...], clock: Clock) -> None:
        self.ids = ids
        self._clock = clock

    async def ask_approval(self, tx: Transaction, chat: Chat, username: str | None) -> None:
        """Tell of a chat that waits, once each time that the bot is added.

        Strangers can make as many as they like, and come and go: where many were told of within an
        hour, one notice names the list instead.
        """
        since = self._clock.now() - NOTICED
        told = await outbox.count_notices(tx, "waiting:", since) if self.ids else 0
        if told < MOST_NOTICES * len(self.ids):
            await self._ask(tx, "waiting", chat, username)
            return
        hour = to_seconds(self._clock.now()) // int(NOTICED.total_seconds())
        await self.tell(tx, f"waiting:many:{hour}", "notice.waiting.many")

    async def ask_about_held(self, tx: Transaction) -> None:
        """Tell of each channel that an older version served unasked, once."""
        for chat in await chats.list_chats(tx, ChatState.HELD):
            await self._ask(tx, "held", chat)

    async def offer_publishing(self, tx: Transaction, chat: Chat) -> None:
        """An operator brought the bot to a channel: whether it may publish is asked apart."""
        await self._ask(tx, "channel", chat)

    async def offer_quiet(
        self, tx: Transaction, source_id: SourceId, last: PostId, *, address: str, posts: int
    ) -> None:
        """Tell of posts that a source brought quietly, up to `last`: a button pushes them."""
        values = {"source_id": source_id, "last": last, "address": address, "posts": posts}
        await self.put(tx, f"quiet:{source_id}:{last}", NoticePush(QUIET_KEY, values))

    async def tell_of_clock(self, tx: Transaction, by: timedelta) -> None:
        """Tell that the machine's clock was set by so much, once an hour at most."""
        hours, minutes = divmod(round(abs(by) / timedelta(minutes=1)), 60)
        item = f"clock:{to_seconds(self._clock.now()) // int(NOTICED.total_seconds())}"
        key = "notice.clock.back" if by < timedelta() else "notice.clock.ahead"
        await self.tell(tx, item, key, hours=hours, minutes=minutes)

    async def _ask(
        self, tx: Transaction, why: str, chat: Chat, username: str | None = None
    ) -> None:
        item = f"{why}:{chat.id}:{to_seconds(chat.joined_at)}"
        is_channel = why == "waiting" and chat.kind is ChatKind.CHANNEL
        key = "notice.waiting.channel" if is_channel else f"notice.{why}"
        values: dict[str, object] = {"title": chat.title or str(chat.id)}
        if is_channel:
            said = "notice.name" if username else "notice.no_name"
            values["name"] = {"key": said, "values": {"username": username}}
        await self.tell(tx, item, key, chat_id=chat.id, **values)

    async def tell(
        self,
        tx: Transaction,
        item: str,
        key: str,
        *,
        chat_id: ChatId | None = None,
        **values: object,
    ) -> None:
        """Put a notice in the outbox: message `key` with `values`; about `chat_id`, if any.

        A notice about a chat carries the buttons that decide about it, while it waits.
        """
        await self.put(tx, item, NoticePush(key, values, chat_id))

    async def put(
        self, tx: Transaction, item: str, notice: NoticePush, *, only: Collection[int] | None = None
    ) -> None:
        """Put a notice in the outbox, for every operator or `only` for some."""
        now = self._clock.now()
        to = self.ids if only is None else only
        rows = [NewOutboxRow(ChatId(one), item, notice, not_before=now) for one in to]
        await outbox.add_rows(tx, rows, now)
