from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from storage import search, search_log, search_words
from storage.models import PostId
from storage.search_words import KnownWord, Spelling, WordChange

if TYPE_CHECKING:
    import sqlite3

    from storage.database import Database

NOW = datetime(2026, 11, 23, tzinfo=UTC)


async def add_post(database: Database, title: str, *, sort_at: int = 0) -> PostId:
    async with database.transaction() as tx:
        await tx.execute("INSERT OR IGNORE INTO sources (id, address, kind) VALUES (1, 'a', 'x')")
        return PostId(
            await tx.insert(
                """
                INSERT INTO posts
                    (source_id, title, title_key, author, body, first_seen_at, sort_at)
                VALUES (1, ?, '', '', 'text', 0, ?)
                """,
                (title, sort_at),
            )
        )


async def pending(database: Database) -> list[search.PendingPost]:
    async with database.reader() as db:
        return await db.run(lambda raw: search.list_pending(raw, 10))


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        (search.expression([(("a", "b"),)]), '(("a" AND "b"))'),
        (search.expression([(("a",), ("b*",))]), '(("a") OR ("b"*))'),
        (search.expression([(('"',),)], marked="m"), '(("m"""))'),
        (search.expression([(("a",),)], without=[(("b",),)]), '((("a"))) NOT (("b"))'),
        (
            search.expression([(("a",),), (("b",),)], some="m"),
            '(("a")) AND (("b")) AND ((("ma")) OR (("mb")))',
        ),
        (
            search.expression([(("a", "b", "c"), ("b", "d"))], marked="m"),
            '(("mb") AND (("ma" AND "mc") OR ("md")))',
        ),
        (search.expression([(("a",), ("a", "b"))]), '(("a") OR ("a" AND "b"))'),
        (
            search.two_of_three([(("a",),), (("b",),), (("c",),)], without=[(("d",),)]),
            '(((("a")) AND ((("b")) OR (("c")))) OR ((("b")) AND (("c")))) NOT (("d"))',
        ),
    ],
)
def test_tokens_are_quoted_in_an_expression(expression: str, wanted: str) -> None:
    assert expression == wanted


async def add_tokens(database: Database, tokens: list[list[str]]) -> None:
    """One post for each list, from 1 on."""

    def work(db: sqlite3.Connection) -> None:
        for number, some in enumerate(tokens, 1):
            search.add_indexed(db, PostId(number), some)

    for number in range(len(tokens)):
        await add_post(database, f"post {number}")
    async with database.transaction() as tx:
        await tx.run(work)


LETTERS = "abcd"
SUBSETS = [list(some) for size in range(1, 5) for some in combinations(LETTERS, size)]


async def matching(database: Database, match: str) -> list[int]:
    async with database.reader() as db:
        return sorted(await db.run(lambda raw: search.list_matching(raw, match)))


async def test_what_alternatives_share_changes_nothing(database: Database) -> None:
    await add_tokens(database, SUBSETS)
    pairs = [(tuple(one), tuple(other)) for one in SUBSETS for other in SUBSETS]
    for group in pairs:
        wanted = [n for n, has in enumerate(SUBSETS, 1) if any({*one} <= {*has} for one in group)]
        assert (group, await matching(database, search.expression([group]))) == (group, wanted)


async def test_two_of_three_groups(database: Database) -> None:
    await add_tokens(database, SUBSETS)
    match = search.two_of_three([(("a",),), (("b",),), (("c",),)], without=[(("d",),)])
    wanted = [n for n, has in enumerate(SUBSETS, 1) if len({*has} - {"d"}) > 1 and "d" not in has]
    assert await matching(database, match) == wanted


@pytest.mark.parametrize(("every", "read", "wanted"), [(3, 20, 100), (3, 60, None), (300, 2, None)])
async def test_common_words_are_counted_by_both_ends(
    database: Database, every: int, read: int, wanted: int | None
) -> None:
    await add_tokens(database, [["a" if n % every == 0 else "b"] for n in range(300)])
    async with database.reader() as db:
        found = await db.run(lambda raw: search.estimate_matching(raw, '"a"', read))
    assert found == (None if wanted is None else pytest.approx(wanted, rel=0.05))


