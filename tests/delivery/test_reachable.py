"""A chat that takes nothing: asked about before it is given up, and told to the operators."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.delivery.compose import OutgoingMessage
from bot.delivery.failures import CannotWrite, DeliveryError, Failure, Loss, NotSent
from bot.delivery.lanes import Priority
from bot.delivery.operators import Operators
from bot.delivery.reachable import ReachableTransport
from bot.delivery.telegram import Sent
from bot.delivery.troubles import Troubles
from bot.pages.page import Page
from bot.text.rich import Rich
from storage import outbox
from storage.models import ChatId, ChatKind, MessageId, NoticePush, OutboxKind
from tests.delivery.answers import Answer, ScriptedTelegram, refused, scripted_bot
from tests.storage.rows import add_chats, chat

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.database import Database
    from tests.clock import FakeClock

BOSS, GROUP, CHANNEL, PERSON = ChatId(900), ChatId(-1001), ChatId(-1002), ChatId(77)
MESSAGE = OutgoingMessage(Page(Rich("글")), "ko", Priority.PUSH)
FORBIDDEN = CannotWrite(Loss.FORBIDDEN, "no rights")
GONE = CannotWrite(Loss.GONE, "chat not found")


@dataclass
class Scripted:
    """A transport whose next sends fail as it is told; None, and beyond: they arrive."""

    failures: deque[Failure | None] = field(default_factory=deque)

    async def send(
        self, chat_id: ChatId, _message: OutgoingMessage, begin: Callable[[], Awaitable[None]]
    ) -> Sent:
        await begin()
        failure = self.failures.popleft() if self.failures else None
        if failure is not None:
            raise DeliveryError(failure)
        return Sent(chat_id, MessageId(7))

    async def edit(
        self,
        _chat_id: ChatId,
        _message_id: MessageId,
        _page: Page,
        begin: Callable[[], Awaitable[None]],
    ) -> bool:
        await begin()
        return True


@dataclass
class Sending:
    """A transport under test, what is under it, and what the operators are told."""

    database: Database
    clock: FakeClock
    inner: Scripted = field(default_factory=Scripted)
    telegram: ScriptedTelegram = field(default_factory=ScriptedTelegram)

    def __post_init__(self) -> None:
        self.starts()

    def starts(self) -> None:
        """As a start makes it: nothing is kept in memory."""
        self.transport = ReachableTransport(
            self.inner,
            scripted_bot(self.telegram, None),
            self.database,
            Troubles(self.database, self.clock, Operators((BOSS,), self.clock)),
        )

    async def send(self, chat_id: ChatId, *failures: Failure | None) -> list[Failure | None]:
        """Send once for each; what became of it."""
        outcomes: list[Failure | None] = []
        for failure in failures:
            self.inner.failures.append(failure)
            try:
                await self.transport.send(chat_id, MESSAGE, _begin)
            except DeliveryError as error:
                outcomes.append(error.failure)
            else:
                outcomes.append(None)
            await self.clock.advance(1)
        return outcomes

    async def told(self) -> list[tuple[str, object]]:
        async with self.database.reader() as db:
            rows = await outbox.list_waiting(db, BOSS, OutboxKind.NOTICE, self.clock.now())
        pushes = [one.push for one in rows]
        return [(one.key, one.values["title"]) for one in pushes if isinstance(one, NoticePush)]


async def _begin() -> None: ...


@pytest.fixture
async def sending(database: Database, clock: FakeClock) -> Sending:
    await add_chats(
        database,
        chat(GROUP),
        chat(CHANNEL, kind=ChatKind.CHANNEL, title=""),
        chat(PERSON, kind=ChatKind.PRIVATE),
    )
    return Sending(database, clock)


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("sent_before", [False, True])
async def test_a_chat_that_may_not_be_written_to_is_told_once_and_once_when_it_is_over(
    sending: Sending,
    restarts: bool,  # noqa: FBT001  # a column of the table
    sent_before: bool,  # noqa: FBT001  # likewise
) -> None:
    if sent_before:
        await sending.send(CHANNEL, None)
    for _ in range(2):
        assert await sending.send(GROUP, FORBIDDEN, FORBIDDEN) == [FORBIDDEN] * 2
        await sending.send(CHANNEL, None)
        if restarts:
            sending.starts()
        assert await sending.send(GROUP, None, None) == [None, None]
    assert (
        await sending.told()
        == [("trouble.chat", "독서모임"), ("trouble.chat.over", "독서모임")] * 2
    )


async def test_a_chat_without_a_title_is_named_by_its_id(sending: Sending) -> None:
    await sending.send(CHANNEL, FORBIDDEN, None)
    name = str(CHANNEL)
    assert await sending.told() == [("trouble.chat", name), ("trouble.chat.over", name)]


@pytest.mark.parametrize(
    ("chat_id", "loss", "key"),
    [
        (GROUP, Loss.KICKED, None),
        (CHANNEL, Loss.KICKED, "trouble.chat.gone"),
        (PERSON, Loss.BLOCKED, None),
        (PERSON, Loss.FORBIDDEN, None),
        (ChatId(-1009), Loss.FORBIDDEN, None),
    ],
)
async def test_of_what_is_others_to_decide_the_operators_are_not_told(
    sending: Sending, chat_id: ChatId, loss: Loss, key: str | None
) -> None:
    failure = CannotWrite(loss, "x")
    assert await sending.send(chat_id, failure) == [failure]
    assert [said for said, _ in await sending.told()] == ([] if key is None else [key])
    assert sending.telegram.calls == [], "that is sure without asking"


@pytest.mark.parametrize("error", ["Bad Request: chat not found", "Forbidden: bot was kicked"])
async def test_a_chat_that_is_not_found_twice_is_gone(sending: Sending, error: str) -> None:
    sending.telegram.script.append(refused(error, 403 if "Forbidden" in error else 400))
    assert await sending.send(GROUP, GONE) == [GONE]
    assert [call.endpoint for call in sending.telegram.calls] == ["getChat"]
    assert await sending.told() == [("trouble.chat.gone", "독서모임")]


async def test_a_chat_that_is_not_found_and_is_there_waits(sending: Sending) -> None:
    """A server that was moved, or has just started, does not know it yet."""
    info = {"id": GROUP, "type": "group", "accent_color_id": 1, "max_reaction_count": 1}
    there = Answer(body=json.dumps({"ok": True, "result": info}).encode())
    sending.telegram.script.extend([refused("Internal Server Error", 500), there])
    one, other = await sending.send(GROUP, GONE, GONE)
    assert isinstance(one, NotSent)
    assert isinstance(other, NotSent)
    assert await sending.told() == []


async def test_what_passes_is_not_asked_about(sending: Sending) -> None:
    assert await sending.send(GROUP, NotSent("x"), None) == [NotSent("x"), None]
    assert (sending.telegram.calls, await sending.told()) == ([], [])


@pytest.mark.parametrize("failure", [FORBIDDEN, None])
async def test_a_database_that_cannot_be_written_changes_nothing_of_the_push(
    sending: Sending, failure: Failure | None, caplog: pytest.LogCaptureFixture
) -> None:
    await sending.database.close()
    assert await sending.send(GROUP, failure) == [failure]
    assert "trouble_not_told" in caplog.messages
