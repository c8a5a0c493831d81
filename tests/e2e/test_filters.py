"""Filters of a search, as members type and press them, in Korean and in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bot.simulator import Person, Room, Simulator
    from tests.e2e.conftest import Bot

AUTHORS = {"윤슬": 19, "도래": 12, "Min Seo": 9}
"""Of the sample, in which no post has a date of its own."""


@pytest.fixture
async def dated(bot: Bot) -> None:
    """The first twenty posts of the sample have dates: ten days of March in 2020, then in 2021."""
    assert bot.running is not None
    async with bot.running.services.database.transaction() as tx:
        await tx.execute(
            """
            UPDATE posts SET published_at = iif(id <= 10, unixepoch('2020-03-01 12:00'),
                unixepoch('2021-01-01 12:00')) + id * 86400
            WHERE id <= 20
            """
        )


@pytest.fixture
def minji(sim: Simulator) -> Person:
    return sim.user("민지", language="ko")


@pytest.fixture
def group(sim: Simulator, minji: Person) -> Room:
    return sim.group("독서모임", members=[minji], bot_admin=True)


@pytest.mark.usefixtures("dated")
async def test_a_filter_is_typed_named_and_taken_away(minji: Person, group: Room) -> None:
    await minji.says(group, "/search 2021년부터 사람")
    page = await group.receives("2021년부터")
    assert page.text.startswith("'사람'으로 찾은 결과\n2021년부터\n")
    assert "날짜 없는 글" in page.text
    count = page.text.split("\n")[2]
    await minji.presses(page, "✕ 2021년부터")
    await page.changes()
    assert page.text.startswith("'사람'으로 찾은 결과\n")
    assert page.text.split("\n")[1] != count
    assert "2021년부터" not in page.text.split("\n\n")[0]
    assert not [label for label in page.buttons if "✕" in label]


@pytest.mark.usefixtures("bot")
async def test_pages_turn_and_orders_change_within_the_filters(minji: Person, group: Room) -> None:
    await minji.says(group, "/검색 글쓴이: 윤슬 사람")
    page = await group.receives("글쓴이 윤슬")
    for press in ("최신순", "다음"):
        await minji.presses(page, press)
        await page.changes()
        assert page.text.startswith("'사람'으로 찾은 결과\n글쓴이 윤슬\n")
        assert "✕ 글쓴이 윤슬" in page.buttons


@pytest.mark.usefixtures("dated")
async def test_several_filters_alone_list_the_newest(sim: Simulator, minji: Person) -> None:
    room = sim.private(minji)
    await minji.says(room, "2020년 3월부터 3월까지")
    page = await room.receives("2020년 3월부터 · 2020년 3월까지")
    assert "\n10편\n날짜 없는 글 20편은 뺐어요.\n" in page.text
    await minji.presses(page, "✕ 2020년 3월까지")
    await page.changes()
    assert page.text.startswith("2020년 3월부터\n20편\n")
    await minji.presses(page, "✕ 2020년 3월부터")
    await page.changes()
    assert "예를 들면" in page.text


@pytest.mark.usefixtures("bot")
async def test_words_like_last_month_are_dates_from_then_on(
    sim: Simulator, minji: Person, bot: Bot
) -> None:
    """A page is turned weeks later: what it asks for stays what it was."""
    room = sim.private(minji)
    await minji.says(room, "사람 지난달까지")
    page = await room.receives("월까지")
    assert "지난달" not in page.text
    assert bot.running is not None
    async with bot.running.services.database.reader() as db:
        rows = await db.fetch_all("SELECT query FROM queries ORDER BY id")
    assert rows[0]["query"].startswith("사람 until:")
    assert rows[1]["query"] == "사람"
    assert page.buttons


@pytest.mark.usefixtures("bot")
async def test_filters_are_typed_in_english(sim: Simulator) -> None:
    minseo = sim.user("Min Seo", language="en")
    room = sim.private(minseo)
    await minseo.says(room, '/search by:"min seo" since:2025')
    page = await room.receives("No post passes these filters.")
    assert "since 2025" in page.text
    assert "9 posts without a date are left out." in page.text
    await minseo.presses(page, "✕ since 2025")
    await page.changes()
    assert page.text.startswith("by Min Seo\n9 posts\n")
    await minseo.says(room, "/search by:nobody energy")
    unknown = await room.receives("'nobody' is no author here.")
    assert all(author in unknown.text for author in AUTHORS)
    await minseo.says(room, "/help search")
    assert "since:2025" in (await room.receives("Searching")).text


@pytest.mark.usefixtures("bot")
async def test_what_cannot_be_read_is_told_and_the_rest_is_found(
    minji: Person, group: Room
) -> None:
    await minji.says(group, "/search 사람 since:어제쯤")
    page = await group.receives("'since:어제쯤'은 알아듣지 못했어요")
    assert page.text.startswith("'사람'으로 찾은 결과")
    await minji.says(group, "/help 검색")
    assert "2025년부터" in (await group.receives("글 찾기")).text


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(("typed", "count"), [("by:Min", 9), ("출처:서재 글쓴이:도래", 12)])
async def test_inline_keeps_to_filters(minji: Person, typed: str, count: int) -> None:
    assert len((await minji.asks_inline(typed)).results) == count
    assert len((await minji.asks_inline(f"사람 {typed}")).results) < count
    assert (await minji.asks_inline("by:nobody 사람")).results == []


@pytest.mark.usefixtures("bot")
async def test_only_what_no_post_answers_is_kept_as_a_miss(
    sim: Simulator, minji: Person, bot: Bot
) -> None:
    room = sim.private(minji)
    for typed in ("사람 until:1999", "by:nobody 쀍뛟꿻", "since:2030", "쀍뛟꿻 by:윤슬"):
        await minji.says(room, typed)
        await room.receives("")
    await bot.rests()
    assert bot.running is not None
    async with bot.running.services.database.reader() as db:
        rows = await db.fetch_all("SELECT query FROM search_misses")
    assert [row["query"] for row in rows] == ["쀍뛟꿻"]
