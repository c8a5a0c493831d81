"""A worker without processes, which take a while to start."""

from __future__ import annotations

import asyncio
import pickle
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")


class ThreadWorker:
    """Runs work in a thread; as with a process, what goes in and comes out is pickled."""

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        asked = _copied((args, kwargs))
        return _copied(await asyncio.to_thread(work, *asked[0], **asked[1]))


def _copied(thing: T) -> T:
    return cast("T", pickle.loads(pickle.dumps(thing)))  # noqa: S301  # our own
