"""Answers of a source kept as files, blanked, so that what an operator saw becomes a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import reason_of
from bot.sources.blanking import blanked
from bot.sources.errors import SourceError
from bot.sources.wholes import JSON
from bot.text.charsets import decode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bot.sources.looking import Look


def record(looks: Iterable[Look], folder: Path) -> list[Path]:
    """Write what came into `folder`, which is made; the files. None is overwritten.

    Raises SourceError where a file cannot be written.
    """
    written: list[Path] = []
    for number, look in enumerate((one for one in looks if one.name), 1):
        ending = "json" if look.content_type == JSON else "txt"
        path = folder / f"{number}-{look.name}.{ending}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(blanked(decode(look.body, look.content_type)))
        except OSError as error:
            raise SourceError("record.failed", path=path, reason=reason_of(error)) from error
        written.append(path)
    return written
