from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pages.actions import (
    About,
    Action,
    Approve,
    AskFor,
    Bundle,
    Choose,
    ChooseIn,
    Forget,
    HandleSource,
    LatestPage,
    ListRooms,
    OpenCard,
    OpenRoom,
    Publish,
    SetTo,
    ShowCard,
    ShowFull,
    ShowLevel,
    Vote,
    encode,
)
from bot.updates.asks import (
    PATIENCE,
    PRESSES,
    Spoken,
    Vocabulary,
    Weight,
    chat_place,
    in_order,
)
from bot.updates.raw import ALLOWED_UPDATES, Identity
from bot.updates.repeats import is_same
from bot.updates.turns import Ask, Crowd, Place
from storage.models import ChatId, MenuId, PostId
from tests import actions
from tests.updates.samples import DATE, GROUP, MEMBER, message, press, said

if TYPE_CHECKING:
    from bot.updates.raw import Raw

CAME_AT = datetime.fromtimestamp(DATE, UTC)
VOCABULARY = Vocabulary(
    Identity(700, "sosik_bot"),
    {
        "latest": Spoken("latest", Weight.QUESTION),
        "최신": Spoken("latest", Weight.QUESTION),
        "push": Spoken("push", Weight.STATE),
        "forgetme": Spoken("forgetme", Weight.DEED),
        "publish": Spoken("publish", Weight.DEED),
    },
)
ROOM = Place(GROUP, Crowd.GROUP)
HOME = Place(MEMBER, Crowd.PRIVATE)
M = MenuId(1)


def in_room(room_id: int, name: str, value: str) -> ChooseIn:
    return ChooseIn(ChatId(room_id), name, value)


def ask_of(raw: Raw) -> Ask:
    return VOCABULARY.ask_of(raw, CAME_AT)


REPLY = ("reply", 8)
REMARK = ("remark", 8, "한마디: 9시")
LINK = ("link", "https://a.example")


def pressed(action: Action, **parts: Any) -> Raw:  # noqa: ANN401  # what `message` takes
    return press(1, encode(action), **parts)


def private(text: str | None, **parts: Any) -> Raw:  # noqa: ANN401  # what `message` takes
    return {"update_id": 1, "message": message(text, chat_id=MEMBER, **parts)}


def member(old: str, new: str, *, by: int = MEMBER, **parts: object) -> Raw:
    """The bot's membership changes."""
    change = {
        "chat": {"id": GROUP, "type": "supergroup"},
        "from": {"id": by},
        "old_chat_member": {"status": old, **parts},
        "new_chat_member": {"status": new, **parts},
    }
    return {"update_id": 1, "my_chat_member": change}


# -- presses ---------------------------------------------------------------------------------------


def test_every_action_has_its_weight() -> None:
    assert set(PRESSES) == {type(action) for action in actions.EVERY}


