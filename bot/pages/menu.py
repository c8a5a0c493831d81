"""The menu of a room's settings: a page for each question, and a button for each answer.

Level `all` shows every setting, `done` what is set and no buttons; the others are those of
`menu_levels`, with what else they need behind dots: `zone.Asia.2`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat_settings.filters import FilterWords, write_filter
from bot.chat_settings.press import source_filter
from bot.chat_settings.votes import blindness_key, is_blind
from bot.pages.actions import ShowLevel
from bot.pages.menu_levels import (
    ALL,
    DONE,
    LEVELS,
    SOURCES_A_PAGE,
    Shown,
    goes,
    in_rows,
    menu_button,
)
from bot.pages.page import PROMPT_MARK, Page
from bot.pages.rooms import TITLE_UNITS, back_button
from bot.pages.settings import describe, next_line
from bot.text.graphemes import shorten
from bot.text.inert import inert
from bot.text.rich import bold, plain
from storage.models import ChatKind, SourceId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.locales import Texts
    from bot.pages.page import Button
    from bot.text.rich import Rich
    from storage.models import Chat, ChatSettings

VALUE_UNITS = 60
"""So much of one setting stands in the line of its group."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "new": ("push", "filter", "sources", "here"),
    "digest": ("time", "days", "repeats", "holidays"),
    "editions": ("weekly", "monthly"),
    "night": ("quiet", "night"),
    "looks": ("silent", "pin", "previews", "votes"),
    "room": ("zone", "language", "cleanup", "full"),
}
"""A line for each group of settings, in the order of their buttons."""
SPEAKING = frozenset({"push", "filter", "time", "days", "quiet", "night", "zone", "language"})
"""Settings whose value alone says what it is about."""
TYPED = frozenset({"time", "quiet", "zone", "filter", "weekly", "monthly", "holidays"})
"""Settings that may be typed from the menu."""
ELSEWHERE: Mapping[ChatKind, frozenset[str]] = {
    ChatKind.PRIVATE: frozenset({"votes", "cleanup", "full", "here"}),
    ChatKind.GROUP: frozenset({"here"}),
    ChatKind.CHANNEL: frozenset({"cleanup", "full", "here"}),
}
"""Settings that mean nothing in a kind of chat."""


def menu_page(texts: Texts, shown: Shown, level: str) -> Page | None:
    """A level of the menu; None for one that there is not."""
    name, _, rest = level.partition(".")
    if level in {ALL, DONE}:
        return _overview(texts, shown, is_done=level == DONE)
    if name not in LEVELS or name not in settings_of(shown.room):
        return None
    rows = LEVELS[name](texts, shown, rest)
    if rows is None:
        return None
    title = f"{_title(texts, shown)} › {texts(f'settings.label.{name}')}"
    lines = [inert(bold(title)), plain(texts(f"settings.ask.{name}"))]
    lines += [inert(texts("settings.is", value=_said(texts, shown, name, rest)))]
    if name in {"time", "days"}:
        lines.append(plain(next_line(texts, shown.room)))
    lines += shown.notes.get(level, ())
    return Page(plain("\n").join(lines), (*rows, _ends(texts, shown, _above(level))))


def level_of(shown: Shown, name: str, item: str) -> str:
    """The level that shows what was set."""
    if name == "filter" and item:
        source = item.partition("+")[0].partition("-")[0]
        return "filter" if source == "0" else f"filter.{source}"
    if name == "sources":
        places = [str(one.id) for one in shown.sources]
        return f"sources.{places.index(item) // SOURCES_A_PAGE if item in places else 0}"
    return "quiet" if name == "night" else name


def prompt_page(texts: Texts, name: str) -> Page:
    """The message that asks for a setting: whoever is asked replies to it."""
    example = texts(f"menu.example.{name}")
    asked = texts("menu.prompt", ask=texts(f"settings.ask.{name}"), example=example)
    return Page(plain(f"{PROMPT_MARK} {asked}"), asks=example)


def settings_of(room: Chat) -> tuple[str, ...]:
    """The settings that mean something in a room, in the menu's order."""
    without = set(ELSEWHERE.get(room.kind, ()))
    if not room.is_forum:
        without.add("here")
    return tuple(one for names in GROUPS.values() for one in names if one not in without)


def _overview(texts: Texts, shown: Shown, *, is_done: bool) -> Page:
    lines: list[Rich] = [inert(bold(_title(texts, shown)))]
    lines += [_group(texts, shown, group) for group in GROUPS]
    lines += [plain(next_line(texts, shown.room)), *shown.notes.get(ALL, ())]
    lines += [plain(texts(blindness_key(shown.room)))] * is_blind(shown.room)
    if is_done:
        lines.append(plain(texts("menu.closed")))
        return Page(plain("\n").join(lines))
    names = [name for name in settings_of(shown.room) if name != "night"]
    rows = in_rows([_to(texts, shown, name) for name in names], 2)
    back = (back_button(texts),) if shown.is_elsewhere else ()
    return Page(plain("\n").join(lines), (*rows, (*back, goes(texts, shown, "menu.done", DONE))))


def _title(texts: Texts, shown: Shown) -> str:
    title = shorten(shown.room.title, TITLE_UNITS)
    if shown.is_elsewhere:
        return texts("settings.title.room", title=title or shown.room.id)
    return f"{texts('settings.title')} · {title}" if title else texts("settings.title")


def _group(texts: Texts, shown: Shown, group: str) -> Rich:
    names = [name for name in GROUPS[group] if name in settings_of(shown.room)]
    if shown.settings.quiet is None:
        names = [name for name in names if name != "night"]
    said = " · ".join(_in_words(texts, shown.settings, name) for name in names)
    return inert(bold(texts(f"settings.group.{group}")) + f": {said}")


def _in_words(texts: Texts, settings: ChatSettings, name: str) -> str:
    value = shorten(describe(texts, settings, name), VALUE_UNITS)
    return value if name in SPEAKING else f"{texts(f'settings.label.{name}')} {value}"


def _to(texts: Texts, shown: Shown, name: str) -> Button:
    """The button that leads to a setting, with what is set."""
    label = f"{texts(f'settings.label.{name}')}: {describe(texts, shown.settings, name)}"
    return menu_button(label, ShowLevel(shown.menu_id, f"{name}.0" if name == "sources" else name))


def _said(texts: Texts, shown: Shown, name: str, rest: str) -> str:
    """What is set, on the level of a setting."""
    if name == "filter" and rest:
        own = source_filter(shown.settings, SourceId(int(rest)))
        own_words = write_filter(FilterWords(own.words, own.without))
        return own_words or texts("settings.filter.same")
    if name == "quiet" and shown.settings.quiet is not None:
        night = describe(texts, shown.settings, "night")
        return f"{describe(texts, shown.settings, name)}, {night}"
    return describe(texts, shown.settings, name)


def _ends(texts: Texts, shown: Shown, above: str) -> tuple[Button, ...]:
    return (goes(texts, shown, "menu.back", above), goes(texts, shown, "menu.done", DONE))


def _above(level: str) -> str:
    """The level from which one comes to this one."""
    name, _, rest = level.partition(".")
    if name == "zone" and rest:
        return "zone"
    return "sources.0" if name == "filter" and rest else ALL
