from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.pages.actions import LatestPage, OpenCard, TopPage
from bot.pages.keyboards import message_arguments
from bot.pages.lists import (
    batch_page,
    digest_page,
    edition_page,
    latest_page,
    list_place,
    similar_page,
    top_page,
)
from bot.text.rich import MESSAGE_UNITS
from storage.models import BlogCounts, Given, Period, Post, PostId, Remark
from tests.pages.posts import ENGLISH, GIVEN, KOREAN, NOON, a_post, action, labels

if TYPE_CHECKING:
    from bot.pages.cards import Reader
    from bot.pages.page import Page

NOTHING = Given()
HUGE = {
    "title": "아주 긴 제목 " * 200,
    "author": "긴 이름 " * 100,
    "body": "아주 길고 긴 문장이 이어지고 또 이어져요. " * 200,
    "edited_at": NOON,
    "removed_at": NOON,
    "remark": Remark("할 말이 많아요 " * 60, "긴 이름 " * 100),
    "blog": BlogCounts(
        emoji=("👍", "❤", "🔥", "🎉", "🤯", "😢"), reactions=123456, comments=123456
    ),
}
MANY = Given(tuple((emoji, 123456) for emoji in "👍🔥🎉🤯😢🤔"), 123456)


def numbered(count: int, **fields: object) -> list[Post]:
    return [a_post(id=PostId(number), **fields) for number in range(1, count + 1)]


def urls(page: Page) -> list[str | None]:
    return [one.url for one in page.text.entities if one.url]


def test_the_newest_posts_are_short_cards_with_buttons_that_open_them() -> None:
    items = [(post, GIVEN) for post in numbered(2)]
    page = latest_page(KOREAN, items, 5, 12, 2)
    assert page.text.text == (
        "6. 동네 빵집의 키오스크\n"
        "나무 · 2026년 11월 23일\n"
        "빵집에 키오스크가 생겼어요. 줄이 짧아졌어요.\n"
        "여기에서 👍 3 ❤️ 1 · 3명\n\n"
        "7. 동네 빵집의 키오스크\n"
        "나무 · 2026년 11월 23일\n"
        "빵집에 키오스크가 생겼어요. 줄이 짧아졌어요.\n"
        "여기에서 👍 3 ❤️ 1 · 3명\n\n"
        "12편 가운데 6–7"
    )
    assert labels(page) == [["6", "7"], ["‹ 이전", "다음 ›"], ["카톡용 묶음"]]
    assert action(page, "7") == OpenCard(PostId(2))
    assert action(page, "‹ 이전") == LatestPage(3, 2)
    assert action(page, "다음 ›") == LatestPage(7, 2)


@pytest.mark.parametrize(
    ("first", "last", "korean", "english"),
    [
        (1, 5, "40편 가운데 1–5", "1–5 of 40"),
        (1, 1, "40편 가운데 첫째", "The first of 40"),
        (7, 7, "40편 가운데 7번째", "Number 7 of 40"),
    ],
)
def test_one_post_of_many_is_no_range(first: int, last: int, korean: str, english: str) -> None:
    assert list_place(KOREAN.texts, first, last, 40) == korean
    assert list_place(ENGLISH.texts, first, last, 40) == english


def test_a_list_says_nothing_of_what_a_post_lacks() -> None:
    bare = a_post(published_at=None, link=None, body="")
    page = latest_page(KOREAN, [(bare, NOTHING), (replace(bare, author=""), NOTHING)], 0, 2, 5)
    assert page.text.text == (
        "1. 동네 빵집의 키오스크\n나무\n\n2. 동네 빵집의 키오스크\n\n2편 가운데 1–2"
    )


def test_each_list_says_which_post_has_which_number() -> None:
    posts = numbered(3)
    items = [(post, GIVEN) for post in posts]
    listed = tuple(post.id for post in posts)
    pages = [
        latest_page(KOREAN, items, 5, 12, 3),
        top_page(KOREAN, items, "month"),
        similar_page(KOREAN, a_post(), items),
        batch_page(KOREAN, posts),
        digest_page(KOREAN, items[:1], items[1:]),
    ]
    assert [(page.items, page.first) for page in pages] == [(listed, 6)] + [(listed, 1)] * 4


def test_an_only_page_has_no_other_and_an_empty_archive_says_so() -> None:
    only = latest_page(KOREAN, [(a_post(body=""), NOTHING)], 0, 1, 5)
    assert labels(only) == [["1"], ["카톡용 묶음"]]
    assert latest_page(KOREAN, [], 0, 0, 5).text.text == "아직 글이 없어요."


