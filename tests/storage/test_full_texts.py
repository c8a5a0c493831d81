from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from storage import full_texts, posts
from storage.full_texts import KeptPage
from storage.posts import KnownPost
from tests.storage.rows import add_post

if TYPE_CHECKING:
    from storage.database import Database
    from storage.models import Post

PAGES = [("하나", "[]"), ("둘", '[["bold", 0, 1, null, null]]')]


async def a_post(database: Database) -> Post:
    post_id = await add_post(database, "글", link="https://blog.example/1")
    async with database.reader() as db:
        post = await posts.get_post(db, post_id)
    assert post is not None
    return post


async def keep(database: Database, post: Post) -> None:
    async with database.transaction() as tx:
        await full_texts.set_pages(tx, post, PAGES, rendering=1)


async def kept(
    database: Database, post: Post, number: int, *, rendering: int = 1
) -> KeptPage | None:
    async with database.reader() as db:
        return await full_texts.get_page(db, post.id, number, rendering=rendering)


async def test_pages_are_kept_and_the_last_stands_for_those_beyond(database: Database) -> None:
    post = await a_post(database)
    assert await kept(database, post, 0) is None
    await keep(database, post)
    await keep(database, post)
    assert await kept(database, post, 0) == KeptPage("하나", "[]", 0, 2)
    assert await kept(database, post, 99) == KeptPage("둘", PAGES[1][1], 1, 2)
    assert await kept(database, post, 0, rendering=2) is None


@pytest.mark.parametrize(
    "change", [{"body": "다른 글"}, {"html": "<p>"}, {"link": None}, {"title": "다른 제목"}]
)
async def test_an_edit_of_the_text_deletes_them(
    database: Database, change: dict[str, str | None]
) -> None:
    post = await a_post(database)
    await keep(database, post)
    edited = replace(post, **change)  # type: ignore[arg-type]  # fields of a post
    async with database.transaction() as tx:
        await posts.set_post(tx, KnownPost(edited), title_key="글")
    assert (await kept(database, post, 0) is None) is ("title" not in change)


async def test_what_was_made_of_an_older_text_is_not_kept(database: Database) -> None:
    post = await a_post(database)
    await keep(database, replace(post, body="older"))
    assert await kept(database, post, 0) is None


async def test_of_a_post_that_was_removed_none_are_kept(database: Database) -> None:
    post = await a_post(database)
    await keep(database, post)
    removed = replace(post, removed_at=post.first_seen_at)
    async with database.transaction() as tx:
        await posts.set_post(tx, KnownPost(removed), title_key="글")
    assert await kept(database, post, 0) is None
    await keep(database, post)
    assert await kept(database, post, 0) is None
    async with database.transaction() as tx:
        await posts.set_post(tx, KnownPost(post), title_key="글")
    await keep(database, post)
    assert await kept(database, post, 0) is not None


async def test_they_go_with_their_post(database: Database) -> None:
    post = await a_post(database)
    await keep(database, post)
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM posts")
    assert await kept(database, post, 0) is None
