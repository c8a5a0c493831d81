import json

import pytest

from bot.simulator.api.arguments import Arguments
from bot.simulator.api.errors import ApiError
from bot.simulator.chats import Chat
from bot.simulator.clock import SimulatedClock
from bot.simulator.rules.finding import found_spans
from bot.simulator.rules.limits import Counted, FloodLimits
from bot.simulator.rules.shown import shown_html
from bot.simulator.updates import LARGEST_ANSWER_BYTES, LIFETIME_SECONDS, UpdateQueue


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/latest@sosik_bot 3", [("bot_command", 0, 17)]),
        ("a/latest </b> /최신", []),
        ("민지 @minji_k 안녕", [("mention", 3, 8)]),
        ("a@b", []),
        ("#소식 #1 ##x", [("hashtag", 0, 3)]),
        ("😀 me@x.kr", [("email", 3, 7)]),
        ("(https://x.kr/a_b).", [("url", 1, 16)]),
        ("example.com, 1.5배", [("url", 0, 11)]),
        ("https://x.kr/@name#frag", [("url", 0, 23)]),
        ("그냥 글", []),
    ],
)
def test_telegram_marks_what_it_finds(text: str, found: list[tuple[str, int, int]]) -> None:
    spans = found_spans(text, commands=True)
    assert [(span.kind, span.offset, span.length) for span in spans] == found


def test_channels_have_no_commands() -> None:
    assert found_spans("/latest", commands=False) == []


def test_a_text_is_shown_as_html() -> None:
    extras: list[tuple[str, dict[str, object]]] = [
        ("bold", {}),
        ("text_link", {"url": "https://x.kr/?a=1&b=2"}),
        ("text_mention", {"user": {"id": 5}}),
        ("custom_emoji", {"custom_emoji_id": "9"}),
        ("pre", {"language": "py"}),
        ("pre", {}),
        ("url", {}),
    ]
    entities = [
        {"type": kind, "offset": 2 * i, "length": 2, **extra}
        for i, (kind, extra) in enumerate(extras)
    ]
    assert shown_html("😀<>&abcdefghi", entities) == (
        '<b>😀</b><a href="https://x.kr/?a=1&amp;b=2">&lt;&gt;</a>'
        '<a href="tg://user?id=5">&amp;a</a><tg-emoji emoji-id="9">bc</tg-emoji>'
        '<pre><code class="language-py">de</code></pre><pre>fg</pre>hi'
    )


def test_nested_entities_close_in_order() -> None:
    entities = [
        {"type": "blockquote", "offset": 0, "length": 3},
        {"type": "bold", "offset": 1, "length": 2},
    ]
    assert shown_html("abc", entities) == "<blockquote>a<b>bc</b></blockquote>"


@pytest.mark.parametrize(
    ("value", "text", "number", "flag"),
    [
        (None, "", 0, False),
        (True, "true", 0, True),
        (False, "false", 0, False),
        (12, "12", 12, False),
        ("12abc", "12abc", 12, False),
        ("abc", "abc", 0, False),
        ("Yes", "Yes", 0, True),
        (1, "1", 1, True),
        (["가"], '["가"]', 0, False),
    ],
)
def test_arguments_are_read_leniently(value: object, text: str, number: int, *, flag: bool) -> None:
    arguments = Arguments({"x": value})
    assert (arguments.text("x"), arguments.number("x"), arguments.flag("x")) == (text, number, flag)
    assert Arguments({}).number("x", 7) == 7


def test_arguments_hold_json_in_either_form() -> None:
    assert Arguments({"x": "[1]"}).decoded("x", "") == [1]
    assert Arguments({"x": [1]}).decoded("x", "") == [1]
    assert Arguments({"x": ""}).decoded("x", "") is None
    assert Arguments({"x": "attach://y"}).file("x") is None
    with pytest.raises(ApiError, match="Bad Request: oh"):
        Arguments({"x": "{"}).decoded("x", "Oh")


def test_the_clock_is_set_moved_and_sped_up() -> None:
    clock = SimulatedClock(1000.0)
    assert clock.date() == 1000
    clock.advance(60)
    assert clock.date() == 1060
    clock.run_at(0)
    stopped = clock.now()
    assert clock.now() == stopped
    clock.run_at(3600)
    assert clock.now() >= stopped
    clock.set(5)
    assert clock.date() >= 5


def limits(start: float = 1000.0) -> tuple[SimulatedClock, FloodLimits]:
    clock = SimulatedClock(start)
    clock.run_at(0)
    clock.set(start)
    return clock, FloodLimits(clock, enabled=True)


