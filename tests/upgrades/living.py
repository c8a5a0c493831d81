"""Lives the evening with today's bot and simulator, and leaves its database: see `evening.py`."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.delivery.announce import Announcer
from bot.delivery.wire import Patience
from bot.simulator import Simulator
from bot.sources.changes import ChangeKind, Recorded
from storage import chats, drafts, posts
from storage.models import ChatId, NewDraft, NewPost, SourceId
from tests.e2e.conftest import Bot
from tests.e2e.test_pushing import database_of
from tests.storage.rows import keep_post
from tests.upgrades.evening import (
    BEGAN_AT,
    FIRST,
    NINE_AT,
    SECOND,
    THIRD,
    LaterClock,
    build,
)
from tests.waiting import until

if TYPE_CHECKING:
    from bot.simulator import Card
    from tests.upgrades.evening import Town

ARCHIVE = Path(__file__).parent / "data" / "archive.txt"
TYPED = {
    "Money": ("/filter 금리, AI", "/timezone 뉴욕", "/digest_days 평일", "/language 영어"),
    "모아보는 방": ("/push digest", "/digest_time 09:00 18:30"),
    "알림 없는 방": ("/push off",),
}
WAITING = "INSERT INTO inbox (update_id, chat_id, received_at, body) VALUES (?, ?, ?, ?)"
SEEN = "INSERT INTO inbox_seen (update_id, seen_at, chat_id, message_id) VALUES (?, ?, ?, ?)"
SEND = "sendMessage"
DIGESTS, QUIET = "모아보는 방", "조용한 방"


@dataclass(frozen=True, slots=True)
class Evening:
    """One evening under way."""

    sim: Simulator
    town: Town
    bot: Bot
    clock: LaterClock

    @property
    def path(self) -> Path:
        """The database."""
        return self.bot.path / "sosik.db"

    @property
    def kept(self) -> Path:
        """What a kill would have left of it."""
        return self.bot.path / "kept.db"

    def advance(self, seconds: float) -> None:
        """Move the bot's clock and Telegram's."""
        self.clock.advance(seconds)
        self.sim.clock.advance(seconds)


async def live(folder: Path) -> Path:
    """The database as a kill would leave it, in a folder that is empty."""
    clock = LaterClock(BEGAN_AT)
    with pytest.MonkeyPatch.context() as patch:
        # What Telegram does not answer is under way until the end, however long that takes.
        patch.setattr("bot.app.Patience", partial(Patience, read=3600.0))
        return await _live(folder, clock)


async def _live(folder: Path, clock: LaterClock) -> Path:
    async with await Simulator.start(at=BEGAN_AT.timestamp()) as sim:
        town = build(sim, with_bot=False)
        settings = {"serve": "approved", "sources": str(ARCHIVE), "settle": "off"}
        bot = Bot(sim, folder, {**settings, "operator_ids": str(town.boss.id)}, clock=clock)
        evening = Evening(sim, town, bot, clock)
        await bot.start()
        try:
            await _enter(evening)
            await _talk(evening)
            await _react(evening, await _first_post(evening))
            await _goes_wrong(evening)
            _keep(evening)
        finally:
            await bot.crash()
        return evening.kept


async def _enter(evening: Evening) -> None:
    town = evening.town
    for title, room in town.rooms.items():
        await (town.stranger if title == "기다리는 방" else town.boss).adds_bot(room, admin=True)
    for title, room in town.rooms.items():
        if title != "소식":
            await room.receives("소식이에요|승인")
    for title, typed in TYPED.items():
        for command in typed:
            await town.boss.says(town.rooms[title], command)
            await town.rooms[title].receives("")
    await evening.bot.rests()
    async with database_of(evening.bot).transaction() as tx:
        for title, room in town.rooms.items():
            known = await chats.get_chat(tx, ChatId(room.id))
            assert known is not None, title
            quiet = known.settings.quiet if title == QUIET else None
            times = known.settings.digest_times if title == DIGESTS else ()
            chosen = replace(known.settings, quiet=quiet, digest_times=times)
            due = known.digest_due_at if title == DIGESTS else None
            await chats.set_settings(tx, known.id, chosen, due)


async def _talk(evening: Evening) -> None:
    """What people ask, and what operators set."""
    town = evening.town
    for person, said in (
        (town.minji, "/start"),
        (town.minji, "/search 금리"),
        (town.minji, "/search 없는말이에요"),
        (town.boss, "/synonym 엔비디아 = nvidia"),
    ):
        await person.says(evening.sim.private(person), said)
        await person.private.receives("")
    entry = json.dumps({"title": "초안", "body": "아직 올리지 않은 글"}, ensure_ascii=False)
    draft = NewDraft("https://blog.example/draft", entry, town.boss.id, "운영자", None)
    async with database_of(evening.bot).transaction() as tx:
        await drafts.add_draft(tx, draft, evening.bot.clock.now())


async def _publish(evening: Evening, *titles: str) -> None:
    """New posts, written as a poll of their source writes them."""
    clock = evening.bot.clock
    async with database_of(evening.bot).transaction() as tx:
        source = await tx.fetch_one("SELECT min(id) AS id FROM sources")
        assert source is not None
        recorded = []
        for title in titles:
            link = f"https://blog.example/{title[-1]}"
            new = NewPost(title=title, body=f"{title}의 본문이에요. 금리 이야기예요.", link=link)
            made = await keep_post(tx, SourceId(source["id"]), new, first_seen_at=clock.now())
            post = await posts.get_post(tx, made)
            assert post is not None
            recorded.append(Recorded(ChangeKind.NEW, post, None, quiet=False))
        await Announcer(clock)(tx, recorded)


async def _first_post(evening: Evening) -> dict[str, Card]:
    """It arrives everywhere, and in a digest."""
    await _publish(evening, FIRST)
    rooms = evening.town.rooms
    titles = [one for one in rooms if one not in {DIGESTS, "알림 없는 방", "기다리는 방"}]
    cards = {title: await rooms[title].receives(FIRST) for title in titles}
    evening.advance((NINE_AT - evening.clock.now()).total_seconds())
    await rooms[DIGESTS].receives(FIRST)
    return cards


async def _react(evening: Evening, cards: dict[str, Card]) -> None:
    town = evening.town
    await town.minji.reacts(cards["독서모임"], "👍")
    await town.boss.reacts(cards["독서모임"], "👍", "🔥")
    await town.minji.reacts(cards["동네"], "❤")
    await town.minji.reacts(cards["소식"], "👍")
    evening.sim.reactions.report_counts()
    await town.boss.removes_bot(town.rooms["내보낸 방"])
    await evening.bot.rests()


async def _goes_wrong(evening: Evening) -> None:
    """Each room in its own way, all at once."""
    faults = evening.sim.faults
    where = {title: room.id for title, room in evening.town.rooms.items()}
    faults.answers(429, method=SEND, chat_id=where["독서모임"], times=None, retry_after=900)
    faults.cuts(after=True, method=SEND, chat_id=where["동네"])
    faults.cuts(after=False, method=SEND, chat_id=where["소식"])
    faults.answers_slowly(3600, method=SEND, chat_id=where["회사"])
    faults.lands_late(3600, method=SEND, chat_id=where["산책"])
    faults.answers(
        400, method=SEND, chat_id=where["Money"], times=2
    )  # the second time without form
    await _publish(evening, SECOND, THIRD)
    await until(lambda: _stands_wrong(evening))


def _stands_wrong(evening: Evening) -> bool:
    rooms = evening.town.rooms
    expected = {"동네": "unknown", "소식": "unknown", "회사": "sending", "산책": "sending"}
    with closing(sqlite3.connect(evening.path)) as db:
        asked = "SELECT chat_id, state FROM outbox WHERE kind = 'post'"
        found = set(db.execute(asked).fetchall())
    wanted = {(rooms[title].id, state) for title, state in expected.items()}
    return found >= {*wanted, (rooms["Money"].id, "failed")}


def _keep(evening: Evening) -> None:
    """A copy, in which a command waits that was taken in, confirmed and not handled."""
    room, boss = evening.town.rooms["알림 없는 방"], evening.town.boss
    at = int(evening.clock.now().timestamp())
    said = {
        "message_id": 900,
        "date": at,
        "from": {"id": boss.id, "is_bot": False, "first_name": "운영자", "language_code": "ko"},
        "chat": {"id": room.id, "type": "supergroup", "title": room.title},
        "text": "/language 영어",
        "entities": [{"type": "bot_command", "offset": 0, "length": len("/language")}],
    }
    with closing(sqlite3.connect(evening.path)) as db, closing(sqlite3.connect(evening.kept)) as to:
        db.backup(to)
        (last,) = to.execute("SELECT max(update_id) FROM inbox_seen").fetchone()
        body = json.dumps({"update_id": last + 1, "message": said}, ensure_ascii=False)
        to.execute(WAITING, (last + 1, room.id, at, body))
        to.execute(SEEN, (last + 1, at, room.id, 900))
        to.execute("UPDATE facts SET value = ? WHERE key = 'offset'", (str(last + 2),))
        to.commit()
