"""How an author says something about a post in a reply: `한마디: …`. Pure."""

from __future__ import annotations

_NAMES = frozenset({"한마디", "remark"})
_COLONS = (":", "\uff1a")
"""The second is a Korean keyboard's."""
_LONGEST_NAME = 20
_NOTHING = frozenset({"", "-", "–", "—"})


def remark_in(text: str) -> str | None:
    """What is said about a post, empty where it is taken back (`한마디: -`); None for others."""
    begun = text.lstrip()[:_LONGEST_NAME]
    places = [place for colon in _COLONS if (place := begun.find(colon)) >= 0]
    if not places or "".join(begun[: min(places)].split()).casefold() not in _NAMES:
        return None
    return answer_in(text.lstrip()[min(places) + 1 :])


def answer_in(text: str) -> str:
    """What answers the question for words, empty where they are taken back (`-`)."""
    words = text.strip()
    return "" if words in _NOTHING else words
