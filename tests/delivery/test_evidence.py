from __future__ import annotations

from typing import Any

import pytest

from bot.delivery.evidence import Sighting, digest, sighting_in
from bot.text.inert import bared
from bot.text.rich import Entity, Kind, Rich
from storage.models import ChatId, MessageId

ME, GROUP, CHANNEL, ITS_ID = 7, ChatId(-1001), ChatId(-1002), MessageId(12)
MARKUP = {
    "inline_keyboard": [
        [{"text": "복사", "copy_text": {"text": "글"}}],
        [{"text": "전체 보기", "callback_data": "1f:4:0~k3x9"}],
    ]
}
OURS: dict[str, Any] = {
    "message_id": 12,
    "from": {"id": ME, "is_bot": True},
    "chat": {"id": GROUP},
    "text": "글 1\n\n본문이에요.",
    "reply_markup": MARKUP,
}
SEEN = digest("글 1 본문이에요.")
FORWARD: dict[str, Any] = {
    "message_id": 90,
    "chat": {"id": GROUP},
    "is_automatic_forward": True,
    "forward_origin": {"type": "channel", "chat": {"id": CHANNEL}, "message_id": 12},
    "text": "글 1\n\n본문이에요.",
}


def test_a_press_names_the_attempt_by_the_buttons_that_telegram_shows() -> None:
    """Not by what was pressed: that can be forged."""
    pressed = {"callback_query": {"data": "1f:4:0~forged", "message": OURS}}
    assert sighting_in(pressed, ME) == Sighting(
        GROUP, ITS_ID, token="k3x9", text_digest=SEEN, is_touched=True
    )


def test_a_reply_to_ours_shows_it_and_one_to_another_does_not() -> None:
    reply = {"message": {"message_id": 13, "text": "좋아요", "reply_to_message": OURS}}
    assert sighting_in(reply, ME) == Sighting(
        GROUP, ITS_ID, token="k3x9", text_digest=SEEN, is_touched=True
    )
    assert sighting_in(reply, ME + 1) is None


def test_an_automatic_forward_shows_the_channels_post() -> None:
    assert sighting_in({"message": FORWARD}, ME) == Sighting(
        CHANNEL, ITS_ID, token="", text_digest=SEEN, is_touched=False
    )


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"message": 1},
        {"message": {"text": "안녕"}},
        {"message": {"reply_to_message": {}}},
        {"message": {"reply_to_message": 1}},
        {"message": {"is_automatic_forward": True}},
        {"message": FORWARD | {"forward_origin": {"message_id": 3}}},
        {"callback_query": {"data": "1f:4:0~k3x9"}},
        {"callback_query": {"message": {"message_id": "12", "chat": {"id": 1}}}},
    ],
)
def test_other_updates_show_nothing_whatever_their_shape(raw: dict[str, Any]) -> None:
    assert sighting_in(raw, ME) is None


@pytest.mark.parametrize(
    "markup",
    [
        None,
        1,
        {},
        {"inline_keyboard": 1},
        {"inline_keyboard": [1, [1], [{}], [{"callback_data": 1}], [{"callback_data": "1c:4"}]]},
    ],
)
def test_a_message_without_a_token_is_seen_by_its_text_alone(markup: object) -> None:
    pressed = {"callback_query": {"message": OURS | {"reply_markup": markup, "text": None}}}
    assert sighting_in(pressed, ME) == Sighting(
        GROUP, ITS_ID, token="", text_digest="", is_touched=True
    )


def test_a_digest_is_that_of_the_words_and_takes_any_text() -> None:
    assert digest("글 1\n 둘 ") == digest("글 1 둘") != digest("글 2 둘")
    assert digest("\ud83d")


def test_a_text_that_went_without_its_entities_has_the_same_digest() -> None:
    rich = Rich("@here 글", (Entity(Kind.CODE, 0, 5),))
    assert bared(rich).text != rich.text
    assert digest(bared(rich).text) == digest(rich.text)
