from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.chat_settings.press import press
from bot.locales import get_texts, languages
from bot.pages.actions import AskFor, SetTo, ShowLevel, decode
from bot.pages.menu import TYPED, level_of, menu_page, prompt_page, settings_of
from bot.pages.menu_levels import ALL, DONE, Shown
from bot.pages.page import PROMPT_MARK
from bot.text.rich import plain
from storage.models import ChatKind, MenuId, SourceFilter, SourceId, ThreadId
from tests.pages.test_settings import BARE, CHAT, FULL, SETTINGS, a_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.pages.actions import Action
    from bot.pages.page import Button, Page
    from storage.models import ChatSettings

KO = get_texts("ko")
LONG = "긴 이름을 가진 블로그 👩‍👩‍👧‍👦 " * 5
WORDS = tuple(f"{'가' * 38}{number:02}" for number in range(20))
FULLEST = replace(
    FULL,
    words=WORDS,
    without=WORDS,
    source_filters=(SourceFilter(SourceId(2**63 - 1), WORDS, WORDS),),
    left_out=frozenset({SourceId(1), SourceId(2**63 - 1)}),
    digest_times=(0, 15, 30, 540, 720, 1439),
)
SOURCES = [a_source(number, LONG) for number in (*range(1, 10), 2**63 - 1)]
ROOM = replace(CHAT, title=LONG, is_forum=True, kind=ChatKind.SUPERGROUP)


def a_menu(settings: ChatSettings, **changes: object) -> Shown:
    """The largest menu: a forum with long names, many sources and extreme numbers."""
    names = {lang: get_texts(lang)("language.name") for lang in languages()}
    shown = Shown(
        MenuId(2**63 - 1),
        replace(ROOM, settings=settings),
        languages=names,
        sources=SOURCES,
        thread_id=ThreadId(2**31 - 1),
    )
    return replace(shown, **changes)  # type: ignore[arg-type]  # fields by their names


def buttons_of(page: Page) -> list[Button]:
    return [button for row in page.keyboard for button in row]


def actions_of(page: Page) -> list[Action | None]:
    return [decode(button.data or "") for button in buttons_of(page)]


def labels_of(shown: Shown, level: str) -> list[str]:
    page = menu_page(KO, shown, level)
    assert page is not None, level
    return [button.label for button in buttons_of(page)]


def reachable(lang: str, shown: Shown) -> Iterator[tuple[str, Page]]:
    """Every level that buttons lead to from the first one on."""
    waiting, seen = [ALL], {ALL}
    while waiting:
        level = waiting.pop()
        page = menu_page(get_texts(lang), shown, level)
        assert page is not None, level
        yield level, page
        for action in actions_of(page):
            if isinstance(action, ShowLevel) and action.level not in seen:
                seen.add(action.level)
                waiting.append(action.level)


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("settings", [SETTINGS, BARE, FULL, FULLEST])
def test_every_level_is_within_telegrams_limits_and_leads_back(
    lang: str, settings: ChatSettings
) -> None:
    shown = a_menu(settings)
    levels = dict(reachable(lang, shown))
    for level, page in levels.items():
        buttons = buttons_of(page)
        assert len(buttons) <= 100, level
        assert len(page.text.text) <= 4096, level
        assert max(map(len, page.keyboard), default=0) <= 8
        for button in buttons:
            assert 1 <= len(button.label) <= 20, (level, button.label)
            assert 1 <= len((button.data or "").encode()) <= 64, (level, button.data)
        ways = [one for one in actions_of(page) if isinstance(one, ShowLevel)]
        assert any(one.level == DONE for one in ways) or level == DONE
        assert level in {ALL, DONE} or any(one.level in levels for one in ways)
    names = {level.partition(".")[0] for level in levels}
    assert names == {*settings_of(shown.room), ALL, DONE} - {"night"}


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("settings", [SETTINGS, BARE, FULL, FULLEST])
def test_every_button_sets_what_can_be_set_and_twice_is_once(
    lang: str, settings: ChatSettings
) -> None:
    shown = a_menu(settings)
    for level, page in reachable(lang, shown):
        for button, action in zip(buttons_of(page), actions_of(page), strict=True):
            if isinstance(action, AskFor):
                assert action.level.partition(".")[0] in TYPED
                assert menu_page(get_texts(lang), shown, action.level) is not None
            if not isinstance(action, SetTo):
                continue
            once = press(settings, action.name, action.item, action.value)
            assert press(once, action.name, action.item, action.value) == once, (level, action)
            is_item = action.item and action.name != "language"
            assert (once == settings) == (button.label.startswith("✓") and not is_item), action
            assert (
                menu_page(
                    KO,
                    replace(shown, room=replace(ROOM, settings=once)),
                    level_of(shown, action.name, action.item),
                )
                is not None
                or action.name == "filter"
            )


