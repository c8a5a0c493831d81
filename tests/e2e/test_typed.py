"""What members type is read as they write it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

import pytest

from bot.sources.addresses import link_key
from storage.models import NewPost, SourceId
from tests.e2e.test_pushing import CLOCK, database_of
from tests.storage.rows import keep_post

if TYPE_CHECKING:
    from bot.simulator import Simulator
    from tests.e2e.conftest import Bot

LINKS = ("https://blog.example/posts/1", "https://blog.example/posts/2")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/top 이번주", "이번 주의"),
        (normalize("NFD", "/top 이번 달"), "이번 달의"),
        ("/top 올해", "올해의"),
        ("/top 내일", "가운데 하나예요"),
        ("/latest 3개", "1–3"),
        ("/latest ２", "1–2"),
        ("/latest 열 개", "1–10"),
        ("/latest 많이", "1부터 20까지"),
        ("/post １번", "아직 없어요"),
    ],
)
async def test_a_command_takes_what_is_typed_after_it(
    sim: Simulator, bot: Bot, typed: str, said: str
) -> None:
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    await minji.says(room, typed)
    await room.receives(said)


async def keep_linked(bot: Bot) -> None:
    """Two posts with addresses."""
    async with database_of(bot).transaction() as tx:
        source = await tx.fetch_one("SELECT min(id) AS id FROM sources")
        assert source is not None
        for number, link in enumerate(LINKS, 1):
            new = NewPost(title=f"주소가 있는 글 {number}", body="본문이에요.", link=link)
            await keep_post(
                tx, SourceId(source["id"]), new, first_seen_at=CLOCK.now(), link_key=link_key(link)
            )


@pytest.mark.parametrize(
    ("typed", "cards"),
    [
        (LINKS[0], [1]),
        (f"이거 봤어요? {LINKS[0]}?utm_source=talk&fbclid=x#a", [1]),
        (f"http://www.blog.example/posts/2/\n{LINKS[0]}\n{LINKS[1]}", [2, 1]),
        (f"/post {LINKS[1]}", [2]),
    ],
)
async def test_the_address_of_a_known_post_is_answered_with_its_card(
    sim: Simulator, bot: Bot, typed: str, cards: list[int]
) -> None:
    await keep_linked(bot)
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    await minji.says(room, typed)
    await room.receives(f"주소가 있는 글 {cards[-1]}")
    await bot.rests()
    shown = [one.text.splitlines()[0] for one in room.bot_messages]
    assert shown == [f"주소가 있는 글 {number}" for number in cards]


async def test_an_address_that_nobody_knows_is_searched_and_explained(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    await minji.says(room, "https://blog.example/posts/404")
    await room.receives("")
    await minji.says(room, "/post https://blog.example/posts/404")
    await room.receives("번호")
