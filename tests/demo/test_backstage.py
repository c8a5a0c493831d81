"""The panel for the curious: the blog and the clock."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from bot.demo.drafts import DRAFTS
from bot.demo.stage import ZONE
from tests.demo.conftest import DESK, PHONE
from tests.demo.telegram import room_of
from tests.demo.visitor import ADMIN, MINJI

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


async def test_the_form_begins_in_the_title_and_keeps_what_was_typed(visit: Visiting) -> None:
    async with visit() as visitor:
        page, writer = visitor.page, visitor.page.get_by_role("dialog")
        await page.locator("#write").click()
        await expect(writer.get_by_label("제목")).to_be_focused()
        await page.keyboard.type("쓰다 만 글")
        await writer.get_by_label("본문").fill("아직 덜 썼어요.")
        await page.reload()
        await expect(writer.get_by_label("제목")).to_have_value("쓰다 만 글")
        await expect(writer.get_by_label("제목")).to_be_focused()
        await expect(writer.get_by_label("본문")).to_have_value("아직 덜 썼어요.")
        await page.keyboard.press("Escape")
        await expect(page.locator("#write")).to_be_focused()
        await page.locator("#by-hand").click()
        await expect(writer.get_by_label("제목")).to_have_value("")
        await page.keyboard.press("Escape")
        await page.locator("#write").click()
        await expect(writer.get_by_label("제목")).to_have_value("쓰다 만 글")
        await writer.get_by_role("button", name="취소").click()
        await page.reload()
        await expect(page.locator("#publish")).to_be_visible()
        await expect(writer).to_have_count(0)
        await page.locator("#write").click()
        await expect(writer.get_by_label("제목")).to_have_value("")


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
        await expect(page.locator("#by-hand")).to_be_focused()
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
        await expect(visitor.page.locator("#time")).to_contain_text(re.compile("09:0[0-9]"))
        await expect(visitor.answer("오늘의 소식")).to_be_visible()
        await expect(visitor.page.locator("#log .day").last).to_have_text("오늘")
        await expect(visitor.page.locator("#log .day").first).not_to_have_text("오늘")
    local = stage.now().astimezone(ZONE)
    assert local.hour == 9
    assert local.minute < 10


@pytest.mark.parametrize(("viewport", "arrow"), [(PHONE, "ArrowRight"), (DESK, "ArrowDown")])
async def test_the_guides_second_step_opens_a_post_with_reactions_to_choose_from(
    visit: Visiting, viewport: dict[str, int], arrow: str
) -> None:
    """It led to a list whose reactions were out of sight, and count nowhere."""
    async with visit(viewport=viewport, has_touch=viewport is PHONE) as visitor:
        page = visitor.page
        await visitor.goes_to("독서모임")
        await visitor.says("/latest 5")
        await expect(page.locator("#guide .done")).to_have_count(1)
        step = page.locator("#talk .hint, #guide .next").filter(visible=True)
        await step.get_by_role("button", name="여기서 해 보기").click()
        await expect(page.locator("#picker")).to_be_in_viewport(ratio=1)
        await page.keyboard.press(arrow)
        await page.keyboard.press("Enter")
        card = page.locator("article.message.ours", has=page.locator(".pill")).last
        await expect(card.get_by_text("전체 보기")).to_be_visible()
        await expect(page.locator("#guide .done", has_text="반응")).to_have_count(1)
        await visitor.is_told("셌어요")


async def test_the_guide_leads_is_done_by_what_the_bot_shows_and_can_be_closed(
    visit: Visiting, stage: Stage
) -> None:
    async with visit() as visitor:
        guide = visitor.page.locator("#guide")
        await visitor.goes_to("독서모임")
        await guide.get_by_role("button", name="여기서 해 보기").click()
        await expect(visitor.page.locator("#box")).to_have_value("/latest")
        await visitor.page.locator("#box").press("Escape")
        await visitor.page.locator("#box").press("Enter")
        await expect(guide.locator(".done", has_text="/latest")).to_have_count(1)
        said = room_of(stage, "독서모임").bot_messages
        a_list = [card for card in said if card.message.reply_to][-1]
        await stage.community.personas[MINJI].person.reacts(a_list, "🎉")
        await visitor.is_told("세지 않아요")
        await expect(guide.locator(".done", has_text="반응")).to_have_count(0)
        await visitor.says("/post 1")
        await visitor.reacts(visitor.reply_to("/post 1"), "🔥")
        await expect(guide.locator(".done", has_text="반응")).to_have_count(1)
        await visitor.says("/search 금리")
        await expect(guide.locator(".done", has_text="금리")).to_have_count(1)
        await visitor.is_now(ADMIN)
        for text, count in (("/digest_time xyz", 0), ("/digest_time 18:30", 1)):
            await visitor.says(text)
            await expect(visitor.reply_to(text)).to_be_visible()
            await expect(guide.locator(".done", has_text="시각을")).to_have_count(count)
        await visitor.publishes()
        await expect(guide.locator(".done")).to_have_count(5)
        copied = guide.get_by_role("button", name="복사하기: /newbot")
        await copied.click()
        await visitor.is_told("복사했어요")
        await expect(guide.get_by_role("button", name="복사하기")).to_have_count(3)
        await guide.get_by_role("button", name="안내 닫기").click()
        await expect(guide.get_by_role("progressbar")).to_have_count(0)
        await visitor.page.reload()
        await expect(guide.get_by_role("button", name="첫 1분 안내 열기")).to_be_visible()


async def test_hours_go_by_for_everybody(visit: Visiting, stage: Stage) -> None:
    before = stage.now()
    async with visit() as visitor:
        ahead = visitor.page.locator("#clock .chip")
        was = await ahead.inner_text()
        await visitor.page.get_by_role("button", name="+1시간").click()
        await expect(ahead).not_to_have_text(was)
        await expect(ahead).to_contain_text("앞")
        await visitor.goes_to("독서모임")
        await visitor.says("지금 몇 시예요?")
    said = [card for card in room_of(stage, "독서모임").messages if card.text == "지금 몇 시예요?"]
    assert said[-1].message.date >= (before + timedelta(hours=1)).timestamp() - 1


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


async def test_each_draft_is_published_once_and_then_one_writes(
    visit: Visiting, stage: Stage
) -> None:
    async with visit() as visitor:
        drafts = [draft.title for draft in DRAFTS if draft.language == "ko"]
        writer, posts = visitor.page.get_by_role("dialog"), visitor.page.locator(".posts li")
        for _ in range(len(drafts) // 2):
            before = await posts.count()
            await visitor.page.locator("#publish").dblclick()
            await expect(posts).to_have_count(before + 2)
        await visitor.page.locator("#publish").dblclick()
        await expect(writer).to_contain_text("써 둔 글을 모두 올렸어요")
        await writer.get_by_role("button", name="써 둔 글 불러오기").click()
        await expect(writer.locator("#no-drafts")).to_have_count(1)
        await expect(writer.get_by_label("제목")).to_have_value("")
        await writer.get_by_role("button", name="취소").click()
    published = [post.title for post in stage.blog.posts.values()]
    assert sorted(title for title in published if title in drafts) == sorted(drafts)


async def test_a_second_press_of_the_form_is_no_second_post(visit: Visiting, stage: Stage) -> None:
    async with visit() as visitor:
        writer = visitor.page.get_by_role("dialog")
        for button in ("#write", "#by-hand"):
            before = set(stage.blog.posts)
            await visitor.page.locator(button).click()
            await writer.get_by_label("제목").fill(f"두 번 누른 글 {button}")
            await writer.get_by_label("본문").fill("한 번만 올라가요.")
            if button == "#by-hand":
                await writer.get_by_label("한마디").fill("두 번 눌렀어요")
            await writer.locator("button.primary").dblclick()
            await expect(writer).to_be_hidden()
            assert len(set(stage.blog.posts) - before) == 1


PUT_THE_DATE_FORWARD = """(time) => {
  const real = Date.now;
  Date.now = () => real() + 6 * 3_600_000;
  time.textContent = ""; // the next second writes it again
}"""
