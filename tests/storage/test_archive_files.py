from __future__ import annotations

from typing import TYPE_CHECKING

from storage import archive_files

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock


async def test_what_is_said_of_a_file_is_kept_until_it_is_asked_about_again(
    database: Database, clock: FakeClock
) -> None:
    async with database.transaction() as tx:
        assert await archive_files.get_by_name(tx, "a.txt") is None
        assert await archive_files.get_file(tx, 1) is None
        asked = await archive_files.set_asked(tx, "a.txt", "가", 3, clock.now())
        assert (asked.title, asked.posts, asked.is_wanted) == ("가", 3, None)
        await archive_files.set_wanted(tx, asked.id, is_wanted=False)
        await archive_files.set_posts(tx, asked.id, 4)
    async with database.reader() as db:
        known = await archive_files.get_by_name(db, "a.txt")
        assert known == await archive_files.get_file(db, asked.id)
        assert known is not None
        assert (known.posts, known.is_wanted) == (4, False)
    await clock.advance(60)
    async with database.transaction() as tx:
        again = await archive_files.set_asked(tx, "a.txt", "나", 5, clock.now())
    assert (again.id, again.title, again.is_wanted) == (asked.id, "나", None)
    assert again.asked_at == clock.now()


async def test_an_answer_counts_for_every_file_of_a_title(
    database: Database, clock: FakeClock
) -> None:
    async with database.transaction() as tx:
        for file, title in (("a.txt", "가"), ("b.txt", "가"), ("c.txt", "다")):
            await archive_files.set_asked(tx, file, title, 1, clock.now())
        await archive_files.set_all_wanted(tx, "가", is_wanted=True)
        answers = await archive_files.list_answers(tx)
    assert answers == {"a.txt": True, "b.txt": True, "c.txt": None}
