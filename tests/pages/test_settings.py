from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.errors import InputError
from bot.locales import get_texts, languages
from bot.pages.settings import (
    TYPED,
    changed_page,
    describe,
    next_line,
    room_heading,
    shown_zone,
    sources_page,
    typing_page,
    usage_page,
)
from storage.models import (
    Chat,
    ChatId,
    ChatKind,
    ChatSettings,
    ChatState,
    Edition,
    Night,
    PushMode,
    QuietHours,
    Repeats,
    Source,
    SourceFilter,
    SourceId,
    SourceKind,
    ThreadId,
    VoteButtons,
)

KO, EN = get_texts("ko"), get_texts("en")
SETTINGS = ChatSettings(
    language="ko",
    timezone="Asia/Seoul",
    push=PushMode.ON,
    quiet=QuietHours(22 * 60, 8 * 60),
    digest_times=(9 * 60,),
    digest_days=frozenset(range(7)),
    thread_id=None,
)
FULL = ChatSettings(
    language="en",
    timezone="Asia/Seoul",
    push=PushMode.DIGEST,
    quiet=QuietHours(23 * 60 + 30, 7 * 60),
    digest_times=(540, 1110),
    digest_days=frozenset({0, 4, 5, 6}),
    thread_id=ThreadId(5),
    words=("AI", "자율 주행"),
    without=("광고",),
    source_filters=(SourceFilter(SourceId(2), ("금리",), ("투자",)),),
    left_out=frozenset({SourceId(1), SourceId(3)}),
    night=Night.SILENT,
    repeats=Repeats.BRIEF,
    weekly=Edition(6, 19 * 60),
    monthly=540,
    holidays="KR",
    votes=VoteButtons.ALWAYS,
    silent=True,
    pin=True,
    previews=False,
    cleanup_minutes=10,
    full_here=False,
)
"""Everything otherwise than a chat has it that never chose."""
BARE = replace(SETTINGS, push=PushMode.OFF, quiet=None, digest_times=())
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


def a_source(number: int, title: str) -> Source:
    return Source(
        id=SourceId(number),
        address="https://blog.example/feed?key=secret",
        kind=SourceKind.FEED,
        title=title,
        tagline="",
        etag=None,
        last_modified=None,
        next_poll_at=None,
        first_fetched_at=None,
        last_fetched_at=None,
        failures=0,
        last_error=None,
        error_told_at=None,
        ended_at=None,
        fetched_from=None,
    )


def with_settings(settings: ChatSettings, chat: Chat = CHAT) -> Chat:
    return replace(chat, settings=settings)


@pytest.mark.parametrize("name", ["time", "days", "zone"])
def test_a_change_of_the_digest_is_answered_with_the_next_one(name: str) -> None:
    text = changed_page(EN, CHAT, name).text.text
    assert describe(EN, SETTINGS, name) in text
    assert "9:00" in text.splitlines()[-1]


def test_another_change_is_answered_in_one_line() -> None:
    page = changed_page(KO, CHAT, "push")
    assert "\n" not in page.text.text


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", [*TYPED.values(), "here"])
def test_what_is_set_is_said_in_words(lang: str, name: str) -> None:
    texts = get_texts(lang)
    for settings in (SETTINGS, FULL):
        said = describe(texts, settings, name)
        assert said
        assert "settings." not in said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("time", "오전 9:00, 오후 6:30"),
        ("days", "월·금·토·일"),
        ("quiet", "오후 11:30–오전 7:00"),
        ("weekly", "일요일 오후 7:00"),
        ("monthly", "매월 1일 오전 9:00"),
        ("holidays", "대한민국"),
        ("filter", 'AI "자율 주행" -광고'),
        ("sources", "2곳 빼고 모두"),
        ("zone", "서울"),
        ("language", "English"),
        ("cleanup", "10분 뒤"),
        ("full", "개인 대화방에서"),
        ("here", "따로 정함"),
    ],
)
def test_what_is_set_is_said_as_people_say_it(name: str, said: str) -> None:
    assert describe(KO, FULL, name) == said


