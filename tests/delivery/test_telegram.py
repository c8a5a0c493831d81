from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from telegram import error as errors
from telegram.ext import BaseRateLimiter

from bot.delivery.compose import OutgoingMessage
from bot.delivery.failures import (
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
    NotModified,
    NotSent,
    Other,
    QueryTooOld,
    ThreadGone,
    Throttled,
    TokenRejected,
    TooLong,
)
from bot.delivery.lanes import Priority
from bot.delivery.pace import Pace
from bot.delivery.telegram import (
    NotSentError,
    Sent,
    TelegramTransport,
    classify,
    edit_page,
    send_page,
)
from bot.pages.page import Button, Page
from bot.text.inert import UNSEEN
from bot.text.rich import bold, code, link, plain
from storage.models import ChatId, MessageId, ThreadId
from tests.clock import FakeClock
from tests.delivery.answers import Answer, ScriptedTelegram, refused, scripted_bot
from tests.waiting import settle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from telegram.ext import ExtBot

    from bot.text.rich import Rich

CHAT = ChatId(-1001)
PAGE = Page(bold("새 글"), ((Button("전체 글", data="x"),),))


class Through(BaseRateLimiter[Priority]):
    """Remembers the priorities and lets everything pass."""

    def __init__(self) -> None:
        self.priorities: list[Priority | None] = []

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401  # as python-telegram-bot declares it
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Priority | None,
    ) -> Any:  # noqa: ANN401  # likewise
        assert endpoint
        assert data
        self.priorities.append(rate_limit_args)
        return await callback(*args, **kwargs)


@pytest.fixture
def telegram() -> ScriptedTelegram:
    return ScriptedTelegram()


@pytest.fixture
def bot(telegram: ScriptedTelegram) -> ExtBot[Any]:
    return scripted_bot(telegram, Through())


FORBIDDEN, KICKED, BLOCKED, GONE = Loss.FORBIDDEN, Loss.KICKED, Loss.BLOCKED, Loss.GONE


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        (refused("Too Many Requests: retry after 35", 429, retry_after=35), Throttled(35)),
        (refused("Too Many Requests: retry after 7", 429), Throttled(7)),
        (
            refused("Bad Request: group chat was upgraded to a supergroup chat",
                    migrate_to_chat_id=-1002),
            Migrated(ChatId(-1002)),
        ),
        (refused("Unauthorized", 401), TokenRejected()),
        (refused("Not Found", 404), TokenRejected()),
        (refused("Conflict: terminated by other getUpdates request", 409), AnotherInstance()),
        (refused("Forbidden: bot was kicked from the supergroup chat", 403), KICKED),
        (refused("Forbidden: bot is not a member of the channel chat", 403), KICKED),
        (refused("Forbidden: bot was blocked by the user", 403), BLOCKED),
        (refused("Forbidden: bot can't initiate conversation with a user", 403), BLOCKED),
        (refused("Forbidden: user is deactivated", 403), GONE),
        (refused("Forbidden: the group chat was deleted", 403), GONE),
        (refused("Forbidden: something new", 403), FORBIDDEN),
        (refused("Bad Request: chat not found"), GONE),
        (refused("Bad Request: CHAT_WRITE_FORBIDDEN"), FORBIDDEN),
        (refused("Bad Request: not enough rights to send text messages to the chat"), FORBIDDEN),
        (refused("Bad Request: need administrator rights in the channel chat"), FORBIDDEN),
        (refused("Bad Request: message thread not found"), ThreadGone()),
        (refused("Bad Request: TOPIC_CLOSED"), ThreadGone(is_deleted=False)),
        (refused("Bad Request: message is not modified: specified new message content"),
         NotModified()),
        (refused("Bad Request: message to edit not found"), EditTargetGone()),
        (refused("Bad Request: message can't be edited"), CannotEdit()),
        (refused("Bad Request: query is too old and response timeout expired"), QueryTooOld()),
        (refused("Bad Request: can't parse entities: unclosed"), BadFormat("unparsable")),
        (refused("Bad Request: BUTTON_URL_INVALID"), BadFormat("a button", is_of_buttons=True)),
        (refused("Bad Request: message is too long"), TooLong()),
        (refused("Bad Request: message text is empty"),
         Other("BadRequest: Message text is empty")),
        (Answer(502, b"<html>"), Ambiguous("TelegramError")),
        (refused("Internal Server Error", 500), Ambiguous("NetworkError: Internal Server Error")),
        (Answer(200, b'{"ok": tru'), Ambiguous("TelegramError: Invalid server response")),
        (Answer(error=errors.TimedOut()), Ambiguous("TimedOut: Timed out")),
    ],
)  # fmt: skip
async def test_each_answer_of_telegram_is_understood(
    answer: Answer, meant: Failure | Loss, bot: ExtBot[Any], telegram: ScriptedTelegram
) -> None:
    telegram.script.append(answer)
    with pytest.raises(errors.TelegramError) as raised:
        await bot.delete_message(CHAT, 5)
    failure = classify(raised.value)
    if isinstance(meant, Loss):
        assert isinstance(failure, CannotWrite)
        assert failure.loss is meant
    else:
        assert failure == meant


