from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.sources.entries import title_key
from storage import posts, sources
from storage.models import BlogCounts, NewPost, PostId, SourceId, SourceKind
from storage.posts import Addition, KnownPost, ListingPosition
from tests.storage.rows import keep_post

if TYPE_CHECKING:
    from storage.database import Connection, Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FULL = NewPost(
    title="첫 글",
    body="본문입니다.",
    author="윤슬",
    html="<p>본문입니다.</p>",
    link="https://blog.example/1",
    guid="tag:1",
    published_at=NOW - DAY,
    position=3,
    cut=True,
    blog=BlogCounts(("👍🏻", "❤"), 8, 2),
)


@pytest.fixture
async def source_id(database: Database) -> SourceId:
    async with database.transaction() as tx:
        return await sources.add_source(tx, "https://blog.example", SourceKind.FEED)


async def add(database: Database, source_id: SourceId, *new: NewPost) -> list[PostId]:
    async with database.transaction() as tx:
        return [await keep_post(tx, source_id, one, first_seen_at=NOW) for one in new]


async def get_known(db: Connection, post_id: PostId) -> KnownPost | None:
    row = await db.fetch_one("SELECT * FROM posts WHERE id = ?", (post_id,))
    return None if row is None else posts._known(row)


def titled(title: str, *, days_ago: int | None = None) -> NewPost:
    published_at = None if days_ago is None else NOW - days_ago * DAY
    return NewPost(title=title, body="본문.", published_at=published_at)


async def test_a_post_comes_back_as_it_went_in(database: Database, source_id: SourceId) -> None:
    (post_id,) = await add(database, source_id, FULL)
    async with database.reader() as db:
        post = await posts.get_post(db, post_id)
    assert post is not None
    back = {name: getattr(post, name) for name in FULL.__dataclass_fields__}
    assert NewPost(**back) == FULL
    assert (post.id, post.source_id) == (post_id, source_id)
    assert (post.first_seen_at, post.sort_at) == (NOW, NOW - DAY)
    assert (post.edited_at, post.removed_at) == (None, None)


async def test_what_was_added_is_given_as_it_will_be_read(
    database: Database, source_id: SourceId
) -> None:
    at = NOW + timedelta(microseconds=5)
    async with database.transaction() as tx:
        added = await posts.add_posts(
            tx,
            [
                Addition(source_id, FULL, "하나", first_seen_at=at),
                Addition(source_id, titled("둘"), "둘", first_seen_at=at, sort_at=at - DAY),
            ],
        )
        assert [await posts.get_post(tx, post.id) for post in added] == added


async def test_what_is_not_there_is_none(database: Database) -> None:
    async with database.reader() as db:
        assert await posts.get_post(db, PostId(1)) is None
        assert await get_known(db, PostId(1)) is None
        assert await posts.get_by_link(db, "blog.example/1") is None


async def test_the_newest_come_first_a_page_at_a_time(
    database: Database, source_id: SourceId
) -> None:
    """Of posts with the same time the one that arrived last is the newest."""
    new = [titled("넷", days_ago=9), titled("둘"), titled("하나"), titled("셋", days_ago=1)]
    await add(database, source_id, *new)
    async with database.reader() as db:
        found = await posts.list_newest(db, limit=3)
        rest = await posts.list_newest(db, limit=3, offset=3)
        assert await posts.count_posts(db) == 4
    assert [post.title for post in found] == ["하나", "둘", "셋"]
    assert [post.title for post in rest] == ["넷"]


async def test_a_removed_post_is_kept_and_not_listed(
    database: Database, source_id: SourceId
) -> None:
    (post_id,) = await add(database, source_id, titled("하나"))
    async with database.transaction() as tx:
        known = await get_known(tx, post_id)
        assert known is not None
        await posts.set_post(
            tx, replace(known, post=replace(known.post, removed_at=NOW)), title_key=""
        )
    async with database.reader() as db:
        assert await posts.list_newest(db, limit=5) == []
        assert await posts.count_posts(db) == 0
        assert await posts.list_arrived(db, after=NOW - DAY, until=NOW) == []
        post = await posts.get_post(db, post_id)
    assert post is not None
    assert post.removed_at == NOW


async def test_the_count_follows_what_is_added_removed_brought_back_and_deleted(
    database: Database, source_id: SourceId
) -> None:
    counts = []
    one, two = await add(database, source_id, titled("하나"), titled("둘"))
    steps = [
        ("UPDATE posts SET removed_at = 1 WHERE id = ?", one),
        ("UPDATE posts SET removed_at = 2 WHERE id = ?", one),
        ("UPDATE posts SET removed_at = NULL WHERE id = ?", one),
        ("DELETE FROM posts WHERE id = ?", two),
        ("UPDATE posts SET removed_at = 1 WHERE id = ?", one),
        ("DELETE FROM posts WHERE id = ?", one),
    ]
    for sql, post_id in steps:
        async with database.transaction() as tx:
            await tx.execute(sql, (post_id,))
            counts.append(await posts.count_posts(tx))
    assert counts == [1, 1, 2, 1, 0, 0]


