"""The filters of a search, as its page names them, and the buttons that take them away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.pages.actions import encode
from bot.pages.cards import LABEL_UNITS
from bot.pages.page import Button
from bot.search.filters import DATES, Kind
from bot.text.graphemes import shorten
from bot.text.inert import inert

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.locales import Texts
    from bot.pages.actions import SearchPage
    from bot.pages.page import Keyboard
    from bot.search.filters import Filter
    from bot.search.results import Narrowed

SHOWN_NAME_UNITS = 60


def filters_line(texts: Texts, narrowed: Narrowed) -> str:
    """The filters in words, in the order in which they were typed; empty without any."""
    known = (one for one in narrowed.asked.filters if not one.is_unknown)
    return " · ".join(_called(texts, one) for one in known)


def notes(texts: Texts, narrowed: Narrowed) -> list[str]:
    """What came of the filters: names that nobody has, what there is without them, and so on."""
    lines = [_nobody(texts, one, narrowed) for one in narrowed.asked.unknown]
    if narrowed.outside:
        lines.append(texts.count("search.filter.outside", narrowed.outside))
    for one in narrowed.asked.unread:
        way = "date" if one.kind in DATES else "name"
        lines.append(texts(f"search.filter.unread.{way}", typed=_shown(one.typed)))
    if narrowed.undated:
        lines.append(texts.count("search.filter.undated", narrowed.undated))
    return lines


def chips(texts: Texts, ways: Mapping[Filter, SearchPage]) -> Keyboard:
    """A button a row for each filter, to the page without it."""
    return tuple(
        (
            Button(
                shorten(texts("search.filter.remove", filter=_called(texts, one)), LABEL_UNITS),
                data=encode(to),
            ),
        )
        for one, to in ways.items()
    )


def _called(texts: Texts, one: Filter) -> str:
    if one.kind in DATES:
        return texts(f"search.filter.{one.kind}", date=texts.part_of_date(one.value))
    return texts(f"search.filter.{one.kind}", name=_shown(one.called))


def _nobody(texts: Texts, one: Filter, narrowed: Narrowed) -> str:
    is_author = one.kind is Kind.BY
    what, names = ("author", narrowed.authors) if is_author else ("source", narrowed.sources)
    if not names:
        return texts(f"search.filter.no_{what}s")
    listed = ", ".join(map(_shown, names))
    return texts(f"search.filter.no_{what}", name=_shown(one.value), names=listed)


def _shown(text: str) -> str:
    return inert(shorten(text, SHOWN_NAME_UNITS)).text
