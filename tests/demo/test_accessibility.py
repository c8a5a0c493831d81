"""What axe-core finds on the main screens, in both colours, languages and widths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.demo.conftest import DESK, PHONE
from tests.demo.visitor import JUNHO, MINJI, OPERATOR, Visitor

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


@pytest.mark.parametrize(
    ("locale", "title", "other", "other_title"),
    [
        ("en-GB", "Sosik demo", "한국어", "소식 체험판"),
        ("ko-KR", "소식 체험판", "English", "Sosik demo"),
        ("fr-FR", "Sosik demo", "한국어", "소식 체험판"),
    ],
)
async def test_the_page_speaks_the_browsers_language_until_one_chooses(
    visit: Visiting, locale: str, title: str, other: str, other_title: str
) -> None:
    async with visit(locale=locale) as visitor:
        page = visitor.page
        for persona in (JUNHO, OPERATOR, MINJI):
            await visitor.is_now(persona)
            await expect(page).to_have_title(title)
        await page.get_by_role("button", name=other, exact=True).click()
        await expect(page).to_have_title(other_title)
        another = await page.context.new_page()
        await another.goto(page.url)
        await expect(another).to_have_title(other_title)
        await visitor.is_now(JUNHO)
        await expect(page).to_have_title(other_title)
        await _has_no_findings(visitor)


async def test_who_is_who_is_written_beside_each_face(visit: Visiting) -> None:
    for locale, people in PEOPLE.items():
        async with visit(locale=locale) as visitor:
            labels = visitor.page.locator("#people .lines")
            assert [one.split("\n") for one in await labels.all_inner_texts()] == people
            opacities = "(all) => all.map((one) => getComputedStyle(one).opacity)"
            faces = visitor.page.locator("#people .face")
            assert set(await faces.evaluate_all(opacities)) == {"1"}


PEOPLE = {
    "ko-KR": [
        ["민지", "회원"],
        ["준호", "회원"],
        ["관리자"],
        ["익명 관리자"],
        ["운영자"],
        ["윤슬", "글쓴이"],
    ],
    "en-GB": [
        ["Minji", "민지 · member"],
        ["Junho", "준호 · member"],
        ["admin", "관리자"],
        ["anonymous admin"],
        ["operator", "운영자"],
        ["Yunseul", "윤슬 · author"],
    ],
}
