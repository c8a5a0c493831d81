"""Telegram's errors, understood in one place, and the two calls that put a page into a chat.

What an error means is decided by its type; where the type says too little, by its text in
`_BY_TEXT`, and there alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from telegram import error as errors

from bot.delivery.failures import (
    TOPIC_CLOSED,
    Ambiguous,
    AnotherInstance,
    BadFormat,
    CannotEdit,
    CannotWrite,
    DeliveryError,
    EditTargetGone,
    Failure,
    Loss,
    Migrated,
    NoLiveLocation,
    NotModified,
    NotSent,
    Other,
    QueryTooOld,
    ThreadGone,
    Throttled,
    TokenRejected,
    TooLong,
)
from bot.delivery.lanes import Priority, Stamp
from bot.delivery.wire import NEVER_LEFT, Parameters
from bot.pages.keyboards import message_arguments, reply_request
from bot.pages.page import Page
from bot.redaction import redact
from bot.text.inert import bared
from bot.text.rich import MESSAGE_UNITS
from bot.text.spelt import spelt_out
from storage.models import ChatId, MessageId, ThreadId

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram.ext import ExtBot

    from bot.delivery.compose import OutgoingMessage


_Answer = TypeVar("_Answer")


class NotSentError(errors.NetworkError):
    """The lane was closed before the request's turn came: it never left."""


_BY_TEXT: tuple[tuple[str, Failure], ...] = (
    # telegram-bot-api, Client.cpp, fail_query_with_error and check_chat_access
    ("message is not modified", NotModified()),
    ("query is too old", QueryTooOld()),
    ("user is deactivated", CannotWrite(Loss.GONE, "deactivated")),
    ("the group chat was deleted", CannotWrite(Loss.GONE, "deleted")),
    ("bot was blocked by the user", CannotWrite(Loss.BLOCKED, "blocked")),
    ("bot was kicked from", CannotWrite(Loss.KICKED, "kicked")),
    ("bot is not a member of", CannotWrite(Loss.KICKED, "not a member")),
    # Client.cpp, TdOnCheckChatCallback and check_chat_access: also "private chat not found"
    ("chat not found", CannotWrite(Loss.GONE, "chat not found")),
    # Client.cpp, check_message_topic and TdOnCheckForumTopicCallback
    ("message thread not found", ThreadGone()),
    ("topic_closed", ThreadGone(is_deleted=False)),
    ("topic_deleted", ThreadGone()),
    # Client.cpp, check_message: "message to edit"; TDLib, MessagesManager.cpp, edit_message_text
    ("message to edit not found", EditTargetGone()),
    ("message_id_invalid", EditTargetGone()),
    ("message can't be edited", CannotEdit()),
    # TDLib, MessagesManager.cpp, edit_message_live_location
    ("there is no live location in the message", NoLiveLocation()),
    # Client.cpp, check_message: "message to delete"
    ("message to delete not found", EditTargetGone()),
    ("message_author_required", CannotEdit()),
    ("message_edit_time_expired", CannotEdit()),
    ("there is no text in the message to edit", CannotEdit()),
    # TDLib, MessagesManager.cpp, process_send_message_fail_error
    ("bot can't initiate conversation", CannotWrite(Loss.BLOCKED, "never started")),
    ("bot can't send messages to the bot", CannotWrite(Loss.GONE, "a bot")),
    ("bots can't send messages to bots", CannotWrite(Loss.GONE, "a bot")),
    ("message is too long", TooLong()),
    ("text is too long", TooLong()),
    # TDLib, MessageContent.cpp, can_send_message_content; DialogManager.cpp, can_send_message
    ("not enough rights to send", CannotWrite(Loss.FORBIDDEN, "no right to send")),
    ("have no write access", CannotWrite(Loss.FORBIDDEN, "no write access")),
    ("need administrator rights in the channel", CannotWrite(Loss.FORBIDDEN, "not an admin")),
    # core.telegram.org/method/messages.sendMessage, "Possible errors", handed through as they are
    ("chat_write_forbidden", CannotWrite(Loss.FORBIDDEN, "CHAT_WRITE_FORBIDDEN")),
    ("chat_send_plain_forbidden", CannotWrite(Loss.FORBIDDEN, "CHAT_SEND_PLAIN_FORBIDDEN")),
    ("chat_guest_send_forbidden", CannotWrite(Loss.FORBIDDEN, "CHAT_GUEST_SEND_FORBIDDEN")),
    ("chat_admin_required", CannotWrite(Loss.FORBIDDEN, "CHAT_ADMIN_REQUIRED")),
    ("chat_restricted", CannotWrite(Loss.FORBIDDEN, "CHAT_RESTRICTED")),
    ("user_banned_in_channel", CannotWrite(Loss.FORBIDDEN, "USER_BANNED_IN_CHANNEL")),
    ("channel_private", CannotWrite(Loss.KICKED, "CHANNEL_PRIVATE")),
    ("input_user_deactivated", CannotWrite(Loss.GONE, "INPUT_USER_DEACTIVATED")),
    ("user_is_blocked", CannotWrite(Loss.BLOCKED, "USER_IS_BLOCKED")),
    ("peer_id_invalid", CannotWrite(Loss.GONE, "PEER_ID_INVALID")),
    # TDLib, MessageEntity.cpp and ReplyMarkup.cpp; Client.cpp, get_reply_markup
    ("can't parse", BadFormat("unparsable")),
    ("entity_bounds_invalid", BadFormat("ENTITY_BOUNDS_INVALID")),
    ("entities_too_long", BadFormat("ENTITIES_TOO_LONG")),
    ("wrong http url", BadFormat("an address")),
    ("can't use switch_inline_query", BadFormat("a button", is_of_buttons=True)),
    ("button_", BadFormat("a button", is_of_buttons=True)),
    ("inline keyboard button", BadFormat("a button", is_of_buttons=True)),
    ("reply_markup_", BadFormat("a keyboard", is_of_buttons=True)),
    ("reply markup is too long", BadFormat("a keyboard", is_of_buttons=True)),
)
"""What Telegram writes, in lower case, anywhere in the text; the first that fits counts."""

