"""What a program keeps in memory of earlier answers, forgotten again."""

from __future__ import annotations

import sys
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

OURS = ("bot", "handlers", "storage")


def forget_answers() -> None:
    """Empty the cache of every function of the program, so that its lines run when it is called."""
    for clear in _clearing():
        clear()


def _clearing() -> Iterable[Callable[[], None]]:
    """How to empty each cache: of a module's functions, and of its classes' methods."""
    ours = [module for name, module in sys.modules.items() if name.partition(".")[0] in OURS]
    for value in chain.from_iterable(list(vars(module).values()) for module in ours):
        owned = vars(value).values() if isinstance(value, type) else ()
        for function in (value, *owned):
            clear = getattr(function, "cache_clear", None)
            if clear is not None:
                yield clear
