"""Which post a number means: the item of a list, or the post's own number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.pages.post_numbers import parse_typed
from storage import lists, messages
from storage.models import MessageId, PostId

if TYPE_CHECKING:
    from bot.interaction.context import BotContext
    from bot.pages.post_numbers import TypedNumber
    from storage.database import Connection
    from storage.lists import PostList


@dataclass(frozen=True, slots=True)
class Meant:
    """The post that somebody means, and a line that says by which list, where there was one."""

    post_id: PostId
    note: str = ""


async def post_meant(context: BotContext) -> Meant | None:
    """The post that is named by a number after the command, or replied to; None without either.

    `3` is the third of the list that is replied to, or else of the list that whoever asks saw last
    in this chat within the hour. Without such a list, and as `#3`, it is the post's own number.
    """
    typed = parse_typed(context.words)
    async with context.services.database.reader() as db:
        if typed is None:
            return None if context.words else await _replied(context, db)
        if typed.is_own:
            return Meant(PostId(typed.number))
        listed, key = await _list_of(context, db)
    return _item(context, typed, listed, key)


async def _replied(context: BotContext, db: Connection) -> Meant | None:
    """The post whose card, or full text, is replied to."""
    message_id = _replied_id(context)
    if message_id is None:
        return None
    shown = await messages.get_message(db, context.chat.id, message_id)
    return None if shown is None else Meant(shown.post_id)


async def _list_of(context: BotContext, db: Connection) -> tuple[PostList | None, str]:
    """The list that a number is looked up in, and the message that says which it is."""
    message_id, person_id = _replied_id(context), context.person_id
    if message_id is not None:
        listed = await lists.get_list(db, context.chat.id, message_id)
        if listed is not None:
            return listed, "number.of_reply"
    if person_id is None:
        return None, ""
    now = context.services.clock.now()
    return await lists.get_own_list(db, context.chat.id, person_id, now), "number.of_last"


def _item(context: BotContext, typed: TypedNumber, listed: PostList | None, key: str) -> Meant:
    if listed is None:
        return Meant(PostId(typed.number))
    item = listed.at(typed.number)
    if item is None:
        note = context.texts("number.not_listed", number=typed.number)
        return Meant(PostId(typed.number), note)
    return Meant(item, context.texts(key, number=typed.number))


def _replied_id(context: BotContext) -> MessageId | None:
    message = context.incoming.message
    replied = message.reply_to_message if message is not None else None
    return None if replied is None else MessageId(replied.message_id)
