"""Records what became of a push: in one transaction, tried again until the database takes it."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.backoff import Backoff
from bot.chats import tell_of_chat
from bot.delivery.evidence import digest
from bot.delivery.next_step import Again, Doubt, GiveUp, Leave, Move
from bot.delivery.outcomes import pushed_as, waited_seconds
from bot.delivery.tally import Tally
from bot.figures import Figures, Pushed, Settled
from bot.pages.keyboards import message_arguments
from storage import attempts, chats, known_ids, lists, messages, outbox, pins, posts, reactions
from storage.database import DatabaseError
from storage.lists import PostList
from storage.models import (
    ChatKind,
    ChatState,
    DigestPush,
    EditionPush,
    NewAttempt,
    NewOutboxRow,
    NoticePush,
    OutboxState,
    PostPush,
    UnreadablePush,
    View,
)
from storage.pushes import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from bot.clock import Clock
    from bot.delivery.compose import OutgoingMessage
    from bot.delivery.next_step import Next
    from bot.delivery.telegram import Sent
    from storage.database import Database, Transaction
    from storage.models import Attempt, ChatId, MessageId, OutboxRow, Post, PostId, ThreadId

log = logging.getLogger(__name__)

WAITS = Backoff((0.5, 1.0, 2.0, 5.0, 10.0, 30.0))
"""A full disk is emptied, a lock is given back; what Telegram took must not be forgotten."""
OPEN = frozenset({OutboxState.PENDING, OutboxState.UNKNOWN})
"""A push that would be sent, unless an attempt of it was seen."""
SEARCHES_AGAIN = (20, 120, 900)
"""So many seconds after a resend it is looked again for the first one: a send that a server holds
has no time limit, and may land minutes later."""


class Ledger:
    """Writes the states of the outbox's rows."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        tally: Tally | None = None,
        figures: Figures | None = None,
    ) -> None:
        """`tally` counts for the log what was sent, with what others count."""
        self._database = database
        self._clock = clock
        self._tally = tally or Tally(clock)
        self._figures = figures or Figures()

    async def interrupt(self) -> int:
        """Put in doubt what an earlier run was sending; how many pushes that were."""
        now = self._clock.now()
        interrupted = await self._database.write(lambda tx: outbox.set_interrupted(tx, now))
        self._figures.interrupted(interrupted)
        return interrupted

    async def claim(self, row: OutboxRow, message: OutgoingMessage, token: str) -> bool:
        """The message leaves now; False when the row does not wait any more.

        Raises DatabaseError: it is not put down, so it must not leave.
        """
        now, attempt = self._clock.now(), _attempt(row, message, token)

        async def work(tx: Transaction) -> bool:
            claimed = await outbox.claim_row(tx, row.id, token=token, now=now)
            if claimed:
                await attempts.add_attempt(tx, attempt, now)
            return claimed

        return await self._database.write(work)

    async def sent(self, row: OutboxRow, message: OutgoingMessage, token: str, sent: Sent) -> None:
        """Telegram has it; the message is tied to the post that it shows.

        Where its topic was deleted, the chat itself gets what comes from now on, and is told.
        """

        async def work(tx: Transaction) -> None:
            now = self._clock.now()
            if not await outbox.set_sent(tx, row.id, sent.message_id, now):
                return  # whoever got it was forgotten meanwhile
            tx.afterwards(partial(self._tally.sent, row))
            await known_ids.add_known_id(tx, row.chat_id, sent.message_id, now)
            await _end_attempt(tx, row, token, sent.message_id, now)
            if message.shows is not None:
                await _tie(tx, row, message, message.shows, sent.message_id, now)
            await _want_pinned(tx, row, sent.message_id)
            shown = PostList(message.page.items or (), besides=message.page.besides)
            await _keep_list(tx, row.chat_id, shown, sent.message_id, now)
            if sent.without_thread and message.thread_id is not None:
                await _leave_thread(tx, row.chat_id, message.thread_id, now)

        waited = waited_seconds(row, message.shows, self._clock.now())
        await self._store(work)
        self._figures.pushed(_kind(row), Pushed.SENT)
        self._figures.arrived(_kind(row), waited)

    async def not_sent(self, row: OutboxRow, following: Next, token: str | None = None) -> None:
        """It did not go, or may not have gone; `following` is what was decided of that attempt."""

        async def work(tx: Transaction) -> None:
            if token is not None and not isinstance(following, Doubt):
                await attempts.delete_attempt(tx, token)
            await self._apply(tx, row, following)
            await _settle_if_seen(tx, row, self._clock.now(), self._tally)

        await self._store(work)
        self._figures.pushed(_kind(row), pushed_as(following))

    async def dropped(self, row: OutboxRow, reason: str) -> None:
        """Nobody wants it any more."""
        await self._store(lambda tx: outbox.set_dropped(tx, row.id, reason, self._clock.now()))
        self._figures.pushed(_kind(row), Pushed.DROPPED)

    async def resent(self, row: OutboxRow) -> None:
        """What is in doubt goes again."""
        await self._store(lambda tx: outbox.set_resend(tx, row.id, self._clock.now()))
        self._figures.settled(Settled.RESENT)
        self._tally.settled("push_resent_unproven", row)

    async def arrived(self, token: str, message_id: MessageId) -> bool:
        """An attempt was seen in its chat; False where that was known, or nobody asks any more.

        The message is tied to its post. A push that waited for a proof is sent; of one that went
        once more, two are there now.
        """
        news = of_push = False

        async def work(tx: Transaction) -> None:
            nonlocal news, of_push
            attempt = await attempts.get_attempt(tx, token)
            news = attempt is not None and attempt.message_id is None
            of_push = attempt is not None and attempt.outbox_id is not None
            if attempt is not None and news:
                await _take_arrival(tx, attempt, message_id, self._clock.now(), self._tally)

        await self._store(work)
        if news and of_push:
            self._figures.settled(Settled.FOUND)
        return news

    async def seen(self, row: OutboxRow) -> None:
        """An earlier attempt of a push in doubt was seen: it is not sent again."""
        await self._store(lambda tx: _settle_if_seen(tx, row, self._clock.now(), self._tally))

    async def touched(self, token: str) -> None:
        """Somebody pressed a button of it or replied: this copy is not to be taken back."""
        await self._store(lambda tx: attempts.set_touched(tx, token))

    async def known(self, chat_id: ChatId, message_id: MessageId) -> None:
        """It is known whose message that is, while anything is lost there: nobody asks again."""

        async def work(tx: Transaction) -> None:
            if await attempts.list_lost(tx, chat_id):
                await known_ids.add_known_id(tx, chat_id, message_id, self._clock.now())

        await self._store(work)

    async def mended(self, row: OutboxRow, spare: Attempt) -> None:
        """That copy was taken back: the other one is the push's message."""

        async def work(tx: Transaction) -> None:
            if spare.message_id is not None:
                await messages.delete_message(tx, spare.chat_id, spare.message_id)
            await attempts.delete_attempt(tx, spare.token)
            left = await attempts.list_attempts(tx, row.id)
            kept = [one for one in left if one.message_id is not None]
            if kept:
                now, alone, message_id = self._clock.now(), len(left) == 1, _id_in(row, kept[0])
                await outbox.set_proven(tx, row.id, message_id, now, is_alone=alone)
                if spare.message_id is not None and message_id is not None:
                    await pins.set_gone(tx, row.chat_id, spare.message_id, instead=message_id)

        await self._store(work)
        self._figures.settled(Settled.TAKEN_BACK)
        self._tally.settled("copy_taken_back", row)

    async def doubled(self, row: OutboxRow) -> None:
        """Two are there and stay: each counts for the post."""
        await self._store(lambda tx: outbox.set_doubled(tx, row.id, self._clock.now()))
        self._figures.settled(Settled.DOUBLED)

    async def _apply(self, tx: Transaction, row: OutboxRow, following: Next) -> None:
        now = self._clock.now()
        match following:
            case Again(at, reason):
                await outbox.set_pending(tx, row.id, at, reason, now)
            case Doubt(reason):
                await outbox.set_unknown(tx, row.id, reason, now)
            case Leave(reason) if await chats.current_id(tx, row.chat_id) != row.chat_id:
                await outbox.set_pending(tx, row.id, now, reason, now)  # it moved meanwhile
            case Leave(reason):
                await outbox.set_all_dropped(tx, row.chat_id, reason, now)
                await _leave(tx, row.chat_id, reason)
            case Move(chat_id):
                await outbox.set_pending(tx, row.id, now, f"migrated to {chat_id}", now)
                await _move(tx, row.chat_id, chat_id)
            case GiveUp(reason):
                await outbox.set_failed(tx, row.id, reason, now)

    async def _store(self, work: Callable[[Transaction], Coroutine[Any, Any, object]]) -> None:
        failures = 0
        while not await self._try(work):
            failures += 1
            await self._clock.sleep(WAITS.after(failures))

    async def _try(self, work: Callable[[Transaction], Coroutine[Any, Any, object]]) -> bool:
        try:
            await self._database.write(work)
        except DatabaseError as error:
            log.error("push_not_stored", extra={"error": error})  # noqa: TRY400  # the error says it all
            return False
        return True


