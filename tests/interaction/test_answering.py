"""What a person is told of what they did, and what is run again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from bot.delivery.failures import Ambiguous, CannotWrite, DeliveryError, Loss, NotSent, Throttled
from bot.delivery.noting import answered_update, answering
from bot.interaction.answering import answer_once
from bot.interaction.deeds import KEPT, Deeds
from bot.interaction.parts import Parts
from storage import chats, deeds
from storage.database import BusyError
from storage.models import ChatId, Deed, UpdateId
from tests.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.delivery.failures import Failure
    from storage.database import Database

NOW = datetime(2026, 11, 23, tzinfo=UTC)
GROUP, SUPERGROUP, OTHER, PERSON = ChatId(-5), ChatId(-1005), ChatId(-6), 7
FIRST, SECOND, THIRD = (
    Deed(UpdateId(number), GROUP, PERSON, command, NOW, is_done=True)
    for number, command in ((1, "push"), (2, "quiet"), (3, "language"))
)
LATE = NOW + timedelta(hours=1)
NOW_ASKED, LATER = UpdateId(9), UpdateId(10)
NOT_SENT: Sequence[Failure] = (NotSent("no connection"), Throttled(5))
GONE: Sequence[Failure] = (Ambiguous("timeout"), CannotWrite(Loss.FORBIDDEN, "no right"))


@dataclass
class Asked:
    """What answer_once looks at of an update, and what the person was told."""

    deeds: Deeds
    update_id: UpdateId = NOW_ASKED
    fails_at: dict[str, Failure] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    answers: list[UpdateId | None] = field(default_factory=list)
    """The updates to which what was told is an answer."""
    runs: int = 0
    changes = True
    person_id = PERSON
    chat_id: ChatId = GROUP

    @property
    def chat(self) -> Any:  # noqa: ANN401  # of a chat, this
        return SimpleNamespace(id=self.chat_id)

    @property
    def services(self) -> Any:  # noqa: ANN401  # of all services, this one
        return SimpleNamespace(deeds=self.deeds, parts=Parts())

    async def say(self, _: str, *, command: str) -> None:
        if (failure := self.fails_at.pop(command, None)) is not None:
            raise DeliveryError(failure)
        self.told.append(command)
        self.answers.append(answered_update())

    async def answered(self) -> None:
        async def run() -> None:
            self.runs += 1

        await answer_once(self, run)  # type: ignore[arg-type]  # what it looks at is there


async def doubted(database: Database, *some: Deed, clock: FakeClock | None = None) -> Deeds:
    kept = Deeds(database, clock or FakeClock(NOW))
    for deed in some:
        await kept.doubt(deed)
    return kept


async def rows(database: Database) -> list[int]:
    async with database.reader() as db:
        return [one.update_id for one in await deeds.list_deeds(db)]


@pytest.mark.parametrize("failure", [*NOT_SENT, *GONE], ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("failing", [FIRST, SECOND, THIRD], ids=lambda one: one.command)
@pytest.mark.parametrize("own", [FIRST, SECOND, THIRD, None], ids=lambda one: one and one.command)
async def test_whichever_cannot_be_told_none_is_lost_or_done_twice(
    database: Database, failure: Failure, failing: Deed, own: Deed | None
) -> None:
    """Of each place of the one that fails, and of the one whose update comes again."""
    asked = Asked(await doubted(database, FIRST, SECOND, THIRD))
    asked.update_id = NOW_ASKED if own is None else own.update_id
    asked.fails_at[f"/{failing.command}"] = failure
    comes_again = failure in NOT_SENT and own is failing
    if comes_again:
        with pytest.raises(DeliveryError):
            await asked.answered()
        assert await rows(database) == [1, 2, 3][failing.update_id - 1 :]
    await asked.answered()
    if failure in NOT_SENT and not comes_again:
        asked.update_id = LATER
        await asked.answered()
    expected = {"/push", "/quiet", "/language"}
    assert set(asked.told) == (
        expected if failure in NOT_SENT else expected - {f"/{failing.command}"}
    )
    assert len(asked.told) == len(set(asked.told))
    assert await rows(database) == []
    assert asked.runs == (own is None) + (asked.update_id == LATER)


async def test_what_is_told_of_before_is_no_answer_to_what_is_asked_now(
    database: Database,
) -> None:
    """It may be seen later to have landed: what is asked now was not answered by that."""
    asked = Asked(await doubted(database, FIRST, SECOND))
    with answering(NOW_ASKED):
        await asked.answered()
        assert answered_update() == NOW_ASKED
    assert asked.answers == [FIRST.update_id, SECOND.update_id]


async def test_while_the_database_cannot_be_written_nothing_is_told_and_nothing_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(await doubted(database, FIRST, SECOND))

    async def busy(*_: object) -> None:
        raise BusyError("busy")

    with monkeypatch.context() as patch:
        patch.setattr(deeds, "delete_deeds", busy)
        with pytest.raises(BusyError):
            await asked.answered()
    assert asked.told == []
    await asked.answered()
    assert asked.told == ["/push", "/quiet"]


async def test_what_whoever_is_forgotten_did_is_never_written_down(database: Database) -> None:
    asked = Asked(await doubted(database, replace(FIRST, is_kept=False)))
    asked.fails_at["/push"] = NotSent("no connection")
    for told in ([], ["/push"]):
        await asked.answered()
        assert asked.told == told
        assert await rows(database) == []


@pytest.mark.parametrize("is_anew", [False, True])
@pytest.mark.parametrize("is_before", [True, False])
@pytest.mark.parametrize(
    ("done_in", "asked_in"),
    [(GROUP, SUPERGROUP), (SUPERGROUP, GROUP), (GROUP, GROUP), (SUPERGROUP, SUPERGROUP)],
)
async def test_a_group_and_the_supergroup_that_it_became_are_one(
    database: Database, done_in: ChatId, asked_in: ChatId, *, is_before: bool, is_anew: bool
) -> None:
    """Whether it was done before or after, and told in this run or by the next one."""
    kept = await doubted(database, replace(FIRST, chat_id=done_in)) if is_before else None
    async with database.transaction() as tx:
        await chats.set_migrated(tx, GROUP, SUPERGROUP)
    kept = kept or await doubted(database, replace(FIRST, chat_id=done_in))
    if is_anew:
        kept = Deeds(database, FakeClock(NOW))
        await kept.load()
    elsewhere = Asked(kept, chat_id=OTHER)
    await elsewhere.answered()
    assert elsewhere.told == []
    asked = Asked(kept, FIRST.update_id, chat_id=asked_in)
    await asked.answered()
    assert (asked.told, asked.runs) == (["/push"], 0)
    assert await rows(database) == []


async def test_after_a_day_nobody_is_told_but_whose_update_it_is(database: Database) -> None:
    clock = FakeClock(NOW)
    asked = Asked(await doubted(database, FIRST, replace(SECOND, done_at=LATE), clock=clock))
    own = Asked(asked.deeds, FIRST.update_id)
    await clock.advance(KEPT.total_seconds() + 1)
    await asked.answered()
    assert (asked.told, asked.runs) == (["/quiet"], 1)
    await own.answered()
    assert (own.told, own.runs) == (["/push"], 0)


@pytest.mark.parametrize(("late", "told"), [(0, ["/push", "/quiet"]), (1, ["/quiet"])])
async def test_after_a_day_it_is_forgotten_in_the_database_and_in_memory(
    database: Database, late: int, told: list[str]
) -> None:
    clock = FakeClock(NOW)
    others = replace(FIRST, update_id=UpdateId(4), person_id=8)
    some = (FIRST, others, replace(SECOND, done_at=LATE))
    asked = Asked(await doubted(database, *some, clock=clock))
    await clock.advance(KEPT.total_seconds() + late)
    async with database.transaction() as tx:
        await asked.deeds.forget_old(tx)
    assert await rows(database) == ([2] if late else [1, 2, 4])
    clock._now = NOW
    await asked.answered()
    assert asked.told == told
    assert (8 in asked.deeds._untold) is not bool(late)
