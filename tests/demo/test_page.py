"""What the page shows of what the bot sends, and what one can do with it."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.demo.telegram import room_of, sends
from tests.demo.visitor import ADMIN, OPERATOR, Visitor

if TYPE_CHECKING:
    from bot.demo.stage import Stage
    from tests.demo.conftest import Visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
QUOTE = "\n".join(f"{line}번째 줄" for line in range(1, 9))


async def test_formatting_links_and_quotes_look_as_in_a_messenger(
    visit: Visiting, stage: Stage
) -> None:
    async with visit() as visitor:
        await visitor.goes_to("독서모임")
        html = (
            "<b>굵게 <i>기울여</i></b> <u>밑줄</u> <s>지움</s> <code>코드</code>"
            "<pre><code class='language-python'>print(1)</code></pre>"
            "<tg-spoiler>비밀</tg-spoiler> <a href='http://127.0.0.1:1/x'>링크</a> "
            f"@sosik /help\n<blockquote expandable>{QUOTE}</blockquote>서식의 끝"
        )
        await sends(stage, "sendMessage", room_of(stage, "독서모임"), text=html, parse_mode="HTML")
        text = visitor.answer("서식의 끝").locator(".text")
        await expect(text.locator("b i")).to_have_text("기울여")
        for tag, words in {"u": "밑줄", "s": "지움", "code": "코드", "pre": "print(1)"}.items():
            await expect(text.locator(tag).first).to_have_text(words)
        link = text.get_by_role("link", name="링크")
        await expect(link).to_have_attribute("rel", "noopener noreferrer")
        await _hides_and_shows(visitor)
        await text.get_by_role("button", name="@sosik").click()
        await expect(visitor.page.locator("#title")).to_have_text("소식 채널")


async def _hides_and_shows(visitor: Visitor) -> None:
    text = visitor.answer("서식의 끝").locator(".text")
    await text.get_by_role("button", name="가려진 말 보기").click()
    await expect(text.get_by_text("비밀")).to_be_visible()
    folded = await text.locator("blockquote").bounding_box()
    await text.get_by_role("button", name="더 보기").click()
    unfolded = await text.locator("blockquote").bounding_box()
    assert folded is not None
    assert unfolded is not None
    assert unfolded["height"] > folded["height"] + 50
    await expect(text.get_by_role("button", name="접기")).to_be_visible()


async def test_photos_edits_replies_topics_and_deletions_are_seen(
    visit: Visiting, stage: Stage
) -> None:
    forum = room_of(stage, "큰모임")
    news = next(topic for topic in forum.chat.topics.values() if topic.name == "뉴스")
    async with visit() as visitor:
        await visitor.goes_to("큰모임")
        await sends(
            stage, "sendPhoto", forum, photo=PIXEL, caption="그림", message_thread_id=news.id
        )
        photo = visitor.answer("그림")
        await expect(photo.locator("img")).to_have_js_property("naturalWidth", 1)
        await expect(photo.locator(".topic")).to_have_text("# 뉴스")
        await photo.hover()
        await photo.locator("[data-action=reply]").click()
        await visitor.says("멋져요")
        await expect(visitor.message("멋져요").locator(".quoted")).to_contain_text("그림")
        await visitor.page.locator("#box").press("ArrowUp")
        await visitor.says("아주 멋져요")
        await expect(visitor.message("아주 멋져요").locator(".edited")).to_have_text("수정됨")
        await visitor.page.get_by_role("button", name="# 잡담").click()
        await expect(visitor.message("아주 멋져요")).to_have_count(0)
        await visitor.page.get_by_role("button", name="# 뉴스").click()
        mine = visitor.message("아주 멋져요")
        await mine.hover()
        await mine.locator("[data-action=remove]").click()
        await expect(mine).to_have_count(0)


async def test_a_reaction_is_added_changed_and_withdrawn_and_others_see_whose(
    visit: Visiting, stage: Stage
) -> None:
    group = room_of(stage, "독서모임")
    sent = await sends(stage, "sendMessage", group, text="반응해 봐요")
    async with visit() as visitor:
        await visitor.goes_to("독서모임")
        card = visitor.answer("반응해 봐요")
        await visitor.reacts(card, "👍")
        await expect(card.get_by_role("button", name="👍 1: 민지")).to_be_visible()
        await visitor.reacts(card, "🎉")
        await expect(card.locator(".pill")).to_have_count(1)
        junho = stage.community.personas[1].person
        await junho.reacts(group.messages[-1], "🎉")
        await expect(card.get_by_role("button", name="🎉 2: 민지, 준호")).to_be_visible()
        await card.get_by_role("button", name="🎉 2: 민지, 준호").click()
        await expect(card.get_by_role("button", name="🎉 1: 준호")).to_be_visible()
    assert list(group.chat.messages[sent["message_id"]].reactions) == [junho.id]


async def test_the_box_offers_what_the_bot_registered_for_this_person_here(
    visit: Visiting,
) -> None:
    async with visit() as visitor:
        await visitor.goes_to("독서모임")
        await visitor.page.get_by_role("button", name="명령 목록").click()
        options = visitor.page.get_by_role("option")
        await expect(options.first).to_contain_text("/start")
        await expect(options.filter(has_text="/settings")).to_have_count(0)
        await visitor.is_now(OPERATOR)
        await visitor.page.locator("#box").fill("/set")
        await expect(options).to_have_count(1)
        await expect(options).to_contain_text("/settings")
        await visitor.page.get_by_role("button", name="English").click()
        await visitor.page.locator("#box").fill("/la")
        await expect(options.first).to_contain_text("newest posts")
        await visitor.page.locator("#box").press("Tab")
        await expect(visitor.page.locator("#box")).to_have_value("/latest ")


async def test_inline_results_stand_over_the_box_and_are_sent_via_the_bot(
    visit: Visiting,
) -> None:
    async with visit() as visitor:
        await visitor.goes_to("독서모임")
        await visitor.page.locator("#box").fill("@sosik_bot 금리")
        found = visitor.page.get_by_role("option").first
        await expect(found).to_contain_text("금리")
        await visitor.page.locator("#box").press("Enter")
        await expect(visitor.page.locator(".origin")).to_have_text("@sosik_bot 봇으로")


async def test_the_private_chat_begins_with_start_and_the_channel_is_for_reading(
    visit: Visiting,
) -> None:
    async with visit() as visitor:
        await visitor.goes_to("소식")
        await visitor.page.get_by_role("button", name="시작", exact=True).click()
        await expect(visitor.answer("안녕하세요")).to_be_visible()
        await expect(visitor.page.locator("#box")).to_be_visible()
        await visitor.goes_to("소식 채널")
        await expect(visitor.page.get_by_text("관리자만 글을 올려요")).to_be_visible()
        await visitor.is_now(ADMIN)
        await visitor.says("공지예요")
        await expect(visitor.message("공지예요")).to_be_visible()


async def test_somebody_elses_message_is_unread_until_one_looks(
    visit: Visiting, stage: Stage
) -> None:
    junho = stage.community.personas[1].person
    async with visit() as visitor:
        await visitor.goes_to("큰모임")
        await visitor.goes_to("독서모임")
        for text in ("하나", "둘"):
            await junho.says(room_of(stage, "큰모임"), text)
        item = visitor.chat("큰모임")
        await expect(item.locator(".badge")).to_contain_text("2")
        await expect(item.locator(".preview")).to_have_text("준호: 둘")
        await visitor.goes_to("큰모임")
        await expect(item.locator(".badge")).to_have_count(0)


async def test_a_thousand_messages_scroll_by_a_few_at_a_time(visit: Visiting, stage: Stage) -> None:
    group = room_of(stage, "소식 이야기")
    people = [persona.person for persona in stage.community.personas[:2]]
    for number in range(1000):
        await people[number % 2].says(group, f"{number}번째 이야기. " * (1 + number % 7))
    async with visit() as visitor:
        await visitor.goes_to("소식 이야기")
        await expect(visitor.message("999번째")).to_be_visible()
        page = visitor.page
        first = page.locator("article", has_text="소식 채널을 열었어요")
        await page.evaluate(WATCH_DRAWING)
        await page.locator("#scroller").hover()
        while not await first.count():
            await page.mouse.wheel(0, -4000)
            await asyncio.sleep(0.01)
        await expect(first).to_be_visible()
        await expect(page.locator("article.message")).to_have_count(len(group.messages))
        most = await page.evaluate("Math.max(...window.drawnAtOnce)")
        await page.get_by_role("button", name="맨 아래로").click()
        await expect(visitor.message("999번째")).to_be_in_viewport()
    assert 0 < most <= MOST_DRAWN_AT_ONCE


MOST_DRAWN_AT_ONCE = 60
WATCH_DRAWING = """() => {
  window.drawnAtOnce = [];
  const isMessage = (node) => node.matches?.("article.message");
  const note = (changes) => {
    const added = changes.flatMap((one) => [...one.addedNodes]).filter(isMessage);
    window.drawnAtOnce.push(added.length);
  };
  new MutationObserver(note).observe(document.body, { childList: true, subtree: true });
}"""
