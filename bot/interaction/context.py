"""What a handler is given: the services, the chat and its language, and ways to answer."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from telegram.ext import CallbackContext, ExtBot

from bot.chat_settings.room_names import parse_room
from bot.chat_settings.votes import has_vote_buttons
from bot.chats import GROUPS
from bot.delivery.cleaning import due_at
from bot.delivery.lanes import Priority
from bot.delivery.telegram import Sent, edit_page, send_page
from bot.interaction.access import is_administrator
from bot.locales import choose_language
from bot.pages.cards import Reader, card_page, noted
from bot.pages.page import Page
from bot.pages.settings import room_heading
from bot.text.rich import plain
from storage import chats, cleanups, deeds, inbox, lists, messages
from storage.database import DatabaseError
from storage.lists import PostList
from storage.models import (
    ChatId,
    ChatKind,
    ChatState,
    Cleanup,
    Deed,
    MessageId,
    ThreadId,
    UpdateId,
    UserId,
    View,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from telegram import Update

    from bot.interaction.services import Services
    from bot.locales import Texts
    from storage.database import Transaction
    from storage.models import Chat, ChatSettings, PostId


@dataclass(frozen=True, slots=True)
class PostView:
    """What a message of ours shows: a post, as a card or as a page of its full text."""

    post_id: PostId
    view: View = View.CARD
    page: int = 0


class BotContext(CallbackContext[ExtBot[Any], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """One update's surroundings. `chat` and `texts` are there once the handlers run."""

    incoming: Update
    chat: Chat
    is_met: bool
    """Whether the chat was known before this update."""
    texts: Texts
    is_linked = False
    """Whether a link brought the command, so that nothing was typed after it."""
    changes = False
    """Whether what runs may change something, and is not run twice."""
    is_done = False
    """Whether what it changes is changed."""
    is_deed_kept = True
    """Whether that is written down until whoever did it is told; not of whom all is forgotten."""
    arrived: Sequence[Sent] = ()
    """The first messages of the answer, where they came before and another one is missing."""
    sent: Sequence[Sent] = ()
    """The messages of the answer that are there so far."""
    _room: Chat | None = None
    _command: str | None = None
    """The command that changes something; empty for a button, None for what nobody asked for."""
    _words: str | None = None
    """What was typed after the command, less the chat that it names."""
    _is_answered = False
    """Whether the press was answered: Telegram shows one answer, and each is a call."""

    @classmethod
    def from_update(cls, update: object, application: Any) -> BotContext:  # noqa: ANN401  # python-telegram-bot's own signature
        """Keep the update, so that its row can be deleted with its effects."""
        context: BotContext = super().from_update(update, application)
        context.incoming = cast("Update", update)  # only updates are processed here
        return context

    @property
    def services(self) -> Services:
        """The services."""
        services: Services = self.bot_data["services"]
        return services

    @property
    def reader(self) -> Reader:
        """For whom pages are made here."""
        in_channel = self.chat.kind is ChatKind.CHANNEL
        return Reader(
            self.texts,
            self.zone,
            self.services.me.username,
            in_channel=in_channel,
            previews=self.chat.settings.previews,
            votes=has_vote_buttons(self.chat),
            hand=self.services.chats.hand_of(self.chat),
        )

    @property
    def room(self) -> Chat:
        """The chat that is being set: this one, unless another one was chosen."""
        return self.chat if self._room is None else self._room

    def choose_room(self, room: Chat) -> None:
        """Set another chat from here on; whoever calls it has made sure that they may."""
        if room.id == self.chat.id:
            self.take(room)
        else:
            self._room = room

    @property
    def is_elsewhere(self) -> bool:
        """Whether another chat than this private one is set; what is said then names it."""
        return self._room is not None and self.chat.kind is ChatKind.PRIVATE

    async def change_room(
        self,
        alter: Callable[[ChatSettings], ChatSettings],
        *,
        besides: Callable[[Transaction], Awaitable[None]] | None = None,
    ) -> ChatSettings:
        """Change the room's settings as they are by now, which are returned: others set it too.

        `besides` is done in the same transaction.
        """
        async with self.transaction() as tx:
            room = await chats.get_chat(tx, await chats.current_id(tx, self.room.id)) or self.room
            changed = await self.services.chats.change(tx, room, alter(room.settings))
            if besides is not None:
                await besides(tx)
        self.choose_room(changed)
        return room.settings

    async def enter_room(self, room_id: ChatId) -> str | None:
        """Set that chat from here on; the message that says no to whoever Telegram says may not.

        Whoever does not administer it is not told whether it is there.
        """
        services, user_id = self.services, self.user_id
        if room_id == self.chat.id:
            return None
        room = await services.chats.get(room_id, follows=True)
        is_served = room is not None and room.state is ChatState.SERVED
        if room is None or not is_served or room.kind is ChatKind.PRIVATE or user_id is None:
            return "refusal.room"
        is_one = await services.administrators.is_administrator(room.id, user_id)
        if is_one is None:
            return "refusal.unanswered"
        if not is_one:
            return "refusal.room"
        self.choose_room(room)
        return None

    async def enter_named_room(self) -> str | None:
        """Set the chat that the words after the command begin with, if any; no as `enter_room`."""
        name, rest = parse_room(self.words)
        if name is None or self.user_id is None:
            return None
        found = await self.services.administrators.find(self.user_id, name)
        if name.title is not None and not found:
            return None  # quoted words, which the command may take
        if len(found) > 1:
            return "refusal.several"
        if not found:
            return "refusal.unknown" if name.number is not None else "refusal.room"
        refusal = await self.enter_room(found[0].id)
        if refusal is None:
            self._words = rest
        return refusal

    @property
    def zone(self) -> ZoneInfo:
        """The chat's time zone."""
        return ZoneInfo(self.chat.settings.timezone)

    async def refresh_data(self) -> None:
        """Look up the chat, and choose the language (called before the first handler).

        What was written in a group that has become a supergroup since counts there; a button of
        before belongs to its message.
        """
        chat, user = self.incoming.effective_chat, self.incoming.effective_user
        holder = chat or user
        known = await self.services.chats.get(
            ChatId(holder.id if holder is not None else 0),
            follows=self.incoming.message is not None,
        )
        self.is_met = known is not None
        self.take(known or self._new_chat())

    def _new_chat(self) -> Chat:
        """The chat with what a new one starts with; for inline queries, the person's own."""
        chats = self.services.chats
        chat, user = self.incoming.effective_chat, self.incoming.effective_user
        language = choose_language(user.language_code) if user is not None else None
        if chat is None:
            key = ChatId(user.id if user is not None else 0)
            return chats.new(key, ChatKind.PRIVATE, "", language=language)
        if chat.type != chat.PRIVATE:
            language = None
        return chats.new(
            ChatId(chat.id),
            ChatKind(chat.type),
            chat.effective_name or "",
            is_forum=bool(chat.is_forum),
            language=language,
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """One transaction for the update's effects and its row's end: a repeat does nothing.

        Whoever did it is told later, should an interruption come before the answer.
        """
        async with self.services.database.transaction() as tx:
            yield tx
            await inbox.delete_updates(tx, [self.update_id])
            deed = self.deed(is_done=True)
            if deed is not None and deed.is_kept:
                await deeds.add_deed(tx, deed)
        self.is_done = True

    def begin_deed(self, command: str | None) -> None:
        """From here on something may change: by a command, by a button (empty), or by itself."""
        self.changes, self._command = True, command

    def deed(self, *, is_done: bool | None = None) -> Deed | None:
        """What a person does with this update; None where nothing changes, or nobody asked."""
        place, person_id = self.incoming.effective_chat, self.person_id
        if self._command is None or place is None or person_id is None:
            return None
        return Deed(
            update_id=self.update_id,
            chat_id=ChatId(place.id),
            person_id=person_id,
            command=self._command,
            done_at=self.services.clock.now(),
            is_done=self.is_done if is_done is None else is_done,
            is_kept=self.is_deed_kept,
        )

    @property
    def update_id(self) -> UpdateId:
        """The update's id."""
        return UpdateId(self.incoming.update_id)

    @property
    def person_id(self) -> int | None:
        """Who wrote or pressed: a user, or the chat that they speak as; None for all else."""
        asked, query = self.incoming.message, self.incoming.callback_query
        if query is not None:
            return query.from_user.id
        if asked is None or asked.is_automatic_forward:
            return None
        speaker = asked.sender_chat or asked.from_user
        return None if speaker is None else speaker.id

    @property
    def words(self) -> str:
        """What was typed after the command, and after the chat that it names, on one line."""
        if self._words is not None:
            return self._words
        text = (self.incoming.message.text if self.incoming.message else None) or ""
        return "" if self.is_linked else " ".join(text.split()[1:])

    @property
    def user_id(self) -> UserId | None:
        """Who caused the update; None for channels and anonymous administrators."""
        user, message = self.incoming.effective_user, self.incoming.message
        hidden = message is not None and message.sender_chat is not None
        return None if user is None or hidden else UserId(user.id)

    @property
    def channel_id(self) -> ChatId | None:
        """The channel as which somebody wrote; None for people and anonymous administrators."""
        message = self.incoming.message
        sender = message.sender_chat if message is not None else None
        if sender is None or sender.id == self.chat.id or sender.type != sender.CHANNEL:
            return None
        return ChatId(sender.id)

    def take(self, chat: Chat) -> None:
        """Go on with the chat as it is now, in its language."""
        self.chat = chat
        self.texts = self.services.catalogues[chat.settings.language]

    async def go_private(self, user_id: UserId) -> None:
        """From here on, answer whoever asked in their private chat, in its language and zone."""
        self.take(await self.private_chat(user_id))

    async def private_chat(self, user_id: UserId) -> Chat:
        """The private chat of whoever asked; with what a new one starts with where it is none."""
        chats, user = self.services.chats, self.incoming.effective_user
        language = choose_language(user.language_code) if user is not None else None
        own = ChatId(user_id)
        known = await chats.get(own)
        return known or chats.new(own, ChatKind.PRIVATE, "", language=language)

    @property
    def opens_here(self) -> bool:
        """Whether full texts and long lists are shown in this chat, and not in private."""
        return self.chat.kind not in GROUPS or self.chat.settings.full_here

    def private_link(self, payload: str) -> str:
        """The address that opens a private chat with the bot (Bot API, deep linking)."""
        return f"https://t.me/{self.services.me.username}?start={payload}"

    async def is_administrator(self) -> bool:
        """Whether whoever caused the update may change this chat's settings."""
        return await is_administrator(self.incoming, self.bot)

    # -- answering -------------------------------------------------------------------------------

    async def answer(
        self,
        page: Page,
        *,
        view: PostView | None = None,
        reply_to: MessageId | None = None,
        stays: bool = False,
        in_passing: bool = False,
    ) -> Sent:
        """Answer where the question was asked; `view` ties the message to the post it shows.

        `reply_to` is the message that is answered, where that is not what was said or pressed.

        In a chat that is not served it goes behind all that others wait for. A message that came
        before, when another one of the same answer did not, is not sent again. In a group it goes
        away again where the chat wants that, unless it `stays`; `in_passing`: soon, in any case.
        """
        if len(self.sent) < len(self.arrived):
            sent = self.arrived[len(self.sent)]
        else:
            sent = await self._send(page, reply_to)
            cleanup = None if stays else self._cleanup_of(sent, in_passing=in_passing)
            await self._remember(sent.message_id, page, view, cleanup)
        self.sent = (*self.sent, sent)
        return sent

    async def _send(self, page: Page, reply_to: MessageId | None) -> Sent:
        is_served = self.chat.state is ChatState.SERVED
        private = self.chat.kind is ChatKind.PRIVATE
        return await send_page(
            self.bot,
            self.chat.id,
            page,
            thread_id=self.thread_id,
            reply_to=None if private else reply_to or self._asked_id,
            priority=Priority.REPLY if private or is_served else Priority.PUSH,
        )

    async def answer_of_room(self, page: Page) -> None:
        """Answer under the name of the chat that is set, where that is not this one."""
        if self.is_elsewhere:
            heading = room_heading(self.texts, self.room)
            page = replace(page, text=plain("\n").join([heading, page.text]))
        await self.answer(page)

    async def say(self, key: str, **values: object) -> Sent:
        """Answer with one message of the catalogue."""
        return await self.answer(Page(plain(self.texts(key, **values))))

    async def show_card(self, post_id: PostId, note: str = "") -> None:
        """Answer with the card of a post, or say that there is none; `note`: why this one."""
        shown = await self.services.posts.get(post_id)
        if shown is None:
            await self.say(await self.services.posts.absence(post_id))
            return
        page = card_page(self.reader, shown.post, shown.given)
        await self.answer(noted(page, note) if note else page, view=PostView(post_id))

    async def edit(self, page: Page, *, view: PostView | None = None) -> None:
        """Show `page` in the message whose button was pressed, unless they pressed again."""
        message = self.incoming.effective_message
        if message is None:
            return
        message_id = MessageId(message.message_id)
        if self.services.is_overtaken(self.chat.id, message_id, self.user_id):
            return
        await edit_page(self.bot, self.chat.id, message_id, page)
        await self._remember(message_id, page, view)

    async def toast(self, text: str = "", *, alert: bool = False) -> None:
        """Answer a press, once: nothing, a line that passes, or an alert."""
        if self.incoming.callback_query is not None and not self._is_answered:
            self._is_answered = True
            await self.incoming.callback_query.answer(text[:200] or None, show_alert=alert)

    async def open_private(self, payload: str) -> None:
        """Answer a press by opening the private chat, which asks there what the button asked.

        Bot API, answerCallbackQuery: `url` may be a link that starts the bot with a parameter.
        """
        if self.incoming.callback_query is not None and not self._is_answered:
            self._is_answered = True
            await self.incoming.callback_query.answer(url=self.private_link(payload))

    async def refuse(self, key: str) -> None:
        """Say no: an alert to a press; to a command a short reply that goes away by itself."""
        if self.incoming.callback_query is not None:
            await self.toast(self.texts(key), alert=True)
        else:
            await self.say_in_passing(key)

    async def say_waiting(self) -> None:
        """Say that this chat waits for an operator; a few times, for anybody can make one."""
        if self.incoming.callback_query is not None:
            await self.toast(self.texts("group.waiting"), alert=True)
        elif self.services.chats.may_say_waiting(self.chat.id):
            await self.say("group.waiting")

    async def say_in_passing(self, key: str) -> None:
        """Answer with one message of the catalogue, which goes away by itself in a group."""
        await self.answer(Page(plain(self.texts(key))), in_passing=True)

    async def note_press(self) -> None:
        """A button was pressed: an answer that others use stays, and one in use goes later."""
        minutes, message = self.chat.settings.cleanup_minutes, self.incoming.effective_message
        if minutes is None or message is None or self.chat.kind not in GROUPS:
            return
        later = self.services.clock.now() + timedelta(minutes=minutes)
        place = (self.chat.id, MessageId(message.message_id))
        async with self.services.database.transaction() as tx:
            await cleanups.note_press(tx, place, self.person_id, later)

    def _cleanup_of(self, sent: Sent, *, in_passing: bool) -> Cleanup | None:
        """When an answer to one person is deleted, with their command; never in private."""
        minutes, asked = self.chat.settings.cleanup_minutes, self.incoming.message
        now = self.services.clock.now()
        due = due_at(now, minutes, in_passing=in_passing)
        if due is None or self.person_id is None or self.chat.kind not in GROUPS:
            return None
        goes_too = minutes is not None and asked is not None and asked.chat.id == sent.chat_id
        asked_id = MessageId(asked.message_id) if asked is not None and goes_too else None
        return Cleanup(sent.chat_id, sent.message_id, asked_id, now, due)

    async def _have_cleaned(self, cleanup: Cleanup, tx: Transaction) -> None:
        await cleanups.add_cleanup(tx, cleanup, self.person_id if self.is_deed_kept else None)

    @property
    def thread_id(self) -> ThreadId | None:
        """The topic of the question. Trusted only with `is_topic_message`: replies set it too."""
        message, place = self.incoming.effective_message, self.incoming.effective_chat
        if place is not None and place.id != self.chat.id:
            return None
        topic = getattr(message, "is_topic_message", None)
        thread = getattr(message, "message_thread_id", None)
        return ThreadId(thread) if topic and thread is not None else None

    @property
    def _asked_id(self) -> MessageId | None:
        """The question, where it is in the chat that is answered."""
        asked = self.incoming.effective_message
        if asked is None or asked.chat.id != self.chat.id:
            return None
        return MessageId(asked.message_id)

    async def _remember(
        self,
        message_id: MessageId,
        page: Page,
        shown: PostView | None,
        cleanup: Cleanup | None = None,
    ) -> None:
        """Keep which post a message of ours shows, which posts it lists, and when it goes.

        All in one commit. Where it is only to go, and that cannot be written down now, it stays:
        that is no reason to answer twice.
        """
        database = self.services.database
        if shown is None and page.items is None:
            if cleanup is not None:
                with suppress(DatabaseError):
                    await database.write(partial(self._have_cleaned, cleanup))
            return

        async def remember(tx: Transaction) -> None:
            await inbox.delete_updates(tx, [self.update_id])
            if shown is not None:
                await self._tie(tx, message_id, shown)
            if page.items is not None:
                await self._keep_list(tx, message_id, page, page.items)
            if cleanup is not None:
                await self._have_cleaned(cleanup, tx)

        await database.write(remember)

    async def _keep_list(
        self, tx: Transaction, message_id: MessageId, page: Page, items: tuple[PostId, ...]
    ) -> None:
        await lists.set_list(
            tx,
            self.chat.id,
            message_id,
            PostList(items, page.first, page.besides),
            person_id=self.person_id,
            shown_at=self.services.clock.now(),
        )

    async def _tie(self, tx: Transaction, message_id: MessageId, shown: PostView) -> None:
        await messages.set_message(
            tx,
            self.chat.id,
            message_id,
            shown.post_id,
            view=shown.view,
            page=shown.page,
            language=self.texts.lang,
            sent_at=self.services.clock.now(),
        )
