"""Authors: who they are in an update, and what is theirs to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sources.publishing import Author
from bot.text.characters import clean_line
from storage import authorship
from storage.models import Remark

if TYPE_CHECKING:
    from bot.interaction.context import BotContext
    from storage.database import Connection
    from storage.models import Draft, Post


def is_theirs(context: BotContext, draft: Draft) -> bool:
    """Whether whoever asks may decide about a draft: its author, or an operator."""
    return context.services.chats.is_operator(context.user_id) or (
        draft.author_id is not None and draft.author_id == context.user_id
    )


def is_unsaid(draft: Draft, post: Post) -> bool:
    """Whether a draft has words that are not said about its post, for somebody else's are."""
    return bool(draft.remark) and post.remark != Remark(draft.remark, draft.author_name)


async def may_speak_about(db: Connection, context: BotContext, post: Post) -> bool:
    """Whether whoever asks may say something about a post: nobody else did, or an operator asks."""
    whose = await authorship.get_authorship(db, post.id)
    is_free = post.remark is None or whose.remark_id == context.user_id
    return is_free or context.services.chats.is_operator(context.user_id)


def author_of(context: BotContext) -> Author:
    """Whoever asks, as an author."""
    user = context.incoming.effective_user
    name = clean_line(user.full_name) if user is not None else ""
    return Author(context.user_id or 0, name, context.chat.id)
