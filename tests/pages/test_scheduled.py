from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat_settings.typed_moments import PAST, USAGE
from bot.errors import InputError
from bot.pages.actions import HandleScheduled
from bot.pages.page import PROMPT_MARK
from bot.pages.scheduled import said_back, scheduled_list_page, unread_page, when_page
from storage.models import Draft
from tests.pages.posts import ENGLISH, KOREAN, NOON, action, labels

DAY = timedelta(days=1)


def a_draft(number: int, **changes: object) -> Draft:
    given: dict[str, object] = {
        "link": "https://a.example",
        "entry": "{}",
        "author_id": 77,
        "author_name": "해봄",
        "chat_id": None,
        "id": number,
        "due_at": NOON + number * DAY,
        "prompt_id": None,
        **changes,
    }
    return Draft(**given)  # type: ignore[arg-type]  # its fields by their names


@pytest.mark.parametrize(
    ("days", "korean", "english"),
    [
        (0, "오늘 = 11월 23일 월요일 오후 12:00", "today = Monday, November 23, 12:00 PM"),
        (1, "내일 = 11월 24일 화요일 오후 12:00", "tomorrow = Tuesday, November 24, 12:00 PM"),
        (2, "모레 = 11월 25일 수요일", "the day after tomorrow = Wednesday, November 25"),
        (3, "11월 26일 목요일 오후 12:00", "Thursday, November 26, 12:00 PM"),
        (40, "2027년 1월 2일 토요일 오후 12:00", "Saturday, January 2, 2027, 12:00 PM"),
        (-1, "11월 22일 일요일 오후 12:00", "Sunday, November 22, 12:00 PM"),
    ],
)
def test_a_moment_is_said_in_full_with_the_word_for_its_day(
    days: int, korean: str, english: str
) -> None:
    assert said_back(KOREAN, NOON + days * DAY, NOON).startswith(korean)
    reader = replace(ENGLISH, zone=KOREAN.zone)
    assert said_back(reader, NOON + days * DAY, NOON).startswith(english)


def test_a_question_is_marked_and_gives_an_example() -> None:
    page = when_page(KOREAN.texts)
    assert page.text.text.startswith(PROMPT_MARK)
    assert page.asks in page.text.text


def test_what_cannot_be_read_is_short_and_calls_nobody() -> None:
    page = unread_page(KOREAN, InputError(USAGE, typed="@durov " * 50), NOON)
    said = page.text.text.splitlines()[0]
    assert len(said) < 100
    assert "@durov" not in said
    assert "30분 뒤" in page.text.text


def test_what_is_past_is_said_in_full() -> None:
    page = unread_page(KOREAN, InputError(PAST, typed="오늘 9시", at=NOON - DAY), NOON)
    assert page.text.text.startswith("11월 22일 일요일 오후 12:00은 이미 지났어요.")


def test_a_list_is_numbered_over_its_pages() -> None:
    scheduled = [(a_draft(number), f"글 {number}") for number in range(1, 8)]
    first, second = (scheduled_list_page(KOREAN, scheduled, NOON, offset) for offset in (0, 5))
    assert labels(first)[0] == ["1 지금 올리기", "1 예약 취소"]
    assert action(first, "2 예약 취소") == HandleScheduled(0, 2, "off")
    assert labels(second)[:2] == [
        ["6 지금 올리기", "6 예약 취소"],
        ["7 지금 올리기", "7 예약 취소"],
    ]
    assert "6. 11월 29일 일요일" in second.text.text
    for offset in (-1, 7, 2**62):
        assert scheduled_list_page(KOREAN, scheduled, NOON, offset) == first


def test_a_line_has_the_beginning_of_the_remark_and_for_operators_the_name() -> None:
    draft = a_draft(1, remark="한마디\n" + "가" * 100, due_at=None)
    page = scheduled_list_page(KOREAN, [(draft, "@제목 " * 50)], NOON, with_names=True)
    assert "“한마디 가가" in page.text.text
    assert page.text.text.count("가") < 60
    assert " · 해봄" in page.text.text
    assert "해봄" not in scheduled_list_page(KOREAN, [(draft, "제목")], NOON).text.text
