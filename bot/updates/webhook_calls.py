"""The three calls about a webhook: setWebhook, deleteWebhook and getWebhookInfo (Bot API)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.delivery.wire import Parameters
from bot.updates.raw import ALLOWED_UPDATES, id_of

if TYPE_CHECKING:
    from telegram.request import BaseRequest

MOST_CONNECTIONS = 100
"""As many deliveries as Telegram makes at once at most (Bot API, setWebhook)."""


@dataclass(frozen=True, slots=True)
class WebhookInfo:
    """What Telegram says of the webhook (Bot API, WebhookInfo)."""

    url: str
    """Empty where none is set."""
    waiting: int = 0
    """Updates that are not delivered yet."""
    failed_at: int = 0
    """When a delivery failed last, in seconds since 1970; 0 for never."""
    failure: str = ""
    """How, in Telegram's words."""


async def set_webhook(request: BaseRequest, address: str, url: str, secret: str) -> None:
    """Have updates delivered to `url`, with `secret` in each. Raises TelegramError."""
    given: dict[str, Any] = {
        "url": url,
        "secret_token": secret,
        "max_connections": MOST_CONNECTIONS,
        "allowed_updates": json.dumps(ALLOWED_UPDATES),
        "drop_pending_updates": False,
    }
    await _call(request, f"{address}/setWebhook", given)


async def delete_webhook(request: BaseRequest, address: str) -> None:
    """Have updates kept for getUpdates; nothing of what waits is dropped. Raises TelegramError."""
    await _call(request, f"{address}/deleteWebhook", {"drop_pending_updates": False})


async def webhook_info(request: BaseRequest, address: str) -> WebhookInfo:
    """What is set. Raises TelegramError; what is missing in the answer counts as nothing."""
    answer = await _call(request, f"{address}/getWebhookInfo", {})
    said = answer if isinstance(answer, dict) else {}
    return WebhookInfo(
        url=str(said.get("url") or ""),
        waiting=id_of(said.get("pending_update_count")) or 0,
        failed_at=id_of(said.get("last_error_date")) or 0,
        failure=str(said.get("last_error_message") or ""),
    )


async def _call(request: BaseRequest, address: str, given: dict[str, Any]) -> object:
    data: Any = Parameters(given)  # in place of a RequestData, which is final
    return await request.post(address, request_data=data)