async def test_a_known_post_is_written_as_it_is_now(
    database: Database, source_id: SourceId
) -> None:
    (post_id,) = await add(database, source_id, titled("하나"))
    async with database.transaction() as tx:
        other = await sources.add_source(tx, "archive.txt", SourceKind.ARCHIVE)
        known = await get_known(tx, post_id)
        assert known is not None
        post = replace(
            known.post,
            **{name: getattr(FULL, name) for name in FULL.__dataclass_fields__},
            source_id=other,
            edited_at=NOW,
            sort_at=NOW - 3 * DAY,
        )
        changed = KnownPost(
            post,
            link_key="blog.example/1",
            fingerprint="f",
            missing_at=NOW,
            listing_id=other,
        )
        await posts.set_post(tx, changed, title_key="첫 글")
        assert await get_known(tx, post_id) == changed
        assert await posts.get_by_link(tx, "blog.example/1") == post
        assert await posts.list_matching(tx, other, title_keys=["첫 글"]) == [changed]


async def test_only_announced_posts_count_as_arrived(
    database: Database, source_id: SourceId
) -> None:
    async with database.transaction() as tx:
        for hours, quiet in ((5, False), (3, False), (2, True), (1, False), (0, False)):
            await keep_post(
                tx,
                source_id,
                titled(f"{hours}시간 전"),
                first_seen_at=NOW - timedelta(hours=hours),
                quiet=quiet,
            )
    async with database.reader() as db:
        arrived = await posts.list_arrived(
            db, after=NOW - timedelta(hours=5), until=NOW - timedelta(hours=1)
        )
        found = await posts.get_posts(db, [*(one for one, _ in arrived[::-1]), PostId(999)])
    assert [NOW - at for _, at in arrived] == [timedelta(hours=3), timedelta(hours=1)]
    assert [post.title for post in found] == ["1시간 전", "3시간 전"]


async def test_what_is_new_or_dated_since_then_is_listed_the_oldest_first(
    database: Database, source_id: SourceId
) -> None:
    old = NOW - timedelta(days=9)
    kinds = [
        ("오늘 옴", None, NOW, False),
        ("오늘 온 옛 글", old, NOW, False),
        ("조용히 온 옛 글", old, NOW, True),
        ("조용히 왔지만 오늘 글", NOW, NOW + timedelta(hours=1), True),
        ("어제 온 어제 글", NOW - DAY, NOW - DAY, False),
        ("지워진 글", NOW, NOW, False),
    ]
    async with database.transaction() as tx:
        for title, dated, seen, quiet in kinds:
            post = replace(titled(title), published_at=dated)
            await keep_post(tx, source_id, post, first_seen_at=seen, quiet=quiet)
        await tx.execute("UPDATE posts SET removed_at = 1 WHERE title = '지워진 글'")
    async with database.reader() as db:
        found = await posts.list_since(db, NOW, limit=9)
        newest = await posts.list_since(db, NOW, limit=1)
    assert [one.title for one in found] == ["오늘 온 옛 글", "오늘 옴", "조용히 왔지만 오늘 글"]
    assert newest == found[-1:]


async def test_the_newest_are_read_as_they_are_asked_for(
    database: Database, source_id: SourceId
) -> None:
    async with database.transaction() as tx:
        for hours in (3, 0, 5, 1):
            post = titled(f"{hours}시간 전")
            await keep_post(tx, source_id, post, first_seen_at=NOW - timedelta(hours=hours))
        await tx.execute("UPDATE posts SET removed_at = 1 WHERE title = '1시간 전'")
    async with database.reader() as db:
        read = await db.run(lambda raw: list(posts.read_newest(raw, NOW - timedelta(hours=3))))
    assert [(one.title, one.source_id) for one in read] == [
        ("0시간 전", source_id),
        ("3시간 전", source_id),
    ]


async def test_posts_of_some_days_are_those_that_have_a_date_there(
    database: Database, source_id: SourceId
) -> None:
    year = timedelta(days=365)
    async with database.transaction() as tx:
        for title, at in (
            ("그날", NOW - year),
            ("전날", NOW - year - DAY),
            ("이듬날", NOW - year + DAY),
        ):
            new = NewPost(title, "글.", published_at=at)
            await keep_post(tx, source_id, new, first_seen_at=NOW, quiet=True)
        new = NewPost("더 먼 해", "글.", published_at=NOW - 2 * year)
        await keep_post(tx, source_id, new, first_seen_at=NOW)
        await keep_post(tx, source_id, NewPost("날짜 없는 글", "글."), first_seen_at=NOW - year)
        new = NewPost("지운 글", "글.", published_at=NOW - year)
        gone = await keep_post(tx, source_id, new, first_seen_at=NOW)
        await tx.execute("UPDATE posts SET removed_at = 1 WHERE id = ?", (gone,))
        spans = [(NOW - years * year, NOW - years * year + DAY) for years in (1, 2, 3)]
        found = await posts.list_dated(tx, spans, limit=9)
        one = await posts.list_dated(tx, spans, limit=1)
    assert [post.title for post in found] == ["그날", "더 먼 해"]
    assert [post.title for post in one] == ["그날"]


