"""setWebhook, deleteWebhook and getWebhookInfo (Bot API, "Getting updates")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulator.webhook import DEFAULT_CONNECTIONS, MOST_CONNECTIONS, Webhook

if TYPE_CHECKING:
    from bot.simulator.api.arguments import Arguments
    from bot.simulator.world import World


def set_webhook(world: World, arguments: Arguments) -> bool:
    """SetWebhook; an empty URL deletes it."""
    connections = arguments.number("max_connections", DEFAULT_CONNECTIONS)
    webhook = Webhook(
        arguments.text("url"),
        arguments.text("secret_token"),
        min(max(1, connections), MOST_CONNECTIONS),
    )
    webhook.check()
    _change(world, arguments, webhook)
    return True


def delete_webhook(world: World, arguments: Arguments) -> bool:
    """DeleteWebhook."""
    _change(world, arguments, Webhook())
    return True


def get_webhook_info(world: World, arguments: Arguments) -> dict[str, Any]:  # noqa: ARG001
    """GetWebhookInfo (`JsonWebhookInfo` in telegram-bot-api/Client.cpp)."""
    webhook = world.webhook
    info: dict[str, Any] = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates),
        "allowed_updates": sorted(world.updates.allowed),
    }
    if webhook.url:
        info |= {"max_connections": webhook.connections, "ip_address": "127.0.0.1"}
    if webhook.failed_at:
        info |= {"last_error_date": webhook.failed_at, "last_error_message": webhook.failure}
    return info


def _change(world: World, arguments: Arguments, webhook: Webhook) -> None:
    """As `process_set_webhook_query`: what is as it was goes on, and keeps its waits."""
    before = world.webhook
    is_same = (before.url, before.secret, before.connections) == (
        webhook.url,
        webhook.secret,
        webhook.connections,
    )
    has_to_drop = arguments.flag("drop_pending_updates")
    world.updates.allow(arguments.decoded("allowed_updates", "Can't parse allowed_updates"))
    if has_to_drop:
        world.updates.clear()
    if has_to_drop or not is_same:
        world.webhook = webhook
        world.on_webhook()