def _kind(row: OutboxRow) -> str:
    return row.push.kind if isinstance(row.push, UnreadablePush) else kind_of(row.push)


def _attempt(row: OutboxRow, message: OutgoingMessage, token: str) -> NewAttempt:
    sent = message_arguments(message.page)
    markup = sent["reply_markup"]
    return NewAttempt(
        token=token,
        chat_id=row.chat_id,
        keyboard="" if markup is None else json.dumps(markup),
        text_digest=digest(sent["text"]),
        outbox_id=row.id,
        post_id=None if message.shows is None else message.shows.id,
        language=message.language,
    )


async def _end_attempt(
    tx: Transaction, row: OutboxRow, token: str, message_id: MessageId, now: datetime
) -> None:
    """It arrived. What came before it and was never seen is looked for once more."""
    if not row.doubts:
        await attempts.delete_attempt(tx, token)
        return
    await attempts.set_arrived(tx, token, message_id)
    await _search_again(tx, row, now)


async def _search_again(tx: Transaction, row: OutboxRow, now: datetime) -> None:
    at = now + timedelta(seconds=SEARCHES_AGAIN[0])
    for attempt in await attempts.list_attempts(tx, row.id):
        if attempt.message_id is None:
            await attempts.set_search(tx, attempt.token, at)


