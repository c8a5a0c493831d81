"""What is left of a person in the files of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.overwriting import traces_of

if TYPE_CHECKING:
    from pathlib import Path


def files_with(folder: Path, number: int) -> list[str]:
    """The names of the files that hold a number, as SQLite or as JSON writes it."""
    traces = traces_of(number)
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.is_file() and any(trace in path.read_bytes() for trace in traces)
    )
