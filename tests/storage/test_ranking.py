"""What is kept count of is what a count at the question gives, whatever came before."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import naive_ranking
from storage import chats, cleanups, inbox, messages, ranking, reactions, votes
from storage.models import (
    ActorId,
    ChatId,
    ChatKind,
    ChatState,
    Cleanup,
    InboxRow,
    MessageId,
    PostId,
    ReactionSet,
    ReactionTotals,
    UpdateId,
    View,
    VotePress,
)
from tests.storage.rows import NOW, chat

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

    from storage.database import Database, Transaction

    Operation: TypeAlias = Callable[[Transaction], Awaitable[object]]

GROUP, SUPERGROUP, CHANNEL, OTHER = (ChatId(-1000 - number) for number in range(1, 5))
CHATS = (GROUP, SUPERGROUP, CHANNEL, OTHER)
POSTS = (PostId(1), PostId(2))
HOURS = (-61, -37, -24, -12, -1, 0, 12, 30)
"""NOW is a midnight of UTC; some changes come a second beside an hour, and from a clock ahead."""
TIMES = tuple(NOW + timedelta(hours=hour, seconds=s) for hour, s in product(HOURS, (-1, 0)))
BEFORE_ALL = datetime(1969, 12, 31, tzinfo=UTC)
"""A time that nothing counts at."""
EMOJI = ("👍", "❤")

places = st.tuples(st.sampled_from(CHATS), st.integers(1, 3).map(MessageId))
people = st.integers(1, 2).map(ActorId)
actors = people | st.sampled_from((ActorId(GROUP), ActorId(-77)))
times = st.sampled_from(TIMES)
emoji = st.sampled_from(EMOJI)
updates = st.integers(1, 3).map(UpdateId)


@st.composite
def reacting(draw: st.DrawFn) -> Operation:
    """Somebody's set on a message, an empty one where it is withdrawn."""
    given_set = frozenset(draw(st.sets(emoji, max_size=2)))
    at = draw(times | st.just(BEFORE_ALL))
    one = ReactionSet(*draw(places), draw(actors), given_set, at, draw(updates))
    return lambda tx: reactions.set_reactions(tx, [one])


@st.composite
def adding_up(draw: st.DrawFn) -> Operation:
    """The totals of a message."""
    counts = tuple(draw(st.dictionaries(emoji, st.integers(0, 5), max_size=2)).items())
    one = ReactionTotals(*draw(places), counts, draw(times), draw(updates))
    return lambda tx: reactions.set_totals(tx, [one])


@st.composite
def voting(draw: st.DrawFn) -> Operation:
    """A press of a vote's button."""
    update = UpdateId(draw(st.integers(1, 1 << 40)))
    one = VotePress(*draw(places), draw(people), draw(emoji), draw(times), update)

    async def vote(tx: Transaction) -> None:
        await inbox.add_updates(tx, [InboxRow(update, one.chat_id, None, NOW, "{}")])
        await votes.turn_over(tx, one)

    return vote


@st.composite
def showing(draw: st.DrawFn) -> Operation:
    """A message shows a post, perhaps another than before; forwards of it do, too."""
    (chat_id, message_id), post_id = draw(places), draw(st.sampled_from(POSTS))
    return lambda tx: messages.set_message(
        *(tx, chat_id, message_id, post_id), view=View.CARD, page=0, language="ko", sent_at=NOW
    )


@st.composite
def forwarding(draw: st.DrawFn) -> Operation:
    """A post of a channel is forwarded to its discussion."""
    place, origin = draw(places), draw(places)
    return lambda tx: messages.add_forward(tx, place, origin, NOW)


@st.composite
def deleting(draw: st.DrawFn) -> Operation:
    """A message is not there any more; or it is an answer that is tidied up."""
    chat_id, message_id = draw(places)
    if draw(st.booleans()):
        return lambda tx: messages.delete_message(tx, chat_id, message_id)
    gone = Cleanup(chat_id, message_id, None, NOW, NOW)
    return lambda tx: cleanups.delete_cleanups(tx, [gone], are_gone=True)


@st.composite
def changing_a_chat(draw: st.DrawFn) -> Operation:
    """A chat is served, left, held, forgotten or new; a group becomes a supergroup."""
    chat_id, state = draw(st.sampled_from(CHATS)), draw(st.sampled_from(ChatState))
    kind = draw(st.sampled_from(("state", "migrate", "delete", "add")))

    async def change(tx: Transaction) -> None:
        if kind == "state":
            await chats.set_state(tx, chat_id, state)
        elif kind == "migrate":
            await chats.set_migrated(tx, GROUP, SUPERGROUP)
        elif kind == "delete":
            await chats.delete_chat(tx, chat_id)
        elif await chats.get_chat(tx, chat_id) is None:
            await chats.add_chat(tx, chat(chat_id, kind=ChatKind.CHANNEL, state=state))

    return change


@st.composite
def forgetting(draw: st.DrawFn) -> Operation:
    """All of a person, what channels gave, or what was given to what shows no post."""
    actor, before = draw(actors), draw(times)
    ways: tuple[Operation, ...] = (
        lambda tx: reactions.delete_by_actor(tx, actor),
        lambda tx: reactions.delete_of_channels(tx, before),
        lambda tx: reactions.delete_strays(tx, before),
    )
    return ways[draw(st.integers(0, 2))]


