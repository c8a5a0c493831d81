"""The questions of a menu of settings: for each level its rows of buttons.

A level is named after the setting that it asks about; what else it needs to know is handed in:
`Asia.2` for the third page of Asia's cities.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from bot.chat_settings.cities import POPULAR, REGIONS, zones_in
from bot.chat_settings.press import (
    DAYS,
    MINUTES_A_DAY,
    OFF,
    ON,
    edition_value,
    quiet_value,
    source_filter,
    state_of,
    word_item,
)
from bot.chat_settings.public_holidays import country_of
from bot.chat_settings.typed_times import MOST_TIMES
from bot.chat_settings.zones import WELL_KNOWN
from bot.pages.actions import AskFor, SetTo, ShowLevel, encode
from bot.pages.page import Button
from bot.pages.settings import clock_time, describe, shown_zone, source_name
from bot.text.graphemes import shorten
from storage.models import Edition, QuietHours, SourceId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.locales import Texts
    from bot.text.rich import Rich
    from storage.models import Chat, ChatSettings, MenuId, Source, ThreadId

LABEL_UNITS = 20
"""A phone shows so much of a button in half a row."""
LANGUAGES_A_ROW = 3
CITIES_A_PAGE, SOURCES_A_PAGE = 14, 8
STEP_MINUTES = 30
TIMES = (480, 540, 720, 1110, 1260)
NIGHT = QuietHours(22 * 60, 8 * 60)
EVENING, MORNING, SUNDAY = 19 * 60, 9 * 60, 6
SHORT, MEDIUM = 7, 14
"""Labels of up to so many characters stand three, or two, in a row."""
ALL, DONE = "all", "done"
VALUES: Mapping[str, tuple[str, ...]] = {
    "push": ("on", "digest", "off"),
    "repeats": ("full", "brief", "none"),
    "silent": ("off", "on"),
    "pin": ("on", "off"),
    "previews": ("on", "off"),
    "votes": ("auto", "always", "never"),
    "cleanup": ("10", "1440", "off"),
    "full": ("here", "private"),
}
"""Settings of few values, each a button."""
Rows: TypeAlias = list[tuple[Button, ...]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a menu shows."""

    menu_id: MenuId
    room: Chat
    languages: Mapping[str, str] = field(default_factory=dict)
    """Those that a chat may choose, each by its own name for itself."""
    sources: Sequence[Source] = ()
    """Where posts come from now."""
    thread_id: ThreadId | None = None
    """The topic in which the menu stands."""
    is_elsewhere: bool = False
    """Whether the menu stands in the private chat of somebody who administers the room."""
    notes: Mapping[str, Sequence[Rich]] = field(default_factory=dict)
    """What else is to be said on a level, a line each: what waits, what a filter does."""

    @property
    def settings(self) -> ChatSettings:
        """What is set in the room."""
        return self.room.settings


def _few(name: str) -> Callable[[Texts, Shown, str], Rows | None]:
    """A level with a button for each of few values."""

    def rows(texts: Texts, shown: Shown, _: str) -> Rows:
        return _values(texts, shown, name, VALUES[name])

    return rows


def _time(texts: Texts, shown: Shown, _: str) -> Rows:
    """Usual times, each to be added or taken away; then those that are set, to be moved."""
    times = shown.settings.digest_times
    free = len(times) < MOST_TIMES
    usual = [
        _item(shown, "time", minute, clock_time(texts, minute), is_on=minute in times)
        for minute in TIMES
        if free or minute in times
    ]
    moves = [_moves(texts, shown, minute) for minute in times]
    off = _sets(shown, "time", "", OFF, _marked(texts("settings.digest_off"), is_on=not times))
    days = f"{texts('settings.label.days')}: {describe(texts, shown.settings, 'days')} ›"
    further = (menu_button(days, ShowLevel(shown.menu_id, "days")),)
    return [*in_rows([*usual, off], 3), *moves, (_asks(texts, shown, "time"),), further]


