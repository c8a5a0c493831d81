"""What a running bot makes of a feed that changes: reported ones, and others of their kinds."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.sources.flapping import MOST_EDITS
from bot.sources.http.fetch import FetchLimits
from storage import posts as stored
from storage import quiet_posts, sources
from storage.database import Database
from storage.migrations import _NEWS, STEPS, migrate
from storage.models import SourceId
from tests.sources.steps import (
    BEGINS_AT,
    Item,
    Step,
    begin,
    bodies_of,
    follow,
    play,
    rss,
    serve,
    step_cases,
)
from tests.sources.test_poll import a_world
from tests.sources.web import Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from tests.sources.test_poll import World


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with a_world(database, limits=FetchLimits(seconds=30)) as made:
        yield made


@pytest.mark.parametrize("case", step_cases())
async def test_what_was_reported_goes_right(world: World, case: dict[str, Any]) -> None:
    right = case["right"]
    steps = await play(world, bodies_of(case))
    announced = [step.announced for step in steps]
    assert announced == right["announced"]
    if "edits" in right:
        assert [step.edits for step in steps] == right["edits"]
    if "edits_at_most" in right:
        assert sum(step.edits for step in steps) <= right["edits_at_most"]


def posts(*numbers: int, is_dated: bool = True, is_counted: bool = True) -> list[Item]:
    """Posts by number, one a day; not counted, their addresses say nothing of their order."""
    names = {
        number: str(number) if is_counted else "가나다라마바사아자차카타파하"[number - 1]
        for number in numbers
    }
    return [
        Item(
            f"글 {names[number]}",
            f"https://blog.example/{names[number]}",
            day=number if is_dated else None,
        )
        for number in numbers
    ]


def undated(*numbers: int) -> list[Item]:
    return posts(*numbers, is_dated=False)


def unordered(*numbers: int) -> list[Item]:
    return posts(*numbers, is_dated=False, is_counted=False)


def titled(*titles: str) -> list[Item]:
    return [Item(one, f"https://blog.example/{one}") for one in titles]


DOWN = tuple(range(20, 10, -1))
UP = tuple(range(11, 21))
IMPORTED = Item("옮겨 온 글", "https://blog.example/a", day=5)
PINNED = Item("공지", "https://blog.example/notice", day=-900)
EMPTY: list[Item] = []
OLD: list[tuple[str, list[list[Item]], list[list[str]]]] = [
    ("one deleted, an older one slides in", [posts(*DOWN), posts(*DOWN[:4], *DOWN[5:], 10)], [[]]),
    ("likewise without dates", [undated(*DOWN), undated(*DOWN[:4], *DOWN[5:], 10)], [[]]),
    ("likewise without numbers", [unordered(9, 8, 7), unordered(9, 7, 6)], [[]]),
    ("the newest deleted", [unordered(9, 8, 7), unordered(8, 7, 6)], [[]]),
    (
        "two deleted in turns",
        [unordered(9, 8, 7), unordered(9, 7, 6), unordered(9, 6, 5)],
        [[], []],
    ),
    ("the oldest first", [posts(*UP), posts(10, *UP[:4], *UP[5:])], [[]]),
    ("the oldest first, no dates", [undated(*UP), undated(10, *UP[:4], *UP[5:])], [[]]),
    ("ten become fifty", [undated(*range(60, 50, -1)), undated(*range(60, 10, -1))], [[]]),
    ("five become eleven", [unordered(14, 13, 12), unordered(*range(14, 3, -1))], [[]]),
    (
        "an import of old posts",
        [posts(*DOWN), [*posts(*DOWN[:3]), IMPORTED, *posts(*DOWN[3:])]],
        [[]],
    ),
    ("older and newer at once", [posts(*DOWN), posts(21, *DOWN, 10, 9)], [["글 21"]]),
    (
        "one date on all",
        [
            [replace(one, day=20) for one in undated(*DOWN)],
            [replace(one, day=21) for one in undated(21, *DOWN[:5], *DOWN[6:], 10)],
        ],
        [["글 21"]],
    ),
    ("days for dates", [posts(20, 19, 18), [*posts(20, 18), replace(posts(17)[0], day=18)]], [[]]),
    (
        "a pinned post is not the oldest",
        [[PINNED, *posts(*DOWN)], [PINNED, *posts(*DOWN, 10, 9, 8)]],
        [[]],
    ),
    ("an old post is pinned", [posts(*DOWN), [PINNED, *posts(*DOWN)]], [[]]),
    (
        "all dates to come",
        [
            [replace(one, day=(one.day or 0) + 400) for one in posts(20, 19)],
            [replace(one, day=(one.day or 0) + 400) for one in posts(21, 20, 19)],
        ],
        [["글 21"]],
    ),
    (
        "old dates in a feed without, at its end",
        [undated(30, 29, 28), [*undated(30, 29, 28), *posts(9, 8)]],
        [[]],
    ),
]
NEWS: list[tuple[str, list[list[Item]], list[list[str]]]] = [
    ("one", [posts(*DOWN), posts(21, *DOWN)], [["글 21"]]),
    ("a page of ten", [posts(*DOWN), posts(21, *DOWN[:-1])], [["글 21"]]),
    (
        "five at once",
        [posts(*DOWN), posts(25, 24, 23, 22, 21, *DOWN[:5])],
        [[f"글 {n}" for n in range(21, 26)]],
    ),
    ("a whole page anew", [undated(3, 2, 1), undated(6, 5, 4)], [["글 4", "글 5", "글 6"]]),
    ("at the end, by date", [posts(*UP), posts(*UP, 21)], [["글 21"]]),
    (
        "at the end, by number",
        [undated(*UP), undated(*UP, 21, 22, 23, 24, 25, 26)],
        [[f"글 {n}" for n in range(26, 20, -1)]],
    ),
    ("a window at the end", [undated(*UP), undated(*UP[1:], 21)], [["글 21"]]),
    (
        "at the end, nothing known of it",
        [unordered(1, 2), unordered(1, 2, 3), unordered(2, 3, 4)],
        [["글 다"], ["글 라"]],
    ),
    ("at the top, nothing known of it", [unordered(2, 1), unordered(3, 2, 1)], [["글 다"]]),
    ("one known, then one more below", [unordered(1), unordered(1, 2)], [["글 나"]]),
    ("in the middle, without a date", [unordered(9, 8, 7), unordered(9, 4, 8, 7)], [["글 라"]]),
    ("scheduled, in the middle", [posts(20, 18, 17), posts(20, 19, 18, 17)], [["글 19"]]),
    (
        "dated before the source was added",
        [posts(18, 17), [replace(posts(19)[0], day=17.5), *posts(18, 17)]],
        [["글 19"]],
    ),
    ("dated ahead", [posts(20, 19), posts(60, 20, 19)], [["글 60"]]),
    ("dated after a post of the future", [posts(60), posts(60, 27)], [["글 27"]]),
    (
        "by title",
        [
            titled("가", "나", "라", "마", "바", "사"),
            titled("가", "나", "다", "라", "마", "바", "사", "하"),
        ],
        [["하", "다"]],
    ),
    ("by title, with dates", [posts(12, 17, 14), posts(12, 17, 14, 20)], [["글 20"]]),
    (
        "an import of newer posts",
        [posts(*DOWN), [replace(IMPORTED, day=15.5), *posts(*DOWN)]],
        [["옮겨 온 글"]],
    ),
    ("a date in a feed without", [undated(3, 2, 1), [*posts(27), *undated(3, 2, 1)]], [["글 27"]]),
    (
        "an absurd date",
        [posts(20, 19), [replace(posts(21)[0], day=-20000), *posts(20, 19)]],
        [["글 21"]],
    ),
    (
        "numbers without an order",
        [undated(7, 9, 8), undated(7, 9, 8, 3)],
        [["글 3"]],
    ),
]
EMPTIED: list[tuple[str, list[list[Item]], list[list[str]]]] = [
    ("the first post", [EMPTY, posts(27)], [["글 27"]]),
    ("the first post, undated", [EMPTY, undated(1)], [["글 1"]]),
    ("empty for long", [EMPTY, EMPTY, EMPTY, posts(28)], [[], [], ["글 28"]]),
    ("then as it should have been", [EMPTY, posts(24, 23, 22)], [[]]),
    ("likewise without dates", [EMPTY, undated(24, 23, 22)], [[]]),
    ("old ones and a new one", [EMPTY, posts(27, 24, 23)], [["글 27"]]),
    ("of that day, without a time", [EMPTY, posts(26)], [["글 26"]]),
    ("and those after it", [EMPTY, posts(27), posts(28, 27)], [["글 27"], ["글 28"]]),
]


@pytest.mark.parametrize(
    ("bodies", "announced"),
    [pytest.param(bodies, said, id=name) for name, bodies, said in (*OLD, *NEWS, *EMPTIED)],
)
async def test_new_posts_are_news_and_old_ones_are_not(
    world: World, bodies: Sequence[Sequence[Item]], announced: list[list[str]]
) -> None:
    steps = await play(world, [rss(one) for one in bodies])
    assert [step.announced for step in steps] == [[], *announced]


BLOG = "https://blog.example/"
LATEST = Item("글 1", BLOG, day=17, text="본문 1")
NEXT = Item("글 2", BLOG, day=18, text="본문 2")
TWO: list[tuple[str, list[list[Item]], list[list[str]]]] = [
    ("the latest only, at home", [[LATEST], [NEXT]], [["글 2"]]),
    ("at a page", [[replace(one, link=f"{BLOG}now")] for one in (LATEST, NEXT)], [["글 2"]]),
    (
        "at places of a page",
        [[replace(LATEST, link=f"{BLOG}now#1")], [replace(NEXT, link=f"{BLOG}now#2")]],
        [["글 2"]],
    ),
    ("with one guid", [[replace(one, guid="blog")] for one in (LATEST, NEXT)], [["글 2"]]),
    (
        "with one guid alone",
        [[replace(one, guid="blog", link=None)] for one in (LATEST, NEXT)],
        [["글 2"]],
    ),
    ("with a guid each", [[replace(LATEST, guid="1")], [replace(NEXT, guid="2")]], [["글 2"]]),
    ("of one title", [[LATEST], [replace(NEXT, title="글 1")]], [["글 1"]]),
    ("without dates", [[replace(one, day=None)] for one in (LATEST, NEXT)], [["글 2"]]),
    (
        "two of them",
        [
            [LATEST, Item("소개", f"{BLOG}about", day=1)],
            [NEXT, Item("소개", f"{BLOG}about", day=1)],
        ],
        [["글 2"]],
    ),
    (
        "places in a list",
        [
            [replace(LATEST, link=f"{BLOG}#1")],
            [replace(NEXT, link=f"{BLOG}#2"), replace(LATEST, link=f"{BLOG}#1")],
        ],
        [["글 2"]],
    ),
    (
        "one title at home, both shown",
        [[LATEST], [replace(NEXT, title="글 1"), LATEST]],
        [["글 1"]],
    ),
    (
        "nothing but title, date and text",
        [
            [replace(LATEST, link=None)],
            [replace(NEXT, link=None, title="글 1"), replace(LATEST, link=None)],
        ],
        [["글 1"]],
    ),
    (
        "nothing but title and date",
        [[replace(LATEST, link=None, text="")], [replace(NEXT, link=None, text="")]],
        [["글 2"]],
    ),
    ("nothing but a text", [[Item(text="하나")], [Item(text="둘"), Item(text="하나")]], [["둘"]]),
]
ONE: list[tuple[str, list[Item], list[Item]]] = [
    ("the text, at home", [LATEST], [replace(LATEST, text="고친 본문")]),
    ("the title, at home", [LATEST], [replace(LATEST, title="고친 제목")]),
    ("the date, at home", [LATEST], [replace(LATEST, day=18)]),
    (
        "title and text, dated",
        [replace(LATEST, link=f"{BLOG}1")],
        [replace(NEXT, link=f"{BLOG}1", day=17)],
    ),
    (
        "title and date",
        [replace(LATEST, link=f"{BLOG}1")],
        [replace(LATEST, link=f"{BLOG}1", title="고친 제목", day=18)],
    ),
    (
        "title, text and date, with a guid",
        [replace(LATEST, link=f"{BLOG}1", guid="1"), IMPORTED],
        [replace(NEXT, link=f"{BLOG}1", guid="1"), IMPORTED],
    ),
    (
        "title and text, undated, with an address",
        [replace(LATEST, link=f"{BLOG}1", day=None), IMPORTED],
        [replace(NEXT, link=f"{BLOG}1", day=None), IMPORTED],
    ),
    (
        "the title, nothing else names it",
        [replace(LATEST, link=None)],
        [replace(LATEST, link=None, title="고친 제목")],
    ),
    (
        "the text, nothing else names it",
        [replace(LATEST, link=None, day=None)],
        [replace(LATEST, link=None, day=None, text="고친 본문")],
    ),
    (
        "a place that is named now",
        [replace(LATEST, link=f"{BLOG}1")],
        [replace(LATEST, link=f"{BLOG}1#top", text="고친 본문")],
    ),
    (
        "a move to another address",
        [replace(LATEST, link=f"{BLOG}1"), IMPORTED],
        [
            replace(LATEST, link="https://new.example/a"),
            replace(IMPORTED, link="https://new.example/b"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("bodies", "announced"), [pytest.param(bodies, said, id=name) for name, bodies, said in TWO]
)
async def test_another_post_is_announced(
    world: World, bodies: Sequence[Sequence[Item]], announced: list[list[str]]
) -> None:
    steps = await play(world, [rss(one) for one in bodies])
    assert [step.announced for step in steps] == [[], *announced]
    assert sum(step.edits for step in steps) == 0


@pytest.mark.parametrize(
    ("before", "after"), [pytest.param(before, after, id=name) for name, before, after in ONE]
)
async def test_an_edit_is_no_other_post(
    world: World, before: list[Item], after: list[Item]
) -> None:
    steps = await play(world, [rss(before), rss(after)])
    assert [step.announced for step in steps] == [[], []]
    assert len(await world.archive()) == len(before)


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("is_upwards", [True, False])
@pytest.mark.parametrize("is_dated", [True, False])
@pytest.mark.parametrize("tag", ["link", pytest.param("x", marks=pytest.mark.slow)])
async def test_of_a_long_feed_the_newest_are_read(
    world: World, *, is_upwards: bool, is_dated: bool, tag: str
) -> None:
    """`x`: it is read by the more patient of the two readers."""
    items = [
        replace(one, day=number / 9 - 200 if is_dated else None)
        for number, one in enumerate(undated(*range(1, 1101)))
    ]
    after = [
        *items,
        replace(items[0], title="새로 온 글", link=f"{BLOG}1101", day=26 if is_dated else None),
    ]
    answers = [items, after, [*after[:900], *after[901:]]]
    turned = [one if is_upwards else one[::-1] for one in answers]
    bodies = [
        rss(one).replace(
            b"</channel>", b"<link xml:base=''/></channel>" if tag == "x" else b"</channel>"
        )
        for one in turned
    ]
    steps = await play(world, bodies)
    assert [step.announced for step in steps] == [[], ["새로 온 글"], []]


async def test_what_comes_in_quietly_is_kept_for_an_operator(world: World) -> None:
    """That of the first answer is not: everybody knows of it."""
    source_id = await follow(world)
    for numbers in (DOWN, (*DOWN, 10, 9)):
        assert await serve(world, source_id, rss(posts(*numbers))) == Step([], 0)
    async with world.database.reader() as db:
        kept = await quiet_posts.list_quiet(db, source_id, BEGINS_AT)
        titles = [one.title for one in await world.archive() if one.id in kept]
    assert sorted(titles) == ["글 10", "글 9"]


async def test_a_source_added_again_begins_anew(world: World) -> None:
    source_id = await follow(world)
    await serve(world, source_id, rss(posts(20, 19)))
    async with world.database.transaction() as tx:
        await sources.set_ended(tx, source_id, world.clock.now())
    assert await world.follow() == source_id
    assert await serve(world, source_id, rss(posts(26, 25, 24))) == Step([], 0)
    assert await serve(world, source_id, rss(posts(26, 25, 24, 23))) == Step([], 0)
    assert await serve(world, source_id, rss(posts(27, 26, 25))) == Step(["글 27"], 0)
    async with world.database.reader() as db:
        assert len(await quiet_posts.list_quiet(db, source_id, BEGINS_AT)) == 4


@pytest.mark.parametrize("make", [posts, undated, unordered])
async def test_a_source_added_again_with_the_very_same_answer_has_news_after_it(
    world: World, make: Callable[..., list[Item]]
) -> None:
    source_id = await follow(world)
    await serve(world, source_id, rss(make(3, 2)))
    await serve(world, source_id, rss(make(4, 3, 2)))
    async with world.database.transaction() as tx:
        await sources.set_ended(tx, source_id, world.clock.now())
    assert await world.follow() == source_id
    assert await serve(world, source_id, rss(make(4, 3, 2))) == Step([], 0)
    assert (await world.source(source_id)).baseline.filled_at is not None
    (title,) = [one.title for one in make(5)]
    assert await serve(world, source_id, rss(make(5, 4, 3, 2))) == Step([title or ""], 0)


async def test_an_upgrade_of_the_parsers_edits_nothing_that_is_unchanged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next version reads the very same bytes otherwise, and then an author edits."""
    source_id = await follow(world)
    await serve(world, source_id, rss(posts(20, 19)))
    body = rss(posts(23, 22, 21, 20, 19))
    assert (await serve(world, source_id, body)).announced == ["글 21", "글 22", "글 23"]
    monkeypatch.setattr("bot.sources.poll.READING", 2)
    monkeypatch.setattr("bot.sources.intake.READING", 2)
    monkeypatch.setattr(
        "bot.sources.formats.feed._html", lambda said: f"<div>다르게 {said.text}</div>"
    )
    assert await serve(world, source_id, body) == Step([], 0)
    assert all(one.edited_at is None for one in await world.archive())
    assert (await world.archive())[0].body == "다르게 본문이에요"
    asked = len(world.web.asked)
    assert await serve(world, source_id, body) == Step([], 0)
    assert len(world.web.asked) == asked + 1
    edited = [
        replace(one, text="고친 글") if one.title == "글 23" else one for one in posts(23, 22, 21)
    ]
    assert await serve(world, source_id, rss(edited)) == Step([], 1)