def test_a_closed_lane_never_sent() -> None:
    assert classify(NotSentError("closed")) == NotSent("lane closed")


def test_what_is_no_error_of_telegrams_is_ambiguous() -> None:
    assert classify(OSError("x")) == Ambiguous("OSError: x")


async def test_a_page_goes_with_its_address_and_its_class(
    bot: ExtBot[Any], telegram: ScriptedTelegram
) -> None:
    sent = await send_page(
        bot,
        CHAT,
        PAGE,
        thread_id=ThreadId(9),
        reply_to=MessageId(4),
        silent=True,
        priority=Priority.PUSH,
    )
    assert sent == Sent(CHAT, MessageId(1001))
    given = telegram.calls[0].parameters
    assert given["message_thread_id"] == 9
    assert given["reply_parameters"] == {"message_id": 4, "allow_sending_without_reply": True}
    assert given["disable_notification"] is True
    assert given["entities"] == [{"type": "bold", "offset": 0, "length": 3}]
    limiter = bot.rate_limiter
    assert isinstance(limiter, Through)
    assert limiter.priorities == [Priority.PUSH]


async def test_a_topic_that_is_gone_is_left_out(
    bot: ExtBot[Any], telegram: ScriptedTelegram
) -> None:
    telegram.script.append(refused("Bad Request: message thread not found"))
    sent = await send_page(bot, CHAT, PAGE, thread_id=ThreadId(9))
    assert sent.without_thread
    assert "message_thread_id" not in telegram.calls[1].parameters


async def test_a_topic_that_is_closed_may_be_opened_again(
    bot: ExtBot[Any], telegram: ScriptedTelegram
) -> None:
    telegram.script.append(refused("Bad Request: TOPIC_CLOSED"))
    sent = await send_page(bot, CHAT, PAGE, thread_id=ThreadId(9))
    assert not sent.without_thread
    assert "message_thread_id" not in telegram.calls[1].parameters


@pytest.mark.parametrize(("closed", "said"), [(plain("닫혔어요"), "닫혔어요"), (None, "새 글")])
async def test_where_a_topic_is_closed_other_words_may_be_said_elsewhere(
    bot: ExtBot[Any], telegram: ScriptedTelegram, closed: Rich | None, said: str
) -> None:
    telegram.script.append(refused("Bad Request: TOPIC_CLOSED"))
    page = replace(PAGE, if_closed=closed)
    sent = await send_page(bot, CHAT, page, thread_id=ThreadId(9), reply_to=MessageId(3))
    assert not sent.without_format
    given = telegram.calls[1].parameters
    assert given["text"] == said
    assert "reply_parameters" not in given


async def test_a_closed_general_topic_is_a_chat_that_cannot_be_written_to(
    bot: ExtBot[Any], telegram: ScriptedTelegram
) -> None:
    telegram.script.append(refused("Bad Request: TOPIC_CLOSED"))
    with pytest.raises(DeliveryError) as raised:
        await send_page(bot, CHAT, PAGE)
    assert raised.value.failure == CannotWrite(Loss.FORBIDDEN, "topic closed")


