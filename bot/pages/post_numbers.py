"""A post by its number, as links, shares and members write it: `p42`, `#42`, `3번`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.chat_settings.words import normal
from storage.models import PostId

_NUMBER = r"([0-9]{1,18})"  # any such number fits into SQLite's integers
_WRITTEN = re.compile(f"p{_NUMBER}")
_TYPED = re.compile(rf"(#?p|#|no\.?)?{_NUMBER}(?:번째?(?:글)?)?")


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """A number that somebody typed; one that `is_own` is the post's, and never a list's."""

    number: int
    is_own: bool


def written(post_id: PostId) -> str:
    """What a deep link (`t.me/bot?start=p42`) and the share button carry."""
    return f"p{post_id}"


def parse_written(text: str) -> PostId | None:
    """The post that a link or a share names, or None for other words."""
    return _post(_WRITTEN.fullmatch(text))


def parse_typed(text: str) -> TypedNumber | None:
    """The number of `42`, `42번`, `42번째 글`, or a post's own: `#42`, `p42`, `no. 42`; or None."""
    found = _TYPED.fullmatch(normal(text).replace(" ", ""))
    return None if found is None else TypedNumber(int(found[2]), is_own=found[1] is not None)


def _post(found: re.Match[str] | None) -> PostId | None:
    return None if found is None else PostId(int(found[1]))
