from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from handlers.reactions import ReactionIntake, parse_sets, parse_totals
from storage import reactions
from storage.models import ActorId, ChatId, MessageId, ReactionSet, ReactionTotals, UpdateId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.database import Database, Transaction
    from tests.clock import FakeClock

AT = datetime(2026, 11, 23, tzinfo=UTC)
CHAT = {"id": -100, "type": "supergroup", "title": "모임"}
MINJI = {"id": 7, "is_bot": False, "first_name": "민지"}
THUMB, HEART = {"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "❤\ufe0f"}
OWN = {"type": "custom_emoji", "custom_emoji_id": "55"}


def changed(*new: dict[str, Any], **who: object) -> dict[str, Any]:
    return {
        "update_id": 3,
        "message_reaction": {
            "chat": CHAT,
            "message_id": 5,
            "date": int(AT.timestamp()),
            "old_reaction": [],
            "new_reaction": list(new),
            **(who or {"user": MINJI}),
        },
    }


def test_the_whole_set_is_read_without_variation_selectors() -> None:
    (found,) = parse_sets(changed(THUMB, HEART, OWN, {"type": "paid"}))
    emoji = frozenset({"👍", "❤", "custom:55", "paid"})
    expected = ReactionSet(ChatId(-100), MessageId(5), ActorId(7), emoji, AT, UpdateId(3))
    assert found == expected


def test_a_set_that_was_withdrawn_is_empty() -> None:
    assert parse_sets(changed())[0].emoji == frozenset()


def test_an_anonymous_actor_is_their_chat() -> None:
    assert parse_sets(changed(THUMB, actor_chat=CHAT))[0].actor_id == -100


@pytest.mark.parametrize("who", [{"user": MINJI | {"is_bot": True}}, {"user": None}])
def test_bots_and_nobody_are_not_counted(who: dict[str, Any]) -> None:
    assert parse_sets(changed(THUMB, **who)) == ()


def test_totals_are_read_with_their_emoji() -> None:
    reactions = [{"type": HEART, "total_count": 4}, {"type": {"type": "paid"}, "total_count": 1}]
    change = {"chat": CHAT, "message_id": 5, "date": int(AT.timestamp()), "reactions": reactions}
    found = parse_totals({"update_id": 3, "message_reaction_count": change})
    counts = (("❤", 4), ("paid", 1))
    assert found == (ReactionTotals(ChatId(-100), MessageId(5), counts, AT, UpdateId(3)),)


@pytest.mark.parametrize("missing", ["chat", "message_id", "date", "new_reaction"])
def test_another_shape_is_refused(missing: str) -> None:
    raw = changed(THUMB)
    del raw["message_reaction"][missing]
    with pytest.raises(KeyError):
        parse_sets(raw)


async def test_of_one_members_flood_on_a_message_the_last_is_kept_once(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    set_reactions = reactions.set_reactions

    async def counted(tx: Transaction, sets: Sequence[ReactionSet]) -> None:
        written.append(len(sets))
        await set_reactions(tx, sets)

    monkeypatch.setattr(reactions, "set_reactions", counted)
    flood = [
        ReactionSet(ChatId(-100), MessageId(5), ActorId(actor), emoji, AT, UpdateId(number))
        for number in range(100)
        for actor, emoji in ((7, frozenset({"👍"} if number % 2 else ())), (8, frozenset({"❤"})))
    ]
    async with database.transaction() as tx:
        await ReactionIntake(clock).take_sets(tx, [*flood[2:], *flood[:2]])
    async with database.reader() as db:
        rows = await db.fetch_all("SELECT actor_id, emoji, update_id FROM reaction_sets ORDER BY 1")
    assert [tuple(row) for row in rows] == [(7, '["👍"]', 99), (8, '["❤"]', 99)]
    assert written == [2]
