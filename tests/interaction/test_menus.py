from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from telegram.error import BadRequest

from bot.interaction.commands import Who
from bot.interaction.menus import plan_menus, set_menus
from bot.locales import get_texts
from handlers.routes import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import Bot, BotCommand, BotCommandScope

    from storage.database import Database

CATALOGUES = {"ko": get_texts("ko"), "en": get_texts("en")}
BOSS, OTHER = 900_000_001, 900_000_002


class FakeBot:
    """Takes command lists, and knows no chat of those in `strangers`."""

    def __init__(self, *strangers: int) -> None:
        self.strangers = set(strangers)
        self.set: dict[tuple[str, int | None, str | None], list[BotCommand]] = {}
        self.calls = 0

    async def set_my_commands(
        self,
        commands: Sequence[BotCommand],
        *,
        scope: BotCommandScope,
        language_code: str | None,
    ) -> bool:
        self.calls += 1
        chat_id = getattr(scope, "chat_id", None)
        if chat_id in self.strangers:
            raise BadRequest("Chat not found")
        self.set[scope.type, chat_id, language_code] = list(commands)
        return True


async def setting(bot: FakeBot, database: Database, *operators: int, default: str = "ko") -> None:
    await set_menus(
        cast("Bot", bot), database, COMMANDS, CATALOGUES, default=default, operators=operators
    )


def names(commands: Sequence[BotCommand]) -> list[str]:
    return [one.command for one in commands]


async def test_lists_are_set_by_scope_and_language(database: Database) -> None:
    bot = FakeBot()
    await setting(bot, database, BOSS)
    scopes = {scope for scope, _, _ in bot.set}
    assert scopes == {
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
    }
    assert {language for _, _, language in bot.set} == {None, "ko", "en"}
    members = bot.set["all_group_chats", None, None]
    assert "latest" in names(members)
    assert "settings" not in names(members)
    korean, english = (bot.set["all_group_chats", None, one] for one in ("ko", "en"))
    assert members == korean
    assert korean != english
    assert "status" in names(bot.set["chat", BOSS, "ko"])


async def test_lists_are_for_two_letters_and_the_others_have_the_default(
    database: Database,
) -> None:
    """Bot API, setMyCommands: `language_code` is a two-letter ISO 639-1 code."""
    bot = FakeBot()
    said = {lang: get_texts(lang) for lang in ("ko", "en")}
    catalogues = {"ko": said["ko"], "fil": said["en"], "pt_BR": said["en"], "pt_PT": said["ko"]}
    await set_menus(cast("Bot", bot), database, COMMANDS, catalogues, default="ko", operators=())
    assert {language for _, _, language in bot.set} == {None, "ko", "pt"}
    first = (bot.set["all_private_chats", None, "pt"][0], said["en"]("command.start"))
    assert first[0].description == first[1]


async def test_lists_that_did_not_change_are_not_set_again(database: Database) -> None:
    first, second = FakeBot(), FakeBot()
    await setting(first, database, BOSS)
    await setting(second, database, BOSS)
    assert first.calls
    assert second.calls == 0


@pytest.mark.parametrize(("operators", "default"), [((BOSS, OTHER), "ko"), ((BOSS,), "en")])
async def test_another_operator_or_language_sets_them_again(
    database: Database, operators: tuple[int, ...], default: str
) -> None:
    await setting(FakeBot(), database, BOSS)
    bot = FakeBot()
    await setting(bot, database, *operators, default=default)
    assert bot.calls


async def test_an_operator_without_a_chat_keeps_nobody_elses_list_back_and_is_tried_again(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    bot = FakeBot(BOSS)
    await setting(bot, database, BOSS, OTHER)
    assert ("chat", OTHER, "ko") in bot.set
    assert [one.message for one in caplog.records] == ["menus_not_set"]
    bot.strangers.clear()
    await setting(bot, database, BOSS, OTHER)
    assert ("chat", BOSS, "ko") in bot.set


def test_every_command_is_offered_to_those_who_may_use_it() -> None:
    plans = {scope.type: listed for scope, listed in plan_menus(COMMANDS, [BOSS])}
    assert set(plans["chat"]) == {one.name for one in COMMANDS if one.listed}
    assert not set(plans["all_private_chats"]) & {
        one.name for one in COMMANDS if one.who is Who.OPERATOR
    }
    assert all(len(listed) <= 100 for listed in plans.values())


def test_an_author_has_the_commands_of_authors_and_an_operator_these_too() -> None:
    author = 900_000_003
    plans = {
        getattr(scope, "chat_id", scope.type): names
        for scope, names in plan_menus(COMMANDS, [BOSS], [author, BOSS])
    }
    own = [one.name for one in COMMANDS if one.who is Who.AUTHOR and one.listed]
    assert own
    assert plans[author] == [*plans["all_private_chats"], *own]
    assert plans[BOSS][: len(plans[author])] == plans[author]
    assert "status" not in plans[author]
