"""The command lists that Telegram offers: by scope and language, set when they changed."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from bot.interaction.commands import Who
from storage import facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telegram import Bot

    from bot.interaction.commands import Command
    from bot.locales import Texts
    from storage.database import Database

log = logging.getLogger(__name__)
MENUS = "menus"
CODE_LETTERS = 2
"""Bot API, setMyCommands: a language code has two letters (ISO 639-1)."""


async def set_menus(
    bot: Bot,
    database: Database,
    commands: Sequence[Command],
    catalogues: Mapping[str, Texts],
    *,
    default: str,
    operators: Sequence[int],
    authors: Sequence[int] = (),
) -> None:
    """Register the commands where their lists differ from those registered last."""
    wanted = plan_menus(commands, operators, authors)
    offered = {None: catalogues[default], **_by_code(catalogues)}
    print_ = _fingerprint(wanted, offered)
    async with database.reader() as db:
        if await facts.get_fact(db, MENUS) == print_:
            return
    refused: TelegramError | None = None
    for scope, names in wanted:
        try:
            for language, texts in offered.items():
                menu = [BotCommand(name, texts(f"command.{name}")) for name in names]
                await bot.set_my_commands(menu, scope=scope, language_code=language)
        except TelegramError as error:
            # An operator who has not started the bot yet has no chat; the others get their lists.
            refused = error
    if refused is not None:  # the next start tries again
        log.warning("menus_not_set", extra={"error": str(refused)})
        return
    async with database.transaction() as tx:
        await facts.set_fact(tx, MENUS, print_)
    log.info("menus_set", extra={"scopes": len(wanted), "languages": len(offered) - 1})


def plan_menus(
    commands: Sequence[Command], operators: Sequence[int], authors: Sequence[int] = ()
) -> list[tuple[BotCommandScope, list[str]]]:
    """The names for each scope: members in groups; administrators more; authors; operators all."""
    by = {who: [one.name for one in commands if one.who is who and one.listed] for who in Who}
    private = [*by[Who.MEMBER], *by[Who.ADMIN]]
    plans: list[tuple[BotCommandScope, list[str]]] = [
        (BotCommandScopeAllPrivateChats(), private),
        (BotCommandScopeAllGroupChats(), by[Who.MEMBER]),
        (BotCommandScopeAllChatAdministrators(), private),
    ]
    by_hand = [*private, *by[Who.AUTHOR]]
    plans += [(BotCommandScopeChat(one), by_hand) for one in authors if one not in operators]
    plans += [(BotCommandScopeChat(one), [*by_hand, *by[Who.OPERATOR]]) for one in operators]
    return plans


def _by_code(catalogues: Mapping[str, Texts]) -> dict[str | None, Texts]:
    """The catalogues by what Telegram takes, two letters; without them, one has the default's.

    Of two kinds of a language, the first speaks for both.
    """
    codes: dict[str | None, Texts] = {}
    for lang, texts in catalogues.items():
        code = lang.partition("_")[0]
        if len(code) == CODE_LETTERS:
            codes.setdefault(code, texts)
    return codes


def _fingerprint(
    wanted: Sequence[tuple[BotCommandScope, list[str]]], offered: Mapping[str | None, Texts]
) -> str:
    said = [
        [scope.to_dict(), [[name, texts(f"command.{name}")] for name in names], code]
        for scope, names in wanted
        for code, texts in offered.items()
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