@pytest.mark.parametrize("kind", ChatKind)
def test_a_room_is_asked_what_means_something_there(kind: ChatKind) -> None:
    shown = a_menu(SETTINGS, room=replace(CHAT, kind=kind, settings=SETTINGS))
    levels = dict(reachable("ko", shown))
    assert "time" in levels
    assert ("full" in levels) == (kind in {ChatKind.GROUP, ChatKind.SUPERGROUP})
    assert "here" not in levels


def test_the_first_level_shows_what_is_set_and_when_the_next_digest_comes() -> None:
    shown = a_menu(replace(SETTINGS, weekly=FULL.weekly), room=replace(CHAT, settings=SETTINGS))
    page = menu_page(KO, shown, ALL)
    assert page is not None
    lines = page.text.text.splitlines()
    assert lines[0] == "이 방의 설정 · 독서모임"
    assert lines[1] == "새 글: 바로 알림 · 모든 글 · 가져오는 곳 모두"
    assert lines[-1].startswith("다음 모아 보기는")
    assert len(lines) == 8
    assert "모아 보기: 오전 9:00" in [button.label for button in buttons_of(page)]
    assert len(page.keyboard) <= 11
    done = menu_page(KO, shown, DONE)
    assert done is not None
    assert done.keyboard == ()
    assert done.text.text.startswith("\n".join(lines))


def test_what_else_is_to_be_said_stands_on_its_level() -> None:
    notes = {ALL: [plain("3편이 기다려요")], "filter": [plain("12편이 와요")]}
    shown = a_menu(SETTINGS, notes=notes)
    said = {
        level: page.text.text
        for level in (ALL, "filter", "time")
        if (page := menu_page(KO, shown, level))
    }
    assert said[ALL].splitlines()[-1] == "3편이 기다려요"
    assert said["filter"].splitlines()[-1] == "12편이 와요"
    assert "편이" not in said["time"]


def test_times_are_added_taken_away_and_moved_and_typed_ones_are_kept() -> None:
    shown = a_menu(replace(SETTINGS, digest_times=(7 * 60 + 45, 9 * 60)))
    page = menu_page(KO, shown, "time")
    assert page is not None
    by_label = dict(zip([one.label for one in buttons_of(page)], actions_of(page), strict=True))
    menu_id = shown.menu_id
    assert by_label["✓ 오전 9:00"] == SetTo(menu_id, "time", "540", "off")
    assert by_label["오후 6:30"] == SetTo(menu_id, "time", "1110", "on")
    assert by_label["✕ 오전 7:45"] == SetTo(menu_id, "time", "465", "off")
    assert by_label["오전 8:15 ▸"] == SetTo(menu_id, "time", "465", "495")
    assert by_label["◂ 오전 8:30"] == SetTo(menu_id, "time", "540", "510")
    assert by_label["직접 쓰기"] == AskFor(menu_id, "time")


def test_no_button_adds_a_seventh_time_or_moves_one_onto_another() -> None:
    labels = labels_of(a_menu(replace(SETTINGS, digest_times=(0, 30, 60, 90, 120, 150))), "time")
    assert "오전 9:00" not in labels
    assert labels.count("오전 12:30 ▸") + labels.count("◂ 오전 12:30") == 0


