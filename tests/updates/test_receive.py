from __future__ import annotations

import asyncio
import json
import logging
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from telegram.error import InvalidToken

from bot.clock import end
from bot.updates import receive
from bot.updates.batches import Batch
from bot.updates.committing import Committer
from bot.updates.raw import ALLOWED_UPDATES, Identity, is_wanted
from bot.updates.receive import Receiver, shown
from storage import facts, inbox
from tests.clock import HastyClock
from tests.storage.files import read, started
from tests.updates.samples import GROUP, message, press, reaction, said
from tests.updates.telegram_server import (
    TOKEN,
    WEBHOOK_IS_ACTIVE,
    TelegramServer,
    cut,
    error,
    page,
    reset,
    running_request,
    running_server,
)
from tests.waiting import settle, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from bot.updates.raw import Raw
    from storage.database import Database, Transaction
    from storage.models import InboxRow
    from tests.updates.telegram_server import Answer

ME = Identity(700, "SosikBot")
WORDS = frozenset({"latest"})


class Sink:
    """Takes what is handed on; `room` closed stops reception."""

    def __init__(self) -> None:
        self.fed: list[tuple[int, Raw]] = []
        self.expected: list[Raw] = []
        self.fed_before = -1
        self.room = asyncio.Event()
        self.room.set()
        self.is_waited_for = False

    def expect(self, raws: list[Raw]) -> None:
        self.expected = raws
        self.fed_before = len(self.fed)

    def feed(self, rows: list[tuple[InboxRow, Raw]]) -> None:
        self.fed += [(row.update_id, raw) for row, raw in rows]

    async def has_room(self, most: int) -> None:
        assert most > 0
        self.is_waited_for = not self.room.is_set()
        await self.room.wait()

    @property
    def ids(self) -> list[int]:
        return [update_id for update_id, _ in self.fed]


class Reception:
    """A receiver that runs, and all that it touches."""

    def __init__(self, server: TelegramServer, database: Database) -> None:
        self.server = server
        self.database = database
        self.sink = Sink()
        self.clock = HastyClock()
        self.held: list[float] = []
        self.task: asyncio.Task[None]

    def begin(
        self,
        request: Any,  # noqa: ANN401  # python-telegram-bot's, or one that fails
        grouped: Mapping[str, Batch] = MappingProxyType({}),
    ) -> None:
        committer = Committer(
            wanted=lambda raw: is_wanted(raw, ME, WORDS),
            database=self.database,
            sink=self.sink,
            clock=self.clock,
            grouped=grouped,
        )
        receiver = Receiver(
            request=request,
            address=self.server.address,
            committer=committer,
            database=self.database,
            clock=self.clock,
            hold_sends=self.held.append,
        )
        self.task = asyncio.create_task(receiver.run())

    async def takes(self, *ids: int) -> None:
        """Wait until exactly these were handed on and confirmed."""
        await until(lambda: self.sink.ids == [*ids] or self.task.done())
        assert self.sink.ids == [*ids]
        await until(lambda: self.server.confirmed == max(ids) + 1)

    async def column(self, sql: str) -> list[Any]:
        async with self.database.reader() as db:
            return [row[0] for row in await db.fetch_all(sql)]


def taking_all(database: Database, clock: HastyClock) -> Committer:
    return Committer(wanted=lambda _: True, database=database, sink=Sink(), clock=clock)


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with running_server() as running:
        yield running


@pytest.fixture
async def reception(server: TelegramServer, database: Database) -> AsyncIterator[Reception]:
    async with receiving(server, database) as running:
        yield running


@asynccontextmanager
async def receiving(server: TelegramServer, database: Database) -> AsyncIterator[Reception]:
    async with running_request() as request:
        running = Reception(server, database)
        running.begin(request)
        yield running
        await end([running.task])


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]


# -- commit, then confirm --------------------------------------------------------------------------


async def test_updates_are_committed_handed_on_and_confirmed(reception: Reception) -> None:
    reception.server.add(said(10, "/latest"), reaction(11, "👍"), press(12, "c1"))
    await reception.takes(10, 11, 12)
    assert await reception.column("SELECT update_id FROM inbox") == [10, 11, 12]
    assert await reception.column("SELECT chat_id FROM inbox") == [GROUP] * 3
    assert await reception.column("SELECT value FROM facts") == ["13"]