async def _take_arrival(
    tx: Transaction, attempt: Attempt, message_id: MessageId, now: datetime, tally: Tally
) -> None:
    await attempts.set_arrived(tx, attempt.token, message_id)
    await known_ids.add_known_id(tx, attempt.chat_id, message_id, now)
    if attempt.outbox_id is None:
        return
    if attempt.post_id is not None and await posts.get_post(tx, attempt.post_id) is not None:
        await _tie_found(tx, attempt, message_id, now)
    row = await outbox.get_row(tx, attempt.outbox_id)
    if row is not None and attempt.post_id is None:
        listed = [one for one in _listed(row) if await _is_there(tx, one)]
        shown = PostList(tuple(listed), besides=_besides(row))
        await _keep_list(tx, attempt.chat_id, shown, message_id, now)
    if row is not None and row.state in OPEN:
        await _settle(tx, row, replace(attempt, message_id=message_id), now)
        tx.afterwards(partial(tally.sent, row))


async def _settle(tx: Transaction, row: OutboxRow, seen: Attempt, now: datetime) -> None:
    """It is sent; where an earlier attempt was never seen, that one may be there besides."""
    lost = [one for one in await attempts.list_attempts(tx, row.id) if one.message_id is None]
    message_id = _id_in(row, seen)
    await outbox.set_proven(tx, row.id, message_id, now, is_alone=not lost)
    if message_id is not None:
        await _want_pinned(tx, row, message_id)
    if lost:
        await _search_again(tx, row, now)


async def _want_pinned(tx: Transaction, row: OutboxRow, message_id: MessageId) -> None:
    """Where a chat wants it so, what comes by itself is pinned; what the bot has to tell is not."""
    chat = None if isinstance(row.push, NoticePush) else await chats.get_chat(tx, row.chat_id)
    if chat is not None and chat.settings.pin:
        await pins.set_wanted(tx, row.chat_id, message_id)


