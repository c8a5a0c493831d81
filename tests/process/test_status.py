from __future__ import annotations

import json
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.locales import get_texts
from bot.process.status import MOST_NIGHTS, read_status, status_lines
from bot.process.waiting import read_waiting, status_json, waiting_lines
from bot.search.service import SearchService
from storage import outbox, sources
from storage.models import ChatId, ChatState, NewOutboxRow, PostId, PostPush, SourceKind
from tests.search.posts import add_posts
from tests.storage.rows import add_chats, add_post, chat

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

PROBLEM = json.dumps({"key": "source.fetch.status", "values": {"host": "a.example", "status": 503}})


async def test_a_new_bot_counts_nothing_and_names_no_source(
    database: Database, clock: FakeClock
) -> None:
    status = await read_status(database, clock.now())
    assert (status.posts, status.waiting_updates, status.set_aside, status.skipped) == (0, 0, 0, 0)
    assert status.chats == dict.fromkeys(ChatState, 0)
    assert not any("•" in line for line in status_lines(get_texts("ko"), status))


async def test_how_far_the_index_is_is_said_until_it_is_whole(
    database: Database, clock: FakeClock
) -> None:
    await add_posts(database, [("글", "본문"), ("다른 글", "본문")], indexed=False)
    texts = get_texts("ko")
    lines = status_lines(texts, await read_status(database, clock.now()))
    assert lines[1] == "찾기: 글 2편 가운데 0편을 읽어 들였어요"
    await SearchService(database, clock=clock).prepare()
    assert (await read_status(database, clock.now())).index is None
    async with database.transaction() as tx:
        await tx.execute("UPDATE search_state SET analysis = 0")
    lines = status_lines(texts, await read_status(database, clock.now()))
    assert "새 색인에 글 2편 가운데 0편" in lines[1]


async def test_how_many_posts_were_read_by_meaning_is_said_while_some_were(
    database: Database, clock: FakeClock
) -> None:
    await add_posts(database, [("글", "본문"), ("다른 글", "본문")])
    texts = get_texts("ko")

    async def said() -> bool:
        lines = status_lines(texts, await read_status(database, clock.now()))
        return "뜻으로 찾기: 글 2편 가운데 1편을 읽었어요" in lines

    assert not await said()
    async with database.transaction() as tx:
        await tx.execute("UPDATE search_vectors SET model = 'm' WHERE post_id = 1")
    assert await said()
    async with database.transaction() as tx:
        await tx.execute("UPDATE search_vectors SET model = 'm'")
    assert not await said()


async def sleep(database: Database, clock: FakeClock, *titles: str, posts: int) -> None:
    """So many posts wait in each of these chats, an hour longer in each."""
    ids = [await add_post(database, f"글 {number}") for number in range(posts)]
    rows = []
    for number, title in enumerate(titles, 1):
        await add_chats(database, chat(-number, title=title))
        until = clock.now() + timedelta(hours=number)
        push = PostPush(tuple(map(PostId, ids)))
        rows.append(NewOutboxRow(ChatId(-number), "x", push, until))
    async with database.transaction() as tx:
        await outbox.add_rows(tx, rows, clock.now())


def of_nights(lines: list[str]) -> list[str]:
    return [one for one in lines if "조용한 시간" in one or "quiet hours" in one]


async def test_where_posts_wait_for_the_morning_is_said_with_when_it_is(
    database: Database, clock: FakeClock
) -> None:
    await sleep(database, clock, "독서모임", "", posts=3)
    status = await read_status(database, clock.now())
    assert of_nights(status_lines(get_texts("ko"), status)) == [
        "• 독서모임: 조용한 시간이라 3편이 기다려요 (오전 10:00부터)",
        "• 개인 대화방: 조용한 시간이라 3편이 기다려요 (오전 11:00부터)",
    ]
    english = of_nights(status_lines(get_texts("en"), status))
    assert english[0] == "• 독서모임: quiet hours: 3 posts wait (until 10:00 AM)"
    await clock.advance(3600)
    later = await read_status(database, clock.now())
    (line,) = of_nights(status_lines(get_texts("ko"), later))
    assert "개인" in line


async def test_of_many_chats_that_sleep_the_rest_are_counted(
    database: Database, clock: FakeClock
) -> None:
    await sleep(database, clock, *map(str, range(MOST_NIGHTS + 2)), posts=1)
    lines = status_lines(get_texts("ko"), await read_status(database, clock.now()))
    assert len(of_nights(lines)) == MOST_NIGHTS
    assert "그 밖에 방 2곳에서도 기다려요" in lines


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_a_source_that_fails_is_named_with_its_last_error(
    database: Database, clock: FakeClock, lang: str
) -> None:
    async with database.transaction() as tx:
        await sources.add_source(tx, "https://b.example/feed", SourceKind.FEED)
        failing = await sources.add_source(tx, "https://a.example/feed", SourceKind.FEED)
        now = clock.now()
        await sources.set_failed(tx, failing, now, PROBLEM, next_poll_at=now, told_at=None)
    lines = status_lines(get_texts(lang), await read_status(database, clock.now()))
    assert lines[-1].startswith("• https://a.example/feed: a.example")
    assert "503" in lines[-1]
    assert not any("b.example" in line for line in lines)


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_no_way_of_asking_shows_the_key_of_a_feed(
    database: Database, clock: FakeClock, lang: str
) -> None:
    address, now, texts = "https://a.example/feed?key=pssst", clock.now(), get_texts(lang)
    problem = json.dumps({"key": "source.format.no_feed", "values": {"address": address}})
    async with database.transaction() as tx:
        failing = await sources.add_source(tx, address, SourceKind.FEED)
        await sources.set_failed(tx, failing, now, problem, next_poll_at=now, told_at=None)
    status, waiting = await read_status(database, now), await read_waiting(database, now)
    lines = [*status_lines(texts, status), *waiting_lines(texts, status, waiting, UTC)]
    shown = "\n".join([*lines, json.dumps(status_json(texts, status, waiting), ensure_ascii=False)])
    assert shown.count("https://a.example/feed?key=…") == 5
    assert "pssst" not in shown
