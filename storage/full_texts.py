"""The pages of posts' full texts, made once; an edit and a removal delete them by triggers.

Of a post that was removed none are kept: who turns its pages has them made each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.database import Connection, Transaction
    from storage.models import Post, PostId


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page of a full text: `number` counts from 0, `entities` is JSON."""

    text: str
    entities: str
    number: int
    total: int


async def get_page(
    db: Connection, post_id: PostId, number: int, *, rendering: int
) -> KeptPage | None:
    """A page, or the last one before it; None where none is kept of this `rendering`."""
    row = await db.fetch_one(
        """
        SELECT text, entities, number,
            (SELECT count(*) FROM full_texts WHERE post_id = kept.post_id) AS total
        FROM full_texts AS kept WHERE post_id = ? AND rendering = ? AND number <= ?
        ORDER BY number DESC LIMIT 1
        """,
        (post_id, rendering, number),
    )
    return None if row is None else KeptPage(*row)


async def set_pages(
    tx: Transaction, post: Post, pages: Sequence[tuple[str, str]], *, rendering: int
) -> None:
    """Keep the pages, texts and entities, of a post; nothing where it was edited or removed."""
    await tx.execute("DELETE FROM full_texts WHERE post_id = ?", (post.id,))
    await tx.execute_many(
        """
        INSERT INTO full_texts (post_id, number, rendering, text, entities)
        SELECT id, ?, ?, ?, ? FROM posts
        WHERE id = ? AND body = ? AND html IS ? AND link IS ? AND removed_at IS NULL
        """,
        [
            (number, rendering, text, entities, post.id, post.body, post.html, post.link)
            for number, (text, entities) in enumerate(pages)
        ],
    )