# -- what is handled by the commit -----------------------------------------------------------------


class Tally:
    """Writes down what it is given; refuses what it cannot keep."""

    def __init__(self) -> None:
        self.tries = 0

    @property
    def batch(self) -> Batch:
        return Batch(self.parse, self.apply)

    def parse(self, raw: Raw) -> list[str]:
        emoji = [one["emoji"] for one in raw["message_reaction"]["new_reaction"]]
        if "?" in emoji:
            raise KeyError("?")
        return emoji

    async def apply(self, tx: Transaction, parts: list[str]) -> None:
        self.tries += 1
        for one in parts:
            await tx.execute("INSERT INTO facts VALUES (?, '1')", (None if one == "!" else one,))


@asynccontextmanager
async def tallying(
    server: TelegramServer, database: Database
) -> AsyncIterator[tuple[Reception, Tally]]:
    async with running_request() as request:
        running, tally = Reception(server, database), Tally()
        running.begin(request, {"message_reaction": tally.batch})
        yield running, tally
        await end([running.task])


TALLIED = "SELECT key FROM facts WHERE key <> 'offset' ORDER BY key"


async def test_what_is_grouped_is_handled_by_the_commit_that_keeps_the_rest(
    server: TelegramServer, database: Database
) -> None:
    async with tallying(server, database) as (running, tally):
        server.add(reaction(10, "가"), reaction(11, "나"), said(12, "/latest"))
        await running.takes(12)
        assert await running.column("SELECT update_id FROM inbox") == [12]
        assert await running.column("SELECT update_id FROM inbox_seen") == [10, 11, 12]
        assert await running.column(TALLIED) == ["가", "나"]
        server.add(reaction(11, "나"), said(13, "/latest"))  # the first comes again
        await running.takes(12, 13)
        assert tally.tries == 1


@pytest.mark.parametrize("wrong", ["?", "!"])
async def test_what_cannot_be_handled_so_is_kept_for_whoever_finds_out_why(
    server: TelegramServer, database: Database, wrong: str
) -> None:
    """Nobody can read it, or nobody can keep it: then nothing of its batch is kept so."""
    async with tallying(server, database) as (running, _):
        server.add(reaction(10, "가"), reaction(11, wrong), said(12, "/latest"))
        left = [11, 12] if wrong == "?" else [10, 11, 12]
        await running.takes(*left)
        assert await running.column("SELECT update_id FROM inbox") == left
        assert json.loads((await running.column("SELECT body FROM inbox"))[-2])["update_id"] == 11
        assert await running.column(TALLIED) == (["가"] if wrong == "?" else [])


class Answering(Sink):
    """Begins to answer in a task of its own."""

    has_begun = False

    def feed(self, rows: list[tuple[InboxRow, Raw]]) -> None:
        super().feed(rows)
        self.answer = asyncio.create_task(self._begin())

    async def _begin(self) -> None:
        self.has_begun = True


async def test_what_is_wanted_is_expected_while_it_is_committed(database: Database) -> None:
    sink, tally = Sink(), Tally()
    committer = Committer(
        wanted=lambda raw: is_wanted(raw, ME, WORDS),
        database=database,
        sink=sink,
        clock=HastyClock(),
        grouped={"message_reaction": tally.batch},
    )
    batch = [said(12, "/latest"), said(13, "잡담"), reaction(14, "가")]
    await committer.commit(committer.read(batch, 15))
    ((_, fed),) = sink.fed
    (expected,) = sink.expected
    assert expected is fed
    assert sink.fed_before == 0


async def test_an_answer_is_begun_before_more_is_asked_for(database: Database) -> None:
    sink = Answering()
    committer = Committer(wanted=lambda _: True, database=database, sink=sink, clock=HastyClock())
    await committer.commit(committer.read([said(12, "/latest")], 13))
    assert sink.has_begun


async def test_every_request_names_the_kinds_it_wants(reception: Reception) -> None:
    await until(lambda: len(reception.server.asked) > 1)
    for query in reception.server.asked:
        assert json.loads(query["allowed_updates"]) == list(ALLOWED_UPDATES)
        assert (query["timeout"], query["limit"]) == ("30", "100")


