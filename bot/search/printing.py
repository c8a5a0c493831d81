"""Search results for the command line: as lines, and as JSON. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.locales import Texts
    from bot.search.results import SearchResult


def as_json(result: SearchResult) -> dict[str, Any]:
    """All of a result as JSON takes it; spans are code points of the text beside them."""
    return asdict(result)


def as_lines(texts: Texts, result: SearchResult) -> list[str]:
    """What was searched, then two lines a hit; or what could be tried instead."""
    if not result.total:
        lines = [texts("search.nothing", query=result.query)]
        if result.near is not None and result.near.words:
            lines.append(texts("search.try", words=", ".join(result.near.words)))
        return lines
    key = "search.repaired" if result.repair is not None else "search.results"
    lines = [texts(key, query=result.searched), texts.count("search.count", result.total)]
    if result.partial:
        lines.append(texts("search.partial"))
    for hit in result.hits:
        before = "…" if hit.passage.cut_before else ""
        after = "…" if hit.passage.cut_after else ""
        lines += [f"{hit.post_id:>5}  {hit.title}", f"       {before}{hit.passage.text}{after}"]
    return lines
