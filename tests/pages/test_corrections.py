from __future__ import annotations

from dataclasses import replace

import pytest

from bot.pages.actions import AskRemark, Correct, PutBack, Reread, ShowCard, TakeDown
from bot.pages.cards import card_page
from bot.pages.corrections import (
    Hand,
    correct_page,
    may_take_back,
    prompt_page,
    put_back_rows,
    take_down_page,
    taken_down_page,
)
from bot.pages.page import PROMPT_MARK
from storage.models import Given, PostId, Remark
from tests.pages.posts import ENGLISH, KOREAN, NOON, a_post, action, labels

AUTHOR, OPERATOR = Hand(77, is_operator=False), Hand(1, is_operator=True)
POST = PostId(7)


@pytest.mark.parametrize(
    ("hand", "publisher_id", "may"),
    [
        (None, 77, False),
        (None, None, False),
        (AUTHOR, 77, True),
        (AUTHOR, 78, False),
        (AUTHOR, None, False),
        (OPERATOR, 77, True),
        (OPERATOR, None, True),
    ],
)
def test_a_post_is_its_publishers_and_the_operators(
    hand: Hand | None, publisher_id: int | None, *, may: bool
) -> None:
    post = a_post(publisher_id=publisher_id)
    assert may_take_back(hand, post) is may
    last = labels(card_page(replace(KOREAN, hand=hand), post, Given()))[-1]
    assert (last == ["고치기", "내리기"]) is may
    assert bool(put_back_rows(KOREAN.texts, hand, post)) is may
    inline = replace(KOREAN, hand=hand, elsewhere=True)
    assert labels(card_page(inline, post, Given()))[-1] != ["고치기", "내리기"]


def test_the_rows_lead_where_they_say() -> None:
    card = card_page(replace(ENGLISH, hand=OPERATOR), a_post(), Given())
    assert action(card, "Correct") == Correct(POST)
    assert action(card, "Take down") == TakeDown(POST, 0)
    page = correct_page(KOREAN.texts, a_post(), is_by_hand=True)
    assert labels(page) == [["다시 읽기", "한마디"], ["‹ 뒤로"]]
    assert [action(page, one) for one in ("다시 읽기", "한마디", "‹ 뒤로")] == [
        Reread(POST),
        AskRemark(POST),
        ShowCard(POST),
    ]
    assert "무엇을 고칠까요" in page.text.text


@pytest.mark.parametrize(("link", "is_by_hand"), [(None, True), ("https://a.example/1", False)])
def test_what_has_no_page_of_its_own_is_not_read_again(
    link: str | None, *, is_by_hand: bool
) -> None:
    page = correct_page(KOREAN.texts, a_post(link=link), is_by_hand=is_by_hand, note="그대로예요.")
    assert labels(page) == [["한마디"], ["‹ 뒤로"]]
    assert page.text.text.endswith("그대로예요.")


def test_it_asks_for_words_as_menus_do() -> None:
    page = prompt_page(ENGLISH.texts, a_post())
    assert page.text.text.startswith(f"{PROMPT_MARK} What do you have to say")
    assert page.asks == "why it is worth reading"


def test_it_is_asked_once_and_said_where_it_goes() -> None:
    asked = take_down_page(KOREAN.texts, a_post(), 12)
    assert "방 12곳" in asked.text.text
    assert action(asked, "내리기") == TakeDown(POST, 1)
    assert action(asked, "그만두기") == ShowCard(POST)
    assert "아무 방에도" in take_down_page(KOREAN.texts, a_post(), 0).text.text
    done = taken_down_page(KOREAN.texts, a_post(), deleting=12, marking=3, dropped=0)
    assert "방 12곳에서 지우고 있어요" in done.text.text
    assert "방 3곳에는 내렸다는 표시를" in done.text.text
    assert "보내지 않아요" not in done.text.text
    assert action(done, "다시 올리기") == PutBack(POST, 0)


def test_a_card_of_what_was_taken_down_says_no_more_than_that() -> None:
    post = a_post(removed_at=NOON, taken_down_at=NOON, remark=Remark("꼭", "해봄"))
    page = card_page(replace(KOREAN, hand=OPERATOR), post, Given())
    assert page.text.text == "동네 빵집의 키오스크\n나무 · 2026년 11월 23일 · 내린 글 · #7"
    assert page.keyboard == ()
    assert page.preview_url is None
