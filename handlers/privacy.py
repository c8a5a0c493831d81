"""What is kept of a person, shown and deleted on request (Telegram's terms for bots)."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.logs import ALIASES
from bot.pages.actions import Forget, Remember, encode
from bot.pages.page import Button, Page
from bot.text.rich import bold, plain
from storage import (
    administrators,
    authorship,
    chats,
    cleanups,
    deeds,
    drafts,
    lists,
    menus,
    messages,
    reactions,
)
from storage.models import ActorId, ChatId, UserId

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telegram import Update

    from bot.interaction.context import BotContext
    from storage.database import Connection, Transaction


async def privacy(_: Update, context: BotContext) -> None:
    """Answer /privacy with what is kept, for how long, and how to have it deleted."""
    texts = context.texts
    text = bold(texts("privacy.title")) + "\n" + texts.rich("privacy.text")
    text = text + "\n\n" + texts.rich("privacy.answers")
    if context.services.settings.litestream:
        text = text + "\n\n" + texts.rich("privacy.copies")
    if context.services.settings.backup_dir is not None:
        text = text + "\n\n" + texts.rich("privacy.backups")
    await context.answer(Page(text))


async def mydata(_: Update, context: BotContext) -> None:
    """Answer /mydata with all that is kept of whoever asks."""
    user_id = context.user_id
    if user_id is None:
        await context.refuse("privacy.anonymous")
        return
    async with context.services.database.reader() as db:
        given = await reactions.count_by_actor(db, ActorId(user_id))
        own = await chats.get_chat(db, ChatId(user_id))
        rooms = await administrators.count_of_person(db, user_id)
        asked = await cleanups.count_of_asker(db, user_id)
        opened = await menus.count_of_person(db, user_id)
        listed = await lists.count_of_person(db, user_id)
        written = await authorship.count_of_person(db, user_id)
        drafted = await drafts.count_of_person(db, user_id)
        is_kept = await _is_kept(context, db, user_id)
    if not is_kept:
        await context.say("privacy.nothing")
        return
    texts = context.texts
    key = "mydata.with_chat" if own is not None else "mydata.reactions_only"
    posts = texts.count("mydata.posts", given.posts)
    others = texts.count("mydata.others", given.others)
    also = texts.count("mydata.rooms", rooms) if rooms else ""
    lines = [texts(key, posts=posts, others=others, rooms=also)]
    more = [("mydata.answers", asked), ("mydata.menus", opened), ("mydata.lists", listed)]
    more += [("mydata.written", written), ("mydata.drafts", drafted)]
    lines += [texts.count(key, number) for key, number in more if number]
    await context.answer(Page(plain("\n".join(lines))))


async def forgetme(_: Update, context: BotContext) -> None:
    """Answer /forgetme by asking once; only whoever asked can confirm."""
    channel_id = context.channel_id
    if channel_id is not None:
        await _forget_channel(context, channel_id)
        return
    user_id = context.user_id
    if user_id is None:
        await context.refuse("privacy.anonymous")
        return
    async with context.services.database.reader() as db:
        is_kept = await _is_kept(context, db, user_id)
    if not is_kept:
        await _delete_person(context, user_id)  # numbers of messages, of which nobody is asked
        await context.say("privacy.nothing")
        return
    texts = context.texts
    forget = Button(texts("forgetme.button"), data=encode(Forget(user_id)), style="danger")
    remember = Button(texts("forgetme.cancel"), data=encode(Remember(user_id)))
    await context.answer(Page(plain(texts("forgetme.sure")), ((forget, remember),)))


async def _is_kept(context: BotContext, db: Connection, user_id: UserId) -> bool:
    """Whether there is anything of a person to forget, be it the time of a withdrawal."""
    return (
        await reactions.has_given(db, ActorId(user_id))
        or await chats.get_chat(db, ChatId(user_id)) is not None
        or await deeds.has_deeds(db, user_id)
        or await administrators.count_of_person(db, user_id) > 0
        or await cleanups.count_of_asker(db, user_id) > 0
        or await menus.count_of_person(db, user_id) > 0
        or await lists.count_of_person(db, user_id) > 0
        or await authorship.count_of_person(db, user_id) > 0
        or await drafts.count_of_person(db, user_id) > 0
        or await context.services.search.has_asked(db, user_id)
    )


async def _forget_channel(context: BotContext, channel_id: ChatId) -> None:
    """Delete what somebody gave as a channel. A press tells a person only: a word confirms it."""
    if context.words not in {one("forgetme.word") for one in context.services.catalogues.values()}:
        await context.say("forgetme.channel")
        return
    async with _forgetting(context, channel_id) as tx:
        gone = await _delete_given(tx, context, channel_id)
    done = await _overwritten(context, channel_id)
    await context.say(done if gone else "privacy.nothing", reactions=context.texts.number(gone))


async def forget_pressed(_: Update, context: BotContext, action: Forget) -> None:
    """Delete everything of whoever asked: reactions, searches that found nothing, their chat."""
    if context.user_id != action.user_id:
        await context.toast(context.texts("forgetme.not_yours"), alert=True)
        return
    await context.edit(Page(plain(await _forget_person(context, UserId(action.user_id)))))


async def remember_pressed(_: Update, context: BotContext, action: Remember) -> None:
    """Leave everything as it is: whoever asked thought better of it."""
    if context.user_id != action.user_id:
        await context.toast(context.texts("forgetme.not_yours"), alert=True)
        return
    await context.edit(Page(plain(context.texts("forgetme.kept"))))


async def _forget_person(context: BotContext, user_id: UserId) -> str:
    """Delete everything of a person, in the files too; what is said of that."""
    gone = await _delete_person(context, user_id)
    done = await _overwritten(context, user_id)
    return context.texts(done, reactions=context.texts.number(gone))


async def _delete_person(context: BotContext, user_id: UserId) -> int:
    """Delete everything of a person; how many rows of what they gave that were."""
    async with _forgetting(context, user_id) as tx:
        gone = await _delete_given(tx, context, user_id)
        await chats.delete_chat(tx, ChatId(user_id))
        await administrators.delete_of_person(tx, user_id)
        await _forget_author(tx, context, user_id)
        await context.services.search.forget_asker(tx, user_id)
    return gone


async def _forget_author(tx: Transaction, context: BotContext, user_id: UserId) -> None:
    """Drop what somebody was to publish, and what they said; what they published stays."""
    await drafts.delete_of_person(tx, user_id)
    await context.services.publisher.forget_remarks(tx, user_id)
    await authorship.forget_publisher(tx, user_id)


async def _delete_given(tx: Transaction, context: BotContext, person_id: int) -> int:
    """Delete what somebody gave, and have the cards show it no more; how many rows that were."""
    actor_id = ActorId(person_id)
    await messages.set_refresh_of_actor(tx, actor_id, context.services.clock.now())
    return await reactions.delete_by_actor(tx, actor_id)


@asynccontextmanager
async def _forgetting(context: BotContext, person_id: int) -> AsyncIterator[Transaction]:
    """The transaction that forgets somebody, of whom nothing is written down for a later word.

    What was answered before is written first, so that it is deleted with the rest; what
    may not have been is not answered any more.
    """
    context.is_deed_kept = False
    context.services.forget_person(person_id)
    await context.services.forget_handled()
    async with context.transaction() as tx:
        yield tx
        await deeds.delete_of_person(tx, person_id)
        await menus.delete_of_person(tx, person_id)
        await cleanups.forget_asker(tx, person_id)
        await lists.delete_of_person(tx, person_id)
    context.services.deeds.forget(person_id)
    context.services.administrators.forget(UserId(person_id))
    context.services.parts.forget(ChatId(person_id))
    ALIASES.renew()


async def _overwritten(context: BotContext, actor_id: int) -> str:
    """Have the files follow; the message that says how far that came.

    What this person asked before is handled, but its update may still be there for a moment.
    """
    await context.services.forget_handled()
    if await context.services.database.overwrite(actor_id):
        return "forgetme.done"
    return "forgetme.copied" if context.services.settings.litestream else "forgetme.soon"
