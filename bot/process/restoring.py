"""`sosik restore`: puts a backup in the place of the database, and says what that means."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.pages.ages import age
from storage.lock import held
from storage.restore import restore

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bot.clock import Clock
    from bot.config import Settings
    from bot.locales import Texts
    from storage.restore import Restored


def restore_backup(settings: Settings, clock: Clock, texts: Texts, backup: Path) -> list[str]:
    """Restore while no bot runs on the database; what became of it, a line each.

    Raises HeldError where one runs, and RestoreError where the backup cannot be put in place.
    """
    now = clock.now().astimezone(ZoneInfo(settings.timezone))
    with held(settings.database_path):
        done = restore(backup, settings.database_path, now)
    return _lines(texts, done, backup, now)


def _lines(texts: Texts, done: Restored, backup: Path, now: datetime) -> list[str]:
    number = texts.number
    values = {"posts": number(done.posts), "chats": number(done.chats)}
    lines = [texts("restore.done", backup=backup, **values)]
    if done.last_at is not None:
        time = f"{done.last_at.astimezone(now.tzinfo):%Y-%m-%d %H:%M}"
        lines.append(texts("restore.until", time=time, age=age(texts, now - done.last_at)))
    if done.doubts:
        lines.append(texts.count("restore.doubts", done.doubts))
    if done.spreads:
        lines.append(texts.count("restore.spreads", done.spreads))
    if done.aside is not None:
        lines.append(texts("restore.aside", path=done.aside))
    return [*lines, texts("restore.next")]
