"""Delivery to a webhook: `WebhookActor.cpp` in telegram-bot-api.

Updates lie in queues (`queue_of`): of each queue one is on its way, and of all of them as many as
there are connections. What is answered with no 2xx is tried again, first at once, then after 2, 4,
8 seconds and so on up to a minute or two, or after what Retry-After says; other queues go on.
Answers that are calls themselves are not simulated.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp

from bot.simulator.webhook import queue_of

if TYPE_CHECKING:
    from bot.simulator.updates import Waiting
    from bot.simulator.webhook import Webhook
    from bot.simulator.world import World

LONGEST_DELAY_SECONDS = 60
LONGEST_RETRY_AFTER_SECONDS = 3600
ANSWER_SECONDS = 60.0
_OK = range(200, 300)


@dataclass(slots=True)
class _Loaded:
    """An update that is to be delivered."""

    update: Waiting
    queue_id: int
    wakes_at: float
    delay: int = 1
    failures: int = 0
    is_on_its_way: bool = False


class Deliverer:
    """Delivers as long as a webhook of this machine is set.

    `second` is how long a second of its waits takes; `delivered` are the ids in the order in which
    they were taken.
    """

    def __init__(self, world: World) -> None:
        self.second = 1.0
        self.delivered: list[int] = []
        self._world = world
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    def wake(self) -> None:
        """There are updates."""
        self._news.set()

    def change(self) -> None:
        """The webhook was set or deleted: what is on its way is given up, and comes again."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        webhook = self._world.webhook
        if webhook.url and webhook.is_local:
            self._task = asyncio.get_running_loop().create_task(self._deliver(webhook))

    async def stop(self) -> None:
        """Deliver no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _deliver(self, webhook: Webhook) -> None:
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
            ) as session,
            asyncio.TaskGroup() as tasks,
        ):
            actor = _Actor(self, self._world, webhook, session)
            while True:
                self._news.clear()
                for one in actor.next():
                    tasks.create_task(actor.send(one))
                await actor.rest(self._news)


class _Actor:
    """The deliveries of one webhook."""

    def __init__(
        self, owner: Deliverer, world: World, webhook: Webhook, session: aiohttp.ClientSession
    ) -> None:
        self._owner = owner
        self._world = world
        self._webhook = webhook
        self._session = session
        self._queues: dict[int, deque[_Loaded]] = {}
        self._last_id = 0
        self._connects_at = 0.0
        self._now = asyncio.get_running_loop().time

    def next(self) -> list[_Loaded]:
        """What goes now: the first of each queue, those that were due first before others."""
        self._load()
        heads = [queue[0] for queue in self._queues.values()]
        free = self._webhook.connections - sum(one.is_on_its_way for one in heads)
        due = [one for one in heads if not one.is_on_its_way and one.wakes_at <= self._now()]
        due.sort(key=lambda one: (one.wakes_at, one.queue_id))
        if self._connects_at > self._now():
            return []
        for one in due[:free]:
            one.is_on_its_way = True
        return due[:free]

    async def rest(self, news: asyncio.Event) -> None:
        """Until something comes, ends, or is due."""
        heads = [queue[0] for queue in self._queues.values()]
        wakes = [max(one.wakes_at, self._connects_at) for one in heads if not one.is_on_its_way]
        later = [at for at in wakes if at > self._now()]
        try:
            async with asyncio.timeout_at(min(later, default=None)):
                await news.wait()
        except TimeoutError:
            return

    async def send(self, one: _Loaded) -> None:
        """Make one delivery, and see what comes of it."""
        headers = {"Content-Type": "application/json"}
        if self._webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._webhook.secret
        try:
            async with self._session.post(
                self._webhook.url, data=one.update.json(), headers=headers
            ) as answer:
                await answer.read()
        except aiohttp.ClientConnectorError:
            self._note("Connection refused")
            self._connects_at = self._now() + self._owner.second
        except (aiohttp.ClientError, TimeoutError):
            self._fail(one, "Webhook connection closed", 0)
        else:
            self._end(one, answer)
        one.is_on_its_way = False
        self._owner.wake()

    def _end(self, one: _Loaded, answer: aiohttp.ClientResponse) -> None:
        if answer.status in _OK:
            self._owner.delivered.append(one.update.id)
            self._drop(one)
            return
        asked = answer.headers.get("Retry-After", "0")
        said = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        self._fail(one, said, int(asked) if asked.isdecimal() else 0)

    def _fail(self, one: _Loaded, why: str, retry_after: int) -> None:
        """`on_update_error`."""
        self._note(why)
        wait = min(retry_after, LONGEST_RETRY_AFTER_SECONDS)
        if not wait and one.failures:
            most = random.randint(LONGEST_DELAY_SECONDS, 2 * LONGEST_DELAY_SECONDS)  # noqa: S311  # no secret
            one.delay = wait = min(most, one.delay * 2)
        if self._world.clock.now() + wait > one.update.expires_at:
            self._drop(one)
            return
        one.failures += 1
        one.wakes_at = self._now() + wait * self._owner.second

    def _note(self, why: str) -> None:
        self._webhook.failed_at = self._world.clock.date()
        self._webhook.failure = why

    def _drop(self, one: _Loaded) -> None:
        self._world.updates.forget(one.update.id)
        queue = self._queues[one.queue_id]
        queue.popleft()
        if not queue:
            del self._queues[one.queue_id]

    def _load(self) -> None:
        """Twice as many as there are connections (`max_loaded_updates_`)."""
        now = self._now()
        room = 2 * self._webhook.connections - sum(map(len, self._queues.values()))
        for update in self._world.updates.after(self._last_id, room):
            queue_id = queue_of(json.loads(update.json()))
            self._queues.setdefault(queue_id, deque()).append(_Loaded(update, queue_id, now))
            self._last_id = update.id
