"""Work on foreign documents, done in processes that can be stopped.

What a document does to a parser is not known beforehand: libraries in C hold the interpreter, and
some take quadratic time or memory. Such work has a limit of both; a process that passes one is
killed and replaced, the document is an error, and nothing else waits for it.
"""

from __future__ import annotations

import asyncio
import pickle
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, Protocol, Self, TypeVar, cast

from bot.sources.errors import FormatError
from bot.sources.worker_process import SIZE_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WorkLimits:
    """What work may cost, and how many processes do it."""

    seconds: float = 20.0
    memory_bytes: int = 400_000_000
    processes: int = 2
    idle_seconds: float = 60.0
    """A process without work ends after it, and gives its memory back."""


class Worker(Protocol):
    """Runs functions that take long."""

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `work` elsewhere. Raises what it raises, FormatError where it costs too much."""
        ...


class ProcessWorker:
    """Runs functions of modules in processes, started when they are needed; `close` it.

    Functions, what they are given and what they return are pickled.
    """

    def __init__(self, limits: WorkLimits = WorkLimits()) -> None:
        self._limits = limits
        self._room = asyncio.Semaphore(limits.processes)
        self._free: list[_Process] = []
        self._started: set[_Process] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `work` in a process that is free, or in a new one.

        Raises what it raises, and FormatError `source.format.too_hard` where it takes too long or
        too much memory.
        """
        asked = pickle.dumps((work, args, kwargs))
        async with self._room:
            process = await self._take()
            try:
                async with asyncio.timeout(self._limits.seconds):
                    has_worked, answer = await process.ask(asked)
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
                raise FormatError("source.format.too_hard") from error
            finally:
                await self._give_back(process)
        if not has_worked:
            raise cast("BaseException", answer)
        return cast("T", answer)

    async def close(self) -> None:
        """End every process, whatever it does."""
        self._free.clear()
        for process in tuple(self._started):
            await self._end(process)

    async def _take(self) -> _Process:
        while self._free:
            process = self._free.pop()
            process.rest_no_more()
            if process.is_there:
                return process
        self._started = {one for one in self._started if one.is_there}
        process = await _Process.start(self._limits)
        self._started.add(process)
        return process

    async def _give_back(self, process: _Process) -> None:
        if process.is_usable and process in self._started:
            self._free.append(process)
            process.rest(self._limits.idle_seconds, self._retire)
        else:
            await self._end(process)

    def _retire(self, process: _Process) -> None:
        self._free.remove(process)
        process.hang_up()

    async def _end(self, process: _Process) -> None:
        self._started.discard(process)
        await process.kill()


class _Process:
    """One process, which does one thing at a time (bot.sources.worker_process)."""

    def __init__(self, inner: asyncio.subprocess.Process) -> None:
        self._inner = inner
        self._rest: asyncio.TimerHandle | None = None
        self.is_usable = True

    @property
    def is_there(self) -> bool:
        """Whether it has not ended, by itself or by somebody else."""
        return self._inner.returncode is None

    @classmethod
    async def start(cls, limits: WorkLimits) -> _Process:
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "bot.sources.worker_process"),
                *(str(limits.memory_bytes), str(limits.seconds)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        )

    async def ask(self, asked: bytes) -> tuple[bool, object]:
        """Whether the work was done, and what it returned or raised; not usable unless it ends."""
        self.is_usable = False
        to, back = self._inner.stdin, self._inner.stdout
        if to is None or back is None:
            raise ConnectionError
        to.write(len(asked).to_bytes(SIZE_BYTES) + asked)
        await to.drain()
        size = int.from_bytes(await back.readexactly(SIZE_BYTES))
        answer = memoryview(await back.readexactly(size))
        self.is_usable = not answer[0]
        return cast("tuple[bool, object]", pickle.loads(answer[1:]))  # noqa: S301  # a process of ours

    def rest(self, seconds: float, then: Callable[[_Process], None]) -> None:
        """Call `then` when there was no work for so long."""
        self._rest = asyncio.get_running_loop().call_later(seconds, then, self)

    def rest_no_more(self) -> None:
        if self._rest is not None:
            self._rest.cancel()

    def hang_up(self) -> None:
        """Let it end by itself."""
        if self._inner.stdin is not None:
            self._inner.stdin.close()

    async def kill(self) -> None:
        """End it at once."""
        self.rest_no_more()
        if self.is_there:
            self._inner.kill()
        await self._inner.wait()
        self.hang_up()