def _moves(texts: Texts, shown: Shown, minute: int) -> tuple[Button, ...]:
    """A time that is set: half an hour earlier, away, half an hour later."""
    earlier, later = ((minute + step) % MINUTES_A_DAY for step in (-STEP_MINUTES, STEP_MINUTES))
    taken, item = shown.settings.digest_times, str(minute)
    before = _sets(shown, "time", item, str(earlier), f"◂ {clock_time(texts, earlier)}")
    away = _sets(shown, "time", item, OFF, f"✕ {clock_time(texts, minute)}")
    after = _sets(shown, "time", item, str(later), f"{clock_time(texts, later)} ▸")
    return (*[before] * (earlier not in taken), away, *[after] * (later not in taken))


def _days(texts: Texts, shown: Shown, _: str) -> Rows:
    days = shown.settings.digest_days
    each = [
        _item(shown, "days", day, texts.short_weekday(day), is_on=day in days)
        for day in range(7)
        if days != {day}
    ]
    return [*_values(texts, shown, "days", DAYS), *in_rows(each, 4)]


def _weekly(texts: Texts, shown: Shown, _: str) -> Rows:
    """The seven days at the hour that is set, or in the evening; then the hour."""
    now = shown.settings.weekly
    at = Edition(SUNDAY, EVENING) if now is None else now
    days = [
        _sets(
            shown,
            "weekly",
            "",
            edition_value(Edition(day, at.minute)),
            _marked(texts.short_weekday(day), is_on=now is not None and day == now.day),
        )
        for day in range(7)
    ]
    hours = _hours(
        texts, shown, "weekly", at.minute, lambda one: edition_value(Edition(at.day, one))
    )
    return [*in_rows(days, 4), hours, (_off(texts, shown, "weekly"), _asks(texts, shown, "weekly"))]


def _monthly(texts: Texts, shown: Shown, _: str) -> Rows:
    now = shown.settings.monthly
    usual = [
        _sets(shown, "monthly", "", str(one), _marked(clock_time(texts, one), is_on=one == now))
        for one in TIMES
    ]
    hours = _hours(texts, shown, "monthly", MORNING if now is None else now, str)
    ends = (_off(texts, shown, "monthly"), _asks(texts, shown, "monthly"))
    return [*in_rows(usual, 3), hours, ends]


def _hours(
    texts: Texts, shown: Shown, name: str, minute: int, value: Callable[[int], str]
) -> tuple[Button, ...]:
    """Half an hour earlier, and half an hour later."""
    earlier, later = ((minute + step) % MINUTES_A_DAY for step in (-STEP_MINUTES, STEP_MINUTES))
    return (
        _sets(shown, name, "", value(earlier), f"◂ {clock_time(texts, earlier)}"),
        _sets(shown, name, "", value(later), f"{clock_time(texts, later)} ▸"),
    )


def _quiet(texts: Texts, shown: Shown, _: str) -> Rows:
    """The usual night, none, the two ends to be moved, and what becomes of posts in it."""
    quiet = shown.settings.quiet
    night = f"{clock_time(texts, NIGHT.start)}–{clock_time(texts, NIGHT.end)}"
    usual = _sets(shown, "quiet", "", quiet_value(NIGHT), _marked(night, is_on=quiet == NIGHT))
    rows = [(usual,), (_off(texts, shown, "quiet"), _asks(texts, shown, "quiet"))]
    if quiet is None:
        return rows
    for key, ends in (
        ("menu.from", [QuietHours(_moved(quiet.start, step), quiet.end) for step in (-1, 1)]),
        ("menu.until", [QuietHours(quiet.start, _moved(quiet.end, step)) for step in (-1, 1)]),
    ):
        rows.append(
            tuple(_quiet_end(texts, shown, key, one) for one in ends if one.start != one.end)
        )
    return [*rows, *_values(texts, shown, "night", ("wait", "silent"))]


def _quiet_end(texts: Texts, shown: Shown, key: str, quiet: QuietHours) -> Button:
    minute = quiet.start if key == "menu.from" else quiet.end
    return _sets(shown, "quiet", "", quiet_value(quiet), texts(key, time=clock_time(texts, minute)))


def _moved(minute: int, steps: int) -> int:
    return (minute + steps * STEP_MINUTES) % MINUTES_A_DAY


