from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage import chats, due, editions, messages, outbox, posts, quiet_posts, sources
from storage.models import (
    Baseline,
    ChatId,
    MessageId,
    NewOutboxRow,
    NoticePush,
    Period,
    PostId,
    SourceKind,
    View,
)
from tests.storage.rows import NOW, add_chats, add_post, chat

if TYPE_CHECKING:
    from storage.database import Database

HOUR = timedelta(hours=1)
AHEAD = [timedelta(minutes=1), HOUR, timedelta(days=1), timedelta(days=400)]
CHAT = ChatId(-1001)


@pytest.mark.parametrize("ahead", AHEAD)
async def test_a_source_waits_for_no_longer_than_it_was_put_off(
    database: Database, ahead: timedelta
) -> None:
    """By a clock that was ahead, and is right again."""
    then = NOW + ahead
    async with database.transaction() as tx:
        new, fetched, failed, claimed, fine = [
            await sources.add_source(
                tx, f"https://{name}.example/", SourceKind.FEED, next_poll_at=at
            )
            for name, at in (("a", then), ("b", NOW), ("c", NOW), ("d", NOW), ("e", NOW + HOUR))
        ]
        await sources.set_fetched(
            tx, fetched, then, next_poll_at=then + HOUR, etag=None, last_modified=None
        )
        await sources.set_failed(tx, failed, then, "e", next_poll_at=then + 2 * HOUR, told_at=None)
        await tx.execute("UPDATE sources SET planned_at = ? WHERE id = ?", (0, fine))
        await sources.claim_due(tx, then, until=then + timedelta(seconds=10), limit=0)
        await due.set_back(tx, NOW)
        found = {one.id: one.next_poll_at for one in await sources.list_sources(tx)}
    assert [found[one] for one in (new, fetched, failed, claimed, fine)] == [
        NOW,
        NOW + HOUR,
        NOW + 2 * HOUR,
        NOW,
        NOW + HOUR,
    ]


async def test_a_claim_is_a_lease_of_seconds_also_by_a_clock_that_was_ahead(
    database: Database,
) -> None:
    then, lease = NOW + HOUR, timedelta(seconds=10)
    async with database.transaction() as tx:
        await sources.add_source(tx, "https://a.example/", SourceKind.FEED, next_poll_at=NOW)
        assert await sources.claim_due(tx, then, until=then + lease, limit=1)
        assert await due.set_back(tx, NOW) == 1
        assert await sources.get_next_poll_at(tx) == NOW + lease


