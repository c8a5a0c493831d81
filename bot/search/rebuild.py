"""A new index beside the old one, step by step, where the analysis changed.

Each step is one short transaction, and what comes next is read from the database: a crash loses the
step, an upgrade in the middle begins anew. The old index answers, and follows the posts, until the
new one is whole. What it holds was cut by the old analysis, so that a removed post may leave tokens
behind: they find nothing, for what the index gives is read before it counts.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from bot.search.analyse import ANALYSIS_VERSION
from bot.search.index import index_batch, rebuild_batch
from bot.search.results import Progress
from storage import search, search_rebuild
from storage.search import SPARE
from storage.search_rebuild import EVERY_ID, Rebuild

if TYPE_CHECKING:
    import sqlite3

PAGES = 48
"""Pages of an index that are joined in a transaction."""
ROWS = 600
"""Rows of an old index that are deleted in a transaction."""


class Step(Enum):
    """What a transaction did."""

    NOTHING = auto()
    TAKEN_IN = auto()
    BEGUN = auto()
    ADDED = auto()
    JOINED = auto()
    CHANGED_OVER = auto()
    EMPTIED = auto()


def is_up_to_date(db: sqlite3.Connection) -> bool:
    """Whether there is nothing to do."""
    return (
        not search.is_behind(db)
        and not _is_outdated(db)
        and search_rebuild.get_rebuild(db) is None
        and search_rebuild.is_spare_empty(db)
    )


def read_progress(db: sqlite3.Connection) -> Progress | None:
    """How far it is; None where searches are answered from all posts, by today's analysis."""
    posts = search.get_state(db)[1]
    waiting = search.count_pending(db)
    if _is_outdated(db):
        rebuild = search_rebuild.get_rebuild(db)
        return Progress(rebuild.posts if rebuild else 0, posts + waiting, anew=True)
    return Progress(posts, posts + waiting, anew=False) if waiting else None


def take_step(db: sqlite3.Connection) -> Step:
    """Do what is next; what it was."""
    if index_batch(db):
        return Step.TAKEN_IN
    rebuild, wanted = search_rebuild.get_rebuild(db), _is_outdated(db)
    if wanted and rebuild is not None and rebuild.analysis == ANALYSIS_VERSION:
        return _go_on(db, rebuild)
    if rebuild is not None:  # of another analysis, or for posts that are gone
        search_rebuild.set_rebuild(db, None)
    if not search_rebuild.is_spare_empty(db):
        search_rebuild.empty_spare(db, ROWS)
        return Step.EMPTIED
    if not wanted:
        return Step.NOTHING
    search_rebuild.set_rebuild(db, Rebuild(ANALYSIS_VERSION, 0, 0))
    return Step.BEGUN


def _is_outdated(db: sqlite3.Connection) -> bool:
    """Whether there is an index, by another analysis than today's."""
    analysis, posts = search.get_state(db)
    return posts > 0 and analysis != ANALYSIS_VERSION


def _go_on(db: sqlite3.Connection, rebuild: Rebuild) -> Step:
    """The next posts; after the last one the pieces are joined, and then it is its turn."""
    if rebuild_batch(db, rebuild):
        return Step.ADDED
    if rebuild.last_id != EVERY_ID:
        search_rebuild.set_rebuild(db, replace(rebuild, last_id=EVERY_ID))
        search.merge_pages(db, -PAGES, SPARE)
        return Step.JOINED
    if search.merge_pages(db, PAGES, SPARE):
        return Step.JOINED
    search_rebuild.swap_index(db, rebuild)
    return Step.CHANGED_OVER