async def test_no_post_is_counted_where_there_is_none(database: Database) -> None:
    async with database.reader() as db:
        assert await db.run(lambda raw: search.estimate_matching(raw, '"a"', 5)) is None


async def test_every_change_of_a_post_puts_it_in_line_once(database: Database) -> None:
    post_id = await add_post(database, "one")
    assert await pending(database) == [search.PendingPost(post_id, None, ("one", "text"))]
    async with database.transaction() as tx:
        await tx.run(lambda db: search.delete_pending(db, [post_id]))
        await tx.execute("UPDATE posts SET title = 'two'")
        await tx.execute("UPDATE posts SET title = 'three', removed_at = 5")
    assert await pending(database) == [search.PendingPost(post_id, ("one", "text"), None)]
    async with database.transaction() as tx:
        await tx.run(lambda db: search.delete_pending(db, [post_id]))
        await tx.execute("DELETE FROM posts")
    assert await pending(database) == [search.PendingPost(post_id, None, None)]


async def test_tokens_go_in_and_out(database: Database) -> None:
    first = await add_post(database, "one", sort_at=5)
    second = await add_post(database, "two", sort_at=9)
    third = await add_post(database, "three", sort_at=1)

    def work(db: sqlite3.Connection) -> None:
        for post_id in (first, second, third):
            search.add_indexed(db, post_id, ["a", f"b{post_id}"])
        search.add_to_count(db, 3)
        search.merge_pages(db, -500)
        assert not search.merge_pages(db, 500)

    async with database.transaction() as tx:
        await tx.run(work)
        await tx.execute("UPDATE posts SET removed_at = 1 WHERE id = ?", (third,))
    async with database.reader() as db:
        assert await db.run(lambda raw: search.count_matching(raw, '"a"')) == 3
        assert await db.run(lambda raw: search.list_matching(raw, '"a"', 2)) == [third, second]
        assert await db.run(lambda raw: search.list_newest_matching(raw, '"a"', 9)) == [
            second,
            first,
        ]
        assert await db.run(lambda raw: list(search.iterate_newest(raw))) == [second, first]
        texts = await db.run(lambda raw: search.list_texts(raw, [second, third, 99, first]))
        assert [(text.title, text.sort_at, text.reactions) for text in texts] == [
            ("two", 9, 0),
            ("one", 5, 0),
        ]
        assert await db.run(search.get_state) == (0, 3)
    async with database.transaction() as tx:
        await tx.run(lambda db: search.delete_indexed(db, first, ["a", f"b{first}"]))
    async with database.reader() as db:
        assert await db.run(lambda raw: search.list_matching(raw, '"a"')) == [third, second]


