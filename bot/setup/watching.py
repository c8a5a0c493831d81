"""Waiting for what somebody does in Telegram, or types meanwhile, whichever comes first."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from telegram.error import Conflict, TelegramError

from bot.setup.telegram import CrowdedError
from storage.lock import is_held

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.setup.sightings import Seen
    from bot.setup.talk import Talk
    from bot.setup.telegram import Telegram
    from bot.updates.raw import Raw

WAIT_MINUTES = 5


class Watch:
    """Looks at the updates that wait for the bot, as long as nobody else takes them."""

    def __init__(self, talk: Talk, telegram: Telegram, runner: asyncio.Runner) -> None:
        self._talk = talk
        self._telegram = telegram
        self._runner = runner
        self.is_open = True

    def begin(self, database: Path) -> None:
        """See whether there is anything to look at; say so where there is not.

        A bot that runs here is not asked for its updates: it would take us for a second one, send
        nothing for a while, and tell its operators.
        """
        if is_held(database):
            self._close("setup.taken.other")
            return
        try:
            host = self._runner.run(self._telegram.webhook_host())
        except TelegramError as error:
            raise self._telegram.away(error) from error
        if host:
            self._close("setup.taken.webhook", host=host)

    def look(
        self, find: Callable[[Raw], Seen | None], late: str, *, skips_empty: bool
    ) -> Seen | str | None:
        """What `find` sees first, or a line that is typed at the terminal before.

        None where it does not come in time, which is said as `late`, or cannot be seen any more.
        """
        try:
            return self._runner.run(self._first(find, skips_empty=skips_empty))
        except TimeoutError:
            self._talk.say(late)
        except Conflict:
            self._close("setup.taken.other")
        except CrowdedError:
            self._close("setup.taken.crowded")
        except TelegramError as error:  # the token was revoked meanwhile
            raise self._telegram.away(error) from error
        return None

    def _close(self, key: str, **values: object) -> None:
        self.is_open = False
        self._talk.say(key, **values)

    async def _first(self, find: Callable[[Raw], Seen | None], *, skips_empty: bool) -> Seen | str:
        tasks: list[asyncio.Task[Seen] | asyncio.Task[str]] = [
            asyncio.create_task(self._telegram.watch(find))
        ]
        if self._talk.is_terminal:
            tasks.append(asyncio.create_task(self._talk.typed(skips_empty=skips_empty)))
        try:
            async with asyncio.timeout(WAIT_MINUTES * 60):
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return next(one for one in tasks if one in done).result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
