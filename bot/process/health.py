"""`/healthz`, `/readyz` and `/metrics`: what whoever keeps the bot running may ask it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.process.web import plain, refused_method

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from aiohttp import web

    from bot.process.metrics import Exposition
    from bot.process.web import Page


def probes(
    ready: Callable[[], Awaitable[str | None]],
    metrics: Callable[[str], Awaitable[Exposition]],
) -> Mapping[str, Page]:
    """The three pages; `ready` gives None, or in a few words what is missing.

    `metrics` is given the header Accept, which says in what form figures are wanted.
    """

    async def healthz(_: web.BaseRequest) -> web.Response:
        return plain(HTTPStatus.OK, "ok\n")

    async def readyz(_: web.BaseRequest) -> web.Response:
        missing = await ready()
        if missing is None:
            return plain(HTTPStatus.OK, "ready\n")
        return plain(HTTPStatus.SERVICE_UNAVAILABLE, f"{missing}\n")

    async def figures(request: web.BaseRequest) -> web.Response:
        shown = await metrics(request.headers.get("Accept", ""))
        return plain(HTTPStatus.OK, shown.text, shown.content_type)

    return {"/healthz": _read(healthz), "/readyz": _read(readyz), "/metrics": _read(figures)}


def _read(page: Page) -> Page:
    """A page that is only read."""

    async def answer(request: web.BaseRequest) -> web.Response:
        is_read = request.method in {"GET", "HEAD"}
        return await page(request) if is_read else refused_method("GET, HEAD")

    return answer
