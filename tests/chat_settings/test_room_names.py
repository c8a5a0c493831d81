from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat_settings.room_names import RoomName, find_rooms, parse_room
from tests.storage.rows import chat

if TYPE_CHECKING:
    from storage.models import Chat

ROOMS = [
    chat(-1, title="소식", username="Sosik_News"),
    chat(-2, title="독서 모임"),
    chat(-3, title="독서 모임"),
    chat(-4, title="C++ 'AI'", username="cpp_ai"),
]
NAMED = [
    ("@sosik_news 09:00 18:30", RoomName(username="sosik_news"), "09:00 18:30"),
    ("@Sosik_News", RoomName(username="Sosik_News"), ""),
    ("＠sosik_news off", RoomName(username="sosik_news"), "off"),
    ("https://t.me/sosik_news 9시", RoomName(username="sosik_news"), "9시"),
    ("t.me/sosik_news/ 9시", RoomName(username="sosik_news"), "9시"),
    ("#2 평일", RoomName(number=2), "평일"),
    ("＃12 평일", RoomName(number=12), "평일"),
    ("2번 평일", RoomName(number=2), "평일"),
    ('"독서 모임" 09:00', RoomName(title="독서 모임"), "09:00"),
    ("“독서 모임”09:00", RoomName(title="독서 모임"), "09:00"),
    ("‘독서 모임’ 09:00", RoomName(title="독서 모임"), "09:00"),
    ("'독서 모임'", RoomName(title="독서 모임"), ""),
    ("「소식」 off", RoomName(title="소식"), "off"),
    ("『소식』 off", RoomName(title="소식"), "off"),
    ("«소식» off", RoomName(title="소식"), "off"),
]
UNNAMED = [
    "",
    "09:00 18:30",
    "9 18",
    "2",
    "2 09:00",
    "2번째",
    "#AI 반도체",
    "#1위",
    "@a",
    "@한국어",
    "독서 모임 @sosik_news",
    '"',
    '""',
    "'90년대",
    "t.me/+AbCdEf",
    "서울",
]


@pytest.mark.parametrize(("typed", "name", "rest"), NAMED)
def test_a_chat_is_named_before_the_words(typed: str, name: RoomName, rest: str) -> None:
    assert parse_room(typed) == (name, rest)


@pytest.mark.parametrize("typed", UNNAMED)
def test_all_else_is_what_the_command_takes(typed: str) -> None:
    assert parse_room(typed) == (None, typed)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (RoomName(username="SOSIK_NEWS"), [-1]),
        (RoomName(username="nobody"), []),
        (RoomName(number=1), [-1]),
        (RoomName(number=4), [-4]),
        (RoomName(number=0), []),
        (RoomName(number=5), []),
        (RoomName(title=normalize("NFD", " 소식")), [-1]),
        (RoomName(title="독서  모임"), [-2, -3]),
        (RoomName(title="c++ 'ai'"), [-4]),
        (RoomName(title="독서"), []),
    ],
)
def test_a_name_finds_what_it_is_of(name: RoomName, found: list[int]) -> None:
    assert [one.id for one in find_rooms(name, ROOMS)] == found


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read(typed: str) -> None:
    name, rest = parse_room(typed)
    assert rest in typed
    rooms: list[Chat] = [] if name is None else find_rooms(name, ROOMS)
    assert all(one in ROOMS for one in rooms)