def test_the_last_day_cannot_be_taken_away() -> None:
    assert "✓ 월" not in labels_of(a_menu(replace(SETTINGS, digest_days=frozenset({0}))), "days")
    assert "✓ 월" in labels_of(a_menu(replace(SETTINGS, digest_days=frozenset({0, 1}))), "days")


def test_quiet_hours_that_would_be_empty_are_not_offered() -> None:
    quiet = replace(SETTINGS, quiet=replace(FULL.quiet, start=60, end=90))  # type: ignore[type-var]  # it has some
    labels = labels_of(a_menu(quiet), "quiet")
    assert "오전 12:30부터" in labels
    assert "오전 1:30부터" not in labels


def test_the_present_value_is_marked_with_its_country_and_its_zone() -> None:
    abroad = replace(SETTINGS, timezone="America/New_York", holidays="KR")
    assert labels_of(a_menu(abroad), "holidays")[:2] == ["미국", "✓ 대한민국"]
    assert "✓ 뉴욕" in labels_of(a_menu(abroad), "zone")
    assert labels_of(a_menu(replace(SETTINGS, timezone="UTC")), "holidays")[0] == "✓ 끔"


def test_cities_that_many_ask_for_come_first_and_the_others_in_the_order_of_the_language() -> None:
    assert labels_of(a_menu(SETTINGS), "zone.Asia.0")[:3] == ["✓ 서울", "평양", "도쿄"]
    last = labels_of(a_menu(SETTINGS), "zone.Asia.4")[:-4]
    assert last == sorted(last)


def test_without_a_topic_around_it_there_is_the_main_one_alone() -> None:
    assert labels_of(a_menu(SETTINGS, thread_id=None), "here") == ["✓ 기본 주제", "‹ 뒤로", "완료"]
    assert labels_of(a_menu(SETTINGS), "here")[1] == "이 주제"


@pytest.mark.parametrize(
    "level",
    [
        *("", "volume", "night", "zone.Mars.0", "zone.Asia.99", "zone.Asia", "sources.9"),
        *("filter.77", "filter.x", "sources.x", "done.1", "all.2"),
    ],
)
def test_a_level_that_is_not_there_is_none(level: str) -> None:
    assert menu_page(KO, a_menu(SETTINGS), level) is None
    assert menu_page(KO, a_menu(SETTINGS, sources=()), "sources.0") is None


@pytest.mark.parametrize("number", range(1, 10))
def test_any_number_of_languages_stands_in_even_rows(number: int) -> None:
    many = {f"x{index}": f"Language {index}" for index in range(number)}
    page = menu_page(KO, a_menu(SETTINGS, languages=many), "language")
    assert page is not None
    lengths = [len(row) for row in page.keyboard[:-1]]
    assert sum(lengths) == number
    assert max(lengths) <= 3
    assert max(lengths) - min(lengths) <= 1


@pytest.mark.parametrize(
    ("name", "item", "level"),
    [
        ("time", "540", "time"),
        ("night", "", "quiet"),
        ("filter", "0+00000000", "filter"),
        ("filter", "3-00000000", "filter.3"),
        ("filter", "3", "filter.3"),
        ("sources", "1", "sources.0"),
        ("sources", "9", "sources.1"),
        ("sources", "77", "sources.0"),
    ],
)
def test_what_was_set_is_shown_where_it_is_set(name: str, item: str, level: str) -> None:
    assert level_of(a_menu(SETTINGS), name, item) == level


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", sorted(TYPED))
def test_a_prompt_says_what_to_type_and_how(lang: str, name: str) -> None:
    page = prompt_page(get_texts(lang), name)
    assert page.text.text.startswith(PROMPT_MARK)
    assert page.asks in page.text.text
    assert 1 <= len(page.asks) <= 64
    assert page.keyboard == ()
