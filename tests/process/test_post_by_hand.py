"""`sosik post`: taken down and brought back as by an operator's buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.errors import InputError
from bot.locales import get_texts
from bot.process.post_by_hand import post_lines
from storage import messages, posts, takedowns
from storage.models import ChatId, MessageId, OutboxKind, PostId, View
from tests.storage.rows import add_chats, add_post, chat, pushes_of

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

ENGLISH = get_texts("en")


async def test_a_post_is_taken_down_and_what_becomes_of_its_messages_is_said(
    database: Database, clock: FakeClock
) -> None:
    await add_chats(database, chat(-1))
    post_id = await add_post(database, "첫 글")
    async with database.transaction() as tx:
        await messages.set_message(
            tx,
            ChatId(-1),
            MessageId(5),
            post_id,
            view=View.CARD,
            page=0,
            language="ko",
            sent_at=clock.now(),
        )
    assert await post_lines(database, clock, "remove", post_id, ENGLISH) == [
        "“첫 글” is taken down.",
        "It is being deleted in 1 chat.",
        "That happens soon where the bot runs, or once it starts.",
    ]
    async with database.reader() as db:
        post = await posts.get_post(db, post_id)
        due = await takedowns.list_withdrawn(db, clock.now(), limit=9)
    assert post is not None
    assert post.taken_down_at == post.removed_at == clock.now()
    assert [one.message_id for one in due] == [5]
    with pytest.raises(InputError, match=r"post\.by_hand\.down"):
        await post_lines(database, clock, "remove", post_id, ENGLISH)


async def test_what_no_chat_has_is_said_so_and_what_was_down_is_pushed_again(
    database: Database, clock: FakeClock
) -> None:
    await add_chats(database, chat(-1))
    post_id = await add_post(database, "첫 글")
    assert await post_lines(database, clock, "remove", post_id, ENGLISH) == [
        "“첫 글” is taken down.",
        "No chat has it.",
    ]
    said = await post_lines(database, clock, "restore", post_id, ENGLISH)
    assert said[0] == "“첫 글” is back. I will push it again to 1 chat."
    assert len(await pushes_of(database, -1, OutboxKind.POST)) == 1
    with pytest.raises(InputError, match=r"post\.by_hand\.up"):
        await post_lines(database, clock, "restore", post_id, ENGLISH)


@pytest.mark.parametrize("deed", ["remove", "restore"])
async def test_a_number_that_no_post_has_is_said_to_be_none(
    deed: str, database: Database, clock: FakeClock
) -> None:
    with pytest.raises(InputError, match=r"post\.by_hand\.none"):
        await post_lines(database, clock, deed, PostId(404), ENGLISH)
