"""Notes what leaves besides the outbox: answers and whatever else puts a message into a chat.

A search for a push whose fate is unknown then passes their ids by. Chat, id and time are kept. The
note of an answer is written with the end of its update, one commit for both; before a push or a
question of a search leaves, all notes are written, so that it knows of what went before. Of an
answer that may have arrived its buttons are kept, too, and a digest of its text: a search that
comes upon it can put back what it touched.
"""

from __future__ import annotations

import json
import logging
import secrets
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from telegram.error import TelegramError
from telegram.ext import BaseRateLimiter

from bot.delivery.evidence import digest
from bot.delivery.failures import Ambiguous
from bot.delivery.lanes import Priority, Stamp
from bot.delivery.telegram import classify
from storage import attempts, known_ids
from storage.database import DatabaseError
from storage.models import ChatId, MessageId, NewAttempt

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator
    from datetime import datetime

    from bot.clock import Clock
    from storage.database import Database, Transaction
    from storage.models import UpdateId

log = logging.getLogger(__name__)

_SENDING = ("send", "copyMessage", "forwardMessage")
_NOT_SENDING = frozenset({"sendChatAction"})
TOKEN_BYTES = 6
"""Longer than a push's: no button of ours names it."""
_ANSWERED: ContextVar[UpdateId | None] = ContextVar("_ANSWERED", default=None)


@contextmanager
def answering(update_id: UpdateId) -> Iterator[None]:
    """What leaves inside is an answer to that update."""
    before = _ANSWERED.set(update_id)
    try:
        yield
    finally:
        _ANSWERED.reset(before)


def answered_update() -> UpdateId | None:
    """The update that what leaves now answers; None for what nobody asked for."""
    return _ANSWERED.get()


class Noting(BaseRateLimiter[Priority | Stamp]):
    """Lets `pace` make the calls, and notes the messages that they make."""

    def __init__(
        self, pace: BaseRateLimiter[Priority | Stamp], database: Database, clock: Clock
    ) -> None:
        self._pace = pace
        self._database = database
        self._clock = clock
        self._unwritten: dict[tuple[ChatId, MessageId], datetime] = {}

    async def write(self, tx: Transaction) -> Collection[tuple[ChatId, MessageId]]:
        """Write the notes that are not yet; `forget` them once that is committed."""
        unwritten = dict(self._unwritten)
        for (chat_id, message_id), at in unwritten.items():
            await known_ids.add_known_id(tx, chat_id, message_id, at)
        return unwritten

    def forget(self, written: Collection[tuple[ChatId, MessageId]]) -> None:
        """These notes are committed; twice does no harm."""
        for one in written:
            self._unwritten.pop(one, None)

    async def initialize(self) -> None:
        """Open the lanes."""
        await self._pace.initialize()

    async def shutdown(self) -> None:
        """Close the lanes."""
        await self._pace.shutdown()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401  # as python-telegram-bot declares it
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Priority | Stamp | None,
    ) -> Any:  # noqa: ANN401  # likewise
        """Make the call as `pace` does. A push is noted where it is recorded."""

        async def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # likewise
            try:
                answer = await callback(*args, **kwargs)
            except TelegramError as error:
                if isinstance(classify(error), Ambiguous):
                    await self._note(lambda tx: self._note_lost(tx, data))
                raise
            self._note_sent(data, answer)
            if answered_update() is None:
                await self._note()
            return answer

        noted = call if _makes_message(endpoint) and not _is_push(rate_limit_args) else callback
        stamp = self._knowing(rate_limit_args)
        return await self._pace.process_request(noted, args, kwargs, endpoint, data, stamp)

    def _knowing(self, given: Priority | Stamp | None) -> Priority | Stamp | None:
        """A push, or a question of a search, leaves once all notes are written."""
        if not isinstance(given, Stamp) or given.begin is None:
            return given
        begin = given.begin

        async def begin_knowing() -> None:
            if self._unwritten:
                await self._note()
            await begin()

        return replace(given, begin=begin_knowing)

    async def _note(self, work: Callable[[Transaction], Awaitable[None]] | None = None) -> None:
        """Write the notes, and do what is to be done with them.

        A note that cannot be made now is no reason not to answer.
        """
        try:
            async with self._database.transaction() as tx:
                written = await self.write(tx)
                if work is not None:
                    await work(tx)
        except DatabaseError as error:
            log.warning("message_not_noted", extra={"error": error})
        else:
            self.forget(written)

    def _note_sent(self, data: dict[str, Any], answer: object) -> None:
        sent = answer if isinstance(answer, dict) else {}
        chat_id, message_id = _chat_id(sent.get("chat"), data), sent.get("message_id")
        if chat_id is not None and isinstance(message_id, int):
            self._unwritten[chat_id, MessageId(message_id)] = self._clock.now()

    async def _note_lost(self, tx: Transaction, data: dict[str, Any]) -> None:
        chat_id, markup = _chat_id(None, data), data.get("reply_markup")
        has_buttons = isinstance(markup, dict) and "inline_keyboard" in markup
        if chat_id is not None:
            new = NewAttempt(
                token=secrets.token_hex(TOKEN_BYTES),
                chat_id=chat_id,
                keyboard=json.dumps(markup) if has_buttons else "",
                text_digest=digest(str(data.get("text", ""))),
                update_id=answered_update(),
            )
            await attempts.add_attempt(tx, new, self._clock.now())


def _makes_message(endpoint: str) -> bool:
    return endpoint.startswith(_SENDING) and endpoint not in _NOT_SENDING


def _is_push(given: Priority | Stamp | None) -> bool:
    return isinstance(given, Stamp) and given.begin is not None


def _chat_id(chat: object, data: dict[str, Any]) -> ChatId | None:
    """The chat that an answer names, or else the call did; None for a @name."""
    named = chat.get("id") if isinstance(chat, dict) else data.get("chat_id")
    return ChatId(named) if isinstance(named, int) else None
