"""What a press gives. The test answers in the bot's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.demo.telegram import room_of, sends

if TYPE_CHECKING:
    from bot.demo.stage import Stage
    from bot.simulator import Room
    from tests.demo.conftest import Visiting
    from tests.demo.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_a_press_gives_is_a_toast_an_alert_a_copy_or_a_chat(
    visit: Visiting, stage: Stage
) -> None:
    await stage.bot.kill()
    rows = [
        [{"text": "누름", "callback_data": "x"}],
        [{"text": "복사", "copy_text": {"text": "옮겨 적을 말"}}],
        [{"text": "봇으로", "url": f"https://t.me/{stage.sim.bot.username}?start=p7"}],
    ]
    async with visit(permissions=["clipboard-read", "clipboard-write"]) as visitor:
        await visitor.goes_to("독서모임")
        markup = {"inline_keyboard": rows}
        group = room_of(stage, "독서모임")
        await sends(stage, "sendMessage", group, text="단추", reply_markup=markup)
        await visitor.key("복사").click()
        await visitor.is_told("복사했어요")
        copied = await visitor.page.evaluate("navigator.clipboard.readText()")
        assert copied == "옮겨 적을 말"
        await _is_answered(visitor, stage, text="잠깐 보이는 말", show_alert=False)
        await visitor.is_told("잠깐 보이는 말")
        await _is_answered(visitor, stage, text="꼭 볼 말", show_alert=True)
        await expect(visitor.page.get_by_role("dialog")).to_contain_text("꼭 볼 말")
        await visitor.page.keyboard.press("Enter")
        await visitor.key("봇으로").click()
        await expect(visitor.message("/start p7")).to_be_visible()


async def _is_answered(visitor: Visitor, stage: Stage, **answer: object) -> None:
    await visitor.key("누름").click()
    await expect(visitor.key("누름")).to_have_attribute("aria-busy", "true")
    group = room_of(stage, "독서모임")
    query_id = await _next_press(stage, group)
    await sends(stage, "answerCallbackQuery", group, callback_query_id=query_id, **answer)
    await expect(visitor.key("누름")).not_to_have_attribute("aria-busy", "true")


async def _next_press(stage: Stage, group: Room) -> str:
    """The next press that arrives: the page shows that it is busy before."""
    while True:
        updates = await sends(stage, "getUpdates", group, timeout=30, limit=1)
        if updates:
            await sends(stage, "getUpdates", group, offset=updates[0]["update_id"] + 1)
            if press := updates[0].get("callback_query"):
                return str(press["id"])
