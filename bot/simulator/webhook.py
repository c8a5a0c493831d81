"""What is set of a webhook, and which updates keep their order on its way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.simulator.api.errors import bad_request

PORTS = frozenset({443, 80, 88, 8443})
DEFAULT_CONNECTIONS, MOST_CONNECTIONS = 40, 100
LONGEST_SECRET = 256
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_SHIFTS = {
    "inline_query": 1,
    "chosen_inline_result": 2,
    "callback_query": 3,
    "my_chat_member": 5,
    "chat_member": 6,
    "chat_join_request": 6,
    "message_reaction": 8,
    "message_reaction_count": 9,
}
_OF_A_PERSON = frozenset({"inline_query", "chosen_inline_result", "callback_query", "chat_member"})


@dataclass(slots=True)
class Webhook:
    """WebhookInfo, and what Telegram keeps to itself; without a `url` none is set."""

    url: str = ""
    secret: str = ""
    connections: int = DEFAULT_CONNECTIONS
    failed_at: int = 0
    failure: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it leads to this machine: nothing is delivered anywhere else."""
        return urlsplit(self.url).hostname in {"127.0.0.1", "localhost", "::1"}

    def check(self) -> None:
        """Raise the ApiError of `Client::do_set_webhook` or `WebhookActor::start_up`.

        On this machine any port will do, and no TLS, as with a server that runs with `--local`.
        """
        if len(self.secret) > LONGEST_SECRET:
            raise bad_request("secret token is too long")
        if not _SECRET.fullmatch(self.secret):
            raise bad_request("secret token contains unallowed characters")
        if not self.url or self.is_local:
            return
        parts = urlsplit(self.url)
        if parts.scheme != "https":
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if (parts.port or 443) not in PORTS:
            raise bad_request(
                "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
            )


def queue_of(update: dict[str, Any]) -> int:
    """The queue in which an update is delivered: one at a time, the next after a 2xx.

    `webhook_queue_id` of each `add_update` in telegram-bot-api/Client.cpp: a chat's messages, a
    person's presses, and so on.
    """
    kind = next(name for name in update if name != "update_id")
    value = update[kind]
    holder = value["from"] if kind in _OF_A_PERSON else value["chat"]
    return int(holder["id"]) + (_SHIFTS.get(kind, 0) << 33)
