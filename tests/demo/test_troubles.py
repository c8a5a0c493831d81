"""The panel for the curious: Telegram's troubles and the bot's life.

On a stage of their own: what was on its way when the bot was killed, or Telegram gone, is in doubt
for a minute, and its chats wait for that long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from bot.demo.stage import Stage
    from tests.demo.conftest import Visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_bot_killed_in_the_middle_of_a_publication_brings_it_everywhere_once(
    visit: Visiting, stage: Stage
) -> None:
    async with visit() as visitor:
        page = visitor.page
        await expect(page.locator("#bot-state")).to_contain_text("일하는 중")
        await page.get_by_role("button", name="느리게").click()
        await visitor.publishes()
        newest = page.locator(".posts li").first
        # What had not come by the kill would be in doubt, and wait a minute.
        await expect(newest.locator(".chip.good")).to_have_count(4)
        await page.get_by_role("button", name="kill -9").click()
        await expect(page.locator("#bot-state")).to_have_text("kill -9로 꺼졌어요")
        await page.get_by_role("button", name="느리게").click()
        await page.get_by_role("button", name="다시 켜기").click()
        await expect(page.locator("#bot-state")).to_contain_text("일하는 중")
        for title in ("소식 채널", "독서모임", "큰모임"):
            await expect(newest.locator(".chip.good", has_text=title)).to_have_text(f"{title} 1")
        await expect(newest.locator(".chip.bad")).to_have_count(0)
    assert stage.ends[-1] == -9


@pytest.mark.parametrize(
    ("button", "says", "shows"),
    [("거절하게", "모든 요청을 429로 거절해요", "429"), ("사라지게", "모든 연결을 끊어요", "끊김")],
)
async def test_telegram_fails_for_a_while_and_the_answer_comes_afterwards(
    visit: Visiting, stage: Stage, button: str, says: str, shows: str
) -> None:
    async with visit() as visitor:
        page = visitor.page
        await visitor.goes_to("독서모임")
        await page.get_by_role("button", name=button).click()
        await expect(page.get_by_text(says)).to_be_visible()
        await visitor.says("/search 소크라테스")
        await expect(page.locator(".calls .status", has_text=shows).first).to_be_visible()
        await page.get_by_role("button", name=button).click()
        await expect(page.get_by_text("잘 되고 있어요")).to_be_visible()
        await expect(visitor.answer("소크라테스(Socrates)")).to_be_visible()
        sent = page.locator(".calls summary", has_text="sendMessage").first
        await sent.press("Enter")  # what is called meanwhile moves it down from under a pointer
        await expect(page.locator(".calls pre").first).to_contain_text("chat_id")
    assert stage.troubles.now is None
