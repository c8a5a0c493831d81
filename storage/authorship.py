"""Who published a post by hand, and who had something to say about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.models import PostId
from storage.times import from_seconds

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Connection, Transaction
    from storage.models import Remark


@dataclass(frozen=True, slots=True)
class Authorship:
    """Whose a post is, by users' ids: None where that is nobody's, or not known."""

    publisher_id: int | None
    remark_id: int | None


async def get_authorship(db: Connection, post_id: PostId) -> Authorship:
    """Whose a post is; nobody's where there is none."""
    row = await db.fetch_one("SELECT publisher_id, remark_id FROM posts WHERE id = ?", (post_id,))
    return Authorship(None, None) if row is None else Authorship(row[0], row[1])


async def next_push(tx: Transaction, post_id: PostId) -> int:
    """The number of the next push of a post that was pushed before: 2 for the second."""
    await tx.execute("UPDATE posts SET pushes = pushes + 1 WHERE id = ?", (post_id,))
    row = await tx.fetch_one("SELECT pushes FROM posts WHERE id = ?", (post_id,))
    return 0 if row is None else int(row[0])


async def list_places(db: Connection, post_id: PostId) -> list[tuple[str, datetime]]:
    """The groups and channels that a post was shown in: title, and when first; the first first."""
    rows = await db.fetch_all(
        """
        SELECT title, min(sent_at) AS at FROM messages JOIN chats ON chats.id = chat_id
        WHERE post_id = ? AND chats.kind <> 'private' GROUP BY chat_id ORDER BY at, chat_id
        """,
        (post_id,),
    )
    return [(row["title"], from_seconds(row["at"])) for row in rows]


async def set_publisher(tx: Transaction, post_id: PostId, publisher_id: int) -> None:
    """Somebody published it by hand; the first one stays the publisher."""
    await tx.execute(
        "UPDATE posts SET publisher_id = ? WHERE id = ? AND publisher_id IS NULL",
        (publisher_id, post_id),
    )


async def set_remark(
    tx: Transaction, post_id: PostId, remark: Remark | None, author_id: int | None
) -> None:
    """Have this said about a post, in place of what was; None: nothing any more."""
    words, name = ("", "") if remark is None else (remark.words, remark.name)
    await tx.execute(
        "UPDATE posts SET remark = ?, remark_by = ?, remark_id = ? WHERE id = ?",
        (words, name, None if remark is None else author_id, post_id),
    )


async def count_of_person(db: Connection, person_id: int) -> int:
    """Of how many posts it is written down that somebody published or spoke about them."""
    rows = await db.fetch_all(
        "SELECT count(*) FROM posts WHERE publisher_id = :id OR remark_id = :id",
        {"id": person_id},
    )
    return int(rows[0][0])


async def list_spoken(db: Connection, person_id: int) -> list[PostId]:
    """The posts about which somebody has something to say."""
    rows = await db.fetch_all("SELECT id FROM posts WHERE remark_id = ?", (person_id,))
    return [PostId(row["id"]) for row in rows]


async def forget_publisher(tx: Transaction, person_id: int) -> None:
    """Forget that somebody published (/forgetme); the posts stay."""
    await tx.execute("UPDATE posts SET publisher_id = NULL WHERE publisher_id = ?", (person_id,))


async def is_by_hand(db: Connection, post_id: PostId) -> bool:
    """Whether a post was published by hand, by somebody or by a channel."""
    row = await db.fetch_one(
        """
        SELECT 1 FROM posts JOIN sources ON sources.id = source_id
        WHERE posts.id = ? AND (publisher_id IS NOT NULL OR kind = 'hand')
        """,
        (post_id,),
    )
    return row is not None
