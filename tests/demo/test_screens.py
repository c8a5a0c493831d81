"""The pictures in docs/images, taken by `SCREENSHOTS=1 pytest tests/demo/test_screens.py`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.demo.conftest import PHONE
from tests.demo.telegram import room_of
from tests.demo.visitor import JUNHO, MINJI, Visitor

if TYPE_CHECKING:
    from bot.demo.stage import Stage
    from bot.simulator.people.cards import Card
    from tests.demo.conftest import Visiting

IMAGES = Path(__file__).parents[2] / "docs" / "images"
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif("SCREENSHOTS" not in os.environ, reason="pictures only when asked for"),
]


async def _is_pictured(visitor: Visitor, name: str) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    await visitor.page.mouse.move(4, 4)
    await visitor.page.wait_for_timeout(300)
    await visitor.page.screenshot(path=IMAGES / f"{name}.png")


async def test_the_main_screens_are_pictured(visit: Visiting, stage: Stage) -> None:
    async with visit(viewport={"width": 1440, "height": 900}) as visitor:
        await visitor.says("/search 금리")
        await expect(visitor.answer("금리가 오르면")).to_be_visible()
        await _is_pictured(visitor, "search")
        await visitor.publishes()
        await expect(visitor.page.locator(".posts .chip.good")).not_to_have_count(0)
        card = visitor.answer("알림을 끄고")
        await expect(card).to_be_visible()
        await visitor.reacts(card, "🔥")
        await stage.community.personas[JUNHO].person.reacts(_card(stage), "🔥")
        await stage.community.personas[2].person.reacts(_card(stage), "👍")
        await expect(card.get_by_role("button", name="🔥 2")).to_be_visible()
        await _is_pictured(visitor, "demo")
    async with visit(viewport={"width": 1440, "height": 900}, color_scheme="dark") as visitor:
        await visitor.goes_to("소식 채널")
        await visitor.page.get_by_role("button", name="느리게").click()
        await visitor.page.get_by_role("button", name="kill -9").click()
        await _is_pictured(visitor, "dark")
        await visitor.page.get_by_role("button", name="느리게").click()
        await visitor.page.get_by_role("button", name="다시 켜기").click()
    async with visit(viewport=PHONE, device_scale_factor=2, has_touch=True) as visitor:
        await _is_pictured(visitor, "phone-chats")
        await visitor.is_now(MINJI)
        await visitor.goes_to("독서모임")
        await _is_pictured(visitor, "phone-chat")
        await visitor.goes_backstage()
        await _is_pictured(visitor, "phone-backstage")


def _card(stage: Stage) -> Card:
    return room_of(stage, "독서모임").bot_messages[-1]