_CLOSED = "lane closed"
OUR_OWN = frozenset({_CLOSED, "PoolTimeout"})
"""Reasons of NotSent that say nothing about Telegram."""

_WAIT = re.compile(r"too many requests: retry after (\d+)")
_LONGEST_REASON = 200


def classify(error: BaseException) -> Failure:  # noqa: PLR0911  # a table, one line a type
    """What an error of a call to Telegram means for that call."""
    match error:
        case NotSentError():
            return NotSent(_CLOSED)
        case errors.RetryAfter():
            return Throttled(seconds_of(error))
        case errors.ChatMigrated():
            return Migrated(ChatId(error.new_chat_id))
        case errors.InvalidToken():
            return TokenRejected()
        case errors.Conflict():
            return AnotherInstance()
        case errors.Forbidden():
            return _by_text(error) or CannotWrite(Loss.FORBIDDEN, _reason(error))
        case errors.BadRequest():
            return _by_text(error) or Other(_reason(error))
        case errors.NetworkError():
            return _by_network(error)
        case _:
            return Ambiguous(_reason(error))


def _by_text(error: errors.TelegramError) -> Failure | None:
    text = str(error).lower()
    return next((failure for part, failure in _BY_TEXT if part in text), None)


def _by_network(error: errors.NetworkError) -> Failure:
    """By what lies beneath: the wire keeps aiohttp's error as the cause."""
    if wait := _WAIT.search(str(error).lower()):
        return Throttled(float(wait[1]))
    cause = type(error.__cause__).__name__
    if isinstance(error.__cause__, NEVER_LEFT):
        return NotSent(cause)
    return Ambiguous(_reason(error) if error.__cause__ is None else cause)


def seconds_of(error: errors.RetryAfter) -> float:
    """How long Telegram wants the chat to be left alone."""
    wait = error.retry_after  # a timedelta with PTB_TIMEDELTA, whole seconds without
    return float(wait) if isinstance(wait, int) else wait.total_seconds()


