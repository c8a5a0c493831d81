"""What waits for a morning, in a line: a post that is held back leaves a trace. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

    from bot.locales import Texts
    from storage.models import Overnight


def overnight_line(texts: Texts, waiting: Overnight, zone: tzinfo) -> str:
    """How many posts wait in a chat, and when they come by the chat's own clock."""
    return texts.count("night.waiting", waiting.posts, at=texts.time(waiting.until, zone))
