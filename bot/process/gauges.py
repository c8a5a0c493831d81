"""What stands now, as figures: each a line of the table below."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.process.build import program_version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from prometheus_client import Metric

    from storage.depths import Depths
    from storage.models import OutboxState


@dataclass(frozen=True, slots=True)
class Live:
    """How the running parts are."""

    is_ready: bool
    last_answer_at: datetime
    """When Telegram answered a question for updates, the last time."""
    is_held: bool
    """Nothing is sent, for Telegram refuses everything, or answers nothing."""
    lanes_waiting: int
    """Calls that wait for their turn."""


@dataclass(frozen=True, slots=True)
class Space:
    """What the database takes, and what its disk has left."""

    database_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What was read last of the database and its disk."""

    depths: Depths
    outbox: Mapping[OutboxState, int]
    """Pushes in every state."""
    space: Space
    backup_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to say."""

    now: datetime
    live: Live
    stored: Stored | None
    """None: nothing can be read."""

    def age(self, since: datetime | None) -> float | None:
        """Seconds since then; None where there is nothing to be old."""
        return None if since is None else max(0.0, (self.now - since).total_seconds())

    def wait(self, since: datetime | None) -> float:
        """Seconds since then; 0 where nothing waits."""
        return self.age(since) or 0.0


Value: TypeAlias = float | Mapping[Any, float] | None
"""A figure, or figures by the value of a label; None: there is none."""


@dataclass(frozen=True, slots=True)
class _Gauge:
    name: str
    help: str
    read: Callable[[Seen, Stored], Value]
    label: str = ""


@dataclass(frozen=True, slots=True)
class _Lively:
    name: str
    help: str
    read: Callable[[Seen], float | None]


_LIVELY = (
    _Lively("sosik_ready", "1 while /readyz says so.", lambda seen: float(seen.live.is_ready)),
    _Lively(
        "sosik_telegram_answer_age_seconds",
        "Since Telegram last answered a question for updates, or delivered.",
        lambda seen: seen.age(seen.live.last_answer_at),
    ),
    _Lively(
        "sosik_sending_held",
        "1 while nothing is sent, for Telegram refuses everything or answers nothing.",
        lambda seen: float(seen.live.is_held),
    ),
    _Lively(
        "sosik_lanes_waiting",
        "Calls that wait for their turn to leave.",
        lambda seen: seen.live.lanes_waiting,
    ),
    _Lively(
        "sosik_database_readable",
        "1 while the database can be read; what stands in it is left out otherwise.",
        lambda seen: float(seen.stored is not None),
    ),
)
_GAUGES = (
    _Gauge(
        "sosik_troubles",
        "What stops delivery now, as the operators were told, by kind.",
        lambda _, stored: stored.depths.troubles,
        "kind",
    ),
    _Gauge("sosik_posts", "Posts in the archive.", lambda _, stored: stored.depths.posts),
    _Gauge("sosik_chats", "Chats by state.", lambda _, stored: stored.depths.chats, "state"),
    _Gauge(
        "sosik_inbox_waiting",
        "Updates that are not handled yet.",
        lambda _, stored: stored.depths.inbox.number,
    ),
    _Gauge(
        "sosik_inbox_oldest_age_seconds",
        "Since the receipt of the oldest update that is not handled; 0 where none waits.",
        lambda seen, stored: seen.wait(stored.depths.inbox.since),
    ),
    _Gauge(
        "sosik_inbox_set_aside",
        "Updates that could not be handled.",
        lambda _, stored: stored.depths.set_aside,
    ),
    _Gauge("sosik_outbox", "Pushes by state.", lambda _, stored: stored.outbox, "state"),
    _Gauge("sosik_outbox_due", "Pushes whose time has come.", lambda _, stored: stored.depths.due),
    _Gauge(
        "sosik_outbox_oldest_age_seconds",
        "Since the push that waits longest could have gone; 0 where none waits.",
        lambda seen, stored: seen.wait(stored.depths.oldest_due_at),
    ),
    _Gauge(
        "sosik_outbox_unknown_age_seconds",
        "Since the oldest push in doubt is in doubt; 0 where none is.",
        lambda seen, stored: seen.wait(stored.depths.unknown_since),
    ),
    _Gauge(
        "sosik_digests_late",
        "Chats whose digest, weekly or monthly edition is due and not queued.",
        lambda _, stored: {kind: late.number for kind, late in stored.depths.late.items()},
        "kind",
    ),
    _Gauge(
        "sosik_digests_late_seconds",
        "How late the latest of them is; 0 where none is.",
        lambda seen, stored: {
            kind: seen.wait(late.since) for kind, late in stored.depths.late.items()
        },
        "kind",
    ),
    _Gauge(
        "sosik_sources", "Sources that posts come from.", lambda _, stored: stored.depths.sources
    ),
    _Gauge(
        "sosik_sources_failing",
        "Sources whose last poll failed.",
        lambda _, stored: stored.depths.failing.number,
    ),
    _Gauge(
        "sosik_sources_failing_seconds",
        "Since the last success of the source that fails longest; 0 where none fails.",
        lambda seen, stored: seen.wait(stored.depths.failing.since),
    ),
    _Gauge(
        "sosik_sources_oldest_poll_age_seconds",
        "Since the last success of the source that was read least recently.",
        lambda seen, stored: seen.age(stored.depths.polled_at),
    ),
    _Gauge(
        "sosik_database_bytes",
        "The database and its log.",
        lambda _, stored: stored.space.database_bytes,
    ),
    _Gauge(
        "sosik_disk_free_bytes",
        "What the database's disk has left.",
        lambda _, stored: stored.space.free_bytes,
    ),
    _Gauge(
        "sosik_backup_age_seconds",
        "Since the last backup; absent where there is none.",
        lambda seen, stored: seen.age(stored.backup_at),
    ),
)


class Gauges(Collector):
    """What was `seen` last; nothing before that."""

    seen: Seen | None = None

    def collect(self) -> Iterator[Metric]:
        """Each figure; one without a value has its name alone."""
        if (seen := self.seen) is None:
            return
        yield _build()
        for lively in _LIVELY:
            yield _family(lively.name, lively.help, lively.read(seen))
        if (stored := seen.stored) is None:
            return
        yield CounterMetricFamily(
            "sosik_inbox_skipped_total",
            "Updates left out, because one person asked too much.",
            value=stored.depths.skipped,
        )
        for one in _GAUGES:
            yield _family(one.name, one.help, one.read(seen, stored), one.label)


def _build() -> GaugeMetricFamily:
    names = ("version", "python", "sqlite")
    build = GaugeMetricFamily("sosik_build_info", "1, and which program this is.", labels=names)
    build.add_metric((program_version(), platform.python_version(), sqlite3.sqlite_version), 1)
    return build


def _family(name: str, told: str, value: Value, label: str = "") -> GaugeMetricFamily:
    labels = [label] * bool(label)
    family = GaugeMetricFamily(name, told, labels=labels)
    by_label = value if isinstance(value, Mapping) else {"": value}
    for one, number in by_label.items():
        if number is not None:
            family.add_metric([one] * bool(label), number)
    return family
