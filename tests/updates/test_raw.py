from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pages.page import PROMPT_MARK
from bot.updates.raw import (
    ALLOWED_UPDATES,
    Identity,
    chat_id_of,
    command_of,
    is_wanted,
    message_id_of,
    pressed_message_id_of,
    replied_of,
    trimmed,
    update_id_of,
)
from tests.updates.samples import GROUP, MEMBER, message, press, reaction, said

ME = Identity(700, "SosikBot")
WORDS = frozenset({"latest", "최신"})


def wanted(raw: dict[str, Any]) -> bool:
    return is_wanted(raw, ME, WORDS)


# -- replies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ({"message": message("x") | {"reply_to_message": {"message_id": 7}}}, (GROUP, 7)),
        (
            {"channel_post": message("x", chat_id=-9) | {"reply_to_message": {"message_id": 7}}},
            (-9, 7),
        ),
        ({"message": message("x")}, None),
        ({"message": {"reply_to_message": {"message_id": 7}}}, None),
        ({"message": message("x") | {"reply_to_message": "?"}}, None),
        (reaction(1, "👍", message_id=5), None),
        ({}, None),
    ],
)
def test_what_was_replied_to_is_read_off(
    raw: dict[str, Any], place: tuple[int, int] | None
) -> None:
    assert replied_of(raw) == place


# -- ids -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "chat", "message_id"),
    [
        (said(1, "hello", message_id=5), GROUP, 5),
        ({"update_id": 1, "channel_post": message("x", chat_id=-1009, message_id=8)}, -1009, 8),
        ({"update_id": 1, "edited_message": message("x", message_id=8)}, GROUP, 8),
        (reaction(1, "👍", message_id=5), GROUP, None),
        (press(1, "c1", message_id=5), GROUP, None),
        ({"update_id": 1, "callback_query": {"id": "1", "from": {"id": MEMBER}}}, MEMBER, None),
        ({"update_id": 1, "inline_query": {"id": "1", "from": {"id": MEMBER}}}, MEMBER, None),
        ({"update_id": 1, "my_chat_member": {"chat": {"id": GROUP}}}, GROUP, None),
        ({"update_id": 1, "something_new": {"id": 3}}, None, None),
        ({"update_id": 1}, None, None),
        ({"update_id": 1, "message": {"chat": {"id": "7"}, "message_id": "7"}}, None, None),
        ({"update_id": 1, "message": {"chat": {"id": 2**80}, "message_id": 2**80}}, None, None),
        ({"update_id": 1, "message": {"chat": {"id": True}, "message_id": True}}, None, None),
    ],
)
def test_chat_and_message_are_read_off(
    raw: dict[str, Any], chat: int | None, message_id: int | None
) -> None:
    assert (chat_id_of(raw), message_id_of(raw)) == (chat, message_id)


def test_the_message_of_a_press_is_read_off() -> None:
    assert pressed_message_id_of(press(1, "c1", message_id=5)) == 5
    assert pressed_message_id_of(said(1, "hello", message_id=5)) is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"update_id": 7}, 7),
        ({"update_id": 0}, 0),
        ({"update_id": "7"}, None),
        ({"update_id": True}, None),
        ({"update_id": 2**70}, None),
        ({"update_id": 1.5}, None),
        ({}, None),
        ("text", None),
        (None, None),
    ],
)
def test_an_update_is_known_by_a_whole_number(raw: object, expected: int | None) -> None:
    assert update_id_of(raw) == expected