async def test_of_earlier_versions_rows_what_no_source_asks_for_is_not_believed(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        for number, hours in enumerate((26, 28)):
            await sources.add_source(
                tx, f"https://{number}/", SourceKind.FEED, next_poll_at=NOW + hours * HOUR
            )
        await tx.execute("UPDATE sources SET planned_at = NULL")
        await due.set_back(tx, NOW)
        found = [one.next_poll_at for one in await sources.list_sources(tx)]
    assert found == [NOW + 26 * HOUR, NOW]


@pytest.mark.parametrize("ahead", AHEAD)
async def test_a_push_waits_for_no_longer_than_it_was_put_off(
    database: Database, ahead: timedelta
) -> None:
    """What is in doubt counts from now: before, its chat was silent until that day came."""
    then = NOW + ahead
    notice = NoticePush("notice.topic", {})
    async with database.transaction() as tx:
        rows = [NewOutboxRow(CHAT, str(number), notice, not_before=then) for number in range(4)]
        await outbox.add_rows(tx, rows, then)
        fresh, put_off, doubtful, sent = [
            row["id"] for row in await tx.fetch_all("SELECT id FROM outbox")
        ]
        await outbox.set_pending(tx, put_off, then + HOUR, "flooded", then)
        await outbox.set_unknown(tx, doubtful, "timed out", then)
        await outbox.set_sent(tx, sent, MessageId(1), then)
        assert await due.set_back(tx, NOW) == 3
        found = [await outbox.get_row(tx, one) for one in (fresh, put_off, doubtful, sent)]
    times = [(one.not_before, one.changed_at) for one in found if one is not None]
    assert times == [(NOW, NOW), (NOW + HOUR, NOW), (NOW, NOW), (then, then)]


async def test_an_edit_and_the_line_of_the_last_digest_do_not_lie_far_ahead(
    database: Database,
) -> None:
    await add_chats(database, chat(-1001, last_digest_at=NOW + HOUR))
    post_id = await add_post(database, "글")
    async with database.transaction() as tx:
        for number, at in ((1, NOW + HOUR), (2, NOW + 2 * HOUR)):
            await messages.set_message(
                tx, CHAT, MessageId(number), PostId(post_id),
                view=View.CARD, page=0, language="ko", sent_at=NOW,
            )  # fmt: skip
            await messages.set_refresh(tx, [(CHAT, MessageId(number))], at)
        await due.set_back(tx, NOW)
        found = [await messages.get_message(tx, CHAT, MessageId(number)) for number in (1, 2)]
        known = await chats.get_chat(tx, CHAT)
    assert [one.refresh_at for one in found if one is not None] == [NOW + HOUR, NOW]
    assert known is not None
    assert known.last_digest_at == NOW


async def test_what_is_new_since_the_last_edition_is_so_since_now(database: Database) -> None:
    async with database.transaction() as tx:
        then = NOW + timedelta(days=700)
        await editions.claim_editions(tx, Period.WEEK, [(CHAT, then.date(), 540)], then)
        await due.set_back(tx, NOW)
        assert await editions.list_last_claimed(tx, [CHAT], Period.WEEK) == {CHAT: NOW}


@pytest.mark.parametrize("ahead", AHEAD)
async def test_what_was_seen_later_than_now_was_seen_by_now(
    database: Database, ahead: timedelta
) -> None:
    """A chat that joined next year had no news until then, and a post was in no digest."""
    await add_chats(database, chat(-1001, joined_at=NOW + ahead), chat(-1002, joined_at=NOW - HOUR))
    old = await add_post(database, "옛 글", at=NOW - HOUR)
    new = await add_post(database, "새 글", at=NOW + ahead)
    async with database.transaction() as tx:
        await due.set_back(tx, NOW)
        known = [await chats.get_chat(tx, ChatId(one)) for one in (-1001, -1002)]
        found = [await posts.get_post(tx, one) for one in (old, new)]
    assert [one.joined_at for one in known if one] == [NOW - due.MOMENT, NOW - HOUR]
    assert [one.first_seen_at for one in found if one] == [NOW - HOUR, NOW]
    assert [one.sort_at for one in found if one] == [NOW - HOUR, NOW]


async def test_what_sources_showed_by_a_clock_that_was_ahead_was_shown_by_now(
    database: Database,
) -> None:
    then = NOW + timedelta(days=400)
    post_id = await add_post(database, "묵은 글", quiet=True)
    async with database.transaction() as tx:
        ahead, right = [
            await sources.add_source(tx, f"https://{name}.example/", SourceKind.FEED)
            for name in "ab"
        ]
        for source_id, at in ((ahead, then), (right, NOW - HOUR)):
            await sources.set_fetched(
                tx, source_id, at, next_poll_at=None, etag=None, last_modified=None
            )
            await sources.set_baseline(tx, source_id, Baseline(at, at - HOUR))
        await sources.set_reading(tx, ahead, 1, read_anew_at=then)
        await quiet_posts.add_quiet(tx, ahead, [post_id], then)
        await due.set_back(tx, NOW)
        found = {one.id: one for one in await sources.list_sources(tx)}
        assert await quiet_posts.count_quiet(tx, NOW + HOUR) == {}
    assert found[ahead].first_fetched_at == NOW
    assert (found[ahead].baseline, found[ahead].read_anew_at) == (Baseline(NOW, NOW), NOW)
    assert found[right].baseline == Baseline(NOW - HOUR, NOW - 2 * HOUR)
    assert found[right].read_anew_at is None
