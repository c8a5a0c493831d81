"""What a feed or a listing holds, before it is compared with what is known. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from hashlib import blake2b
from html import unescape
from typing import TYPE_CHECKING

from storage.models import BlogCounts, NewPost

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_TAG = re.compile(r"<[^<>]*>")
_QUOTES = str.maketrans("“”„«»‘’‚`´", "\"\"\"\"\"'''''")


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a source, in its own words. Its text is made from `html`, when that is needed."""

    title: str
    html: str
    link: str | None = None
    """Absolute, http or https."""
    guid: str | None = None
    author: str = ""
    published_at: datetime | None = None
    """As the source has it, however absurd."""
    blog: BlogCounts | None = None
    """None where the source counts nothing."""
    cut: bool = False
    """It has more text than is kept of it."""
    body: str | None = None
    """Its text, where that was made with it."""
    partial: bool = False
    """The place where it was listed may lack some of it, which its own place has."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Everything that one answer of a source held, as it was ordered there."""

    entries: tuple[Entry, ...]
    title: str = ""
    tagline: str = ""
    complete: bool = False
    """The source showed all it has: what is not among `entries` is gone."""
    gap: Entry | None = None
    """The entry behind which others of a long answer were left out; None where none were."""


def fingerprint(entry: Entry) -> str:
    """Changes when the words of an entry do; counts and guids do not count."""
    date = "" if entry.published_at is None else entry.published_at.isoformat()
    parts = (entry.title, entry.html, entry.author, entry.link or "", date)
    digest = blake2b(digest_size=16)
    for part in parts:
        said = part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(said) + said)
    return digest.hexdigest()


def title_key(title: str) -> str:
    """What two spellings of one title share: case, width, quotes and spaces do not count."""
    folded = unicodedata.normalize("NFKC", title).casefold().translate(_QUOTES)
    return " ".join(folded.split())


def letters(title: str) -> str:
    """The letters and digits of a title: markup, escapes and signs do not count."""
    plain = _TAG.sub(" ", unescape(unescape(title)))
    folded = unicodedata.normalize("NFKC", plain).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


_TITLE_LENGTH = 60


def new_post(entry: Entry, html_to_text: Callable[[str], str]) -> NewPost:
    """The entry as a post. One without a title is called by the start of its text, or its link."""
    body = html_to_text(entry.html) if entry.body is None else entry.body
    return NewPost(
        title=entry.title or _called(body) or entry.link or "…",
        body=body,
        author=entry.author,
        html=entry.html or None,
        link=entry.link,
        guid=entry.guid,
        published_at=entry.published_at,
        cut=entry.cut,
        blog=entry.blog or BlogCounts(),
    )


def without_text(entry: Entry) -> NewPost:
    """The entry as a post of which only title and link are kept."""
    return new_post(replace(entry, html="", body="", cut=True), str)


def _called(body: str) -> str:
    line = " ".join(body.split("\n", 1)[0].split())
    if len(line) <= _TITLE_LENGTH:
        return line
    head, _, _ = line[:_TITLE_LENGTH].rpartition(" ")
    return (head or line[:_TITLE_LENGTH]) + "…"
