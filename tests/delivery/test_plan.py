from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.plan import (
    is_wanted,
    may_merge,
    plan_deliveries,
    plan_merge,
    takes,
)
from bot.search.sieve import Sieve
from bot.search.whole_words import has_word
from storage.models import (
    BlogCounts,
    ChatId,
    ChatKind,
    ChatState,
    DigestPush,
    EditionPush,
    NoticePush,
    OutboxId,
    OutboxRow,
    OutboxState,
    Period,
    Post,
    PostId,
    PostPush,
    PushMode,
    QuietHours,
    SourceFilter,
    SourceId,
    UnreadablePush,
)
from storage.pushes import kind_of
from tests.storage.rows import NOW, chat

if TYPE_CHECKING:
    from bot.search.whole_words import PostText
    from storage.models import Chat, Push

NIGHT = QuietHours(22 * 60, 8 * 60)
MIDNIGHT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""In Seoul; morning is eight hours later."""
MORNING = MIDNIGHT + timedelta(hours=8)


def post(number: int, title: str = "글", **changes: Any) -> Post:  # noqa: ANN401  # any field
    made = Post(
        id=PostId(number),
        source_id=SourceId(1),
        title=title,
        author="",
        body="본문이에요.",
        html=None,
        link=None,
        guid=None,
        published_at=None,
        first_seen_at=NOW,
        sort_at=NOW,
        position=None,
        cut=False,
        edited_at=None,
        removed_at=None,
        blog=BlogCounts(),
    )
    return replace(made, **changes)


def of(*numbers: int) -> PostPush:
    return PostPush(ids(*numbers))


def ids(*numbers: int) -> tuple[PostId, ...]:
    return tuple(PostId(one) for one in numbers)


DIGEST, NOTICE = DigestPush(ids(1), ()), NoticePush("x", {})
EDITION = EditionPush(Period.WEEK, (), ids(1))


def row(number: int, push: Push | UnreadablePush, **changes: Any) -> OutboxRow:  # noqa: ANN401  # any field
    made = OutboxRow(
        id=OutboxId(number),
        chat_id=ChatId(-1),
        item=str(number),
        push=push,
        state=OutboxState.PENDING,
        not_before=NOW,
        attempts=0,
        token=None,
        message_id=None,
        error=None,
        created_at=NOW,
        changed_at=NOW,
        doubts=0,
    )
    return replace(made, **changes)


def test_each_chat_gets_each_post_the_oldest_first() -> None:
    rows = plan_deliveries([post(1), post(2)], [chat(-1), chat(-2)], NOW)
    assert [(one.chat_id, one.push, one.item) for one in rows] == [
        (-1, of(1), "1"),
        (-1, of(2), "2"),
        (-2, of(1), "1"),
        (-2, of(2), "2"),
    ]
    assert {one.not_before for one in rows} == {NOW}


def test_ten_thousand_chats_with_fifty_filters_cost_fifty_questions_a_post() -> None:
    asked: list[str] = []

    def asks(text: PostText, word: str) -> bool:
        asked.append(f"{text.title.folded} {word}")
        return has_word(text, word)

    chats = [chat(-one, words=(f"낱말{one % 50}",)) for one in range(1, 10_001)]
    rows = plan_deliveries(
        [post(1, "낱말7은 무엇인가"), post(2, "낱말8, 낱말9")], chats, NOW, Sieve(asks)
    )
    assert len(asked) == len(set(asked)) == 2 * 50
    assert [one.chat_id for one in rows if one.push == of(1)] == [
        one.id for one in chats if one.settings.words == ("낱말7",)
    ]
    assert len(rows) == 3 * 200


def test_of_many_only_what_is_wanted_goes_as_one() -> None:
    titles = ["투자", "글", "투자 2", "광고 투자"] * 2
    many = [post(number, title) for number, title in enumerate(titles, 1)]
    rows = plan_deliveries(many, [chat(-1, words=("투자",), without=("광고",))], NOW)
    assert [one.push for one in rows] == [of(1), of(3), of(5), of(7)]


def test_more_than_five_at_once_go_as_one() -> None:
    five = plan_deliveries([post(one) for one in range(1, 6)], [chat(-1)], NOW)
    assert len(five) == 5
    (six,) = plan_deliveries([post(one) for one in range(1, 7)], [chat(-1)], NOW)
    assert six.item == "1-6"
    assert six.push == of(1, 2, 3, 4, 5, 6)


def test_at_night_it_waits_for_the_morning() -> None:
    rows = plan_deliveries([post(1)], [chat(-1, quiet=NIGHT), chat(-2)], MIDNIGHT)
    assert [one.not_before for one in rows] == [MORNING, MIDNIGHT]


@pytest.mark.parametrize(
    ("one", "gets"),
    [
        (chat(-1), True),
        (chat(-1, kind=ChatKind.CHANNEL), True),
        (chat(-1, state=ChatState.LEFT), False),
        (chat(-1, state=ChatState.WAITING), False),
        (chat(-1, push=PushMode.DIGEST), False),
        (chat(-1, push=PushMode.OFF), False),
        (chat(-1, joined_at=NOW + timedelta(seconds=1)), False),
        (chat(-1, joined_at=NOW), True),
        (chat(-1, can_write=False), True),
        (chat(-1, words=("투자",)), False),
        (chat(-1, words=("투자", "ai")), True),
        (chat(-1, words=("본문",)), True),
        (chat(-1, words=("본",)), False),
        (chat(-1, words=("하루",), without=("본문",)), False),
        (chat(-1, without=("광고",)), True),
        (chat(-1, left_out=frozenset({SourceId(1)})), False),
        (chat(-1, left_out=frozenset({SourceId(2)})), True),
        (chat(-1, source_filters=(SourceFilter(SourceId(1), ("투자",)),)), False),
        (chat(-1, words=("투자",), source_filters=(SourceFilter(SourceId(1)),)), True),
    ],
)
def test_a_chat_takes_what_its_settings_say(one: Chat, *, gets: bool) -> None:
    assert takes(one, post(1, "AI의 하루"), NOW + timedelta(days=1)) is gets
    later = NOW + timedelta(days=1)
    assert bool(plan_deliveries([post(1, "AI의 하루")], [one], later)) is gets


@pytest.mark.parametrize(
    ("one", "kinds"),
    [
        (chat(-1), {"post", "digest", "notice", "edition"}),
        (None, {"notice"}),
        (chat(-1, state=ChatState.LEFT), {"notice"}),
        (chat(-1, joined_at=NOW + timedelta(days=1)), {"notice"}),
        (chat(-1, push=PushMode.DIGEST), {"digest", "notice", "edition"}),
        (chat(-1, push=PushMode.OFF), {"notice"}),
    ],
)
def test_what_waited_goes_only_where_it_is_still_wanted(one: Chat | None, kinds: set[str]) -> None:
    wanted = {
        kind_of(push)
        for push in (of(1), DIGEST, NOTICE, EDITION)
        if is_wanted(row(1, push), one, NOW + timedelta(days=1))
    }
    assert wanted == kinds


def held(number: int, **changes: Any) -> OutboxRow:  # noqa: ANN401  # any field
    return replace(row(number, of(number), not_before=MORNING), **changes)


def test_what_came_in_the_night_goes_as_one() -> None:
    merge = plan_merge([held(1), held(2), row(3, of(3))])
    assert merge is not None
    assert (merge.into, merge.others) == (1, (2, 3))
    assert merge.push == of(1, 2, 3)


def test_one_of_the_night_goes_alone() -> None:
    assert plan_merge([held(1)]) is None
    assert plan_merge([held(1), row(2, of(2))]) is None
    assert plan_merge([row(1, of(1)), row(2, of(2))]) is None
    assert plan_merge([]) is None


def test_more_than_five_that_wait_go_as_one() -> None:
    waiting = [row(one, of(one)) for one in range(1, 7)]
    assert plan_merge(waiting[:5]) is None
    merge = plan_merge(waiting)
    assert merge is not None
    assert merge.others == (2, 3, 4, 5, 6)


def test_one_that_may_have_arrived_goes_as_it_was() -> None:
    assert plan_merge([held(1, doubts=1), held(2), held(3)]) is None


def test_digests_that_wait_go_as_one() -> None:
    merge = plan_merge(
        [
            row(1, DigestPush(ids(1, 2), ids(1), ids(5), ids(7))),
            row(2, DigestPush(ids(3), ids(3, 1), ids(6, 5))),
        ]
    )
    assert merge is not None
    assert merge.push == DigestPush(ids(1, 2, 3), ids(1, 3), ids(5, 6), ids(7))


def test_notices_go_one_by_one() -> None:
    assert plan_merge([held(one, push=NOTICE) for one in range(9)]) is None


@pytest.mark.parametrize("push", [of(1), DIGEST, NOTICE, EDITION])
def test_what_is_looked_for_is_what_may_go_as_one(push: Push) -> None:
    goes = plan_merge([held(one, push=push) for one in range(9)]) is not None
    assert may_merge(kind_of(push)) is goes


def test_what_cannot_be_read_is_merged_with_nothing() -> None:
    unreadable = held(2, push=UnreadablePush("post", "?"))
    assert plan_merge([held(1), unreadable, held(3)]) is None


@given(
    st.lists(
        st.tuples(st.lists(st.integers(1, 50), min_size=1, max_size=7), st.booleans()), max_size=9
    )
)
def test_a_merge_loses_no_post_and_keeps_the_order(pushes: list[tuple[list[int], bool]]) -> None:
    waiting = [
        row(number, of(*posts), not_before=MORNING if late else NOW)
        for number, (posts, late) in enumerate(pushes, 1)
    ]
    merge = plan_merge(waiting)
    if merge is not None:
        assert [merge.into, *merge.others] == [one.id for one in waiting]
        posts = [one for push, _ in pushes for one in push]
        assert merge.push == of(*dict.fromkeys(posts))


@pytest.mark.parametrize("ahead", [timedelta(seconds=1), timedelta(hours=1), timedelta(days=400)])
def test_a_chat_that_joined_later_than_now_has_no_backlog(ahead: timedelta) -> None:
    """The clock went back: for an hour, whoever had joined in the last hour got nothing."""
    one = chat(-1, joined_at=NOW + ahead)
    assert takes(one, post(1), NOW)
    assert is_wanted(row(1, of(1)), one, NOW)
    assert not takes(one, post(1), NOW + ahead)
    assert not is_wanted(row(1, of(1)), one, NOW + ahead)
