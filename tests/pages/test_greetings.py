from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.locales import get_texts
from bot.pages.actions import AllowPublishing, Approve, Begin, Leave, decode
from bot.pages.greetings import (
    MOST_LISTED,
    approval_page,
    begun_page,
    decision_buttons,
    first_page,
    greeting_page,
    help_page,
    welcome_page,
)
from bot.text.rich import plain
from storage.models import ChatKind, ChatState, PushMode, Sight
from tests.pages.test_settings import CHAT

if TYPE_CHECKING:
    from storage.models import Chat

KO = get_texts("ko")
CHANNEL = replace(CHAT, kind=ChatKind.CHANNEL)
SINCE = int(CHAT.joined_at.timestamp())


def test_the_first_words_depend_on_the_chat() -> None:
    waiting = welcome_page(KO, replace(CHAT, state=ChatState.WAITING)).text.text
    group = welcome_page(KO, CHAT).text.text
    private = welcome_page(KO, replace(CHAT, kind=ChatKind.PRIVATE)).text.text
    assert "승인" in waiting
    assert "/settings" in group
    channel = welcome_page(KO, CHANNEL).text.text
    assert len({waiting, group, private, channel}) == 4


def test_where_reactions_are_hidden_the_first_words_say_what_to_do() -> None:
    seen, hidden = (first_page(KO, replace(CHAT, sight=one)) for one in (Sight.SEEN, Sight.HIDDEN))
    assert seen == welcome_page(KO, CHAT)
    above, _, told = hidden.text.text.rpartition("\n\n")
    assert above == seen.text.text
    assert "관리자" in told


def test_a_group_is_asked_how_posts_are_to_come_as_long_as_both_do() -> None:
    page = greeting_page(KO, CHAT)
    assert page.text.text.startswith(welcome_page(KO, CHAT).text.text)
    (row,) = page.keyboard
    assert [one.label for one in row] == ["바로", "하루 한 번", "둘 다"]
    assert decode(row[1].data or "") == Begin(SINCE, "digest")


@pytest.mark.parametrize(
    "chat",
    [
        CHANNEL,
        replace(CHAT, kind=ChatKind.PRIVATE),
        replace(CHAT, state=ChatState.WAITING),
        replace(CHAT, settings=replace(CHAT.settings, push=PushMode.DIGEST)),
        replace(CHAT, settings=replace(CHAT.settings, digest_times=())),
    ],
)
def test_who_chose_already_and_who_is_no_group_is_not_asked(chat: Chat) -> None:
    assert greeting_page(KO, chat) == welcome_page(KO, chat)


def test_the_answer_takes_the_place_of_the_question() -> None:
    due = replace(CHAT, digest_due_at=CHAT.joined_at.replace(hour=0))
    said = {how: begun_page(KO, due, how) for how in ("push", "digest", "both")}
    assert all(one.keyboard == () for one in said.values())
    assert len({one.text.text for one in said.values()}) == 3
    assert "오전 9:00" in said["digest"].text.text
    assert "바로 전할게요" in begun_page(KO, replace(CHAT, digest_due_at=None), "push").text.text


def test_help_lists_what_each_kind_of_person_may_do() -> None:
    text = help_page(KO, {"member": ["latest"], "admin": ["settings"]}).text.text
    assert "/latest — " in text
    assert "/settings — " in text
    assert "봇 운영자" not in text


def test_help_in_private_says_how_other_chats_are_set() -> None:
    texts = get_texts("ko")
    sections = {"member": ["latest"], "admin": ["settings"]}
    there, here = (help_page(texts, sections, private=one).text.text for one in (True, False))
    assert texts("help.rooms") in there
    assert texts("help.rooms") not in here


def test_each_group_that_waits_has_its_button() -> None:
    page = approval_page(KO, [CHAT, replace(CHAT, title="")])
    assert [row[0].label for row in page.keyboard] == ["독서모임", "-100"]
    assert decode(page.keyboard[0][0].data or "") == Approve(CHAT.id, SINCE)


def test_when_no_group_waits_it_says_so() -> None:
    assert approval_page(KO, []).keyboard == ()


def test_many_that_wait_are_counted_and_the_newest_come_first() -> None:
    many = [
        replace(CHAT, title=str(n), joined_at=CHAT.joined_at + timedelta(hours=n))
        for n in range(MOST_LISTED + 3)
    ]
    page = approval_page(KO, many, plain("나왔어요."))
    assert [row[0].label for row in page.keyboard] == [str(n) for n in range(12, 2, -1)]
    assert page.text.text.startswith("나왔어요.")
    assert "3곳" in page.text.text
    assert approval_page(KO, [], plain("나왔어요.")).text.text == "나왔어요."


def actions_of(chat: Chat | None) -> list[object]:
    return [decode(one.data or "") for row in decision_buttons(KO, chat) for one in row]


@pytest.mark.parametrize(
    ("chat", "offered"),
    [
        (None, []),
        (replace(CHAT, state=ChatState.LEFT), []),
        (CHAT, []),
        (replace(CHAT, state=ChatState.WAITING), [Approve(CHAT.id, SINCE), Leave(CHAT.id, SINCE)]),
        (
            replace(CHANNEL, state=ChatState.HELD),
            [Approve(CHAT.id, SINCE), AllowPublishing(CHAT.id, 1, SINCE), Leave(CHAT.id, SINCE)],
        ),
        (CHANNEL, [AllowPublishing(CHAT.id, 1, SINCE)]),
        (replace(CHANNEL, may_publish=True), [AllowPublishing(CHAT.id, 0, SINCE)]),
    ],
)
def test_an_operator_is_offered_what_is_still_to_be_decided(
    chat: Chat | None, offered: list[object]
) -> None:
    assert actions_of(chat) == offered
