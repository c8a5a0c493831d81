"""What handlers call, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.chats import Chats
    from bot.clock import Clock
    from bot.config import Settings
    from bot.delivery.operators import Operators
    from bot.interaction.administrators import Administrators
    from bot.interaction.commands import Command
    from bot.interaction.deeds import Deeds
    from bot.interaction.parts import Parts
    from bot.locales import Texts
    from bot.posts import Posts
    from bot.search.service import SearchService
    from bot.sources.poll import SourcePoller
    from bot.sources.publishing import Publisher
    from bot.sources.record import PostObserver
    from bot.updates.raw import Identity
    from storage.database import Database
    from storage.models import ChatId, MessageId, UserId


@dataclass(frozen=True, slots=True)
class Services:
    """What handlers call. Built once, in bot.app."""

    settings: Settings
    database: Database
    clock: Clock
    catalogues: Mapping[str, Texts]
    chats: Chats
    posts: Posts
    publisher: Publisher
    poller: SourcePoller
    search: SearchService
    operators: Operators
    administrators: Administrators
    deeds: Deeds
    parts: Parts
    is_overtaken: Callable[[ChatId, MessageId, UserId | None], bool]
    """Whether a later press of the same person on the same message of a chat waits."""
    forget_person: Callable[[int], None]
    """Drop what a person asked whose answer may not have arrived, in whatever chat."""
    forget_handled: Callable[[], Awaitable[None]]
    """Delete at once the updates that are handled; otherwise that is done a moment later."""
    observers: tuple[PostObserver, ...]
    me: Identity
    commands: tuple[Command, ...]
