"""A Telegram in one object: python-telegram-bot's request layer, answering from a script."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telegram.ext import ExtBot
from telegram.request import BaseRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram.ext import BaseRateLimiter
    from telegram.request import RequestData

TOKEN = "123456:" + "A" * 35


@dataclass
class Answer:
    """What one call gets: a status and a body, or an exception from the network."""

    status: int = 200
    body: bytes = b""
    error: Exception | None = None


def refused(description: str, code: int = 400, **parameters: object) -> Answer:
    body: dict[str, object] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return Answer(code, json.dumps(body).encode())


@dataclass
class Call:
    """One call that arrived."""

    endpoint: str
    parameters: dict[str, Any]


@dataclass
class ScriptedTelegram(BaseRequest):
    """Answers with what `script` holds, in order, and then with success."""

    script: deque[Answer] = field(default_factory=deque)
    calls: list[Call] = field(default_factory=list)
    on_call: Callable[[Call], None] = lambda _call: None

    @property
    def read_timeout(self) -> float | None:
        return 5.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *_timeouts: object,
        **_more: object,
    ) -> tuple[int, bytes]:
        assert method == "POST"
        parameters = request_data.parameters if request_data else {}
        call = Call(url.rsplit("/", 1)[-1], parameters)
        self.calls.append(call)
        self.on_call(call)
        answer = self.script.popleft() if self.script else Answer(body=self._success(call))
        if answer.error is not None:
            raise answer.error
        return answer.status, answer.body

    def _success(self, call: Call) -> bytes:
        if call.endpoint == "getChatAdministrators":
            return b'{"ok": true, "result": []}'
        message = {
            "message_id": 1000 + len(self.calls),
            "date": 1,
            "chat": {"id": call.parameters.get("chat_id", 1), "type": "supergroup"},
            "text": call.parameters.get("text", ""),
        }
        return json.dumps({"ok": True, "result": message}).encode()


def scripted_bot(
    telegram: ScriptedTelegram, rate_limiter: BaseRateLimiter[Any] | None
) -> ExtBot[Any]:
    """A bot that talks to the script."""
    return ExtBot(TOKEN, request=telegram, get_updates_request=telegram, rate_limiter=rate_limiter)