async def test_nothing_is_confirmed_while_the_disk_is_full(
    reception: Reception, caplog: pytest.LogCaptureFixture
) -> None:
    writer = reception.database._writer
    await writer.run(lambda db: db.execute("PRAGMA max_page_count = 1").fetchall())
    reception.server.add(said(10, "/latest " + "x" * 3000, chat_id=7))
    reception.server.add(*(said(n, "/latest " + "x" * 3000, chat_id=7) for n in range(11, 60)))
    await until(lambda: len(reception.clock.slept) > 5)
    assert reception.server.confirmed == 0
    assert reception.sink.fed == []
    assert await reception.column("SELECT count(*) FROM inbox_seen") == [0]
    await writer.run(lambda db: db.execute("PRAGMA max_page_count = 99999").fetchall())
    await reception.takes(*range(10, 60))
    assert events(caplog) == ["inbox_not_committed"]


async def test_reception_goes_on_where_the_last_run_ended(
    server: TelegramServer, database: Database
) -> None:
    async with receiving(server, database) as first:
        server.add(said(10, "/latest"))
        await first.takes(10)
    server.asked.clear()
    async with receiving(server, database) as second:
        await until(lambda: server.asked)
        assert server.asked[0]["offset"] == "11"
        server.add(said(11, "/latest"))
        await second.takes(11)


CRASHING = """
    import asyncio, os, sys
    from pathlib import Path
    from bot.updates.committing import Committer
    from bot.updates.receive import Receiver
    from storage.database import Database
    from tests.clock import HastyClock
    from tests.updates.telegram_server import running_request
    class Sink:
        def expect(self, raws): pass
        def feed(self, rows):
            if sys.argv[3] == "after": os._exit(9)
        async def has_room(self, most): pass
    def wanted(raw):
        if sys.argv[3] == "before": os._exit(9)
        return True
    async def main():
        database = await Database.open(Path(sys.argv[1]))
        async with running_request() as request:
            clock = HastyClock()
            committer = Committer(wanted=wanted, database=database, sink=Sink(), clock=clock)
            await Receiver(
                request=request, address=sys.argv[2], committer=committer, database=database,
                clock=clock, hold_sends=lambda seconds: None,
            ).run()
    asyncio.run(main())
"""


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_process_killed_around_the_commit_loses_nothing(
    moment: str, server: TelegramServer, tmp_path: Path
) -> None:
    """Killed before it, Telegram still has the update; killed after it, the inbox has."""
    server.add(said(10, "/latest"))
    path = tmp_path / "sosik.db"
    with started(CRASHING, path, server.address, moment) as process:
        await asyncio.to_thread(process.communicate)
    assert process.returncode == 9
    assert server.confirmed == 0
    kept = read(path, "SELECT update_id FROM inbox")
    assert [one["update_id"] for one in server.waiting] == [10]
    assert kept == ([10] if moment == "after" else [])


async def test_cancelled_at_any_moment_the_batch_is_committed_or_comes_again(
    server: TelegramServer, database: Database
) -> None:
    server.add(*(said(n, "/latest") for n in range(10, 15)))
    for number in range(25):
        async with receiving(server, database):
            for _ in range(number * 3):
                await asyncio.sleep(0)
    async with receiving(server, database):
        await until(lambda: server.confirmed == 15)
    async with database.reader() as db:
        assert [row.update_id for row in await inbox.list_waiting(db)] == [10, 11, 12, 13, 14]


# -- what comes twice, late, or malformed ----------------------------------------------------------


async def test_an_update_that_comes_again_is_handed_on_once(reception: Reception) -> None:
    twice = [said(10, "/latest"), said(11, "/latest")]
    reception.server.add(twice[0], *twice, twice[0])
    await reception.takes(10, 11)
    reception.server.add(twice[0])
    reception.server.add(said(12, "/latest"))
    await reception.takes(10, 11, 12)


async def test_a_batch_is_put_in_order(reception: Reception) -> None:
    reception.server.add(*(said(n, "/latest") for n in (12, 10, 11)))
    await reception.takes(10, 11, 12)


async def test_ids_that_begin_anew_are_confirmed(
    server: TelegramServer, database: Database
) -> None:
    """After a week of silence, or on another server, ids are lower: no hot loop, nothing stuck."""
    async with database.transaction() as tx:
        await facts.set_fact(tx, "offset", "900000")
    async with receiving(server, database) as reception:
        server.add(said(10, "/latest"), said(11, "/latest"))
        await until(lambda: server.asked and server.asked[-1]["offset"] == "12")
        server.add(said(12, "/latest"))
        await until(lambda: reception.sink.ids == [10, 11, 12])
        assert len(server.asked) < 10


