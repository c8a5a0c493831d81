"""Chats as the bot meets them: what a new one starts with, and who decides that it is served."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.chat_settings.edition_slots import edition_due_at, next_edition_at
from bot.chat_settings.schedule import held_until, next_digest_at, replanned_digest_at
from bot.chat_settings.votes import has_vote_buttons
from bot.config import ServePolicy
from bot.logs import chat_fields
from bot.pages.corrections import Hand
from storage import chats, messages, outbox
from storage.models import (
    Chat,
    ChatId,
    ChatKind,
    ChatSettings,
    ChatState,
    Night,
    Period,
    PushMode,
    QuietHours,
    Repeats,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.config import Settings
    from storage.database import Connection, Database, Transaction

log = logging.getLogger(__name__)

GROUPS = frozenset({ChatKind.GROUP, ChatKind.SUPERGROUP})
EVERY_DAY = frozenset(range(7))
NIGHT = QuietHours(22 * 60, 8 * 60)
DAY_MINUTES = 24 * 60
TOLD_HOURS = timedelta(hours=24)
MOST_TOLD = 3
NIGHTS_AT_ONCE = 50
"""Chats for which one transaction plans the morning."""
MOST_REMEMBERED = 10_000
FOLLOWING = 10
"""So many of a chat's newest cards follow at once where vote buttons come or go; in a minute a
group takes twenty messages (Telegram's FAQ for bots)."""


class Chats:
    """Knows every chat, and keeps what its administrators chose."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._told: dict[ChatId, tuple[datetime, ...]] = {}
        """When chats were told that they wait, the longest ago first."""

    async def get(self, chat_id: ChatId, *, follows: bool = False) -> Chat | None:
        """The chat as it is known, or None.

        `follows`: by the id that it has now, where it became a supergroup since.
        """

        async def get(db: Connection) -> Chat | None:
            now_id = await chats.current_id(db, chat_id) if follows else chat_id
            return await chats.get_chat(db, now_id)

        return await self._database.read(get)

    def new(
        self,
        chat_id: ChatId,
        kind: ChatKind,
        title: str,
        *,
        is_forum: bool = False,
        language: str | None = None,
    ) -> Chat:
        """A chat with what a new one starts with; waiting, unless it is private.

        A private chat's title is a person's name, and is not kept.
        """
        private = kind is ChatKind.PRIVATE
        return Chat(
            id=chat_id,
            kind=kind,
            title="" if private else title,
            state=ChatState.SERVED if private else ChatState.WAITING,
            can_write=True,
            is_forum=is_forum,
            settings=self._first_settings(kind, language),
            joined_at=self._clock.now(),
            digest_due_at=None,
            last_digest_at=None,
        )

    def _first_settings(self, kind: ChatKind, language: str | None) -> ChatSettings:
        return ChatSettings(
            language=language or self._settings.language,
            timezone=self._settings.timezone,
            push=PushMode.OFF if kind is ChatKind.PRIVATE else PushMode.ON,
            quiet=NIGHT,
            digest_times=(self._settings.digest_time,) if kind in GROUPS else (),
            digest_days=EVERY_DAY,
            thread_id=None,
            night=Night.SILENT if kind is ChatKind.CHANNEL else Night.WAIT,
            repeats=Repeats.BRIEF,
            cleanup_minutes=DAY_MINUTES if kind in GROUPS else None,
            full_here=kind not in GROUPS,
        )

    def is_as_new(self, chat: Chat) -> bool:
        """Whether posts come to a chat as to a new one of its kind: nobody chose otherwise."""
        new = self._first_settings(chat.kind, None)
        return (chat.settings.push, chat.settings.digest_times) == (new.push, new.digest_times)

    def is_operator(self, user_id: int | None) -> bool:
        """Whether this person runs the bot."""
        return user_id in self._settings.operator_ids

    def is_author(self, user_id: int | None) -> bool:
        """Whether this person may publish, and take back what is theirs; operators may."""
        return user_id in self._settings.author_ids or self.is_operator(user_id)

    def hand_of(self, chat: Chat) -> Hand | None:
        """Whose private chat it is, where that is an author's or an operator's; None for others."""
        if chat.kind is not ChatKind.PRIVATE or not self.is_author(chat.id):
            return None
        return Hand(chat.id, is_operator=self.is_operator(chat.id))

    def is_named(self, chat_id: int, username: str | None) -> bool:
        """Whether CHANNELS names a channel, by its id or its public name."""
        names = {str(chat_id), f"@{username}".lower() if username else ""}
        return any(one.lower() in names for one in self._settings.channels)

    def is_served_from(self, chat: Chat, *, by_operator: bool) -> bool:
        """Whether a chat that the bot comes to is served at once."""
        is_private = chat.kind is ChatKind.PRIVATE
        return is_private or by_operator or self._settings.serve is ServePolicy.OPEN

    def may_say_waiting(self, chat_id: ChatId) -> bool:
        """Whether a chat is told once more that it waits: a few times a day."""
        now = self._clock.now()
        said = [at for at in self._told.pop(chat_id, ()) if now - at < TOLD_HOURS]
        may = len(said) < MOST_TOLD
        self._told[chat_id] = (*said, now) if may else tuple(said)
        while len(self._told) > MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
        return may

    async def join(self, tx: Transaction, met: Chat, *, by_operator: bool) -> Chat:
        """The bot came to a chat, or came back: settings as before, and no backlog.

        It is served at once where an operator brought the bot or named the chat, or where SERVE is
        open. Otherwise it waits, whoever is its administrator.
        """
        known = await chats.get_chat(tx, met.id)
        if known is None:
            await chats.add_chat(tx, met)
            known = met
        else:
            await chats.set_profile(
                tx, met.id, kind=met.kind, title=met.title, is_forum=met.is_forum
            )
        is_new = known is met or known.state is ChatState.LEFT
        if self.is_served_from(met, by_operator=by_operator):
            await self._serve(tx, known)
        elif known.state is ChatState.LEFT:
            await self._enter(tx, known, ChatState.WAITING)
        chat = await self._get(tx, met.id)
        if is_new:
            event = "chat_met" if chat.state is ChatState.SERVED else "chat_waiting"
            tell_of_chat(tx, event, chat)
        elif known.state is not chat.state:
            tell_of_chat(tx, "chat_approved", chat)
        return chat

    async def approve(self, tx: Transaction, chat_id: ChatId) -> Chat | None:
        """An operator lets a chat be served; None where the bot is not there."""
        known = await chats.get_chat(tx, chat_id)
        if known is None or known.state is ChatState.LEFT:
            return None
        await self._serve(tx, known)
        if known.state is not ChatState.SERVED:
            tell_of_chat(tx, "chat_approved", known)
        return await self._get(tx, chat_id)

    async def change(self, tx: Transaction, chat: Chat, settings: ChatSettings) -> Chat:
        """Keep what an administrator chose, and work out when the next digest and editions are due.

        What waits for the end of the quiet hours waits for the new one, or goes at once.
        Under the id that the chat has by now: it may have become a supergroup meanwhile.
        """
        now = self._clock.now()
        chat = replace(chat, id=await chats.current_id(tx, chat.id))
        known = await chats.get_chat(tx, chat.id)
        if known is None:
            await chats.add_chat(tx, chat)
        before = known or chat
        digest_due_at = replanned_digest_at(settings, before.digest_due_at, now=now)
        await chats.set_settings(tx, chat.id, settings, digest_due_at)
        await outbox.set_night(tx, chat.id, held_until(settings, now) or now, now)
        for period in Period:
            due = next_edition_at(settings, period, edition_due_at(before, period), now=now)
            await chats.set_edition_due(tx, chat.id, period, due)
        await self._let_buttons_follow(tx, before, replace(before, settings=settings))
        return replace(chat, settings=settings, digest_due_at=digest_due_at)

    async def see(self, tx: Transaction, chat_id: ChatId, *, is_seen: bool) -> None:
        """The bot is shown reactions in a chat, or no more; the buttons of its cards follow."""
        before = await self._get(tx, chat_id)
        await chats.set_sight(tx, chat_id, is_seen=is_seen)
        await self._let_buttons_follow(tx, before, await self._get(tx, chat_id))

    async def _let_buttons_follow(self, tx: Transaction, before: Chat, after: Chat) -> None:
        if has_vote_buttons(before) != has_vote_buttons(after):
            await messages.set_refresh_of_chat(tx, after.id, self._clock.now(), limit=FOLLOWING)

    async def plan_nights(self) -> None:
        """At a start, and when the clock was set: what waits for a morning waits for the right one.

        The rules of the chat's zone, or the clock, may have been others when it was queued. A slice
        of chats a transaction: between two of them the writer is everybody's.
        """
        now = self._clock.now()
        waiting = await self._database.read(lambda db: outbox.list_night_chats(db, now))
        for first in range(0, len(waiting), NIGHTS_AT_ONCE):
            some = waiting[first : first + NIGHTS_AT_ONCE]
            await self._database.write(partial(_plan_nights, some, now))

    async def _serve(self, tx: Transaction, known: Chat) -> None:
        """Serve a chat from now on; one that was held gets what was kept for it, too."""
        if known.state is ChatState.HELD:
            await chats.set_state(tx, known.id, ChatState.SERVED)
        elif known.state is not ChatState.SERVED:
            await self._enter(tx, known, ChatState.SERVED)

    async def _enter(self, tx: Transaction, known: Chat, state: ChatState) -> None:
        now = self._clock.now()
        await chats.set_state(tx, known.id, state, joined_at=now)
        await chats.set_can_write(tx, known.id, can_write=True)
        due = next_digest_at(known.settings, after=now) if state is ChatState.SERVED else None
        await chats.set_digest_due(tx, known.id, due, last_digest_at=now)
        for period in Period:
            following = next_edition_at(known.settings, period, None, now=now)
            due = following if state is ChatState.SERVED else None
            await chats.set_edition_due(tx, known.id, period, due)

    async def _get(self, tx: Transaction, chat_id: ChatId) -> Chat:
        known = await chats.get_chat(tx, chat_id)
        if known is None:  # pragma: no cover  # it was added or read in this transaction
            raise LookupError(chat_id)
        return known


def tell_of_chat(tx: Transaction, event: str, chat: Chat, **more: object) -> None:
    """Log what happened to a chat once it is committed: met, waiting, approved or left."""
    tx.afterwards(partial(log.info, event, extra=chat_fields(chat) | more))


async def _plan_nights(waiting: Sequence[ChatId], now: datetime, tx: Transaction) -> None:
    """What waits in these chats for a morning waits for the one that comes by their settings."""
    ids = [await chats.current_id(tx, chat_id) for chat_id in waiting]
    known = (await chats.get_chats(tx, ids)).values()
    nights = [(chat.id, held_until(chat.settings, now) or now) for chat in known]
    await outbox.set_nights(tx, nights, now)
