"""Posts as blocks to be pasted into KakaoTalk."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pages.actions import Bundle, BundlePage, LatestPage
from bot.pages.cards import TITLE_UNITS, short_address
from bot.pages.kakao import (
    ADDRESS_UNITS,
    BETWEEN,
    BLOCK_UNITS,
    MOST_BUNDLED,
    bundle_page,
    kakao_blocks,
    no_bundle_page,
    parse_bundled,
)
from bot.pages.keyboards import message_arguments
from bot.pages.lists import batch_page, digest_page, edition_page, latest_page, similar_page
from bot.sources.publishing import REMARK_UNITS
from bot.text.characters import utf16_length
from bot.text.inert import UNSEEN
from bot.text.links import web_link
from bot.text.rich import Kind
from storage.models import Given, Period, PostId, Remark
from tests.pages.posts import ENGLISH, KOREAN, a_post, action, labels
from tests.text.strategies import hostile_text

if TYPE_CHECKING:
    from bot.pages.cards import Reader
    from bot.pages.page import Page
    from storage.models import Post

LONG = "왜 읽을 만한지 길게 말하면 " * 100
LINKS = st.one_of(
    st.none(),
    hostile_text(5),
    st.integers(0, 2100).map(lambda count: "https://example.com/" + "x" * count),
    st.integers(0, 90).map(lambda count: "https://example.com/" + "%ED%95%9C%20" * count),
    st.just("https://example.com/\u1112\u1161/가\u3000나?q=\u00ad글"),
)
REMARKS = st.one_of(
    st.none(), st.builds(Remark, hostile_text(40), hostile_text(3)), st.just(Remark(LONG, "해봄"))
)
POSTS = st.lists(
    st.builds(
        lambda title, link, remark: a_post(title=title, link=link, remark=remark),
        st.one_of(hostile_text(40), st.just("아주 긴 제목 " * 60)),
        LINKS,
        REMARKS,
    ),
    min_size=1,
    max_size=12,
).map(lambda posts: [replace(one, id=PostId(n)) for n, one in enumerate(posts, 1)])


def block_of(page: Page) -> str:
    """The text of the only entity of a page, as Telegram is sent it."""
    sent = message_arguments(page)
    (pre,) = sent["entities"]
    assert pre["type"] == Kind.PRE.value
    data = sent["text"].encode("utf-16-le")
    assert 2 * (pre["offset"] + pre["length"]) == len(data)
    return data[2 * pre["offset"] :].decode("utf-16-le")


@given(POSTS, st.sampled_from([KOREAN, ENGLISH]))
def test_all_posts_are_there_in_order_each_with_its_whole_link(
    posts: list[Post], reader: Reader
) -> None:
    blocks = kakao_blocks(reader, posts)
    assert all(0 < utf16_length(block) <= BLOCK_UNITS for block in blocks)
    entries = [entry.split("\n") for entry in BETWEEN.join(blocks).split(BETWEEN)]
    assert len(entries) == len(posts)
    for number, (post, (title, *said, address)) in enumerate(zip(posts, entries, strict=True), 1):
        assert re.match(rf"{number}\. \S", title)
        assert utf16_length(title) <= TITLE_UNITS + len(f"{number}. ")
        whole = short_address(post.link, ADDRESS_UNITS)
        assert address == (whole or reader.post_link(post))
        assert whole or not web_link(post.link) or utf16_length(post.link or "") > 100
        assert all(re.fullmatch("“.+”", line) for line in said)
        assert len(said) <= (post.remark is not None)


@given(POSTS)
def test_what_is_copied_is_exactly_the_block(posts: list[Post]) -> None:
    blocks = kakao_blocks(KOREAN, posts)
    for number, block in enumerate(blocks):
        page = bundle_page(KOREAN, posts, number)
        assert block_of(page) == block
        assert page.text.text == f"{page.text.text.splitlines()[0]}\n{block}"
        assert page.items == tuple(post.id for post in posts)


def test_a_bundle_is_what_a_person_would_type() -> None:
    posts = [
        a_post(remark=Remark("값이 왜\n오르는지", "해봄")),
        a_post(id=PostId(8), title="@모두 /start 하기", link=None),
    ]
    page = bundle_page(KOREAN, posts, 0)
    assert page.text.text.splitlines()[0] == (
        "카카오톡에 붙여 넣을 글 2편이에요. 아래를 누르면 모두 복사돼요."
    )
    assert block_of(page) == (
        "1. 동네 빵집의 키오스크\n“값이 왜 오르는지”\nhttps://example.com/7\n\n"
        "2. @모두 /start 하기\nhttps://t.me/sosik_bot?start=p8"
    )
    assert UNSEEN not in page.text.text
    assert page.keyboard == ()
    one = bundle_page(ENGLISH, posts[:1], 0)
    assert one.text.text.startswith("1 post to paste into KakaoTalk. A tap on the text copies all")


def test_a_remark_is_whole_where_it_fits_and_shortened_beside_the_longest_link() -> None:
    words = "가" * REMARK_UNITS
    (block,) = kakao_blocks(KOREAN, [a_post(remark=Remark(words, ""))])
    assert f"“{words}”" in block
    link = "https://example.com/" + "x" * (ADDRESS_UNITS - 20)
    long = a_post(title="아주 긴 제목 " * 60, link=link, remark=Remark(LONG, ""))
    (block,) = kakao_blocks(KOREAN, [long])
    assert utf16_length(block) > BLOCK_UNITS - 3
    title, said, address = block.split("\n")
    assert address == link
    assert title.endswith("…")
    assert said.endswith("…”")


def test_what_is_nothing_to_see_is_no_line() -> None:
    (block,) = kakao_blocks(KOREAN, [a_post(remark=Remark(" \u200b\n", "해봄"))])
    assert "“" not in block


def test_blocks_are_turned_and_beyond_the_last_is_the_last() -> None:
    posts = [a_post(id=PostId(n), title="아주 긴 제목 " * 60) for n in range(1, 11)]
    assert len(kakao_blocks(KOREAN, posts)) == 3
    first, second, last = (bundle_page(KOREAN, posts, number) for number in range(3))
    assert "· 1/3쪽\n" in first.text.text
    assert "· 2/3쪽\n" in second.text.text
    assert [labels(page) for page in (first, second, last)] == [
        [["다음 ›"]],
        [["‹ 이전", "다음 ›"]],
        [["‹ 이전"]],
    ]
    assert action(second, "‹ 이전") == BundlePage("shown", 0)
    assert action(second, "다음 ›") == BundlePage("shown", 2)
    assert bundle_page(KOREAN, posts, 99) == last
    assert bundle_page(KOREAN, posts, -99) == first
    assert re.search(r"^10\. ", block_of(last), re.MULTILINE)


@pytest.mark.parametrize(
    ("reader", "head"), [(KOREAN, "가장 최근 100편"), (ENGLISH, "The newest 100 posts")]
)
def test_of_very_many_it_is_said_that_they_are_the_newest(reader: Reader, head: str) -> None:
    posts = [a_post(id=PostId(n)) for n in range(MOST_BUNDLED)]
    assert head in bundle_page(reader, posts, 0).text.text
    assert head not in bundle_page(reader, posts[1:], 0).text.text


def test_where_there_is_nothing_there_is_a_way_on() -> None:
    today, week = (no_bundle_page(KOREAN.texts, period) for period in ("today", "week"))
    assert action(today, "지난 7일 글 묶기") == BundlePage("week", 0)
    assert action(week, "최근 글 보기") == LatestPage(0, 5)


@pytest.mark.parametrize(
    ("typed", "period"),
    [
        ("", "today"),
        ("  ", "today"),
        ("오늘", "today"),
        ("Today", "today"),
        ("주", "week"),
        ("이번 주", "week"),
        ("week", "week"),
        ("This week", "week"),
        ("일주일", "week"),
        ("이번 달", None),
        ("하루종일", None),
        ("12", None),
        ("@", None),
    ],
)
def test_today_and_the_week_may_be_typed_in_either_language(typed: str, period: str | None) -> None:
    for reader in (KOREAN, ENGLISH):
        assert parse_bundled(reader.texts, typed) == period


def test_every_list_with_posts_can_be_bundled_and_none_without() -> None:
    post, given = a_post(), Given()
    items = [(post, given)]
    edition = {"best": (), "new": (), "above": 0, "earlier": None}
    filled = [
        latest_page(KOREAN, items, 0, 1, 5),
        similar_page(KOREAN, post, items),
        batch_page(KOREAN, [post]),
        digest_page(KOREAN, items, []),
        digest_page(KOREAN, [], [], [(post, None)]),
        edition_page(KOREAN, Period.WEEK, **{**edition, "new": [post]}),  # type: ignore[arg-type]  # by name
    ]
    empty = [
        latest_page(KOREAN, [], 0, 0, 5),
        similar_page(KOREAN, post, []),
        digest_page(KOREAN, [], []),
        edition_page(KOREAN, Period.WEEK, **{**edition, "above": 3}),  # type: ignore[arg-type]  # by name
    ]
    assert all(action(page, "카톡용 묶음") == Bundle(0, 0) for page in filled)  # type: ignore[arg-type]  # this message
    assert all("카톡용 묶음" not in str(labels(page)) for page in empty)


def test_a_digest_also_bundles_what_its_short_lines_name_as_far_as_it_shows_them() -> None:
    brief = [(a_post(id=PostId(n), title="긴 제목 " * 30), None) for n in range(20, 60)]
    page = digest_page(KOREAN, [(a_post(), Given())], [], brief)
    shown = page.text.text.count("• ")
    assert 0 < shown < len(brief)
    assert page.items == (a_post().id,)
    assert page.besides == tuple(post.id for post, _ in brief[:shown])