async def test_the_first_poll_after_an_upgrade_asks_for_all_and_the_next_does_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    source_id = await follow(world)
    world.web.pages["/rss"] = Reply(rss(posts(20, 19)), headers={"ETag": '"1"'})
    for version, validators in ((1, [None, '"1"']), (2, [None, '"1"'])):
        monkeypatch.setattr("bot.sources.poll.READING", version)
        monkeypatch.setattr("bot.sources.intake.READING", version)
        for validator in validators:
            await world.poll(source_id)
            assert world.web.asked[-1].headers.get("if-none-match") == validator


@pytest.mark.parametrize("pinned", [[], [Item("글 -900", "https://blog.example/-900", day=-900)]])
async def test_a_database_of_the_version_before_says_nothing_of_what_it_has(
    tmp_path: Path, pinned: list[Item]
) -> None:
    """Its posts were read by other parsers; what is new is announced, as before.

    An old post that is pinned is not its oldest.
    """
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        migrate(old, STEPS[: STEPS.index(_NEWS)])
        old.execute(
            """
            INSERT INTO sources (id, address, kind, etag, first_fetched_at)
            VALUES (1, 'https://blog.example/rss', 'feed', '"1"', 100)
            """
        )
        for number in (*(int(one.day or 0) for one in pinned), 19, 20):
            at = int((BEGINS_AT + timedelta(days=number - BEGINS_AT.day)).timestamp())
            old.execute(
                """
                INSERT INTO posts (id, source_id, title, title_key, author, body, html, link,
                    link_key, published_at, first_seen_at, sort_at, fingerprint)
                VALUES (?1 + 1000, 1, ?2, ?2, '', '예전 글', '<i>예전</i>', ?3, ?4, ?5, 100, ?5, ?6)
                """,
                (
                    *(number, f"글 {number}", f"https://blog.example/{number}"),
                    *(f"blog.example/{number}", at, f"before {number}"),
                ),
            )
    async with (
        Database.opened(path) as database,
        a_world(database, limits=FetchLimits(seconds=30)) as world,
    ):
        await begin(world)
        async with database.transaction() as tx:
            await tx.execute(
                "UPDATE sources SET address = ? WHERE id = 1", (world.web.url("/rss"),)
            )
        source_id = SourceId(1)
        body = rss([*pinned, *posts(21, 20, 19, 18)])
        assert await serve(world, source_id, body) == Step(["글 21"], 0)
        assert [one.title for one in await world.archive()] == [
            *(f"글 {number}" for number in (21, 20, 19, 18)),
            *(one.title for one in pinned),
        ]
        assert all(one.body == "본문이에요" for one in await world.archive())
        edited = [*pinned, *posts(21), replace(posts(20)[0], text="고친 글"), *posts(19, 18)]
        assert await serve(world, source_id, rss(edited)) == Step([], 1)


