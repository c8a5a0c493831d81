"""Documents that bite: whatever a source sends, members are answered and other sources read on."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from storage import posts, sources
from tests.e2e.conftest import SAMPLE, a_bot, choose
from tests.sources.web import Reply, serving
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Simulator
    from storage.models import Source
    from tests.e2e.conftest import Bot
    from tests.sources.web import Web

HEAD = "<rss version='2.0'><channel><title>나쁜 서재</title>"
ENTITIES = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10))
DOCUMENTS = {
    "/comments": "<!-- -->" * 60 + "x",
    "/lists": f"{HEAD}<item><title>목록</title><link>/1</link><description><![CDATA["
    + "<ul><li>x" * 16_000
    + "]]></description></item></channel></rss>",
    "/scripts": "<html>//slashpage.com" + "<script " * 8_000,
    "/tags": f"{HEAD}{'<x>' * 300_000}",
    "/entities": f'<!DOCTYPE rss [<!ENTITY b0 "ha">{ENTITIES}]>{HEAD}<item><title>&b9;</title>'
    "<description>글</description></item></channel></rss>",
    "/spaces": "\n" * 1_000_000 + "<x",
}
GOOD = f"{HEAD}<item><title>좋은 글</title><link>/2</link><description>글</description></item>"
KEYS = {"/entities": "source.format.entities", "/tags": "source.format.too_hard"}


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with serving() as one:
        for path, document in DOCUMENTS.items():
            one.pages[path] = Reply(document.encode())
        one.pages["/members"] = Reply(
            gzip.compress(b"", mtime=0) * 100_000, headers={"Content-Encoding": "gzip"}
        )
        one.pages["/good"] = Reply(f"{GOOD}</channel></rss>".encode())
        yield one


@pytest.fixture
async def run_bot(sim: Simulator, web: Web, tmp_path: Path) -> AsyncIterator[Bot]:
    bad = " ".join(web.url(path) for path in (*DOCUMENTS, "/members", "/good"))
    async with a_bot(sim, tmp_path, sources=f"{SAMPLE} {bad}", allow_private_sources=True) as bot:
        yield bot


async def polled(bot: Bot) -> dict[str, Source]:
    """What is known of the sources, by the paths of those that were polled."""
    assert bot.running is not None
    async with bot.running.services.database.reader() as db:
        listed = await sources.list_sources(db)
    return {
        "/" + one.address.rpartition("/")[2]: one
        for one in listed
        if one.last_error is not None or one.first_fetched_at is not None
    }


async def test_members_are_answered_while_documents_bite(
    sim: Simulator, run_bot: Bot, web: Web
) -> None:
    reader = sim.user("다온", language="ko")
    group = sim.group("독서모임", members=[reader], bot_admin=True)
    paths = {*DOCUMENTS, "/members", "/good"}
    answered = 0
    while not paths <= set(await polled(run_bot)):
        await reader.says(group, "/help")
        await group.receives("/latest")
        answered += 1
    assert answered
    known = await polled(run_bot)
    assert known["/good"].last_error is None
    for path, key in KEYS.items():
        assert key in (known[path].last_error or "")
    assert all(known[path].last_error for path in paths - {"/good", "/lists"})


async def test_what_swells_stays_small(sim: Simulator, run_bot: Bot, web: Web) -> None:
    assert run_bot.running is not None
    database = run_bot.running.services.database

    async def is_there() -> bool:
        return "/lists" in await polled(run_bot)

    await until(is_there)
    async with database.reader() as db:
        listed = [one for one in await posts.list_newest(db, limit=99) if one.title == "목록"]
    assert listed
    assert len(listed[0].body) < 5 * len(DOCUMENTS["/lists"])
    reader = sim.user("다온", language="ko")
    group = sim.group("독서모임", members=[reader], bot_admin=True)
    await reader.says(group, f"/post {listed[0].id}")
    card = await group.receives("목록")
    await choose(run_bot, group, full_here=True)
    await reader.presses(card, "전체 보기")
    await card.changes()
    assert "1/" in card.text
