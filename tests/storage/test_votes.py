"""Votes by the buttons of cards: each press once, and beside reactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import chats, inbox, messages, reactions, votes
from storage.models import (
    ActorId,
    ChatId,
    ChatKind,
    Given,
    GivenBy,
    InboxRow,
    MessageId,
    PostId,
    ReactionSet,
    Sight,
    UpdateId,
    View,
    VotePress,
)
from tests.storage.rows import NOW, add_chats, add_post, chat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.database import Database

GROUP, OTHER = ChatId(-1001), ChatId(-1002)
CARD, SECOND_CARD, STRAY = MessageId(1), MessageId(2), MessageId(99)
MINJI, JUNHO = ActorId(7), ActorId(8)


class Press(NamedTuple):
    """A press of a vote button, by the update that brings it."""

    update: int
    actor: ActorId = MINJI
    emoji: str = "👍"
    message: MessageId = CARD


async def receive(database: Database, *updates: int) -> None:
    rows = [InboxRow(UpdateId(one), GROUP, None, NOW, "{}") for one in updates]
    async with database.transaction() as tx:
        await inbox.add_updates(tx, rows)


async def press(database: Database, one: Press) -> bool:
    taken = VotePress(GROUP, one.message, one.actor, one.emoji, NOW, UpdateId(one.update))
    async with database.transaction() as tx:
        return await votes.turn_over(tx, taken)


async def react(
    database: Database, *emoji: str, actor: ActorId = MINJI, message: MessageId = CARD
) -> None:
    one = ReactionSet(GROUP, message, actor, frozenset(emoji), NOW, UpdateId(1))
    async with database.transaction() as tx:
        await reactions.set_reactions(tx, [one])


async def show(database: Database, message: MessageId = CARD, view: View = View.CARD) -> PostId:
    post_id = await add_post(database, f"글 {message}")
    async with database.transaction() as tx:
        await messages.set_message(
            tx, GROUP, message, post_id, view=view, page=0, language="ko", sent_at=NOW
        )
    return post_id


async def counted(database: Database, post_id: PostId) -> Given:
    async with database.reader() as db:
        return (await reactions.get_given(db, [post_id])).get(post_id, Given())


async def due(database: Database) -> list[MessageId]:
    async with database.reader() as db:
        rows = await db.fetch_all(
            "SELECT message_id FROM messages WHERE refresh_at IS NOT NULL ORDER BY message_id"
        )
    return [MessageId(row["message_id"]) for row in rows]


async def test_a_press_gives_a_vote_and_another_withdraws_it(database: Database) -> None:
    post_id = await show(database)
    await receive(database, 1, 2, 3)
    assert await press(database, Press(1))
    assert await press(database, Press(2, emoji="🔥"))
    assert await counted(database, post_id) == Given((("👍", 1), ("🔥", 1)), 1)
    assert not await press(database, Press(3))
    assert await counted(database, post_id) == Given((("🔥", 1),), 1)


async def test_a_press_that_comes_again_changes_nothing_and_says_how_it_stands(
    database: Database,
) -> None:
    post_id = await show(database)
    await receive(database, 1, 2)
    assert [await press(database, Press(1)) for _ in range(3)] == [True] * 3
    assert await counted(database, post_id) == Given((("👍", 1),), 1)
    assert [await press(database, Press(2)) for _ in range(3)] == [False] * 3
    assert await counted(database, post_id) == Given()


PRESSES = [
    Press(update, actor, emoji, message)
    for update, (actor, emoji, message) in enumerate(
        [
            (MINJI, "👍", CARD),
            (MINJI, "👍", CARD),
            (MINJI, "👍", CARD),
            (MINJI, "🔥", CARD),
            (JUNHO, "👍", CARD),
            (JUNHO, "👍", CARD),
            (JUNHO, "🔥", SECOND_CARD),
        ]
    )
]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    order=st.permutations(PRESSES),
    again=st.lists(st.sampled_from(PRESSES), max_size=8),
)
async def test_presses_in_any_order_and_again_end_the_same(
    database: Database, order: Sequence[Press], again: Sequence[Press]
) -> None:
    async with database.transaction() as tx:
        for table in ("votes", "inbox", "inbox_seen"):
            await tx.execute(f"DELETE FROM {table}")  # noqa: S608  # names of ours
    await receive(database, *(one.update for one in PRESSES))
    for at, one in enumerate(order):
        await press(database, one)
        for repeated in again:
            if repeated in order[: at + 1]:
                await press(database, repeated)
    async with database.reader() as db:
        rows = await db.fetch_all("SELECT message_id, actor_id, emoji FROM votes")
        assert await inbox.count_waiting(db) == 0
    assert {tuple(row) for row in rows} == {
        (CARD, MINJI, "👍"),
        (CARD, MINJI, "🔥"),
        (SECOND_CARD, JUNHO, "🔥"),
    }


async def test_a_vote_and_a_reaction_with_one_emoji_count_once(database: Database) -> None:
    post_id = await show(database)
    await receive(database, 1, 2, 3)
    await press(database, Press(1))
    await press(database, Press(2, JUNHO))
    await press(database, Press(3, emoji="🔥"))
    await react(database, "👍", "❤")
    assert await counted(database, post_id) == Given((("👍", 2), ("❤", 1), ("🔥", 1)), 2)
    async with database.reader() as db:
        assert await reactions.count_in_chat(db, GROUP) == (4, 2)
        assert await reactions.list_top(db, since=NOW, limit=5) == [(post_id, 2)]
    await react(database)  # an update of the same second with a lower id is older
    await react(database, actor=JUNHO)
    assert (await counted(database, post_id)).members == 2


async def test_a_cards_own_votes_are_told_apart_where_its_buttons_show_them(
    database: Database,
) -> None:
    post_id = await show(database)
    await receive(database, 1, 2)
    await press(database, Press(1))
    await press(database, Press(2, JUNHO, "🔥"))
    await react(database, "👍", actor=JUNHO)
    places = {(GROUP, CARD): (Given(), Given((("🔥", 1), ("👍", 1)), 2))}
    places[GROUP, SECOND_CARD] = (Given((("👍", 2), ("🔥", 1)), 2),) * 2
    async with database.reader() as db:
        for place, said in places.items():
            for with_votes in (False, True):
                found = await reactions.get_given(
                    db, [post_id], apart_from=place, with_votes=with_votes
                )
                given = found.get(post_id, Given())
                assert (sorted(given.emoji), given.members) == (
                    sorted(said[with_votes].emoji),
                    said[with_votes].members,
                )


async def test_the_top_of_one_chat_counts_its_votes_alone(database: Database) -> None:
    post_id = await show(database)
    await receive(database, 1)
    await press(database, Press(1))
    async with database.reader() as db:
        here = await reactions.list_top(db, since=NOW, limit=5, chat_id=GROUP)
        there = await reactions.list_top(db, since=NOW, limit=5, chat_id=OTHER)
    assert (here, there) == ([(post_id, 1)], [])


async def test_the_reaction_goes_and_the_vote_stays(database: Database) -> None:
    post_id = await show(database)
    await receive(database, 1)
    await press(database, Press(1))
    await react(database, "👍")
    async with database.transaction() as tx:
        await tx.execute("UPDATE reaction_sets SET emoji = '[]'")
    assert await counted(database, post_id) == Given((("👍", 1),), 1)


async def test_what_somebody_gave_to_posts_and_to_other_messages_is_counted_apart(
    database: Database,
) -> None:
    await show(database)
    await receive(database, 1, 2)
    await press(database, Press(1))
    await react(database, "❤", "👍")
    await react(database, "❤", message=STRAY)
    await press(database, Press(2, JUNHO))
    async with database.reader() as db:
        assert await reactions.count_by_actor(db, MINJI) == GivenBy(posts=2, others=1)
        assert await reactions.count_by_actor(db, JUNHO) == GivenBy(posts=1, others=0)
        assert await reactions.count_by_actor(db, ActorId(9)) == GivenBy(posts=0, others=0)


async def test_all_of_a_person_is_forgotten_and_their_cards_are_shown_anew(
    database: Database,
) -> None:
    post_id = await show(database)
    await show(database, SECOND_CARD)
    await show(database, MessageId(3), View.FULL)
    async with database.transaction() as tx:
        await messages.set_message(
            tx, OTHER, MessageId(5), post_id, view=View.CARD, page=0, language="ko", sent_at=NOW
        )
    await receive(database, 1, 2, 3)
    await press(database, Press(1))
    await press(database, Press(2, JUNHO, message=SECOND_CARD))
    await press(database, Press(3, message=MessageId(3)))
    async with database.transaction() as tx:
        assert await reactions.has_given(tx, MINJI)
        await messages.set_refresh_of_actor(tx, MINJI, NOW)
        assert await reactions.delete_by_actor(tx, MINJI) == 2
        assert not await reactions.has_given(tx, MINJI)
        assert await reactions.has_given(tx, JUNHO)
    assert await counted(database, post_id) == Given()
    assert await due(database) == [CARD, 5]  # another card of the post counts it, too


async def test_many_cards_of_a_chat_are_shown_anew_one_after_the_other(database: Database) -> None:
    cards = [MessageId(number) for number in range(1, 6)]
    for card in cards:
        await show(database, card)
    await receive(database, *cards)
    for card in cards[:-1]:
        await press(database, Press(card, message=card))
    async with database.transaction() as tx:
        await messages.set_refresh_of_actor(tx, MINJI, NOW)
        rows = await tx.fetch_all("SELECT refresh_at FROM messages ORDER BY message_id DESC")
    due_at = [row["refresh_at"] for row in rows if row["refresh_at"] is not None]
    assert len(due_at) >= len(cards) - 1
    expected = [due_at[0] + messages.APART_SECONDS * place for place in range(len(due_at))]
    assert due_at == expected


async def test_the_time_of_a_withdrawal_is_something_that_is_kept(database: Database) -> None:
    await react(database)
    async with database.reader() as db:
        assert await reactions.has_given(db, MINJI)
        assert await reactions.count_by_actor(db, MINJI) == GivenBy(posts=0, others=0)


async def test_votes_on_what_shows_no_post_are_forgotten_with_time(database: Database) -> None:
    post_id = await show(database)
    await receive(database, 1, 2)
    await press(database, Press(1))
    await press(database, Press(2, message=STRAY))
    async with database.transaction() as tx:
        assert await reactions.delete_strays(tx, NOW) == 0
        await tx.execute("UPDATE votes SET changed_at = 0")
        assert await reactions.delete_strays(tx, NOW) == 1
    assert (await counted(database, post_id)).members == 1


async def test_the_newest_cards_of_a_chat_are_shown_anew(database: Database) -> None:
    for message in range(1, 5):
        await show(database, MessageId(message), View.FULL if message == 4 else View.CARD)
    async with database.transaction() as tx:
        await messages.set_refresh_of_chat(tx, OTHER, NOW, limit=9)
        await messages.set_refresh_of_chat(tx, GROUP, NOW, limit=2)
    assert await due(database) == [2, 3]


async def test_that_reactions_are_hidden_is_told_once_until_they_were_seen(
    database: Database,
) -> None:
    await add_chats(database, chat(GROUP))

    async def after(*, is_seen: bool, told: bool = False) -> Sight:
        async with database.transaction() as tx:
            await chats.set_sight(tx, GROUP, is_seen=is_seen)
            if told:
                await chats.set_told_of_sight(tx, GROUP)
            found = await chats.get_chat(tx, GROUP)
        assert found is not None
        return found.sight

    assert await after(is_seen=False) is Sight.HIDDEN
    assert await after(is_seen=False, told=True) is Sight.TOLD
    assert await after(is_seen=False) is Sight.TOLD
    assert await after(is_seen=True, told=True) is Sight.SEEN
    assert await after(is_seen=False) is Sight.HIDDEN


async def test_groups_of_which_it_is_not_known_are_listed(database: Database) -> None:
    await add_chats(
        database,
        chat(GROUP),
        chat(OTHER, sight=Sight.HIDDEN),
        chat(-1003, kind=ChatKind.CHANNEL),
        chat(5, kind=ChatKind.PRIVATE),
    )
    async with database.reader() as db:
        assert await chats.list_of_unknown_sight(db) == [GROUP]
