"""Posts by how many people they were given something by, at a million reactions as at a thousand.

Triggers keep count as reactions, votes, totals, messages and chats change (`storage.migrations`):
`given_times` has by the second when somebody last gave a post something, `given_days` the same by
days of UTC, `given_posts` all of it. What of `storage.reactions` a row counts for is in the row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.models import PostId
from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from storage.database import Connection
    from storage.models import ChatId

DAY = 86_400
FEW = 50_000
"""Rows of `given_times` that are gone through one by one: a hundredth of a second."""
SPARE = 100
"""Posts of a ranking that may be removed ones before it is looked at once more."""
ANY = 1 << 62

_ORDERED = """
    SELECT post_id, people FROM counted
    CROSS JOIN posts AS p INDEXED BY posts_by_facets ON p.id = post_id
    WHERE people >= max(:least, {bar}) AND p.removed_at IS NULL
    ORDER BY people DESC, p.sort_at DESC, post_id DESC
    LIMIT :limit OFFSET :offset
"""
_RANKED = _ORDERED.format(bar=":least")
_NEAR = _ORDERED.format(
    bar="ifnull((SELECT people FROM counted ORDER BY people DESC LIMIT 1 OFFSET :spare), 1)"
)
"""Only those of about as many people as are wanted are looked up; `spare` may be removed."""
_TIMES = f"""
    WITH counted AS MATERIALIZED (
        SELECT post_id, sum(people) AS people FROM given_times WHERE at >= :since GROUP BY post_id
    )
    {_NEAR}
"""  # noqa: S608  # words of ours
_ALL = f"WITH counted AS (SELECT post_id, people FROM given_posts) {_NEAR}"  # noqa: S608  # likewise
_SURE = """
    ifnull((
        SELECT {later} AS sure
        FROM (SELECT post_id FROM {liked} ORDER BY people DESC LIMIT :spare)
        CROSS JOIN given_posts USING (post_id)
        CROSS JOIN posts AS p INDEXED BY posts_by_facets ON p.id = post_id
        WHERE p.removed_at IS NULL
        ORDER BY sure DESC LIMIT 1 OFFSET :last
    ), 1)
"""
"""How many the last of those wanted has at least: of some posts, what they have in whole days."""
_DAYS = f"""
    WITH most AS MATERIALIZED (
        SELECT post_id, {{early}} AS people FROM given_posts
        WHERE people >= {_SURE.replace("{liked}", "given_posts")}
    ),
    likely AS MATERIALIZED (
        SELECT post_id FROM most WHERE people >= {_SURE.replace("{liked}", "most")}
    ),
    edge AS MATERIALIZED (
        SELECT post_id, sum(people) AS people
        FROM given_times WHERE at >= min(:since, :dawn) AND at < max(:since, :dawn)
            AND post_id IN likely
        GROUP BY post_id
    ),
    counted AS MATERIALIZED (
        SELECT post_id, {{near}} + :side * ifnull((
            SELECT edge.people FROM edge WHERE edge.post_id = given_posts.post_id
        ), 0) AS people
        FROM likely CROSS JOIN given_posts USING (post_id)
    )
"""  # noqa: S608  # words of ours
"""Posts are left out first by what they have in all, then by their whole days, the day of `since`
with them; the seconds are read for those that may be among the wanted.
"""
_AFTER = """
    ifnull((
        SELECT sum(given_days.people) FROM given_days
        WHERE given_days.post_id = given_posts.post_id AND day >= {day}
    ), 0)
"""
_BEFORE = "given_posts.people - " + _AFTER.replace(">=", "<")


async def list_of_all(
    db: Connection, *, since: datetime | None, limit: int, offset: int
) -> list[tuple[PostId, int]]:
    """Posts by how many people gave them something since then, wherever, the most first."""
    asked = {"limit": limit, "offset": offset, "least": 1}
    if since is None:
        return await _list_near(db, _ALL, asked)
    asked["since"] = to_seconds(since)
    if await _are_few(db, asked["since"]):
        return await _list_near(db, _TIMES, asked)
    return await _list_by_days(db, asked)


async def _list_by_days(db: Connection, asked: dict[str, int]) -> list[tuple[PostId, int]]:
    """By whole days, and the seconds between `since` and the midnight that is next to it."""
    since, wanted = asked["since"], asked["offset"] + asked["limit"]
    early, near, later = since // DAY, (since + DAY // 2) // DAY, -(-since // DAY)
    asked |= {"early": early, "near": near, "later": later}
    asked |= {"dawn": near * DAY, "side": 1 if near == later else -1}
    asked |= {"spare": wanted + SPARE, "last": max(0, wanted - 1)}
    days = await _days(db, near)
    sums = {name: days.format(day=f":{name}") for name in ("early", "near", "later")}
    return await _list(db, _DAYS.format(**sums) + _RANKED, asked)


async def _days(db: Connection, day: int) -> str:
    """How a post's days from one on are summed up: those, or all less those before; the fewer."""
    row = await db.fetch_one(
        "SELECT (SELECT min(at) FROM given_times), (SELECT max(at) FROM given_times)"
    )
    oldest, newest = (0, 0) if row is None else (row[0] or 0, row[1] or 0)
    return _AFTER if day * DAY - oldest > newest - day * DAY else _BEFORE


async def _are_few(db: Connection, since: int) -> bool:
    return not await db.fetch_all(
        "SELECT 1 FROM given_times WHERE at >= ? LIMIT 1 OFFSET ?", (since, FEW)
    )


async def list_of_chat(
    db: Connection, chat_id: ChatId, *, since: datetime | None, limit: int, offset: int
) -> list[tuple[PostId, int]]:
    """Posts by how many people gave them something in a chat, and in the group that it was."""
    asked = {
        "since": 0 if since is None else to_seconds(since),
        "limit": limit,
        "offset": offset,
        "chat": chat_id,
        "least": 1,
    }
    return await _list_near(
        db,
        f"""
        WITH here AS (
            SELECT :chat AS id UNION SELECT old_id FROM migrated_chats WHERE new_id = :chat
        ),
        counted AS MATERIALIZED (
            SELECT post_id, sum(people) AS people FROM (
                SELECT counts_for AS post_id, count(DISTINCT actor_id) AS people
                FROM (
                    SELECT counts_for, actor_id FROM here JOIN reaction_sets ON chat_id = here.id
                    WHERE changed_at >= :since AND counts_for IS NOT NULL
                    UNION ALL
                    SELECT counts_for, actor_id FROM here JOIN votes ON chat_id = here.id
                    WHERE changed_at >= :since AND counts_for IS NOT NULL
                )
                GROUP BY counts_for
                UNION ALL
                SELECT counts_for, (SELECT sum(json_extract(value, '$[1]')) FROM json_each(counts))
                FROM here JOIN reaction_totals ON chat_id = here.id
                WHERE changed_at >= :since AND counts_for IS NOT NULL
                    AND counts <> '[]'
            )
            GROUP BY post_id
        )
        {_NEAR}
        """,  # noqa: S608  # words of ours
        asked,
    )


async def _list_near(
    db: Connection, sql: str, asked: Mapping[str, int]
) -> list[tuple[PostId, int]]:
    wanted = asked["limit"] + asked["offset"]
    found = await _list(db, sql, {**asked, "spare": wanted + SPARE})
    if len(found) == asked["limit"]:
        return found
    return await _list(db, sql, {**asked, "spare": ANY})


async def _list(db: Connection, sql: str, asked: Mapping[str, int]) -> list[tuple[PostId, int]]:
    return [(PostId(row[0]), row[1]) for row in await db.fetch_all(sql, asked)]
