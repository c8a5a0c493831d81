"""The periods of `/top`: what may be typed or pressed, and how far back each reaches."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.locales import Texts

USUAL = "week"
PERIODS: Mapping[str, timedelta | None] = {
    USUAL: timedelta(days=7),
    "month": timedelta(days=30),
    "all": None,
}
"""In the order of the buttons. Each is `top.title.…` and `top.period.…` in the catalogues."""


def period_name(texts: Texts, period: str) -> str:
    """What a period is called in a language."""
    return texts(f"top.period.{period}")


def parse_period(texts: Texts, typed: str) -> str | None:
    """The period that somebody typed, in either language; the usual one for nothing, or None."""
    if not typed:
        return USUAL
    names = {one: one for one in PERIODS} | {period_name(texts, one): one for one in PERIODS}
    return names.get(typed.lower())
