"""Votes by buttons where reactions are hidden, and who is told of that."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.delivery.plan import push_of
from bot.locales import get_texts
from bot.pages.actions import Vote, encode
from bot.pages.cards import VOTES
from handlers.routes import WAITING
from storage import chats, inbox, outbox, votes
from storage.database import BusyError, Database
from storage.models import ChatId, ChatState, Sight, VoteButtons
from tests.e2e.conftest import a_bot, known
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from bot.simulator import Card, Person, Room, Simulator
    from storage.database import Transaction
    from storage.models import PostId
    from tests.e2e.conftest import Bot

KO, EN = get_texts("ko"), get_texts("en")
HIDDEN = KO("sight.hidden")


@pytest.fixture
def minji(sim: Simulator) -> Person:
    return sim.user("민지", language="ko")


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("관리자", language="ko")


async def a_group(sim: Simulator, bot: Bot, boss: Person, *members: Person) -> Room:
    """A group into which its owner brought the bot as a plain member."""
    group = sim.supergroup("독서모임", members=members, owner=boss, bot=False)
    await boss.adds_bot(group)
    await known(bot, group.id, state=ChatState.SERVED, sight=Sight.TOLD)
    return group


def mydata(*, posts: int, others: int) -> str:
    """The beginning of what is kept of whoever has no chat with the bot."""
    said = [KO.count("mydata.posts", posts), KO.count("mydata.others", others)]
    return ", ".join(said)


async def a_card(group: Room, person: Person) -> Card:
    await person.says(group, "/post 1")
    return await group.receives("아직 없어요")


async def choose(bot: Bot, chat_id: int, when: VoteButtons) -> None:
    assert bot.running is not None
    services, chat = bot.running.services, await known(bot, chat_id)
    async with services.database.transaction() as tx:
        await services.chats.change(tx, chat, replace(chat.settings, votes=when))


async def votes_of(bot: Bot) -> list[tuple[object, ...]]:
    assert bot.running is not None
    async with bot.running.services.database.reader() as db:
        rows = await db.fetch_all("SELECT actor_id, emoji FROM votes ORDER BY 1, 2")
    return [tuple(row) for row in rows]


async def test_members_vote_by_buttons_and_take_votes_back(
    sim: Simulator, bot: Bot, minji: Person, boss: Person
) -> None:
    junho = sim.user("준호", language="en")
    group = await a_group(sim, bot, boss, minji, junho)
    card = await a_card(group, minji)
    assert card.buttons[:3] == list(VOTES)
    assert (await minji.presses(card, "👍")).text == KO("vote.given", emoji="👍")
    assert not (await junho.presses(card, "👍")).is_alert
    await minji.presses(card, "🤔")
    await card.changes()
    assert card.buttons[:3] == ["👍 2", "🔥", "🤔 1"]
    assert "다른 곳에서" not in card.text
    await minji.says(group, "/post 1")
    assert "다른 곳에서 👍 2 🤔 1 · 2명" in (await group.receives("아직 없어요")).text
    assert (await minji.presses(card, "👍")).text == KO("vote.withdrawn", emoji="👍")
    await card.changes()
    assert card.buttons[:3] == ["👍 1", "🔥", "🤔 1"]
    await minji.says(group, "/top")
    assert "👍 1 🤔 1 · 2명" in (await group.receives("지난 7일의 인기 글")).text
    await minji.says(group, "/stats")
    await group.receives("2개")


async def test_a_group_that_speaks_english_is_told_and_answered_in_it(
    sim: Simulator, bot: Bot, minji: Person, boss: Person
) -> None:
    group = await a_group(sim, bot, boss, minji)
    await boss.says(group, "/language English")
    await group.receives("English")
    await boss.says(group, "/settings")
    await group.receives(EN("sight.hidden.votes"))
    await minji.says(group, "/post 1")
    card = await group.receives("No date")
    assert (await minji.presses(card, "🤔")).text == EN("vote.given", emoji="🤔")
    assert (await boss.presses(card, "🤔")).text == EN("vote.given", emoji="🤔")
    await card.changes()
    assert "🤔 2" in card.buttons
    await minji.says(group, "/forgetme")
    asked = await group.receives("keep about you")
    await minji.presses(asked, EN("forgetme.cancel"))
    await asked.changes()
    assert asked.text == EN("forgetme.kept")


async def test_an_anonymous_administrator_votes_as_themselves(
    sim: Simulator, bot: Bot, minji: Person, boss: Person
) -> None:
    group = await a_group(sim, bot, boss, minji)
    card = await a_card(group, minji)
    await boss.anonymous(group).presses(card, "🔥")
    assert await votes_of(bot) == [(boss.id, "🔥")]


async def test_what_is_no_emoji_to_vote_by_is_stale(
    sim: Simulator, bot: Bot, minji: Person, boss: Person
) -> None:
    group = await a_group(sim, bot, boss, minji)
    card = await a_card(group, minji)
    answer = await minji.presses_data(card, encode(Vote("🍌")))
    assert (answer.is_alert, answer.text) == (True, KO("stale"))
    assert await votes_of(bot) == []


async def test_the_buttons_go_when_the_bot_may_see_reactions_and_come_back(
    sim: Simulator, bot: Bot, minji: Person, boss: Person
) -> None:
    group = await a_group(sim, bot, boss, minji)
    card = await a_card(group, minji)
    await minji.presses(card, "👍")
    await card.changes()
    await boss.promotes(group)
    await known(bot, group.id, sight=Sight.SEEN)
    await card.changes()
    assert not set(card.buttons) & {"👍 1", *VOTES}
    await minji.reacts(card, "👍", "❤")
    await card.changes()
    await boss.demotes(group)
    await known(bot, group.id, sight=Sight.HIDDEN)
    await card.changes()
    assert card.buttons[:3] == ["👍 1", "🔥", "🤔"]


async def test_a_group_that_an_older_version_served_is_asked_about_at_the_start(
    sim: Simulator, bot: Bot, minji: Person, boss: Person
) -> None:
    group = await a_group(sim, bot, boss, minji)
    await boss.promotes(group)
    await known(bot, group.id, sight=Sight.SEEN)
    card = await a_card(group, minji)
    assert not set(card.buttons) & set(VOTES)
    await bot.stop()
    await boss.demotes(group)
    sim.updates.clear()
    async with Database.opened(bot.path / "sosik.db") as database, database.transaction() as tx:
        await tx.execute("UPDATE chats SET sight = 'unknown'")
    await bot.start()
    await known(bot, group.id, sight=Sight.HIDDEN)
    await card.changes()
    assert card.buttons[:3] == list(VOTES)


async def test_a_group_may_want_buttons_always_or_never(
    sim: Simulator, bot: Bot, minji: Person, boss: Person
) -> None:
    group = await a_group(sim, bot, boss, minji)
    card = await a_card(group, minji)
    await choose(bot, group.id, VoteButtons.NEVER)
    await card.changes()
    assert not set(card.buttons) & set(VOTES)
    await boss.says(group, "/settings")
    await group.receives(f"{HIDDEN}$")
    await boss.promotes(group)
    await known(bot, group.id, sight=Sight.SEEN)
    await choose(bot, group.id, VoteButtons.ALWAYS)
    await card.changes()
    assert card.buttons[:3] == list(VOTES)


async def test_a_channels_card_and_its_forward_take_one_vote_where_it_wants_buttons(
    sim: Simulator, bot: Bot, minji: Person, boss: Person
) -> None:
    talk = sim.supergroup("수다", members=[minji], owner=boss, bot=False)
    await boss.adds_bot(talk)
    channel = sim.channel("소식", owner=boss, bot=False, discussion=talk)
    await boss.adds_bot(channel)
    await known(bot, channel.id, state=ChatState.SERVED)
    await choose(bot, channel.id, VoteButtons.ALWAYS)
    assert bot.running is not None
    services = bot.running.services
    shown = await services.posts.newest(limit=1)
    await _push(bot, channel.id, shown.items[0].post.id)
    card = await channel.receives(shown.items[0].post.title[:10])
    await bot.rests()  # it is put down that it is there
    await minji.joins(channel)
    await minji.presses(card, "🔥")
    await card.changes()
    assert "🔥 1" in card.buttons
    assert await votes_of(bot) == [(minji.id, "🔥")]
    await bot.rests()
    (copy,) = card.forwards
    assert (await minji.presses(copy, "🔥")).text == KO("vote.withdrawn", emoji="🔥")
    await card.changes()
    assert "🔥" in card.buttons
    assert await votes_of(bot) == []


@pytest.mark.parametrize("is_served", [True, False])
async def test_a_vote_in_a_discussion_without_the_bot_is_the_channels_and_joins_nothing(
    sim: Simulator, bot: Bot, minji: Person, boss: Person, *, is_served: bool
) -> None:
    talk = sim.supergroup("수다", members=[minji], owner=boss, bot=False)
    channel = sim.channel("소식", owner=boss, bot=False, discussion=talk)
    await boss.adds_bot(channel)
    await known(bot, channel.id, state=ChatState.SERVED)
    await choose(bot, channel.id, VoteButtons.ALWAYS)
    assert bot.running is not None
    shown = await bot.running.services.posts.newest(limit=1)
    await _push(bot, channel.id, shown.items[0].post.id)
    card = await channel.receives(shown.items[0].post.title[:10])
    await bot.rests()  # it is put down that it is there
    if not is_served:
        async with bot.running.services.database.transaction() as tx:
            await chats.set_state(tx, ChatId(channel.id), ChatState.WAITING)
    (copy,) = card.forwards
    answer = await minji.presses(copy, "👍")
    assert answer.text == (KO("vote.given", emoji="👍") if is_served else KO(WAITING))
    assert await votes_of(bot) == ([(minji.id, "👍")] if is_served else [])
    assert await bot.running.services.chats.get(ChatId(talk.id)) is None


async def test_a_served_discussion_opens_a_card_of_a_channel_that_is_not_served(
    sim: Simulator, bot: Bot, minji: Person, boss: Person
) -> None:
    talk = sim.supergroup("수다", members=[minji], owner=boss, bot=False)
    await boss.adds_bot(talk)
    await known(bot, talk.id, state=ChatState.SERVED)
    channel = sim.channel("소식", owner=boss, bot=False, discussion=talk)
    await boss.adds_bot(channel)
    await known(bot, channel.id, state=ChatState.SERVED)
    assert bot.running is not None
    shown = await bot.running.services.posts.newest(limit=1)
    await _push(bot, channel.id, shown.items[0].post.id)
    card = await channel.receives(shown.items[0].post.title[:10])
    await bot.rests()  # it is put down that it is there
    async with bot.running.services.database.transaction() as tx:
        await chats.set_state(tx, ChatId(channel.id), ChatState.WAITING)
    (copy,) = card.forwards
    assert "start=" in (await minji.presses(copy, "전체 보기")).url


async def _push(bot: Bot, chat_id: int, post_id: PostId) -> None:
    assert bot.running is not None
    services = bot.running.services
    now = services.clock.now()
    async with services.database.transaction() as tx:
        await outbox.add_rows(tx, [push_of(ChatId(chat_id), [post_id], now)], now)
    bot.running.duties.sender.wake()


# -- told once -------------------------------------------------------------------------------------


async def test_the_greeting_says_what_to_do_and_settings_say_it_as_long_as_it_is_so(
    sim: Simulator, bot: Bot, boss: Person
) -> None:
    group = sim.group("독서모임", owner=boss, bot=False)
    await boss.adds_bot(group)
    greeting = await group.receives("안녕하세요")
    assert KO("sight.hidden.votes") in greeting.text
    await boss.presses(greeting, KO("button.begin.push"))
    await greeting.changes()
    assert KO("sight.hidden.votes") in greeting.text
    await boss.says(group, "/top")
    assert HIDDEN not in (await group.receives("인기 글")).text
    for _ in range(2):
        await boss.says(group, "/settings")
        await group.receives(HIDDEN)


async def test_an_administrator_who_asks_for_the_top_is_told_once_in_their_language(
    sim: Simulator, bot: Bot, minji: Person, boss: Person
) -> None:
    group = sim.supergroup("독서모임", members=[minji], owner=boss, bot=False)
    await boss.adds_bot(group, admin=True)
    assert HIDDEN not in (await group.receives("안녕하세요")).text
    await boss.says(group, "/language English")
    await group.receives("English")
    await boss.demotes(group)
    await known(bot, group.id, sight=Sight.HIDDEN)
    said = EN("sight.hidden.votes")
    for person, tells in ((minji, False), (boss, True), (boss, False)):
        await person.says(group, "/top")
        assert ((await group.receives("Liked most")).text.endswith(said)) is tells
    await known(bot, group.id, sight=Sight.TOLD)


async def test_a_group_that_an_operator_approves_is_told_after_the_greeting(
    sim: Simulator, tmp_path: Path, minji: Person, boss: Person
) -> None:
    private = sim.private(boss)
    async with a_bot(sim, tmp_path, serve="approved", operator_ids=str(boss.id)) as bot:
        group = sim.group("독서모임", owner=minji, bot=False)
        await minji.adds_bot(group)
        await boss.presses(await private.receives("독서모임"), "승인")
        assert HIDDEN in (await group.receives("안녕하세요")).text
        await known(bot, group.id, sight=Sight.TOLD)


# -- once ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_press_counts_once_wherever_the_bot_is_killed(
    sim: Simulator,
    bot: Bot,
    minji: Person,
    boss: Person,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
) -> None:
    """Right before its transaction, or between that and the answer."""
    group = await a_group(sim, bot, boss, minji)
    card = await a_card(group, minji)
    reached = asyncio.Event()

    async def never(*_: object, **__: object) -> bool:
        reached.set()
        return await asyncio.Event().wait()

    place = {
        "before": "storage.votes.turn_over",
        "after": "bot.interaction.context.BotContext.toast",
    }
    with monkeypatch.context() as patch:
        patch.setattr(place[when], never)
        pressing = asyncio.create_task(minji.presses(card, "👍"))
        await reached.wait()
        await bot.crash()
    pressing.cancel()
    running = await bot.start()
    await until(lambda: not running.dispatcher.unhandled)
    assert await votes_of(bot) == [(minji.id, "👍")]
    async with running.services.database.reader() as db:
        assert await inbox.count_waiting(db) == 0


async def test_an_answer_that_is_lost_turns_nothing_over_again(
    sim: Simulator, bot: Bot, minji: Person, boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.updates.repeats.WAITS_SECONDS", (0.1, 0.1))
    group = await a_group(sim, bot, boss, minji)
    card = await a_card(group, minji)
    calls: list[bool] = []
    turn_over = votes.turn_over

    async def counted(*given: object) -> bool:
        calls.append(await turn_over(*given))  # type: ignore[arg-type]  # as they came
        return calls[-1]

    monkeypatch.setattr("storage.votes.turn_over", counted)
    fault = sim.faults.cuts(after=True, method="answerCallbackQuery")
    pressing = asyncio.create_task(minji.presses(card, "👍"))
    await until(lambda: fault.hits)
    await until(lambda: len(calls) > 1)
    pressing.cancel()
    await card.changes()
    assert card.buttons[:3] == ["👍 1", "🔥", "🤔"]
    assert set(calls) == {True}
    assert await votes_of(bot) == [(minji.id, "👍")]


# -- forgotten -------------------------------------------------------------------------------------


async def test_whoever_is_forgotten_counts_on_no_card_any_more(
    sim: Simulator, bot: Bot, minji: Person, boss: Person
) -> None:
    group = await a_group(sim, bot, boss, minji)
    own = sim.private(minji)
    card = await a_card(group, minji)
    await minji.presses(card, "👍")
    await card.changes()
    await minji.says(own, "/mydata")
    await own.receives(mydata(posts=1, others=0))
    await minji.says(own, "/forgetme")
    await minji.presses(await own.receives("지울까요"), "모두 지우기")
    await card.changes()
    assert card.buttons[:3] == list(VOTES)
    assert await votes_of(bot) == []


async def test_what_is_given_to_lists_and_to_posts_is_counted_apart(
    sim: Simulator, bot: Bot, minji: Person
) -> None:
    group = sim.supergroup("독서모임", members=[minji], bot_admin=True)
    own = sim.private(minji)
    await minji.reacts(await a_card(group, minji), "👍")
    await minji.says(group, "/latest 3")
    await minji.reacts(await group.receives("1–3"), "❤")
    await bot.rests()
    await minji.says(own, "/mydata")
    await own.receives(mydata(posts=1, others=1))


async def test_whoever_thinks_better_of_it_keeps_everything(
    sim: Simulator, bot: Bot, minji: Person, boss: Person
) -> None:
    group = await a_group(sim, bot, boss, minji)
    await minji.presses(await a_card(group, minji), "👍")
    await minji.says(group, "/forgetme")
    asked = await group.receives("지울까요")
    not_theirs = await boss.presses(asked, KO("forgetme.cancel"))
    assert (not_theirs.is_alert, not_theirs.text) == (True, KO("forgetme.not_yours"))
    await minji.presses(asked, KO("forgetme.cancel"))
    await asked.changes()
    assert (asked.text, asked.buttons) == (KO("forgetme.kept"), [])
    assert await votes_of(bot) == [(minji.id, "👍")]


async def test_of_whom_nothing_is_kept_there_is_nothing_to_delete(
    sim: Simulator, bot: Bot, minji: Person
) -> None:
    own = sim.private(minji)
    for command in ("/mydata", "/forgetme"):
        await minji.says(own, command)
        assert (await own.receives("남은 것이 없어요")).buttons == []
    await minji.says(own, "/start")
    await own.receives("안녕하세요")
    await minji.says(own, "/forgetme")
    asked = await own.receives("지울까요")
    await minji.presses(asked, "모두 지우기")
    await asked.changes()
    await minji.says(own, "/forgetme")
    await own.receives("남은 것이 없어요")


async def test_a_vote_keeps_its_card_also_that_of_whoever_asked_for_it(
    sim: Simulator, bot: Bot, minji: Person, boss: Person
) -> None:
    group = await a_group(sim, bot, boss, minji)
    card = await a_card(group, minji)
    await minji.presses(card, "👍")
    assert bot.running is not None
    async with bot.running.services.database.reader() as db:
        assert await db.fetch_all("SELECT 1 FROM cleanups WHERE message_id = ?", (card.id,)) == []


async def test_a_press_in_a_group_that_is_not_known_counts(
    sim: Simulator, bot: Bot, minji: Person, boss: Person
) -> None:
    """As with a new database."""
    group = await a_group(sim, bot, boss, minji)
    card = await a_card(group, minji)
    assert bot.running is not None
    async with bot.running.services.database.transaction() as tx:
        await tx.execute("DELETE FROM chats WHERE id = ?", (group.id,))
    assert (await minji.presses(card, "👍")).text == KO("vote.given", emoji="👍")
    assert await votes_of(bot) == [(minji.id, "👍")]


async def test_where_it_cannot_be_kept_that_a_chat_was_told_the_answer_comes_once(
    sim: Simulator, bot: Bot, minji: Person, boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = await a_group(sim, bot, boss, minji)
    assert bot.running is not None
    async with bot.running.services.database.transaction() as tx:
        await tx.execute("UPDATE chats SET sight = 'hidden'")

    async def refuse(_: Transaction, chat_id: ChatId) -> None:
        raise BusyError(str(chat_id))

    monkeypatch.setattr("storage.chats.set_told_of_sight", refuse)
    before = len(group.bot_messages)
    await boss.says(group, "/top")
    await group.receives(HIDDEN)
    await bot.rests()
    assert len(group.bot_messages) == before + 1
