"""What happens, told to every open page over a WebSocket."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode, web

from bot.demo.web.views import call_view, chat_view, message_view, stage_view, world_view

if TYPE_CHECKING:
    from bot.demo.stage import Stage
    from bot.simulator.api.calls import Call
    from bot.simulator.events import Event

MOST_WAITING = 5000
"""Events a page may lag behind; then it is cut off, and begins anew."""
HEARTBEAT_SECONDS = 20.0
_WITH_MESSAGE = frozenset({"message", "edit", "reaction"})
_STAGE_SECONDS = 0.1
_OK = 200


class Live:
    """The open pages of one stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._queues: set[asyncio.Queue[str | None]] = set()
        self._stage_is_due = False
        stage.watchers.append(self._tell_stage)
        self._unsubscribe = stage.sim.events.subscribe(self._tell_event)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """First the whole world, then each event, until the page goes."""
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=1024)
        await socket.prepare(request)
        queue: asyncio.Queue[str | None] = asyncio.Queue(MOST_WAITING)
        self._queues.add(queue)
        queue.put_nowait(_line(world_view(self._stage)))
        sending = asyncio.create_task(_send(socket, queue))
        try:
            async for _ in socket:
                pass  # pages only listen; this is how their going is noticed
        finally:
            self._queues.discard(queue)
            sending.cancel()
        return socket

    def close(self) -> None:
        """Tell every page that it is over."""
        self._unsubscribe()
        for queue in tuple(self._queues):
            self._put(queue, None)

    def _tell_event(self, event: Event) -> None:
        if self._queues:
            told = event_view(self._stage, event)
            if told is not None:
                self._tell(told)
        if event.kind in {"message", "delete"} and self._stage.blog.posts:
            self._tell_stage()  # how often each post was brought may have changed

    def _tell_stage(self) -> None:
        """Soon, and once for all that changes until then."""
        if self._queues and not self._stage_is_due:
            self._stage_is_due = True
            asyncio.get_running_loop().call_later(_STAGE_SECONDS, self._tell_stage_now)

    def _tell_stage_now(self) -> None:
        self._stage_is_due = False
        self._tell(stage_view(self._stage))

    def _tell(self, told: dict[str, Any]) -> None:
        line = _line(told)
        for queue in tuple(self._queues):
            self._put(queue, line)

    def _put(self, queue: asyncio.Queue[str | None], line: str | None) -> None:
        if queue.full():
            self._queues.discard(queue)
            queue.get_nowait()
            line = None
        queue.put_nowait(line)


def event_view(stage: Stage, event: Event) -> dict[str, Any] | None:
    """An event for a page; None for what no page shows."""
    told: dict[str, Any] = {"kind": event.kind}
    if event.kind == "call":
        call = event.data["call"]
        return None if _is_waiting(call) else told | {"call": call_view(call)}
    if event.chat is None:
        return None
    told["chat"] = event.chat.id
    if event.kind in _WITH_MESSAGE and event.message is not None:
        return told | {"message": message_view(stage.sim.world, event.message)}
    if event.kind == "delete" and event.message is not None:
        return told | {"id": event.message.id}
    if event.kind == "member":
        return {"kind": "chat", "info": chat_view(event.chat)}
    return told if event.kind == "action" else None


def _is_waiting(call: Call) -> bool:
    """A long poll that went well says nothing."""
    return call.method == "getUpdates" and call.status == _OK


async def _send(socket: web.WebSocketResponse, queue: asyncio.Queue[str | None]) -> None:
    with suppress(ConnectionError):
        while (line := await queue.get()) is not None:
            await socket.send_str(line)
    await socket.close(code=WSCloseCode.GOING_AWAY)


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, default=str)
