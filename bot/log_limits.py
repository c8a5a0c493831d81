"""How often the same thing is logged: decisions only. Pure.

A log has an end: a disk, or what a host keeps. Whatever comes often (a member who presses a
thousand times, ten thousand chats that fail alike) is counted instead, and the count is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field

WINDOW_SECONDS = 3600.0
MOST_LINES = 60
"""Lines of an event within an hour; then they are counted."""
MOST_LINES_OF_CHAT = 5
"""Of them about one chat."""
MOST_REMEMBERED = 1000
"""Events, and failures, of which anything is known; the longest unseen are forgotten."""


@dataclass(slots=True)
class _Window:
    """What was logged of an event since `begun_at`, in seconds of whatever clock."""

    begun_at: float
    lines: int = 0
    left_out: int = 0
    of_chats: dict[object, int] = field(default_factory=dict)


class Lines:
    """Which lines are written, and how many were not."""

    def __init__(self) -> None:
        self._windows: dict[str, _Window] = {}

    def take(self, event: str, chat: object, at: float) -> bool:
        """Whether a line of `event` is written at `at`, in seconds; `chat` is None without one."""
        window = self._windows.pop(event, None)
        if window is None or not 0 <= at - window.begun_at < WINDOW_SECONDS:
            window = _Window(at)
        self._windows[event] = window
        while len(self._windows) > MOST_REMEMBERED:
            del self._windows[next(iter(self._windows))]
        of_chat = window.of_chats.get(chat, 0)
        if window.lines >= MOST_LINES or (chat is not None and of_chat >= MOST_LINES_OF_CHAT):
            window.left_out += 1
            return False
        window.lines += 1
        window.of_chats[chat] = of_chat + 1
        return True

    def take_left_out(self, at: float) -> list[tuple[str, int]]:
        """Of events whose hour is over at `at`: how many lines were left out, each told once."""
        found = [
            (event, window.left_out)
            for event, window in self._windows.items()
            if window.left_out and not 0 <= at - window.begun_at < WINDOW_SECONDS
        ]
        for event, _ in found:
            del self._windows[event]
        return found


class Failures:
    """How often the same error came from the same place within an hour."""

    def __init__(self) -> None:
        self._seen: dict[object, tuple[float, int]] = {}

    def count(self, failure: object, at: float) -> int:
        """The how-manieth this one is, from 1 on; after an hour it begins anew."""
        begun_at, times = self._seen.pop(failure, (at, 0))
        if not 0 <= at - begun_at < WINDOW_SECONDS:
            begun_at, times = at, 0
        self._seen[failure] = begun_at, times + 1
        while len(self._seen) > MOST_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return times + 1


def is_told(times: int) -> bool:
    """Whether a failure that came so often is a line: the first, the second, each power of ten."""
    return times in {1, 2} or str(times).strip("0") == "1"