async def test_a_poisoned_update_does_not_hold_up_its_batch(reception: Reception) -> None:
    """Wrong shapes everywhere: they are committed like any other; parsing comes later."""
    reception.server.add(
        {"update_id": 10, "message": {"chat": None, "via_bot": 3}},
        {"update_id": 11, "message": "text"},
        {"update_id": 12, "callback_query": {"message": []}},
        said(13, "/latest"),
        {"update_id": 14, "message_reaction": {"chat": {"id": 2**90}, "date": "x"}},
    )
    await reception.takes(12, 13, 14)


async def test_half_a_surrogate_pair_is_kept_as_it_came(reception: Reception) -> None:
    reception.server.add(said(10, "/latest \ud83d"))
    await reception.takes(10)
    (body,) = await reception.column("SELECT body FROM inbox")
    assert json.loads(body)["message"]["text"] == "/latest \ud83d"


async def test_an_update_without_an_id_is_left_out(
    reception: Reception, caplog: pytest.LogCaptureFixture
) -> None:
    reception.server.add({"message": {}}, "text", 5, said(10, "/latest"))
    await until(lambda: reception.sink.ids == [10])
    assert "updates_without_id" in events(caplog)


async def test_updates_that_all_lack_an_id_are_waited_out(reception: Reception) -> None:
    reception.server.add({"message": {}})
    await until(lambda: len(reception.clock.slept) > 3)
    reception.server.waiting.clear()
    reception.server.add(said(10, "/latest"))
    await reception.takes(10)


# -- faults ----------------------------------------------------------------------------------------