@pytest.mark.parametrize("reader", [KOREAN, ENGLISH], ids=["ko", "en"])
@pytest.mark.parametrize("count", [1, 5, 10, 20])
def test_up_to_twenty_posts_fit_in_one_message(reader: Reader, count: int) -> None:
    items = [(post, MANY) for post in numbered(count, **HUGE)]
    page = latest_page(reader, items, 1000, 123456, count)
    arguments = message_arguments(page)
    assert arguments["text"] == page.text.text
    assert len(page.text.entities) <= 100


def test_what_to_read_on_with_is_short_cards_under_the_title() -> None:
    first, second = numbered(2)
    page = similar_page(KOREAN, a_post(id=PostId(9), title="금리와 시간"), [(first, NOTHING)])
    assert page.text.text.startswith("금리와 시간\n이어 읽기\n\n1. 동네 빵집의 키오스크\n")
    assert action(page, "1") == OpenCard(first.id)
    assert "찾지 못했어요" in similar_page(KOREAN, second, []).text.text
    huge = [(post, MANY) for post in numbered(3, **HUGE)]
    message_arguments(similar_page(KOREAN, a_post(**HUGE), huge))


def test_what_was_liked_most_is_ranked_with_buttons_for_other_periods() -> None:
    page = top_page(KOREAN, [(post, GIVEN) for post in numbered(6)], "month")
    assert page.text.text.startswith(
        "지난 30일의 인기 글\n\n1. 동네 빵집의 키오스크\n   👍 3 ❤️ 1 · 3명\n2. "
    )
    periods = ["7일", "✓ 30일", "전체"]
    assert labels(page) == [["1", "2", "3", "4", "5"], ["6"], periods, ["카톡용 묶음"]]
    assert action(page, "전체") == TopPage("all")


def test_without_reactions_the_ranking_says_how_to_get_some() -> None:
    page = top_page(KOREAN, [], "week")
    assert "글에 이모지를 달면 여기에 모여요." in page.text.text
    assert page.text.text.endswith("글을 먼저 열어 주세요.")
    assert labels(page) == [["✓ 7일", "30일", "전체"]]
    assert labels(top_page(KOREAN, [], "day")) == [["✓ 1일", "7일", "30일", "전체"]]
    assert labels(top_page(KOREAN, [], "year")) == [["7일", "30일", "✓ 1년", "전체"]]


def test_a_digest_names_what_is_new_and_what_was_liked_each_a_link_to_its_card() -> None:
    new = [(post, NOTHING) for post in numbered(2)]
    page = digest_page(KOREAN, new, [(a_post(), GIVEN), (a_post(), NOTHING)])
    assert page.text.text == (
        "오늘의 소식\n\n"
        "새 글 2편\n1. 동네 빵집의 키오스크\n2. 동네 빵집의 키오스크\n\n"
        "많이 좋아한 글\n3. 동네 빵집의 키오스크  👍 3 ❤️ 1\n4. 동네 빵집의 키오스크"
    )
    assert urls(page) == [
        "https://t.me/sosik_bot?start=p1",
        "https://t.me/sosik_bot?start=p2",
        "https://t.me/sosik_bot?start=p7",
        "https://t.me/sosik_bot?start=p7",
    ]


def test_what_came_as_a_card_is_a_short_line_under_all_else_with_a_link_to_it() -> None:
    link = "https://t.me/c/1/42"
    brief = [(a_post(title="아주 긴 제목 " * 20), link), (a_post(), None)]
    page = digest_page(KOREAN, [(a_post(), NOTHING)], [(a_post(), GIVEN)], brief)
    head, long, short = page.text.text.partition("\n\n여기에 이미")[2].splitlines()
    assert head == " 올라온 글 2편"
    assert len(long) <= 62
    assert long.endswith("…")
    assert short == "• 동네 빵집의 키오스크"
    assert urls(page)[2:] == [link]


def test_a_digest_of_nothing_says_so() -> None:
    assert digest_page(KOREAN, [], []).text.text == "오늘의 소식\n\n지난번 뒤로 새 글이 없어요."


