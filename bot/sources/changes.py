"""Changes of posts: as they are decided (Change), as they were written (Recorded). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from storage.models import NewPost, Post, SourceId
    from storage.posts import KnownPost


class ChangeKind(StrEnum):
    """What a change means to those who show posts."""

    NEW = "new"
    EDITED = "edited"
    """Title or text differ: what was sent is edited, nothing is announced."""
    DETAILS = "details"
    """Date, address or author were filled in or put right."""
    COUNTS = "counts"
    REMOVED = "removed"
    RESTORED = "restored"
    NOTED = "noted"
    """Only book-keeping; nobody needs to hear of it."""


@dataclass(frozen=True, slots=True)
class Added:
    """A post that was not known."""

    source_id: SourceId
    post: NewPost
    link_key: str | None = None
    fingerprint: str | None = None
    quiet: bool = False
    listing_id: SourceId | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A known post that is different now."""

    kind: ChangeKind
    before: KnownPost
    after: KnownPost


Change: TypeAlias = Added | Changed


@dataclass(frozen=True, slots=True)
class Recorded:
    """A change as it stands in the database. `quiet`: it is not to be announced."""

    kind: ChangeKind
    post: Post
    before: Post | None
    quiet: bool
