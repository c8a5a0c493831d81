# ruff: noqa: E501  # a table reads better with a case a line

from typing import Any

import pytest

from bot.simulator.api.arguments import Arguments
from bot.simulator.api.errors import ApiError
from bot.simulator.rules.keyboards import NO_MARKUP, Markup, parse_markup, read_markup


def rows(*buttons: dict[str, Any], in_channel: bool = False) -> Markup:
    return parse_markup({"inline_keyboard": [list(buttons)]}, in_channel=in_channel)


def button(text: str = "단추", **action: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    return {"text": text, **action}


def refusal(*buttons: Any, in_channel: bool = False) -> str:  # noqa: ANN401  # any JSON
    with pytest.raises(ApiError) as refused:
        rows(*buttons, in_channel=in_channel)
    return refused.value.description.removeprefix("Bad Request: ")


@pytest.mark.parametrize(
    "action",
    [
        {"url": "https://x.kr/"},
        {"url": "tg://user?id=5"},
        {"callback_data": "가" * 21},
        {"copy_text": {"text": "가" * 256}},
        {"switch_inline_query": ""},
        {"switch_inline_query_current_chat": "투자"},
        {"web_app": {"url": "https://x.kr/"}},
        {"login_url": {"url": "https://x.kr/"}},
        {"callback_game": {}},
        {"pay": True},
    ],
)
def test_a_button_has_one_action(action: dict[str, Any]) -> None:
    assert rows(button(**action)).rows == [[button(**action)]]


def test_a_style_and_an_icon_are_kept() -> None:
    styled = button(callback_data="x", style="Danger", icon_custom_emoji_id=5)
    assert rows(styled).rows == [
        [button(callback_data="x", style="danger", icon_custom_emoji_id="5")]
    ]
    assert rows(button(callback_data="x", style="default")).rows == [[button(callback_data="x")]]


def test_chosen_chats_are_spelt_out() -> None:
    chosen = {"query": "q", "allow_group_chats": True}
    kept = rows(button(switch_inline_query_chosen_chat=chosen)).rows
    assert kept is not None
    assert kept[0][0]["switch_inline_query_chosen_chat"] == {
        "query": "q",
        "allow_user_chats": False,
        "allow_bot_chats": False,
        "allow_group_chats": True,
        "allow_channel_chats": False,
    }


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (button(), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        (button(callback_data=""), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        (button(callback_data="a", url="https://x.kr"), "can't parse inline keyboard button: exactly one action is allowed, found url and callback_data"),
        ({"callback_data": "a"}, 'can\'t parse inline keyboard button: Can\'t find field "text"'),
        ("x", "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
        (button(callback_data="가" * 22), "BUTTON_DATA_INVALID"),
        (button(copy_text={"text": ""}), "BUTTON_COPY_TEXT_INVALID"),
        (button(copy_text={"text": "a" * 257}), "BUTTON_COPY_TEXT_INVALID"),
        (button(copy_text={}), 'can\'t parse inline keyboard button: Can\'t find field "text"'),
        (button(url="localhost"), "inline keyboard button URL 'localhost' is invalid: Wrong HTTP URL"),
        (button(callback_data="a", style="loud"), "can't parse inline keyboard button: invalid button style specified"),
        (button(switch_inline_query_chosen_chat={}), "at least one chat type must be allowed"),
        (button(switch_inline_query_chosen_chat="x"), 'can\'t parse inline keyboard button: Field "switch_inline_query_chosen_chat" must be of type Object'),
        (button(web_app={"url": "http://x.kr"}), "inline keyboard button Web App URL 'http://x.kr' is invalid: Only HTTPS links are allowed"),
        (button(web_app={"url": "tg://user?id=5"}), "link to a user can't be used in Web App URL buttons"),
        (button(login_url={"url": "tg://user?id=5"}), "link to a user can't be used in login URL buttons"),
        (button(url="https://x.kr:"), "inline keyboard button URL 'https://x.kr:' is invalid: Wrong port number specified in the URL"),
        (button("", callback_data="x", icon_custom_emoji_id=5), "inline keyboard button text must be non-empty"),
        (button("\r", callback_data="x"), "inline keyboard button text must be non-empty"),
        (button("\u2028\u202e", callback_data="x"), "inline keyboard button text must be non-empty"),
        (button("\u0333", callback_data="x"), "inline keyboard button text must be non-empty"),
        (button("", url=""), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        (button("", callback_data="x", style="loud"), "can't parse inline keyboard button: invalid button style specified"),
        ({"text": None, "callback_data": "a"}, 'can\'t parse inline keyboard button: Can\'t find field "text"'),
        ({"text": True, "callback_data": "a"}, 'can\'t parse inline keyboard button: Field "text" must be of type String'),
        ({"text": ["a"], "callback_data": "a"}, 'can\'t parse inline keyboard button: Field "text" must be of type String'),
        (button(callback_data="a", icon_custom_emoji_id="x"), 'can\'t parse inline keyboard button: Field "icon_custom_emoji_id" must be a valid Number'),
        (button(login_url={}), 'can\'t parse inline keyboard button: Can\'t find field "url"'),
    ],
)  # fmt: skip
def test_other_buttons_are_refused(wrong: Any, reason: str) -> None:  # noqa: ANN401  # any JSON
    assert refusal(wrong) == reason


def test_a_row_holds_eight_and_a_message_a_hundred() -> None:
    one = button(callback_data="x")
    assert rows(*[one] * 8)
    assert refusal(*[one] * 9) == "reply markup is too long"
    assert parse_markup({"inline_keyboard": [[one] * 5] * 20})
    with pytest.raises(ApiError, match="too long"):
        parse_markup({"inline_keyboard": [[one]] * 101})


@pytest.mark.parametrize("icon", [{}, {"icon_custom_emoji_id": 0}, {"icon_custom_emoji_id": "0"}])
def test_buttons_with_neither_text_nor_icon_are_passed_over(icon: dict[str, Any]) -> None:
    empty = button("", callback_data="가" * 99, **icon)
    assert rows(empty) == NO_MARKUP
    assert rows(empty, button(callback_data="x")).rows == [[button(callback_data="x")]]
    assert not parse_markup({"inline_keyboard": []})


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" ", " "),
        ("\n", "\n"),
        ("\t", " "),
        ("\u200b", "\u200b"),
        ("\u00a0", "\u00a0"),
        ("\u3164", "\u3164"),
        ("\u200e\u200f", "\u200c\u200f"),
        ("가\r\u202a나", "가나"),
        (5, "5"),
    ],
)
def test_a_label_is_cleaned_and_blanks_are_text(text: Any, kept: str) -> None:  # noqa: ANN401  # any JSON
    assert rows(button(text, callback_data="x")).rows == [[button(kept, callback_data="x")]]


def test_switching_is_refused_in_channels() -> None:
    assert (
        "Can't use switch_inline_query button in a channel chat".lower()
        in refusal(button(switch_inline_query="x"), in_channel=True).lower()
    )
    with pytest.raises(ApiError, match="inline keyboard expected"):
        parse_markup({"keyboard": [["x"]]}, in_channel=True)
    with pytest.raises(ApiError, match="inline keyboard expected"):
        parse_markup({"force_reply": True}, only_inline=True)


def test_other_markups_are_only_remembered() -> None:
    assert parse_markup({"keyboard": [["x"]]}) == Markup(other="keyboard")
    assert parse_markup({"remove_keyboard": True})


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("{", "Can't parse reply keyboard markup JSON object"),
        ("[]", "Object expected as reply markup"),
        ('{"inline_keyboard": 5}', 'Field "inline_keyboard" must be of type Array'),
        ('{"inline_keyboard": [5]}', 'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
    ],
)  # fmt: skip
def test_malformed_markups_are_refused(value: str, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        read_markup(Arguments({"reply_markup": value}))
    assert refused.value.description.lower() == f"bad request: {reason}".lower()


def test_no_markup_is_none() -> None:
    assert read_markup(Arguments({})) == NO_MARKUP