def test_an_edition_has_the_best_and_the_new_and_one_of_an_earlier_year() -> None:
    first, second, third = numbered(3)
    page = edition_page(
        KOREAN,
        Period.WEEK,
        best=[(second, 3), (first, 1)],
        new=[first],
        above=2,
        earlier=(third, 3),
    )
    assert page.text.text == (
        "주간 소식\n\n"
        "명예의 전당\n1. 동네 빵집의 키오스크 · 3명\n2. 동네 빵집의 키오스크 · 1명\n\n"
        "새 글 1편\n3. 동네 빵집의 키오스크\n\n"
        "바로 위에서 알린 새 글 2편은 뺐어요.\n\n"
        "3년 전 이맘때\n4. 동네 빵집의 키오스크"
    )
    assert urls(page) == [f"https://t.me/sosik_bot?start=p{number}" for number in (2, 1, 1, 3)]
    assert page.items == (second.id, first.id, first.id, third.id)


def test_an_edition_says_only_what_there_is() -> None:
    (post,) = numbered(1)
    page = edition_page(ENGLISH, Period.MONTH, best=[], new=[], above=0, earlier=(post, 1))
    assert page.text.text == (
        "The monthly edition\n\nThe same month a year ago\n1. 동네 빵집의 키오스크"
    )
    page = edition_page(ENGLISH, Period.WEEK, best=[(post, 1)], new=[], above=1, earlier=None)
    assert page.text.text == (
        "The weekly edition\n\nHall of fame\n1. 동네 빵집의 키오스크 · 1 person\n\n"
        "One more new post stands right above."
    )


def test_many_new_posts_are_one_list() -> None:
    page = batch_page(ENGLISH, numbered(6))
    assert page.text.text.startswith("6 new posts\n1. 동네 빵집의 키오스크\n")
    assert len(urls(page)) == 6


@pytest.mark.parametrize("fields", [{}, HUGE], ids=["short", "long"])
def test_five_hundred_new_posts_are_still_one_message(fields: dict[str, object]) -> None:
    posts = numbered(500, **fields)
    items = [(post, MANY) for post in posts]
    brief = [(post, "https://t.me/c/1234567890/1234567") for post in posts]
    best, earlier = [(post, 123456) for post in posts[:5]], (posts[9], 12)
    edition = edition_page(KOREAN, Period.WEEK, best=best, new=posts, above=99, earlier=earlier)
    digest = digest_page(KOREAN, items, items[:3], brief)
    for page in (batch_page(KOREAN, posts), digest, edition):
        assert "/latest 에 있어요" in page.text.text
        assert message_arguments(page)["text"] == page.text.text
        assert len(page.text.entities) <= 100
        assert page.items is not None
        numbers = re.findall(r"^(\d+)\. ", page.text.text, re.MULTILINE)
        assert numbers == [str(number) for number in range(1, len(page.items) + 1)]
    shown = len(urls(batch_page(KOREAN, posts)))
    assert f"그 밖에 {500 - shown}편은" in batch_page(KOREAN, posts).text.text


@pytest.mark.parametrize("count", range(1, 121, 7))
def test_a_digest_with_words_on_every_line_is_one_message(count: int) -> None:
    """Whatever the lengths of titles, and so whatever room the last line leaves."""
    said = [replace(one, title="가" * count) for one in numbered(100, **HUGE)]
    for words in (Remark("할 말이 많아요 " * 60, ""), Remark("@a " * 166, "")):
        items = [(replace(post, remark=words), MANY) for post in said]
        liked = [(replace(post, title="가" * 120), given) for post, given in items[:3]]
        brief = [(post, "https://t.me/c/1/2") for post, _ in items]
        for reader in (KOREAN, ENGLISH):
            assert digest_page(reader, items, liked, brief).text.length <= MESSAGE_UNITS


SAID = a_post(remark=Remark("왜\n읽을 만한지 " + "길게 " * 99, "해봄"))


@pytest.mark.parametrize(
    "page",
    [
        latest_page(KOREAN, [(SAID, NOTHING)], 0, 1, 5),
        similar_page(KOREAN, a_post(), [(SAID, NOTHING)]),
        digest_page(KOREAN, [(SAID, NOTHING)], []),
        digest_page(KOREAN, [], [(SAID, GIVEN)]),
        digest_page(KOREAN, [], [], [(SAID, None)]),
        batch_page(KOREAN, [SAID]),
        edition_page(KOREAN, Period.WEEK, best=[], new=[SAID], above=0, earlier=None),
    ],
)
def test_what_an_author_has_to_say_is_one_line_of_a_list(page: Page) -> None:
    (line,) = [one for one in page.text.text.split("\n") if "“" in one]
    assert line.strip().startswith("“왜 읽을 만한지 길게")
    assert line.endswith("…”")
    assert len(line) < 170
