"""Each push once and in order, whatever Telegram does: the real bot against the simulator."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from bot.clock import SystemClock
from bot.delivery.announce import Announcer
from bot.sources.changes import ChangeKind, Recorded
from storage import chats, inbox, outbox, posts
from storage.models import (
    ChatId,
    ChatState,
    DigestPush,
    NewOutboxRow,
    NewPost,
    OutboxState,
    PostId,
    QuietHours,
    SourceId,
)
from tests.e2e.conftest import a_bot, choose
from tests.storage.rows import keep_post
from tests.waiting import PATIENCE_SECONDS, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Person, Room, Simulator
    from storage.database import Database
    from tests.e2e.conftest import Bot

CLOCK = SystemClock()


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("운영자", language="ko")


@pytest.fixture
async def run_bot(sim: Simulator, boss: Person, tmp_path: Path) -> AsyncIterator[Bot]:
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id)) as bot:
        yield bot


async def enter(boss: Person, room: Room) -> Room:
    """The bot comes to a group, whose nights are not quiet."""
    await boss.adds_bot(room, admin=True)
    await room.receives("안녕하세요")
    await boss.says(room, "/quiet off")
    await room.receives("조용한 시간")
    return room


async def a_group(sim: Simulator, boss: Person, name: str = "독서모임") -> Room:
    return await enter(boss, sim.group(name, owner=boss, bot=False))


def database_of(bot: Bot) -> Database:
    assert bot.running is not None
    return bot.running.services.database


async def publish(bot: Bot, *titles: str) -> list[PostId]:
    """New posts, written as a poll of their source writes them."""
    async with database_of(bot).transaction() as tx:
        source = await tx.fetch_one("SELECT min(id) AS id FROM sources")
        assert source is not None
        made = []
        for title in titles:
            new = NewPost(title=title, body=f"{title}의 본문이에요. 두 번째 문장이에요.")
            post_id = await keep_post(tx, SourceId(source["id"]), new, first_seen_at=CLOCK.now())
            post = await posts.get_post(tx, post_id)
            assert post is not None
            made.append(post)
        await Announcer(CLOCK)(
            tx, [Recorded(ChangeKind.NEW, one, None, quiet=False) for one in made]
        )
    return [one.id for one in made]


async def change(bot: Bot, post_id: PostId, sql: str, kind: ChangeKind) -> None:
    """A source changed a post."""
    async with database_of(bot).transaction() as tx:
        await tx.execute(f"UPDATE posts SET {sql} WHERE id = ?", (post_id,))  # noqa: S608  # of ours
        post = await posts.get_post(tx, post_id)
        assert post is not None
        await Announcer(CLOCK)(tx, [Recorded(kind, post, post, quiet=False)])


async def states(bot: Bot) -> dict[OutboxState, int]:
    async with database_of(bot).reader() as db:
        return await outbox.count_by_state(db)


async def settles(bot: Bot, expected: dict[OutboxState, int]) -> None:
    """Wait until the outbox stands so."""
    found: dict[OutboxState, int] = {}

    async def stands_so() -> bool:
        found.clear()
        found.update(await states(bot))
        return found == expected

    try:
        await until(stands_so)
    except AssertionError:
        assert found == expected


async def age_doubts(bot: Bot) -> None:
    """As if whatever is in doubt had been so for two minutes."""
    async with database_of(bot).transaction() as tx:
        await tx.execute("UPDATE outbox SET changed_at = changed_at - 120 WHERE state = 'unknown'")


def titles(room: Room) -> list[str]:
    lines = [card.text.splitlines()[0] for card in room.bot_messages]
    return [line for line in lines if line.startswith("글")]


async def test_posts_come_in_order_and_once(sim: Simulator, run_bot: Bot, boss: Person) -> None:
    one, two = await a_group(sim, boss, "하나"), await a_group(sim, boss, "둘")
    await publish(run_bot, "글 1", "글 2", "글 3")
    for room in (one, two):
        for number in (1, 2, 3):
            await room.receives(f"글 {number}")
        assert titles(room) == ["글 1", "글 2", "글 3"]


async def test_a_flooded_chat_keeps_no_other_waiting(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    one, two = await a_group(sim, boss, "하나"), await a_group(sim, boss, "둘")
    sim.faults.answers(429, method="sendMessage", chat_id=one.id, times=1, retry_after=600)
    await publish(run_bot, "글 1", "글 2")
    await two.receives("글 1")
    await two.receives("글 2")
    assert titles(one) == []
    assert sim.calls.of("sendMessage", chat_id=one.id)[-1].status == 429


async def test_a_flooded_chat_gets_it_later_and_in_order(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    one = await a_group(sim, boss, "하나")
    sim.faults.answers(429, method="sendMessage", chat_id=one.id, times=1, retry_after=1)
    await publish(run_bot, "글 1", "글 2")
    await one.receives("글 2")
    assert titles(one) == ["글 1", "글 2"]


@pytest.mark.parametrize(
    "status", [502, *(pytest.param(one, marks=pytest.mark.slow) for one in (500, 504))]
)
async def test_an_error_of_telegrams_own_leaves_a_doubt_that_costs_nothing_but_a_silent_repeat(
    sim: Simulator, run_bot: Bot, boss: Person, status: int
) -> None:
    group = await a_group(sim, boss)
    sim.faults.answers(status, method="sendMessage", times=1)
    await publish(run_bot, "글 1", "글 2")
    await settles(run_bot, {OutboxState.UNKNOWN: 1, OutboxState.PENDING: 1})
    await age_doubts(run_bot)
    card = await group.receives("글 1")
    assert card.is_silent
    assert not (await group.receives("글 2")).is_silent
    await settles(run_bot, {OutboxState.RESENT_UNPROVEN: 1, OutboxState.SENT: 1})


async def test_with_settling_off_a_doubt_is_sent_once_more_and_counted(
    sim: Simulator, boss: Person, tmp_path: Path
) -> None:
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id), settle="off") as bot:
        group = await a_group(sim, boss)
        sim.faults.cuts(after=True, method="sendMessage", times=1)
        await publish(bot, "글 1")
        await settles(bot, {OutboxState.UNKNOWN: 1})
        await age_doubts(bot)
        await settles(bot, {OutboxState.RESENT_UNPROVEN: 1})
        assert titles(group) == ["글 1", "글 1"], "the only possible double"


@pytest.mark.usefixtures("waits_without_end")
async def test_after_a_crash_nothing_is_lost_or_doubled_that_was_not_under_way(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    groups = [await a_group(sim, boss, f"모임 {number}") for number in range(6)]
    fault = sim.faults.lands_late(3600, method="sendMessage", chat_id=groups[0].id)
    await publish(run_bot, "글 1", "글 2")
    for group in groups[1:]:
        await group.receives("글 2")
    await settles(run_bot, {OutboxState.SENDING: 1, OutboxState.PENDING: 1, OutboxState.SENT: 10})
    await until(lambda: fault.hits)
    await run_bot.crash()
    assert titles(groups[0]) == []
    sim.faults.let_go()
    await groups[0].receives("글 1")
    await run_bot.start()
    await settles(run_bot, {OutboxState.SENT: 12})
    assert [titles(group) for group in groups] == [["글 1", "글 2"]] * 6


async def test_a_stop_waits_for_what_telegram_is_slow_to_answer(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    """Cut off after a second, all of them were in doubt, and came twice."""
    groups = [await a_group(sim, boss, f"모임 {number}") for number in range(4)]
    fault = sim.faults.answers_slowly(2.5, method="sendMessage", times=None)
    await publish(run_bot, "글 1")
    await until(lambda: fault.hits == len(groups))
    await run_bot.stop()
    sim.faults.clear()
    await run_bot.start()
    await settles(run_bot, {OutboxState.SENT: len(groups)})
    assert [titles(group) for group in groups] == [["글 1"]] * len(groups)


async def test_a_group_that_becomes_a_supergroup_meanwhile_gets_it_there(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await a_group(sim, boss)
    await run_bot.stop()
    new = group.migrates()
    await run_bot.start()
    await publish(run_bot, "글 1", "글 2")
    await new.receives("글 2")
    assert titles(new) == ["글 1", "글 2"]
    await settles(run_bot, {OutboxState.SENT: 2})


async def test_what_was_typed_before_a_group_became_a_supergroup_counts_there(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    """Who typed it was asked about under the old id, was nobody there, and got no answer."""
    group = await a_group(sim, boss)
    await run_bot.stop()
    await boss.says(group, "/quiet 03:00-04:00")
    new = group.migrates()
    await run_bot.start()
    quiet = (3 * 60, 4 * 60)

    async def is_kept() -> bool:
        async with database_of(run_bot).reader() as db:
            known = await chats.list_chats(db, ChatState.SERVED)
        kept = {one.id: one.settings.quiet for one in known}
        return kept == {new.id: QuietHours(*quiet)}

    await until(is_kept)


async def test_a_group_that_the_bot_came_to_is_served_as_the_supergroup_that_it_became_meanwhile(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    """The bot's coming is told of the old id, maybe after the new one is known."""
    await run_bot.stop()
    group = sim.group("독서모임", owner=boss, bot=False)
    await boss.adds_bot(group, admin=True)
    await boss.says(group, "/quiet off")
    new = group.migrates()
    await run_bot.start()

    async def is_kept() -> bool:
        async with database_of(run_bot).reader() as db:
            known = [*await chats.list_chats(db, ChatState.SERVED)]
            return [(one.id, one.settings.quiet) for one in known] == [(new.id, None)]

    await until(is_kept)