@pytest.mark.parametrize("action", actions.EVERY, ids=lambda action: type(action).__name__)
def test_only_a_press_that_asks_for_something_new_may_be_left_out(action: Action) -> None:
    ask = ask_of(pressed(action))
    assert (ask.place, ask.person, ask.is_stale) == (ROOM, MEMBER, False)
    assert ask.is_question == isinstance(action, OpenCard | Bundle | About)
    assert (ask.thing is None) == isinstance(action, OpenCard | Bundle | About | Vote)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (pressed(ShowFull(PostId(1), 0)), pressed(ShowFull(PostId(1), 1)), True),
        (pressed(ShowFull(PostId(1), 0)), pressed(ShowCard(PostId(1))), True),
        (pressed(LatestPage(0, 5)), pressed(LatestPage(0, 5), message_id=2), False),
        (pressed(Choose("push", "on")), pressed(Choose("push", "off")), True),
        (pressed(Choose("push", "on")), pressed(Choose("push", "off"), message_id=2), True),
        (pressed(Choose("push", "on")), pressed(Choose("days", "mon")), False),
        (pressed(SetTo(M, "pin", "", "on")), pressed(SetTo(M, "pin", "", "off")), True),
        (pressed(SetTo(M, "pin", "", "on")), pressed(SetTo(MenuId(2), "pin", "", "on")), False),
        (pressed(SetTo(M, "pin", "", "on")), pressed(SetTo(M, "silent", "", "on")), False),
        (pressed(SetTo(M, "days", "1", "on")), pressed(SetTo(M, "days", "2", "on")), False),
        (pressed(ShowLevel(M, "time")), pressed(ShowLevel(M, "days")), True),
        (pressed(AskFor(M, "time")), pressed(AskFor(M, "time")), True),
        (pressed(AskFor(M, "time")), pressed(AskFor(M, "quiet")), False),
        (pressed(OpenRoom(ChatId(-1))), pressed(ListRooms(0)), True),
        (pressed(in_room(-1, "push", "on")), pressed(in_room(-1, "push", "off")), True),
        (pressed(in_room(-1, "push", "on")), pressed(in_room(-2, "push", "on")), False),
        (pressed(in_room(-1, "push", "on")), pressed(in_room(-1, "days", "mon")), False),
        (pressed(in_room(-1, "push", "on")), pressed(Choose("push", "on")), False),
        (pressed(Forget(MEMBER)), pressed(Forget(MEMBER)), True),
        (pressed(Publish(1, 0)), pressed(Publish(1, 1)), False),
        (pressed(HandleSource(1, "poll")), pressed(HandleSource(1, "end")), False),
        (pressed(Approve(ChatId(-1), 7)), pressed(Approve(ChatId(-2), 7)), False),
        (pressed(Approve(ChatId(-1), 7)), pressed(Publish(-1, 0)), False),
        (said(1, "/push on"), said(2, "/push off"), True),
        (said(1, "/push on"), said(2, "/forgetme"), False),
        (private("/push @sosik on"), private("/push @sosik off"), True),
        (private("/push @sosik on"), private("/push on"), False),
        (private("/push #1 on"), private("/push #2 on"), False),
        (said(1, "/publish a"), said(2, "/publish  a"), True),
        (said(1, "/publish a"), said(2, "/publish b"), False),
        (said(1, "/forgetme"), said(2, "/forgetme@Sosik_Bot"), True),
        (private("https://a.example"), private("https://a.example"), True),
        (private("https://a.example"), private("https://b.example"), False),
        (member("left", "member"), member("kicked", "administrator"), True),
        (member("left", "member"), member("member", "administrator"), False),
        (member("left", "member"), member("member", "left"), False),
        (member("left", "member"), member("left", "member", by=7), False),
        (
            member("kicked", "left"),
            member("restricted", "restricted", is_member=False),
            True,
        ),
        (
            member("member", "administrator"),
            member("restricted", "restricted", is_member=True),
            True,
        ),
        (
            member("restricted", "restricted", is_member=False),
            member("restricted", "restricted", is_member=True),
            False,
        ),
    ],
)
def test_what_is_one_thing(one: Raw, other: Raw, *, same: bool) -> None:
    first, second = ask_of(one), ask_of(other)
    assert first.thing is not None
    assert (first.place, first.person) == (second.place, second.person)
    assert (first.thing == second.thing) is same


def test_a_vote_that_is_turned_over_twice_is_two_presses_and_none_is_left_out() -> None:
    press = pressed(Vote("👍"))
    assert ask_of(press) == Ask(ROOM, MEMBER)
    assert not is_same(ask_of(press), ask_of(press))


@pytest.mark.parametrize("data", ["", "9z", "1c", None, 5])
def test_a_press_that_nobody_understands_is_a_question(data: Any) -> None:  # noqa: ANN401  # forged
    ask = ask_of(press(1, data))
    assert ask == Ask(ROOM, MEMBER, is_question=True, question=("press", str(data)))


# -- messages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("/latest", ("latest",)),
        ("/최신  3", ("latest", "3")),
        ("/latest@sosik_bot", ("latest",)),
    ],
)
def test_a_command_that_asks_is_a_question(text: str, question: tuple[str, ...]) -> None:
    assert ask_of(said(1, text)) == Ask(ROOM, MEMBER, is_question=True, question=question)


@pytest.mark.parametrize(
    ("raw", "ask"),
    [
        (private("words"), Ask(HOME, MEMBER, is_question=True, question="words")),
        (private("/unknown"), Ask(HOME, MEMBER, is_question=True, question="/unknown")),
        (private("/latest"), Ask(HOME, MEMBER, is_question=True, question=("latest",))),
        (private(None, photo=[]), Ask(HOME, MEMBER, thing="unanswered", is_passing=True)),
        (private(None, caption="https://a.example"), Ask(HOME, MEMBER, thing=LINK, question=LINK)),
        (
            said(1, "a card", via_bot={"id": 700}),
            Ask(ROOM, MEMBER, thing="unanswered", is_passing=True),
        ),
        (said(1, "see https://a.example"), Ask(ROOM, MEMBER, thing="unanswered", is_passing=True)),
        (
            said(1, "9시", reply_to_message={"message_id": 8, "from": {"id": 700}}),
            Ask(ROOM, MEMBER, thing=REPLY, is_passing=True, question=(REPLY, "9시")),
        ),
        (
            said(1, "9시", reply_to_message={"message_id": 8, "from": {"id": MEMBER}}),
            Ask(ROOM, MEMBER, thing="unanswered", is_passing=True),
        ),
        (
            said(1, "한마디: 9시", reply_to_message={"message_id": 8, "from": {"id": 700}}),
            Ask(ROOM, MEMBER, thing=REMARK, question=REMARK),
        ),
        (
            said(1, "한마디: 9시", reply_to_message={"message_id": 8, "from": {"id": MEMBER}}),
            Ask(ROOM, MEMBER, thing="unanswered", is_passing=True),
        ),
    ],
)  # fmt: skip
def test_what_is_said(raw: Raw, ask: Ask) -> None:
    assert ask_of(raw) == ask


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (said(1, "/latest 3"), said(2, "/최신  3"), True),
        (said(1, "/latest 3"), said(2, "/latest"), False),
        (said(1, "/push"), said(2, "/push"), True),
        (said(1, "/push"), said(2, "/push on"), False),
        (said(1, "/publish"), said(2, "/publish"), True),
        (private("바다"), private("바다"), True),
        (private("바다"), private("산"), False),
        (pressed(LatestPage(0, 5)), pressed(LatestPage(5, 5)), True),
        (pressed(LatestPage(0, 5)), pressed(LatestPage(5, 5), message_id=2), False),
        (pressed(OpenCard(PostId(1))), pressed(OpenCard(PostId(1))), True),
        (pressed(OpenCard(PostId(1))), pressed(OpenCard(PostId(2))), False),
    ],
)
def test_what_is_the_same_question(one: Raw, other: Raw, *, same: bool) -> None:
    """An answer in doubt is not repeated to who asks the same again."""
    assert is_same(ask_of(one), ask_of(other)) is same


