"""How long ago something was, in words. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.locales import Texts

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MOST_HOURS = 48
"""What is older is counted in days."""


def age(texts: Texts, ago: timedelta) -> str:
    """In minutes, hours or days, rounded down; what is yet to come is now."""
    if ago >= MOST_HOURS * HOUR:
        return texts.count("age.days", ago // DAY)
    if ago >= HOUR:
        return texts.count("age.hours", ago // HOUR)
    if ago >= MINUTE:
        return texts.count("age.minutes", ago // MINUTE)
    return texts("age.now")
