"""What operators see of synonyms: searches in vain with names to accept, and what they accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.pages.actions import SetSynonym, encode
from bot.pages.page import Button, Page
from bot.text.graphemes import shorten
from bot.text.inert import inert
from bot.text.rich import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.locales import Texts
    from bot.pages.page import Keyboard
    from bot.search.results import Miss, Synonym
    from bot.text.rich import Rich

NAME_UNITS = 20
"""Of each name on a button."""
MOST_ROWS = 40
MISSES, SYNONYMS = "m", "s"
"""The pages, as `SetSynonym.page` names them."""


def misses_page(
    texts: Texts,
    misses: Sequence[Miss],
    keys: Mapping[str, int],
    done: SetSynonym | None = None,
    pair: Synonym | None = None,
) -> Page:
    """Searches in vain; a button for each name that may be meant makes it a synonym.

    `keys`: of each name the number under which it is kept; `done`: what was pressed last, about
    `pair`, which is said, and can be taken back.
    """
    parts = _said(texts, done, pair)
    lines = [inert(plain(f"• {one.query} ({texts.number(one.people)})")) for one in misses]
    heading = "misses.list" if misses else "misses.none"
    parts.append(
        texts.rich(heading, list=plain("\n").join(lines)) if lines else plain(texts(heading))
    )
    offers = [offer for one in misses for offer in one.offers]
    if offers:
        parts.append(plain(texts("misses.offers")))
    rows = [_row(texts, "", offer, keys, yes=1, page=MISSES) for offer in offers]
    return Page(plain("\n\n").join(parts), (*_undo(texts, done, pair), *rows[:MOST_ROWS]))


def synonyms_page(
    texts: Texts,
    synonyms: Sequence[Synonym],
    keys: Mapping[str, int],
    done: SetSynonym | None = None,
    pair: Synonym | None = None,
) -> Page:
    """The operators' synonyms, the newest first, each with a button that takes it back."""
    parts = _said(texts, done, pair)
    lines = [inert(plain(f"{one.left} = {one.right}")) for one in synonyms]
    if lines:
        parts.append(texts.rich("synonym.list", list=plain("\n").join(lines)))
    else:
        parts.append(plain(texts("synonym.none")))
    rows = [_row(texts, "synonym.end", one, keys, yes=0, page=SYNONYMS) for one in synonyms]
    return Page(plain("\n\n").join(parts), (*_undo(texts, done, pair), *rows[:MOST_ROWS]))


def _said(texts: Texts, done: SetSynonym | None, pair: Synonym | None) -> list[Rich]:
    if done is None or pair is None:
        return []
    key = "synonym.added" if done.yes else "synonym.removed"
    return [inert(plain(texts(key, left=pair.left, right=pair.right)))]


def _undo(texts: Texts, done: SetSynonym | None, pair: Synonym | None) -> Keyboard:
    if done is None or pair is None:
        return ()
    back = SetSynonym(done.left_id, done.right_id, 1 - done.yes, done.page)
    return ((Button(texts("synonym.undo", pair=_written(pair)), data=encode(back)),),)


def _row(
    texts: Texts, key: str, pair: Synonym, keys: Mapping[str, int], *, yes: int, page: str
) -> tuple[Button]:
    leads_to = SetSynonym(keys[pair.left], keys[pair.right], yes, page)
    label = texts(key, pair=_written(pair)) if key else _written(pair)
    return (Button(label, data=encode(leads_to)),)


def _written(pair: Synonym) -> str:
    left, right = (shorten(name, NAME_UNITS) for name in (pair.left, pair.right))
    return f"'{left}' = '{right}'"
