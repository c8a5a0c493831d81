from __future__ import annotations

import pytest

from bot.pages.keyboards import inline_markup, link_preview, message_arguments, reply_request
from bot.pages.page import Button, Page
from bot.text.rich import Kind, bold, plain


def test_a_page_becomes_the_arguments_of_a_message() -> None:
    page = Page(
        bold("제목") + "\n" + plain("x = 1").styled(Kind.PRE, language="python"),
        keyboard=((Button("전체 보기", data="1f|3|1"),), ()),
        preview_url="https://example.com/3",
    )
    arguments = message_arguments(page)
    assert arguments["text"] == "제목\nx = 1"
    assert arguments["entities"] == [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "pre", "offset": 3, "length": 5, "language": "python"},
    ]
    assert arguments["link_preview_options"] == {"url": "https://example.com/3"}
    markup = arguments["reply_markup"]
    assert markup == {
        "inline_keyboard": [[{"text": "전체 보기", "callback_data": "1f|3|1"}]],
    }


def test_each_button_does_its_one_thing() -> None:
    markup = inline_markup(
        (
            (
                Button("지우기", data="x", style="danger"),
                Button("열기", url="https://example.com/"),
                Button("복사", copy="제목\nhttps://example.com/"),
                Button("공유", inline="p3"),
            ),
        )
    )
    assert markup is not None
    assert markup["inline_keyboard"][0] == [
        {"text": "지우기", "callback_data": "x", "style": "danger"},
        {"text": "열기", "url": "https://example.com/"},
        {"text": "복사", "copy_text": {"text": "제목\nhttps://example.com/"}},
        {
            "text": "공유",
            "switch_inline_query_chosen_chat": {
                "query": "p3",
                "allow_user_chats": True,
                "allow_bot_chats": False,
                "allow_group_chats": True,
                "allow_channel_chats": True,
            },
        },
    ]


@pytest.mark.parametrize(
    "button",
    [
        Button("", data="x"),
        Button("둘", data="가" * 22),
        Button("셋", data=""),
        Button("넷", copy="가" * 257),
        Button("다섯", copy=""),
        Button("여섯"),
        Button("일곱", url=""),
    ],
)
def test_a_button_that_telegram_would_refuse_is_refused_here(button: Button) -> None:
    with pytest.raises(ValueError, match=r"button|data|copy"):
        inline_markup(((button,),))


def test_no_buttons_make_no_markup() -> None:
    assert inline_markup(()) is None


def test_a_page_without_an_address_shows_no_preview() -> None:
    assert link_preview(None) == {"is_disabled": True}


def test_a_page_that_asks_opens_a_reply_for_whoever_is_answered() -> None:
    request = reply_request(Page(plain("✏ 몇 시?"), asks="9시 " * 40))
    assert request is not None
    assert request["selective"]
    assert len(request["input_field_placeholder"]) <= 64
    assert reply_request(Page(plain("글"))) is None
