"""`/healthz`, `/readyz` and `/metrics`, over as much of HTTP/1.1 (RFC 9112) as a probe needs.

One request a connection, a head of at most 8 KiB within five seconds, at most 32 connections at
once: whatever else is sent gets a short answer, and nothing of it is kept or logged.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from bot.errors import SettingError, message, reason_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from bot.process.status import Status


log = logging.getLogger(__name__)

LONGEST_HEAD_BYTES = 8192
PATIENCE_SECONDS = 5.0
MOST_CONNECTIONS = 32
PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: HTTPStatus
    text: str = ""
    kind: str = PLAIN

    def bytes(self, *, with_body: bool) -> bytes:
        body = (self.text or f"{self.status.phrase}\n").encode()
        head = (
            f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\n"
            f"Content-Type: {self.kind}\r\nContent-Length: {len(body)}\r\n"
            "Cache-Control: no-store\r\nConnection: close\r\n"
        )
        if self.status is HTTPStatus.METHOD_NOT_ALLOWED:
            head += "Allow: GET, HEAD\r\n"
        return f"{head}\r\n".encode() + (body if with_body else b"")


class HealthServer:
    """Answers probes until it is closed."""

    def __init__(
        self,
        listen: str,
        *,
        ready: Callable[[], Awaitable[str | None]],
        metrics: Callable[[], Awaitable[Sequence[Metric]]],
    ) -> None:
        """`listen` is `address:port`; `ready` gives None, or in a few words what is missing."""
        self._listen = listen
        self._ready = ready
        self._metrics = metrics
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen. Raises SettingError where the address or the port cannot be had."""
        host, _, port = self._listen.rpartition(":")
        try:
            self._server = await asyncio.start_server(
                self._serve, host.strip("[]"), int(port), limit=LONGEST_HEAD_BYTES
            )
        except OSError as error:
            raise SettingError(
                "error.setting",
                name="HEALTH_LISTEN",
                value=self._listen,
                expected=message("expected.own_port", reason=reason_of(error)),
            ) from error

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._server is None:
            raise RuntimeError("it is not started")
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Listen no more, and end what is open."""
        if self._server is None:
            return
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # asyncio calls this in a task of its own
        self._connections.add(task)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._exchange(reader, writer)
        except (OSError, TimeoutError, asyncio.CancelledError):
            writer.transport.abort()  # whoever it was is gone, too slow, or we are closing
        finally:
            self._connections.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await _read_head(reader)
        method = head.split(" ", 1)[0] if head else ""
        answer = await self._answer(head)
        writer.write(answer.bytes(with_body=method != "HEAD"))
        await writer.drain()

    async def _answer(self, head: str | None) -> _Answer:
        if len(self._connections) > MOST_CONNECTIONS:
            return _Answer(HTTPStatus.SERVICE_UNAVAILABLE)
        if head is None:
            return _Answer(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        parts = head.split(" ")
        if len(parts) != 3 or not parts[2].startswith("HTTP/1.") or not parts[1].startswith("/"):  # noqa: PLR2004  # RFC 9112, 3
            return _Answer(HTTPStatus.BAD_REQUEST)
        if parts[0] not in {"GET", "HEAD"}:
            return _Answer(HTTPStatus.METHOD_NOT_ALLOWED)
        try:
            return await self._page(parts[1].partition("?")[0])
        except Exception as error:
            log.exception("probe_failed", extra={"error": type(error).__name__})
            return _Answer(HTTPStatus.INTERNAL_SERVER_ERROR)

    async def _page(self, path: str) -> _Answer:
        if path == "/healthz":
            return _Answer(HTTPStatus.OK, "ok\n")
        if path == "/readyz":
            missing = await self._ready()
            if missing is None:
                return _Answer(HTTPStatus.OK, "ready\n")
            return _Answer(HTTPStatus.SERVICE_UNAVAILABLE, f"{missing}\n")
        if path == "/metrics":
            return _Answer(HTTPStatus.OK, render_metrics(await self._metrics()), CONTENT_TYPE)
        return _Answer(HTTPStatus.NOT_FOUND)


async def _read_head(reader: asyncio.StreamReader) -> str | None:
    """The request line, once the whole head has come; None where the head is too long."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        return None
    except asyncio.IncompleteReadError as error:
        head = error.partial
    return head.partition(b"\r\n")[0].decode("latin-1")


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
        Metric(
            "sosik_inbox_skipped_total",
            "Updates left out, because one person asked too much.",
            (Sample(status.skipped),),
            MetricKind.COUNTER,
        ),
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
