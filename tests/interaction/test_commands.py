"""Every command and setting is translated, helped with and documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings
from bot.interaction.commands import Command, Who
from bot.interaction.menus import plan_menus
from bot.locales import get_texts, languages
from bot.pages import actions
from bot.pages.greetings import help_page
from bot.pages.settings import TYPED, typing_page
from handlers.routes import COMMANDS, LINKED, PRESSES, WORDS

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
MENU_LIMIT, DESCRIPTION_LIMIT = 100, 256
"""Bot API, setMyCommands and BotCommand."""


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_is_described_in_every_language_and_in_the_readme(command: Command) -> None:
    for lang in languages():
        description = get_texts(lang).messages[f"command.{command.name}"][0]
        assert 1 <= len(description) <= DESCRIPTION_LIMIT
    assert f"`/{command.name}" in README
    for alias in command.aliases:
        assert f"`/{alias}`" in README


@pytest.mark.parametrize("lang", languages())
def test_help_names_every_command_to_whom_it_is_for(lang: str) -> None:
    listed = [one for one in COMMANDS if one.listed]
    sections = {str(who): [one.name for one in listed if one.who is who] for who in Who}
    text = help_page(get_texts(lang), sections).text.text
    assert all(f"/{command.name} — " in text for command in listed)
    assert "/settings help" in text


@pytest.mark.parametrize("lang", languages())
def test_what_help_leaves_out_is_an_administrators_and_told_with_all_that_they_can_type(
    lang: str,
) -> None:
    names = [one.name for one in COMMANDS if one.who is Who.ADMIN]
    text = typing_page(get_texts(lang), names).text.text
    assert all(f"/{name} — " in text for name in names)
    assert {one.name for one in COMMANDS if not one.listed} <= set(names)
    assert {TYPED[name] for name in names if name in TYPED} == set(TYPED.values())


def test_what_is_nobody_elses_business_is_answered_in_private() -> None:
    """One's own data, what one takes elsewhere, and what operators see: keys, states, words."""
    private = {one.name for one in COMMANDS if one.in_private}
    operators = {"status", "backup", "sources", "synonyms", "misses"}
    assert private == {"mydata", "kakao", "scheduled", *operators}
    assert {kind for kind, one in PRESSES.items() if one.in_private} == {
        actions.HandleSource,
        actions.TakeEdits,
        actions.PushQuiet,
        actions.TakeArchive,
        actions.Correct,
        actions.Reread,
        actions.AskRemark,
        actions.TakeDown,
        actions.PutBack,
        actions.SetSynonym,
        actions.ListRooms,
        actions.OpenRoom,
        actions.ChooseIn,
        actions.BundlePage,
        actions.HandleScheduled,
    }
    assert set(LINKED) == private


def test_no_word_stands_for_two_commands() -> None:
    assert len(WORDS) == sum(1 + len(command.aliases) for command in COMMANDS)


def test_every_action_of_a_button_has_its_handler() -> None:
    assert set(PRESSES) == set(actions._LETTERS.values())


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_a_setting_is_in_the_readme(setting: str) -> None:
    assert f"`{setting.upper()}`" in README


def test_menus_show_each_person_what_they_may_do() -> None:
    menus = plan_menus(COMMANDS, [42])
    assert all(len(names) <= MENU_LIMIT for _, names in menus)
    by_scope = {(scope.type, getattr(scope, "chat_id", None)): names for scope, names in menus}
    assert "settings" not in by_scope["all_group_chats", None]
    assert "settings" in by_scope["all_chat_administrators", None]
    assert "backup" in by_scope["chat", 42]
    assert "backup" not in by_scope["all_private_chats", None]