# --- the brake ---


async def sent(world: World, *numbers: int) -> SourceId:
    """A source that announced these posts, one a day."""
    source_id = await follow(world)
    await serve(world, source_id, rss([]), after=timedelta(days=60))
    for place in range(len(numbers)):
        shown = numbers[: place + 1]
        step = await serve(world, source_id, rss(later(*reversed(shown))))
        assert step.announced == [f"글 {shown[-1]} 이야기"]
    return source_id


def later(*numbers: int, **changes: Any) -> list[Item]:  # noqa: ANN401  # any field of an item
    """Posts from the day on when the cases begin."""
    fields = {"day": 30.0, **changes}
    return [
        replace(one, title=f"{one.title} 이야기", **{**fields, "day": fields["day"] + number})
        for number, one in zip(numbers, posts(*numbers), strict=True)
    ]


def misread(items: list[Item], encoding: str) -> list[Item]:
    """As if the bytes were of another encoding."""
    return [
        replace(one, title=str(one.title).encode(encoding).decode("cp1252", "replace"))
        for one in items
    ]


def asked(items: list[Item]) -> list[Item]:
    return [replace(one, title="?? 1 ???") for one in items]


ALL = (1, 2, 3, 4)
DAMAGE: list[tuple[str, list[Item]]] = [
    ("one letter of one", [*later(4, 3, 2), replace(later(1)[0], title="글 1 이야\ufffd")]),
    ("utf-8 read as western", misread(later(*reversed(ALL)), "utf-8")),
    ("cp949 read as western", misread(later(*reversed(ALL)), "cp949")),
    ("one of them", [*later(4, 3, 2), *misread(later(1), "utf-8")]),
    ("one in cyrillic", [*later(4, 3, 2), replace(later(1)[0], title="бЋИбЇє 1")]),
    ("question marks", asked(later(*reversed(ALL)))),
    ("all texts", later(*reversed(ALL), text="접속이 많아 잠시 후에 다시 와 주세요")),
    ("three of four", [*later(4, 3, 2, text="고친 글"), *later(1)]),
]


