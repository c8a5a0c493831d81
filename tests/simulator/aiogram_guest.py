"""What aiogram finds in the simulator; test_aiogram.py sends it there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.filters import Command
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BufferedInputFile,
    CallbackQuery,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    MessageReactionUpdated,
    ReactionTypeEmoji,
)

from bot.simulator import Simulator
from tests.waiting import until

KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[
        [InlineKeyboardButton(text="다음", callback_data="next")],
        [InlineKeyboardButton(text="복사", copy_text=CopyTextButton(text="글"))],
    ]
)


@asynccontextmanager
async def a_guest(sim: Simulator) -> AsyncIterator[Bot]:
    """A bot of aiogram's."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(sim.url))
    default = DefaultBotProperties(parse_mode="HTML")
    async with Bot(sim.token, session=session, default=default) as bot:
        yield bot


async def sends_and_asks(sim: Simulator, aiobot: Bot) -> None:
    """Messages and chats are parsed."""
    minji = sim.user("민지")
    group = sim.supergroup("모임", members=[minji], bot_admin=True)
    said = await minji.says(group, "/latest")
    sent = await aiobot.send_message(
        group.id, "<b>굵은</b> 글", reply_markup=KEYBOARD, reply_to_message_id=said.id
    )
    assert sent.html_text == "<b>굵은</b> 글"
    assert sent.reply_markup is not None
    shown, given = sent.reply_markup.model_dump(), KEYBOARD.model_dump()
    assert shown == given
    picture = BufferedInputFile(b"PNG...", "chart.png")
    photo = await aiobot.send_photo(group.id, picture, caption="그림")
    assert photo.photo
    file = await aiobot.download(photo.photo[-1])
    assert file is not None
    assert file.read() == b"PNG..."
    edited = await sent.edit_text("고친 글")
    assert isinstance(edited, Message)
    assert (await aiobot.get_chat(group.id)).title == "모임"
    assert (await aiobot.get_chat_member(group.id, sim.bot.id)).status == "administrator"
    assert await aiobot.set_message_reaction(
        group.id, said.id, reaction=[ReactionTypeEmoji(emoji="👍")]
    )
    commands = [BotCommand(command="latest", description="최신")]
    scope = BotCommandScopeAllGroupChats()
    await aiobot.set_my_commands(commands, scope=scope)
    listed = await aiobot.get_my_commands(scope=scope)
    assert [(item.command, item.description) for item in listed] == [("latest", "최신")]
    await aiobot.delete_message(group.id, photo.message_id)


async def is_refused(sim: Simulator, aiobot: Bot) -> None:
    """Errors have their classes."""
    minji = sim.user("민지")
    sim.private(minji)
    await minji.blocks_bot()
    old = sim.group("모임")
    new = old.migrates()
    with pytest.raises(TelegramForbiddenError):
        await aiobot.send_message(minji.id, "글")
    with pytest.raises(TelegramMigrateToChat) as migrated:
        await aiobot.send_message(old.id, "글")
    assert migrated.value.migrate_to_chat_id == new.id
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await aiobot.send_message(new.id, "<br>")
    sim.faults.answers(429, retry_after=7)
    with pytest.raises(TelegramRetryAfter) as flood:
        await aiobot.send_message(new.id, "글")
    assert flood.value.retry_after == 7
    sim.faults.answers(502)
    with pytest.raises(TelegramServerError):
        await aiobot.send_message(new.id, "글")
    sim.faults.answers(409, method="getUpdates")
    with pytest.raises(TelegramConflictError):
        await aiobot.get_updates()
    sim.revoke_token()
    with pytest.raises(TelegramUnauthorizedError):
        await aiobot.get_me()


async def _latest(message: Message) -> None:
    await message.answer("<b>최신</b> 글", reply_markup=KEYBOARD)


async def _next(query: CallbackQuery) -> None:
    assert isinstance(query.message, Message)
    await query.answer("넘겼어요")
    await query.message.edit_text("둘째 쪽")


async def listens(sim: Simulator, aiobot: Bot) -> None:
    """A whole dispatcher lives in it."""
    seen: list[MessageReactionUpdated] = []

    async def react(update: MessageReactionUpdated) -> None:
        seen.append(update)
        await asyncio.sleep(0)

    dispatcher = Dispatcher()
    dispatcher.message.register(_latest, Command("latest"))
    dispatcher.callback_query.register(_next)
    dispatcher.message_reaction.register(react)
    minji = sim.user("민지")
    group = sim.group("모임", members=[minji], bot_admin=True)
    polling = asyncio.create_task(dispatcher.start_polling(aiobot, handle_signals=False))
    await until(lambda: sim.server.poller.is_held)
    await minji.says(group, "/latest")
    card = await group.receives("최신")
    assert (await minji.presses(card, "다음")).text == "넘겼어요"
    await card.changes()
    await minji.reacts(card, "👍")
    await until(lambda: seen)
    await dispatcher.stop_polling()
    await polling
    assert [update.new_reaction[0].type for update in seen] == ["emoji"]


VISITS = {visit.__name__: visit for visit in (sends_and_asks, is_refused, listens)}
