from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.setup.sightings import Seen, channel_of, opener_of
from tests.updates.samples import GROUP, MEMBER, message, person, said
from tests.updates.test_raw import almost_updates, names

CODE, CHANNEL = "a-B_1" * 4, -1001234567890


def opened(text: object = f"/start {CODE}", **parts: Any) -> dict[str, Any]:  # noqa: ANN401  # any part
    return {"update_id": 1, "message": message(None, chat_id=MEMBER, **parts) | {"text": text}}


def test_whoever_opens_the_link_is_seen() -> None:
    assert opener_of(opened(), CODE) == Seen(MEMBER, "민지")


@pytest.mark.parametrize(
    "raw",
    [
        opened("/start"),
        opened(f"/start {CODE[:-1]}"),
        opened(f"/start {CODE}x"),
        opened(f"/start \ud800{CODE}"),
        opened(f"/begin {CODE}"),
        opened(CODE),
        opened(3),
        said(1, f"/start {CODE}", chat_id=GROUP),
        {"update_id": 1, "edited_message": opened()["message"]},
        {"update_id": 1, "message": opened()["message"] | {"from": person() | {"is_bot": True}}},
        {"update_id": 1, "message": opened()["message"] | {"from": {}}},
        {"update_id": 1, "message": 3},
        {},
    ],
)
def test_nobody_else_is(raw: dict[str, Any]) -> None:
    assert opener_of(raw, CODE) is None


def brought(
    status: str = "administrator", kind: str = "channel", by: int = MEMBER
) -> dict[str, Any]:
    chat = {"id": CHANNEL, "type": kind, "title": "소식"}
    change = {"chat": chat, "from": person(by), "new_chat_member": {"status": status}}
    return {"update_id": 1, "my_chat_member": change}


def forwarded(kind: str = "channel", by: int = MEMBER, chat_id: int = MEMBER) -> dict[str, Any]:
    origin = {"type": kind, "chat": {"id": CHANNEL, "type": kind, "title": "소식"}}
    return said(1, "글", chat_id=chat_id, sender=by, forward_origin=origin)


@pytest.mark.parametrize("raw", [brought(), forwarded()])
def test_a_channel_that_an_operator_shows_is_seen(raw: dict[str, Any]) -> None:
    assert channel_of(raw, (MEMBER,)) == Seen(CHANNEL, "소식")
    assert channel_of(raw, (7,)) is None


@pytest.mark.parametrize(
    "raw",
    [
        brought("left"),
        brought("member", "supergroup"),
        brought("administrator", "supergroup"),
        forwarded("chat"),
        forwarded(chat_id=GROUP),
        said(1, "글", chat_id=MEMBER),
        {},
    ],
)
def test_nothing_else_is(raw: dict[str, Any]) -> None:
    assert channel_of(raw, (MEMBER,)) is None


@given(st.dictionaries(names, almost_updates, max_size=4))
def test_no_shape_whatever_makes_it_fail(raw: dict[str, Any]) -> None:
    assert opener_of(raw, CODE) is None
    assert channel_of(raw, (MEMBER,)) is None