async def test_an_index_says_by_which_analysis_it_was_made(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run(lambda db: search.set_analysis(db, 7))
        assert await tx.run(search.get_state) == (7, 0)


def change(db: sqlite3.Connection, word: str, posts: int, titles: int = 0) -> None:
    def spell(of: str) -> Spelling:
        return Spelling(keys=of, initials=of[:2], sound=of[:2])

    search_words.change_words(db, [WordChange(word, posts, titles)], spell)


async def test_words_are_counted_and_go_with_their_last_post(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run(lambda db: change(db, "apple", 2, 1))
        await tx.run(lambda db: change(db, "apple", 1))
        assert await tx.run(lambda db: search_words.get_word(db, "apple")) == KnownWord(
            "apple", "apple", 3, 1
        )
        await tx.run(lambda db: change(db, "apple", -3, -1))
        assert await tx.run(lambda db: search_words.get_word(db, "apple")) is None


async def test_words_are_found_by_every_side(database: Database) -> None:
    async with database.transaction() as tx:
        for posts, word in enumerate(("apple", "apply", "grape", "가나다"), start=1):
            await tx.run(lambda db, w=word, n=posts: change(db, w, n))  # type: ignore[misc]

    async with database.reader() as db:

        def names(words: list[KnownWord]) -> list[str]:
            return [word.word for word in words]

        def look(raw: sqlite3.Connection) -> list[list[str]]:
            return [
                names(search_words.list_words_starting(raw, "app", 9)),
                names(search_words.list_words_spelt(raw, "appl", (5, 5), 1)),
                names(search_words.list_words_ending(raw, "pe", (4, 6), 9)),
                names(search_words.list_words_spelt(raw, "app", (6, 9), 9)),
                names(search_words.list_words_with_initials(raw, "ap", 9)),
                names(search_words.list_words_opening(raw, "a", 9)),
                names(search_words.list_words_sounding(raw, "gr", 9, latin=True)),
                names(search_words.list_words_sounding(raw, "gr", 9, latin=False)),
                names(search_words.list_words_sounding(raw, "가나", 9, latin=False)),
                names(search_words.list_words_sounding_from(raw, "가", 9)),
                names(search_words.list_words_sounding_from(raw, "g", 9)),
                names(search_words.list_known(raw, ["grape", "pear"])),
            ]

        assert await db.run(look) == [
            ["apply", "apple"],
            ["apply"],
            ["grape"],
            [],
            ["apply", "apple"],
            ["apply", "apple"],
            ["grape"],
            [],
            ["가나다"],
            ["가나다"],
            [],
            ["grape"],
        ]


async def test_pairs_are_counted_and_found_from_both_sides(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run(lambda db: search_words.change_pairs(db, [("a", "b", 1), ("a", "c", 2)]))
        await tx.run(lambda db: search_words.change_pairs(db, [("a", "b", 1), ("x", "b", 1)]))
        assert await tx.run(lambda db: search_words.list_paired(db, "a")) == [("b", 2), ("c", 2)]
        assert await tx.run(lambda db: search_words.list_paired(db, "b")) == [("a", 2), ("x", 1)]
        await tx.run(lambda db: search_words.change_pairs(db, [("a", "b", -2)]))
        assert await tx.run(lambda db: search_words.list_paired(db, "b")) == [("x", 1)]


async def test_synonyms_are_pairs_whichever_way_round(database: Database) -> None:
    async with database.transaction() as tx:
        assert await search_log.add_synonym(tx, "a", "b", NOW)
        assert not await search_log.add_synonym(tx, "b", "a", NOW)
        assert await search_log.add_synonym(tx, "c", "d", NOW + timedelta(seconds=1))
    async with database.reader() as db:
        assert await search_log.list_synonyms(db) == [("c", "d"), ("a", "b")]
        assert await db.run(search_log.list_synonyms_now) == [("a", "b"), ("c", "d")]
    async with database.transaction() as tx:
        assert await search_log.delete_synonym(tx, "b", "a")
        assert not await search_log.delete_synonym(tx, "b", "a")


async def test_misses_are_kept_listed_and_forgotten(database: Database) -> None:
    async with database.transaction() as tx:
        assert await search_log.get_miss(tx, "q") is None
        await search_log.set_miss(tx, "q", 1, b"x", NOW)
        await search_log.set_miss(tx, "a", 2, None, NOW)
        await search_log.set_miss(tx, "r", 2, None, NOW)
        await search_log.set_miss(tx, "r", 3, None, NOW + timedelta(seconds=5))
        assert await search_log.get_miss(tx, "q") == (1, b"x")
    async with database.reader() as db:
        assert await search_log.list_misses(db, 9) == [("r", 3), ("a", 2)]
        assert await search_log.list_marked_misses(db) == [("q", b"x")]
    async with database.transaction() as tx:
        await search_log.delete_misses(tx, ["q"])
        await search_log.set_miss(tx, "old", 2, None, NOW - timedelta(days=1))
        await search_log.set_miss(tx, "more", 2, None, NOW)
        await search_log.delete_old_misses(tx, NOW, keep=1)
        assert [row[0] for row in await search_log.list_misses(tx, 9)] == ["r"]
