"""What a member of a group does with posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.simulator.people.pressing import ask_callback
from tests.e2e.conftest import choose
from tests.waiting import until

if TYPE_CHECKING:
    from bot.simulator import Simulator
    from tests.e2e.conftest import Bot


async def test_latest_is_answered_with_a_page_of_cards_and_pages_in_place(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    await minji.says(group, "/latest 3")
    page = await group.receives("1–3")
    assert page.reply_to is not None
    await minji.presses(page, "다음")
    await page.changes()
    assert "4–6" in page.text
    await minji.presses(page, "이전")
    await page.changes()
    assert "1–3" in page.text


async def test_a_number_opens_the_card_and_the_full_text_is_paged_in_place(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    await minji.says(group, "/latest 1")
    page = await group.receives("첫째")
    await minji.presses(page, "1")
    card = await group.receives("아직 없어요")
    await choose(bot, group, full_here=True)
    await minji.presses(card, "전체 보기")
    await card.changes()
    await minji.presses(card, "접기")
    await card.changes()
    assert card.button("전체 보기").label == "전체 보기"


async def test_similar_posts_are_offered_by_number_and_under_the_full_text(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    assert bot.running is not None
    await bot.running.services.search.read_on()
    await minji.says(group, "/similar 1")
    page = await group.receives("이어 읽기")
    assert "1. " in page.text
    await minji.presses(page, "1")
    await group.receives("아직 없어요")
    await minji.says(group, "/post 1")
    card = await group.receives("아직 없어요")
    await choose(bot, group, full_here=True)
    await minji.presses(card, "전체 보기")
    await card.changes()
    assert "이어 읽기" in card.text
    assert len(card.buttons) > 1
    for typed, answer in (("/similar", "번호를"), ("/이어읽기 999", "그 번호의 글은 없어요")):
        await minji.says(group, typed)
        await group.receives(answer)


async def test_a_reaction_is_recorded_counted_on_other_cards_and_ranked(
    sim: Simulator, bot: Bot
) -> None:
    minji, junho = sim.user("민지", language="ko"), sim.user("준호", language="ko")
    group = sim.group("독서모임", members=[minji, junho], bot_admin=True)
    await minji.says(group, "/post 1")
    card = await group.receives("아직 없어요")
    await minji.reacts(card, "👍", "🔥")
    await junho.reacts(card, "👍")
    await bot.rests()
    await minji.says(group, "/post 1")
    other = await group.receives("다른 곳에서 👍 2")
    assert "2명" in other.text
    await choose(bot, group, full_here=True)
    await minji.presses(card, "전체 보기")
    await card.changes()
    await minji.presses(card, "접기")
    await card.changes()
    assert "다른 곳에서" not in card.text, "Telegram draws them under it"
    await junho.reacts(other, "🔥")
    await bot.rests()
    await minji.presses(card, "전체 보기")
    await card.changes()
    await minji.presses(card, "접기")
    await card.changes()
    assert "다른 곳에서 🔥 1 · 1명" in card.text
    await junho.reacts(card)
    await junho.reacts(other)
    await minji.says(group, "/top")
    top = await group.receives("인기")
    assert "1명" in top.text


async def test_search_finds_a_two_syllable_word_in_bold(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    await minji.says(group, "/검색 투자")
    found = await group.receives("찾은 결과")
    assert "<b>투자</b>" in found.html


async def test_many_presses_on_one_message_do_not_hold_up_the_chat(
    sim: Simulator, bot: Bot
) -> None:
    """Only the last of them is answered: it shows where the others would have led, too."""
    minji, junho = sim.user("민지", language="ko"), sim.user("준호", language="ko")
    group = sim.group("독서모임", members=[minji, junho], bot_admin=True)
    await minji.says(group, "/latest 1")
    page = await group.receives("첫째")
    data = page.button("다음").value
    presses = [ask_callback(sim.world, minji.user, page.message, data) for _ in range(40)]
    await junho.says(group, "/post 1")
    await group.receives("아직 없어요")
    await until(lambda: presses[-1].answer)
