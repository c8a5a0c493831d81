"""By what name servers are asked: the program's own, and at a few addresses that of a browser."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.config import Settings

BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36"
)


@dataclass(frozen=True, slots=True)
class Agents:
    """What User-Agent says; `browser` is for addresses that answer only what looks like one."""

    own: str = "Sosik"
    browser: str = BROWSER


def agents_of(settings: Settings) -> Agents:
    """By the settings: with CONTACT_URL, and as a browser unless SLASHPAGE_AS_BROWSER says no."""
    own = f"Sosik/{_version()}"
    if settings.contact_url:
        own += f" (+{settings.contact_url})"
    return Agents(own, BROWSER if settings.slashpage_as_browser else own)


@cache
def _version() -> str:
    try:
        return version("sosik")
    except PackageNotFoundError:  # run from a folder, without an installation
        return "0"
