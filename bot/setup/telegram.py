"""The Bot API as setup asks it, before there is a bot: plain calls, and a look at what waits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, TelegramError

from bot.delivery.wire import Parameters
from bot.errors import InputError, SosikError
from bot.setup.sightings import Seen
from bot.updates.raw import ALLOWED_UPDATES, id_of, part_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram.request import BaseRequest, RequestData

    from bot.updates.raw import Raw

T = TypeVar("T")
LONG_POLL_SECONDS = 20
READ_SLACK_SECONDS = 10
PAUSE_SECONDS = 1.5
"""Between two looks at updates that wait: they come at once, and are left where they are."""
BATCH = 100
"""As many as getUpdates gives; what waits behind them cannot be seen without confirming them."""


class CrowdedError(Exception):
    """So many updates wait that a new one cannot be seen."""


class Telegram:
    """Asks by `request`; the token is what `enter` was given last. It is opened by whoever made it.

    Args:
        request: the way to Telegram.
        server: TELEGRAM_API_URL.
    """

    def __init__(self, request: BaseRequest, server: str) -> None:
        self._request = request
        self._server = server
        self._token = ""
        self._looked_at: set[int] = set()
        self.id = 0
        self.username = ""

    async def enter(self, token: str) -> None:
        """Be the bot of this token. Raises SosikError: Telegram does not know it, or is away."""
        self._token = token
        try:
            me = await self.call("getMe")
        except InvalidToken as error:
            if error.__cause__ is None:
                raise InputError("setup.token.unknown", said=str(error)) from error
            raise self.away(error) from error  # a page of somebody between, who is no Bot API
        except TelegramError as error:
            raise self.away(error) from error
        number, name = id_of(part_of(me, "id")), part_of(me, "username")
        if number is None or not isinstance(name, str):
            raise self.away(TelegramError("getMe"))
        self.id, self.username = number, name

    def away(self, error: TelegramError) -> SosikError:
        """What is said where no answer came that can be used."""
        reason = type(error.__cause__ or error).__name__
        return SosikError("setup.telegram.away", address=self._server, reason=reason)

    async def call(self, method: str, *, seconds: float = 10.0, **parameters: object) -> Any:  # noqa: ANN401  # any JSON
        """The result of a method. Raises TelegramError."""
        data = cast("RequestData", Parameters(parameters))
        address = f"{self._server}/bot{self._token}/{method}"
        return await self._request.post(address, data, read_timeout=seconds)

    async def webhook_host(self) -> str:
        """Where updates go by a webhook; "" where they wait for whoever asks."""
        address = part_of(await self.call("getWebhookInfo"), "url")
        return (urlsplit(str(address)).hostname or "?") if address else ""

    async def watch(self, find: Callable[[Raw], T | None]) -> T:
        """The first thing that `find` sees in an update that waits, or comes; each is seen once.

        Nothing is confirmed: the bot that starts later gets all of it, and asks for the same kinds
        (Bot API, getUpdates). Raises Conflict where another one asks, InvalidToken, CrowdedError.
        """
        while True:
            batch = await self._waiting()
            for raw in batch:
                number = id_of(part_of(raw, "update_id"))
                if number is None or number in self._looked_at:
                    continue
                self._looked_at.add(number)
                if (found := find(raw)) is not None:
                    return found
            if len(batch) >= BATCH:
                raise CrowdedError
            await asyncio.sleep(PAUSE_SECONDS if batch else 0)

    async def _waiting(self) -> list[Raw]:
        """What waits; none of it where Telegram does not answer for a moment."""
        try:
            batch = await self.call(
                "getUpdates",
                seconds=LONG_POLL_SECONDS + READ_SLACK_SECONDS,
                timeout=LONG_POLL_SECONDS,
                limit=BATCH,
                allowed_updates=list(ALLOWED_UPDATES),
            )
        except (Conflict, InvalidToken):
            raise
        except TelegramError:
            await asyncio.sleep(PAUSE_SECONDS)
            return []
        return batch if isinstance(batch, list) else []

    async def greet(self, chat_id: int, text: str) -> None:
        """Say something in a private chat. Raises TelegramError."""
        await self.call("sendMessage", chat_id=chat_id, text=text)

    async def channel(self, name: str) -> Seen:
        """The channel by its @name or number, where the bot may post.

        Raises InputError with what is lacking, and SosikError where Telegram is away.
        """
        try:
            chat = await self.call("getChat", chat_id=name)
        except (BadRequest, Forbidden) as error:
            values = {"name": name, "said": str(error), "link": self.channel_link}
            raise InputError("setup.channel.unknown", **values) from error
        except TelegramError as error:
            raise self.away(error) from error
        number, title = id_of(part_of(chat, "id")), str(part_of(chat, "title") or name)
        if number is None or part_of(chat, "type") != "channel":
            raise InputError("setup.channel.kind", title=title)
        await self._check_posting(number, title)
        return Seen(number, title)

    async def _check_posting(self, number: int, title: str) -> None:
        values = {"title": title, "link": self.channel_link}
        try:
            member = await self.call("getChatMember", chat_id=number, user_id=self.id)
        except (BadRequest, Forbidden) as error:  # only administrators may ask (Bot API)
            raise InputError("setup.channel.outside", **values) from error
        except TelegramError as error:
            raise self.away(error) from error
        if part_of(member, "status") != "administrator":
            raise InputError("setup.channel.outside", **values)
        if part_of(member, "can_post_messages") is not True:
            raise InputError("setup.channel.posting", **values)

    @property
    def channel_link(self) -> str:
        """Invites the bot into a channel with that right alone (Bot API, deep links)."""
        return f"https://t.me/{self.username}?startchannel&admin=post_messages"
