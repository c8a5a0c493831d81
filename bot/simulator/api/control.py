"""The simulator steered over HTTP, for the demo's page: faults, limits, clock, acting, watching.

Only from loopback and only with the random token: as the header X-Control-Token, or as `?token=`
where a browser cannot send headers (EventSource). Host and Origin must be the server's own, so that
no other page in the same browser can steer it.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.simulator.api.bodies import encoded
from bot.simulator.api.faults import KINDS, Fault
from bot.simulator.people.cards import Card
from bot.simulator.people.people import Person
from bot.simulator.people.rooms import Room
from bot.simulator.reactions import totals
from bot.simulator.rules.limits import Counted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.simulator.api.server import Server
    from bot.simulator.chats import Chat
    from bot.simulator.events import Event
    from bot.simulator.messages import Message
    from bot.simulator.world import World

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_MOST_SHOWN = 100
_FORBIDDEN = 403
_BAD_REQUEST = 400


class Control:
    """The routes under /control/; `token` is what they ask for."""

    def __init__(self, world: World, server: Server) -> None:
        self.token = secrets.token_urlsafe(24)
        self._world = world
        self._server = server

    def routes(self) -> list[web.AbstractRouteDef]:
        """What the server serves besides the Bot API."""
        return [
            web.post("/control/faults", self.guarded(self._add_fault)),
            web.delete("/control/faults", self.guarded(self._clear_faults)),
            web.post("/control/limits", self.guarded(self._set_limits)),
            web.post("/control/clock", self.guarded(self._move_clock)),
            web.get("/control/calls", self.guarded(self._list_calls)),
            web.get("/control/chats", self.guarded(self._list_chats)),
            web.post("/control/act", self.guarded(self._act)),
            web.get("/control/events", self.guarded(self._stream)),
        ]

    def guarded(self, handler: Handler) -> Handler:
        """The handler for those with the token; what it refuses with an error is a 400."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            if not self._may(request):
                return web.json_response({"error": "forbidden"}, status=_FORBIDDEN)
            try:
                return await handler(request)
            except (ValueError, TypeError, KeyError, AssertionError) as error:
                return web.json_response({"error": str(error)}, status=_BAD_REQUEST)

        return guarded

    def _may(self, request: web.Request) -> bool:
        given = request.headers.get("X-Control-Token") or request.query.get("token", "")
        return is_from_here(request) and hmac.compare_digest(given.encode(), self.token.encode())

    async def _add_fault(self, request: web.Request) -> web.Response:
        """POST a Fault's fields; `kind` is required, `remaining` null is for ever."""
        order = await request.json()
        if order.get("kind") not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        self._server.faults.add(Fault(**order))
        return web.json_response({"faults": [asdict(fault) for fault in self._server.faults]})

    async def _clear_faults(self, request: web.Request) -> web.Response:  # noqa: ARG002  # a handler
        self._server.faults.clear()
        return web.json_response({"faults": []})

    async def _set_limits(self, request: web.Request) -> web.Response:
        """POST `enabled`, `restarts`, `refuse` (seconds; in `chat`, of `what`), `slow` (there)."""
        order = await request.json()
        limits, chat = self._world.limits, None
        limits.enabled = bool(order.get("enabled", limits.enabled))
        limits.restarts = bool(order.get("restarts", limits.restarts))
        if "chat" in order:
            chat = self._world.chats[int(order["chat"])]
            chat.slow_mode_seconds = int(order.get("slow", chat.slow_mode_seconds))
        if "refuse" in order:
            what = Counted(order.get("what", Counted.SEND))
            limits.refuse(float(order["refuse"]), chat, what=what)
        shown = {"enabled": limits.enabled, "restarts": limits.restarts}
        return web.json_response(shown | {"refused": limits.refused})

    async def _move_clock(self, request: web.Request) -> web.Response:
        """POST `advance` (seconds), `set` (unix seconds) or `rate`."""
        order = await request.json()
        clock = self._world.clock
        if "advance" in order:
            clock.advance(float(order["advance"]))
        if "set" in order:
            clock.set(float(order["set"]))
        if "rate" in order:
            clock.run_at(float(order["rate"]))
        return web.json_response({"now": clock.now(), "rate": clock.rate})

    async def _list_calls(self, request: web.Request) -> web.Response:
        limit = int(request.query.get("limit", _MOST_SHOWN))
        calls = [asdict(call) for call in list(self._server.calls)[-limit:]]
        return _json({"calls": calls, "counts": dict(self._server.calls.counts)})

    async def _list_chats(self, request: web.Request) -> web.Response:
        limit = int(request.query.get("limit", _MOST_SHOWN))
        chats = [_chat_json(chat, limit) for chat in self._world.chats.values()]
        return _json({"chats": chats, "users": [u.json() for u in self._world.users.values()]})

    async def _act(self, request: web.Request) -> web.Response:
        """POST `user`, `do` (says, presses, reacts, edits, deletes, starts) and what it needs."""
        order = await request.json()
        person = Person(self._world, self._world.users[int(order["user"])])
        return _json(await _perform(self._world, person, order))

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Every event from now on, as server-sent events."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        events = self._world.events.listen()
        try:
            await response.write(b": hello\n\n")
            async for event in events:
                line = json.dumps(event_json(event), ensure_ascii=False, default=str)
                await response.write(f"data: {line}\n\n".encode())
        except ConnectionResetError:
            pass
        finally:
            await events.aclose()
        return response


