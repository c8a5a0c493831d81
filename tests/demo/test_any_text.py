"""Whatever people write, nothing scrolls sideways, is blank, or lies over something else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.demo.conftest import PHONE
from tests.demo.looking import blanks_among, faults_of_place
from tests.demo.telegram import room_of, sends

if TYPE_CHECKING:
    from bot.demo.stage import Stage
    from bot.simulator import Room
    from tests.demo.conftest import Visiting
    from tests.demo.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

SMALL_DESK, LOW = {"width": 1280, "height": 800}, {"width": 1024, "height": 420}
TEXTS = {
    "one": "글",
    "thirty": "가" * 30,
    "endless": "가" * 300,
    "latin": "W" * 300,
    "words": "아주 긴 이름을 가진 " * 30,
    "emoji": "👩‍👩‍👧‍👦❤🏳️‍🌈1️⃣" * 40,
    "right to left": "שלום עולם مرحبا \u202eאבג 123 " * 12,
}
IN_CHATS = ("#chats b", "#chats .preview", "#people .faces .called", "#title")
IN_MESSAGES = (
    "#topics button",
    ".message .name",
    ".quoted b",
    ".quoted span",
    ".message .text",
    ".key span",
    ".origin",
    ".service span",
    ".topic",
    ".file",
    ".page b",
    ".page .first-lines",
)
IN_PANEL = (".posts b", ".posts .chip", ".calls .where", ".calls .gist", "#publish", "#write")


@pytest.mark.parametrize("viewport", [PHONE, SMALL_DESK], ids=["phone", "desk"])
async def test_a_text_of_any_length_has_its_place(
    visit: Visiting, stage: Stage, viewport: dict[str, int]
) -> None:
    if stage.bot.is_running:
        await stage.bot.kill()  # nothing arrives while one looks
    found = []
    for which, text in TEXTS.items():
        await _everything_is_called(stage, text)
        async with visit(viewport=viewport) as visitor:
            faults = [*await _in_chats(visitor, text), *await _in_the_panel(visitor)]
        found += [f"{which}: {fault}" for fault in faults]
    assert not found, "\n".join(found)


async def _everything_is_called(stage: Stage, text: str) -> None:
    """People, chats, topics, posts, and a message of each kind bear the text."""
    community = stage.community
    for persona in community.personas:
        persona.person.user.first_name, persona.person.user._json = text, None
    stage.community = replace(
        community,
        personas=tuple(replace(one, names=(text, text)) for one in community.personas),
    )
    stage.sim.world.bot.first_name = text
    for place in community.places:
        if place.room is not None:
            place.room.chat.title, place.room.chat._json = text, None
            for topic in place.room.chat.topics.values():
                topic.name = text
    stage.blog.publish(text, text)
    stage.tell()
    await _is_said(stage, text)


async def _is_said(stage: Stage, text: str) -> None:
    person = stage.community.personas[1].person
    forum, channel = _forum(stage), _channel(stage)
    post = next(reversed(stage.blog.posts))
    said = await person.says(forum, text)
    await person.says(forum, f"/{text.split(maxsplit=1)[0]}", reply_to=said)
    await person.forwards(said, forum)
    made = {"forum_topic_created": {"name": text, "icon_color": 0}}
    stage.sim.world.post(forum.chat, made, sender=person.user, is_service=True)
    operator = stage.community.operator
    written = await operator.as_channel(channel).says(channel, text)
    written.message.signature = text
    keys = [[{"text": text, "callback_data": "x"}, {"text": text, "callback_data": "y"}]] * 2
    topic = next(iter(forum.chat.topics))
    sent = await sends(
        stage,
        "sendMessage",
        forum,
        text=f'{text} <a href="{stage.blog.address_of(post)}">{text}</a>',
        parse_mode="HTML",
        message_thread_id=topic,
        reply_markup={"inline_keyboard": keys},
        link_preview_options={"url": stage.blog.address_of(post)},
    )
    answered = forum.chat.messages[sent["message_id"]]
    answered.via_bot = stage.sim.world.bot
    document = {"file_id": "none", "file_name": text}
    stage.sim.world.post(forum.chat, {"document": document}, sender=person.user)
    await person.says(forum, "끝")
    await person.reacts(said, "👍")


def _forum(stage: Stage) -> Room:
    return room_of(stage, "큰모임")


def _channel(stage: Stage) -> Room:
    return room_of(stage, "채널")


async def _in_chats(visitor: Visitor, text: str) -> list[str]:
    page = visitor.page
    faults = await faults_of_place(page)
    faults += await blanks_among(page, *IN_CHATS[: 3 if visitor.is_phone else 4])
    for room in (_channel(visitor.stage), _forum(visitor.stage)):
        await visitor.leaves()
        await page.locator(f'#chats [data-chat="{room.id}"]').click()
        faults += await faults_of_place(page)
        if room.chat.is_channel:
            faults += await blanks_among(page, ".signature")
    faults += await blanks_among(page, "#title", *IN_MESSAGES)
    await visitor.chooses("reply", visitor.message("끝"))
    await page.locator("#box").fill(text)
    faults += await faults_of_place(page)
    faults += await blanks_among(page, "#banner b")
    await page.locator("#box").fill("")
    await page.get_by_role("button", name="그만두기").click()
    return faults


async def _in_the_panel(visitor: Visitor) -> list[str]:
    page = visitor.page
    await visitor.goes_backstage()
    await expect(page.locator(".posts li").first).to_be_visible()
    faults = await faults_of_place(page)
    faults += await blanks_among(page, *IN_PANEL)
    await page.locator(".calls summary").first.click()
    return faults + await faults_of_place(page)


@pytest.mark.parametrize("viewport", [PHONE, SMALL_DESK, LOW], ids=["phone", "desk", "low"])
async def test_the_page_itself_never_scrolls(visit: Visiting, viewport: dict[str, int]) -> None:
    async with visit(viewport=viewport) as visitor:
        assert await faults_of_place(visitor.page) == []
        await visitor.page.locator("#chats button").last.click()
        assert await faults_of_place(visitor.page) == []
