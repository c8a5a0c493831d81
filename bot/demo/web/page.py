"""The page and what it asks for, served by the simulator's own server on loopback.

`/` carries the control interface's token, so it is given only to who asks under a loopback name
(another site's page can make a browser ask, but not read the answer); everything else under /demo/
asks for the token, and for Host and Origin to be the server's own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.demo.web.acts import Acts
from bot.demo.web.live import Live
from bot.demo.web.orders import Orders
from bot.demo.web.views import PAGE_SIZE, page_view
from bot.simulator.api.control import is_from_here

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.demo.stage import Stage

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
_TOKEN_PLACE = "{{token}}"  # noqa: S105  # where the token goes, not a token
_IMAGES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class _Asset:
    data: bytes
    kind: str
    tag: str


@dataclass(frozen=True, slots=True)
class _Show:
    stage: Stage
    live: Live
    acts: Acts
    orders: Orders


class DemoPage:
    """Routes that wait for a stage; `raise_curtain` gives it."""

    def __init__(self) -> None:
        self._assets = {asset.name: _read(asset.name) for asset in _folder().iterdir()}
        self._shown: _Show | None = None

    def raise_curtain(self, stage: Stage) -> None:
        """Serve this stage from now on."""
        acts = Acts(stage.sim, stage.community)
        self._shown = _Show(stage, Live(stage), acts, Orders(stage))

    def close(self) -> None:
        """Let the open pages go."""
        self._show.live.close()
        self._shown = None

    @property
    def _show(self) -> _Show:
        if self._shown is None:
            raise web.HTTPServiceUnavailable
        return self._shown

    def routes(self) -> list[web.AbstractRouteDef]:
        """What the simulator serves besides its own."""
        return [
            web.get("/", self._index),
            web.get("/static/{name}", self._asset),
            web.get("/demo/live", self._guarded(self._serve_live)),
            web.get("/demo/messages", self._guarded(self._messages)),
            web.get("/demo/commands", self._guarded(self._commands)),
            web.get("/demo/files/{name}", self._guarded(self._file)),
            web.post("/demo/act", self._guarded(self._act)),
            web.post("/demo/order", self._guarded(self._order)),
            web.post("/demo/language", self._guarded(self._language)),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            return await self._show.stage.sim.control.guarded(handler)(request)

        return guarded

    async def _index(self, request: web.Request) -> web.Response:
        if not is_from_here(request):
            raise web.HTTPForbidden
        text = self._assets["index.html"].data.decode()
        return web.Response(
            text=text.replace(_TOKEN_PLACE, self._show.stage.sim.control.token),
            content_type="text/html",
            headers={**HEADERS, "Cache-Control": "no-store"},
        )

    async def _asset(self, request: web.Request) -> web.Response:
        asset = self._assets.get(request.match_info["name"])
        if asset is None or not is_from_here(request):
            raise web.HTTPNotFound
        headers = {**HEADERS, "Cache-Control": "no-cache", "ETag": asset.tag}
        if request.headers.get("If-None-Match") == asset.tag:
            return web.Response(status=304, headers=headers)
        return web.Response(
            body=asset.data, content_type=asset.kind, charset="utf-8", headers=headers
        )

    async def _serve_live(self, request: web.Request) -> web.StreamResponse:
        return await self._show.live.serve(request)

    async def _messages(self, request: web.Request) -> web.Response:
        room = self._show.acts.room(request.query["chat"])
        before = int(request.query.get("before", 0))
        limit = min(int(request.query.get("limit", PAGE_SIZE)), 5 * PAGE_SIZE)
        world = self._show.stage.sim.world
        return _json(page_view(world, room.chat, before=before, limit=limit))

    async def _commands(self, request: web.Request) -> web.Response:
        persona = self._show.acts.persona(request.query["persona"])
        room = self._show.acts.room(request.query["chat"])
        return _json({"commands": self._show.acts.commands(persona, room)})

    async def _file(self, request: web.Request) -> web.Response:
        data = self._show.stage.sim.world.files.get(request.match_info["name"])
        if data is None:
            raise web.HTTPNotFound
        kinds = (kind for head, kind in _IMAGES.items() if data.startswith(head))
        kind = next(kinds, "application/octet-stream")
        return web.Response(body=data, content_type=kind, headers=HEADERS)

    async def _act(self, request: web.Request) -> web.Response:
        """What the community refuses is an answer too."""
        try:
            return _json(await self._show.acts.perform(await request.json()))
        except AssertionError as reason:
            return _json({"refused": str(reason)})

    async def _order(self, request: web.Request) -> web.Response:
        return _json(await self._show.orders.obey(await request.json()))

    async def _language(self, request: web.Request) -> web.Response:
        order = await request.json()
        self._show.acts.speak(self._show.acts.persona(order["persona"]), str(order["language"]))
        return _json({})


def _folder() -> Any:  # noqa: ANN401  # a Traversable, whose module moved in Python 3.14
    return files("bot.demo.web") / "static"


def _read(name: str) -> _Asset:
    data = (_folder() / name).read_bytes()
    kind = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    return _Asset(data, kind, f'"{hashlib.sha256(data).hexdigest()[:16]}"')


def _json(answer: dict[str, Any]) -> web.Response:
    return web.json_response(answer, headers={**HEADERS, "Cache-Control": "no-store"})
