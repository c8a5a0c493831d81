"""When a handler fails in a way that nobody foresaw."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from bot.simulator import Simulator
    from tests.e2e.conftest import Bot


async def test_whoever_asked_hears_that_it_failed_without_a_trace_of_the_inside(
    sim: Simulator, bot: Bot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    await minji.says(group, "/latest 3")
    page = await group.receives("1–3")
    assert bot.running is not None

    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the inside")

    with monkeypatch.context() as patch:
        patch.setattr(type(bot.running.services.posts), "newest", broken)
        await minji.says(group, "/latest")
        said = await group.receives("문제가 생겨서")
        assert "inside" not in said.text
        answer = await minji.presses(page, "다음")
        assert answer.is_alert
        assert "문제가 생겨서" in answer.text
    failures = [one for one in caplog.records if one.message == "handler_failed"]
    assert len(failures) == 2
    assert all(one.exc_info for one in failures)
    await minji.presses(page, "다음")
    await page.changes()


async def test_a_press_is_answered_once(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=minji, bot_admin=True)
    await minji.says(group, "/settings")
    page = await group.receives("이 방의 설정")
    sim.calls.clear()
    await minji.presses_data(page, "1k:language:en")
    await minji.presses_data(page, "1b:99999")
    await minji.presses_data(page, "nonsense")
    await minji.says(group, "/stats")
    await group.receives("posts")
    assert len(list(sim.calls.of("answerCallbackQuery"))) == 3


async def test_presses_for_posts_that_are_gone_say_so(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    await minji.says(group, "/post 1")
    card = await group.receives("아직 없어요")
    for data in ("1b:99999", "1f:99999:0", "1f:1:-1"):
        answer = await minji.presses_data(card, data)
        assert answer.is_alert
        assert "이제 없는" in answer.text
    await minji.presses_data(card, "1c:99999")
    await group.receives("그 번호의 글은 없어요")
    for data in ("1l:0:99", "1l:-1:5", "1t:century", "1s:99999:b:0:0", "1s:1:z:0:0"):
        answer = await minji.presses_data(card, data)
        assert answer.is_alert
        assert "오래된" in answer.text
    far = await minji.presses_data(card, "1l:9000000000000000000:5")
    assert "문제가" not in far.text
    await minji.presses_data(card, "1f:1:9000000000000000000")


async def test_an_inline_answer_that_nobody_waits_for_any_more_is_no_failure(
    sim: Simulator, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    minji = sim.user("민지", language="ko")
    sim.updates.push(
        "inline_query",
        {
            "id": "12345",
            "from": {"id": minji.id, "is_bot": False, "first_name": "민지"},
            "query": "",
            "offset": "",
        },
    )
    room = sim.private(minji)
    await minji.says(room, "/stats")
    await room.receives("40편")
    assert not [one for one in caplog.records if one.message == "handler_failed"]
