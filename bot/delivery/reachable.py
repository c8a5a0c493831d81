"""What chats do not take, told to the operators: any message of ours, or one in whatever form.

A chat is asked about before it is given up.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from telegram.error import BadRequest, Forbidden, TelegramError

from bot.delivery.administrators import reachable_administrators
from bot.delivery.failures import REFUSED, CannotWrite, DeliveryError, Loss, NotSent
from bot.delivery.outbox import Transport
from bot.delivery.refresh import Editor
from bot.delivery.troubles import Trouble
from storage import chats, troubles
from storage.database import DatabaseError
from storage.models import ChatKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Bot

    from bot.delivery.compose import OutgoingMessage
    from bot.delivery.failures import Failure
    from bot.delivery.telegram import Sent
    from bot.delivery.troubles import Troubles
    from bot.pages.page import Page
    from storage.database import Database
    from storage.models import Chat, ChatId, MessageId

log = logging.getLogger(__name__)


class Messages(Transport, Editor, Protocol):
    """Puts messages into chats, and edits them."""


class ReachableTransport:
    """Sends with another transport, and looks at what comes of it.

    A chat that is not found may be there all the same (a server that was moved, or has just
    started, does not know it yet): it is gone once getChat says so, too. Until then the push waits.
    """

    def __init__(
        self, transport: Messages, bot: Bot, database: Database, troubles_: Troubles
    ) -> None:
        self._transport = transport
        self._bot = bot
        self._database = database
        self._troubles = troubles_
        self._mute: set[str] | None = None
        """Chats that could not be written to, by the database."""

    async def send(
        self, chat_id: ChatId, message: OutgoingMessage, begin: Callable[[], Awaitable[None]]
    ) -> Sent:
        """Send a message. Raises DeliveryError, and what `begin` raises."""
        try:
            sent = await self._transport.send(chat_id, message, begin)
        except DeliveryError as error:
            failure = await self._looked_into(chat_id, error.failure)
            if isinstance(failure, CannotWrite):
                await self._note(self._tell(chat_id, failure.loss))
            await self._note(self._tell_of_refusal(chat_id, failure))
            raise DeliveryError(failure) from error
        await self._note(self._tell_if_over(chat_id))
        return sent

    async def edit(
        self,
        chat_id: ChatId,
        message_id: MessageId,
        page: Page,
        begin: Callable[[], Awaitable[None]],
    ) -> bool:
        """Edit a message. Raises DeliveryError, and what `begin` raises."""
        try:
            return await self._transport.edit(chat_id, message_id, page, begin)
        except DeliveryError as error:
            await self._note(self._tell_of_refusal(chat_id, error.failure))
            raise

    async def _looked_into(self, chat_id: ChatId, failure: Failure) -> Failure:
        if not isinstance(failure, CannotWrite) or failure.loss is not Loss.GONE:
            return failure
        try:
            await self._bot.get_chat(chat_id)
        except (BadRequest, Forbidden):
            return failure
        except TelegramError as error:
            return NotSent(f"{failure.reason}, and {type(error).__name__}")
        return NotSent(f"{failure.reason}, though it is there")

    async def _note(self, work: Awaitable[None]) -> None:
        """What is told must not change what became of the push."""
        try:
            await work
        except DatabaseError as error:
            log.error("trouble_not_told", extra={"error": error})  # noqa: TRY400  # the error says it all

    async def _tell(self, chat_id: ChatId, loss: Loss) -> None:
        async with self._database.transaction() as tx:
            chat = await chats.get_chat(tx, chat_id)
            if chat is None or not _concerns_operators(chat, loss):
                return
            title, begins = chat.title or str(chat_id), False
            if loss is Loss.FORBIDDEN:
                begins = await self._troubles.begin(tx, Trouble.CHAT, str(chat_id), title=title)
            else:
                await self._troubles.tell_of_loss(tx, str(chat_id), title)
        if begins:
            await self._tell_administrators(chat_id, title)
        if self._mute is not None and loss is Loss.FORBIDDEN:
            self._mute.add(str(chat_id))

    async def _tell_administrators(self, chat_id: ChatId, title: str) -> None:
        people = await reachable_administrators(self._bot, self._database, chat_id)
        async with self._database.transaction() as tx:
            await self._troubles.tell_administrators(tx, chat_id, title, people)

    async def _tell_of_refusal(self, chat_id: ChatId, failure: Failure) -> None:
        if isinstance(failure, REFUSED):
            async with self._database.transaction() as tx:
                await self._troubles.tell_of_refusal(tx, chat_id, failure)

    async def _tell_if_over(self, chat_id: ChatId) -> None:
        if self._mute is None:
            async with self._database.reader() as db:
                self._mute = set(await troubles.list_subjects(db, Trouble.CHAT))
        if (subject := str(chat_id)) not in self._mute:
            return
        async with self._database.transaction() as tx:
            chat = await chats.get_chat(tx, chat_id)
            title = chat.title if chat is not None and chat.title else subject
            await self._troubles.over(tx, Trouble.CHAT, subject, title=title)
        self._mute.discard(subject)


def _concerns_operators(chat: Chat, loss: Loss) -> bool:
    """Not who stops the bot in private, nor a group that throws it out: that is theirs."""
    if chat.kind is ChatKind.PRIVATE:
        return False
    return loss in {Loss.FORBIDDEN, Loss.GONE} or chat.kind is ChatKind.CHANNEL
