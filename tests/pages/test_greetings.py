from __future__ import annotations

from dataclasses import replace

from bot.locales import get_texts
from bot.pages.actions import Approve, decode
from bot.pages.greetings import approval_page, help_page, welcome_page
from storage.models import ChatKind, ChatState
from tests.pages.test_settings import CHAT

KO = get_texts("ko")


def test_the_first_words_depend_on_the_chat() -> None:
    waiting = welcome_page(KO, replace(CHAT, state=ChatState.WAITING)).text.text
    group = welcome_page(KO, CHAT).text.text
    private = welcome_page(KO, replace(CHAT, kind=ChatKind.PRIVATE)).text.text
    assert "승인" in waiting
    assert "/settings" in group
    assert len({waiting, group, private}) == 3


def test_help_lists_what_each_kind_of_person_may_do() -> None:
    text = help_page(KO, {"member": ["latest"], "admin": ["settings"]}).text.text
    assert "/latest — " in text
    assert "/settings — " in text
    assert "봇 운영자" not in text


def test_each_group_that_waits_has_its_button() -> None:
    page = approval_page(KO, [CHAT, replace(CHAT, title="")])
    assert [row[0].label for row in page.keyboard] == ["독서모임", "-100"]
    assert decode(page.keyboard[0][0].data or "") == Approve(CHAT.id)


def test_when_no_group_waits_it_says_so() -> None:
    assert approval_page(KO, []).keyboard == ()