# -- what is wanted --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/latest", True),
        ("/latest 5", True),
        ("/LATEST", True),
        ("/latest@SosikBot", True),
        ("/latest@sosikbot 5", True),
        ("/latest@OtherBot", False),
        ("/latest@", False),
        ("/최신", True),
        ("/최신 3", True),
        ("/weather Seoul", False),
        ("/ㅋㅋㅋ", False),
        ("/", False),
        ("/ our secret", False),
        ("//latest", False),
        ("latest", False),
        ("we said /latest", False),
        ("", False),
        ("  ", False),
    ],
)
def test_a_command_is_one_of_ours(text: str, expected: bool) -> None:  # noqa: FBT001  # a table
    assert (command_of(text, ME, WORDS) is not None) is expected
    assert wanted(said(1, text)) is expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (said(1, "hello", chat_id=MEMBER), True),
        (said(1, "hello"), False),
        (said(1, "ㅋㅋ", reply_to_message=message("our card", sender=ME.id)), False),
        (said(1, "한마디: ㅋㅋ", reply_to_message=message("our card", sender=ME.id)), True),
        (said(1, "한마디: ㅋㅋ", reply_to_message=message("what a member said")), False),
        (said(1, "한마디: ㅋㅋ", reply_to_message=message("x", is_automatic_forward=True)), True),
        (said(1, "한마디: ㅋㅋ"), False),
        (said(1, "our post", is_automatic_forward=True), True),
        (said(1, "", migrate_to_chat_id=-100), True),
        (said(1, "", migrate_from_chat_id=-5), True),
        (said(1, "a card", via_bot={"id": ME.id}), True),
        (said(1, "a gif", via_bot={"id": 9}), False),
        ({"update_id": 1, "message": message(None)}, False),
        ({"update_id": 1, "edited_message": message("/latest")}, False),
        ({"update_id": 1, "channel_post": message("hello")}, False),
        ({"update_id": 1, "channel_post": message("x", entities=[{"type": "url"}])}, True),
        ({"update_id": 1, "channel_post": message("x", entities=[{"type": "bold"}])}, False),
        (
            {
                "update_id": 1,
                "channel_post": message("x", caption_entities=[{"type": "text_link"}]),
            },
            True,
        ),
        (reaction(1, "👍"), True),
        (press(1, "c1"), True),
        ({"update_id": 1, "inline_query": {"query": "x"}}, True),
        ({"update_id": 1, "something_new": {}}, False),
    ],
)
def test_what_no_handler_wants_is_not_wanted(raw: dict[str, Any], expected: bool) -> None:  # noqa: FBT001  # a table
    assert wanted(raw) is expected


# -- what is kept ----------------------------------------------------------------------------------


def test_others_words_go_from_a_wanted_message() -> None:
    raw = said(
        1,
        "/latest",
        reply_to_message=message("SECRET", message_id=4, photo=["SECRET"]),
        quote={"text": "SECRET"},
        external_reply={"x": "SECRET"},
        pinned_message=message("SECRET"),
    )
    kept = trimmed(raw)
    assert "SECRET" not in json.dumps(kept)
    assert kept["message"]["text"] == "/latest"
    assert kept["message"]["reply_to_message"]["message_id"] == 4


def test_others_words_go_from_a_press() -> None:
    raw = press(1, "c1", reply_to_message=message("SECRET"), reply_markup={"inline_keyboard": []})
    kept = trimmed(raw)
    assert "SECRET" not in json.dumps(kept)
    assert kept["callback_query"]["data"] == "c1"
    assert "reply_markup" in kept["callback_query"]["message"]
    assert "SECRET" in json.dumps(raw)


@pytest.mark.parametrize(
    ("kind", "origin", "is_kept"),
    [("private", "channel", True), ("supergroup", "channel", False), ("private", "user", False)],
)
def test_where_a_forward_came_from_is_kept_of_channels_in_private(
    kind: str,
    origin: str,
    is_kept: bool,  # noqa: FBT001  # a table
) -> None:
    forwarded = message("SECRET", forward_origin={"type": origin, "chat": {"id": -1009}})
    raw = said(1, "/id", reply_to_message=forwarded)
    raw["message"]["chat"] = {"id": MEMBER, "type": kind}
    kept = trimmed(raw)["message"]["reply_to_message"]
    assert ("forward_origin" in kept) is is_kept
    assert "SECRET" not in json.dumps(kept)


