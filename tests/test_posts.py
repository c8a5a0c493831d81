"""Full texts: made once, off the loop, and read from what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import pytest

from bot.posts import SHORT, Posts
from bot.search.sieve import Preview
from bot.sources.errors import FormatError
from storage import posts, sources
from storage.models import NewPost, SourceId, SourceKind
from tests.sources.threads import ThreadWorker
from tests.storage.rows import NOW, SETTINGS, add_post, keep_post

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.database import Database
    from storage.models import Post
    from tests.clock import FakeClock

P = ParamSpec("P")
T = TypeVar("T")


class CountingWorker(ThreadWorker):
    """Counts; and takes nothing with HTML in it, where it is `weak`."""

    def __init__(self, *, is_weak: bool = False) -> None:
        self.runs = 0
        self._is_weak = is_weak

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self.runs += 1
        if self._is_weak and args[0] is not None:
            raise FormatError("source.format.too_hard")
        return await super().run(work, *args, **kwargs)


async def keep(database: Database, post: NewPost) -> Post:

    async with database.transaction() as tx:
        source_id = await sources.add_source(tx, "https://blog.example", SourceKind.FEED)
        post_id = await keep_post(tx, SourceId(source_id), post, first_seen_at=NOW)
        found = await posts.get_post(tx, post_id)
    assert found is not None
    return found


async def test_a_short_text_is_made_in_a_thread(database: Database, clock: FakeClock) -> None:
    worker = CountingWorker()
    archive = Posts(database, clock, worker)
    post = await keep(database, NewPost("글", "본문", html="<p><b>본</b>문</p>"))
    for _ in range(2):
        leaf = await archive.leaf(post, 0)
        assert (leaf.text.text, leaf.number, leaf.total) == ("본문", 0, 1)
        assert [one.kind for one in leaf.text.entities] == ["bold"]
    assert worker.runs == 0


async def test_a_long_text_is_made_once_by_the_worker(database: Database, clock: FakeClock) -> None:
    worker = CountingWorker()
    archive = Posts(database, clock, worker)
    text = "한 문장이에요. " * (SHORT // 8)
    post = await keep(database, NewPost("글", text, html=f"<p>{text}</p>"))
    first, last = await archive.leaf(post, 0), await archive.leaf(post, 10_000)
    assert first.total == last.total == last.number + 1
    assert (await archive.leaf(post, -3)) == first
    assert worker.runs == 1


@pytest.mark.parametrize("number", [0, 10_000])
async def test_a_text_that_is_too_hard_is_shown_plain(
    database: Database, clock: FakeClock, number: int
) -> None:
    worker = CountingWorker(is_weak=True)
    post = await keep(database, NewPost("글", "본문", html="<b>" + "x" * SHORT))
    leaf = await Posts(database, clock, worker).leaf(post, number)
    assert (leaf.text.text, leaf.text.entities, leaf.number) == ("본문", (), 0)


async def test_a_preview_holds_the_last_thirty_days_against_a_filter(
    database: Database, clock: FakeClock
) -> None:
    month = timedelta(days=30)
    dated = {
        "환율 전망": NOW,
        "고등어 값": NOW - timedelta(days=1),
        "환율이 오른다": NOW - month,
        "옛 환율": NOW - month - timedelta(seconds=1),
    }
    for title, at in dated.items():
        await add_post(database, title, at=at)
    archive = Posts(database, clock, ThreadWorker())
    found = await archive.preview(replace(SETTINGS, words=("환율",)))
    assert found == Preview(3, 2, ("환율 전망", "환율이 오른다"))
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET removed_at = 1 WHERE title = '환율 전망'")
    found = await archive.preview(replace(SETTINGS, left_out=frozenset({SourceId(1)})))
    assert found == Preview(2, 0, ())
