"""A language more, made on the fly: the English catalogue with each message between marks."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

import bot.locales
from bot.locales import get_texts, languages

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCALES = Path(bot.locales.__path__[0])
NAMES = {"language.name": "日本語", "language.other_names": "にほんご, nihongo"}


def write_japanese(folder: Path) -> None:
    """`ja/LC_MESSAGES/sosik.po`, as a translator would leave it behind in `folder`."""
    with catalogue_of("en").open("rb") as file:
        english = read_po(file, locale="en")
    japanese = Catalog(locale="ja")
    for message in english:
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        said = NAMES.get(key, f"「{forms[-1]}」")
        if message.pluralizable:
            japanese.add((key, key), (said,))
        else:
            japanese.add(key, said)
    path = catalogue_of("ja", folder)
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, japanese)


def catalogue_of(lang: str, folder: Path = LOCALES) -> Path:
    """Where the messages of a language are."""
    return folder / lang / "LC_MESSAGES" / "sosik.po"


def copy_language(source: str, lang: str, folder: Path) -> Path:
    """The folder, in which one language is now the same as another of the tree."""
    path = catalogue_of(lang, folder)
    path.parent.mkdir(parents=True)
    shutil.copy(catalogue_of(source), path)
    return folder


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """The catalogues are those of `folder`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.locales.catalogues.files", lambda _: folder)
        _forget()
        yield
    _forget()


@contextmanager
def speaking_japanese(folder: Path) -> Iterator[None]:
    """The catalogues are those of the tree and Japanese, which nothing but its folder announces."""
    for lang in languages():
        if lang != "ja":
            copy_language(lang, lang, folder)
    write_japanese(folder)
    with reading(folder):
        yield


def _forget() -> None:
    """What was read is read again."""
    languages.cache_clear()
    get_texts.cache_clear()
