"""The archive: one row a post, however many sources carry it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.models import BlogCounts, Post, PostId, Remark, SourceId
from storage.times import from_seconds, from_seconds_or_none, to_seconds, to_seconds_or_none

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from storage.database import Connection, Transaction
    from storage.models import NewPost


@dataclass(frozen=True, slots=True)
class Form:
    """How a post looked, as a digest, until `left_at`."""

    digest: str
    left_at: datetime


@dataclass(frozen=True, slots=True)
class KnownPost:
    """A post and what tells it apart: for those who decide what a source changed."""

    post: Post
    link_key: str | None = None
    """The link in its canonical form; two posts with one key are one post."""
    fingerprint: str | None = None
    """Of the entry as its source gave it last."""
    missing_at: datetime | None = None
    """Since when its source leaves it out."""
    quiet: bool = False
    """It came in unannounced: an import, or a source's first fetch."""
    listing_id: SourceId | None = None
    """The archive file that has it too, and gives its `position`."""
    forms: tuple[Form, ...] = ()
    """How it looked before its last edits, a few; the last one is the newest."""


@dataclass(frozen=True, slots=True)
class ListingPosition:
    """Where an archive post stands: `position` in the listing, `sort_at` among all posts."""

    post_id: PostId
    position: int
    sort_at: datetime


def text_of(posts: str) -> str:
    """SQL for what a search reads of a post: its body, and below it what is said about it.

    `posts` is the table's name, or what it is called in the statement.
    """
    body, remark = f"{posts}.body", f"{posts}.remark"
    return f"iif({remark} = '', {body}, {body} || char(10) || {remark})"


# --- reading ---


async def get_post(db: Connection, post_id: PostId) -> Post | None:
    """The post, a removed one too, or None."""
    row = await db.fetch_one("SELECT * FROM posts WHERE id = ?", (post_id,))
    return None if row is None else _post(row)


async def get_known(db: Connection, post_id: PostId) -> KnownPost | None:
    """The post, a removed one too, with what tells it apart; or None."""
    row = await db.fetch_one("SELECT * FROM posts WHERE id = ?", (post_id,))
    return None if row is None else _known(row)


async def get_by_link(db: Connection, link_key: str) -> Post | None:
    """The post with this canonical link, or None."""
    row = await db.fetch_one("SELECT * FROM posts WHERE link_key = ? ORDER BY id", (link_key,))
    return None if row is None else _post(row)


async def list_newest(db: Connection, *, limit: int, offset: int = 0) -> list[Post]:
    """Posts that are not removed, the newest first."""
    rows = await db.fetch_all(
        """
        SELECT * FROM posts WHERE removed_at IS NULL
        ORDER BY sort_at DESC, id DESC LIMIT ? OFFSET ?
        """,
        (limit, offset),
    )
    return [_post(row) for row in rows]


async def count_posts(db: Connection) -> int:
    """How many posts are not removed."""
    rows = await db.fetch_all("SELECT shown FROM post_total")  # kept by triggers
    return int(rows[0][0])


async def list_arrived(
    db: Connection, *, after: datetime, until: datetime
) -> list[tuple[PostId, datetime]]:
    """Announced posts first seen after the one time and up to the other, and when; oldest first."""
    rows = await db.fetch_all(
        """
        SELECT id, first_seen_at FROM posts
        WHERE first_seen_at > ? AND first_seen_at <= ? AND NOT quiet AND removed_at IS NULL
        ORDER BY sort_at, id
        """,
        (to_seconds(after), to_seconds(until)),
    )
    return [(PostId(row["id"]), from_seconds(row["first_seen_at"])) for row in rows]


async def list_since(db: Connection, since: datetime, *, limit: int) -> list[Post]:
    """Posts that were announced or are dated since then, the newest `limit`, the oldest first."""
    rows = await db.fetch_all(
        """
        SELECT * FROM posts WHERE removed_at IS NULL AND id IN (
            SELECT id FROM posts WHERE first_seen_at >= :since AND NOT quiet
            UNION
            SELECT id FROM posts WHERE sort_at >= :since AND published_at >= :since
        )
        ORDER BY sort_at DESC, id DESC LIMIT :limit
        """,
        {"since": to_seconds(since), "limit": limit},
    )
    return [_post(row) for row in rows[::-1]]


