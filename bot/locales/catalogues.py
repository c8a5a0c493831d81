"""The catalogues: `<language>/LC_MESSAGES/sosik.po`, read once, when a language is first asked for.

A language is its folder here, by its name in the CLDR (`ja`, `pt_BR`), and nothing else: what it is
called is a message of its own. There is no compiled form: a translator's edit counts from the next
start.
"""

from __future__ import annotations

import gettext
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

from bot.locales.texts import Texts

DEFAULT = "ko"
"""Speaks where another language has no words."""
WIDESPREAD = "en"
"""For people whose language is not among ours."""

_CATALOGUE = "LC_MESSAGES/sosik.po"


@cache
def languages() -> tuple[str, ...]:
    """The languages that there are catalogues for, the default one first."""
    folders = files(__package__).iterdir()
    found = {folder.name for folder in folders if folder.joinpath(_CATALOGUE).is_file()}
    return (DEFAULT, *sorted(found - {DEFAULT}))


def find_language(tag: str) -> str | None:
    """The one of `languages()` that has this tag, written `pt_BR` or `pt-br`; None for others."""
    return next((one for one in languages() if _subtags(one) == _subtags(tag)), None)


def choose_language(code: str | None, default: str = DEFAULT) -> str:
    """Our language for a person's IETF tag, such as Telegram's `language_code` (`ko-KR`).

    Where there is not that very one, it is one of the same language, or else English. Without a
    tag it is `default`.
    """
    if not code:
        return default
    akin = (one for one in languages() if _subtags(one)[0] == _subtags(code)[0])
    return find_language(code) or next(akin, WIDESPREAD)


class Catalogues(dict[str, Texts]):
    """The messages of each of `languages()`, and for other tags those of `choose_language`.

    A chat keeps the language that it chose, and its folder may be gone since.
    """

    def __missing__(self, lang: str) -> Texts:
        """For a language that is gone."""
        return self[choose_language(lang)]


def all_texts() -> Catalogues:
    """All the messages there are."""
    return Catalogues((lang, get_texts(lang)) for lang in languages())


def _subtags(tag: str) -> list[str]:
    return tag.replace("_", "-").lower().split("-")


@cache
def get_texts(lang: str) -> Texts:
    """The messages of one of `languages()`.

    Raises:
        LookupError: there is no catalogue for it.
    """
    if lang not in languages():
        raise LookupError(f"no catalogue for {lang}")
    with files(__package__).joinpath(lang, _CATALOGUE).open("rb") as file:
        catalogue = read_po(file, locale=lang)
    messages: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        key, forms = message.id, message.string
        if key:
            messages[key if isinstance(key, str) else key[0]] = (
                (forms,) if isinstance(forms, str) else tuple(forms)
            )
    plural_form = gettext.c2py(catalogue.plural_expr)
    return Texts(lang, messages, plural_form, None if lang == DEFAULT else get_texts(DEFAULT))
