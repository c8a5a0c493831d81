"""`sosik import`: looked at first, asked about where it is doubtful, taken in, and undone."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.errors import InputError
from bot.locales import get_texts
from bot.process.import_by_hand import ImportByHand
from storage import archive_files, messages, posts, sources, takedowns
from storage.models import ChatId, MessageId, NewPost, SourceKind, View
from tests.sources.listings import a_post, listing
from tests.storage.rows import keep_post

if TYPE_CHECKING:
    from pathlib import Path

    from storage.database import Database
    from storage.models import PostId
    from tests.clock import FakeClock

LISTED = listing([a_post("셋"), a_post("둘"), a_post("하나")])
README = "# 이름\n\n무엇인지.\n\n## 설치\n\n```sh\nmake\n```\n\n- 하나\n- 둘\n"


@dataclass
class Shell:
    """A terminal where somebody answers, or nobody may be asked."""

    database: Database
    clock: FakeClock
    folder: Path
    answer: bool | None = None
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def ask(self, question: str) -> bool:
        assert self.answer is not None, "nobody was to be asked"
        self.asked.append(question)
        return self.answer

    async def run(self, text: str | None = None, **given: bool) -> bool:
        path = None if text is None else self.folder / "listing.txt"
        if path is not None and text is not None:
            path.write_text(text, "utf-8")
        by_hand = ImportByHand(
            self.database,
            self.clock,
            get_texts("en"),
            ZoneInfo("Asia/Seoul"),
            ask=self.ask,
            say=self.said.append,
            files=self.files,
        )
        asked = {"file": path, "yes": False, "dry_run": False, "undo": False, **given}
        return await by_hand.run(Namespace(**asked))


@pytest.fixture
def shell(database: Database, clock: FakeClock, tmp_path: Path) -> Shell:
    return Shell(database, clock, tmp_path)


async def titles(database: Database) -> list[str]:
    async with database.reader() as db:
        return [post.title for post in await posts.list_newest(db, limit=99)]


async def show(database: Database, post_id: PostId, clock: FakeClock) -> None:
    """A chat has the card of a post."""
    async with database.transaction() as tx:
        await messages.set_message(
            tx,
            ChatId(-1),
            MessageId(post_id),
            post_id,
            view=View.CARD,
            page=0,
            language="ko",
            sent_at=clock.now(),
        )


async def withdrawn(database: Database, clock: FakeClock) -> list[int]:
    async with database.reader() as db:
        return [one.message_id for one in await takedowns.list_withdrawn(db, clock.now(), limit=9)]


async def test_a_dry_run_shows_what_would_be_and_changes_nothing(
    shell: Shell, database: Database
) -> None:
    assert await shell.run(LISTED, dry_run=True)
    assert shell.said[0].splitlines() == [
        "Title: 밤의 기록 · 읽고 씁니다.",
        "Of 3 posts, 3 would be new and 0 changed.",
        "Authors: 소식 3",
        "Newest:",
        "  셋",
        "  둘",
        "  하나",
    ]
    async with database.reader() as db:
        assert await sources.list_sources(db) == []


async def test_a_dry_run_over_what_is_there_says_what_would_change(shell: Shell) -> None:
    await shell.run(LISTED)
    later = listing(
        [a_post("넷"), a_post("셋", comments=3), a_post("둘", "고쳤어요."), a_post("하나")]
    )
    await shell.run(later, dry_run=True)
    await shell.run(later)
    assert "Of 4 posts, 1 would be new and 2 changed." in shell.said[1]
    assert "of 4 posts, 1 new and 2 changed" in shell.said[2]


async def test_a_long_listing_is_shown_by_its_ends_and_its_authors(shell: Shell) -> None:
    found = [a_post(f"글 {n}") for n in range(9)]
    text = listing(found)
    for n in range(7):
        text += f"\n필자 {n}\n손님 글 {n}\n글이에요."
    await shell.run(f"{text}\n소식\n끊긴 글", dry_run=True)
    said = shell.said[0].splitlines()
    assert said[2].endswith("and 3 more")
    assert said[4:7] == ["  글 0", "  글 1", "  글 2"]
    assert said[8:11] == ["  손님 글 4", "  손님 글 5", "  손님 글 6"]
    assert "breaks off" in said[11]


async def test_a_listing_is_taken_in_without_a_question(shell: Shell, database: Database) -> None:
    assert await shell.run(LISTED)
    assert await titles(database) == ["셋", "둘", "하나"]


@pytest.mark.parametrize("answer", [True, False])
async def test_what_is_doubtful_is_shown_and_asked_about(
    answer: bool,  # noqa: FBT001  # the answer is what is tried
    shell: Shell,
    database: Database,
) -> None:
    shell.answer = answer
    assert await shell.run(README) is answer
    assert shell.asked == ["Take it in all the same?"]
    assert "does not look like a listing" in shell.said[0]
    assert bool(await titles(database)) is answer
    assert ("Nothing is changed" in shell.said[-1]) is not answer


async def test_a_yes_beforehand_is_not_asked_for(shell: Shell, database: Database) -> None:
    assert await shell.run(README, yes=True)
    assert await titles(database)


async def test_the_last_import_is_undone_and_may_be_made_again(
    shell: Shell, database: Database, clock: FakeClock
) -> None:
    await shell.run(LISTED)
    await clock.advance(60)
    await shell.run(listing([a_post("다섯"), a_post("넷"), a_post("셋")]))
    async with database.reader() as db:
        (newest, *_) = await posts.list_newest(db, limit=1)
    await show(database, newest.id, clock)
    shell.answer = True
    assert await shell.run(undo=True)
    assert shell.asked[0].startswith("Take away the 2 posts that came from “밤의 기록” at ")
    assert shell.said[-1].splitlines()[0].startswith("Took away 2 posts of “밤의 기록”.")
    assert "1 post is deleted from the chats" in shell.said[-1]
    assert await titles(database) == ["셋", "둘", "하나"]
    assert await withdrawn(database, clock) == [newest.id]
    await shell.run(listing([a_post("다섯"), a_post("넷"), a_post("셋")]))
    assert "2 new and 0 changed" in shell.said[-1]
    assert (await titles(database))[:2] == ["다섯", "넷"]
    assert await withdrawn(database, clock) == []


async def test_an_old_message_is_marked(shell: Shell, database: Database, clock: FakeClock) -> None:
    await shell.run(LISTED)
    async with database.reader() as db:
        (newest, *_) = await posts.list_newest(db, limit=1)
    await show(database, newest.id, clock)
    await clock.advance(3 * 86400)
    await shell.run(undo=True, yes=True)
    assert "1 post is too old" in shell.said[-1]


async def test_a_listing_of_which_nothing_is_left_ends_until_it_is_imported_again(
    shell: Shell, database: Database
) -> None:
    await shell.run(LISTED)
    await shell.run(undo=True, yes=True)
    async with database.reader() as db:
        (source,) = await sources.list_sources(db)
    assert source.ended_at is not None
    with pytest.raises(InputError, match=r"import\.undo\.nothing"):
        await shell.run(undo=True, yes=True)
    await shell.run(LISTED)
    async with database.reader() as db:
        (source,) = await sources.list_sources(db)
    assert source.ended_at is None
    assert await titles(database) == ["셋", "둘", "하나"]


async def test_a_file_says_whose_import_is_undone(shell: Shell, database: Database) -> None:
    other = listing([a_post("다른 글")], title="다른 곳")
    await shell.run(LISTED)
    await shell.run(other)
    await shell.run(LISTED, undo=True, yes=True)
    assert await titles(database) == ["다른 글"]


async def test_a_no_undoes_nothing(shell: Shell, database: Database) -> None:
    await shell.run(LISTED)
    shell.answer = False
    assert not await shell.run(undo=True)
    assert len(await titles(database)) == 3


async def test_what_others_have_too_or_had_before_stays(
    shell: Shell, database: Database, clock: FakeClock
) -> None:
    async with database.transaction() as tx:
        feed = await sources.add_source(tx, "https://blog.example/rss", SourceKind.FEED)
        await keep_post(
            tx, feed, NewPost("둘", "피드의 글이에요."), first_seen_at=clock.now(), fingerprint="f"
        )
    await shell.run(LISTED)
    async with database.transaction() as tx:  # a feed comes upon it, too
        await tx.execute("UPDATE posts SET fingerprint = 'g' WHERE title = '셋'")
    await shell.run(undo=True, yes=True)
    assert set(await titles(database)) == {"셋", "둘"}


async def test_what_a_hand_took_down_stays_down(
    shell: Shell, database: Database, clock: FakeClock
) -> None:
    await shell.run(LISTED)
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET removed_at = 1, taken_down_at = 1 WHERE title = '셋'")
    await shell.run(LISTED)
    await shell.run(undo=True, yes=True)
    await shell.run(LISTED)
    assert await titles(database) == ["둘", "하나"]


async def test_an_undone_file_of_sources_is_not_taken_in_by_itself_until_it_is_imported_again(
    shell: Shell, database: Database, tmp_path: Path
) -> None:
    shell.files = [str(tmp_path / "listing.txt"), str(tmp_path / "nowhere.txt")]
    await shell.run(LISTED)
    await shell.run(undo=True, yes=True)
    assert "is not taken in by itself any more" in shell.said[-1]
    async with database.reader() as db:
        assert await archive_files.list_answers(db) == {shell.files[0]: False}
    await shell.run(LISTED)
    async with database.reader() as db:
        assert await archive_files.list_answers(db) == {shell.files[0]: True}
