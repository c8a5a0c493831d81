"""How updates come in by the settings, and where the bot listens."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.process.deliveries import Deliveries, Refusals
from bot.process.health import probes
from bot.process.web import WebServer
from bot.updates.webhook import Webhook

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.delivery.wire import Wire
    from bot.figures import Figures
    from bot.interaction.services import Services
    from bot.process.metrics import Exposition
    from bot.process.serving import Running
    from bot.updates.committing import Committer
    from bot.updates.receive import Receiver
    from bot.updates.telegram_time import TelegramTime


def way_in(
    services: Services,
    poller: Receiver,
    committer: Committer,
    receiving: Wire,
    address: str,
    telegram_time: TelegramTime,
) -> Receiver | Webhook:
    """What receives: long polling, or a webhook where WEBHOOK_URL is set."""
    settings = services.settings
    if not settings.webhook_url:
        return poller
    return Webhook(
        request=receiving,
        address=address,
        url=settings.webhook_url,
        secret=settings.webhook_secret.get_secret_value(),
        poller=poller,
        committer=committer,
        database=services.database,
        clock=services.clock,
        telegram_time=telegram_time,
    )


async def servers(
    running: Running, metrics: Callable[[str], Awaitable[Exposition]], figures: Figures
) -> list[WebServer]:
    """What answers probes, and takes deliveries: one server where both are at one place."""
    settings = running.services.settings
    pages = probes(running.what_is_missing, metrics)
    health = WebServer(settings.health_listen, pages, setting="HEALTH_LISTEN")
    if not isinstance(running.receiver, Webhook):
        return [health] if settings.health_listen else []
    refusals = Refusals(figures.refused)
    deliveries = Deliveries(
        running.receiver.deliver, await running.receiver.secret(), settings.webhook_ips, refusals
    )
    is_one = settings.health_listen in {"", settings.webhook_listen}
    own = {urlsplit(settings.webhook_url).path: deliveries.page}
    server = WebServer(
        settings.webhook_listen,
        {**own, **pages} if is_one else own,
        setting="WEBHOOK_LISTEN",
        refused=refusals.note,
    )
    return [server] if is_one else [server, health]