def _reason(error: BaseException) -> str:
    """For logs: the kind of error, and Telegram's words. Redacted uncut: half a token is one."""
    return redact(f"{type(error).__name__}: {error}")[:_LONGEST_REASON]


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that Telegram took."""

    chat_id: ChatId
    message_id: MessageId
    without_thread: bool = False
    """The topic was deleted; it went to the chat itself."""
    without_format: bool = False
    """The formatting was refused; it went as plain text."""


@dataclass(frozen=True, slots=True)
class _Form:
    page: Page
    thread_id: ThreadId | None = None
    without_thread: bool = False
    reply_to: MessageId | None = None
    without_format: bool = False

    def bare(self) -> _Form:
        """Nothing but the words, with the addresses among them."""
        words = bared(spelt_out(self.page.text, MESSAGE_UNITS))
        return replace(self, page=Page(words), reply_to=None, without_format=True)


async def send_page(
    bot: ExtBot[Any],
    chat_id: ChatId,
    page: Page,
    *,
    thread_id: ThreadId | None = None,
    reply_to: MessageId | None = None,
    silent: bool = False,
    priority: Priority | Stamp = Priority.REPLY,
) -> Sent:
    """Send a page: without its topic where that is gone, as plain text where the format is refused.

    A message to reply to that was deleted meanwhile is no reason not to answer. What is refused for
    a reason that nobody knows goes once more as words alone.

    Raises:
        DeliveryError: it did not go; `failure` says how it stands.
    """

    async def send(form: _Form) -> tuple[int, int]:
        data: dict[str, object] = {"chat_id": chat_id, **message_arguments(form.page)}
        data["reply_markup"] = reply_request(form.page) or data["reply_markup"]
        data["message_thread_id"] = form.thread_id
        data["reply_parameters"] = _replying(form.reply_to)
        data["disable_notification"] = silent
        sent = await _call(bot, "sendMessage", data, priority)
        return sent["chat"]["id"], sent["message_id"]

    (sent_to, message_id), form = await _relaxing(send, _Form(page, thread_id, reply_to=reply_to))
    return Sent(
        ChatId(sent_to),
        MessageId(message_id),
        without_thread=form.without_thread,
        without_format=form.without_format,
    )


def _replying(message_id: MessageId | None) -> dict[str, object] | None:
    """Bot API, ReplyParameters: also where that message is gone by then."""
    if message_id is None:
        return None
    return {"message_id": message_id, "allow_sending_without_reply": True}


async def _call(
    bot: ExtBot[Any], endpoint: str, data: dict[str, object], priority: Priority | Stamp
) -> Any:  # noqa: ANN401  # Telegram's JSON
    """Make a call as python-telegram-bot's methods do, in its lane, but of JSON and for JSON.

    Their objects, each of which it makes from ours and reads out again, and the message that was
    sent, all of which it parses, are half of what an answer costs (docs/benchmarks.md).
    """
    data = {name: value for name, value in data.items() if value is not None}

    async def post() -> Any:  # noqa: ANN401  # likewise
        given: Any = Parameters(data)
        return await bot.request.post(f"{bot.base_url}/{endpoint}", given)

    if bot.rate_limiter is None:
        return await post()
    return await bot.rate_limiter.process_request(post, (), {}, endpoint, data, priority)


async def edit_page(
    bot: ExtBot[Any],
    chat_id: ChatId,
    message_id: MessageId,
    page: Page,
    *,
    priority: Priority | Stamp = Priority.REPLY,
) -> bool:
    """Make a message of ours show `page`, its words alone if need be; False when it already did.

    Raises:
        DeliveryError: it could not be done; `failure` says how it stands.
    """

    async def edit(form: _Form) -> object:
        place = {"chat_id": chat_id, "message_id": message_id}
        data = {**place, **message_arguments(form.page)}
        return await _call(bot, "editMessageText", data, priority)

    try:
        await _relaxing(edit, _Form(page))
    except DeliveryError as error:
        if error.failure == NotModified():
            return False
        raise
    return True


async def _relaxing(
    call: Callable[[_Form], Awaitable[_Answer]], form: _Form
) -> tuple[_Answer, _Form]:
    """Make the call with less and less, as far as Telegram's refusals ask for it."""
    while True:
        try:
            return await call(form), form
        except errors.TelegramError as error:
            failure = classify(error)
            simpler = _simpler(form, failure)
            if simpler is None:
                raise DeliveryError(_final(failure)) from error
            form = simpler
        except (KeyError, TypeError, AttributeError) as error:
            # Status 200 and a body that is no answer: python-telegram-bot fails on reading it.
            raise DeliveryError(Ambiguous(f"malformed answer: {type(error).__name__}")) from error


def _final(failure: Failure) -> Failure:
    """A closed General topic leaves nowhere to write."""
    closed = isinstance(failure, ThreadGone)
    return CannotWrite(Loss.FORBIDDEN, TOPIC_CLOSED) if closed else failure


def _simpler(form: _Form, failure: Failure) -> _Form | None:
    page = form.page
    match failure:
        case ThreadGone() if form.thread_id is not None:
            open_form = replace(form, thread_id=None, without_thread=failure.is_deleted)
            if failure.is_deleted:
                return open_form
            # a reply would lead back into the topic
            return replace(open_form, page=page.where_closed(), reply_to=None)
        case BadFormat() if (plainer := _plainer(page, failure)) is not None:
            return replace(form, page=plainer, without_format=True)
        case BadFormat() | Other() if form.bare().page != page or form.reply_to is not None:
            return form.bare()
    return None


def _plainer(page: Page, failure: BadFormat) -> Page | None:
    """Without what was refused first; None where buttons and formatting are gone."""
    is_formatted = bool(page.text.entities or page.preview_url)
    if page.keyboard and (failure.is_of_buttons or not is_formatted):
        return replace(page, keyboard=())
    return Page(bared(spelt_out(page.text, MESSAGE_UNITS)), page.keyboard) if is_formatted else None


class TelegramTransport:
    """Sends the outbox's messages."""

    def __init__(self, bot: ExtBot[Any]) -> None:
        self._bot = bot

    async def send(
        self, chat_id: ChatId, message: OutgoingMessage, begin: Callable[[], Awaitable[None]]
    ) -> Sent:
        """Send a message; `begin` is called when its turn has come. Raises DeliveryError."""
        return await send_page(
            self._bot,
            chat_id,
            message.page,
            thread_id=message.thread_id,
            silent=message.silent,
            priority=Stamp(message.priority, begin, patient=False),
        )

    async def lets_everybody_write(self, chat_id: ChatId) -> bool:
        """Whether a group lets its members write now; False also where nobody says so."""
        try:
            chat = await self._bot.get_chat(chat_id)
        except errors.TelegramError:
            return False
        return chat.permissions is not None and chat.permissions.can_send_messages is True

    async def edit(
        self,
        chat_id: ChatId,
        message_id: MessageId,
        page: Page,
        begin: Callable[[], Awaitable[None]],
    ) -> bool:
        """Correct what was sent before, when nothing else is to be sent. Raises DeliveryError."""
        stamp = Stamp(Priority.REFRESH, begin, patient=False)
        return await edit_page(self._bot, chat_id, message_id, page, priority=stamp)
