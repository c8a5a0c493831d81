"""Somebody before the demo's page, who sees to it that nothing goes wrong behind it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import TimeoutError as NotThere
from playwright.async_api import expect

from tests.waiting import until

if TYPE_CHECKING:
    from playwright.async_api import ConsoleMessage, Error, Locator, Page, Request

    from bot.demo.stage import Stage

PHONE_WIDTH = 390
MINJI, JUNHO, ADMIN, _, OPERATOR = range(5)
"""Whom one can be, in the page's order."""
_TRIES = 30
_MOVED_MS = 10_000
_LOUD = frozenset({"error", "warning"})
_KEEP_TOASTS = """window.toasted = [];
new MutationObserver((changes) => {
  for (const { addedNodes } of changes)
    for (const one of addedNodes) if (one.matches?.(".toast")) window.toasted.push(one.textContent);
}).observe(document, { childList: true, subtree: true });
"""
"""A toast goes after three seconds, in which a busy machine may not have looked once."""


class Visitor:
    """A page and the stage that it shows; `complaints` is what a browser's console would say."""

    def __init__(self, page: Page, stage: Stage) -> None:
        self.page = page
        self.stage = stage
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", self._fail)
        page.on("request", self._check)

    @property
    def is_phone(self) -> bool:
        size = self.page.viewport_size
        return size is not None and size["width"] <= PHONE_WIDTH

    async def arrives(self) -> None:
        await self.page.add_init_script(_KEEP_TOASTS)
        await self.page.goto(f"{self.stage.sim.url}/")
        await expect(self.page.locator("body.ready")).to_be_visible()

    async def goes_to(self, title: str) -> None:
        await self.leaves()
        await self.chat(title).click()
        await expect(self.page.locator("#title")).to_have_text(title)

    async def leaves(self) -> None:
        """On a phone: back to the list of chats."""
        if not self.is_phone:
            return
        for button in ("#leave-panel", "#leave"):
            if await self.page.locator(button).is_visible():
                await self.page.locator(button).click()

    async def is_now(self, persona: int) -> None:
        await self.leaves()
        await self.page.locator(f"#person{persona}").check()

    async def goes_backstage(self) -> None:
        if self.is_phone:
            await self.leaves()
            await self.page.locator("#side [data-go=panel]").click()

    async def says(self, text: str) -> None:
        await self.page.locator("#box").fill(text)
        await self.page.locator("#box").press("Enter")
        await expect(self.page.locator("#box")).to_have_value("")

    async def chooses(self, action: str, message: Locator) -> None:
        """Point at a message, and press what may be done with it.

        What arrives meanwhile moves the messages away under the pointer, and the actions go to
        the one that comes there: then this is done again, as anybody would.
        """
        for _ in range(_TRIES):
            await message.hover(position={"x": 60, "y": 12})
            with suppress(NotThere):
                return await message.locator(f"[data-action={action}]").click(timeout=_MOVED_MS)
        pytest.fail(f"{action} was never there to be pressed")

    async def reacts(self, message: Locator, emoji: str) -> None:
        await self.chooses("react", message)
        await self.page.locator("#picker").get_by_role("button", name=emoji, exact=True).click()

    async def publishes(self) -> None:
        await self.goes_backstage()
        await self.page.locator("#publish").click()
        await expect(self.page.locator(".posts li")).not_to_have_count(0)

    async def is_told(self, text: str) -> None:
        """Wait until a toast has said this, which may have gone since; each is told of once."""

        async def said() -> bool:
            toasts: list[str] = await self.page.evaluate("window.toasted.splice(0)")
            return any(text in one for one in toasts)

        await until(said)

    def chat(self, title: str) -> Locator:
        return self.page.locator("#chats button").filter(
            has=self.page.locator("b").get_by_text(title, exact=True)
        )

    def message(self, text: str) -> Locator:
        """The newest message with these words."""
        return self.page.locator("article.message", has_text=text).last

    def answer(self, text: str) -> Locator:
        """The newest message of the bot with these words."""
        return self.page.locator("article.message.ours", has_text=text).last

    def reply_to(self, text: str) -> Locator:
        """The bot's newest answer to a message with these words."""
        quoted = self.page.locator(".quoted span").get_by_text(text, exact=True)
        return self.page.locator("article.message.ours").filter(has=quoted).last

    def key(self, label: str) -> Locator:
        """The newest button of a message with this label."""
        return self.page.locator(".key").filter(has_text=label).last

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in _LOUD:
            self.complaints.append(f"{message.type}: {message.text} {message.location}")

    def _fail(self, error: Error) -> None:
        self.complaints.append(f"exception: {error}")

    def _check(self, request: Request) -> None:
        ours = (self.stage.sim.url, self.stage.blog.address, "data:", "blob:")
        if not request.url.startswith(ours):
            self.complaints.append(f"left loopback: {request.url}")
