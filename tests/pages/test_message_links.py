from __future__ import annotations

import pytest

from bot.pages.message_links import message_link
from storage.models import ChatId, MessageId


@pytest.mark.parametrize(
    ("chat_id", "message_id", "address"),
    [
        (-1001234567890, 42, "https://t.me/c/1234567890/42"),
        (-1000000000001, 1, "https://t.me/c/1/1"),
        (-1001234567890, None, None),
        (-4012345678, 42, None),
        (-1, 42, None),
        (900_000_001, 42, None),
    ],
)
def test_a_message_of_a_supergroup_or_channel_has_an_address(
    chat_id: int, message_id: int | None, address: str | None
) -> None:
    found = message_link(ChatId(chat_id), None if message_id is None else MessageId(message_id))
    assert found == address
