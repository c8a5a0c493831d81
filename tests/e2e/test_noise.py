"""What one person asks is noise to the rest of a room: what stays, goes, and opens apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage import cleanups
from storage.models import OutboxState
from tests.e2e.conftest import choose
from tests.e2e.test_pushing import CLOCK, a_group, boss, database_of, publish, run_bot, settles
from tests.waiting import until

if TYPE_CHECKING:
    from bot.simulator import Person, Room, Simulator
    from bot.simulator.people.cards import Card
    from tests.e2e.conftest import Bot

__all__ = ["boss", "run_bot"]

DAY_SECONDS = 86_400


async def a_day_passes(bot: Bot) -> None:
    """For answers, and until what is due is seen to."""
    async with database_of(bot).transaction() as tx:
        await tx.execute(f"UPDATE cleanups SET due_at = due_at - {DAY_SECONDS}")  # noqa: S608  # a number of ours

    async def all_is_clean() -> bool:
        async with database_of(bot).reader() as db:
            return not await cleanups.list_due(db, CLOCK.now(), limit=1)

    await until(all_is_clean)


async def asked(person: Person, room: Room, command: str, answer: str) -> tuple[Card, Card]:
    """A command, and its answer."""
    question = await person.says(room, command)
    return question, await room.receives(answer)


async def test_an_answer_goes_after_a_day_with_its_question_and_the_greeting_stays(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await a_group(sim, boss)
    greeting = group.bot_messages[0]
    await run_bot.rests()
    question, answer = await asked(boss, group, "/latest 3", "1–3")
    await run_bot.rests()
    await publish(run_bot, "글 1")
    push = await group.receives("글 1")
    await settles(run_bot, {OutboxState.SENT: 1})
    await a_day_passes(run_bot)
    assert question.is_deleted
    assert answer.is_deleted
    assert not greeting.is_deleted
    assert not push.is_deleted


async def test_a_plain_member_deletes_its_own_words_only(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = sim.supergroup("독서모임", owner=boss, members=[boss])
    question, answer = await asked(boss, group, "/latest 3", "1–3")
    await run_bot.rests()
    await a_day_passes(run_bot)
    assert answer.is_deleted
    assert not question.is_deleted


@pytest.mark.parametrize("use", ["reaction", "reaction to the question", "reply", "press"])
async def test_what_somebody_else_uses_stays_with_its_question(
    sim: Simulator, run_bot: Bot, boss: Person, use: str
) -> None:
    junho = sim.user("준호", language="ko")
    group = sim.supergroup("독서모임", owner=boss, members=[boss, junho], bot_admin=True)
    question, answer = await asked(boss, group, "/latest 3", "1–3")
    await run_bot.rests()
    if use == "reply":
        await junho.says(group, "이거 좋네요", reply_to=answer)
    elif use == "press":
        await junho.presses(answer, "다음")
    else:
        await junho.reacts(question if "question" in use else answer, "👍")
    await run_bot.rests()
    await a_day_passes(run_bot)
    assert not answer.is_deleted
    assert not question.is_deleted


async def test_who_asked_turns_pages_and_it_goes_later(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await a_group(sim, boss)
    _, answer = await asked(boss, group, "/latest 3", "1–3")
    await run_bot.rests()
    async with database_of(run_bot).transaction() as tx:
        await tx.execute("UPDATE cleanups SET due_at = due_at - 3600")
    await boss.presses(answer, "다음")
    async with database_of(run_bot).reader() as db:
        rows = await db.fetch_all(
            "SELECT due_at - sent_at FROM cleanups WHERE message_id = ?", (answer.id,)
        )
    assert rows[0][0] >= DAY_SECONDS
    await a_day_passes(run_bot)
    assert answer.is_deleted


async def test_in_a_chat_of_an_older_version_answers_stay_and_refusals_go(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    junho = sim.user("준호", language="ko")
    group = await a_group(sim, boss)
    await junho.joins(group)
    await choose(run_bot, group, cleanup_minutes=None, full_here=True)
    question, answer = await asked(boss, group, "/latest 3", "1–3")
    asked_for, refusal = await asked(junho, group, "/settings", "관리자만")
    await run_bot.rests()
    await a_day_passes(run_bot)
    assert refusal.is_deleted
    assert not any(one.is_deleted for one in (question, answer, asked_for))


async def test_a_refusal_goes_soon_and_its_question_with_it_whatever_restarts(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    junho = sim.user("준호", language="ko")
    group = await a_group(sim, boss)
    await junho.joins(group)
    question, refusal = await asked(junho, group, "/settings", "관리자만")
    await run_bot.rests()
    await run_bot.stop()
    assert not refusal.is_deleted
    await run_bot.start()
    await a_day_passes(run_bot)
    assert refusal.is_deleted
    assert question.is_deleted


async def test_who_is_forgotten_is_not_written_beside_answers_any_more(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    junho = sim.user("준호", language="ko")
    group = await a_group(sim, boss)
    await junho.joins(group)
    _, answer = await asked(junho, group, "/latest 3", "1–3")
    await junho.starts()
    await junho.private.receives("소식")
    await junho.says(junho.private, "/forgetme")
    sure = await junho.private.receives("지울까요")
    await junho.presses(sure, "모두 지우기")
    async with database_of(run_bot).reader() as db:
        assert await cleanups.count_of_asker(db, junho.id) == 0
    await a_day_passes(run_bot)
    assert answer.is_deleted


@pytest.mark.parametrize("silent", [True, False])
async def test_what_comes_by_itself_makes_no_sound_where_the_chat_wants_none(
    sim: Simulator, run_bot: Bot, boss: Person, *, silent: bool
) -> None:
    group = await a_group(sim, boss)
    await choose(run_bot, group, silent=silent)
    await publish(run_bot, "글 1")
    assert (await group.receives("글 1")).is_silent is silent
    _, answer = await asked(boss, group, "/latest 1", "첫째")
    assert not answer.is_silent


async def is_pinned_alone(group: Room, card: Card) -> None:
    await until(lambda: group.chat.pinned == [card.id])


async def test_the_newest_post_is_the_one_that_is_pinned(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await a_group(sim, boss)
    await choose(run_bot, group, pin=True)
    await boss.starts()
    await boss.private.receives("소식")
    await publish(run_bot, "글 0")
    await boss.private.receives("고정하지 못했어요")
    await boss.promotes(group, rights=["can_pin_messages"])
    for title in ("글 1", "글 2"):
        await publish(run_bot, title)
        card = await group.receives(title)
        await is_pinned_alone(group, card)


async def test_cards_show_no_preview_where_the_chat_wants_none(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await a_group(sim, boss)
    await choose(run_bot, group, previews=False)
    async with database_of(run_bot).transaction() as tx:
        await tx.execute("UPDATE posts SET link = 'https://blog.example/1' WHERE id = 1")
    _, card = await asked(boss, group, "/post 1", "")
    assert card.message.content["link_preview_options"] == {"is_disabled": True}


def payload_of(address: str) -> str:
    _, _, payload = address.partition("?start=")
    return payload


async def test_the_full_text_opens_in_private_and_the_room_stays_as_it_is(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    junho = sim.user("준호", language="ko")
    group = await a_group(sim, boss)
    await junho.joins(group)
    _, card = await asked(boss, group, "/post 1", "아직 없어요")
    before = card.text
    pressed = await junho.presses(card, "전체 보기")
    await junho.starts(payload_of(pressed.url))
    full = await junho.private.receives("")
    assert len(full.text) > len(before)
    assert "접기" in " ".join(full.buttons)
    await group.stays_silent(run_bot.rests())
    assert card.text == before
    await choose(run_bot, group, full_here=True)
    await boss.presses(card, "전체 보기")
    await card.changes()


@pytest.mark.parametrize(
    ("command", "here", "button", "there"),
    [("/latest 20", "1–5", "20편", "1–20"), ("/top 전체", "1. ", "6편", "6. ")],
)
async def test_what_is_longer_than_five_posts_is_offered_in_private(
    sim: Simulator, run_bot: Bot, boss: Person, command: str, here: str, button: str, there: str
) -> None:
    group = await a_group(sim, boss)
    for number in range(1, 7):
        _, card = await asked(boss, group, f"/post {number}", "아직 없어요")
        await boss.reacts(card, "👍")
    await run_bot.rests()
    _, page = await asked(boss, group, command, here)
    assert "6. " not in page.text
    pressed = await boss.presses(page, button)
    await boss.starts(payload_of(pressed.url))
    assert "6. " in (await boss.private.receives(there)).text
    await choose(run_bot, group, full_here=True)
    _, page = await asked(boss, group, command, there)
    assert "6. " in page.text


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ("1f_999_0", "이제 없는"),
        ("1t_never", "예: /top"),
        ("1l_0_900", "1–20"),
        ("1k_push_off", "소식"),
    ],
)
async def test_a_link_that_was_tampered_with_opens_nothing_else(
    sim: Simulator, run_bot: Bot, boss: Person, payload: str, said: str
) -> None:
    await boss.starts(payload)
    assert said in (await boss.private.receives(said)).text
    assert len(boss.private.bot_messages) == 1


def times(room: Room, words: str) -> int:
    return sum(words in card.text for card in room.bot_messages)


async def test_a_channel_that_takes_nothing_is_told_at_once_and_once_and_listed(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    owner, stranger = sim.user("방장", language="ko"), sim.user("부방장", language="ko")
    channel = sim.channel("소식", owner=owner, admins=[stranger], bot=False)
    await boss.starts()
    await owner.starts()
    await owner.private.receives("소식")
    await owner.adds_bot(channel)
    await run_bot.rests()
    await owner.promotes(channel, rights=["can_manage_chat"])
    for person in (boss, owner):
        await person.private.receives("'소식'에 글을 보내지 못하고 있어요")
    await publish(run_bot, "글 1")
    await boss.says(boss.private, "/status")
    assert "소식: 글을 쓸 권한이 없어서" in (await boss.private.receives("가져오는 곳")).text
    assert not times(stranger.private, "보내지 못하고")
    await owner.promotes(channel, rights=["can_post_messages"])
    await boss.private.receives("다시 글을 보내고 있어요")
    await channel.receives("글 1")
    await run_bot.rests()
    for person in (boss, owner):
        assert times(person.private, "'소식'에 글을 보내지") == 1
    await owner.removes_bot(channel)
    await boss.private.receives("더 보내지 않아요")
    await boss.says(boss.private, "/status")
    assert "소식: 제가 그곳에 없어요" in (await boss.private.receives("가져오는 곳")).text


async def test_a_group_that_lets_nobody_write_is_told_to_its_administrators(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    owner = sim.user("방장", language="ko")
    for person in (boss, owner):
        await person.starts()
        await person.private.receives("소식")
    group = sim.supergroup("독서모임", owner=owner, members=[boss], bot_admin=False)
    await boss.says(group, "/latest 1")
    await group.receives("첫째")
    await choose(run_bot, group, quiet=None)
    group.forbids_writing()
    await publish(run_bot, "글 1", "글 2")
    await owner.private.receives("'독서모임'에 글을 보내지 못하고 있어요")
    await boss.private.receives("'독서모임'에 글을 보내지 못하고 있어요")


async def test_that_answers_have_to_wait_is_said_without_a_sound_and_goes_again(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await a_group(sim, boss)
    assert run_bot.running is not None
    say = run_bot.running.pace.crowded
    assert say is not None
    await say(group.id, None)
    said = await group.receives("잠시 기다려 주세요")
    assert said.is_silent
    await a_day_passes(run_bot)
    assert said.is_deleted
    stranger = sim.supergroup("모르는 방", owner=boss)
    await say(stranger.id, None)
    await stranger.stays_silent(run_bot.rests())
