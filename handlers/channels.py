"""What administrators type in a channel, where nobody is answered: each is told in private, how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.delivery.compose import TYPED_KEY
from storage import administrators, outbox
from storage.models import ChatId, NewOutboxRow, NoticePush
from storage.times import to_seconds

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext

DAY_SECONDS = 86_400


async def typed(update: Update, context: BotContext) -> None:
    """A command was posted in a channel, whose posts have no sender (Bot API, Message.from).

    Its administrators who opened the bot are told where to set it, once a day at most; never in
    the channel or its discussion, which is for readers.
    """
    message = update.channel_post
    if message is None or not message.text:
        return
    now, chat = context.services.clock.now(), context.chat
    command = message.text.split(maxsplit=1)[0].partition("@")[0]
    said = {"title": chat.title or str(chat.id), "command": command}
    notice = NoticePush(TYPED_KEY, said, chat.id)
    item = f"typed:{chat.id}:{to_seconds(now) // DAY_SECONDS}"
    async with context.transaction() as tx:
        to = await administrators.list_reachable(tx, chat.id)
        rows = [NewOutboxRow(ChatId(one), item, notice, not_before=now) for one in to]
        await outbox.add_rows(tx, rows, now)
