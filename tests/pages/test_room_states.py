from __future__ import annotations

from typing import Any

import pytest

from bot.locales import get_texts
from bot.pages.room_states import MOST_ROOMS, Room, room_line, room_lines, rooms_of
from storage.models import ChatKind, ChatState, PushMode
from tests.storage.rows import chat

KO = get_texts("ko")


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, "모임: 새 글 · 모아 보기 하루 1번"),
        ({"digest_times": ()}, "모임: 새 글"),
        ({"push": PushMode.DIGEST}, "모임: 모아 보기 하루 1번"),
        ({"push": PushMode.OFF}, "모임: 관리자가 꺼 두어서"),
        ({"push": PushMode.DIGEST, "digest_times": ()}, "모임: 관리자가 꺼 두어서"),
        ({"can_write": False}, "모임: 글을 쓸 권한이 없어서"),
        ({"state": ChatState.WAITING}, "모임: 승인을 기다려서"),
        ({"state": ChatState.HELD}, "모임: 승인을 기다려서"),
        ({"state": ChatState.LEFT, "can_write": False}, "모임: 제가 그곳에 없어요"),
        ({"title": ""}, "-5: 새 글"),
    ],
)
def test_a_room_says_what_it_gets_or_why_not(fields: dict[str, Any], line: str) -> None:
    room = Room(chat(-5, **{"title": "모임", **fields}))
    assert room_line(KO, room).startswith(line)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("kicked: not a member", "내보냈어요"),
        ("gone: chat not found", "사라졌어요"),
        ("nobody wants it any more", "그곳에 없어요"),
    ],
)
def test_why_a_room_was_lost_is_said(error: str, said: str) -> None:
    assert said in room_line(KO, Room(chat(-5, state=ChatState.LEFT), error=error))


def test_rooms_in_trouble_come_first_and_people_are_left_out() -> None:
    fine, mute, person = chat(-1), chat(-2), chat(3, kind=ChatKind.PRIVATE)
    rooms = rooms_of([fine, mute, person], ["-2"], {-1: "kicked: x"})
    assert rooms == [Room(mute, is_mute=True), Room(fine, error="kicked: x")]
    assert [one.is_troubled for one in rooms] == [True, False]
    assert not Room(chat(-3, state=ChatState.LEFT), is_mute=True).is_troubled


def test_what_does_not_fit_is_counted() -> None:
    rooms = [Room(chat(-number)) for number in range(1, MOST_ROOMS + 3)]
    lines = room_lines(KO, rooms)
    assert len(lines) == MOST_ROOMS + 1
    assert lines[-1] == "그 밖에 2곳"
    assert len(room_lines(KO, rooms[:2])) == 2


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_longest_titles_leave_room_in_a_message(lang: str) -> None:
    rooms = [Room(chat(-number, title="긴 이름" * 40), is_mute=True) for number in range(1, 99)]
    assert sum(len(line) + 1 for line in room_lines(get_texts(lang), rooms)) < 3000