@pytest.mark.parametrize("speaker", [GROUP, -2002])
def test_who_speaks_as_a_chat_is_that_chat(speaker: int) -> None:
    """Anonymous administrators and channels: `from` is an account of Telegram's for all of them."""
    raw = said(1, "/latest", sender=1087968824, sender_chat={"id": speaker, "type": "channel"})
    assert ask_of(raw).person == speaker


@pytest.mark.parametrize(
    ("text", "seconds", "stale"),
    [
        ("/latest", 300, False),
        ("/latest", 301, True),
        ("/latest", -3600, False),
        ("/push on", 3600, False),
        ("/forgetme", 3600, False),
    ],
)
def test_only_a_question_is_stale(text: str, seconds: int, *, stale: bool) -> None:
    now = CAME_AT + timedelta(seconds=seconds)
    assert VOCABULARY.ask_of(said(1, text), now).is_stale is stale
    assert timedelta(seconds=300) == PATIENCE


# -- what a chat reports ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        said(1, "x", is_automatic_forward=True, sender_chat={"id": -5}),
        said(1, "x", migrate_to_chat_id=-5),
        said(1, "x", migrate_from_chat_id=-5),
        {"update_id": 1, "channel_post": message("https://a.example", chat_id=GROUP)},
    ],
)
def test_what_the_chat_reports_is_nobodys(raw: Raw) -> None:
    assert ask_of(raw) == Ask(ROOM)


def test_the_changes_of_membership_are_nobodys_but_each_person_has_their_own() -> None:
    ask = ask_of(member("left", "member"))
    assert (ask.place, ask.person, ask.is_question) == (ROOM, None, False)


def test_inline_queries_wait_apart_from_the_persons_private_chat() -> None:
    query = {"id": "1", "from": {"id": MEMBER}, "query": "x", "offset": ""}
    asked = ask_of({"update_id": 1, "inline_query": query})
    assert asked == Ask(Place(MEMBER, Crowd.INLINE), MEMBER, thing="query")
    assert asked.place != HOME


def test_where_all_is_in_order_nobody_is_counted() -> None:
    assert in_order(said(1, "/latest"), CAME_AT) == Ask(ROOM)
    assert in_order({"update_id": 1}, CAME_AT) == Ask(chat_place(0))
    assert ask_of({"update_id": 1, "message": 5}) == Ask(chat_place(0))


@pytest.mark.parametrize(
    ("chat_id", "crowd"), [(-1, Crowd.GROUP), (0, Crowd.PRIVATE), (1, Crowd.PRIVATE)]
)
def test_only_a_negative_id_is_a_groups(chat_id: int, crowd: Crowd) -> None:
    """What names no chat has the place 0, where nothing of a group is waited for."""
    assert chat_place(chat_id) == Place(chat_id, crowd)


# -- whatever comes --------------------------------------------------------------------------------

JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "from", "chat", "message", "status", "date", "text", "data"]),
            inner,
        )
    ),
    max_leaves=8,
)


@given(st.sampled_from(ALLOWED_UPDATES), JUNK)
def test_whatever_comes_has_its_place(kind: str, junk: object) -> None:
    ask = ask_of({"update_id": 1, kind: junk})
    assert hash(ask.thing) is not None
    assert hash(ask.place) is not None


def test_every_press_of_a_person_without_a_name_is_the_chats() -> None:
    broken = press(1, "x")
    del broken["callback_query"]["from"]
    assert ask_of(broken) == Ask(ROOM, None, is_question=True, question=("press", "x"))


def test_an_inline_query_without_a_sender_is_nobodys() -> None:
    asked = ask_of({"update_id": 1, "inline_query": {"query": "x"}})
    assert asked == Ask(Place(0, Crowd.INLINE), None, thing="query")
