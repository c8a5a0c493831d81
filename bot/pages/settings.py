"""The settings of a chat in words: what is set, and answers to changes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.chat_settings.filters import FilterWords, write_filter
from bot.chat_settings.press import DAYS, OFF, source_filter, state_of
from bot.chat_settings.typed_times import parse_days
from bot.locales import get_texts
from bot.pages.page import Page
from bot.pages.rooms import TITLE_UNITS
from bot.text.graphemes import shorten
from bot.text.inert import inert
from bot.text.rich import bold, plain
from storage.models import PushMode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.errors import InputError
    from bot.locales import Texts
    from bot.text.rich import Rich
    from storage.models import Chat, ChatSettings, Source

TYPED = {
    "push": "push",
    "digest_time": "time",
    "digest_days": "days",
    "weekly": "weekly",
    "monthly": "monthly",
    "repeats": "repeats",
    "holidays": "holidays",
    "quiet": "quiet",
    "night": "night",
    "filter": "filter",
    "room_sources": "sources",
    "timezone": "zone",
    "language": "language",
    "silent": "silent",
    "pin": "pin",
    "previews": "previews",
    "votes": "votes",
    "cleanup": "cleanup",
    "full": "full",
}
"""The settings by the commands that set them."""
TYPED_UNITS = 60
"""So much of what could not be read is said back."""
SCHEDULED = frozenset({"time", "days", "zone"})
"""Settings on which it depends when the next digest comes."""
_HOURS_FROM_UTC = re.compile(r"Etc/GMT([+-])(\d+)")
_NO_WORDS = "settings.filter.none"


def room_heading(texts: Texts, chat: Chat) -> Rich:
    """Which chat is spoken of, where that is not the one that it is said in."""
    title = inert(shorten(chat.title or str(chat.id), TITLE_UNITS))
    return bold(texts.rich("settings.title.room", title=title))


def changed_page(texts: Texts, chat: Chat, name: str, before: ChatSettings | None = None) -> Page:
    """The answer to a change: what is set now, and when the next digest comes.

    Words that were replaced are said, so that they are not lost (`before`). A new language says
    itself that it is spoken.
    """
    texts = get_texts(chat.settings.language) if name == "language" else texts
    is_off = is_set_off(chat.settings, name)
    key = f"settings.now.{name}.off" if is_off else f"settings.now.{name}"
    lines = [inert(texts(key, value=describe(texts, chat.settings, name)))]
    if name == "filter" and before is not None and not is_set_off(before, name):
        lines.append(inert(texts("settings.was", value=describe(texts, before, name))))
    if name in SCHEDULED and not is_off:
        lines.append(plain(next_line(texts, chat)))
    return Page(plain("\n").join(lines))


def sources_page(texts: Texts, settings: ChatSettings, sources: Sequence[Source]) -> Page:
    """Where a room's posts come from, numbered, with words of their own; and how to change it."""
    lines = [bold(texts("settings.ask.sources"))]
    for number, source in enumerate(sources, 1):
        mark = "✗" if source.id in settings.left_out else "✓"
        own = source_filter(settings, source.id)
        words = write_filter(FilterWords(own.words, own.without))
        line = f"{number}. {mark} {source_name(source)}"
        lines.append(inert(f"{line} ({words})" if words else line))
    lines.append(plain(texts("settings.examples.sources")))
    return Page(plain("\n").join(lines))


def source_name(source: Source) -> str:
    """What a source is called: its title, or where it is, less what may be a key."""
    return source.title or urlsplit(source.address).hostname or f"#{source.id}"


def usage_page(texts: Texts, chat: Chat, name: str, error: InputError) -> Page:
    """The answer to what could not be read: what was wrong, what is set, and examples."""
    typed = str(error.values.get("typed", ""))
    said = {**error.values, "typed": shorten(typed, TYPED_UNITS)}
    lines = [inert(now_line(texts, chat.settings, name))]
    lines.append(plain(texts(f"settings.examples.{name}", **said)))
    if typed:
        lines.insert(0, inert(texts(error.key, **said)))
    return Page(plain("\n").join(lines))


def typing_page(texts: Texts, names: Sequence[str]) -> Page:
    """What can be typed: the commands of administrators, each with examples."""
    parts = [bold(texts("settings.typing"))]
    for name in names:
        line = f"/{name} — {texts(f'command.{name}')}"
        examples = f"settings.examples.{TYPED.get(name, '')}"
        known = examples in texts.messages and TYPED[name] != "language"
        parts.append(plain(f"{line}\n{texts(examples, typed='')}" if known else line))
    return Page(plain("\n\n").join(parts))


