"""The demo as a visitor meets it: the whole stage, and Debian's chromium before it."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from bot.demo.stage import ZONE, open_stage
from bot.demo.web.page import DemoPage
from tests.demo.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from playwright.async_api import Browser

    from bot.demo.stage import Stage

    Visiting = Callable[..., AbstractAsyncContextManager[Visitor]]

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PATIENCE_MS = 60_000


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests."""
    if CHROMIUM is None:
        pytest.skip("no chromium here: apt-get install chromium, or see .ci/run")
    expect.set_options(timeout=PATIENCE_MS)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LD_PRELOAD", raising=False)  # libfaketime takes chromium all of two cores
        playwright = await async_playwright().start()
    running = await playwright.chromium.launch(
        executable_path=CHROMIUM, args=FLAGS, timeout=2 * PATIENCE_MS
    )
    yield running
    await running.close()
    await playwright.stop()


def coming_ten(now: datetime) -> datetime:
    """The next ten in the morning in Seoul: like the demo's opening, never in the past."""
    local = now.astimezone(ZONE)
    ten = local.replace(hour=10, minute=0, second=0, microsecond=0)
    return (ten if ten >= local else ten + timedelta(days=1)).astimezone(UTC)


@pytest.fixture(autouse=True)
def stage_has_time() -> Iterator[None]:
    """The bot is waited for however long a busy machine takes: a visitor would ask again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.demo.stage._LIKE_SECONDS", PATIENCE_MS / 1000)
        patch.setattr("bot.demo.by_hand._OFFER_SECONDS", PATIENCE_MS / 1000)
        yield


@pytest_asyncio.fixture(loop_scope="session")
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The demo at ten in the morning, this test's own: nobody has set or read anything before."""
    page = DemoPage()
    at = coming_ten(datetime.now(UTC))
    async with open_stage(tmp_path / "demo", at=at, routes=page.routes()) as opened:
        page.raise_curtain(opened)
        yield opened
        page.close()


@pytest.fixture
def visit(browser: Browser, stage: Stage) -> Visiting:
    """Open the page in a browser of one's own; at the end, nothing may have gone wrong there."""

    @asynccontextmanager
    async def visiting(**options: Any) -> AsyncIterator[Visitor]:  # noqa: ANN401  # a context's
        settings = {"viewport": DESK, "locale": "ko-KR", "reduced_motion": "reduce", **options}
        context = await browser.new_context(**settings)
        context.set_default_timeout(PATIENCE_MS)
        visitor = Visitor(await context.new_page(), stage)
        await visitor.arrives()
        yield visitor
        await context.close()
        assert visitor.complaints == []

    return visiting