def test_a_reply_to_something_odd_is_kept_as_nothing() -> None:
    assert trimmed(said(1, "/latest", reply_to_message=3))["message"]["reply_to_message"] is None


def test_a_press_below_an_inline_message_is_kept_whole() -> None:
    raw = {"update_id": 1, "callback_query": {"id": "1", "inline_message_id": "x"}}
    assert trimmed(raw) == raw


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
names = st.sampled_from(
    (
        *ALLOWED_UPDATES,
        *("chat", "from", "message", "message_id", "id", "type", "text", "via_bot"),
        *("reply_to_message", "forward_origin", "entities", "caption_entities", "edited_message"),
    )
)
almost_updates = st.recursive(
    json_values,
    lambda inner: (
        st.dictionaries(names, inner, max_size=5) | st.lists(inner, max_size=2) | st.just("/latest")
    ),
    max_leaves=12,
)


@given(st.dictionaries(names, almost_updates, max_size=4), st.integers())
def test_no_shape_whatever_makes_it_fail(parts: dict[str, Any], update_id: int) -> None:
    raw = {"update_id": update_id, **parts}
    update_id_of(raw)
    chat_id_of(raw)
    message_id_of(raw)
    assert is_wanted(raw, ME, WORDS) in {True, False}
    json.dumps(trimmed(raw))


def test_a_channels_address_that_telegram_did_not_mark_is_wanted_too() -> None:
    assert wanted({"update_id": 1, "channel_post": message("글 http://127.0.0.1:8080/posts/1")})


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("9시", {"from": {"id": ME.id}, "text": f"{PROMPT_MARK} 몇 시에 보낼까요?"}, True),
        ("9시", {"from": {"id": MEMBER}, "text": f"{PROMPT_MARK} 몇 시에 보낼까요?"}, False),
        ("9시", {"from": {"id": ME.id}, "text": "글 하나"}, False),
        ("9시", {"from": {"id": ME.id}}, False),
        ("9시", {"from": {"id": ME.id}, "text": 9}, False),
        (None, {"from": {"id": ME.id}, "text": PROMPT_MARK}, False),
    ],
)
def test_words_are_wanted_that_answer_what_a_menu_asked(
    text: str | None,
    asked: dict[str, Any],
    expected: bool,  # noqa: FBT001  # a table
) -> None:
    raw = {"update_id": 1, "message": message(text, reply_to_message=asked)}
    assert wanted(raw) is expected


@pytest.mark.parametrize(
    ("text", "is_wanted_there"),
    [("/latest", True), ("/latest@sosikbot 3", True), ("/latest@other", False), ("글", False)],
)
def test_a_command_typed_in_a_channel_is_wanted(text: str, *, is_wanted_there: bool) -> None:
    assert wanted({"update_id": 1, "channel_post": message(text)}) is is_wanted_there


@pytest.mark.parametrize(
    ("old", "new", "is_bot", "counts"),
    [
        ("member", "administrator", False, True),
        ("administrator", "left", False, True),
        ("creator", "administrator", False, True),
        ("left", "member", False, False),
        ("member", "restricted", False, False),
        ("member", "administrator", True, False),
    ],
)
def test_of_all_who_come_and_go_only_administrators_are_wanted(
    old: str, new: str, *, is_bot: bool, counts: bool
) -> None:
    user = {"id": 5, "is_bot": is_bot}
    change = {
        "old_chat_member": {"user": user, "status": old},
        "new_chat_member": {"user": user, "status": new},
    }
    assert wanted({"update_id": 1, "chat_member": change}) is counts


@pytest.mark.parametrize("odd", [None, 5, {}, {"new_chat_member": 3}])
def test_a_change_of_members_that_is_none_is_not_wanted(odd: object) -> None:
    assert not wanted({"update_id": 1, "chat_member": odd})
