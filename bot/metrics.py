"""Figures in Prometheus' text format 0.0.4 (prometheus.io, Exposition formats)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.status import Status

State = TypeVar("State", bound=str)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class MetricKind(StrEnum):
    """What a figure does over time."""

    GAUGE = "gauge"
    COUNTER = "counter"
    """Only rises; its name ends in `_total`."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value, and the labels that tell it from its neighbours."""

    value: float
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure: its name, what it says, and its values."""

    name: str
    help: str
    samples: tuple[Sample, ...]
    kind: MetricKind = MetricKind.GAUGE


def gauge(name: str, help_: str, value: float) -> Metric:
    """A figure with a single value."""
    return Metric(name, help_, (Sample(value),))


def render_metrics(metrics: Iterable[Metric]) -> str:
    """The text that Prometheus reads."""
    return "".join(f"{line}\n" for metric in metrics for line in _lines(metric))


def status_metrics(status: Status) -> tuple[Metric, ...]:
    """The counts of `status` as figures."""
    return (
        gauge("sosik_posts", "Posts in the archive.", status.posts),
        Metric("sosik_chats", "Chats by state.", _by_state(status.chats)),
        gauge("sosik_inbox_waiting", "Updates that are not handled yet.", status.waiting_updates),
        gauge("sosik_inbox_set_aside", "Updates that could not be handled.", status.set_aside),
        Metric("sosik_outbox", "Pushes by state.", _by_state(status.outbox)),
        gauge("sosik_sources", "Sources that posts come from.", len(status.sources)),
        gauge(
            "sosik_sources_failing",
            "Sources whose last poll failed.",
            sum(bool(one.failures) for one in status.sources),
        ),
    )


def _by_state(counts: Mapping[State, int]) -> tuple[Sample, ...]:
    return tuple(Sample(count, (("state", str(state)),)) for state, count in counts.items())


def _lines(metric: Metric) -> list[str]:
    told = metric.help.replace("\\", "\\\\").replace("\n", "\\n")
    return [
        f"# HELP {metric.name} {told}",
        f"# TYPE {metric.name} {metric.kind}",
        *(f"{metric.name}{_labels(one)} {one.value:.17g}" for one in metric.samples),
    ]


def _labels(sample: Sample) -> str:
    if not sample.labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in sample.labels) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
