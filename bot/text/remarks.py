"""How an author says something about a post in a reply: `한마디: …`. Pure."""

from __future__ import annotations

import re

_REMARK = re.compile(r"\s*(?:한\s*마디|remark)\s*[:\uff1a]\s*(.*)", re.IGNORECASE | re.DOTALL)
_NOTHING = frozenset({"", "-", "–", "—"})


def remark_in(text: str) -> str | None:
    """What is said about a post, empty where it is taken back (`한마디: -`); None for others."""
    found = _REMARK.fullmatch(text)
    return None if found is None else answer_in(found[1])


def answer_in(text: str) -> str:
    """What answers the question for words, empty where they are taken back (`-`)."""
    words = text.strip()
    return "" if words in _NOTHING else words
