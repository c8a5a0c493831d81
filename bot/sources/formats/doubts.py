"""Whether a text that reads as a listing is one: almost any text can be read as posts. Pure.

Three lines in a row are an author, a title and a body, and so a README has posts, too. What tells a
listing from other texts is that its authors look like names or come again, and that its posts look
like posts: they have counts, or a body that is longer than its title.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

from storage.models import BlogCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.models import NewPost


class Doubt(StrEnum):
    """Why a text is perhaps no listing."""

    MARKUP = "markup"
    """It begins like Markdown, or another language for documents."""
    AUTHORS = "authors"
    """What stands in the authors' places are no names."""
    TIMES = "times"
    """What stands in the bodies' places are times, as in the log of a chat."""
    UNLIKE = "unlike"
    """No author comes twice, hardly anything has counts, and bodies look like titles."""


LONGEST_NAME, MOST_WORDS = 40, 5
OFTEN = 3
"""Who comes so often is an author, whatever the name looks like."""
_NAMES, _OWN, _LAID_OUT, _TIMED = 0.8, 0.5, 0.6, 0.3
_MARK = re.compile(r"[#>|`*+=~-]{1,6}(?:\s|$)|[-=*_~#]{3,}|[|`\[{<•▪·]|\d+[.)]\s|\.\. ")
"""What a line of markup, of a list or of a table begins with."""
_RULE = re.compile(r"[-=*_~#^.]{3,}")
_CODE = re.compile(r"^/|[={}<>\[\]|\\;\t*]|://|\(\)|-->|,\S|\d:\d\d")
"""What stands in no name: code, tables, addresses, times."""
_SENTENCE = re.compile(r"[.!?…。！？,:;\"”'’」』]\Z")
_END = re.compile(r"[.!?…。！？~^ㅋㅎㅠㅜ\"”'’」』)]\Z")
_TIME = re.compile(
    r"\W*(?:(?:오전|오후|am|pm)?\s*\d{1,2}:\d\d(?::\d\d)?\s*(?:am|pm)?"
    r"|\d{2,4}[./년-]\s*\d{1,2}[./월-]\s*\d{1,2}[.일]?(?:\s.{0,20})?)\W*",
    re.IGNORECASE,
)


def doubts_of(title: str, posts: Sequence[NewPost]) -> tuple[Doubt, ...]:
    """Why the posts that were read of a text are perhaps none; nothing for what looks like some."""
    times = Counter(post.author for post in posts)
    found = []
    if _MARK.match(title):
        found.append(Doubt.MARKUP)
    if _share(_is_headed(post, times[post.author]) for post in posts) < _NAMES:
        found.append(Doubt.AUTHORS)
    if _share(_is_time(post.body) for post in posts) > _TIMED:
        found.append(Doubt.TIMES)
    again = _share(times[post.author] > 1 for post in posts)
    counted = _share(post.blog != BlogCounts() for post in posts)
    if max(again, counted) < _OWN and _share(map(_is_laid_out, posts)) < _LAID_OUT:
        found.append(Doubt.UNLIKE)
    return tuple(found)


def _share(holds: Iterable[bool]) -> float:
    listed = list(holds)
    return sum(listed) / len(listed)


def _is_headed(post: NewPost, times: int) -> bool:
    """Whether a post has an author: a line that may be a name, or comes so often that it is one."""
    line = post.author
    if _MARK.match(line) or _CODE.search(line) or _RULE.fullmatch(post.title):
        return False
    is_short = len(line) <= LONGEST_NAME and len(line.split()) <= MOST_WORDS
    return times >= OFTEN or (is_short and ":" not in line and not _SENTENCE.search(line))


def _is_time(line: str) -> bool:
    return len(line) <= LONGEST_NAME and _TIME.fullmatch(line) is not None


def _is_laid_out(post: NewPost) -> bool:
    """Whether a body says more than its title, which is no sentence of a text that goes on."""
    is_said = len(post.body) > len(post.title) or _END.search(post.body) is not None
    return is_said and len(post.body) > len(post.author) and not post.title.endswith((".", ","))
