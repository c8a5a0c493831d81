from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.figures import Figures
from bot.process import metrics as module
from bot.process.gauges import Gauges, Live
from bot.process.metrics import Metrics
from storage import inbox
from storage.database import BusyError
from storage.depths import count_finished
from storage.last_backup import LastBackup, set_last_backup
from tests.storage.rows import add_chats, chat
from tests.waiting import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from storage.database import Connection, Database
    from tests.clock import FakeClock


class Parts:
    """What a running bot tells of itself."""

    def __init__(self, clock: FakeClock) -> None:
        self.live = Live(is_ready=True, last_answer_at=clock.now(), is_held=False, lanes_waiting=2)

    async def look(self) -> Live:
        return self.live


@pytest.fixture
def parts(clock: FakeClock) -> Parts:
    return Parts(clock)


@pytest.fixture
def metrics(
    database: Database, clock: FakeClock, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> Metrics:
    monkeypatch.setattr(module, "COUNTING_SECONDS", PATIENCE_SECONDS)
    return Metrics(database, clock, Figures(), parts.look)


async def values(metrics: Metrics) -> dict[str, float]:
    """Each sample by its name and its labels as `name{label}`, as Prometheus reads them."""
    found = {}
    for family in text_string_to_metric_families((await metrics.render()).text):
        for sample in family.samples:
            labels = ",".join(sample.labels.values())
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


async def test_what_stands_in_the_database_is_said(
    metrics: Metrics, database: Database, clock: FakeClock
) -> None:
    at = int(clock.now().timestamp())
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO inbox VALUES (1, NULL, ?, '{}')", (at - 7,))
        await tx.execute(
            "INSERT INTO sources (address, kind, failures, last_fetched_at, next_poll_at)"
            " VALUES ('x', 'feed', 2, ?, ?)",
            (at - 90_000, at + 60),
        )
        await inbox.add_skipped(tx, 12)
    await add_chats(database, chat(1))
    said = await values(metrics)
    assert said["sosik_inbox_waiting"] == 1
    assert said["sosik_inbox_oldest_age_seconds"] == 7
    assert said["sosik_inbox_skipped_total"] == 12
    assert said["sosik_chats{served}"] == 1
    assert said["sosik_chats{left}"] == 0
    assert said["sosik_sources_failing"] == 1
    assert said["sosik_sources_failing_seconds"] == 90_000
    assert said["sosik_sources_oldest_poll_age_seconds"] == 90_000
    assert said["sosik_database_bytes"] > 0
    assert said["sosik_disk_free_bytes"] > 0


async def test_how_the_parts_are_is_said_at_each_scrape(
    metrics: Metrics, parts: Parts, clock: FakeClock
) -> None:
    first = await values(metrics)
    assert (first["sosik_ready"], first["sosik_sending_held"]) == (1, 0)
    assert (first["sosik_lanes_waiting"], first["sosik_telegram_answer_age_seconds"]) == (2, 0)
    parts.live = Live(
        is_ready=False,
        last_answer_at=clock.now() - timedelta(minutes=5),
        is_held=True,
        lanes_waiting=0,
    )
    second = await values(metrics)
    assert (second["sosik_ready"], second["sosik_sending_held"]) == (0, 1)
    assert (second["sosik_lanes_waiting"], second["sosik_telegram_answer_age_seconds"]) == (0, 300)


async def test_no_backup_is_no_figure_and_its_age_is_one(
    metrics: Metrics, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FRESH_SECONDS", 0.0)
    assert "sosik_backup_age_seconds" not in await values(metrics)
    made_at = clock.now() - timedelta(hours=26)
    async with database.transaction() as tx:
        await set_last_backup(tx, LastBackup("backups", made_at, made_at, None))
    assert (await values(metrics))["sosik_backup_age_seconds"] == 26 * 3600


async def test_a_clock_that_was_set_back_makes_no_age_negative(
    metrics: Metrics, parts: Parts, clock: FakeClock
) -> None:
    parts.live = Live(
        is_ready=True,
        last_answer_at=clock.now() + timedelta(hours=1),
        is_held=False,
        lanes_waiting=0,
    )
    assert (await values(metrics))["sosik_telegram_answer_age_seconds"] == 0


async def test_the_database_is_asked_once_for_scrapes_that_come_close_together(
    metrics: Metrics, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FRESH_SECONDS", 3600.0)
    first, second = await asyncio.gather(values(metrics), values(metrics))
    async with database.transaction() as tx:
        await inbox.add_skipped(tx, 1)
    third = await values(metrics)
    assert [one["sosik_inbox_skipped_total"] for one in (first, second, third)] == [0, 0, 0]


async def test_what_is_counted_rarely_is_counted_again_later(
    metrics: Metrics, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FRESH_SECONDS", 0.0)
    assert (await values(metrics))["sosik_outbox{failed}"] == 0
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO outbox (chat_id, kind, item, payload, state, not_before, created_at,"
            " changed_at) VALUES (1, 'post', '1', '{}', 'failed', 0, 0, 0)"
        )
    assert (await values(metrics))["sosik_outbox{failed}"] == 0
    monkeypatch.setattr(module, "COUNTED_SECONDS", 0.0)
    assert (await values(metrics))["sosik_outbox{failed}"] == 1


async def test_nobody_waits_for_a_count_that_takes_long(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = asyncio.Event()
    read = metrics._database.read

    async def slow(work: Callable[[Connection], Coroutine[Any, Any, object]]) -> object:
        if work is count_finished:
            await gate.wait()
        return await read(work)

    monkeypatch.setattr(module, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(module, "COUNTING_SECONDS", 0.0)
    monkeypatch.setattr(metrics._database, "read", slow)
    for _ in range(2):
        said = await values(metrics)
        assert said["sosik_outbox{pending}"] == 0
        assert "sosik_outbox{sent}" not in said
    counting = metrics._counting
    assert counting is not None
    gate.set()
    await counting
    assert (await values(metrics))["sosik_outbox{sent}"] == 0


async def test_a_count_that_failed_is_made_again(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = metrics._database.read

    async def fails(work: Callable[[Connection], Coroutine[Any, Any, object]]) -> object:
        if work is count_finished:
            raise BusyError("the database is locked")
        return await read(work)

    monkeypatch.setattr(module, "FRESH_SECONDS", 0.0)
    with monkeypatch.context() as patched:
        patched.setattr(metrics._database, "read", fails)
        assert "sosik_outbox{sent}" not in await values(metrics)
    assert (await values(metrics))["sosik_outbox{sent}"] == 0


async def test_where_the_database_cannot_be_read_the_rest_is_said(
    metrics: Metrics,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def busy(_: object) -> None:
        raise BusyError("the database is locked")

    monkeypatch.setattr(module, "FRESH_SECONDS", 0.0)
    with monkeypatch.context() as patched:
        patched.setattr(database, "read", busy)
        for _ in range(2):
            said = await values(metrics)
            assert (said["sosik_database_readable"], said["sosik_ready"]) == (0, 1)
            assert "sosik_posts" not in said
    assert caplog.messages == ["figures_not_read"]
    said = await values(metrics)
    assert (said["sosik_database_readable"], said["sosik_posts"]) == (1, 0)


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "text/plain; version=0.0.4"),
        ("*/*", "text/plain; version=0.0.4"),
        ("text/plain;version=abc", "text/plain; version=0.0.4"),
        ("application/openmetrics-text;version=x.y;q=0.9", "application/openmetrics-text"),
        ("application/openmetrics-text;version=1.0.0,text/plain", "application/openmetrics-text"),
        ("\x00;;==,,", "text/plain; version=0.0.4"),
    ],
)
async def test_figures_come_in_the_form_that_is_asked_for(
    metrics: Metrics, accept: str, content_type: str
) -> None:
    shown = await metrics.render(accept)
    assert shown.content_type.startswith(content_type)
    assert shown.text.endswith("# EOF\n") == content_type.startswith("application")


async def test_two_bots_in_a_process_share_no_figures(
    database: Database, clock: FakeClock, parts: Parts
) -> None:
    one, other = Figures(), Figures()
    first = Metrics(database, clock, one, parts.look)
    second = Metrics(database, clock, other, parts.look)
    one.conflicted()
    assert (await values(first))["sosik_conflicts_total"] == 1
    assert (await values(second))["sosik_conflicts_total"] == 0


async def test_nothing_but_words_of_ours_is_a_label(metrics: Metrics) -> None:
    allowed = {"kind", "outcome", "state", "how", "reason", "le", "version", "python", "sqlite"}
    for family in text_string_to_metric_families((await metrics.render()).text):
        if family.name.startswith("sosik_"):
            assert {name for sample in family.samples for name in sample.labels} <= allowed


def test_before_anybody_looked_there_is_nothing_to_say() -> None:
    assert list(Gauges().collect()) == []