def _holidays(texts: Texts, shown: Shown, _: str) -> Rows:
    """None, the country of the zone, and the one that is set."""
    near = country_of(shown.settings.timezone)
    codes = dict.fromkeys(code for code in (near, shown.settings.holidays) if code)
    countries = [(_sets_whole(shown, "holidays", code, texts.territory(code)),) for code in codes]
    return [*countries, (_off(texts, shown, "holidays"), _asks(texts, shown, "holidays"))]


def _zone(texts: Texts, shown: Shown, rest: str) -> Rows | None:
    """Cities that many choose, and the parts of the world; or a page of one part's cities."""
    if rest:
        return _cities(texts, shown, rest)
    popular = [_city(texts, shown, zone) for zone in POPULAR]
    regions = [
        menu_button(f"{texts.territory(code)} ›", ShowLevel(shown.menu_id, f"zone.{region}.0"))
        for region, code in REGIONS.items()
    ]
    return [*in_rows(popular, 2), *in_rows(regions, 2), (_asks(texts, shown, "zone"),)]


def _cities(texts: Texts, shown: Shown, rest: str) -> Rows | None:
    region, _, page = rest.partition(".")
    last = len(WELL_KNOWN)
    zones = sorted(
        zones_in(region), key=lambda zone: (WELL_KNOWN.get(zone, last), texts.city(zone))
    )
    return _paged(
        texts,
        shown,
        f"zone.{region}",
        page,
        [(_city(texts, shown, one),) for one in zones],
        CITIES_A_PAGE,
        in_a_row=2,
    )


def _city(texts: Texts, shown: Shown, zone: str) -> Button:
    return _sets_whole(shown, "zone", zone, shown_zone(texts, zone))


def _language(_: Texts, shown: Shown, __: str) -> Rows:
    choices = [_sets_whole(shown, "language", lang, name) for lang, name in shown.languages.items()]
    return list(_even_rows(choices, LANGUAGES_A_ROW))


def _here(texts: Texts, shown: Shown, _: str) -> Rows:
    rows: Rows = [(_sets_whole(shown, "here", "0", texts("settings.topic.general")),)]
    if shown.thread_id is not None:
        this = texts("settings.topic.this")
        rows.append((_sets_whole(shown, "here", str(shown.thread_id), this),))
    return rows


def _filter(texts: Texts, shown: Shown, rest: str) -> Rows | None:
    """Each word a button that takes it away; without a source, the way to those."""
    known = {str(one.id) for one in shown.sources}
    if rest and rest not in known:
        return None
    source = SourceId(int(rest or "0"))
    own = source_filter(shown.settings, source)
    words = [
        *(_word(shown, source, word, is_wanted=True) for word in own.words),
        *(_word(shown, source, word, is_wanted=False) for word in own.without),
    ]
    asks = _asks(texts, shown, f"filter.{rest}" if rest else "filter", "menu.words")
    ends: list[tuple[Button, ...]] = [(asks,)]
    if words:
        item, key = str(source), "menu.same" if rest else "menu.clear"
        ends.append((_sets(shown, "filter", item, OFF, texts(key)),))
    if not rest and shown.sources:
        further = ShowLevel(shown.menu_id, "sources.0")
        ends.append((menu_button(texts("menu.by_source"), further),))
    return [*in_rows(words, 2), *ends]


def _word(shown: Shown, source: SourceId, word: str, *, is_wanted: bool) -> Button:
    sign = "" if is_wanted else "−"
    label = f"✕ {sign}{word}"
    return _sets(shown, "filter", word_item(source, word, is_wanted=is_wanted), OFF, label)


def _sources(texts: Texts, shown: Shown, rest: str) -> Rows | None:
    """A row for each source: whether it comes, and words of its own."""
    rows = []
    for source in shown.sources:
        is_on = source.id not in shown.settings.left_out
        name = source_name(source)
        words = ShowLevel(shown.menu_id, f"filter.{source.id}")
        own = source_filter(shown.settings, source.id)
        label = _marked(texts("menu.words_of"), is_on=bool(own.words or own.without))
        comes = _item(shown, "sources", source.id, name, is_on=is_on)
        rows.append((comes, menu_button(f"{label} ›", words)))
    return _paged(texts, shown, "sources", rest or "0", rows, SOURCES_A_PAGE)


