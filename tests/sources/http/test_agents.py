from __future__ import annotations

import re
from importlib import metadata
from typing import TYPE_CHECKING, Any

from bot.config import load_settings
from bot.sources.http import agents
from bot.sources.http.agents import BROWSER, agents_of

if TYPE_CHECKING:
    import pytest


def named(**settings: Any) -> tuple[str, str]:  # noqa: ANN401  # any setting
    found = agents_of(load_settings(_env_file=None, **settings))
    return found.own, found.browser


def test_the_program_says_its_name_its_version_and_where_to_read_about_it() -> None:
    own, browser = named(contact_url="https://blog.example/bot")
    assert re.fullmatch(r"Sosik/\d[\w.]* \(\+https://blog\.example/bot\)", own)
    assert browser == BROWSER
    assert named(contact_url="mailto:me@blog.example")[0].endswith("(+mailto:me@blog.example)")


def test_without_an_address_it_says_its_name_and_version() -> None:
    assert re.fullmatch(r"Sosik/\d[\w.]*", named()[0])


def test_nowhere_is_it_a_browser_where_that_is_not_wanted() -> None:
    own, browser = named(slashpage_as_browser=False)
    assert browser == own


def test_it_has_a_name_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> str:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(agents, "version", missing)
    agents._version.cache_clear()  # it is read once a process
    assert named()[0] == "Sosik/0"
    agents._version.cache_clear()  # likewise
