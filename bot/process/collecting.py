"""Garbage collection for a program that runs the bot and nothing else."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.process.serving import Running

THRESHOLDS = 20_000, 20, 50
"""For 700, 10, 10 (gc.set_threshold): an answer makes some thousand objects, and hardly a cycle."""


def collect_rarely(_: Running | None = None) -> None:
    """What was made until now stays, and is looked at no more: modules, catalogues, the glossary.

    Once a process, when it is started. It saves a twentieth of an answer's cost.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
