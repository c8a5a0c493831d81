"""A post in an operator's hands: `sosik post` takes it down, and brings it back.

What was sent is deleted and edited by the bot, at once where it runs beside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.delivery.announce import count_again, push_again
from bot.delivery.observers import post_observers
from bot.delivery.withdrawal import withdraw
from bot.errors import InputError
from bot.sources.publishing import put_back, take_down
from bot.text.inert import inert
from storage import posts

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.delivery.withdrawal import Withdrawal
    from bot.locales import Texts
    from storage.database import Database, Transaction
    from storage.models import Post, PostId


async def post_lines(
    database: Database, clock: Clock, deed: str, post_id: PostId, texts: Texts
) -> list[str]:
    """Do a deed, remove or restore; what to say of it. Raises InputError where it cannot be."""
    if deed == "remove":
        return removed_lines(texts, *await remove(database, clock, post_id))
    return restored_lines(texts, *await restore(database, clock, post_id))


async def remove(database: Database, clock: Clock, post_id: PostId) -> tuple[Post, Withdrawal]:
    """Take a post down, as an operator's button does. Raises InputError where it is not there."""
    now = clock.now()
    async with database.transaction() as tx:
        post = await _post(tx, post_id)
        if not await take_down(tx, post_id, now, post_observers(clock)):
            raise InputError("post.by_hand.down", title=post.title)
        return post, await withdraw(tx, post_id, now)


async def restore(database: Database, clock: Clock, post_id: PostId) -> tuple[Post, int]:
    """Bring back what was taken down and push it again; the post, and to how many chats it goes.

    Raises InputError where it is not down.
    """
    now = clock.now()
    async with database.transaction() as tx:
        post = await _post(tx, post_id)
        back = await put_back(tx, post_id, now, post_observers(clock))
        if back is None:
            raise InputError("post.by_hand.up", title=post.title)
        await push_again(tx, back, now)
    return back, await count_again(database, back, now)


async def _post(tx: Transaction, post_id: PostId) -> Post:
    post = await posts.get_post(tx, post_id)
    if post is None:
        raise InputError("post.by_hand.none", number=str(post_id))
    return post


def removed_lines(texts: Texts, post: Post, done: Withdrawal) -> list[str]:
    """What becomes of the messages of a post that was taken down, as the button says it."""
    counts = {"deleting": done.deleting, "marking": done.marking, "dropped": done.dropped}
    told = [texts.count(f"takedown.{name}", n) for name, n in counts.items() if n]
    later = texts("post.by_hand.later") if told else texts("post.by_hand.nowhere")
    return [texts("takedown.done", title=inert(post.title).text), *told, later]


def restored_lines(texts: Texts, post: Post, chats: int) -> list[str]:
    """Where a post goes that was brought back."""
    said = texts.count("takedown.back", chats, title=inert(post.title).text)
    return [said, texts("post.by_hand.later")]
