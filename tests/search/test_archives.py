"""What holds for every archive: over the sample one, and over yours, with ARCHIVE=file.

Each property takes its queries from the archive's own titles and words.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.search.analyse import analyse_text
from bot.search.service import SearchService
from bot.sources.formats.archive import parse_archive
from bot.text.hangul import from_keys, is_syllable, keys
from tests.search.posts import add_posts, found_titles

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

SAMPLE = Path(__file__).parents[2] / "bot" / "demo" / "samples" / "archive.txt"
NO_OTHER = "no other archive: ARCHIVE names none"
MOST = 40
"""Queries of each property."""
SHARE = 0.85
"""Of the queries: some words of an archive are beginnings of others, or near to them."""


@pytest.fixture(params=["sample", "other"])
def archive(request: pytest.FixtureRequest) -> list[tuple[str, str]]:
    """Titles and texts."""
    other = os.environ.get("ARCHIVE", "")
    if request.param == "other" and not Path(other).is_file():
        pytest.skip(NO_OTHER)
    path = SAMPLE if request.param == "sample" else Path(other)
    return [(post.title, post.body) for post in parse_archive(path.read_bytes()).posts]


@pytest.fixture
async def service(
    archive: list[tuple[str, str]], database: Database, clock: FakeClock
) -> SearchService:
    """Over the archive."""
    await add_posts(database, archive)
    return SearchService(database, clock=clock)


def title_words(archive: list[tuple[str, str]]) -> list[str]:
    """Hangul words of three syllables or more that titles have."""
    words = {word for title, _ in archive for word in analyse_text(title).words}
    return [word for word in sorted(words) if len(word) > 2 and all(map(is_syllable, word))][:MOST]


async def share_alike(service: SearchService, queries: list[tuple[str, str]]) -> float:
    """Of pairs of queries, those that find the same post first."""
    alike = [
        found_titles(await service.search(left))[:1]
        == found_titles(await service.search(right))[:1]
        for left, right in queries
    ]
    return sum(alike) / len(alike)


async def test_a_word_with_laughter_after_it(
    service: SearchService, archive: list[tuple[str, str]]
) -> None:
    queries = [(word + "ㅋㅋ", word) for word in title_words(archive)]
    assert await share_alike(service, queries) == 1


async def test_a_word_without_its_last_key(
    service: SearchService, archive: list[tuple[str, str]]
) -> None:
    queries = [(from_keys(keys(word)[:-1]), word) for word in title_words(archive)]
    assert await share_alike(service, queries) >= SHARE


async def test_a_word_with_a_syllable_twice(
    service: SearchService, archive: list[tuple[str, str]]
) -> None:
    queries = [(word[0] + word, word) for word in title_words(archive)]
    assert await share_alike(service, queries) >= SHARE


async def test_a_word_with_one_of_another_script_before_it(
    service: SearchService, archive: list[tuple[str, str]]
) -> None:
    latin = sorted({w for _, body in archive for w in analyse_text(body).words if w.isascii()})
    queries = [
        (opening + word, f"{opening} {word}")
        for opening, word in zip(latin, title_words(archive), strict=False)
    ]
    assert await share_alike(service, queries) >= SHARE
