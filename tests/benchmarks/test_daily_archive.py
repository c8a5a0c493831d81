"""The archive of daily life and its judged queries are what `benchmarks/data/README.md` says."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TypedDict

import pytest

from bot.sources.formats.archive import Archive, parse_archive

DATA = Path(__file__).parents[2] / "benchmarks" / "data"
UNANSWERED = {"absent", "nonsense"}


class Judged(TypedDict):
    """A row of the query file."""

    query: str
    kind: str
    relevant: dict[str, int]


@pytest.fixture(scope="module")
def archive() -> Archive:
    return parse_archive((DATA / "daily_archive.txt").read_bytes())


@pytest.fixture(scope="module")
def queries() -> list[Judged]:
    rows: list[Judged] = json.loads((DATA / "daily_queries.json").read_bytes())
    return rows


def test_it_is_sixty_whole_posts_of_five_authors(archive: Archive) -> None:
    assert len(archive.posts) == len({post.title for post in archive.posts}) == 60
    assert archive.unfinished_line is None
    assert [post.title for post in archive.posts if post.cut] == []
    authors = Counter(post.author for post in archive.posts)
    assert set(authors) == {"보리차", "녹슨나사", "해거름", "반올림", "Jun"}
    assert min(authors.values()) >= 10
    assert [post.title for post in archive.posts if not 500 <= len(post.body) <= 2500] == []


def test_no_sentence_comes_twice(archive: Archive) -> None:
    texts = [part for post in archive.posts for part in (post.title, post.body)]
    sentences = Counter(one for text in texts for one in re.split(r"(?<=[.!?])\s+", text))
    assert [one for one, times in sentences.items() if times > 1] == []


def test_nouns_stand_beside_verbs_that_look_like_them(archive: Archive) -> None:
    text = "\n".join(post.body for post in archive.posts)
    for looks_alike in ("사기 전에", "사는가", "갈 것", "가게 된", "걸린 거지", "사람이라면"):
        assert looks_alike in text


def test_every_judgement_is_of_a_post_that_there_is(
    archive: Archive, queries: list[Judged]
) -> None:
    judged = {title for row in queries for title in row["relevant"]}
    assert judged == {post.title for post in archive.posts}, "every post is asked for"
    assert {grade for row in queries for grade in row["relevant"].values()} == {1, 2}
    assert all(2 in row["relevant"].values() for row in queries if row["kind"] not in UNANSWERED), (
        "each has a best answer"
    )


def test_there_are_120_queries_of_the_kinds_that_the_document_lists(
    queries: list[Judged],
) -> None:
    rows = re.findall(
        r"^\| (\w+) \| .* \| (\d+) \|$", (DATA / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert Counter(row["kind"] for row in queries) == {kind: int(times) for kind, times in rows}
    assert len(queries) == len({row["query"] for row in queries}) == 120


def test_absent_words_and_nonsense_and_only_they_have_no_answer(queries: list[Judged]) -> None:
    assert {row["kind"] for row in queries if not row["relevant"]} == UNANSWERED
    assert [r["query"] for r in queries if r["kind"] in UNANSWERED and r["relevant"]] == []
