from __future__ import annotations

import pytest

from bot.errors import SosikError
from bot.redaction import redact
from tests.updates.telegram_server import TOKEN


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


@pytest.mark.parametrize("text", ["12:00:00", "id=123456789", "a:b", "https://x.example:8080/path"])
def test_what_is_no_token_stays(text: str) -> None:
    assert redact(text) == text


def test_an_error_for_people_holds_none() -> None:
    error = SosikError("error.setting", name="LANGUAGE", value=f"x{TOKEN}", expected=("ko", 3))
    assert error.values == {"name": "LANGUAGE", "value": "x<token>", "expected": ("ko", 3)}
    assert TOKEN not in f"{error} {error!r}"
