"""Languages by the names that people type: tags, and names in every language that we speak."""

from __future__ import annotations

from bot.chat_settings.words import normal
from bot.errors import InputError
from bot.locales import find_language, get_texts, languages


def parse_language(typed: str) -> str:
    """The one of `languages()` that is meant: `en`, `English`, `영어`.

    Raises InputError, which lists what there is.
    """
    if language := find_language(typed) or names().get(normal(typed)):
        return language
    known = [f"{get_texts(one)('language.name')} ({one})" for one in languages()]
    raise InputError("settings.usage.language", typed=typed, languages=", ".join(known))


def names() -> dict[str, str]:
    """Every name of a language of ours: the CLDR's, and those that its catalogue gives."""
    found: dict[str, str] = {}
    for lang in languages():
        texts = get_texts(lang)
        said = [get_texts(one).language_name(lang) for one in languages()]
        said += [texts("language.name"), *texts("language.other_names").split(",")]
        found |= dict.fromkeys(map(normal, said), lang)
    return found
