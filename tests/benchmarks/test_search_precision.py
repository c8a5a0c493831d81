from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from benchmarks.search_precision import Precision, measure_precision, read_nouns
from benchmarks.search_rivals import rivals
from bot.search.service import SearchService
from storage.models import NewPost
from tests.search.posts import add_posts

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

POSTS = (NewPost(title="경기 이야기", body="축구 경기를 보았다"), NewPost("환경", "환경을 지키자"))


def test_shares_are_of_what_was_asked() -> None:
    counted = Precision("x", asked=4, hits=10, wrong=1, nouns_with_wrong=1)
    assert (counted.wrong_percent, counted.nouns_with_wrong_percent) == (10, 25)
    assert Precision("x").wrong_percent == 0


@pytest.mark.skipif(find_spec("kiwipiepy") is None, reason="only `make bench` installs kiwipiepy")
async def test_nouns_are_asked_and_their_hits_looked_at(
    database: Database, clock: FakeClock
) -> None:
    await add_posts(database, [(post.title, post.body) for post in POSTS])
    known, dictionary = read_nouns(POSTS)
    assert {"경기", "축구", "환경"} <= set(known)
    assert len(dictionary) > 10_000
    measured = await measure_precision(SearchService(database, clock=clock, glossary={}), POSTS)
    assert measured is not None
    assert [one.asked > 0 for one in measured] == [True] * 3
    assert measured[0].answered == measured[0].asked


async def test_every_rival_answers_or_has_nothing() -> None:
    for name, engine in rivals(POSTS):
        assert (await engine("경기")).titles[:1] in {("경기 이야기",), ()}, name
        assert (await engine("! \" '")).titles == (), name
