"""A push that may have arrived is found, or sent once more: the real bot against the simulator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage import known_ids, messages, outbox
from storage.models import ChatId, DigestPush, MessageId, NewOutboxRow, OutboxState
from tests.e2e.conftest import a_bot
from tests.e2e.test_pushing import CLOCK, database_of, publish
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Person, Room, Simulator
    from bot.simulator.people.cards import Card
    from tests.e2e.conftest import Bot

KINDS = ("supergroup", "channel", "group", "private")

pytestmark = pytest.mark.slow


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("운영자", language="ko")


@pytest.fixture
async def run_bot(sim: Simulator, boss: Person, tmp_path: Path) -> AsyncIterator[Bot]:
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id)) as bot:
        yield bot


async def enter(
    sim: Simulator, bot: Bot, boss: Person, kind: str, rights: list[str] | None = None
) -> Room:
    """A chat of a kind that takes pushes by day and by night, and in which the bot spoke before."""
    if kind == "private":
        room = boss.private
        await boss.starts()
    else:
        rooms = {
            "group": lambda: sim.group("독서모임", owner=boss, bot=False),
            "supergroup": lambda: sim.supergroup("독서모임", owner=boss, bot=False),
            "channel": lambda: sim.channel("독서모임", owner=boss, bot=False),
        }
        room = rooms[kind]()
        await boss.adds_bot(room, admin=True, rights=rights)
    if kind != "channel":
        await room.receives("소식이에요")

    async def is_served() -> bool:
        async with database_of(bot).transaction() as tx:
            return bool(
                await tx.execute(
                    """
                    UPDATE chats SET quiet_start = NULL, quiet_end = NULL, push = 'on',
                        joined_at = joined_at - 60 WHERE id = ? AND state = 'served'
                    """,
                    (room.id,),
                )
            )

    await until(is_served)
    await publish(bot, "글 0")
    await room.receives("글 0")
    return room


async def settles(bot: Bot, room: Room, expected: dict[OutboxState, int]) -> None:
    """Wait until what is for the chat stands so; what else there is, is for the operator."""
    found: dict[OutboxState, int] = {}

    async def stands_so() -> bool:
        async with database_of(bot).reader() as db:
            rows = await db.fetch_all(
                "SELECT state, count(*) AS number FROM outbox WHERE chat_id = ? GROUP BY state",
                (room.id,),
            )
        found.clear()
        found.update({OutboxState(row["state"]): row["number"] for row in rows})
        return found == expected

    try:
        await until(stands_so)
    except AssertionError:
        assert found == expected


def titles(room: Room) -> list[str]:
    lines = [card.text.splitlines()[0] for card in room.bot_messages]
    return [line for line in lines if line.startswith("글")]


async def age(bot: Bot) -> None:
    """As if whatever is in doubt, or is to be looked for again, had been so for minutes."""
    async with database_of(bot).transaction() as tx:
        await tx.execute("UPDATE outbox SET changed_at = changed_at - 120 WHERE state = 'unknown'")
        await tx.execute("UPDATE attempts SET search_at = search_at - 1000")


def goes_wrong(sim: Simulator, how: str, room: Room) -> None:
    """The next send to the chat takes effect, and the bot does not hear of it."""
    where = {"method": "sendMessage", "chat_id": room.id}
    if how in {"timeout", "crash"}:
        sim.faults.answers_slowly(3600, **where)  # type: ignore[arg-type]  # each by its name
    elif how == "cut":
        sim.faults.cuts(after=True, **where)  # type: ignore[arg-type]  # likewise
    elif how == "half":
        sim.faults.answers_half(**where)  # type: ignore[arg-type]  # likewise
    else:
        sim.faults.answers(int(how), has_effect=True, **where)  # type: ignore[arg-type]  # likewise


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("timeout", "supergroup"),
        ("cut", "channel"),
        ("502", "group"),
        ("504", "private"),
        ("half", "channel"),
        ("crash", "supergroup"),
        ("crash", "private"),
    ],
)
async def test_what_landed_is_found_and_the_next_post_follows(
    sim: Simulator, run_bot: Bot, boss: Person, how: str, kind: str
) -> None:
    room = await enter(sim, run_bot, boss, kind)
    goes_wrong(sim, how, room)
    post_id, _ = await publish(run_bot, "글 1", "글 2")
    card = await room.receives("글 1")
    if how == "crash":
        await run_bot.crash()
        await run_bot.start()
    await room.receives("글 2")
    await settles(run_bot, room, {OutboxState.SENT: 3})
    assert titles(room) == ["글 0", "글 1", "글 2"]
    async with database_of(run_bot).reader() as db:
        shown = await messages.get_message(db, ChatId(room.id), MessageId(card.id))
    assert shown is not None, "its reactions count, and it is brought up to date"
    assert shown.post_id == post_id
    assert card.message.markup.rows is not None
    assert sim.calls.of("stopMessageLiveLocation")


async def test_the_first_push_after_a_group_became_a_supergroup_is_found(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    """Ids begin anew there: nothing of ours was known, so it went again, and was there twice."""
    room = (await enter(sim, run_bot, boss, "group")).migrates()

    async def is_known() -> bool:
        async with database_of(run_bot).reader() as db:
            return await known_ids.get_last_id(db, ChatId(room.id)) is not None

    await until(is_known)
    goes_wrong(sim, "cut", room)
    await publish(run_bot, "글 1", "글 2")
    await room.receives("글 2")
    await settles(run_bot, room, {OutboxState.SENT: 3})
    assert titles(room) == ["글 1", "글 2"]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_never_landed_is_sent_once_more(
    sim: Simulator, run_bot: Bot, boss: Person, kind: str
) -> None:
    room = await enter(sim, run_bot, boss, kind)
    sim.faults.cuts(after=False, method="sendMessage", chat_id=room.id)
    await publish(run_bot, "글 1", "글 2")
    await settles(
        run_bot, room, {OutboxState.SENT: 1, OutboxState.UNKNOWN: 1, OutboxState.PENDING: 1}
    )
    if kind != "channel":
        await boss.says(room, "/latest 1")
        answer = await room.receives("첫째")
        buttons = answer.message.markup
    await age(run_bot)
    assert (await room.receives("글 1")).is_silent
    await room.receives("글 2")
    await settles(run_bot, room, {OutboxState.SENT: 2, OutboxState.RESENT_UNPROVEN: 1})
    assert titles(room) == ["글 0", "글 1", "글 2"]
    if kind != "channel":
        assert answer.message.markup == buttons, "it is known, and nobody asks whose it is"


@pytest.mark.parametrize("kind", ["channel", "private"])
async def test_what_lands_after_it_was_sent_once_more_is_found_and_taken_back(
    sim: Simulator, run_bot: Bot, boss: Person, kind: str
) -> None:
    room = await enter(sim, run_bot, boss, kind)
    sim.faults.lands_late(3600, method="sendMessage", chat_id=room.id)
    await publish(run_bot, "글 1")
    await settles(run_bot, room, {OutboxState.SENT: 1, OutboxState.UNKNOWN: 1})
    await age(run_bot)
    await room.receives("글 1")
    sim.faults.let_go()
    late = await room.receives("글 1")
    await settles(run_bot, room, {OutboxState.SENT: 1, OutboxState.RESENT_UNPROVEN: 1})
    await age(run_bot)
    await settles(run_bot, room, {OutboxState.SENT: 2})
    assert titles(room) == ["글 0", "글 1"]
    assert late.message.is_deleted


async def test_a_copy_that_somebody_minded_stays_and_the_other_goes(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    room = await enter(sim, run_bot, boss, "supergroup")
    sim.faults.lands_late(3600, method="sendMessage", chat_id=room.id)
    await publish(run_bot, "글 1")
    await settles(run_bot, room, {OutboxState.SENT: 1, OutboxState.UNKNOWN: 1})
    await age(run_bot)
    second = await room.receives("글 1")
    sim.faults.let_go()
    late = await room.receives("글 1")
    await boss.reacts(late, "👍")
    await boss.says(room, "좋은 글이네요", reply_to=late)
    await settles(run_bot, room, {OutboxState.SENT: 2})
    assert (late.message.is_deleted, second.message.is_deleted) == (False, True)
    await run_bot.rests()
    await boss.says(room, "/top")
    assert "👍 1" in (await room.receives("인기 글")).text, "a reaction to the first one counts"


async def test_both_that_somebody_minded_stay_and_are_counted(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    room = await enter(sim, run_bot, boss, "supergroup")
    sim.faults.lands_late(3600, method="sendMessage", chat_id=room.id)
    await publish(run_bot, "글 1")
    await settles(run_bot, room, {OutboxState.SENT: 1, OutboxState.UNKNOWN: 1})
    await age(run_bot)
    second = await room.receives("글 1")
    sim.faults.let_go()
    late = await room.receives("글 1")
    await boss.reacts(second, "👍")

    async def is_noted() -> bool:
        async with database_of(run_bot).reader() as db:
            return bool(await db.fetch_all("SELECT 1 FROM reaction_sets"))

    await until(is_noted)  # the count is edited when the group has room for it
    await boss.says(room, "좋은 글이네요", reply_to=late)
    await settles(run_bot, room, {OutboxState.SENT: 1, OutboxState.DOUBLED: 1})
    assert titles(room) == ["글 0", "글 1", "글 1"]


async def shows_itself(how: str, boss: Person, room: Room, card: Card) -> None:
    if how == "press":
        await boss.presses(card, "전체 보기")
    elif how == "reply":
        await boss.says(room, "좋은 글이네요", reply_to=card)
    else:
        await boss.reacts(card, "👍")


@pytest.mark.parametrize(
    ("how", "kind"), [("press", "supergroup"), ("reply", "group"), ("reaction", "channel")]
)
async def test_updates_alone_prove_it_where_nothing_is_to_be_asked(
    sim: Simulator, boss: Person, tmp_path: Path, how: str, kind: str
) -> None:
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id), settle="updates") as bot:
        room = await enter(sim, bot, boss, kind)
        goes_wrong(sim, "cut", room)
        await publish(bot, "글 1", "글 2")
        card = await room.receives("글 1")
        await settles(
            bot, room, {OutboxState.SENT: 1, OutboxState.UNKNOWN: 1, OutboxState.PENDING: 1}
        )
        await shows_itself(how, boss, room, card)
        await room.receives("글 2")
        await settles(bot, room, {OutboxState.SENT: 3})
        assert titles(room) == ["글 0", "글 1", "글 2"]
    assert not sim.calls.of("stopMessageLiveLocation")


async def test_where_the_bot_may_edit_others_posts_nothing_is_asked_and_operators_are_told(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    await boss.starts()
    rights = ["can_post_messages", "can_edit_messages"]
    room = await enter(sim, run_bot, boss, "channel", rights)
    theirs = await boss.says(room, "우리가 올린 글이에요")
    goes_wrong(sim, "cut", room)
    await publish(run_bot, "글 1")
    await room.receives("글 1")
    told = await boss.private.receives("메시지 편집")
    assert "독서모임" in told.text
    assert theirs.message.revision == 0
    assert not sim.calls.of("stopMessageLiveLocation")


async def test_the_automatic_forward_proves_it_without_a_question(
    sim: Simulator, boss: Person, tmp_path: Path
) -> None:
    group = sim.supergroup("이야기방", owner=boss, bot_admin=True)
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id), settle="updates") as bot:
        room = sim.channel("소식", owner=boss, bot=False, discussion=group)
        await boss.adds_bot(room, admin=True)

        async def is_served() -> bool:
            async with database_of(bot).transaction() as tx:
                return bool(
                    await tx.execute(
                        "UPDATE chats SET quiet_start = NULL, quiet_end = NULL WHERE id = ?",
                        (room.id,),
                    )
                )

        await until(is_served)
        goes_wrong(sim, "cut", room)
        await publish(bot, "글 1", "글 2")
        await room.receives("글 2")
        await settles(bot, room, {OutboxState.SENT: 2})
        assert titles(room) == ["글 1", "글 2"]


async def test_a_digest_in_doubt_is_found_like_a_card(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    room = await enter(sim, run_bot, boss, "supergroup")
    (post_id,) = await publish(run_bot, "글 1")
    await room.receives("글 1")
    goes_wrong(sim, "cut", room)
    async with database_of(run_bot).transaction() as tx:
        digest = NewOutboxRow(ChatId(room.id), "x", DigestPush((post_id,), ()), CLOCK.now())
        await outbox.add_rows(tx, [digest], CLOCK.now())
    await settles(run_bot, room, {OutboxState.SENT: 3})
    assert sim.calls.of("stopMessageLiveLocation"), "it was in doubt"
    assert len(room.bot_messages) == 4


async def test_others_messages_and_answers_are_not_touched_by_a_search(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    """Answers in doubt are ours, too: a comparison overwrites their buttons, and puts them back."""
    room = await enter(sim, run_bot, boss, "supergroup")
    sim.faults.cuts(after=True, method="sendMessage", chat_id=room.id)
    await boss.says(room, "/latest 1")
    answer = await room.receives("첫째")
    buttons = answer.message.markup
    others = sim.other_bot("다른 봇")
    await boss.says(room, "안녕하세요")
    said = await others.says(room, "저는 다른 봇이에요")
    goes_wrong(sim, "cut", room)
    await publish(run_bot, "글 1")
    await room.receives("글 1")
    await settles(run_bot, room, {OutboxState.SENT: 2})
    assert answer.message.markup == buttons
    assert said.message.revision == 0
    assert titles(room) == ["글 0", "글 1"]
