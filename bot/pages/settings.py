"""The settings of a chat: what is set, buttons that set something else, and answers to changes."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.chat_settings.filters import FilterWords
from bot.locales import get_texts
from bot.pages.actions import Choose, ChooseIn, encode
from bot.pages.chat_filter import said_filter
from bot.pages.page import Button, Page
from bot.pages.rooms import TITLE_UNITS, back_button
from bot.text.graphemes import shorten
from bot.text.inert import inert
from bot.text.rich import Rich, bold, plain
from storage.models import PushMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.errors import InputError
    from bot.locales import Texts
    from bot.pages.page import Keyboard
    from storage.models import Chat, ChatSettings, QuietHours

TIMES = ("08:00", "09:00", "12:00", "18:30", "21:00")
WEEKDAYS, WEEKEND = frozenset(range(5)), frozenset({5, 6})
DAYS = (("daily", WEEKDAYS | WEEKEND), ("weekdays", WEEKDAYS), ("weekends", WEEKEND))
NIGHT = "22:00-08:00"
LANGUAGES_A_ROW = 3
MINUTES_AN_HOUR = 60
TYPED_UNITS = 60
"""So much of what could not be read is said back."""
OFF_SAID = frozenset({"time", "quiet", "filter"})
"""Choices for which "off" is said in words of its own."""
_HOURS_FROM_UTC = re.compile(r"Etc/GMT([+-])(\d+)")


def settings_page(
    texts: Texts, chat: Chat, languages: Mapping[str, str], *, elsewhere: bool = False
) -> Page:
    """What is set, a line each, and buttons for each choice; the present one is marked.

    `languages` are those that a chat may choose, each with its own name for itself. `elsewhere`:
    it is shown in the private chat of an administrator, and names the chat.
    """
    lines = [room_heading(texts, chat) if elsewhere else bold(texts("settings.title"))]
    names = ["push", "time", "days", "quiet", "zone", "language"]
    lines += [_line(texts, name, describe(texts, chat.settings, name)) for name in names]
    if chat.settings.words or chat.settings.without:
        lines.append(_line(texts, "filter", describe(texts, chat.settings, "filter")))
    lines.append(plain(next_line(texts, chat)))
    of = partial(ChooseIn, chat.id) if elsewhere else Choose
    keyboard = _keyboard(texts, chat.settings, languages, of)
    back = ((back_button(texts),),) if elsewhere else ()
    return Page(plain("\n").join(lines), (*keyboard, *back))


def room_heading(texts: Texts, chat: Chat) -> Rich:
    """Which chat is spoken of, where that is not the one that it is said in."""
    title = inert(shorten(chat.title or str(chat.id), TITLE_UNITS))
    return bold(texts.rich("settings.title.room", title=title))


def changed_page(texts: Texts, chat: Chat, name: str) -> Page:
    """The answer to a change: what is set now, and when the next digest comes."""
    said = describe(texts, chat.settings, name)
    off = name in OFF_SAID and said == texts("settings.off")
    lines = [
        plain(texts(f"settings.now.{name}.off" if off else f"settings.now.{name}", value=said))
    ]
    if name in {"time", "days", "zone"} and not off:
        lines.append(plain(next_line(texts, chat)))
    return Page(plain("\n").join(lines))


def usage_page(texts: Texts, chat: Chat, name: str, error: InputError) -> Page:
    """The answer to what could not be read: what was wrong, what is set, and examples."""
    now = texts("settings.is", value=describe(texts, chat.settings, name))
    typed = str(error.values.get("typed", ""))
    said = {**error.values, "typed": shorten(typed, TYPED_UNITS)}
    lines = [now, texts(f"settings.examples.{name}", **said)]
    if typed:
        lines.insert(0, texts(error.key, **said))
    return Page(plain("\n").join(lines))


def describe(texts: Texts, settings: ChatSettings, name: str) -> str:
    """The value of one choice, as a person says it."""
    off = texts("settings.off")
    match name:
        case "push":
            said = texts(f"settings.push.{settings.push}")
        case "time":
            said = " ".join(map(clock_time, settings.digest_times)) or off
        case "days":
            said = _days(texts, settings.digest_days)
        case "quiet":
            said = off if settings.quiet is None else quiet_hours(settings.quiet)
        case "zone":
            said = shown_zone(settings.timezone)
        case "language":
            said = get_texts(settings.language)("language.name")
        case _:
            said = said_filter(texts, FilterWords(settings.words, settings.without)) or off
    return said


def next_line(texts: Texts, chat: Chat) -> str:
    """When the next digest comes, in the chat's zone."""
    if not chat.settings.digest_times:
        return texts("settings.next.none")
    if chat.digest_due_at is None or chat.settings.push is PushMode.OFF:
        return texts("settings.next.push_off")
    zone = ZoneInfo(chat.settings.timezone)
    return texts("settings.next", at=texts.datetime(chat.digest_due_at, zone))