@pytest.mark.parametrize(
    ("zone", "said"),
    [("Etc/GMT-9", "UTC+9"), ("Etc/GMT+3", "UTC-3"), ("Asia/Kolkata", "콜카타"), ("UTC", "UTC")],
)
def test_a_zone_is_said_by_its_city(zone: str, said: str) -> None:
    assert shown_zone(KO, zone) == said


def test_nothing_to_filter_is_every_post() -> None:
    assert describe(KO, SETTINGS, "filter") == "모든 글"
    assert describe(KO, replace(SETTINGS, digest_times=(), quiet=None), "time") == "끔"


def test_words_that_are_replaced_are_said() -> None:
    text = changed_page(KO, with_settings(replace(FULL, words=("환율",))), "filter", FULL).text.text
    assert text.splitlines() == [
        "이제 이렇게 골라서 알릴게요: 환율 -광고",
        '전에는: AI "자율 주행" -광고',
    ]
    assert "전에는" not in changed_page(KO, with_settings(FULL), "filter", SETTINGS).text.text


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", [name for name in TYPED.values() if name != "sources"])
def test_a_change_is_answered_whether_it_is_on_or_off(lang: str, name: str) -> None:
    for settings in (SETTINGS, FULL, BARE):
        lines = changed_page(get_texts(lang), with_settings(settings), name).text.text.splitlines()
        assert lines[0]
        assert "settings." not in lines[0]


def test_a_new_language_says_itself_that_it_is_spoken() -> None:
    text = changed_page(KO, with_settings(replace(SETTINGS, language="en")), "language").text.text
    assert text == "I speak English from now on."


def test_what_is_off_is_said_to_be() -> None:
    error = InputError("settings.usage.quiet", typed="")
    page = usage_page(KO, with_settings(replace(SETTINGS, quiet=None)), "quiet", error)
    assert page.text.text.startswith("지금은 꺼져 있어요.")


@pytest.mark.parametrize("chat", [replace(CHAT, digest_due_at=None), with_settings(BARE)])
def test_without_a_digest_to_come_that_is_said(chat: Chat) -> None:
    assert "오지 않아요" in next_line(KO, chat)


def test_sources_are_numbered_with_what_comes_of_them() -> None:
    sources = [a_source(1, "블로그"), a_source(2, ""), a_source(3, "뉴스")]
    text = sources_page(KO, FULL, sources).text.text
    assert text.splitlines()[1:4] == [
        "1. ✗ 블로그",
        "2. ✓ blog.example (금리 -투자)",
        "3. ✗ 뉴스",
    ]


def test_what_can_be_typed_is_listed_with_examples() -> None:
    text = typing_page(KO, [*TYPED, "here", "settings"]).text.text
    assert all(f"/{name} — " in text for name in TYPED)
    assert "/weekly 일 19:00" in text
    assert len(text) < 4096


def test_what_could_not_be_read_is_quoted_with_what_is_set_and_examples() -> None:
    error = InputError("settings.usage.time", typed="언젠가")
    text = usage_page(KO, CHAT, "time", error).text.text
    assert "언젠가" in text
    assert "오전 9:00" in text
    assert "/digest_time" in text


def test_a_command_without_words_is_answered_with_what_is_set() -> None:
    error = InputError("settings.usage.time", typed="")
    text = usage_page(KO, CHAT, "time", error).text.text
    assert text.startswith("지금은")


def test_a_chat_that_is_set_from_elsewhere_is_named_or_else_numbered() -> None:
    texts = get_texts("ko")
    assert "독서모임" in room_heading(texts, replace(CHAT, title="독서모임")).text
    assert str(CHAT.id) in room_heading(texts, replace(CHAT, title="")).text
