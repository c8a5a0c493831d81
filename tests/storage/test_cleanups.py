from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage import chats, cleanups, messages, reactions
from storage.models import (
    ActorId,
    ChatId,
    Cleanup,
    MessageId,
    ReactionSet,
    UpdateId,
    View,
)
from tests.storage.rows import NOW, add_post

if TYPE_CHECKING:
    from storage.database import Connection, Database

GROUP, MINJI, JUNHO = ChatId(-1001), 7, 8
LATER = NOW + timedelta(days=1)
CLEANUP = Cleanup(GROUP, MessageId(11), MessageId(10), NOW, LATER)


def reacted(message_id: int) -> ReactionSet:
    emoji = frozenset({"👍"})
    return ReactionSet(GROUP, MessageId(message_id), ActorId(MINJI), emoji, NOW, UpdateId(1))


async def kept(db: Connection) -> list[int]:
    far = LATER + timedelta(days=9)
    return [one.message_id for one in await cleanups.list_due(db, far, limit=9)]


async def test_what_is_due_is_listed_the_longest_first(database: Database) -> None:
    sooner = replace(CLEANUP, message_id=MessageId(12), asked_id=None, due_at=NOW)
    async with database.transaction() as tx:
        await cleanups.add_cleanup(tx, CLEANUP, MINJI)
        await cleanups.add_cleanup(tx, sooner, None)
        assert await cleanups.list_due(tx, NOW, limit=9) == [sooner]
        assert await cleanups.list_due(tx, LATER, limit=9) == [sooner, CLEANUP]
        assert await cleanups.list_due(tx, LATER, limit=1) == [sooner]


@pytest.mark.parametrize("used", [10, 11])
async def test_what_somebody_uses_stays_with_its_question(database: Database, used: int) -> None:
    other = replace(CLEANUP, message_id=MessageId(13), asked_id=MessageId(12))
    async with database.transaction() as tx:
        await cleanups.add_cleanup(tx, CLEANUP, MINJI)
        await cleanups.add_cleanup(tx, other, MINJI)
        await cleanups.keep_used(tx, [])
        await cleanups.keep_used(tx, [(ChatId(-9), MessageId(13)), (GROUP, MessageId(used))])
        assert await kept(tx) == [13]


async def test_what_was_reacted_to_before_it_was_known_stays(database: Database) -> None:
    async with database.transaction() as tx:
        await reactions.set_reactions(tx, [reacted(11)])
        await cleanups.add_cleanup(tx, CLEANUP, MINJI)
        assert await kept(tx) == []


@pytest.mark.parametrize(("presser", "stays"), [(MINJI, False), (JUNHO, True), (None, True)])
async def test_a_press_of_another_keeps_it_and_one_of_whoever_asked_puts_it_off(
    database: Database, presser: int | None, *, stays: bool
) -> None:
    put_off = LATER + timedelta(hours=1)
    async with database.transaction() as tx:
        await cleanups.add_cleanup(tx, CLEANUP, MINJI)
        await cleanups.note_press(tx, (GROUP, MessageId(11)), presser, put_off)
        await cleanups.note_press(tx, (GROUP, MessageId(11)), presser, NOW)
        assert await kept(tx) == ([] if stays else [11])
        assert await cleanups.list_due(tx, LATER, limit=9) == []


async def test_a_person_is_forgotten_and_what_they_asked_still_goes(database: Database) -> None:
    async with database.transaction() as tx:
        await cleanups.add_cleanup(tx, CLEANUP, MINJI)
        await cleanups.add_cleanup(tx, replace(CLEANUP, message_id=MessageId(12)), JUNHO)
        await cleanups.forget_asker(tx, MINJI)
        assert [await cleanups.count_of_asker(tx, one) for one in (MINJI, JUNHO)] == [0, 1]
        assert await kept(tx) == [11, 12]


@pytest.mark.parametrize("are_gone", [True, False])
async def test_a_message_that_is_gone_shows_its_post_no_more_unless_it_was_reacted_to(
    database: Database, *, are_gone: bool
) -> None:
    both = [CLEANUP, replace(CLEANUP, message_id=MessageId(12))]
    post_id = await add_post(database, "글")
    async with database.transaction() as tx:
        for one in both:
            await cleanups.add_cleanup(tx, one, MINJI)
            await messages.set_message(
                tx, GROUP, one.message_id, post_id, view=View.CARD, page=0, language="ko",
                sent_at=NOW,
            )  # fmt: skip
        await reactions.set_reactions(tx, [reacted(12)])
        await cleanups.delete_cleanups(tx, both, are_gone=are_gone)
        assert await kept(tx) == []
        shown = [await messages.get_message(tx, GROUP, MessageId(one)) for one in (11, 12)]
        assert [one is not None for one in shown] == [not are_gone, True]


async def test_a_group_that_becomes_a_supergroup_keeps_what_it_had(database: Database) -> None:
    """Its messages have other ids there."""
    async with database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO chats (id, kind, title, state, language, timezone, push, digest_times,
                digest_days, words, joined_at)
            VALUES (-1001, 'group', '', 'served', 'ko', 'UTC', 'on', '[]', '[]', '[]', 0)
            """
        )
        await cleanups.add_cleanup(tx, CLEANUP, MINJI)
        await chats.set_migrated(tx, GROUP, ChatId(-2002))
        assert await kept(tx) == []
