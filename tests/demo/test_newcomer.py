"""The path of somebody who has never seen Sosik, on a desk and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.demo.conftest import DESK, PHONE
from tests.demo.visitor import ADMIN, Visitor

if TYPE_CHECKING:
    from tests.demo.conftest import Visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")


SCREENS = pytest.mark.parametrize(
    "screen", [{"viewport": DESK}, {"viewport": PHONE, "has_touch": True}], ids=["desk", "phone"]
)


@SCREENS
async def test_a_newcomer_reads_searches_reacts_and_is_told_who_may_set_what(
    visit: Visiting, screen: dict[str, Any]
) -> None:
    async with visit(**screen) as visitor:
        await _reads(visitor)
        await _searches(visitor)
        await _reacts(visitor)
        await _sets_the_digest(visitor)
        await _publishes_and_kills(visitor)
        await expect(visitor.page.locator("#guide .done")).to_have_count(5)


async def _publishes_and_kills(visitor: Visitor) -> None:
    """A post on its way when the bot is killed comes everywhere, once."""
    await visitor.publishes()
    newest = visitor.page.locator(".posts li").first
    # What had not come by the kill would be in doubt, and wait a minute.
    await expect(newest.locator(".chip.good")).to_have_count(4)
    await visitor.page.locator("#kill").click()
    await expect(visitor.page.locator("#bot-state")).to_have_text("kill -9로 꺼졌어요")
    await expect(visitor.page.locator("#start-bot")).to_be_focused()
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.page.locator("#kill")).to_be_focused()
    for title in ("소식 채널", "독서모임", "큰모임", "소식 이야기"):
        await expect(newest.locator(".chip.good", has_text=title)).to_have_text(f"{title} 1")
    await expect(newest.locator(".chip.bad")).to_have_count(0)
    post = await newest.locator("b").inner_text()
    for title in ("소식 채널", "독서모임"):
        await visitor.goes_to(title)
        await expect(visitor.answer(post)).to_have_count(1)


async def _reads(visitor: Visitor) -> None:
    await visitor.goes_to("독서모임")
    await visitor.says("/latest 3")
    await expect(visitor.answer("40편 가운데 1–3")).to_be_visible()
    await visitor.key("다음").click()
    await expect(visitor.answer("40편 가운데 4–6")).to_be_visible()
    await visitor.page.get_by_role("button", name="5", exact=True).click()
    await visitor.key("전체 보기").click()
    await expect(visitor.key("‹ 접기")).to_be_visible()
    await visitor.goes_to("독서모임")


async def _searches(visitor: Visitor) -> None:
    await visitor.says("/search 금리")
    await expect(visitor.answer("금리가 오르면 왜 스타트업부터 추워질까요")).to_be_visible()


async def _reacts(visitor: Visitor) -> None:
    await visitor.says("/post 1")
    card = visitor.reply_to("/post 1")
    await visitor.reacts(card, "🔥")
    await expect(card.get_by_role("button", name="🔥 1: 민지")).to_have_attribute(
        "aria-pressed", "true"
    )


async def _sets_the_digest(visitor: Visitor) -> None:
    await visitor.says("/digest_time 18:30")
    await expect(visitor.answer("관리자")).to_be_visible()
    await visitor.is_now(ADMIN)
    await visitor.goes_to("독서모임")
    await visitor.says("/digest_time 18:30")
    await expect(visitor.answer("18:30")).to_be_visible()
