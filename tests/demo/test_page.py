"""What the page shows of what the bot sends, and what one can do with it."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.demo.telegram import message_of, room_of, sends
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
        await visitor.chooses("reply", photo)
        await visitor.says("멋져요")
        await expect(visitor.message("멋져요").locator(".quoted")).to_contain_text("그림")
        await visitor.page.locator("#box").press("ArrowUp")
        await visitor.says("아주 멋져요")
        await expect(visitor.message("아주 멋져요").locator(".edited")).to_have_text("수정됨")
        await visitor.page.get_by_role("button", name="# 잡담").click()
        await expect(visitor.message("아주 멋져요")).to_have_count(0)
        await visitor.page.get_by_role("button", name="# 뉴스").click()
        mine = visitor.message("아주 멋져요")
        await visitor.chooses("remove", mine)
        await expect(mine).to_have_count(0)


async def test_a_link_is_previewed_as_telegram_does_unless_that_is_disabled(
    visit: Visiting, stage: Stage
) -> None:
    posts = [stage.blog.publish(f"미리 보는 {n}", f"- **첫** 줄 {n}\n\n" * 99) for n in (1, 2)]
    first, second = (stage.blog.address_of(post.number) for post in posts)
    group = room_of(stage, "독서모임")
    cases: dict[str, tuple[dict[str, Any], list[str]]] = {
        "가려진 링크": ({"is_disabled": True}, []),
        "다른 링크": ({"url": second}, ["미리 보는 2"]),
        "위의 링크": ({"show_above_text": True}, ["미리 보는 1"]),
        "그냥 링크": ({}, ["미리 보는 1"]),
    }
    for words, (options, _) in cases.items():
        text = f"{words} <a href='{first}'>하나</a> <a href='{second}'>둘</a>"
        preview = {"parse_mode": "HTML", "link_preview_options": options}
        await sends(stage, "sendMessage", group, text=text, **preview)
    stage.tell()
    async with visit() as visitor:
        await visitor.goes_to("독서모임")
        for words, (options, titles) in cases.items():
            shown = visitor.answer(words)
            await expect(shown.locator(".page b")).to_have_text(titles)
            is_above = ".page + .text" if "show_above_text" in options else ".text + .page"
            await expect(shown.locator(is_above)).to_have_count(len(titles))
        block = visitor.answer("그냥 링크").locator(".page")
        await expect(block.locator(".site")).to_have_text("새벽의 서재")
        await expect(block.locator(".first-lines")).to_contain_text("첫 줄 1 첫 줄 1")
        await expect(block).to_have_attribute("href", first)
        stage.blog.remove(posts[0].number)
        stage.tell()
        await expect(visitor.page.locator(".posts b", has_text="미리 보는 1")).to_have_count(0)
        await visitor.reacts(visitor.answer("그냥 링크"), "❤")
        await expect(visitor.answer("그냥 링크").locator(".pill")).to_have_count(1)
        await expect(block.locator("b")).to_have_text("미리 보는 1")
        assert await _fonts_of(visitor, ".pill .emoji") == {"Noto Color Emoji"}
        await visitor.chooses("react", visitor.answer("그냥 링크"))
        assert await _fonts_of(visitor, "#picker button") == {"Noto Color Emoji"}


async def _fonts_of(visitor: Visitor, selector: str) -> set[str]:
    """The fonts that draw the texts of all of these, as the browser tells its developers."""
    session = await visitor.page.context.new_cdp_session(visitor.page)
    for domain in ("DOM", "CSS"):
        await session.send(f"{domain}.enable")
    root = (await session.send("DOM.getDocument"))["root"]["nodeId"]
    query = {"nodeId": root, "selector": selector}
    fonts: set[str] = set()
    for node in (await session.send("DOM.querySelectorAll", query))["nodeIds"]:
        used = await session.send("CSS.getPlatformFontsForNode", {"nodeId": node})
        fonts |= {font["familyName"] for font in used["fonts"]}
    return fonts


async def test_a_reaction_is_added_changed_and_withdrawn_and_others_see_whose(
    visit: Visiting, stage: Stage
) -> None:
    group = room_of(stage, "독서모임")
    sent = await sends(stage, "sendMessage", group, text="반응해 봐요")
    said = message_of(group, sent)
    async with visit() as visitor:
        await visitor.goes_to("독서모임")
        card = visitor.answer("반응해 봐요")
        await visitor.reacts(card, "👍")
        await expect(card.get_by_role("button", name="👍 1: 민지")).to_be_visible()
        await visitor.reacts(card, "🎉")
        await expect(card.locator(".pill")).to_have_count(1)
        junho = stage.community.personas[1].person
        await junho.reacts(said, "🎉")
        await expect(card.get_by_role("button", name="🎉 2: 민지, 준호")).to_be_visible()
        await card.get_by_role("button", name="🎉 2: 민지, 준호").click()
        await expect(card.get_by_role("button", name="🎉 1: 준호")).to_be_visible()
    assert list(said.message.reactions) == [junho.id]


async def test_what_may_be_done_with_a_message_stays_when_others_change_the_message(
    visit: Visiting, stage: Stage
) -> None:
    group = room_of(stage, "독서모임")
    sent = await sends(stage, "sendMessage", group, text="같이 반응해요")
    said = message_of(group, sent)
    junho = stage.community.personas[1].person
    async with visit() as visitor:
        await visitor.goes_to("독서모임")
        card = visitor.answer("같이 반응해요")
        react = card.locator("[data-action=react]")
        await card.focus()
        await visitor.page.locator("#box").focus()
        await junho.reacts(said, "👍")
        await expect(card.get_by_role("button", name="👍 1: 준호")).to_be_visible()
        await expect(react).to_have_count(1)
        await card.focus()
        await react.focus()
        await visitor.page.keyboard.press("Enter")
        await junho.reacts(said, "🎉")
        await expect(card.get_by_role("button", name="🎉 1: 준호")).to_be_visible()
        party = visitor.page.locator("#picker").get_by_role("button", name="🎉", exact=True)
        await party.press("Enter")
        await expect(card.get_by_role("button", name="🎉 2: 준호, 민지")).to_be_visible()
        await expect(react).to_be_focused()
        await visitor.page.keyboard.press("Enter")
        await expect(party).to_have_attribute("aria-pressed", "true")
        await visitor.page.keyboard.press("Escape")
        await expect(react).to_be_focused()


async def test_who_is_at_a_button_that_goes_is_at_its_message_afterwards(
    visit: Visiting, stage: Stage
) -> None:
    group = room_of(stage, "독서모임")
    keys = [[{"text": text, "callback_data": text} for text in ("하나", "둘")]]
    markup = {"inline_keyboard": keys}
    sent = await sends(stage, "sendMessage", group, text="둘 가운데", reply_markup=markup)
    async with visit() as visitor:
        await visitor.goes_to("독서모임")
        card = visitor.answer("둘 가운데")
        await card.focus()
        await card.get_by_role("button", name="둘").focus()
        number = {"message_id": sent["message_id"]}
        await sends(stage, "editMessageText", group, text="둘 가운데 하나", **number)
        await expect(card).to_contain_text("둘 가운데 하나")
        await expect(card).to_be_focused()


async def test_what_was_refused_is_still_there_where_it_was_written(visit: Visiting) -> None:
    async with visit() as visitor:
        page, box = visitor.page, visitor.page.locator("#box")
        await visitor.goes_to("독서모임")
        await visitor.says("처음 한 말")
        await expect(visitor.message("처음 한 말")).to_be_visible()
        await box.fill("쓰던 말")
        await visitor.chooses("edit", visitor.message("처음 한 말"))
        await expect(box).to_have_value("처음 한 말")
        await box.press("Escape")
        await expect(box).to_have_value("쓰던 말")
        await page.route("**/demo/act", lambda route: route.abort())
        await box.press("Enter")
        await expect(box).to_have_value("쓰던 말")
        await visitor.chooses("edit", visitor.message("처음 한 말"))
        await box.fill("고쳐 쓴 말")
        await box.press("Enter")
        await expect(page.locator("#banner b")).to_be_visible()
        await expect(box).to_have_value("고쳐 쓴 말")
        visitor.complaints.clear()


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


async def test_what_is_being_written_is_still_there_when_the_page_is_opened_again(
    visit: Visiting,
) -> None:
    async with visit() as visitor:
        page, box = visitor.page, visitor.page.locator("#box")
        await visitor.goes_to("독서모임")
        await box.fill("쓰다 만 말")
        await visitor.goes_to("큰모임")
        await expect(box).to_have_value("")
        await page.reload()
        await expect(page.locator("#title")).to_have_text("큰모임")
        await visitor.goes_to("독서모임")
        await expect(box).to_have_value("쓰다 만 말")
        await page.reload()
        await expect(box).to_have_value("쓰다 만 말")
        await box.press("Enter")
        await expect(visitor.message("쓰다 만 말")).to_be_visible()
        await box.press("ArrowUp")
        await expect(box).to_have_value("쓰다 만 말")
        await page.reload()
        await expect(page.locator("#title")).to_have_text("독서모임")
        await expect(box).to_have_value("")
        assert await page.evaluate("sessionStorage.drafts") == "{}"


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


async def test_a_press_counts_though_something_arrives_before_it_is_let_go(
    visit: Visiting, stage: Stage
) -> None:
    """The list of chats was drawn anew under the pointer, and nothing was pressed."""
    junho = stage.community.personas[1].person
    async with visit() as visitor:
        await visitor.goes_to("독서모임")
        await visitor.chat("큰모임").hover()
        await visitor.page.mouse.down()
        await junho.says(room_of(stage, "독서모임"), "지금 왔어요")
        await expect(visitor.message("지금 왔어요")).to_be_visible()
        await visitor.page.evaluate(TWO_FRAMES)
        await visitor.page.mouse.up()
        await expect(visitor.page.locator("#title")).to_have_text("큰모임")
        preview = visitor.chat("독서모임").locator(".preview")
        await expect(preview).to_have_text("준호: 지금 왔어요")


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


TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
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
