from __future__ import annotations

import pytest

from bot.config import load_settings
from bot.errors import InputError
from bot.setup.answers import parse_channels, parse_token, parse_users, skips, waits
from tests.updates.telegram_server import TOKEN


@pytest.mark.parametrize(
    "answer", [TOKEN, f"  {TOKEN}\n", f"Use this token to access the HTTP API: {TOKEN} Keep it"]
)
def test_a_token_is_found_in_what_was_pasted(answer: str) -> None:
    assert parse_token(answer) == TOKEN


@pytest.mark.parametrize("answer", ["", "x", TOKEN[:20], f"bot{TOKEN}", TOKEN.replace(":", " : ")])
def test_what_is_no_token_is_refused_and_not_repeated(answer: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_token(answer)
    assert refused.value.values == {}


@pytest.mark.parametrize(
    ("answer", "numbers"), [("5", (5,)), ("5, 6 5", (5, 6)), ("", ()), ("007", (7,))]
)
def test_users_are_numbers(answer: str, numbers: tuple[int, ...]) -> None:
    assert parse_users(answer, 700) == numbers


@pytest.mark.parametrize("answer", ["0", "-5", "@minji", "5 x", "٥", "1" * 16, "1.5", "700"])
def test_who_is_no_user_is_refused(answer: str) -> None:
    with pytest.raises(InputError):
        parse_users(answer, 700)


@pytest.mark.parametrize(
    ("answer", "channels"),
    [
        ("@our_channel", ("@our_channel",)),
        ("our_channel", ("@our_channel",)),
        ("https://t.me/our_channel", ("@our_channel",)),
        ("t.me/our_channel/12?single", ("@our_channel",)),
        ("https://T.me/s/our_channel", ("@our_channel",)),
        ("-1001234567890", ("-1001234567890",)),
        ("1234567890", ("-1001234567890",)),
        ("https://t.me/c/1234567890/12", ("-1001234567890",)),
        ("@our_channel, @other_one @our_channel", ("@our_channel", "@other_one")),
    ],
)
def test_channels_are_names_or_numbers_as_settings_take_them(
    answer: str, channels: tuple[str, ...]
) -> None:
    assert parse_channels(answer) == channels
    assert load_settings(_env_file=None, channels=" ".join(channels)).channels == channels


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("https://t.me/+AbCdEf", "setup.channel.invitation"),
        ("t.me/joinchat/AbCdEf", "setup.channel.invitation"),
        ("t.me/", "setup.channel.invitation"),
        ("t.me/c/", "setup.channel.invitation"),
        (",", "setup.channel.shape"),
        ("우리", "setup.channel.shape"),
        ("@x", "setup.channel.shape"),
        ("https://blog.example/x", "setup.channel.shape"),
    ],
)
def test_what_names_no_channel_is_refused(answer: str, key: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_channels(answer)
    assert refused.value.key == key


def test_words_that_answer_for_all_are_read_in_both_languages() -> None:
    assert all(map(skips, ("-", "none", "None", "없음")))
    assert all(map(waits, ("link", "LINK", "forward", "링크", "전달")))
    assert not any(map(skips, ("", "link", "@none")))
    assert not any(map(waits, ("", "-", "@link")))