async def test_whoever_was_out_of_a_group_and_back_before_it_moved_keeps_what_was_chosen(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    """The return made the old id's chat anew, and that one replaced the supergroup."""
    group = await a_group(sim, boss)
    await boss.says(group, "/quiet 03:00-04:00")
    await group.receives("오전 3:00")
    await run_bot.stop()
    await boss.removes_bot(group)
    await boss.adds_bot(group, admin=True)
    new = group.migrates()
    await run_bot.start()

    async def is_kept() -> bool:
        async with database_of(run_bot).reader() as db:
            known = [*await chats.list_chats(db, ChatState.SERVED)]
            waiting = await inbox.list_waiting(db)
        kept = [(one.id, one.settings.quiet) for one in known]
        return not waiting and kept == [(new.id, QuietHours(3 * 60, 4 * 60))]

    await until(is_kept)


async def test_a_question_of_before_is_answered_in_the_supergroup(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await a_group(sim, boss)
    new = group.migrates()

    async def is_known() -> bool:
        async with database_of(run_bot).reader() as db:
            return await chats.current_id(db, ChatId(group.id)) == new.id

    await until(is_known)
    await boss.says(new, "하나")  # its id is that of the question in the old group, or near
    await boss.says(group, "/latest 1")
    answer = await new.receives()
    assert answer.reply_to is None


async def test_a_group_that_throws_the_bot_out_is_left_and_has_no_backlog_when_it_is_back(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    one, two = await a_group(sim, boss, "하나"), await a_group(sim, boss, "둘")
    fault = sim.faults.answers(429, method="sendMessage", chat_id=one.id, times=None, retry_after=1)
    await publish(run_bot, "글 1")
    await two.receives("글 1")
    await until(lambda: sim.calls.refusals[429])
    await boss.removes_bot(one)

    async def is_left() -> bool:
        async with database_of(run_bot).reader() as db:
            chat = await chats.get_chat(db, ChatId(one.id))
        return chat is not None and chat.state is ChatState.LEFT

    await until(is_left)
    sim.faults.remove(fault)
    left_at = CLOCK.now().replace(microsecond=0)
    await until(lambda: CLOCK.now() >= left_at + timedelta(seconds=1))  # what is kept is seconds
    await boss.adds_bot(one, admin=True)
    await one.receives("안녕하세요")
    await settles(run_bot, {OutboxState.SENT: 1, OutboxState.DROPPED: 1})
    await publish(run_bot, "글 2")
    await one.receives("글 2")
    assert titles(one) == ["글 2"]


async def muted_group(sim: Simulator, bot: Bot, boss: Person) -> Room:
    """A group that lets nobody write, with a post that waits for it."""
    group = sim.supergroup("조용한모임", owner=boss, bot=False)
    await boss.adds_bot(group)
    await group.receives("안녕하세요")
    await boss.says(group, "/quiet off")
    await group.receives("조용한 시간")
    group.forbids_writing()
    await publish(bot, "글 1")
    await until(lambda: any(call.status == 400 for call in sim.calls.of("sendMessage")))

    async def waits() -> bool:
        async with database_of(bot).reader() as db:
            return await outbox.list_muted(db, CLOCK.now(), limit=9) == [group.id]

    await until(waits)
    return group


async def waits_in(bot: Bot, group: Room, many: int) -> bool:
    """Whether so many pushes wait for a group; what operators are told does not count."""
    async with database_of(bot).reader() as db:
        found = await db.fetch_all(
            "SELECT 1 FROM outbox WHERE chat_id = ? AND state <> 'sent'", (group.id,)
        )
    return len(found) == many


async def test_a_group_that_gives_the_bot_its_voice_back_gets_what_waited_at_once(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await muted_group(sim, run_bot, boss)
    await boss.promotes(group)
    await group.receives("글 1")
    await until(lambda: waits_in(run_bot, group, 0))


async def test_a_group_that_lets_everybody_write_again_is_found_by_asking(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await muted_group(sim, run_bot, boss)
    assert run_bot.running is not None
    await run_bot.running.tick.close(PATIENCE_SECONDS)  # in its first second it asks, too
    (mutes,) = [duty for duty in run_bot.running.duties.all() if duty.name == "mutes"]
    await mutes.run()
    await until(lambda: waits_in(run_bot, group, 1))
    group.allows_writing()
    sim.faults.answers(400, method="getChat", chat_id=group.id)
    await mutes.run()
    await until(lambda: waits_in(run_bot, group, 1))
    await mutes.run()
    await group.receives("글 1")


@pytest.mark.slow
async def test_while_telegram_answers_nothing_one_gate_holds_every_chat_and_it_goes_on_at_once(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    groups = [await a_group(sim, boss, f"모임 {number}") for number in range(8)]
    outage = sim.faults.answers(502, method="*", times=None)

    def tried() -> int:
        return len([call for call in sim.calls.of("sendMessage") if call.status == 502])

    def asked(times: int) -> bool:
        return len(sim.calls.of("getMe")) > times  # once at the start

    await publish(run_bot, "글 1")
    await until(lambda: asked(1))
    doubts = tried()
    assert doubts >= 3
    await publish(run_bot, "글 2")
    await until(lambda: asked(2))
    assert tried() == doubts, "nothing leaves any more"
    sim.faults.remove(outage)
    await settles(run_bot, {OutboxState.UNKNOWN: doubts, **counts(8 - doubts, doubts)})
    await age_doubts(run_bot)
    for group in groups:
        await group.receives("글 2")
    await settles(run_bot, {OutboxState.SENT: 16 - doubts, OutboxState.RESENT_UNPROVEN: doubts})


def counts(sent: int, waiting: int) -> dict[OutboxState, int]:
    """Of two posts, what chats without a doubt got, and what waits in the others."""
    got = {OutboxState.SENT: 2 * sent} if sent else {}
    return got | {OutboxState.PENDING: waiting}


async def test_while_everything_is_refused_one_send_tries_and_then_all_get_it(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    groups = [await a_group(sim, boss, f"모임 {number}") for number in range(8)]
    sim.limits.enabled = sim.limits.restarts = True
    sim.limits.refuse(4)
    await publish(run_bot, "글 1")
    for group in groups:
        await group.receives("글 1")
    await settles(run_bot, {OutboxState.SENT: len(groups)})
    # An early try begins the wait anew. On a busy machine it is seen later that all of them wait.
    assert sim.limits.refused < 2 * len(groups)


async def test_a_topic_that_was_deleted_is_no_reason_not_to_send(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    forum = sim.supergroup("큰모임", owner=boss, topics=True, bot=False)
    await enter(boss, forum)
    news = forum.topic("뉴스")
    await boss.says(forum, "/here", topic=news)
    await forum.receives("")
    await publish(run_bot, "글 1")
    assert (await forum.receives("글 1")).topic_id == news.id
    news.is_deleted = True
    await publish(run_bot, "글 2")
    assert not (await forum.receives("글 2")).topic_id
    told = await forum.receives("/here")
    assert "삭제" in told.text
    assert not told.topic_id
    refused = sum(call.status != HTTPStatus.OK for call in sim.calls.of("sendMessage"))
    await publish(run_bot, "글 3")
    assert not (await forum.receives("글 3")).topic_id
    assert sum(call.status != HTTPStatus.OK for call in sim.calls.of("sendMessage")) == refused
    await forum.stays_silent(run_bot.rests())


async def test_an_edited_post_is_edited_where_it_was_sent_and_a_removed_one_marked(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await a_group(sim, boss)
    (post_id,) = await publish(run_bot, "글 1")
    card = await group.receives("글 1")
    await change(run_bot, post_id, "title = '고친 글', edited_at = 1", ChangeKind.EDITED)
    await card.changes()
    assert "고친 글" in card.text
    await choose(run_bot, group, full_here=True)
    await boss.presses(card, "전체 보기")
    await card.changes()
    await change(run_bot, post_id, "body = '다시 고친 본문이에요.'", ChangeKind.EDITED)
    await card.changes()
    assert "다시 고친 본문" in card.text
    await boss.presses(card, "접기")
    await card.changes()
    await change(run_bot, post_id, "removed_at = 1", ChangeKind.REMOVED)
    await card.changes()
    await group.stays_silent(run_bot.rests())


async def test_a_digest_that_is_due_comes_with_what_is_new(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await a_group(sim, boss)
    await boss.says(group, "/push digest")
    await group.receives("")
    await publish(run_bot, "글 1", "글 2")
    now = CLOCK.now()
    minute = (now.hour * 60 + now.minute) % 1440
    await boss.says(group, "/timezone UTC")
    await group.receives("UTC")
    await boss.says(group, f"/digest_time {minute // 60:02}:{minute % 60:02}")
    await group.receives("")
    async with database_of(run_bot).transaction() as tx:
        await tx.execute(
            "UPDATE chats SET digest_due_at = ? WHERE id = ?",
            (int(now.timestamp()) // 60 * 60, group.id),
        )
    digest = await group.receives("글 1")
    assert "글 2" in digest.text

    async def is_planned() -> bool:
        async with database_of(run_bot).reader() as db:
            chat = await chats.get_chat(db, ChatId(group.id))
        due_at = None if chat is None else chat.digest_due_at
        return due_at is not None and due_at > now

    await until(is_planned)
    await group.stays_silent(run_bot.rests())
    async with database_of(run_bot).reader() as db:
        claims = await db.fetch_all("SELECT * FROM digests WHERE chat_id = ?", (ChatId(group.id),))
    assert len(claims) == 1


async def test_a_digest_says_to_whoever_asks_why_it_came(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await a_group(sim, boss)
    (post_id,) = await publish(run_bot, "글 1")
    await group.receives("글 1")
    async with database_of(run_bot).transaction() as tx:
        digest = NewOutboxRow(ChatId(group.id), "x", DigestPush((post_id,), ()), CLOCK.now())
        await outbox.add_rows(tx, [digest], CLOCK.now())
    card = await group.receives("글 1")
    answer = await boss.presses(card, "이 메시지는?")
    assert answer.is_alert
    assert "/settings" in answer.text
    stale = await boss.presses_data(card, "1i:else")
    assert "오래된 버튼" in stale.text
    await group.stays_silent(run_bot.rests())
