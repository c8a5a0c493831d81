"""`/post 3` is the third of the list that was seen, and `/post #3` the post of that number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from storage import outbox
from storage.models import ChatId, DigestPush, NewOutboxRow, PostId
from tests.e2e.conftest import known

if TYPE_CHECKING:
    from bot.simulator import Card, Person, Room, Simulator
    from tests.e2e.conftest import Bot

REPLIED, LAST, ABSENT = "답장하신 목록의", "방금 보신 목록의", "목록에"


def titles(page: Card) -> dict[int, str]:
    """The titles of a list's items, by their numbers."""
    return {int(one[1]): one[2] for one in re.finditer(r"^(\d+)\. (.+)$", page.text, re.MULTILINE)}


async def opened(
    who: Person, room: Room, typed: str, note: str, *, reply_to: Card | None = None
) -> str:
    """The title of the card that answers a command, which says `note` before it."""
    await who.says(room, typed, reply_to=reply_to)
    return (await room.receives(note)).text.splitlines()[2]


async def test_a_number_is_the_item_of_the_list_that_whoever_asks_saw_last(
    sim: Simulator, bot: Bot
) -> None:
    minji, junho = sim.user("민지", language="ko"), sim.user("준호", language="ko")
    group = sim.group("독서모임", members=[minji, junho], bot_admin=True)
    await minji.says(group, "/latest 3")
    page = await group.receives("1–3")
    shown = titles(page)
    assert await opened(minji, group, "/post 2", f"{LAST} 2번") == shown[2]
    assert await opened(minji, group, "/글 3번", f"{LAST} 3번") == shown[3]
    assert "#3" in (await opened_text(minji, group, "/post #3"))
    assert "#2" in (await opened_text(junho, group, "/post 2"))
    assert await opened(junho, group, "/post 2", f"{REPLIED} 2번", reply_to=page) == shown[2]
    await minji.presses(page, "다음")
    await page.changes()
    assert await opened(minji, group, "/post 5", f"{LAST} 5번") == titles(page)[5]
    assert "#2" in (await opened_text(minji, group, "/post 2", f"{ABSENT} 2번"))
    await bot.crash()
    await bot.start()
    assert await opened(minji, group, "/post 5", f"{LAST} 5번") == titles(page)[5]


async def opened_text(who: Person, room: Room, typed: str, note: str = " · #") -> str:
    await who.says(room, typed)
    return (await room.receives(note)).text


async def test_an_anonymous_administrator_has_lists_of_their_own(sim: Simulator, bot: Bot) -> None:
    boss, minji = sim.user("관리자", language="ko"), sim.user("민지", language="ko")
    group = sim.supergroup("독서모임", members=[minji], admins=[boss], bot_admin=True)
    await boss.anonymous(group).says(group, "/latest 2")
    shown = titles(await group.receives("1–2"))
    await boss.anonymous(group).says(group, "/post 2")
    assert shown[2] in (await group.receives(LAST)).text
    assert "#2" in (await opened_text(minji, group, "/post 2"))


async def test_what_to_read_on_with_is_asked_by_the_number_of_a_list_or_a_reply(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    assert bot.running is not None
    await bot.running.services.search.read_on()
    await minji.says(group, "/latest 3")
    shown = titles(await group.receives("1–3"))
    assert await opened(minji, group, "/similar 3", f"{LAST} 3번") == shown[3]
    await minji.says(group, "/post #4")
    card = await group.receives(" · #4")
    for typed in ("/similar", "/post"):
        await minji.says(group, typed, reply_to=card)
        answer = await group.receives(card.text.splitlines()[0])
        assert answer.text.startswith(card.text.splitlines()[0])
    answers = (
        ("/post #999", "그 번호의 글은 없어요"),
        ("/similar #999", "그 번호의 글은 없어요"),
        ("/similar", "번호를"),
    )
    for typed, said in answers:
        await minji.says(group, typed)
        await group.receives(said)


@pytest.mark.parametrize("command", ["/top all", "/search 투자"])
async def test_every_list_that_was_asked_for_has_its_numbers(
    command: str, sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    await minji.says(group, "/post 1")
    await minji.reacts(await group.receives(" · #1"), "👍")
    await bot.rests()
    await minji.says(group, command)
    shown = titles(await group.receives("1. "))
    assert await opened(minji, group, "/post 1", f"{LAST} 1번") == shown[1]


async def test_a_reply_to_a_digest_that_came_by_itself_names_its_items(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    await minji.says(group, "/help")
    await group.receives("/latest")
    await known(bot, group.id)
    assert bot.running is not None
    services = bot.running.services
    now = services.clock.now()
    push = DigestPush((PostId(7), PostId(3)), (PostId(5),))
    async with services.database.transaction() as tx:
        await outbox.add_rows(tx, [NewOutboxRow(ChatId(group.id), "d", push, not_before=now)], now)
    bot.running.duties.sender.wake()
    digest = await group.receives("오늘의 소식")
    await bot.rests()
    for number, post_id in ((1, 7), (2, 3), (3, 5)):
        await minji.says(group, f"/post {number}", reply_to=digest)
        card = await group.receives(f"{REPLIED} {number}번")
        assert f" · #{post_id}\n" in card.text
        assert titles(digest)[number] in card.text


async def test_in_english_the_answer_says_which_list_it_took(sim: Simulator, bot: Bot) -> None:
    anna = sim.user("Anna", language="en")
    room = sim.private(anna)
    await anna.says(room, "/start")
    await room.receives("Hello")
    await anna.says(room, "/latest 2")
    page = await room.receives("1–2")
    await anna.says(room, "/post 2")
    assert titles(page)[2] in (await room.receives("Number 2 of the list that you saw last")).text
    await anna.says(room, "/post 1", reply_to=page)
    await room.receives("Number 1 of the list that you replied to")
    await anna.says(room, "/post 8")
    await room.receives("The list has no number 8")