def is_from_here(request: web.Request) -> bool:
    """Whether Host is loopback, and Origin, where there is one, this very server."""
    host = request.headers.get("Host", "")
    if host.rpartition(":")[0] not in _LOOPBACK:
        return False
    return request.headers.get("Origin", f"http://{host}") == f"http://{host}"


def event_json(event: Event) -> dict[str, Any]:
    """An event for a page."""
    answer: dict[str, Any] = {"kind": event.kind, "at": event.at}
    if event.chat is not None:
        answer["chat"] = event.chat.json()
    if event.message is not None:
        answer["message"] = _message_json(event.message)
    return answer | {name: _plain(value) for name, value in event.data.items()}


async def _perform(world: World, person: Person, order: dict[str, Any]) -> dict[str, Any]:
    chat = world.find_chat(str(order.get("chat") or person.id))
    if chat is None:
        raise ValueError("chat not found")
    room = Room(world, chat)
    messages = room.chat.messages
    card = Card(world, messages[int(order["message"])]) if order.get("message") else None
    what = order["do"]
    if what == "starts":
        return _message_json((await person.starts(order.get("text", ""))).message)
    if what == "says":
        topic = room.chat.topics.get(int(order.get("topic") or 0))
        said = await person.says(room, order["text"], topic=topic, reply_to=card)
        return _message_json(said.message)
    if card is None:
        raise ValueError("message is required")
    if what == "presses":
        return asdict(await person.presses(card, order["label"]))
    if what == "reacts":
        await person.reacts(card, *order.get("reactions", []))
    elif what == "edits":
        await person.edits(card, order["text"])
    elif what == "deletes":
        await person.deletes(card)
    else:
        raise ValueError(f"nobody can do {what!r}")
    return _message_json(card.message)


def _chat_json(chat: Chat, limit: int) -> dict[str, Any]:
    messages = [message for message in chat.messages.values() if not message.is_deleted]
    return {
        **chat.json(),
        "members": [member.json(chat.kind) for member in chat.members.values()],
        "topics": [asdict(topic) for topic in chat.topics.values()],
        "messages": [_message_json(message) for message in messages[-limit:]],
    }


def _message_json(message: Message) -> dict[str, Any]:
    return {
        **message.json(),
        "reactions": totals(message.reactions.values()),
        "is_deleted": message.is_deleted,
        "revision": message.revision,
    }


def _plain(value: object) -> object:
    if hasattr(value, "json"):
        return value.json()
    if hasattr(value, "__dataclass_fields__"):
        return asdict(value)  # type: ignore[call-overload]  # a dataclass, as just checked
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _json(answer: dict[str, Any]) -> web.Response:
    return web.Response(body=encoded(answer), content_type="application/json")