def shown_zone(zone: str) -> str:
    """`UTC+9` for `Etc/GMT-9`, whose sign is POSIX's and says the opposite to people."""
    found = _HOURS_FROM_UTC.fullmatch(zone)
    return f"UTC{'-' if found[1] == '+' else '+'}{found[2]}" if found else zone


def clock_time(minutes: int) -> str:
    """Minutes after midnight as `09:30`."""
    return f"{minutes // MINUTES_AN_HOUR:02}:{minutes % MINUTES_AN_HOUR:02}"


def quiet_hours(quiet: QuietHours) -> str:
    """`22:00-08:00`, the form in which it is typed."""
    return f"{clock_time(quiet.start)}-{clock_time(quiet.end)}"


def _line(texts: Texts, name: str, value: str) -> Rich:
    return plain(f"{texts(f'settings.name.{name}')}: ") + bold(value)


def _days(texts: Texts, days: frozenset[int]) -> str:
    for name, members in DAYS:
        if days == members:
            return texts(f"settings.days.{name}")
    return " ".join(texts.weekday(day) for day in sorted(days))


def _keyboard(
    texts: Texts,
    settings: ChatSettings,
    languages: Mapping[str, str],
    of: Callable[[str, str], Choose | ChooseIn],
) -> Keyboard:
    push = [(str(mode), texts(f"settings.push.{mode}")) for mode in PushMode]
    times = [(time, time) for time in TIMES]
    days = [(name, texts(f"settings.days.{name}")) for name, _ in DAYS]
    off = ("off", texts("settings.off"))
    now = {
        "push": settings.push,
        "time": " ".join(map(clock_time, settings.digest_times)) or "off",
        "days": next((name for name, members in DAYS if members == settings.digest_days), ""),
        "quiet": "off" if settings.quiet is None else quiet_hours(settings.quiet),
        "language": settings.language,
    }
    rows: list[tuple[str, Sequence[tuple[str, str]]]] = [
        ("push", push),
        ("time", times[:3]),
        ("time", [*times[3:], ("off", texts("settings.digest_off"))]),
        ("days", days),
        ("quiet", [(NIGHT, f"🌙 {NIGHT}"), (off[0], f"🌙 {off[1]}")]),
        *(("language", row) for row in _even_rows([*languages.items()], LANGUAGES_A_ROW)),
    ]
    return tuple(
        tuple(_choice(of(name, value), label, now[name]) for value, label in choices)
        for name, choices in rows
    )


def _even_rows(
    choices: Sequence[tuple[str, str]], most: int
) -> Iterator[Sequence[tuple[str, str]]]:
    """As few rows of at most `most` as take all, and as even: four are two and two."""
    rest = list(choices)
    for rows in range(-(-len(rest) // most), 0, -1):
        length = -(-len(rest) // rows)
        yield rest[:length]
        rest = rest[length:]


def _choice(action: Choose | ChooseIn, label: str, now: str) -> Button:
    mark = "✓ " if action.value == now else ""
    return Button(f"{mark}{label}", data=encode(action))
