"""Every way in, readable in one place: commands, presses, inline queries and what chats report.

Each goes through a gate that knows the chat's state and who asks: `refused` for commands and
presses, `Report.where` for the rest; reactions, which are read raw, count where the chat is served.
Order matters only where said. A command is a person's message, not edited and not a channel's;
`/name@other` is somebody else's. In private, one of administrators may name another chat first, and
a press may carry one: whoever asks is then held against that chat. Korean words stand for commands
when they are typed as text.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.delivery.failures import CannotWrite, DeliveryError
from bot.delivery.telegram import classify
from bot.interaction.access import note_refusal
from bot.interaction.answering import answer_once
from bot.interaction.commands import Command, Press, Report, Who
from bot.interaction.context import BotContext
from bot.interaction.forwards import original
from bot.pages import actions
from bot.pages.page import Button, Page
from bot.text.rich import plain
from handlers import (
    archives,
    channel_posts,
    channels,
    corrections,
    digests,
    ids,
    inline,
    kakao,
    membership,
    menu,
    operators,
    posts,
    privacy,
    publishing,
    remarks,
    scheduling,
    search,
    settings,
    sources,
    start,
    votes,
)
from storage.models import ChatKind, ChatState

if TYPE_CHECKING:
    from telegram import Message

    from bot.interaction.commands import RunPress

WAITING = "group.waiting"
_of_operators = partial(Command, who=Who.OPERATOR, question=False, anywhere=True, in_private=True)
"""What is told to operators alone: a group is shown neither addresses with keys nor states."""


def _typed(name: str, choice: str, *aliases: str) -> Command:
    """A setting for those who type: the menu has it, so that no list needs it."""
    run = settings.typed(choice)
    return Command(
        name, run, Who.ADMIN, aliases=aliases, question=False, changes=True, listed=False
    )


COMMANDS: tuple[Command, ...] = (
    Command("start", start.start, aliases=("시작",), anywhere=True, changes=False),
    Command("help", start.help_, aliases=("도움말",), changes=False),
    Command("latest", posts.latest, aliases=("최신",), changes=False),
    Command("search", search.search, aliases=("검색",), changes=False),
    Command("post", posts.post, aliases=("글",), changes=False),
    Command("similar", posts.similar, aliases=("이어읽기",), changes=False),
    Command("top", posts.top, aliases=("인기",), changes=False),
    Command("digest", digests.digest, aliases=("모아보기",), changes=False),
    Command(
        "kakao",
        kakao.kakao,
        aliases=("카톡",),
        in_private=True,
        linked=kakao.linked,
        changes=False,
    ),
    Command("stats", posts.stats, aliases=("통계",), changes=False),
    Command("id", ids.show, aliases=("번호",), anywhere=True, changes=False),
    Command("privacy", privacy.privacy, aliases=("개인정보",), anywhere=True, changes=False),
    Command(
        "mydata", privacy.mydata, aliases=("내정보",), anywhere=True, in_private=True, changes=False
    ),
    Command(
        "forgetme",
        privacy.forgetme,
        aliases=("잊어줘",),
        question=False,
        anywhere=True,
        changes=True,
    ),
    Command("settings", menu.show, Who.ADMIN, aliases=("설정",), question=False, changes=False),
    Command("digest_time", settings.typed("time"), Who.ADMIN, question=False, changes=True),
    Command("digest_days", settings.typed("days"), Who.ADMIN, question=False, changes=True),
    Command("timezone", settings.typed("zone"), Who.ADMIN, question=False, changes=True),
    Command("quiet", settings.typed("quiet"), Who.ADMIN, question=False, changes=True),
    Command("language", settings.typed("language"), Who.ADMIN, question=False, changes=True),
    Command("push", settings.typed("push"), Who.ADMIN, question=False, changes=True),
    Command("filter", settings.typed("filter"), Who.ADMIN, question=False, changes=True),
    Command("here", settings.here, Who.ADMIN, question=False, changes=True),
    _typed("weekly", "weekly", "주간"),
    _typed("monthly", "monthly", "월간"),
    _typed("repeats", "repeats", "이미온글"),
    _typed("holidays", "holidays", "공휴일"),
    _typed("night", "night", "밤"),
    _typed("silent", "silent", "소리없이"),
    _typed("pin", "pin", "고정"),
    _typed("previews", "previews", "미리보기"),
    _typed("votes", "votes", "투표"),
    _typed("cleanup", "cleanup", "답지우기"),
    _typed("full", "full", "전체보기"),
    Command(
        "room_sources",
        settings.room_sources,
        Who.ADMIN,
        aliases=("가져오는곳",),
        question=False,
        changes=True,
        listed=False,
    ),
    Command(
        "approve", membership.approve, Who.OPERATOR, question=False, anywhere=True, changes=True
    ),
    _of_operators("sources", sources.sources, changes=True),
    Command(
        "publish",
        publishing.publish,
        Who.AUTHOR,
        aliases=("올리기",),
        question=False,
        anywhere=True,
        changes=False,
    ),
    Command(
        "schedule",
        scheduling.schedule,
        Who.AUTHOR,
        aliases=("예약",),
        question=False,
        anywhere=True,
        changes=True,
    ),
    Command(
        "scheduled",
        scheduling.listed,
        Who.AUTHOR,
        aliases=("예약목록",),
        anywhere=True,
        in_private=True,
        changes=False,
    ),
    _of_operators("status", operators.status, changes=False),
    _of_operators("backup", operators.backup, changes=True),
    Command(
        "synonym", operators.synonym, Who.OPERATOR, question=False, anywhere=True, changes=True
    ),
    _of_operators("synonyms", operators.synonyms, changes=False),
    _of_operators("misses", operators.misses, changes=False),
)

WORDS = {word: command for command in COMMANDS for word in (command.name, *command.aliases)}

LINKED = {command.name: command for command in COMMANDS if command.in_private}
"""What a link into the private chat may ask: `?start=mydata`."""

OPENED: dict[type[actions.Opening], RunPress] = {
    actions.ShowFull: posts.open_full,
    actions.LatestPage: posts.open_latest,
    actions.TopPage: posts.open_top,
    actions.Bundle: kakao.open_list,
    actions.BundlePage: kakao.open_period,
}
"""What a link of a group may ask: it was too much to be shown there, or is for whoever pressed."""

PRESSES: dict[type[actions.Action], Press] = {
    actions.OpenCard: Press(posts.open_card, changes=False),
    actions.ShowCard: Press(posts.show_card, changes=False),
    actions.ShowFull: Press(posts.show_full, changes=False),
    actions.LatestPage: Press(posts.latest_pressed, changes=False),
    actions.TopPage: Press(posts.top_pressed, changes=False),
    actions.SearchPage: Press(search.pressed, changes=False),
    actions.Choose: Press(menu.choice_pressed, Who.ADMIN, changes=True),
    actions.ShowLevel: Press(menu.level_pressed, Who.ADMIN, changes=False),
    actions.SetTo: Press(menu.set_pressed, Who.ADMIN, changes=True),
    actions.AskFor: Press(menu.asked, Who.ADMIN, changes=False),
    actions.ListRooms: Press(menu.listed, Who.ADMIN, in_private=True, changes=False),
    actions.OpenRoom: Press(menu.opened, Who.ADMIN, in_private=True, changes=False),
    actions.ChooseIn: Press(menu.choice_pressed, Who.ADMIN, in_private=True, changes=True),
    actions.Approve: Press(membership.approve_pressed, Who.OPERATOR, anywhere=True, changes=True),
    actions.AllowPublishing: Press(
        membership.publishing_pressed, Who.OPERATOR, anywhere=True, changes=True
    ),
    actions.Leave: Press(membership.leave_pressed, Who.OPERATOR, anywhere=True, changes=True),
    actions.HandleSource: Press(
        sources.pressed, Who.OPERATOR, anywhere=True, in_private=True, changes=True
    ),
    actions.TakeEdits: Press(
        sources.take_pressed, Who.OPERATOR, anywhere=True, in_private=True, changes=True
    ),
    actions.PushQuiet: Press(
        sources.push_pressed, Who.OPERATOR, anywhere=True, in_private=True, changes=True
    ),
    actions.TakeArchive: Press(
        archives.pressed, Who.OPERATOR, anywhere=True, in_private=True, changes=True
    ),
    actions.Publish: Press(publishing.pressed, Who.AUTHOR, anywhere=True, changes=True),
    actions.PublishAll: Press(publishing.all_pressed, Who.AUTHOR, anywhere=True, changes=True),
    actions.Again: Press(publishing.again_pressed, Who.AUTHOR, anywhere=True, changes=True),
    actions.Reword: Press(publishing.reword_pressed, Who.AUTHOR, anywhere=True, changes=True),
    actions.Bundle: Press(kakao.list_pressed, changes=False),
    actions.BundlePage: Press(kakao.page_pressed, in_private=True, changes=False),
    actions.Schedule: Press(scheduling.pressed, Who.AUTHOR, anywhere=True, changes=True),
    actions.AskWhen: Press(scheduling.asked, Who.AUTHOR, anywhere=True, changes=False),
    actions.CallOff: Press(scheduling.called_off, Who.AUTHOR, anywhere=True, changes=True),
    actions.HandleScheduled: Press(
        scheduling.list_pressed, Who.AUTHOR, anywhere=True, in_private=True, changes=True
    ),
    actions.Correct: Press(
        corrections.opened, Who.AUTHOR, anywhere=True, in_private=True, changes=False
    ),
    actions.Reread: Press(
        corrections.reread, Who.AUTHOR, anywhere=True, in_private=True, changes=True
    ),
    actions.AskRemark: Press(
        corrections.asked, Who.AUTHOR, anywhere=True, in_private=True, changes=False
    ),
    actions.TakeDown: Press(
        corrections.take_down, Who.AUTHOR, anywhere=True, in_private=True, changes=True
    ),
    actions.PutBack: Press(
        corrections.put_back, Who.AUTHOR, anywhere=True, in_private=True, changes=True
    ),
    actions.About: Press(start.about, changes=False),
    actions.Forget: Press(privacy.forget_pressed, anywhere=True, changes=True),
    actions.SetSynonym: Press(
        operators.synonym_pressed, Who.OPERATOR, anywhere=True, in_private=True, changes=True
    ),
    actions.Begin: Press(membership.begin_pressed, Who.ADMIN, changes=True),
    actions.Remember: Press(privacy.remember_pressed, anywhere=True, changes=False),
    # Its press is counted with its row in the inbox: to run it again shows the same.
    actions.Vote: Press(votes.pressed, changes=False),
}


class CommandRoute(BaseHandler[Update, BotContext, None]):
    """Finds the command that a message begins with."""

    def __init__(self, username: str) -> None:
        super().__init__(run_command)  # type: ignore[arg-type]  # it is called below, with the command
        self._username = username.lower()

    def check_update(self, update: object) -> Command | None:
        """The command of a new message, or None."""
        message = update.message if isinstance(update, Update) else None
        text = (message.text or "") if message else ""
        if message is None or not text.startswith("/") or not is_by_person(message):
            return None
        name, _, addressee = text.split(maxsplit=1)[0][1:].partition("@")
        if addressee and addressee.lower() != self._username:
            return None
        return WORDS.get(name.lower())

    async def handle_update(
        self, update: Update, application: object, check_result: object, context: BotContext
    ) -> None:
        """Run it."""
        del application
        if isinstance(check_result, Command):
            run = partial(run_command, update, context, check_result)
            await answer_once(context, run)


def is_by_person(message: Message) -> bool:
    """Whether somebody wrote it here; answers to bots, and to what came by itself, go in circles.

    Who writes anonymously or as a channel has a bot for its author (Bot API, Message.from).
    """
    author = message.from_user
    is_bots = author is not None and author.is_bot and message.sender_chat is None
    return not is_bots and not message.is_automatic_forward


async def run_command(update: Update, context: BotContext, command: Command) -> None:
    """Run a command for those who may; others get a short no."""
    is_private = context.chat.kind is ChatKind.PRIVATE
    if command.in_private and not is_private and context.user_id is None:
        await _point_to_private(context, command)  # who it is can only be seen there
        return
    refusal = await refused(context, command.who, anywhere=command.anywhere)
    if refusal is None and is_private and command.who is Who.ADMIN:
        refusal = await context.enter_named_room()
    if refusal == WAITING:
        await context.say_waiting()
    elif refusal is not None:
        note_refusal(context.chat, command.name, refusal)
        await context.refuse(refusal)
    elif command.in_private and not is_private:
        _begin(context, command)
        await _run_in_private(update, context, command)
    else:
        _begin(context, command)
        await command.run(update, context)
        if command.name == "start" and is_private:
            await _follow_link(update, context)


async def _follow_link(update: Update, context: BotContext) -> None:
    """Do what the link asks that started the bot, other than to show a card."""
    if linked := LINKED.get(context.words):
        context.is_linked = True
        await run_command(update, context, linked)
    elif (action := actions.from_start(context.words)) is not None:
        await OPENED[type(action)](update, context, action)


def _begin(context: BotContext, command: Command) -> None:
    if command.changes:
        context.begin_deed(command.name)


async def _run_in_private(update: Update, context: BotContext, command: Command) -> None:
    """Answer whoever asked in private, and say so here; with a link, where that cannot be."""
    here = context.chat
    if context.user_id is None:  # pragma: no cover  # asked above
        return
    await context.go_private(context.user_id)
    try:
        await context.bot.send_chat_action(context.chat.id, ChatAction.TYPING)  # may it write?
        await command.run(update, context)
    except (DeliveryError, TelegramError) as error:
        failure = error.failure if isinstance(error, DeliveryError) else classify(error)
        if not isinstance(failure, CannotWrite):
            raise
        context.take(here)
        await _point_to_private(context, command)
    else:
        context.take(here)
        with suppress(DeliveryError):  # the answer is there, and is not to come twice
            await context.answer(_answered_page(context), in_passing=True)


def _answered_page(context: BotContext) -> Page:
    """One line, and the button that leads to the answer."""
    address = f"https://t.me/{context.services.me.username}"
    button = Button(context.texts("private.button"), url=address)
    return Page(plain(context.texts("private.answered")), ((button,),))


async def _point_to_private(context: BotContext, command: Command) -> None:
    """One line, and the button that opens the private chat with this very question."""
    payload = command.name if command.linked is None else command.linked(context)
    url = context.private_link(payload)
    button = Button(context.texts("private.button"), url=url)
    await context.answer(Page(plain(context.texts("private.open")), ((button,),)))


async def refused(context: BotContext, who: Who, *, anywhere: bool) -> str | None:
    """The message that says no to whoever asks or presses here; None for those who may."""
    if not await _is_served(context) and not anywhere:
        return WAITING
    if who is Who.OPERATOR and not context.services.chats.is_operator(context.user_id):
        return "refusal.operators"
    if who is Who.AUTHOR and not context.services.chats.is_author(context.user_id):
        return "refusal.authors"
    if who is Who.ADMIN:
        if not await context.is_administrator():
            return "refusal.administrators"
        await _keep_administrator(context)
    return None


async def _keep_administrator(context: BotContext) -> None:
    """Whoever sets a chat in the chat itself finds it in private from now on."""
    user_id, chat = context.user_id, context.chat
    if chat.kind is not ChatKind.PRIVATE and user_id is not None:
        await context.services.administrators.note(chat.id, user_id, is_one=True)


async def _is_served(context: BotContext) -> bool:
    """Whether the chat is; one that was never met (a new database) is taken in now.

    For what a channel posted, its channel counts, too: the bot need not be in the discussion.
    """
    if context.is_met and context.chat.state is ChatState.SERVED:
        return True
    query = context.incoming.callback_query
    posted = original(query.message) if query is not None and query.message else None
    if posted is not None:
        channel = await context.services.chats.get(posted[0])
        return channel is not None and channel.state is ChatState.SERVED
    if context.chat.kind is ChatKind.PRIVATE:
        return True
    if not context.is_met:
        async with context.services.database.transaction() as tx:  # the update is not done with it
            known, chat = context.services.chats, context.incoming.effective_chat
            name = chat.username if chat is not None else None
            named = known.is_named(context.chat.id, name)
            met = await known.join(tx, context.chat, by_operator=named)
            if met.state is ChatState.WAITING:
                await context.services.operators.ask_approval(tx, met, name)
        context.take(met)
    return context.chat.state is ChatState.SERVED


async def press(update: Update, context: BotContext) -> None:
    """A button was pressed: do what its data says for those who may, or say what it is.

    What a button carries can be forged, so nothing is taken from where it was shown.
    """
    query = update.callback_query
    action = actions.decode(query.data or "") if query is not None else None
    chosen = PRESSES.get(type(action)) if action is not None else None
    if chosen is None or query is None or query.message is None:
        await context.toast(context.texts("stale"), alert=True)
        return
    refusal = await refused(context, chosen.who, anywhere=chosen.anywhere)
    if refusal is None and chosen.in_private and context.chat.kind is not ChatKind.PRIVATE:
        refusal = "private.only"
    if refusal is None and isinstance(action, actions.OpenRoom | actions.ChooseIn):
        refusal = await context.enter_room(action.room_id)
    if refusal is not None:
        note_refusal(context.chat, type(action).__name__, refusal)
        await context.refuse(refusal)
        return
    await context.note_press()
    if chosen.changes:
        context.begin_deed("")
    await chosen.run(update, context, action)
    with suppress(TelegramError):  # it says nothing: what was asked for is there, or was told
        await context.toast()


async def pressed(update: Update, context: BotContext) -> None:
    """A button was pressed: run it, and nothing twice."""
    await answer_once(context, partial(press, update, context))


async def said(update: Update, context: BotContext) -> None:
    """Bare text in private: a known post's address is its card, an operator's link an offer.

    An unknown command is named, and all else is a search.
    """
    text = (update.message.text if update.message else None) or ""
    if update.message is not None and not is_by_person(update.message):
        return
    if await _is_reply(context) or await publishing.offered(update, context):
        return
    if text.startswith("/"):
        await context.say("command.unknown", command=text.split()[0])
    elif text and not await posts.show_linked(update, context):
        await search.said(update, context)


async def answered(update: Update, context: BotContext) -> None:
    """A reply in a group: to what asks for words, or what an author has to say about a post."""
    if update.message is not None and is_by_person(update.message):
        await _is_reply(context)


async def _is_reply(context: BotContext) -> bool:
    """Whether it answers a menu, says when a draft is published, or is about a post."""
    return (
        await menu.is_answer(context)
        or await scheduling.is_answer(context)
        or await remarks.is_remark(context)
    )


EVERYWHERE = frozenset(ChatState)
_NEW = filters.UpdateType.MESSAGE
_LINKED = filters.Regex("://") | filters.Entity("url") | filters.Entity("text_link")
_BARE_COMMAND = filters.Regex(r"^\s*/") & ~_LINKED
"""Of a channel's posts only ours come (bot.updates.raw); one with a link is first of all a link."""
REPORTS: tuple[Report, ...] = (
    Report(
        "inline query",
        InlineQueryHandler[BotContext, None],
        inline.answer,
        EVERYWHERE,
        changes=False,
    ),
    Report(
        "membership",
        lambda run: ChatMemberHandler(run, ChatMemberHandler.MY_CHAT_MEMBER),
        membership.changed,
        EVERYWHERE,
        changes=True,
    ),
    Report(
        "migration",
        lambda run: MessageHandler(_NEW & filters.StatusUpdate.MIGRATE, run),
        membership.migrated,
        EVERYWHERE,
        changes=True,
    ),
    Report(
        "forward",
        lambda run: MessageHandler(_NEW & filters.IS_AUTOMATIC_FORWARD, run),
        channel_posts.forwarded,
        frozenset({ChatState.SERVED}),
        changes=True,
    ),
    Report(
        "administrators",
        lambda run: ChatMemberHandler(run, ChatMemberHandler.CHAT_MEMBER),
        membership.administrators_changed,
        frozenset({ChatState.SERVED}),
        changes=True,
    ),
    Report(
        "command in a channel",
        lambda run: MessageHandler(filters.UpdateType.CHANNEL_POST & _BARE_COMMAND, run),
        channels.typed,
        frozenset({ChatState.SERVED}),
        changes=True,
    ),
    Report(
        "channel post",
        lambda run: MessageHandler(filters.UpdateType.CHANNEL_POST, run),
        channel_posts.channel_post,
        frozenset({ChatState.SERVED, ChatState.HELD}),
        changes=True,
    ),
    Report(
        "reply in a group",
        lambda run: MessageHandler(_NEW & filters.ChatType.GROUPS & filters.REPLY, run),
        answered,
        frozenset({ChatState.SERVED}),
        changes=False,
    ),
    Report(
        "words in private",
        lambda run: MessageHandler(_NEW & filters.ChatType.PRIVATE, run),
        said,
        EVERYWHERE,
        changes=False,
    ),
)
"""In the order in which they are asked."""


def _gated(report: Report) -> BaseHandler[Update, BotContext, Any]:
    async def run(update: Update, context: BotContext) -> None:
        if context.chat.state in report.where:
            if report.changes:
                context.begin_deed(None)
            await answer_once(context, partial(report.run, update, context))

    return report.listen(run)


def routes(username: str) -> list[BaseHandler[Update, BotContext, Any]]:
    """The handlers in the order in which they are asked."""
    return [
        CommandRoute(username),
        CallbackQueryHandler(pressed),
        *map(_gated, REPORTS),
    ]