async def get_posts(db: Connection, post_ids: Sequence[PostId]) -> list[Post]:
    """Those of these posts that are there, in this order."""
    rows = await db.fetch_all(
        "SELECT posts.* FROM json_each(?) JOIN posts ON posts.id = value ORDER BY key",
        (json.dumps(post_ids),),
    )
    return [_post(row) for row in rows]


@dataclass(frozen=True, slots=True)
class PostWords:
    """What a filter reads of a post."""

    id: PostId
    source_id: SourceId
    title: str
    body: str


def read_newest(db: sqlite3.Connection, since: datetime) -> Iterator[PostWords]:
    """Posts dated since then that are not removed, the newest first, read as they are asked for."""
    rows = db.execute(
        """
        SELECT id, source_id, title, body FROM posts
        WHERE sort_at >= ? AND removed_at IS NULL ORDER BY sort_at DESC, id DESC
        """,
        (to_seconds(since),),
    )
    for row in rows:
        yield PostWords(PostId(row[0]), SourceId(row[1]), row[2], row[3])


async def list_dated(
    db: Connection, spans: Iterable[tuple[datetime, datetime]], *, limit: int
) -> list[Post]:
    """Posts whose date lies in one of the spans (its end is not in it), the newest first."""
    rows = await db.fetch_all(
        """
        SELECT posts.* FROM json_each(?) AS span CROSS JOIN posts
            ON sort_at >= json_extract(span.value, '$[0]')
            AND sort_at < json_extract(span.value, '$[1]')
        WHERE published_at = sort_at AND removed_at IS NULL
        ORDER BY sort_at DESC, id DESC LIMIT ?
        """,  # a post that has a date stands where it says: `posts_newest` finds it
        (json.dumps([[to_seconds(one) for one in span] for span in spans]), limit),
    )
    return [_post(row) for row in rows]


async def list_links(db: Connection, like: str) -> list[str]:
    """The addresses of posts that are LIKE a pattern, one a host is enough: at most twenty."""
    rows = await db.fetch_all(
        "SELECT link FROM posts WHERE link LIKE ? ORDER BY id DESC LIMIT 20", (like,)
    )
    return [str(row["link"]) for row in rows]


async def list_matching(
    db: Connection,
    source_id: SourceId,
    *,
    guids: Collection[str] = (),
    link_keys: Collection[str] = (),
    title_keys: Collection[str] = (),
    fingerprints: Collection[str] = (),
    dates: Collection[datetime] = (),
) -> list[KnownPost]:
    """Posts that share the source and a guid or a date, or a link, a title or every word.

    In the order of arrival.
    """
    rows = await db.fetch_all(
        """
        SELECT * FROM posts WHERE id IN (
            SELECT id FROM posts WHERE source_id = ? AND guid IN (SELECT value FROM json_each(?))
            UNION
            SELECT id FROM posts WHERE link_key IN (SELECT value FROM json_each(?))
            UNION
            SELECT id FROM posts WHERE title_key IN (SELECT value FROM json_each(?))
            UNION
            SELECT id FROM posts WHERE fingerprint IN (SELECT value FROM json_each(?))
            UNION
            SELECT id FROM posts
            WHERE source_id = ? AND published_at IN (SELECT value FROM json_each(?))
                AND fingerprint IS NOT NULL AND removed_at IS NULL AND missing_at IS NULL
        )
        ORDER BY id
        """,
        (
            *(source_id, _json(guids), _json(link_keys), _json(title_keys), _json(fingerprints)),
            *(source_id, json.dumps([to_seconds(one) for one in dates])),
        ),
    )
    return [_known(row) for row in rows]


