"""The newsletter's notes and their judged queries are what `benchmarks/data/README.md` says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TypedDict

import pytest

from bot.sources.formats.archive import parse_archive

DATA = Path(__file__).parents[2] / "benchmarks" / "data"


class Judged(TypedDict):
    """A row of a query file."""

    query: str
    kind: str
    relevant: dict[str, int]


def read_queries(name: str) -> list[Judged]:
    rows: list[Judged] = json.loads((DATA / name).read_bytes())
    return rows


def test_it_is_fifty_whole_posts() -> None:
    posts = parse_archive((DATA / "letters_archive.txt").read_bytes()).posts
    assert len({post.title for post in posts}) == len(posts) == 50
    assert [post.title for post in posts if post.cut or not 410 <= len(post.body) <= 515] == []


@pytest.mark.parametrize(
    ("name", "queries", "kinds"),
    [("letters_queries.json", 132, 11), ("letters_again_queries.json", 60, 6)],
)
def test_every_judgement_is_of_a_post_that_there_is(name: str, queries: int, kinds: int) -> None:
    posts = parse_archive((DATA / "letters_archive.txt").read_bytes()).posts
    rows = read_queries(name)
    judged = {title for row in rows for title in row["relevant"]}
    assert judged <= {post.title for post in posts}
    assert {grade for row in rows for grade in row["relevant"].values()} == {1, 2}
    assert len(rows) == len({row["query"] for row in rows}) == queries
    assert len(Counter(row["kind"] for row in rows)) == kinds


def test_no_query_comes_again() -> None:
    first, again = (
        {row["query"] for row in read_queries(name)}
        for name in ("letters_queries.json", "letters_again_queries.json")
    )
    assert not first & again
