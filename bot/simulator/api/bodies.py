"""Reading a call from HTTP, and encoding what goes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from bot.simulator.api.arguments import Arguments, Upload
from bot.simulator.api.errors import bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_BODY_BYTES = 50 * 1024 * 1024
"""Bot API, "Sending files"."""


async def read_arguments(request: web.Request) -> Arguments:
    """The parameters of the query string and of a urlencoded, multipart or JSON body."""
    values: dict[str, Any] = dict(request.query) if request.query_string else {}
    if request.method != "POST" or not request.can_read_body:
        return Arguments(values)
    kind = request.content_type
    if kind == "multipart/form-data":
        return await _read_multipart(request, values)
    body = await request.read()
    if kind == "application/json":
        return Arguments(values | _read_json(body))
    if kind == "application/x-www-form-urlencoded":
        text = body.decode("ascii", "replace")
        pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
        return Arguments(values | dict(pairs))
    return Arguments(values)


def encoded(answer: Mapping[str, Any]) -> bytes:
    """An answer as JSON bytes."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("expected an Object")
    return value


async def _read_multipart(request: web.Request, values: dict[str, Any]) -> Arguments:
    files: dict[str, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        data = bytes(await part.read(decode=True))
        if part.filename is None:
            values[part.name] = data.decode(errors="surrogateescape")
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files[part.name] = Upload(part.filename, kind, data)
    return Arguments(values, files)