async def test_refused_formatting_goes_as_plain_text_with_its_buttons(
    bot: ExtBot[Any], telegram: ScriptedTelegram
) -> None:
    telegram.script.append(refused("Bad Request: ENTITY_BOUNDS_INVALID"))
    sent = await send_page(bot, CHAT, PAGE)
    assert sent.without_format
    given = telegram.calls[1].parameters
    assert given["text"] == "새 글"
    assert not given["entities"]
    assert given["reply_markup"]


async def test_what_slept_in_its_formatting_does_not_wake_up_as_plain_text(
    bot: ExtBot[Any], telegram: ScriptedTelegram
) -> None:
    telegram.script.append(refused("Bad Request: ENTITY_BOUNDS_INVALID"))
    await send_page(bot, CHAT, Page(plain("/help ") + code("/forgetme")))
    assert telegram.calls[1].parameters["text"] == f"/help /{UNSEEN}forgetme"


@pytest.mark.parametrize("said", ["BUTTON_URL_INVALID", "REPLY_MARKUP_TOO_LONG"])
async def test_refused_buttons_are_left_out_and_the_words_stay_as_they_are(
    bot: ExtBot[Any], telegram: ScriptedTelegram, said: str
) -> None:
    telegram.script.append(refused(f"Bad Request: {said}"))
    await send_page(bot, CHAT, PAGE)
    first, second = (call.parameters for call in telegram.calls)
    assert "reply_markup" not in second
    assert (second["text"], second["entities"]) == (first["text"], first["entities"])


async def test_where_the_formatting_is_refused_links_are_written_out(
    bot: ExtBot[Any], telegram: ScriptedTelegram
) -> None:
    telegram.script.append(refused("Bad Request: ENTITY_BOUNDS_INVALID"))
    await send_page(bot, CHAT, replace(PAGE, text=link("새 글", "https://a.example/1")))
    assert telegram.calls[1].parameters["text"] == "새 글 (https://a.example/1)"
    assert telegram.calls[1].parameters["reply_markup"]


async def test_what_cannot_be_simplified_any_more_fails(
    bot: ExtBot[Any], telegram: ScriptedTelegram
) -> None:
    telegram.script = deque([refused("Bad Request: BUTTON_URL_INVALID")])
    with pytest.raises(DeliveryError) as raised:
        await send_page(bot, CHAT, Page(plain("글")))
    assert raised.value.failure == BadFormat("a button", is_of_buttons=True)


UNKNOWN = refused("Bad Request: something new")


@pytest.mark.parametrize("deed", ["send", "edit"])
async def test_an_unknown_refusal_is_answered_once_with_the_words_and_their_addresses(
    bot: ExtBot[Any], telegram: ScriptedTelegram, deed: str
) -> None:
    page = replace(PAGE, text=bold(link("새 글", "https://a.example/1")), preview_url="https://x")
    telegram.script.append(UNKNOWN)
    if deed == "send":
        assert (await send_page(bot, CHAT, page, reply_to=MessageId(3))).without_format
    else:
        assert await edit_page(bot, CHAT, MessageId(4), page)
    given = telegram.calls[1].parameters
    assert given["text"] == "새 글 (https://a.example/1)"
    assert not given["entities"]
    assert given["link_preview_options"] == {"is_disabled": True}
    assert not {"reply_markup", "reply_parameters"} & set(given)


@pytest.mark.parametrize("page", [PAGE, Page(plain("글"))])
async def test_a_refusal_of_the_words_alone_is_the_end(
    bot: ExtBot[Any], telegram: ScriptedTelegram, page: Page
) -> None:
    telegram.script.extend([UNKNOWN] * 9)
    with pytest.raises(DeliveryError) as raised:
        await send_page(bot, CHAT, page)
    assert raised.value.failure == Other("BadRequest: Something new")
    assert len(telegram.calls) == (2 if page is PAGE else 1)


async def test_a_migration_is_handed_up(bot: ExtBot[Any], telegram: ScriptedTelegram) -> None:
    telegram.script.append(refused("Bad Request: upgraded", migrate_to_chat_id=-1009))
    with pytest.raises(DeliveryError, match="-1009") as raised:
        await send_page(bot, CHAT, PAGE)
    assert raised.value.failure == Migrated(ChatId(-1009))


