from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.errors import InputError
from bot.locales import get_texts
from bot.pages.actions import Choose, decode
from bot.pages.settings import changed_page, describe, settings_page, usage_page
from storage.models import Chat, ChatId, ChatKind, ChatSettings, ChatState, PushMode, QuietHours

KO, EN = get_texts("ko"), get_texts("en")
LANGUAGES = {"ko": "한국어", "en": "English"}
SETTINGS = ChatSettings(
    language="ko",
    timezone="Asia/Seoul",
    push=PushMode.ON,
    quiet=QuietHours(22 * 60, 8 * 60),
    digest_times=(9 * 60,),
    digest_days=frozenset(range(7)),
    thread_id=None,
)
CHAT = Chat(
    id=ChatId(-100),
    kind=ChatKind.GROUP,
    title="독서모임",
    state=ChatState.SERVED,
    can_write=True,
    is_forum=False,
    settings=SETTINGS,
    joined_at=datetime(2026, 11, 1, tzinfo=UTC),
    digest_due_at=datetime(2026, 11, 24, 0, 0, tzinfo=UTC),
    last_digest_at=None,
)


def with_settings(settings: ChatSettings, chat: Chat = CHAT) -> Chat:
    return replace(chat, settings=settings)


def test_the_page_says_what_is_set_and_when_the_next_digest_comes() -> None:
    text = settings_page(KO, CHAT, LANGUAGES).text.text
    for part in ("바로 알림", "09:00", "매일", "22:00-08:00", "Asia/Seoul", "한국어", "오전 9:00"):
        assert part in text


def test_each_button_carries_the_state_it_sets_and_the_present_one_is_marked() -> None:
    buttons = [button for row in settings_page(KO, CHAT, LANGUAGES).keyboard for button in row]
    assert all(isinstance(decode(button.data or ""), Choose) for button in buttons)
    marked = [decode(button.data or "") for button in buttons if button.label.startswith("✓")]
    assert marked == [
        Choose("push", "on"),
        Choose("time", "09:00"),
        Choose("days", "daily"),
        Choose("quiet", "22:00-08:00"),
        Choose("language", "ko"),
    ]


@pytest.mark.parametrize(
    ("number", "rows"), [(1, [1]), (2, [2]), (3, [3]), (4, [2, 2]), (7, [3, 2, 2]), (9, [3, 3, 3])]
)
def test_any_number_of_languages_stands_in_even_rows(number: int, rows: list[int]) -> None:
    many = {f"x{index}": f"Language {index}" for index in range(number)}
    keyboard = settings_page(KO, CHAT, many).keyboard
    shown = [row for row in keyboard if row[0].label.startswith("Language")]
    assert [len(row) for row in shown] == rows
    assert [button.label for row in shown for button in row] == list(many.values())


def test_what_no_button_offers_is_marked_nowhere_and_still_said() -> None:
    odd = replace(
        SETTINGS,
        digest_times=(61, 700),
        digest_days=frozenset({0, 2}),
        quiet=None,
        words=("투자", "AI"),
    )
    page = settings_page(KO, with_settings(odd), LANGUAGES)
    assert "01:01 11:40" in page.text.text
    assert "월요일 수요일" in page.text.text
    assert "투자, AI" in page.text.text
    labels = [button.label for row in page.keyboard for button in row]
    assert not any(label in labels for label in ("✓ 09:00", "✓ 매일"))
    assert any(label.startswith("✓ 🌙") for label in labels)


@pytest.mark.parametrize(
    "chat",
    [
        with_settings(replace(SETTINGS, push=PushMode.OFF)),
        replace(CHAT, digest_due_at=None),
        replace(
            with_settings(replace(SETTINGS, digest_times=())),
            kind=ChatKind.PRIVATE,
            digest_due_at=None,
        ),
    ],
)
def test_without_a_digest_to_come_the_page_says_so(chat: Chat) -> None:
    assert "오지 않아요" in settings_page(KO, chat, LANGUAGES).text.text


@pytest.mark.parametrize("name", ["time", "days", "zone"])
def test_a_change_of_the_digest_is_answered_with_the_next_one(name: str) -> None:
    text = changed_page(EN, CHAT, name).text.text
    assert describe(EN, SETTINGS, name) in text
    assert "9:00" in text.splitlines()[-1]


def test_another_change_is_answered_in_one_line() -> None:
    page = changed_page(KO, CHAT, "push")
    assert "\n" not in page.text.text


def test_nothing_to_filter_is_off() -> None:
    assert describe(KO, SETTINGS, "filter") == "끔"
    assert describe(KO, replace(SETTINGS, digest_times=(), quiet=None), "time") == "끔"


def test_what_could_not_be_read_is_quoted_with_what_is_set_and_examples() -> None:
    error = InputError("settings.usage.time", typed="언젠가")
    text = usage_page(KO, CHAT, "time", error).text.text
    assert "언젠가" in text
    assert "09:00" in text
    assert "/digest_time" in text


def test_a_command_without_words_is_answered_with_what_is_set() -> None:
    error = InputError("settings.usage.time", typed="")
    text = usage_page(KO, CHAT, "time", error).text.text
    assert text.startswith("지금은")