@st.composite
def removing(draw: st.DrawFn) -> Operation:
    """A post is removed or comes back, or has another place in the order."""
    column, post_id = draw(st.sampled_from(("removed_at", "sort_at"))), draw(st.sampled_from(POSTS))
    value = draw(st.integers(1, 3)) if column == "sort_at" else draw(st.none() | st.just(1))
    return lambda tx: tx.execute(
        f"UPDATE posts SET {column} = ? WHERE id = ?",  # noqa: S608  # a name from above
        (value, post_id),
    )


operations = st.one_of(
    *(reacting() for _ in range(4)),
    *(voting() for _ in range(2)),
    showing(),
    adding_up(),
    forwarding(),
    deleting(),
    changing_a_chat(),
    forgetting(),
    removing(),
)


class UndoneError(Exception):
    """The example is over: nothing of it stays."""


async def check(tx: Transaction, since: datetime | None) -> None:
    """Every ranking is what the reference says, whole and a part of it."""
    for chat_id, (limit, offset) in product((None, *CHATS), ((9, 0), (1, 1), (1, 0))):
        asked: dict[str, Any] = {"since": since, "limit": limit, "offset": offset}
        asked["chat_id"] = chat_id
        found = await reactions.list_top(tx, **asked)
        assert found == await naive_ranking.rank(tx, **asked), asked


async def check_counts(tx: Transaction) -> None:
    """What each post and each chat was given; and that nothing is kept that says nothing."""
    for one in CHATS:
        counted = await reactions.count_in_chat(tx, one)
        assert counted == await naive_ranking.count_in_chat(tx, one)
    for place, with_votes in product((None, (GROUP, MessageId(1))), (False, True)):
        asked: dict[str, Any] = {"apart_from": place, "with_votes": with_votes}
        found = await reactions.get_given(tx, POSTS, **asked)
        assert found == await naive_ranking.count_given(tx, POSTS, **asked), asked
    for table in ("given_times", "given_days", "given_posts"):
        rows = await tx.fetch_all(f"SELECT * FROM {table} WHERE people <= 0")  # noqa: S608  # from above
        assert [tuple(row) for row in rows] == [], table


@pytest.mark.parametrize("few", [0, ranking.FEW])
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(done=st.lists(operations, min_size=8, max_size=16), since=st.none() | times)
async def test_what_is_kept_is_what_is_counted(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    done: Sequence[Operation],
    since: datetime | None,
) -> None:
    monkeypatch.setattr(ranking, "FEW", few)
    monkeypatch.setattr(ranking, "SPARE", 0 if few == 0 else 100)
    with suppress(UndoneError):
        async with database.transaction() as tx:
            await lay_out(tx)
            for one in done:
                await one(tx)
            await check(tx, since)
            await check_counts(tx)
            raise UndoneError


async def lay_out(
    tx: Transaction, posts: Iterable[int] = POSTS, removed: Collection[int] = ()
) -> None:
    """Posts, two of them if no others are named, on messages everywhere, and a served channel."""
    await tx.execute("INSERT INTO sources (id, address, kind) VALUES (1, 'x', 'feed')")
    for one in posts:
        await tx.execute(
            """
            INSERT INTO posts
                (id, source_id, title, title_key, author, body, first_seen_at, sort_at, removed_at)
            VALUES (?, 1, '', '', '', '', 0, 1, ?)
            """,
            (one, 1 if one in removed else None),
        )
    await chats.add_chat(tx, chat(CHANNEL, kind=ChatKind.CHANNEL))
    for chat_id, post in product(CHATS, posts):
        await messages.set_message(
            *(tx, chat_id, MessageId(post), PostId(post)),
            view=View.CARD,
            page=0,
            language="ko",
            sent_at=NOW,
        )


gifts = st.tuples(st.integers(1, 6), st.integers(1, 5).map(ActorId), times)


@pytest.mark.parametrize("spare", [0, 1, ranking.SPARE])
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    done=st.lists(gifts, min_size=10, max_size=60),
    removed=st.sets(st.integers(1, 6), max_size=3),
    since=times,
)
async def test_who_is_wanted_is_not_left_out(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    spare: int,
    done: Sequence[tuple[int, ActorId, datetime]],
    removed: set[int],
    since: datetime,
) -> None:
    """More posts than are wanted: those that cannot be among these are left out, and no others."""
    monkeypatch.setattr(ranking, "FEW", 0)
    monkeypatch.setattr(ranking, "SPARE", spare)
    with suppress(UndoneError):
        async with database.transaction() as tx:
            await lay_out(tx, posts=range(1, 7), removed=removed)
            sets = [
                ReactionSet(GROUP, MessageId(post), actor, frozenset("👍"), at, UpdateId(number))
                for number, (post, actor, at) in enumerate(done)
            ]
            await reactions.set_reactions(tx, sets)
            for limit, offset in product((1, 2, 6), (0, 1, 4)):
                asked: dict[str, Any] = {"since": since, "limit": limit, "offset": offset}
                found = await reactions.list_top(tx, **asked)
                assert found == await naive_ranking.rank(tx, **asked), asked
            raise UndoneError


@pytest.mark.parametrize("before", [1, 8])
async def test_a_window_is_summed_up_from_the_side_that_has_fewer_days(
    database: Database, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    monkeypatch.setattr(ranking, "FEW", 0)
    async with database.transaction() as tx:
        await lay_out(tx)
        sets = [
            ReactionSet(
                *(GROUP, MessageId(1), ActorId(day), frozenset("👍")),
                changed_at=NOW + timedelta(days=day, hours=1),
                update_id=UpdateId(1),
            )
            for day in range(10)
        ]
        await reactions.set_reactions(tx, sets)
        since = NOW + timedelta(days=before)
        found = await reactions.list_top(tx, since=since, limit=1)
    assert found == [(POSTS[0], 10 - before)]
