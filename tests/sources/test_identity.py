"""The table of docs/sources.md, walked through with every combination."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.sources.addresses import link_key
from bot.sources.entries import Entry, fingerprint
from bot.sources.identity import identify, match
from tests.sources.test_decide import HERE, NOW, OTHER, known

if TYPE_CHECKING:
    from storage.posts import KnownPost

ROOT = Path(__file__).parents[2]
DATE = NOW - timedelta(days=9)
SAID: dict[str, tuple[object, object]] = {
    "guid": ("g1", "g2"),
    "link": ("https://blog.example/1", "https://blog.example/2"),
    "title": ("제목", "다른 제목"),
    "date": (DATE, DATE + timedelta(days=1)),
    "text": ("<p>글</p>", "<p>다른 글</p>"),
}
MISSING: dict[str, object] = {"guid": None, "link": None, "title": "", "date": None, "text": ""}
WAYS = {"=": (0, 0), "≠": (0, 1), "·": (None, None), "→": (None, 0), "←": (0, None)}
"""What known post and entry say of a thing; None: nothing."""


def rows() -> list[list[str]]:
    text = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    lines = text.partition("| answer of |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def by_the_table(answer_of: str, signs: tuple[str, ...]) -> bool:
    plain = ["·" if sign in "·→←" else sign for sign in signs]
    for size, *cells, verdict in rows():
        fits = all(cell == "*" or sign in cell for cell, sign in zip(cells, plain, strict=True))
        if fits and size in ("any", answer_of):
            return verdict == "one"
    raise AssertionError


def an_entry(author: str, **said: object) -> Entry:
    told = {**MISSING, **said}
    return Entry(
        title=str(told["title"]),
        html=str(told["text"]),
        link=told["link"],  # type: ignore[arg-type]  # by name
        guid=told["guid"],  # type: ignore[arg-type]  # by name
        author=author,
        published_at=told["date"],  # type: ignore[arg-type]  # by name
    )


def a_post(entry: Entry, **fields: object) -> KnownPost:
    """The entry as it would be known."""
    return known(
        1,
        **{
            "title": entry.title or "글의 첫 줄",
            "html": entry.html or None,
            "link": entry.link,
            "guid": entry.guid,
            "published_at": entry.published_at,
            "link_key": link_key(entry.link),
            "fingerprint": fingerprint(entry),
            **fields,
        },
    )


BESIDES = Entry("곁의 글", "<p>곁</p>", "https://blog.example/9", "g9", published_at=NOW)


@pytest.mark.parametrize("answer_of", ["one", "many"])
def test_what_is_one_post_is_what_the_table_says(answer_of: str) -> None:
    wrong = []
    for signs in product(WAYS, repeat=5):
        ways = dict(zip(SAID, (WAYS[sign] for sign in signs), strict=True))
        before = {name: SAID[name][way[0]] for name, way in ways.items() if way[0] is not None}
        after = {name: SAID[name][way[1]] for name, way in ways.items() if way[1] is not None}
        if "title" not in before and "title" in after:
            continue  # a post always has one: its first line
        one = a_post(an_entry("도래", **before))
        answer = [an_entry("윤슬", **after), *([BESIDES] if answer_of == "many" else [])]
        found = match(identify(answer), [one], HERE)[0].known is not None
        if found is not by_the_table(answer_of, signs):
            wrong.append("".join(signs))
    assert wrong == []


def test_every_row_of_the_table_is_needed() -> None:
    """A row that no combination comes to would say something that is not so."""
    reached = set()
    for size, *signs in product(("one", "many"), *("=≠·",) * 5):
        for place, (answer_of, *cells, _) in enumerate(rows()):
            fits = all(cell == "*" or sign in cell for cell, sign in zip(cells, signs, strict=True))
            if fits and answer_of in ("any", size):
                reached.add(place)
                break
    assert reached == set(range(len(rows())))


def is_known(one: KnownPost, *answer: Entry, has_ids: bool = False) -> bool:
    return match(identify(answer, has_ids=has_ids), [one], HERE)[0].known is not None


def test_the_address_of_a_whole_site_names_no_post() -> None:
    for home in ("https://blog.example/", "http://www.blog.example", "https://blog.example/#top"):
        said = an_entry("", link=home, title="제목", date=DATE, text="<p>글</p>")
        later = an_entry("", link=home, title="다음", date=NOW, text="<p>다음 글</p>")
        assert not is_known(a_post(said), later)
        assert not is_known(a_post(said), later, BESIDES)


def test_two_places_of_a_page_are_two_posts() -> None:
    page = "https://blog.example/news"
    said = an_entry("", link=f"{page}#1", title="제목", date=DATE, text="<p>글</p>")
    assert not is_known(
        a_post(said), an_entry("", link=f"{page}#2", title="제목", date=NOW, text="<p>새 글</p>")
    )
    for same in (page, f"{page}#1"):
        edited = an_entry("", link=same, title="고친 제목", date=DATE, text="<p>고친 글</p>")
        assert is_known(a_post(said), edited)


def test_a_site_with_ids_of_its_own_may_show_a_single_post() -> None:
    said = an_entry("", guid="g1", title="제목", date=DATE, text="<p>글</p>")
    edited = an_entry("", guid="g1", title="고친 제목", date=NOW, text="<p>고친 글</p>")
    assert not is_known(a_post(said), edited)
    assert is_known(a_post(said), edited, has_ids=True)


def test_a_date_that_was_to_come_says_nothing() -> None:
    """It was brought down to the day of its arrival, and the source still has it."""
    said = an_entry("", title="제목", date=NOW + timedelta(days=9), text="<p>글</p>")
    one = a_post(said, published_at=NOW, first_seen_at=NOW)
    assert is_known(one, an_entry("", title="제목", date=said.published_at, text="<p>고친</p>"))


def test_a_date_that_cannot_be_says_nothing() -> None:
    absurd = datetime(1970, 1, 1, tzinfo=UTC)
    one = a_post(an_entry("", title="제목", text="<p>글</p>"))
    assert is_known(one, an_entry("", title="제목", date=absurd, text="<p>고친 글</p>"))


def test_a_post_of_another_source_is_known_by_its_address_whatever_else_it_says() -> None:
    link = "https://blog.example/1"
    one = a_post(
        an_entry("", link=link, title="제목", date=DATE, text="<p>글</p>"), source_id=OTHER
    )
    assert is_known(one, an_entry("", link=link, title="다른", date=NOW, text="<p>다른 글</p>"))
    assert not is_known(one, an_entry("", title="제목", date=DATE, text="<p>글</p>"))
