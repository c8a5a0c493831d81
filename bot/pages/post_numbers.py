"""A post by its number, as links, shares and members write it: `p42`."""

from __future__ import annotations

import re

from bot.chat_settings.words import normal
from storage.models import PostId

_NUMBER = r"([0-9]{1,18})"  # any such number fits into SQLite's integers
_WRITTEN = re.compile(f"p{_NUMBER}")
_TYPED = re.compile(rf"(?:#|no\.?)?p?{_NUMBER}(?:번(?:글)?)?")


def written(post_id: PostId) -> str:
    """What a deep link (`t.me/bot?start=p42`) and the share button carry."""
    return f"p{post_id}"


def parse_written(text: str) -> PostId | None:
    """The post that a link or a share names, or None for other words."""
    return _post(_WRITTEN.fullmatch(text))


def parse_typed(text: str) -> PostId | None:
    """The post of `42`, `#42`, `p42`, `#p42` or `42번`, or None for other words."""
    return _post(_TYPED.fullmatch(normal(text).replace(" ", "")))


def _post(found: re.Match[str] | None) -> PostId | None:
    return None if found is None else PostId(int(found[1]))
