from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.sources.changes import ChangeKind, Recorded
from bot.sources.errors import ArchiveError, SourceError
from bot.sources.formats.archive import parse_archive
from bot.sources.importing import LARGEST_FILE, ArchiveImporter, Imported, read_archive
from storage import posts, sources
from storage.models import NewPost, Post, SourceKind
from tests.clock import FakeClock
from tests.sources.listings import a_post, listing
from tests.storage.rows import keep_post

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.database import Database, Transaction

LISTED = (
    a_post("셋", comments=2),
    a_post("둘", emoji=("👍",), reactions=3),
    a_post("하나"),
)


class Heard:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.changes: list[Recorded] = []

    async def __call__(self, _: Transaction, changes: Sequence[Recorded]) -> None:
        self.changes += changes

    def kinds(self) -> list[tuple[ChangeKind, str]]:
        return [(one.kind, one.post.title) for one in self.changes]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def importer(database: Database, clock: FakeClock, heard: Heard) -> ArchiveImporter:
    return ArchiveImporter(database, clock, (heard,))


async def take(importer: ArchiveImporter, data: bytes) -> Imported:
    return await importer.import_archive(parse_archive(data))


async def newest(database: Database) -> list[Post]:
    async with database.reader() as db:
        return await posts.list_newest(db, limit=99)


async def titles(database: Database) -> list[str]:
    return [post.title for post in await newest(database)]


async def test_a_file_is_taken_in_whole_in_its_order_and_unannounced(
    database: Database, importer: ArchiveImporter, heard: Heard
) -> None:
    done = await take(importer, listing(LISTED).encode())
    assert (done.title, done.found, done.added, done.changed) == ("밤의 기록", 3, 3, 0)
    found = await newest(database)
    assert [post.title for post in found] == ["셋", "둘", "하나"]
    assert [post.position for post in found] == [0, 1, 2]
    assert found[1].blog == LISTED[1].blog
    assert [one.quiet for one in heard.changes] == [True] * 3
    assert [one.post.title for one in heard.changes] == ["하나", "둘", "셋"]
    async with database.reader() as db:
        (source,) = await sources.list_sources(db)
    assert (source.kind, source.title, source.tagline) == (
        SourceKind.ARCHIVE,
        "밤의 기록",
        "읽고 씁니다.",
    )


async def test_importing_again_changes_nothing(
    database: Database, importer: ArchiveImporter, clock: FakeClock, heard: Heard
) -> None:
    data = listing([*LISTED, a_post("둘", "제목이 같은 다른 글입니다.")]).encode()
    await take(importer, data)
    before = await newest(database)
    heard.changes.clear()
    await clock.advance(3600)
    done = await take(importer, data)
    assert (done.added, done.changed, heard.changes) == (0, 0, [])
    assert await newest(database) == before
    assert len(before) == 4


async def test_a_later_copy_brings_new_posts_counts_and_edits(
    database: Database, importer: ArchiveImporter, clock: FakeClock, heard: Heard
) -> None:
    await take(importer, listing(LISTED).encode())
    heard.changes.clear()
    await clock.advance(3600)
    later = [
        a_post("넷"),
        LISTED[0],
        replace(LISTED[1], blog=replace(LISTED[1].blog, reactions=9)),
        a_post("하나", "고쳐 쓴 글입니다."),
    ]
    done = await take(importer, listing(later).encode())
    assert (done.added, done.changed) == (1, 2)
    assert heard.kinds() == [
        (ChangeKind.EDITED, "하나"),
        (ChangeKind.COUNTS, "둘"),
        (ChangeKind.NEW, "넷"),
    ]
    found = await newest(database)
    assert [post.title for post in found] == ["넷", "셋", "둘", "하나"]
    assert found[3].edited_at == clock.now()


async def test_a_partial_copy_loses_nothing(database: Database, importer: ArchiveImporter) -> None:
    await take(importer, listing(LISTED).encode())
    await take(importer, listing([a_post("넷"), LISTED[0]]).encode())
    assert await titles(database) == ["넷", "셋", "둘", "하나"]


