"""compose.yaml, the Caddyfile and the settings: three files that name one another's places."""

from __future__ import annotations

import re
from pathlib import Path

from bot.config import Settings

ROOT = Path(__file__).parents[1]
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
CADDY = (ROOT / "docs" / "deploy" / "Caddyfile").read_text(encoding="utf-8")
BRACES = dict(re.findall(r"\{\$(\w+):([^}]+)\}", CADDY))
"""What the Caddyfile has set from outside, with what it takes otherwise."""


def set_in_compose(name: str) -> str:
    """What a variable is, or is where nobody sets it."""
    (value,) = re.findall(rf"^      {name}: (.+)$", COMPOSE, re.MULTILINE)
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


def test_caddy_finds_the_bot_of_compose_where_it_takes_deliveries() -> None:
    host, port = set_in_compose("WEBHOOK_LISTEN").rsplit(":", 1)
    assert host == "0.0.0.0", "it is another container that asks"  # noqa: S104
    assert set_in_compose("SOSIK_UPSTREAM") == f"bot:{port}"
    assert "\n  bot:\n" in COMPOSE


def test_probes_and_figures_are_on_loopback_and_not_where_caddy_asks() -> None:
    host, port = set_in_compose("HEALTH_LISTEN").rsplit(":", 1)
    assert host == "127.0.0.1"
    assert port != set_in_compose("WEBHOOK_LISTEN").rsplit(":", 1)[1]


def test_what_the_caddyfile_has_in_braces_is_set_and_means_the_same_without() -> None:
    assert {name for name in BRACES if set_in_compose(name)} == set(BRACES)
    assert BRACES["SOSIK_PATH"] == set_in_compose("SOSIK_PATH")
    assert f"WEBHOOK_URL=https://{BRACES['SOSIK_HOST']}{BRACES['SOSIK_PATH']}" in CADDY


def test_on_a_machine_of_ones_own_caddy_asks_where_the_bot_listens_by_default() -> None:
    listens = Settings.model_fields["webhook_listen"].default
    assert BRACES["SOSIK_UPSTREAM"] == listens
    assert f"WEBHOOK_LISTEN={listens}" in CADDY
