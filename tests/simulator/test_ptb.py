"""python-telegram-bot takes the simulator for the real one."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import (
    BotCommand,
    BotCommandScopeChat,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
    InlineQueryHandler,
    MessageReactionHandler,
)

from bot.simulator import Simulator
from tests.waiting import until

Context = ContextTypes.DEFAULT_TYPE
KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("다음", callback_data="next")],
        [InlineKeyboardButton("복사", copy_text=CopyTextButton("글"))],
    ]
)


@pytest.fixture(autouse=True)
def _timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def ptb(sim: Simulator) -> AsyncIterator[ExtBot[None]]:
    bot = ExtBot(sim.token, base_url=f"{sim.url}/bot", base_file_url=f"{sim.url}/file/bot")
    async with bot:
        yield bot


async def test_messages_and_chats_are_parsed(sim: Simulator, ptb: ExtBot[None]) -> None:
    minji, boss = sim.user("민지"), sim.user("관리자")
    group = sim.supergroup("모임", members=[minji], admins=[boss], topics=True, bot_admin=True)
    topic = group.topic("뉴스")
    said = await minji.says(group, "/latest", topic=topic)
    sent = await ptb.send_message(
        group.id,
        "굵은 글 https://x.kr",
        entities=[MessageEntity(MessageEntity.BOLD, 0, 2)],
        message_thread_id=topic.id,
        reply_parameters=ReplyParameters(said.id),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_markup=KEYBOARD,
    )
    assert sent.is_topic_message
    assert sent.reply_markup == KEYBOARD
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "/latest"
    edited = await sent.edit_text("고친 글")
    assert isinstance(edited, Message)
    assert edited.text == "고친 글"
    photo = await ptb.send_photo(group.id, b"PNG...", caption="그림", filename="chart.png")
    content = await (await photo.photo[-1].get_file()).download_as_bytearray()
    assert bytes(content) == b"PNG..."
    chat = await ptb.get_chat(group.id)
    assert chat.is_forum
    admins = await ptb.get_chat_administrators(group.id)
    assert {admin.user.id for admin in admins} >= {boss.id, ptb.id}
    assert (await ptb.get_chat_member(group.id, minji.id)).status == "member"
    assert await ptb.delete_message(group.id, photo.message_id)
    assert await ptb.set_message_reaction(group.id, said.id, "👍")


async def test_commands_are_registered(sim: Simulator, ptb: ExtBot[None]) -> None:
    group = sim.group("모임")
    commands = [BotCommand("latest", "최신 글")]
    scope = BotCommandScopeChat(group.id)
    await ptb.set_my_commands(commands, scope=scope, language_code="ko")
    assert await ptb.get_my_commands(scope=scope, language_code="ko") == tuple(commands)
    await ptb.set_my_description("설명")
    assert (await ptb.get_my_description()).description == "설명"


async def test_errors_have_their_classes(sim: Simulator, ptb: ExtBot[None]) -> None:
    minji = sim.user("민지")
    old = sim.group("모임")
    new = old.migrates()
    sim.private(minji)
    await minji.blocks_bot()
    with pytest.raises(ChatMigrated) as migrated:
        await ptb.send_message(old.id, "글")
    assert migrated.value.new_chat_id == new.id
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await ptb.send_message(minji.id, "글")
    with pytest.raises(BadRequest, match="Chat not found"):
        await ptb.send_message(5, "글")
    sim.faults.answers(429, retry_after=35)
    with pytest.raises(RetryAfter) as flood:
        await ptb.send_message(new.id, "글")
    assert flood.value.retry_after.total_seconds() == 35  # type: ignore[union-attr]  # PTB_TIMEDELTA
    sim.faults.answers(409, method="getUpdates")
    with pytest.raises(Conflict):
        await ptb.get_updates()
    sim.revoke_token()
    with pytest.raises(InvalidToken):
        await ptb.get_me()


async def _latest(update: Update, _context: Context) -> None:
    assert update.effective_message is not None
    await update.effective_message.reply_html("<b>최신</b> 글", reply_markup=KEYBOARD)


async def _next(update: Update, _context: Context) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer("넘겼어요", show_alert=True)
    await query.edit_message_text("둘째 쪽")


async def _inline(update: Update, _context: Context) -> None:
    query = update.inline_query
    assert query is not None
    content = InputTextMessageContent("고른 글")
    await query.answer([InlineQueryResultArticle("1", f"{query.query} 결과", content)])


async def test_a_whole_application_lives_in_it(sim: Simulator) -> None:
    reactions: list[tuple[ReactionTypeEmoji, ...]] = []
    joined: list[str] = []

    async def react(update: Update, _context: Context) -> None:
        assert update.message_reaction is not None
        reactions.append(update.message_reaction.new_reaction)  # type: ignore[arg-type]  # emoji only
        await asyncio.sleep(0)

    async def member(update: Update, _context: Context) -> None:
        assert update.my_chat_member is not None
        joined.append(update.my_chat_member.new_chat_member.status)
        await asyncio.sleep(0)

    app = Application.builder().token(sim.token).base_url(f"{sim.url}/bot").build()
    app.add_handler(CommandHandler("latest", _latest))
    app.add_handler(CallbackQueryHandler(_next))
    app.add_handler(InlineQueryHandler(_inline))
    app.add_handler(MessageReactionHandler(react))
    app.add_handler(ChatMemberHandler(member, ChatMemberHandler.MY_CHAT_MEMBER))
    minji = sim.user("민지")
    group = sim.group("모임", members=[minji], owner=minji, bot=False)
    async with app:
        await app.start()
        assert app.updater is not None
        await app.updater.start_polling(allowed_updates=Update.ALL_TYPES)
        await minji.adds_bot(group, admin=True)
        await minji.says(group, "/latest")
        card = await group.receives("최신")
        assert card.html == "<b>최신</b> 글"
        answer = await minji.presses(card, "다음")
        assert (answer.text, answer.is_alert) == ("넘겼어요", True)
        await card.changes()
        assert card.text == "둘째 쪽"
        found = await minji.asks_inline("투자")
        assert found.titles == ["투자 결과"]
        await minji.reacts(card, "👍", "🔥")
        await minji.starts("p12")
        await until(lambda: reactions and joined and not len(sim.updates))
        await app.updater.stop()
        await app.stop()
    assert joined == ["administrator"]
    assert [[reaction.emoji for reaction in whole] for whole in reactions] == [["👍", "🔥"]]
