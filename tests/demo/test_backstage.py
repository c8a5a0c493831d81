"""The panel for the curious: the blog and the clock."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from bot.demo.stage import ZONE
from tests.demo.conftest import DESK, PHONE
from tests.demo.telegram import room_of

if TYPE_CHECKING:
    from bot.demo.stage import Stage
    from tests.demo.conftest import Visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_post_is_written_arrives_is_edited_in_place_and_marked_when_removed(
    visit: Visiting, stage: Stage
) -> None:
    async with visit() as visitor:
        page = visitor.page
        await visitor.goes_to("소식 채널")
        await page.get_by_role("button", name="직접 쓰기").click()
        await page.get_by_label("제목").fill("처음 쓴 글")
        await page.get_by_label("본문").fill("한 문단이에요.\n\n- 하나\n- 둘")
        await page.get_by_role("dialog").get_by_role("button", name="올리기").click()
        await expect(visitor.answer("처음 쓴 글")).to_be_visible()
        await page.get_by_role("button", name="고치기: 처음 쓴 글").click()
        await page.get_by_label("제목").fill("다시 쓴 글")
        await page.get_by_role("dialog").get_by_role("button", name="고치기").click()
        await expect(visitor.answer("다시 쓴 글").locator(".edited")).to_be_visible()
        await expect(visitor.answer("처음 쓴 글")).to_have_count(0)
        await page.get_by_role("button", name="지우기: 다시 쓴 글").click()
        await expect(page.get_by_role("button", name="지우기: 다시 쓴 글")).to_have_count(0)
    assert "다시 쓴 글" not in {post.title for post in stage.blog.posts.values()}


@pytest.mark.parametrize("viewport", [PHONE, DESK])
async def test_the_author_publishes_with_a_few_words_which_stand_above_the_post(
    visit: Visiting, viewport: dict[str, int]
) -> None:
    async with visit(viewport=viewport) as visitor:
        page = visitor.page
        await visitor.goes_backstage()
        await page.get_by_role("button", name="한마디와 함께 올리기").click()
        await page.get_by_label("제목").fill("손으로 올린 글")
        await page.get_by_label("본문").fill("서점 주인에게 장부를 보여 달라고 했습니다.")
        await page.get_by_label("한마디", exact=True).fill("꼭 읽어 보세요")
        await page.get_by_role("dialog").get_by_role("button", name="올리기", exact=True).click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await visitor.goes_to("소식 채널")
        shown = visitor.answer("손으로 올린 글").last
        await expect(shown.locator("blockquote")).to_have_text("꼭 읽어 보세요\n— 윤슬")


async def test_the_clock_goes_to_the_next_digest_which_then_comes(
    visit: Visiting, stage: Stage
) -> None:
    async with visit() as visitor:
        await visitor.publishes()
        title = await visitor.page.locator(".posts li b").first.inner_text()
        await visitor.goes_to("독서모임")
        await expect(visitor.answer(title)).to_be_visible()
        await visitor.page.get_by_role("button", name="다음 모아 보기까지").click()
        await expect(visitor.page.locator("#time")).to_contain_text("09:00")
        await expect(visitor.answer("오늘의 소식")).to_be_visible()
        await expect(visitor.page.locator("#log .day").last).to_have_text("오늘")
        await expect(visitor.page.locator("#log .day").first).not_to_have_text("오늘")
    local = stage.now().astimezone(ZONE)
    assert (local.hour, local.minute) == (9, 0)


async def test_the_guide_leads_is_done_by_doing_and_can_be_closed(visit: Visiting) -> None:
    async with visit() as visitor:
        guide = visitor.page.locator("#guide")
        await guide.get_by_role("button", name="여기서 해 보기").click()
        await expect(visitor.page.locator("#box")).to_have_value("/latest")
        await visitor.page.locator("#box").press("Escape")
        await visitor.page.locator("#box").press("Enter")
        await expect(guide.locator(".done", has_text="/latest")).to_have_count(1)
        await guide.get_by_role("button", name="안내 닫기").click()
        await expect(guide.get_by_role("progressbar")).to_have_count(0)
        await visitor.page.reload()
        await expect(guide.get_by_role("button", name="첫 1분 안내 열기")).to_be_visible()


async def test_hours_go_by_for_everybody(visit: Visiting, stage: Stage) -> None:
    before = stage.now()
    async with visit() as visitor:
        await visitor.page.get_by_role("button", name="+1시간").click()
        await expect(visitor.page.locator("#clock .chip")).to_contain_text("앞")
        await visitor.goes_to("독서모임")
        await visitor.says("지금 몇 시예요?")
    said = room_of(stage, "독서모임").messages[-1]
    assert said.message.date >= (before + timedelta(hours=1)).timestamp() - 1


async def test_a_clock_that_is_behind_is_told_too(visit: Visiting, stage: Stage) -> None:
    back = stage.offset_seconds + 7200
    stage.sim.clock.advance(-back)
    try:
        async with visit() as visitor:
            await expect(visitor.page.locator("#clock .chip")).to_have_text("실제보다 2시간 뒤")
    finally:
        stage.sim.clock.advance(back)


async def test_the_time_is_the_stages_whatever_becomes_of_the_browsers_date(
    visit: Visiting, stage: Stage
) -> None:
    async with visit() as visitor:
        time = visitor.page.locator("#time")
        await time.evaluate(PUT_THE_DATE_FORWARD)
        local = stage.now().astimezone(ZONE)
        soon = (local, local + timedelta(minutes=1))
        await expect(time).to_contain_text(re.compile("|".join(f"{at:%H:%M}" for at in soon)))


PUT_THE_DATE_FORWARD = """(time) => {
  const real = Date.now;
  Date.now = () => real() + 6 * 3_600_000;
  time.textContent = ""; // the next second writes it again
}"""