async def list_left_out(
    db: Connection, source_id: SourceId, since: datetime, found: Collection[PostId]
) -> list[KnownPost]:
    """Posts that the source gave, dated since then, that are not among `found` and not removed."""
    rows = await db.fetch_all(
        """
        SELECT * FROM posts
        WHERE source_id = ? AND published_at >= ? AND fingerprint IS NOT NULL
            AND removed_at IS NULL AND missing_at IS NULL
            AND id NOT IN (SELECT value FROM json_each(?))
        ORDER BY id
        """,
        (source_id, to_seconds(since), json.dumps(list(found))),
    )
    return [_known(row) for row in rows]


async def list_fingerprints(db: Connection, fingerprints: Collection[str]) -> set[str]:
    """Those of the fingerprints that a post has."""
    rows = await db.fetch_all(
        "SELECT fingerprint FROM posts WHERE fingerprint IN (SELECT value FROM json_each(?))",
        (_json(fingerprints),),
    )
    return {row[0] for row in rows}


async def list_missing(db: Connection, source_id: SourceId, until: datetime) -> list[KnownPost]:
    """Posts that their source has left out since then or longer, and that are not removed."""
    rows = await db.fetch_all(
        """
        SELECT * FROM posts
        WHERE source_id = ? AND missing_at <= ? AND removed_at IS NULL ORDER BY missing_at, id
        """,
        (source_id, to_seconds(until)),
    )
    return [_known(row) for row in rows]


async def list_placed(db: Connection, listing_id: SourceId) -> list[KnownPost]:
    """Posts that have a place in this archive listing, in its order: the newest first."""
    rows = await db.fetch_all(
        "SELECT * FROM posts WHERE listing_id = ? ORDER BY position, id DESC", (listing_id,)
    )
    return [_known(row) for row in rows]


# --- writing ---


@dataclass(frozen=True, slots=True)
class Addition:
    """A post that goes in. Without `sort_at` its date orders it, or else the arrival.

    `title_key` is what it is found by where titles are compared.
    """

    source_id: SourceId
    post: NewPost
    title_key: str
    first_seen_at: datetime
    sort_at: datetime | None = None
    link_key: str | None = None
    fingerprint: str | None = None
    quiet: bool = False
    listing_id: SourceId | None = None


async def add_posts(tx: Transaction, additions: Sequence[Addition]) -> list[Post]:
    """Keep posts that were not known, in this order, all in one hop."""
    rows = [_addition_values(one) for one in additions]

    def insert(db: sqlite3.Connection) -> list[int]:
        return [db.execute(_INSERT, row).lastrowid or 0 for row in rows]

    ids = await tx.run(insert)
    return [_added(*one) for one in zip(ids, additions, rows, strict=True)]


async def set_post(tx: Transaction, known: KnownPost, *, title_key: str) -> None:
    """Write a known post and its title's key as they are now; only id and arrival cannot change."""
    post = known.post
    values = {
        **_said(post),
        "title_key": title_key,
        "source_id": post.source_id,
        "link_key": known.link_key,
        "fingerprint": known.fingerprint,
        "missing_at": to_seconds_or_none(known.missing_at),
        "listing_id": known.listing_id,
        "sort_at": to_seconds(post.sort_at),
        "edited_at": to_seconds_or_none(post.edited_at),
        "removed_at": to_seconds_or_none(post.removed_at),
        "forms": json.dumps([(one.digest, to_seconds(one.left_at)) for one in known.forms]),
    }
    pairs = ", ".join(f"{name} = :{name}" for name in values)
    await tx.execute(f"UPDATE posts SET {pairs} WHERE id = :id", {**values, "id": post.id})  # noqa: S608  # names of ours


async def set_places(tx: Transaction, places: Iterable[ListingPosition]) -> None:
    """Move posts to where they stand in a listing and in the whole archive."""
    await tx.execute_many(
        "UPDATE posts SET position = ?, sort_at = ? WHERE id = ?",
        [(place.position, to_seconds(place.sort_at), place.post_id) for place in places],
    )


