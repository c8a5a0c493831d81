"""What Sosik says, in each language it speaks: gettext catalogues, and how they are read."""

from __future__ import annotations

from bot.locales.catalogues import (
    DEFAULT,
    all_texts,
    choose_language,
    find_language,
    get_texts,
    languages,
)
from bot.locales.texts import MissingTextWarning, Texts

__all__ = [
    "DEFAULT",
    "MissingTextWarning",
    "Texts",
    "all_texts",
    "choose_language",
    "find_language",
    "get_texts",
    "languages",
]