@pytest.mark.parametrize("body", [b'{"ok": true}', b'{"ok": true, "result": 5}', b"[]"])
async def test_a_success_that_cannot_be_read_is_ambiguous(
    body: bytes, bot: ExtBot[Any], telegram: ScriptedTelegram
) -> None:
    telegram.script.append(Answer(200, body))
    with pytest.raises(DeliveryError) as raised:
        await send_page(bot, CHAT, PAGE)
    assert isinstance(raised.value.failure, Ambiguous)


async def test_an_edit_says_whether_it_changed_anything(
    bot: ExtBot[Any], telegram: ScriptedTelegram
) -> None:
    assert await edit_page(bot, CHAT, MessageId(4), PAGE, priority=Priority.REFRESH)
    telegram.script.append(refused("Bad Request: message is not modified: specified"))
    assert not await edit_page(bot, CHAT, MessageId(4), PAGE)
    assert [call.endpoint for call in telegram.calls] == ["editMessageText"] * 2


async def test_an_edit_without_a_message_fails(
    bot: ExtBot[Any], telegram: ScriptedTelegram
) -> None:
    telegram.script.append(refused("Bad Request: message to edit not found"))
    with pytest.raises(DeliveryError) as raised:
        await edit_page(bot, CHAT, MessageId(4), PAGE)
    assert raised.value.failure == EditTargetGone()


@pytest.mark.parametrize("deed", ["send", "edit"])
async def test_the_outbox_hears_of_a_flood_at_once(telegram: ScriptedTelegram, deed: str) -> None:
    """It puts the row back and waits there; a request that waited would hold its place."""
    clock = FakeClock()
    pace = Pace(clock, monotonic=lambda: clock.now().timestamp())
    transport = TelegramTransport(scripted_bot(telegram, pace))
    telegram.script.append(refused("Too Many Requests: retry after 5", 429, retry_after=5))
    begun: list[float] = []

    async def begin() -> None:
        begun.append(clock.now().timestamp())

    message = OutgoingMessage(PAGE, "ko", Priority.PUSH)
    call: Awaitable[object] = (
        transport.send(CHAT, message, begin)
        if deed == "send"
        else transport.edit(CHAT, MessageId(4), PAGE, begin)
    )
    task = asyncio.ensure_future(call)
    await settle()
    assert task.done()
    assert isinstance(error := task.exception(), DeliveryError)
    assert error.failure == Throttled(5)
    assert len(begun) == len(telegram.calls) == 1
    await pace.shutdown()


async def test_a_message_goes_as_the_outbox_has_it(telegram: ScriptedTelegram) -> None:
    clock = FakeClock()
    pace = Pace(clock, monotonic=lambda: clock.now().timestamp())
    transport = TelegramTransport(scripted_bot(telegram, pace))

    async def begin() -> None: ...

    message = OutgoingMessage(PAGE, "ko", Priority.DIGEST, thread_id=ThreadId(9), silent=True)
    sent = await transport.send(CHAT, message, begin)
    assert sent == Sent(CHAT, MessageId(1001))
    given = telegram.calls[0].parameters
    assert (given["message_thread_id"], given["disable_notification"]) == (9, True)
    assert await transport.edit(CHAT, sent.message_id, PAGE, begin) is True
    assert pace.counters.started == {Priority.DIGEST: 1, Priority.REFRESH: 1}
    await pace.shutdown()


async def test_an_answer_to_a_message_that_is_gone_still_goes(
    bot: ExtBot[Any], telegram: ScriptedTelegram
) -> None:
    await send_page(bot, CHAT, PAGE, reply_to=MessageId(3))
    reply = telegram.calls[0].parameters["reply_parameters"]
    assert (reply["message_id"], reply["allow_sending_without_reply"]) == (3, True)


@pytest.mark.parametrize("before", range(130, 200, 5))
def test_a_reason_has_no_half_of_a_token(before: int) -> None:
    """A proxy's page quotes the address that was asked."""
    failure = classify(errors.BadRequest("x" * before + "/bot123456:" + "A" * 35))
    assert "AAA" not in str(failure)


def test_a_reason_is_kept_short() -> None:
    """Telegram's words are anybody's: 200 characters of them are enough to log."""
    failure = classify(errors.BadRequest("x" * 300))
    assert failure == Other("BadRequest: " + "x" * 188)
