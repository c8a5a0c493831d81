"""What axe-core finds on the main screens, in both colours, languages and widths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.demo.conftest import DESK, PHONE
from tests.demo.visitor import JUNHO, Visitor

if TYPE_CHECKING:
    from tests.demo.conftest import Visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _has_no_findings(visitor: Visitor) -> None:
    """No serious or critical one, in axe-core's words."""
    results = await Axe().run(visitor.page)
    grave = [
        (one["id"], node["html"][:160], node["failureSummary"])
        for one in results.response["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
    assert grave == []


@pytest.mark.parametrize(
    ("post", "look"),
    [
        ("/post 4", {"viewport": DESK, "color_scheme": "light"}),
        ("/post 5", {"viewport": DESK, "color_scheme": "dark"}),
        ("/post 6", {"viewport": PHONE, "color_scheme": "light"}),
    ],
    ids=["light", "dark", "phone"],
)
async def test_the_main_screens_have_no_serious_findings(
    visit: Visiting, post: str, look: dict[str, Any]
) -> None:
    async with visit(**look) as visitor:
        await _has_no_findings(visitor)
        await visitor.goes_to("독서모임")
        await visitor.says(post)
        await visitor.reacts(visitor.reply_to(post), "👍")
        await visitor.page.locator("#box").fill("/")
        await expect(visitor.page.get_by_role("option").first).to_be_visible()
        await _has_no_findings(visitor)
        await visitor.page.locator("#box").press("Escape")
        await visitor.goes_backstage()
        await visitor.page.locator("#write").click()
        await _has_no_findings(visitor)


async def test_everything_can_be_done_with_the_keyboard(visit: Visiting) -> None:
    async with visit() as visitor:
        page = visitor.page
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="글 상자로 건너뛰기")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("#box")).to_be_focused()
        await visitor.says("/post 3")
        newest = visitor.reply_to("/post 3")
        await newest.focus()
        await newest.get_by_role("button", name="반응하기").focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Enter")
        await expect(newest.locator(".pill")).to_contain_text("❤")
        await newest.focus()
        await page.keyboard.press("ArrowUp")
        await expect(page.locator("article.sent", has_text="/post 3").last).to_be_focused()
        await visitor.chat("독서모임").focus()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.locator("#title")).not_to_have_text("독서모임")


async def test_the_page_speaks_the_language_of_whom_one_is(visit: Visiting) -> None:
    async with visit() as visitor:
        await visitor.is_now(JUNHO)
        await expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
        await expect(visitor.page).to_have_title("Sosik demo")
        await expect(visitor.page.locator("#people")).to_contain_text("Junho (준호) · member")
        await _has_no_findings(visitor)
