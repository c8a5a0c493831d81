from __future__ import annotations

import pytest

from bot.locales import get_texts, languages
from bot.pages.actions import ListRooms, OpenRoom, ShowLevel, decode
from bot.pages.menu import menu_page
from bot.pages.menu_levels import ALL, DONE, Shown
from bot.pages.rooms import LABEL_UNITS, ROOMS_A_PAGE, back_button, room_button, rooms_page
from bot.text.characters import utf16_length
from bot.text.rich import MESSAGE_UNITS
from storage.models import Chat, ChatId, ChatKind, MenuId
from tests.storage.rows import chat

OWN = ChatId(2**52)
SMALLEST = -(2**63) + 1
DATA_BYTES = 64
"""Bot API, InlineKeyboardButton.callback_data."""
TITLE = "👨‍👩‍👧‍👦 @모두의 /소식 " * 20


def rooms(count: int, **changes: object) -> list[Chat]:
    return [chat(SMALLEST + n, **changes) for n in range(count)]


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize(
    "changes",
    [{"title": TITLE, "username": "u" * 32, "kind": ChatKind.CHANNEL}, {"title": ""}],
)
def test_a_page_fits_whatever_the_chats_are_called(lang: str, changes: dict[str, object]) -> None:
    page = rooms_page(get_texts(lang), OWN, rooms(1000, **changes), 500)
    assert utf16_length(page.text.text) <= MESSAGE_UNITS
    buttons = [one for row in page.keyboard for one in row]
    assert len(buttons) == 1 + ROOMS_A_PAGE + 2
    assert all(0 < utf16_length(one.label) <= LABEL_UNITS for one in buttons)
    assert all(len((one.data or "").encode()) <= DATA_BYTES - len("~token99") for one in buttons)


@pytest.mark.parametrize(
    ("count", "offset", "numbers", "moves"),
    [
        (1, 0, [1], []),
        (10, 0, range(1, 11), []),
        (11, 0, range(1, 11), [10]),
        (11, 10, [11], [0]),
        (25, 13, range(11, 21), [0, 20]),
        (25, 99, range(1, 11), [10]),
        (25, -5, range(1, 11), [10]),
        (0, 0, [], []),
    ],
)
def test_each_page_has_its_chats_by_their_numbers(
    count: int, offset: int, numbers: list[int], moves: list[int]
) -> None:
    page = rooms_page(get_texts("ko"), OWN, rooms(count), offset)
    opened = [decode(one.data or "") for row in page.keyboard for one in row]
    assert opened[0] == OpenRoom(OWN)
    chosen = [OpenRoom(ChatId(SMALLEST + n - 1)) for n in numbers]
    assert opened[1:] == [*chosen, *map(ListRooms, moves)]
    assert [f"#{n} " in page.text.text for n in numbers] == [True] * len(numbers)


@pytest.mark.parametrize("lang", languages())
def test_a_menu_of_a_chat_elsewhere_names_it_and_leads_back_to_the_list(lang: str) -> None:
    texts = get_texts(lang)
    (room,) = rooms(1, title="@everyone 방", digest_times=(540,))
    page = menu_page(texts, Shown(MenuId(1), room, is_elsewhere=True), ALL)
    assert page is not None
    assert "@\u200ceveryone 방" in page.text.text
    actions = [decode(one.data or "") for row in page.keyboard for one in row]
    assert actions[-2:] == [ListRooms(0), ShowLevel(MenuId(1), DONE)]
    assert decode(room_button(texts, room.id).data or "") == OpenRoom(room.id)
    assert decode(back_button(texts).data or "") == ListRooms(0)
