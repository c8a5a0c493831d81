from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import redaction
from bot.errors import SosikError
from bot.redaction import MASK, MOST_HIDDEN, hide, redact, shown_address, shown_values
from tests.updates.telegram_server import TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"https://api.telegram.org/bot{TOKEN}/getUpdates?offset=1",
        f"/bot{TOKEN.replace(':', '%3A')}/getMe",
        f"BOT_TOKEN={TOKEN}",
        f"x{TOKEN}",
        f"{{'token': '{TOKEN}'}}",
        f"line\n{TOKEN}",
    ],
)
def test_a_token_is_taken_out_wherever_it_stands(text: str) -> None:
    assert "A" * 20 not in redact(text)
    assert "123456" not in redact(text)
    assert "<token>" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://me:pssst@192.0.2.1:3128",
        "Cannot connect to http://:pssst@proxy.example",
        "https://me:ps%40sst@blog.example/rss?x=1",
        "http://me:p@sst@192.0.2.1:3128",
        "http://me:p@s:@sst@blog.example/@x",
        "http://me@work.example:pssst@192.0.2.1:3128",
    ],
)
def test_a_password_in_an_address_is_taken_out(text: str) -> None:
    shown = redact(text)
    assert "sst" not in shown
    assert "me" not in shown.partition("@")[0]
    host = urlsplit(text.rsplit(maxsplit=1)[-1]).hostname
    assert f"//<password>@{host}" in shown
    assert shown.endswith(text.partition(f"{host}")[2])


@pytest.mark.parametrize(
    "text",
    [
        "12:00:00",
        "https://me@x.example/",
        "https://me@x.example:8080/@you",
        "http://x.example:1/@me:you",
        "id=123456789",
        "a:b",
        "https://x.example:8080/path",
    ],
)
def test_what_is_no_token_stays(text: str) -> None:
    assert redact(text) == text


def test_a_message_shows_an_address_without_its_key_wherever_it_stands() -> None:
    address, shown = "https://a.example/rss?key=pssst", "https://a.example/rss?key=…"
    inside = {"key": "source.format.no_feed", "values": {"address": address, "address_": 3}}
    assert shown_values({"address": address, "problem": inside, "title": address, "n": 2}) == {
        "address": shown,
        "problem": {"key": "source.format.no_feed", "values": {"address": shown, "address_": 3}},
        "title": address,
        "n": 2,
    }


def test_an_error_for_people_holds_none() -> None:
    error = SosikError("error.setting", name="LANGUAGE", value=f"x{TOKEN}", expected=("ko", 3))
    assert error.values == {"name": "LANGUAGE", "value": "x<token>", "expected": ("ko", 3)}
    assert TOKEN not in f"{error} {error!r}"


@pytest.fixture
def nothing_hidden() -> Iterator[None]:
    """What a test hides is not looked for by the next one."""
    forget()
    yield
    forget()


def forget() -> None:
    redaction._secrets.clear()
    hide([])


WAYS: list[Callable[[str], str]] = [
    str,
    repr,
    json.dumps,
    escape,
    quote_plus,
    lambda secret: quote(secret, safe=""),
    lambda secret: quote(secret, safe="").replace("%2F", "%2f").replace("%3A", "%3a"),
    lambda secret: quote(quote(secret, safe=""), safe=""),
    lambda secret: f"line\n{secret}\tx",
]


@pytest.mark.usefixtures("nothing_hidden")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("secret", "parts"),
    [
        ("s3cr3t-of-a-webhook", ["s3cr3t"]),
        ("p&ss/w<>rd:한글", ["p&ss", "한글"]),
        ("https://ping.example/0a1b2c3d-ping/5f", ["0a1b2c3d"]),
        ("https://ping.example/api/push/Ab12Cd34Ef?msg=very-secret-words", ["Ab12", "very-se"]),
        ("https://public0key0of@sentry.example/42", ["public0key0of"]),
        ("http://name-of-me:pass%2Fword@proxy.example:3128", ["pass%2Fword", "pass/word"]),
    ],
)
def test_what_is_hidden_is_found_however_it_is_written(
    way: Callable[[str], str], secret: str, parts: list[str]
) -> None:
    hide([secret])
    shown = redact(f"before {way(secret)} behind")
    for part in parts:
        assert part not in shown
        assert way(part).strip("'\"") not in shown
    assert shown.startswith("before ")
    assert shown.endswith(" behind")


@pytest.mark.usefixtures("nothing_hidden")
def test_a_part_of_a_hidden_address_is_hidden_too_and_its_host_stays() -> None:
    hide(["https://who:pssst-pssst@ping.example:8443/check/0a1b2c3d4e/start?token=abcdefgh12#x"])
    for text in ("GET /check/0a1b2c3d4e/start?token=abcdefgh12", "pssst-pssst", "0a1b2c3d4e"):
        assert redact(text) in {MASK, f"GET {MASK}"}
    basic = "d2hvOnBzc3N0LXBzc3N0"
    assert redact(f"Authorization: Basic {basic}") == f"Authorization: Basic {MASK}"
    assert redact("ping.example:8443 does not answer") == "ping.example:8443 does not answer"


@pytest.mark.usefixtures("nothing_hidden")
def test_what_is_too_short_to_be_looked_for_stays() -> None:
    hide(["", "abc", "https://ping.example/", "https://a:b@ping.example/up?q=1", "://"])
    text = "abc of a b, up to https://ping.example/ by 1"
    assert redact(text) == text


@pytest.mark.usefixtures("nothing_hidden")
def test_so_many_are_remembered_and_the_last_ones() -> None:
    hide([f"secret-{number:04}" for number in range(MOST_HIDDEN + 1)])
    hide(["secret-0001", "another-one"])
    assert redact("secret-0000 secret-0001 secret-0002") == f"secret-0000 {MASK} secret-0002"


@pytest.mark.usefixtures("nothing_hidden")
@given(st.text(st.characters(codec="utf-8"), min_size=8), st.sampled_from(WAYS))
def test_no_secret_is_shown(secret: str, way: Callable[[str], str]) -> None:
    forget()
    hide([secret])
    if "://" not in secret and MASK not in secret:
        assert way(secret).strip("'\"") not in redact(f"- {way(secret)} -")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (
            "https://blog.example/rss?feed=atom&page=12",
            "https://blog.example/rss?feed=atom&page=12",
        ),
        ("https://blog.example/rss?key=s3&x=1", "https://blog.example/rss?key=…&x=1"),
        ("https://blog.example/rss?q=0123456789abcdef", "https://blog.example/rss?q=…"),
        ("https://blog.example/rss?0123456789abcdef", "https://blog.example/rss?…"),
        ("https://me:word@blog.example/@you?auth=a", "https://blog.example/@you?auth=…"),
        ("https://me@blog.example", "https://blog.example"),
        ("https://me@blog.example?a=1", "https://blog.example?a=1"),
        ("https://blog.example/rss?API_KEY=1&a", "https://blog.example/rss?API_KEY=…&a"),
        ("https://블로그.example/글?쪽=2", "https://블로그.example/글?쪽=2"),
        ("", ""),
        ("archive.txt", "archive.txt"),
    ],
)
def test_an_address_is_shown_without_what_opens_it(address: str, shown: str) -> None:
    assert shown_address(address) == shown