FAULTS: dict[str, Answer] = {
    "500": error(500, "Internal Server Error"),
    "502 page": page(502, "<html>Bad Gateway</html>"),
    "504 empty": page(504, ""),
    "400": error(400, "Bad Request: something"),
    "403": error(403, "Forbidden"),
    "404 page of a proxy": page(404, "<html>no such host</html>"),
    "error that is no object": page(500, '["oops"]'),
    "error with odd parameters": error(400, "x", retry_after={"a": 1}),
    "endless retry_after": error(429, "Too Many Requests", retry_after=1e30),
    "empty": page(200, ""),
    "no JSON": page(200, "<html>Welcome</html>"),
    "half JSON": page(200, '{"ok": true, "result": [{"update_id": 1'),
    "no result": page(200, '{"ok": true}'),
    "a list": page(200, "[1]"),
    "result is no list": page(200, '{"ok": true, "result": {"update_id": 1}}'),
    "nested too deeply": page(200, "[" * 100_000),
    "cut": cut('{"ok": true, "result": ['),
    "reset": reset,
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_is_waited_out_and_nothing_is_lost(
    fault: str, server: TelegramServer, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    server.faults += [FAULTS[fault]] * 3
    server.add(said(10, "/latest"))
    async with receiving(server, database) as reception:
        await reception.takes(10)
        assert len(reception.clock.slept) == 3
        assert all(0 < seconds <= 3600 for seconds in reception.clock.slept)
    assert events(caplog) == ["reception_failed", "reception_resumed"]
    logged = next(one for one in caplog.records if one.getMessage() == "reception_failed")
    assert len(logged.error) < 300  # type: ignore[attr-defined]  # `extra`
    assert vars(caplog.records[-1])["failures"] == 3
    assert vars(caplog.records[-1])["seconds"] == round(sum(reception.clock.slept))


async def test_waits_grow_with_jitter_and_begin_anew_after_an_answer(
    server: TelegramServer, database: Database
) -> None:
    server.faults += [error(500, "x")] * 12
    async with receiving(server, database) as reception:
        await until(lambda: len(reception.clock.slept) == 12)
        await until(lambda: len(server.asked) > 12)
        server.faults += [error(500, "x")]
        server.add(said(10, "/latest"))
        await until(lambda: len(reception.clock.slept) == 13)
        slept = reception.clock.slept
    ceilings = [min(30.0, 0.5 * 2**n) for n in range(1, 13)]
    assert all(top / 2 <= one <= top for one, top in zip(slept, ceilings, strict=False))
    assert len(set(slept)) == 13
    assert slept[12] <= 1.0


async def test_a_server_that_is_not_there_is_waited_for(database: Database) -> None:
    async with running_server() as gone:
        pass
    async with receiving(gone, database) as reception:
        await until(lambda: len(reception.clock.slept) > 3)
        assert not reception.task.done()


@pytest.mark.parametrize(("asked", "waited"), [(1, 1), (35, 35), (3600, 3600), (9_999_999, 3600)])
async def test_retry_after_is_honoured(
    asked: int, waited: int, server: TelegramServer, database: Database
) -> None:
    server.faults.append(error(429, "Too Many Requests", retry_after=asked))
    async with receiving(server, database) as reception:
        await until(lambda: len(server.asked) > 1)
        assert reception.clock.slept == [waited]


async def test_retry_after_is_understood_as_a_number_too(
    server: TelegramServer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PTB_TIMEDELTA")
    server.faults.append(error(429, "Too Many Requests", retry_after=7))
    with pytest.warns(DeprecationWarning, match="retry_after"):
        async with receiving(server, database) as reception:
            await until(lambda: len(server.asked) > 1)
    assert reception.clock.slept == [7]


@pytest.mark.parametrize("code", [401, 404])
async def test_a_token_that_telegram_does_not_know_ends_it(
    code: int, server: TelegramServer, database: Database
) -> None:
    server.faults.append(error(code, "Unauthorized"))
    async with receiving(server, database) as reception:
        await until(reception.task.done)
        with pytest.raises(InvalidToken):
            await reception.task
        assert reception.clock.slept == []


async def test_another_instance_holds_what_is_sent_and_is_said_once(
    server: TelegramServer, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    conflict = error(409, "Conflict: terminated by other getUpdates request")
    server.faults += [conflict] * 4
    async with receiving(server, database) as reception:
        await until(lambda: len(reception.held) == 4)
        await until(lambda: len(server.asked) > 5)
        server.faults += [conflict]  # an answer came in between, a minute did not pass
        await until(lambda: len(reception.held) == 5)
        assert reception.held == [60.0] * 5
        assert events(caplog).count("another_instance_runs") == 1
        await reception.clock.sleep(61)
        server.faults += [conflict]
        await until(lambda: len(reception.held) == 6)
    assert events(caplog).count("another_instance_runs") == 2


async def test_a_webhook_of_an_earlier_run_is_deleted_and_nothing_is_held(
    server: TelegramServer, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    server.has_webhook = True
    server.add(said(10, "/latest"))
    async with receiving(server, database) as reception:
        await reception.takes(10)
        assert reception.held == []
    assert server.deleted == [{"drop_pending_updates": "false"}]
    assert events(caplog) == ["webhook_deleted"]


async def test_a_webhook_that_cannot_be_deleted_is_tried_again(
    server: TelegramServer, database: Database
) -> None:
    server.has_webhook = True
    server.faults += [WEBHOOK_IS_ACTIVE, error(500, "x")] * 2
    server.add(said(10, "/latest"))
    async with receiving(server, database) as reception:
        await reception.takes(10)
        assert len(reception.clock.slept) == 2
    assert len(server.deleted) == 3


async def test_a_webhook_that_somebody_sets_meanwhile_is_another_instance(
    server: TelegramServer, database: Database
) -> None:
    """Nobody deletes the other's: whoever set it would set it again, and so on without an end."""
    async with receiving(server, database) as reception:
        server.add(said(10, "/latest"))
        await reception.takes(10)
        server.has_webhook = True
        server.add(said(11, "/latest"))
        await until(lambda: len(reception.held) > 1)
    assert server.deleted == []


async def test_sends_may_be_held_by_something_that_waits(
    server: TelegramServer, database: Database
) -> None:
    held = asyncio.Event()

    async def hold(_: float) -> None:
        held.set()

    server.faults.append(error(409, "Conflict"))
    async with running_request() as request:
        clock = HastyClock()
        receiver = Receiver(
            request=request,
            address=server.address,
            committer=taking_all(database, clock),
            database=database,
            clock=clock,
            hold_sends=hold,
        )
        task = asyncio.create_task(receiver.run())
        await held.wait()
        await end([task])


async def test_empty_answers_that_come_at_once_make_no_hot_loop(
    server: TelegramServer, database: Database
) -> None:
    server.hold_seconds = 0
    loop = asyncio.get_running_loop()
    began_at = loop.time()
    async with receiving(server, database):
        await until(lambda: len(server.asked) == 4)
    assert loop.time() - began_at >= 3 * receive.BREATH_SECONDS


async def test_an_answer_that_was_held_is_followed_at_once(
    server: TelegramServer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receive, "BREATH_SECONDS", 60)
    server.hold_seconds = 1.05
    async with receiving(server, database):
        await until(lambda: len(server.asked) > 1)


async def test_reception_waits_while_there_is_no_room(reception: Reception) -> None:
    await until(lambda: reception.server.asked)
    reception.sink.room.clear()
    reception.server.add(said(10, "/latest"))
    await until(lambda: reception.sink.ids == [10])
    await until(lambda: reception.sink.is_waited_for)
    asked = len(reception.server.asked)
    reception.server.add(said(11, "/latest"))
    await settle()
    assert (reception.sink.ids, len(reception.server.asked)) == ([10], asked)
    reception.sink.room.set()
    await reception.takes(10, 11)


async def test_the_time_of_the_last_answer_is_known(
    server: TelegramServer, database: Database
) -> None:
    clock = HastyClock()
    async with running_request() as request:
        receiver = Receiver(
            request=request,
            address=server.address,
            committer=taking_all(database, clock),
            database=database,
            clock=clock,
            hold_sends=lambda _: None,
        )
        began_at = receiver.last_answer_at
        await clock.sleep(100)
        task = asyncio.create_task(receiver.run())
        await until(lambda: receiver.last_answer_at > began_at)
        await end([task])


async def test_stopping_what_has_failed_raises_nothing() -> None:
    async def fails() -> None:
        raise ZeroDivisionError

    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    await end([task])


# -- privacy ---------------------------------------------------------------------------------------


async def test_others_words_never_reach_the_file(reception: Reception) -> None:
    """The raw bytes of the database and its log, while it is open and after."""
    secret = "몰래하는이야기"
    escaped = json.dumps(secret).strip('"')
    reception.server.add(
        said(10, secret),
        said(11, f"/weather {secret}"),
        said(12, "/latest", reply_to_message=message(secret)),
        said(13, f"/latest@OtherBot {secret}"),
        {"update_id": 14, "edited_message": message(secret)},
        said(15, secret, reply_to_message=message("our card", sender=ME.id)),
        {"update_id": 16, "message": message(None, photo=[{"file_id": secret}], caption=secret)},
        {"update_id": 17, "poll": {"question": secret}},
        press(18, "c1", reply_to_message=message(secret)),
    )
    await until(lambda: reception.sink.ids == [12, 18])
    path = reception.database.path
    assert await reception.column("SELECT update_id FROM inbox_seen") == list(range(10, 19))
    await end([reception.task])
    for name in (path, path.with_name("sosik.db-wal")):
        content = name.read_bytes()
        assert secret.encode() not in content
        assert escaped.encode() not in content
    await reception.database.close()
    assert escaped.encode() not in path.read_bytes()


async def test_a_broken_answer_is_not_quoted_in_the_logs(
    server: TelegramServer, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """python-telegram-bot logs it whole; our own line does not, and set_up_logs silences theirs."""
    server.faults.append(page(200, '{"ok": true, "result": [{"text": "몰래"'))
    with caplog.at_level(logging.CRITICAL, "telegram.request"):
        async with receiving(server, database):
            await until(lambda: len(server.asked) > 1)
    assert "몰래" not in caplog.text


async def test_half_a_token_is_not_shown_either(
    server: TelegramServer, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """A proxy's page quotes the address, and is cut somewhere in it."""
    page_of_a_proxy = "x" * 105 + f"/bot{TOKEN}/getUpdates"
    server.faults.append(page(502, page_of_a_proxy))
    async with receiving(server, database):
        await until(lambda: "reception_failed" in caplog.messages)
    (said,) = (one for one in caplog.records if one.message == "reception_failed")
    assert "xxx/bot" in said.error  # type: ignore[attr-defined]  # `extra`
    assert TOKEN[:9] not in said.error  # type: ignore[attr-defined]  # likewise


@pytest.mark.parametrize("before", range(150, 200))
def test_what_is_said_is_redacted_before_it_is_cut(before: int) -> None:
    assert TOKEN[:8] not in shown("x" * before + TOKEN)
