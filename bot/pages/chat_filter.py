"""A chat's filter in words, and what it would have let through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.pages.cards import shown_title
from bot.pages.lists import LINE_TITLE_UNITS
from bot.text.inert import inert
from bot.text.rich import Rich, plain

if TYPE_CHECKING:
    from bot.locales import Texts
    from bot.search.sieve import Preview

DAYS = 30
"""Those of `Posts.preview`."""


def preview_lines(texts: Texts, found: Preview) -> Rich:
    """How many posts of the last thirty days come, and the titles of the last of them."""
    head = plain(_counted(texts, found))
    titles = (
        inert(Rich(f"· {shown_title(texts, title, LINE_TITLE_UNITS)}")) for title in found.titles
    )
    return plain("\n").join([head, *titles])


def _counted(texts: Texts, found: Preview) -> str:
    if not found.posts:
        return texts("filter.preview.empty", days=DAYS)
    key = "filter.preview.newest" if found.is_cut else "filter.preview.days"
    looked_at = texts.count(key, found.posts, days=DAYS)
    if not found.coming:
        return texts("filter.preview.none", posts=looked_at)
    if found.coming == found.posts:
        return texts("filter.preview.all", posts=looked_at)
    return texts.count("filter.preview", found.coming, posts=looked_at)