async def _settle_if_seen(tx: Transaction, row: OutboxRow, now: datetime, tally: Tally) -> None:
    """While one attempt was on its way, another was seen: what came of the one matters no more."""
    of_row = await attempts.list_attempts(tx, row.id)
    first = next((one for one in of_row if one.message_id is not None), None)
    after = await outbox.get_row(tx, row.id) if first is not None else None
    if first is not None and after is not None and after.state in OPEN:
        await _settle(tx, after, first, now)
        tx.afterwards(partial(tally.sent, after))


def _id_in(row: OutboxRow, seen: Attempt) -> MessageId | None:
    """The message's id in the push's chat; None where the chat had another id then."""
    return seen.message_id if seen.chat_id == row.chat_id else None


async def _tie_found(
    tx: Transaction, attempt: Attempt, message_id: MessageId, now: datetime
) -> None:
    """As `_tie`, later: what changed since it left is made up for."""
    place = (attempt.chat_id, message_id)
    shown = await messages.get_message(tx, *place)
    if shown is None and attempt.post_id is not None:
        await messages.set_message(
            tx,
            *place,
            attempt.post_id,
            view=View.CARD,
            page=0,
            language=attempt.language,
            sent_at=attempt.begun_at,
        )
        await messages.set_refresh(tx, [place], now)


async def _leave_thread(
    tx: Transaction, chat_id: ChatId, thread_id: ThreadId, now: datetime
) -> None:
    if await chats.withdraw_thread(tx, chat_id, thread_id):
        notice = NoticePush("notice.topic", {})
        row = NewOutboxRow(chat_id, f"topic:{thread_id}", notice, not_before=now)
        await outbox.add_rows(tx, [row], now)


async def _move(tx: Transaction, old: ChatId, new: ChatId) -> None:
    chat = await chats.get_chat(tx, old)
    if chat is not None:
        moved = replace(chat, id=new, kind=ChatKind.SUPERGROUP)
        tell_of_chat(tx, "chat_moved", moved, before=int(old))
    await chats.set_migrated(tx, old, new)


async def _leave(tx: Transaction, chat_id: ChatId, reason: str) -> None:
    chat = await chats.get_chat(tx, chat_id)
    await chats.set_state(tx, chat_id, ChatState.LEFT)
    if chat is not None and chat.state is not ChatState.LEFT:
        tell_of_chat(tx, "chat_left", chat, why=reason)


async def _keep_list(
    tx: Transaction,
    chat_id: ChatId,
    shown: PostList,
    message_id: MessageId,
    now: datetime,
) -> None:
    """Keep what a message lists: a reply may name an item by its number, a press bundle all."""
    if shown.every:
        await lists.set_list(tx, chat_id, message_id, shown, person_id=None, shown_at=now)


FITTING = 12
"""So many lines of a list fit a message, however long their titles are (bot.pages.lists)."""


def _listed(row: OutboxRow) -> tuple[PostId, ...]:
    """What the message of a push lists, as far as its posts are there.

    The first FITTING: where it has no room for more, what follows has other numbers.
    """
    listed: tuple[PostId, ...] = ()
    match row.push:
        case PostPush(post_ids):
            return post_ids
        case DigestPush(new, liked):
            listed = (*new, *liked)
        case EditionPush(_, best, new, _, earlier):
            listed = (*(post_id for post_id, _ in best), *new, *(earlier or ())[:1])
    return listed[:FITTING]


def _besides(row: OutboxRow) -> tuple[PostId, ...]:
    """What a digest tells of in short lines, which lead to the cards that came."""
    return row.push.brief if isinstance(row.push, DigestPush) else ()


async def _is_there(tx: Transaction, post_id: PostId) -> bool:
    post = await posts.get_post(tx, post_id)
    return post is not None and post.removed_at is None


async def _tie(
    tx: Transaction,
    row: OutboxRow,
    message: OutgoingMessage,
    shown: Post,
    message_id: MessageId,
    now: datetime,
) -> None:
    """Note what the message shows; a change that came while it was on its way is made up for."""
    await messages.set_message(
        tx,
        row.chat_id,
        message_id,
        shown.id,
        view=View.CARD,
        page=0,
        language=message.language,
        sent_at=now,
    )
    is_given = await reactions.is_anything_given(tx, row.chat_id, message_id)
    if is_given or await posts.get_post(tx, shown.id) != shown:
        await messages.set_refresh(tx, [(row.chat_id, message_id)], now)