# --- rows and values ---


def _json(values: Collection[str]) -> str:
    return json.dumps(list(values))


def _addition_values(addition: Addition) -> dict[str, Any]:
    post, at = addition.post, addition.first_seen_at
    return {
        **_said(post),
        "title_key": addition.title_key,
        "source_id": addition.source_id,
        "link_key": addition.link_key,
        "fingerprint": addition.fingerprint,
        "quiet": addition.quiet,
        "listing_id": addition.listing_id,
        "first_seen_at": to_seconds(at),
        "sort_at": to_seconds(addition.sort_at or post.published_at or at),
    }


def _added(post_id: int, addition: Addition, row: dict[str, Any]) -> Post:
    """The post as it would be read back."""
    said = {name: getattr(addition.post, name) for name in _SAID}
    return Post(
        id=PostId(post_id),
        source_id=addition.source_id,
        published_at=from_seconds_or_none(row["published_at"]),
        first_seen_at=from_seconds(row["first_seen_at"]),
        sort_at=from_seconds(row["sort_at"]),
        edited_at=None,
        removed_at=None,
        **said,
    )


_SAID = ("title", "author", "body", "html", "link", "guid", "position", "cut", "blog")
_ADDED = (
    *("title", "title_key", "author", "body", "html", "link", "guid", "published_at", "position"),
    *("cut", "blog_emoji", "blog_reactions", "blog_comments", "source_id", "link_key"),
    *("fingerprint", "quiet", "listing_id", "first_seen_at", "sort_at"),
)
_INSERT = (
    f"INSERT INTO posts ({', '.join(_ADDED)})"  # noqa: S608  # names of ours
    f" VALUES ({', '.join(f':{name}' for name in _ADDED)})"
)


def _said(post: NewPost | Post) -> dict[str, Any]:
    """The columns that hold what a source says of a post."""
    return {
        "title": post.title,
        "author": post.author,
        "body": post.body,
        "html": post.html,
        "link": post.link,
        "guid": post.guid,
        "published_at": to_seconds_or_none(post.published_at),
        "position": post.position,
        "cut": post.cut,
        "blog_emoji": json.dumps(post.blog.emoji, ensure_ascii=False),
        "blog_reactions": post.blog.reactions,
        "blog_comments": post.blog.comments,
    }


def _post(row: sqlite3.Row) -> Post:
    return Post(
        id=PostId(row["id"]),
        source_id=SourceId(row["source_id"]),
        title=row["title"],
        author=row["author"],
        body=row["body"],
        html=row["html"],
        link=row["link"],
        guid=row["guid"],
        published_at=from_seconds_or_none(row["published_at"]),
        first_seen_at=from_seconds(row["first_seen_at"]),
        sort_at=from_seconds(row["sort_at"]),
        position=row["position"],
        cut=bool(row["cut"]),
        edited_at=from_seconds_or_none(row["edited_at"]),
        removed_at=from_seconds_or_none(row["removed_at"]),
        blog=BlogCounts(
            tuple(_listed(row["blog_emoji"])), row["blog_reactions"], row["blog_comments"]
        ),
        remark=Remark(row["remark"], row["remark_by"]) if row["remark"] else None,
        publisher_id=row["publisher_id"],
        taken_down_at=from_seconds_or_none(row["taken_down_at"]),
    )


def _known(row: sqlite3.Row) -> KnownPost:
    return KnownPost(
        _post(row),
        link_key=row["link_key"],
        fingerprint=row["fingerprint"],
        missing_at=from_seconds_or_none(row["missing_at"]),
        quiet=bool(row["quiet"]),
        listing_id=row["listing_id"],
        forms=tuple(Form(digest, from_seconds(at)) for digest, at in _listed(row["forms"])),
    )


def _listed(text: str) -> list[Any]:
    """A list in JSON; nearly all are empty, and are not worth a parser's time."""
    return [] if text == "[]" else list(json.loads(text))
