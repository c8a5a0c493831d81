"""Who counts as an administrator; the cases are those of the Bot API's `Message.sender_chat`."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from telegram import CallbackQuery, Chat, InlineQuery, Message, Update, User
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.delivery.administrators import list_administrators
from bot.interaction.access import administers, is_administrator, sees_reactions
from storage.models import ChatId, UserId

if TYPE_CHECKING:
    from telegram import Bot

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MINJI = User(5, "민지", is_bot=False)
GROUP, CHANNEL = Chat(-100, Chat.SUPERGROUP), Chat(-200, Chat.CHANNEL)


class FakeBot:
    """Says that everybody has `status`, or fails with `error`, of the group alone.

    Asked for the list, it names `listed`, and a bot; an error in their place is raised.
    """

    id = 700

    def __init__(
        self,
        status: str = "member",
        error: TelegramError | None = None,
        listed: tuple[int, ...] | TelegramError = (),
    ) -> None:
        self.status, self.error, self.listed = status, error, listed
        self.asked: list[tuple[int, int]] = []

    async def get_chat_administrators(self, chat_id: int) -> list[object]:
        if isinstance(self.error, ChatMigrated) and chat_id == GROUP.id:
            raise self.error
        if isinstance(self.listed, TelegramError):
            raise self.listed
        users = [User(one, "민지", is_bot=False) for one in self.listed]
        return [SimpleNamespace(user=one) for one in (*users, User(700, "소식", is_bot=True))]

    async def get_chat_member(self, chat_id: int, user_id: int) -> object:
        self.asked.append((chat_id, user_id))
        if self.error is not None and chat_id == GROUP.id:
            raise self.error
        return SimpleNamespace(status=self.status)


def said(chat: Chat = GROUP, user: User | None = MINJI, sender: Chat | None = None) -> Update:
    return Update(1, message=Message(1, NOW, chat, from_user=user, sender_chat=sender))


async def holds(update: Update, bot: FakeBot | None = None) -> bool:
    return await is_administrator(update, cast("Bot", bot or FakeBot()))


@pytest.mark.parametrize(
    ("status", "is_one"),
    [
        ("creator", True),
        ("administrator", True),
        ("member", False),
        ("restricted", False),
        ("left", False),
        ("kicked", False),
    ],
)
async def test_telegram_is_asked_each_time(status: str, is_one: bool) -> None:  # noqa: FBT001  # what is expected
    bot = FakeBot(status)
    assert await holds(said(), bot) is is_one
    assert await holds(said(), bot) is is_one
    assert bot.asked == [(GROUP.id, MINJI.id)] * 2


@pytest.mark.parametrize(
    ("status", "is_shown"),
    [
        ("creator", True),
        ("administrator", True),
        ("member", False),
        ("restricted", False),
        ("left", None),
        ("kicked", None),
    ],
)
async def test_administrators_are_shown_reactions_and_who_is_gone_knows_nothing(
    status: str,
    is_shown: bool | None,  # noqa: FBT001  # what is expected
) -> None:
    bot = FakeBot(status)
    assert await sees_reactions(cast("Bot", bot), ChatId(GROUP.id)) is is_shown
    assert bot.asked == [(GROUP.id, bot.id)]
    lost = FakeBot(status, TimedOut())
    assert await sees_reactions(cast("Bot", lost), ChatId(GROUP.id)) is None


async def test_in_private_everybody_decides_for_themselves() -> None:
    assert await holds(said(Chat(5, Chat.PRIVATE)))


async def test_anonymous_administrators_send_as_the_group_and_others_as_a_channel() -> None:
    assert await holds(said(sender=GROUP))
    assert not await holds(said(sender=CHANNEL), FakeBot("creator"))


@pytest.mark.parametrize("error", [BadRequest("Chat not found"), TimedOut()])
async def test_where_telegram_does_not_say_it_is_no(error: TelegramError) -> None:
    assert not await holds(said(), FakeBot(error=error))


HIDDEN = BadRequest("CHAT_ADMIN_REQUIRED")


@pytest.mark.parametrize(
    ("bot", "answer"),
    [
        (FakeBot("administrator"), True),
        (FakeBot("member", listed=(5,)), False),
        (FakeBot(error=HIDDEN, listed=(4, 5)), True),
        (FakeBot(error=HIDDEN, listed=(4, 700)), False),
        (FakeBot(error=Forbidden("bot was kicked"), listed=Forbidden("bot was kicked")), False),
        (FakeBot(error=HIDDEN, listed=BadRequest("member list is inaccessible")), False),
        (FakeBot(error=HIDDEN, listed=TimedOut()), None),
        (FakeBot(error=NetworkError("x"), listed=(5,)), None),
    ],
)
async def test_where_members_are_hidden_the_list_of_administrators_decides(
    bot: FakeBot, *, answer: bool | None
) -> None:
    asked = await administers(cast("Bot", bot), ChatId(GROUP.id), UserId(MINJI.id))
    assert asked is answer


async def test_bots_administer_nothing() -> None:
    bot = cast("Bot", FakeBot(listed=(4, 5)))
    assert await list_administrators(bot, ChatId(GROUP.id)) == [4, 5]


async def test_the_list_of_a_group_that_moved_is_that_of_where_it_is_now() -> None:
    bot = cast("Bot", FakeBot(error=ChatMigrated(-300), listed=(4,)))
    assert await list_administrators(bot, ChatId(GROUP.id)) == [4]


async def test_where_the_group_has_another_id_by_now_telegram_is_asked_there() -> None:
    bot = FakeBot("administrator", ChatMigrated(-300))
    assert await holds(said(), bot)
    assert bot.asked == [(GROUP.id, MINJI.id), (-300, MINJI.id)]


async def test_nobody_and_nowhere_is_no() -> None:
    assert not await holds(said(user=None))
    assert not await holds(Update(1, inline_query=InlineQuery("1", MINJI, "x", "")))


async def test_a_press_counts_by_whoever_presses_and_not_by_the_messages_sender() -> None:
    message = Message(1, NOW, GROUP, sender_chat=GROUP)
    update = Update(1, callback_query=CallbackQuery("1", MINJI, "x", message=message))
    assert not await holds(update)
    assert await holds(update, FakeBot("administrator"))


async def test_somebody_may_be_asked_about_in_a_chat_where_they_wrote_nothing() -> None:
    bot = FakeBot("administrator")
    assert await administers(cast("Bot", bot), ChatId(GROUP.id), UserId(MINJI.id))
    assert bot.asked == [(GROUP.id, MINJI.id)]
    failing = FakeBot("administrator", BadRequest("Chat not found"))
    assert not await administers(cast("Bot", failing), ChatId(GROUP.id), UserId(MINJI.id))