# -- buttons -----------------------------------------------------------------------------------


def _values(texts: Texts, shown: Shown, name: str, values: Sequence[str]) -> Rows:
    """A button for each value, as many in a row as their labels allow."""
    labels = {value: texts(f"settings.{name}.{value}") for value in values}
    longest = max(map(len, labels.values()))
    in_a_row = 3 if longest <= SHORT else 2 if longest <= MEDIUM else 1
    return in_rows([_sets_whole(shown, name, *one) for one in labels.items()], in_a_row)


def _sets_whole(shown: Shown, name: str, value: str, label: str) -> Button:
    """Sets a setting; the present value is marked."""
    now = state_of(shown.settings, name)
    return _sets(shown, name, "", value, _marked(label, is_on=value == now))


def _off(texts: Texts, shown: Shown, name: str) -> Button:
    return _sets_whole(shown, name, OFF, texts("settings.off"))


def _item(shown: Shown, name: str, item: int, label: str, *, is_on: bool) -> Button:
    """Adds an item, or takes it away where it is there."""
    return _sets(shown, name, str(item), OFF if is_on else ON, _marked(label, is_on=is_on))


def _sets(shown: Shown, name: str, item: str, value: str, label: str) -> Button:
    return menu_button(label, SetTo(shown.menu_id, name, item, value))


def _asks(texts: Texts, shown: Shown, level: str, key: str = "menu.type") -> Button:
    return menu_button(texts(key), AskFor(shown.menu_id, level))


def goes(texts: Texts, shown: Shown, key: str, level: str) -> Button:
    """A button that shows another level; `key` is its label's."""
    return menu_button(texts(key), ShowLevel(shown.menu_id, level))


def menu_button(label: str, action: ShowLevel | SetTo | AskFor) -> Button:
    """A button whose label a phone shows whole."""
    return Button(shorten(label, LABEL_UNITS), data=encode(action))


def _marked(label: str, *, is_on: bool) -> str:
    return f"✓ {label}" if is_on else label


def in_rows(buttons: Sequence[Button], in_a_row: int) -> Rows:
    """The buttons in rows of so many."""
    starts = range(0, len(buttons), in_a_row)
    return [tuple(buttons[start : start + in_a_row]) for start in starts]


def _even_rows(buttons: Sequence[Button], most: int) -> Iterator[tuple[Button, ...]]:
    """As few rows of at most `most` as take all, and as even: four are two and two."""
    rest = tuple(buttons)
    for rows in range(-(-len(rest) // most), 0, -1):
        length = -(-len(rest) // rows)
        yield rest[:length]
        rest = rest[length:]


def _paged(
    texts: Texts,
    shown: Shown,
    level: str,
    page: str,
    rows: Sequence[tuple[Button, ...]],
    size: int,
    *,
    in_a_row: int = 1,
) -> Rows | None:
    """A page of rows, and the way to the pages beside it; None where there is no such page."""
    last = max(0, (len(rows) - 1) // size)
    if not rows or page not in map(str, range(last + 1)):
        return None
    number = int(page)
    part = rows[number * size : (number + 1) * size]
    if in_a_row > 1:
        part = in_rows([button for row in part for button in row], in_a_row)
    turns = [
        goes(texts, shown, key, f"{level}.{other}")
        for key, other in (("menu.before", number - 1), ("menu.after", number + 1))
        if 0 <= other <= last
    ]
    return [*part, tuple(turns)] if turns else list(part)


LEVELS: dict[str, Callable[[Texts, Shown, str], Rows | None]] = {
    **{name: _few(name) for name in VALUES},
    "time": _time,
    "days": _days,
    "weekly": _weekly,
    "monthly": _monthly,
    "quiet": _quiet,
    "holidays": _holidays,
    "zone": _zone,
    "language": _language,
    "here": _here,
    "filter": _filter,
    "sources": _sources,
}