@pytest.mark.parametrize("bad", [pytest.param(bad, id=name) for name, bad in DAMAGE])
async def test_an_answer_that_would_spoil_what_was_sent_edits_nothing_and_is_told_once(
    world: World, bad: list[Item], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.sources.telling")
    source_id = await sent(world, *ALL)
    before = await world.archive()
    for text in ("하나", "둘"):
        assert await serve(world, source_id, rss([*bad, Item(text=text, guid="x", day=1)])) == Step(
            [], 0
        )
    assert [one for one in await world.archive() if one.guid != "x"] == before
    assert [key for _, key in world.ears.told] == ["notice.source.held"]
    assert (await world.source(source_id)).held_at is not None
    step = await serve(world, source_id, rss(later(5, *reversed(ALL))))
    assert step == Step(["글 5 이야기"], 0)
    assert [key for _, key in world.ears.told] == ["notice.source.held", "notice.source.released"]
    assert (await world.source(source_id)).held_at is None
    held = [one for one in caplog.messages if one.startswith("edits_")]
    assert held == ["edits_held", "edits_released"]


@pytest.mark.parametrize("bad", [pytest.param(bad, id=name) for name, bad in DAMAGE])
async def test_an_operator_may_want_it_all_the_same(world: World, bad: list[Item]) -> None:
    source_id = await sent(world, *ALL)
    body = rss(bad)
    assert await serve(world, source_id, body) == Step([], 0)
    held_at = (await world.source(source_id)).held_at
    assert held_at is not None
    async with world.database.transaction() as tx:
        await sources.accept_held(tx, source_id, held_at - timedelta(1), world.clock.now())
    assert await serve(world, source_id, body) == Step([], 0)
    async with world.database.transaction() as tx:
        await sources.accept_held(tx, source_id, held_at, world.clock.now())
    assert (await serve(world, source_id, body)).edits > 0
    source = await world.source(source_id)
    assert (source.held_at, source.is_accepted) == (None, False)
    assert await serve(world, source_id, body) == Step([], 0)
    assert [key for _, key in world.ears.told] == ["notice.source.held"]


async def test_a_damaged_first_answer_after_an_upgrade_does_not_end_the_reading_by_other_parsers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What differs by the parsers alone is still no edit when the answer is right again."""
    source_id = await sent(world, *ALL)
    body = rss(later(*reversed(ALL)))
    monkeypatch.setattr("bot.sources.poll.READING", 2)
    monkeypatch.setattr("bot.sources.intake.READING", 2)
    monkeypatch.setattr(
        "bot.sources.formats.feed._html", lambda said: f"<div>다르게 {said.text}</div>"
    )
    damaged = [*later(4, 3, 2), replace(later(1)[0], title="글 1 이야\ufffd")]
    for _ in range(2):
        assert await serve(world, source_id, rss(damaged)) == Step([], 0)
    assert (await world.source(source_id)).reading == 1
    assert await serve(world, source_id, body) == Step([], 0)
    source = await world.source(source_id)
    assert (source.reading, source.held_at) == (2, None)
    assert {one.body for one in await world.archive()} == {"다르게 본문이에요"}
    assert all(one.edited_at is None for one in await world.archive())


async def test_new_posts_go_out_though_edits_are_held_back_unless_they_are_broken(
    world: World,
) -> None:
    source_id = await sent(world, *ALL)
    held = [*later(6), *misread(later(5, *reversed(ALL)), "utf-8")]
    assert await serve(world, source_id, rss(held)) == Step(["글 6 이야기"], 0)
    right = later(6, 5, *reversed(ALL))
    assert await serve(world, source_id, rss(right)) == Step(["글 5 이야기"], 0)


async def test_broken_posts_that_nothing_tells_apart_wait_until_they_are_right(
    world: World,
) -> None:
    source_id = await sent(world, *ALL)
    nameless = [replace(one, link=None) for one in later(9, 8, 7)]
    for bad in (misread(nameless, "utf-8"), [replace(one, title="\ufffd") for one in nameless]):
        assert await serve(world, source_id, rss(bad)) == Step([], 0)
    step = await serve(world, source_id, rss(nameless))
    assert step.announced == ["글 7 이야기", "글 8 이야기", "글 9 이야기"]


async def test_a_source_is_not_called_what_a_broken_answer_says(world: World) -> None:
    source_id = await sent(world, *ALL)
    body = rss(misread(later(*ALL), "utf-8")).replace("시험".encode(), "ì‹œí—˜".encode())
    await serve(world, source_id, body)
    assert (await world.source(source_id)).title == "시험 블로그"


async def test_what_breaks_and_mends_at_every_poll_is_told_of_once_a_day(world: World) -> None:
    source_id = await sent(world, *ALL)
    bad, good = rss(misread(later(*ALL), "utf-8")), rss(later(*ALL))
    for _ in range(3):
        assert await serve(world, source_id, bad) == Step([], 0)
        assert await serve(world, source_id, good) == Step([], 0)
    assert len(world.ears.told) == 2
    assert len(world.ears.repeated) == 4


@pytest.mark.parametrize("is_same", [True, False])
async def test_the_operators_do_not_last_hear_that_it_is_over_while_it_is_held(
    world: World, *, is_same: bool
) -> None:
    """Whether the broken answer stays the same, or has new posts."""
    source_id = await sent(world, *ALL)
    bad, good = misread(later(*ALL), "utf-8"), later(*ALL)
    for items in (bad, good, bad):
        await serve(world, source_id, rss(items))
    heard = ["notice.source.held", "notice.source.released"]
    assert [key for _, key in world.ears.told] == heard
    for day in range(1, 3):
        await world.clock.advance(timedelta(days=1).total_seconds())
        new = [] if is_same else later(*range(10, 10 + day))
        for _ in range(3):
            await serve(world, source_id, rss([*new, *bad]))
        heard.append("notice.source.held")
        assert [key for _, key in world.ears.told] == heard
    await serve(world, source_id, rss(good))
    assert [key for _, key in world.ears.told] == [*heard, "notice.source.released"]
    assert (await world.source(source_id)).read_anew_at is None


FINE: list[tuple[str, list[Item], int]] = [
    ("one is translated", [*later(4, 3, 2), replace(later(1)[0], title="Story No. 1")], 1),
    ("two of four", [*later(4, 3, text="고친 글"), *later(2, 1)], 2),
    (
        "a longer title",
        [*later(4, 3, 2), replace(later(1)[0], title="글 1 이야기 (café, Здравствуйте)")],
        1,
    ),
    ("all dates", later(4, 3, 2, 1, day=30.5), 4),
]


@pytest.mark.parametrize(
    ("items", "edits"), [pytest.param(items, edits, id=name) for name, items, edits in FINE]
)
async def test_what_authors_do_is_not_held_back(
    world: World, items: list[Item], edits: int
) -> None:
    source_id = await sent(world, *ALL)
    assert await serve(world, source_id, rss(items)) == Step([], edits)
    assert world.ears.told == []


async def test_broken_titles_may_be_mended_all_at_once(world: World) -> None:
    source_id = await follow(world)
    await serve(world, source_id, rss([]))
    broken = misread(later(*ALL), "utf-8")
    for place in range(1, 5):
        await serve(world, source_id, rss(broken[:place]))
    assert await serve(world, source_id, rss(later(*ALL))) == Step([], 4)


# --- forms that come and go ---


async def poll_by_turns(
    world: World, source_id: SourceId, bodies: Sequence[bytes], polls: int
) -> int:
    """How many edits there are in half an hour for each of the polls."""
    steps = [
        await serve(world, source_id, bodies[turn % len(bodies)], after=timedelta(minutes=30))
        for turn in range(polls)
    ]
    assert all(step.announced == [] for step in steps)
    return sum(step.edits for step in steps)


COPIES: list[tuple[str, list[dict[str, Any]], int]] = [
    ("two titles", [{"title": "하나"}, {"title": "둘"}], 2),
    ("three texts", [{"text": "하나"}, {"text": "둘"}, {"text": "셋"}], 3),
    ("a date", [{"day": 30.0}, {"day": 31.0}], 2),
]


@pytest.mark.parametrize(
    ("copies", "most"), [pytest.param(copies, most, id=name) for name, copies, most in COPIES]
)
async def test_copies_that_alternate_edit_a_message_at_most_once_each(
    world: World, copies: list[dict[str, Any]], most: int
) -> None:
    source_id = await sent(world, 1, 2)
    bodies = [rss([replace(later(2)[0], **one), *later(1)]) for one in copies]
    assert 0 < await poll_by_turns(world, source_id, bodies, 20) <= most


async def test_a_text_that_counts_its_readers_edits_a_message_a_few_times_a_day(
    world: World,
) -> None:
    source_id = await sent(world, 1, 2)
    bodies = [rss([replace(later(2)[0], text=f"{n}번 읽음"), *later(1)]) for n in range(48)]
    edits = await poll_by_turns(world, source_id, bodies, 48)
    assert MOST_EDITS <= edits <= MOST_EDITS + 12


async def test_an_edit_that_is_taken_back_is_seen_a_day_later_though_nothing_changes(
    world: World,
) -> None:
    source_id = await sent(world, 1, 2)
    edited, original = rss([*later(2, text="고침"), *later(1)]), rss(later(2, 1))
    assert (await serve(world, source_id, edited)).edits == 1
    assert (await serve(world, source_id, original)).edits == 0
    assert (await world.archive())[0].body == "고침"
    assert (await serve(world, source_id, original, after=timedelta(days=1))).edits == 0
    assert (await serve(world, source_id, original)).edits == 1
    assert (await world.archive())[0].body == "본문이에요"
    assert (await world.source(source_id)).read_anew_at is None


async def test_an_edit_to_something_new_comes_at_once_also_beside_copies(world: World) -> None:
    source_id = await sent(world, 1, 2)
    for text, edits in (("하나", 1), ("본문이에요", 0), ("하나", 0), ("아주 새것", 1), ("하나", 0)):
        body = rss([*later(2, text=text), *later(1)])
        assert (await serve(world, source_id, body)).edits == edits, text


async def test_what_a_blog_counts_and_a_post_that_is_there_again_are_noted_beside_copies(
    world: World,
) -> None:
    source_id = await sent(world, 1, 2, 3)
    slash = (
        b"<slash:comments xmlns:slash='http://purl.org/rss/1.0/modules/slash/'>7</slash:comments>"
    )
    edited, original = rss([*later(3), *later(2, text="고침"), *later(1)]), rss(later(3, 2, 1))
    await serve(world, source_id, edited)
    await serve(world, source_id, rss(later(3, 1)))
    counted = original.replace(b"</guid>", b"</guid>").replace(b"<pubDate>", slash + b"<pubDate>")
    assert (await serve(world, source_id, counted)).edits == 0
    post = (await world.archive())[1]
    assert (post.body, post.blog.comments) == ("고침", 7)
    async with world.database.reader() as db:
        assert await stored.list_missing(db, source_id, world.clock.now()) == []


NAMES: list[tuple[str, dict[str, Any]]] = [
    ("guid", {"guid": "1"}),
    ("link", {"link": f"{BLOG}1"}),
    ("title", {}),
]


@pytest.mark.parametrize("is_lone", [True, False])
@pytest.mark.parametrize("name", [pytest.param(name, id=said) for said, name in NAMES])
async def test_what_other_parsers_read_otherwise_is_no_other_post(
    world: World, monkeypatch: pytest.MonkeyPatch, name: dict[str, Any], *, is_lone: bool
) -> None:
    """Date, text and, where it is not all that names the post, the signs of the title differ."""
    source_id = await follow(world)
    others = [] if is_lone else posts(12, 11)
    one = Item("글과 &lt;br&gt; 글", day=20, text="본문", **name)
    await serve(world, source_id, rss([one, *others]))
    monkeypatch.setattr("bot.sources.poll.READING", 2)
    monkeypatch.setattr("bot.sources.intake.READING", 2)
    title = "글과 글" if name else one.title
    other = replace(one, title=title, day=20.5, text="다르게 읽은 본문")
    assert await serve(world, source_id, rss([other, *others])) == Step([], 0)
    assert len(await world.archive()) == len(others) + 1