async def test_posts_match_by_guid_in_the_source_and_by_all_else_anywhere(
    database: Database, source_id: SourceId
) -> None:
    async with database.transaction() as tx:
        other = await sources.add_source(tx, "https://other.example", SourceKind.FEED)
        by_guid = await keep_post(tx, source_id, NewPost("가", "글.", guid="1"), first_seen_at=NOW)
        await keep_post(tx, other, NewPost("나", "글.", guid="1"), first_seen_at=NOW)
        by_link = await keep_post(
            tx, other, NewPost("다", "글."), first_seen_at=NOW, link_key="x.example/1"
        )
        by_title = await keep_post(tx, other, NewPost("“라”", "글."), first_seen_at=NOW)
        by_words = await keep_post(
            tx, other, NewPost("마", "글."), first_seen_at=NOW, fingerprint="f"
        )
        found = await posts.list_matching(
            tx,
            source_id,
            guids=["1"],
            link_keys=["x.example/1"],
            title_keys=[title_key('"라"')],
            fingerprints=["f"],
        )
        assert await posts.list_matching(tx, source_id) == []
    assert [known.post.id for known in found] == [by_guid, by_link, by_title, by_words]


async def test_addresses_of_a_kind_are_listed_the_newest_first(
    database: Database, source_id: SourceId
) -> None:
    links = [f"https://{host}/{n}" for n in range(22) for host in ("me2.do", "blog.example")]
    await add(database, source_id, *[NewPost("글", "글.", link=one) for one in links])
    async with database.reader() as db:
        found = await posts.list_links(db, "https://me2.do/%")
    assert found == [f"https://me2.do/{n}" for n in range(21, 1, -1)]


async def test_posts_that_a_source_gave_and_gives_no_more_are_listed(
    database: Database, source_id: SourceId
) -> None:
    async with database.transaction() as tx:
        ids = {}
        for title, days in (("옛", 3), ("여기", 1), ("빠짐", 1), ("지움", 1), ("앎", 1)):
            ids[title] = await keep_post(
                tx,
                source_id,
                titled(title, days_ago=days),
                first_seen_at=NOW,
                fingerprint=title,
            )
        await keep_post(tx, source_id, titled("목록", days_ago=1), first_seen_at=NOW)
        removed = await get_known(tx, ids["지움"])
        noticed = await get_known(tx, ids["앎"])
        assert removed is not None
        assert noticed is not None
        await posts.set_post(
            tx, replace(removed, post=replace(removed.post, removed_at=NOW)), title_key=""
        )
        await posts.set_post(tx, replace(noticed, missing_at=NOW), title_key="")
        found = await posts.list_left_out(tx, source_id, NOW - 2 * DAY, {ids["여기"]})
        assert await posts.list_fingerprints(tx, ["옛", "없음"]) == {"옛"}
    assert [known.post.title for known in found] == ["빠짐"]


async def test_posts_that_their_source_leaves_out_are_listed_the_longest_first(
    database: Database, source_id: SourceId
) -> None:
    ids = await add(database, source_id, titled("가"), titled("나"), titled("다"), titled("라"))
    async with database.transaction() as tx:
        for post_id, days in zip(ids, (1, 3, 2), strict=False):
            known = await get_known(tx, post_id)
            assert known is not None
            await posts.set_post(tx, replace(known, missing_at=NOW - days * DAY), title_key="")
        found = await posts.list_missing(tx, source_id, NOW - 2 * DAY)
    assert [known.post.title for known in found] == ["나", "다"]


async def test_posts_of_a_listing_keep_its_order_and_can_be_moved(
    database: Database, source_id: SourceId
) -> None:
    async with database.transaction() as tx:
        ids = [
            await keep_post(
                tx,
                source_id,
                replace(titled(str(place)), position=place),
                first_seen_at=NOW,
                listing_id=source_id,
            )
            for place in (1, 0)
        ]
        placed = await posts.list_placed(tx, source_id)
        assert [known.post.title for known in placed] == ["0", "1"]
        await posts.set_places(
            tx, [ListingPosition(ids[0], 0, NOW), ListingPosition(ids[1], 1, NOW - DAY)]
        )
        placed = await posts.list_placed(tx, source_id)
    assert [known.post.title for known in placed] == ["1", "0"]
    assert [known.post.sort_at for known in placed] == [NOW, NOW - DAY]