def test_a_chat_takes_one_a_second_after_a_burst() -> None:
    clock, flood = limits()
    chat = Chat(5, "private", "민지")
    for _ in range(3):
        flood.spend(chat)
    with pytest.raises(ApiError) as refusal:
        flood.spend(chat)
    assert refusal.value.parameters == {"retry_after": 1}
    for _ in range(100):
        clock.advance(1)
        flood.spend(chat)


@pytest.mark.parametrize("start", [1000.0, 1000.003, 1000.1, 1_795_564_800.3])
def test_a_group_takes_twenty_a_minute(start: float) -> None:
    clock, flood = limits(start)
    group = Chat(-5, "group", "모임")
    for _ in range(20):
        flood.spend(group)
        clock.advance(1)
    with pytest.raises(ApiError) as refusal:
        flood.spend(group)
    assert refusal.value.parameters == {"retry_after": 40}
    clock.advance(40)
    flood.spend(group)


def test_all_chats_together_take_thirty_a_second() -> None:
    clock, flood = limits()
    chats = [Chat(i, "private", "x") for i in range(1, 100)]
    for chat in chats[:30]:
        flood.spend(chat)
    with pytest.raises(ApiError):
        flood.spend(chats[30])
    for chat in chats[31:61]:
        clock.advance(1 / 30)
        flood.spend(chat)
    assert flood.refused == 1


def asked_to_wait(flood: FloodLimits, chat: Chat, *, what: Counted = Counted.SEND) -> int:
    with pytest.raises(ApiError) as refusal:
        flood.spend(chat, what=what, is_free=False)
    return refusal.value.parameters["retry_after"]


@pytest.mark.parametrize("what", Counted)
def test_sends_edits_and_pins_are_counted_apart(what: Counted) -> None:
    _, flood = limits()
    chat = Chat(5, "private", "민지")
    for _ in range(3):
        flood.spend(chat, what=what)
    assert asked_to_wait(flood, chat, what=what) == 1
    for other in set(Counted) - {what}:
        flood.spend(chat, what=other)
    flood.refuse(30, what=what)
    assert asked_to_wait(flood, Chat(6, "private", "서준"), what=what) == 30


def test_a_try_before_the_wait_is_over_begins_it_anew_where_limits_restart() -> None:
    clock, flood = limits()
    one, other = Chat(5, "private", "민지"), Chat(6, "private", "서준")
    flood.refuse(30)
    clock.advance(20)
    assert asked_to_wait(flood, one) == 10
    flood.restarts = True
    assert asked_to_wait(flood, one) == 30
    clock.advance(29)
    assert asked_to_wait(flood, other) == 30
    clock.advance(30)
    flood.spend(one)
    flood.spend(one)
    flood.spend(one)
    assert asked_to_wait(flood, one) == 1
    clock.advance(0.5)
    assert asked_to_wait(flood, one) == 1
    flood.spend(other)
    clock.advance(1)
    flood.spend(one)


def test_too_much_in_all_chats_asks_for_the_least_wait() -> None:
    _, flood = limits()
    flood.least_wait = 7
    for number in range(1, 31):
        flood.spend(Chat(number, "private", "x"))
    assert asked_to_wait(flood, Chat(99, "private", "x")) == 7


def test_slow_mode_holds_members_and_not_administrators() -> None:
    clock, flood = limits()
    flood.enabled = False
    group = Chat(-5, "supergroup", "모임", slow_mode_seconds=60)
    flood.spend(group, is_free=False)
    clock.advance(20)
    assert asked_to_wait(flood, group) == 40
    flood.spend(group, is_free=True)
    clock.advance(40)
    flood.spend(group, is_free=False)
    assert group.full_json()["slow_mode_delay"] == 60


def test_an_answer_of_updates_is_cut_at_four_megabytes() -> None:
    queue = UpdateQueue(SimulatedClock())
    for _ in range(3):
        queue.push("message", {"text": "a" * (LARGEST_ANSWER_BYTES // 3)})
    taken = queue.take(100)
    assert len(taken) == 2
    assert json.loads(taken[0].json())["update_id"] == taken[0].id


def test_a_press_that_nobody_fetches_expires_and_is_told_of() -> None:
    clock = SimulatedClock()
    queue = UpdateQueue(clock)
    queue.push("message", {"text": "안녕"})
    press = queue.push("callback_query", {"data": "1v:👍"})
    clock.advance(LIFETIME_SECONDS["callback_query"] - 1)
    assert len(queue.take(100)) == 2
    assert queue.expired == set()
    clock.advance(1)
    assert [one.kind for one in queue.take(100)] == ["message"]
    assert queue.expired == {press}