def now_line(texts: Texts, settings: ChatSettings, name: str) -> str:
    """What is set, in a sentence."""
    if is_set_off(settings, name) and name in OFF_IN_WORDS:
        return texts("settings.is.off")
    return texts("settings.is", value=describe(texts, settings, name))


def is_set_off(settings: ChatSettings, name: str) -> bool:
    """Whether a setting is off, for which there is a sentence of its own."""
    match name:
        case "time":
            return not settings.digest_times
        case "filter":
            return not (settings.words or settings.without)
        case "quiet" | "weekly" | "monthly" | "holidays" | "cleanup":
            return state_of(settings, name) == OFF
    return False


OFF_IN_WORDS = frozenset({"time", "quiet", "weekly", "monthly", "holidays"})
"""Of which it is enough to say that they are off."""


def describe(texts: Texts, settings: ChatSettings, name: str) -> str:
    """The value of one setting, as a person says it."""
    if name in _SAID:
        return _SAID[name](texts, settings)
    return texts(f"settings.{name}.{state_of(settings, name)}")


def next_line(texts: Texts, chat: Chat) -> str:
    """When the next digest comes, in the chat's zone."""
    if not chat.settings.digest_times:
        return texts("settings.next.none")
    if chat.digest_due_at is None or chat.settings.push is PushMode.OFF:
        return texts("settings.next.push_off")
    zone = ZoneInfo(chat.settings.timezone)
    return texts("settings.next", at=texts.datetime(chat.digest_due_at, zone))


def shown_zone(texts: Texts, zone: str) -> str:
    """A zone by its city; `UTC+9` for `Etc/GMT-9`, whose sign says the opposite to people."""
    found = _HOURS_FROM_UTC.fullmatch(zone)
    return f"UTC{'-' if found[1] == '+' else '+'}{found[2]}" if found else texts.city(zone)


def clock_time(texts: Texts, minutes: int) -> str:
    """Minutes after midnight as the language says the time: 오전 9:30."""
    hour, minute = divmod(minutes, 60)
    return texts.time(datetime(2001, 1, 1, hour, minute, tzinfo=UTC), UTC)


def day_names(texts: Texts, days: frozenset[int]) -> str:
    """Days of the week: 평일, or 월·금."""
    for name in DAYS:
        if days == parse_days(name):
            return texts(f"settings.days.{name}")
    return "·".join(texts.short_weekday(day) for day in sorted(days))


def _times(texts: Texts, settings: ChatSettings) -> str:
    said = (clock_time(texts, minute) for minute in settings.digest_times)
    return ", ".join(said) or texts("settings.off")


def _quiet(texts: Texts, settings: ChatSettings) -> str:
    quiet = settings.quiet
    if quiet is None:
        return texts("settings.off")
    return f"{clock_time(texts, quiet.start)}–{clock_time(texts, quiet.end)}"


def _weekly(texts: Texts, settings: ChatSettings) -> str:
    weekly = settings.weekly
    if weekly is None:
        return texts("settings.off")
    return f"{texts.weekday(weekly.day)} {clock_time(texts, weekly.minute)}"


def _monthly(texts: Texts, settings: ChatSettings) -> str:
    if settings.monthly is None:
        return texts("settings.off")
    return texts("settings.monthly.at", time=clock_time(texts, settings.monthly))


def _holidays(texts: Texts, settings: ChatSettings) -> str:
    return (
        texts("settings.off") if settings.holidays is None else texts.territory(settings.holidays)
    )


def _filter(texts: Texts, settings: ChatSettings) -> str:
    return write_filter(FilterWords(settings.words, settings.without)) or texts(_NO_WORDS)


def _sources(texts: Texts, settings: ChatSettings) -> str:
    number = len(settings.left_out)
    return texts.count("settings.sources.left", number) if number else texts("settings.sources.all")


def _here(texts: Texts, settings: ChatSettings) -> str:
    return texts("settings.topic.main" if settings.thread_id is None else "settings.topic.set")


_SAID: dict[str, Callable[[Texts, ChatSettings], str]] = {
    "time": _times,
    "days": lambda texts, settings: day_names(texts, settings.digest_days),
    "quiet": _quiet,
    "weekly": _weekly,
    "monthly": _monthly,
    "holidays": _holidays,
    "filter": _filter,
    "sources": _sources,
    "here": _here,
    "zone": lambda texts, settings: shown_zone(texts, settings.timezone),
    "language": lambda _, settings: get_texts(settings.language)("language.name"),
}
