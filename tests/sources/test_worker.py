"""Real processes: work that ends, that does not, that takes too much, and that dies."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot.sources.errors import ArchiveError, FormatError, StatusError
from bot.sources.worker import ProcessWorker, WorkLimits
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PATIENT = WorkLimits(seconds=120, memory_bytes=400_000_000)
HASTY = WorkLimits(seconds=3, processes=1)


@pytest.fixture
async def worker() -> AsyncIterator[ProcessWorker]:
    async with ProcessWorker(PATIENT) as one:
        yield one
    gc.collect()  # what was not closed says so


async def all_ended(worker: ProcessWorker) -> None:
    await until(lambda: not any(one.is_there for one in worker._started))


def hold_on(pattern: str) -> object:
    """Hold the interpreter, and hear nothing: what a regular expression may do."""
    return re.match(pattern, "a" * 60)


def fail() -> None:
    raise ArchiveError("source.archive.empty", line=3)


def stumble() -> None:
    raise KeyError("x")


async def test_work_is_done_elsewhere(worker: ProcessWorker) -> None:
    assert await worker.run(os.getpid) != os.getpid()
    assert await worker.run(divmod, 7, 2) == (3, 1)
    assert await worker.run(int, "ff", base=16) == 255


async def test_a_process_is_used_again(worker: ProcessWorker) -> None:
    assert await worker.run(os.getpid) == await worker.run(os.getpid)


async def test_what_work_raises_is_raised(worker: ProcessWorker) -> None:
    with pytest.raises(ArchiveError) as caught:
        await worker.run(fail)
    assert (caught.value.key, caught.value.line) == ("source.archive.empty", 3)
    with pytest.raises(RuntimeError, match="KeyError: 'x'"):
        await worker.run(stumble)


async def test_an_error_with_all_it_knows_comes_from_another_process(
    worker: ProcessWorker,
) -> None:
    error = StatusError("source.fetch.status", status=503, host="blog.example")
    returned = await worker.run(_same, error)
    assert (str(returned), returned.status) == (str(error), 503)


def _same(error: StatusError) -> StatusError:
    return error


async def test_work_without_end_is_stopped_and_the_next_is_done() -> None:
    async with ProcessWorker(HASTY) as worker:
        with pytest.raises(FormatError, match="too_hard"):
            await worker.run(hold_on, "(a+)+b")
        worker._limits = PATIENT  # the next is another process, and starts as fast as it can
        assert await worker.run(abs, -1) == 1


async def test_work_beside_work_without_end_does_not_wait() -> None:
    async with ProcessWorker(PATIENT) as worker:
        endless = asyncio.create_task(worker.run(hold_on, "(a+)+b"))
        for number in range(3):
            assert await worker.run(abs, -number) == number
        assert not endless.done()
        endless.cancel()
        with pytest.raises(asyncio.CancelledError):
            await endless
        assert await worker.run(abs, -1) == 1


async def test_too_much_memory_is_an_error(worker: ProcessWorker) -> None:
    with pytest.raises(FormatError, match="too_hard"):
        await worker.run(bytearray, 1_000_000_000)
    assert await worker.run(abs, -1) == 1


def _grow(size: int) -> int:
    """Have so many bytes once, each of them touched; who had them."""
    assert len(b"x" * size) == size
    return os.getpid()


async def test_a_process_that_has_grown_is_replaced(worker: ProcessWorker) -> None:
    first = await worker.run(os.getpid)
    assert await worker.run(_grow, 150_000_000) == first
    assert await worker.run(os.getpid) != first


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody tells")
def test_how_much_a_process_has_had_does_not_begin_with_what_started_it() -> None:
    size = 150_000_000
    assert len(b"x" * size) == size
    asks = "from bot.sources.worker_process import _peak_bytes; print(_peak_bytes())"
    told = subprocess.run(  # noqa: S603  # this Python
        [sys.executable, "-c", asks], check=True, capture_output=True, text=True
    )
    assert 1_000_000 < int(told.stdout) < size


async def test_a_process_that_dies_at_work_is_an_error(worker: ProcessWorker) -> None:
    with pytest.raises(FormatError, match="too_hard"):
        await worker.run(os._exit, 3)
    assert await worker.run(abs, -1) == 1


async def test_a_process_that_died_at_rest_is_replaced(worker: ProcessWorker) -> None:
    first = await worker.run(os.getpid)
    os.kill(first, signal.SIGKILL)
    await all_ended(worker)
    assert await worker.run(os.getpid) != first


async def test_a_process_without_work_ends() -> None:
    async with ProcessWorker(WorkLimits(idle_seconds=0.01)) as worker:
        await worker.run(abs, -1)
        await all_ended(worker)
        assert await worker.run(abs, -1) == 1


async def test_the_end_comes_whatever_is_under_way() -> None:
    worker = ProcessWorker(PATIENT)
    waiting = asyncio.create_task(worker.run(hold_on, "(a+)+b"))
    await until(lambda: bool(worker._started))
    await worker.close()
    with pytest.raises(FormatError, match="too_hard"):
        await waiting


async def test_what_nobody_stops_stops_itself() -> None:
    """As when the bot was killed: an alarm ends the process, and work sets it off in the end."""
    async with ProcessWorker(PATIENT) as worker:
        assert await worker.run(signal.getitimer, signal.ITIMER_REAL) > (0.0, 0.0)
        with pytest.raises(FormatError):
            await worker.run(signal.raise_signal, signal.SIGALRM)