async def test_a_copy_cut_in_a_text_keeps_the_longer_text(
    database: Database, importer: ArchiveImporter, heard: Heard
) -> None:
    await take(importer, listing(LISTED).encode())
    heard.changes.clear()
    await take(importer, listing(LISTED).encode()[:-7])
    assert heard.changes == []
    assert (await newest(database))[-1].body == LISTED[2].body


async def test_posts_of_one_title_are_told_apart_by_their_order(
    database: Database, importer: ArchiveImporter, heard: Heard
) -> None:
    older = [a_post("주간 소식", "둘째입니다."), a_post("주간 소식", "첫째입니다.")]
    await take(importer, listing(older).encode())
    heard.changes.clear()
    await importer.import_archive(
        parse_archive(listing([a_post("주간 소식", "셋째입니다."), *older]).encode())
    )
    assert heard.kinds() == [(ChangeKind.NEW, "주간 소식")]
    assert [post.body for post in await newest(database)] == [
        "셋째입니다.",
        "둘째입니다.",
        "첫째입니다.",
    ]


async def test_a_feeds_post_of_the_same_title_takes_its_place_in_the_listing(
    database: Database, importer: ArchiveImporter, clock: FakeClock, heard: Heard
) -> None:
    """The feed's words stay; the listing gives the place and the counts."""
    day_ago = clock.now() - timedelta(days=1)
    async with database.transaction() as tx:
        feed = await sources.add_source(tx, "https://blog.example/rss", SourceKind.FEED)
        post_id = await keep_post(
            tx,
            feed,
            NewPost("둘", "피드의 글입니다.", html="<p>피드의 글입니다.</p>", published_at=day_ago),
            first_seen_at=clock.now(),
            fingerprint="f",
        )
    await take(importer, listing(LISTED).encode())
    found = await newest(database)
    assert [post.title for post in found] == ["셋", "둘", "하나"]
    assert (found[1].id, found[1].body) == (post_id, "피드의 글입니다.")
    assert found[1].blog == LISTED[1].blog
    assert found[2].sort_at < day_ago
    assert (ChangeKind.COUNTS, "둘") in heard.kinds()
    heard.changes.clear()
    await take(importer, listing(LISTED).encode())
    assert heard.changes == []


async def test_two_archives_do_not_mix(database: Database, importer: ArchiveImporter) -> None:
    await take(importer, listing([a_post("하나")], title="가").encode())
    await take(importer, listing([a_post("하나")], title="나").encode())
    assert await titles(database) == ["하나", "하나"]


async def test_a_bad_file_changes_nothing(database: Database, importer: ArchiveImporter) -> None:
    with pytest.raises(ArchiveError):
        await take(importer, b"<html>")
    assert await newest(database) == []


async def test_a_failing_observer_undoes_the_import(database: Database, clock: FakeClock) -> None:
    async def fails(_: Transaction, __: Sequence[Recorded]) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await ArchiveImporter(database, clock, (fails,)).import_archive(
            parse_archive(listing(LISTED).encode())
        )
    assert await newest(database) == []


async def test_a_file_is_read_from_its_path(
    tmp_path: Path, database: Database, importer: ArchiveImporter
) -> None:
    path = tmp_path / "archive.txt"
    path.write_text(listing([*LISTED, a_post("끝", "여기까지")]) + "\n소식\n반쪽", encoding="utf-8")
    done = await importer.import_archive(await read_archive(path))
    assert (done.found, done.unfinished_line) == (4, 18)
    assert (await newest(database))[-1].cut
    with pytest.raises(SourceError) as caught:
        await importer.import_archive(await read_archive(tmp_path / "none.txt"))
    assert caught.value.key == "source.file.unreadable"


async def test_what_is_no_file_is_not_read(tmp_path: Path, importer: ArchiveImporter) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (Path("/dev/zero"), tmp_path / "pipe", tmp_path):
        with pytest.raises(SourceError) as caught:
            await importer.import_archive(await read_archive(path))
        assert (caught.value.key, caught.value.values) == ("source.file.none", {"path": path.name})


async def test_a_file_is_read_up_to_a_size(tmp_path: Path, importer: ArchiveImporter) -> None:
    path = tmp_path / "archive.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(SourceError) as caught:
        await importer.import_archive(await read_archive(path))
    assert caught.value.key == "source.file.too_large"
    assert caught.value.values["limit_mb"] == 10


async def test_the_same_listing_may_come_in_any_encoding(
    importer: ArchiveImporter, heard: Heard
) -> None:
    await take(importer, listing(LISTED).encode())
    heard.changes.clear()
    await importer.import_archive(
        parse_archive(listing(LISTED).replace("\n", "\r\n").encode("utf-16"))
    )
    assert heard.changes == []


async def positions(database: Database) -> dict[str, int | None]:
    return {post.title: post.position for post in await newest(database)}


async def test_what_a_partial_copy_lacks_moves_behind_what_is_new(
    database: Database, importer: ArchiveImporter
) -> None:
    """Each keeps its own place, in the rows too, though nobody is told of it."""
    await take(importer, listing(LISTED).encode())
    later = [a_post("다섯"), a_post("넷"), LISTED[0]]
    done = await take(importer, listing(later).encode())
    assert (done.found, done.added, done.changed) == (3, 2, 0)
    assert await positions(database) == {"다섯": 0, "넷": 1, "셋": 2, "둘": 3, "하나": 4}


async def written(database: Database) -> int:
    """How many rows were written since the connection was opened."""
    return await database._writer.run(lambda db: db.total_changes)


async def test_a_copy_that_moves_nothing_writes_nothing(
    database: Database, importer: ArchiveImporter
) -> None:
    await take(importer, listing(LISTED).encode())
    before = await written(database)
    await take(importer, listing(LISTED[:1]).encode())
    assert await written(database) == before


async def test_a_text_that_was_shortened_is_an_edit_and_one_that_was_cut_is_none(
    database: Database, importer: ArchiveImporter, heard: Heard
) -> None:
    whole, half = "첫 문장입니다. 둘째 문장입니다.", "첫 문장입니다."
    await take(importer, listing([a_post("둘", whole), LISTED[2]]).encode())
    heard.changes.clear()
    await take(importer, listing([a_post("둘", half), LISTED[2]]).encode())
    assert heard.kinds() == [(ChangeKind.EDITED, "둘")]
    assert (await newest(database))[0].body == half


async def test_a_text_that_begins_otherwise_and_is_cut_is_an_edit(
    database: Database, importer: ArchiveImporter, heard: Heard
) -> None:
    await take(importer, listing(LISTED).encode())
    heard.changes.clear()
    cut = listing([*LISTED[:2], a_post("하나", "고쳐 쓴 글입니"), a_post("끝", "여기까지")])
    await take(importer, cut.partition("\n소식\n끝")[0].encode())
    assert heard.kinds() == [(ChangeKind.EDITED, "하나")]
    assert (await newest(database))[-1].body == "고쳐 쓴 글입니"


async def test_a_file_of_ten_million_bytes_is_read_and_no_larger_one(
    tmp_path: Path, importer: ArchiveImporter
) -> None:
    path = tmp_path / "archive.txt"
    for size, error in ((10_000_000, ArchiveError), (10_000_001, SourceError)):
        with path.open("wb") as file:
            file.truncate(size)
        with pytest.raises(error) as caught:
            await importer.import_archive(await read_archive(path))
        assert type(caught.value) is error


async def test_counts_that_a_listing_leaves_out_stay(
    database: Database, importer: ArchiveImporter, heard: Heard
) -> None:
    await take(importer, listing(LISTED).encode())
    heard.changes.clear()
    await take(importer, listing([a_post("셋"), *LISTED[1:]]).encode())
    assert heard.changes == []
    assert (await newest(database))[0].blog == LISTED[0].blog
