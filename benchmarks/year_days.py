"""What happens in a community on a day, written by the bot's own functions at a made-up time."""

from __future__ import annotations

import json
import random
import time
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.korean_text import Writer
from bot.chats import EVERY_DAY
from bot.delivery.observers import post_observers
from bot.interaction.deeds import Deeds
from bot.process.housekeeping import SLICE, sweeps
from bot.sources.changes import ChangeKind, Recorded
from bot.sources.entries import title_key
from handlers.reactions import ReactionIntake
from storage import (
    attempts,
    chats,
    cleanups,
    digests,
    inbox,
    known_ids,
    lists,
    menus,
    messages,
    outbox,
    posts,
    queries,
    sources,
)
from storage.lists import PostList
from storage.models import (
    ActorId,
    Chat,
    ChatId,
    ChatKind,
    ChatSettings,
    ChatState,
    Cleanup,
    DigestPush,
    InboxRow,
    MessageId,
    NewAttempt,
    NewMenu,
    NewOutboxRow,
    NewPost,
    PostPush,
    PushMode,
    ReactionSet,
    SourceKind,
    UpdateId,
    UserId,
    View,
)
from storage.posts import Addition

if TYPE_CHECKING:
    from datetime import datetime

    from bot.search.service import SearchService
    from storage.database import Database, Transaction
    from storage.models import OutboxRow, PostId

SEED = 7
PEOPLE = 2_000
AT_ONCE = 25
"""Reactions, or commands, in one commit: a disk that is busy would make most of the time."""
STRAY, WITHDRAWN, RECENT = 0.3, 0.1, 0.9
"""Shares: given to somebody's own message; taken back; given to what came within a week."""
CARDS_A_WEEK = 25
"""In a chat, about."""
EMOJI = ("👍", "❤", "🔥", "👏", "😁")
MENUS_IN, SEARCHES_IN, CARDS_IN = 20, 4, 3
"""One command in so many opens a menu, searches, or asks for a card."""
DIGEST_MINUTE = 540


class MadeUpClock:
    """A clock that stands where it was set."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """The made-up time."""
        return self._at

    def pass_by(self, time: timedelta) -> None:
        """Go on."""
        self._at += time

    async def sleep(self, seconds: float) -> None:
        """Nobody waits."""
        self.pass_by(timedelta(seconds=seconds))


class Community:
    """Chats in which posts come, people react and ask, and the bot keeps house."""

    def __init__(
        self, database: Database, clock: MadeUpClock, search: SearchService, *, seed: int = SEED
    ) -> None:
        self._database, self._clock, self._search = database, clock, search
        self._random = random.Random(seed)
        self._writer = Writer(seed)
        self._intake = ReactionIntake(clock)
        self._deeds = Deeds(database, clock)
        self._last_ids: dict[ChatId, int] = {}
        self._cards: deque[tuple[ChatId, MessageId]] = deque(maxlen=50_000)
        self._update_id = 0
        self.post_ids: list[PostId] = []
        self.titles: list[str] = []

    async def settle(self, count: int) -> None:
        """So many groups that are served, and a blog."""
        settings = ChatSettings("ko", "Asia/Seoul", PushMode.ON, None, (), EVERY_DAY, None)
        async with self._database.transaction() as tx:
            self._source = await sources.add_source(tx, "bench", SourceKind.HAND)
            for number in range(count):
                chat = Chat(
                    id=ChatId(-1_000_000_000_001 - number),
                    kind=ChatKind.SUPERGROUP,
                    title=f"모임 {number}",
                    state=ChatState.SERVED,
                    can_write=True,
                    is_forum=False,
                    settings=settings,
                    joined_at=self._clock.now(),
                    digest_due_at=None,
                    last_digest_at=None,
                )
                await chats.add_chat(tx, chat)
                self._last_ids[chat.id] = 0

    async def live(self, *, posts_a_day: int, reactions: int, commands: int) -> None:
        """One day: half of what is asked and given comes before the posts, half behind them."""
        tomorrow = self._clock.now() + timedelta(days=1)
        await self._ask(commands // 2)
        for post in self._writer.posts(posts_a_day):
            await self._publish(post.title, post.body)
            self._clock.pass_by(timedelta(hours=12) / max(1, posts_a_day))
        await self._react(reactions)
        await self._ask(commands - commands // 2)
        await self._tell_digests()
        self._clock.pass_by(max(timedelta(), tomorrow - self._clock.now()))

    async def keep_house(self) -> list[float]:
        """As the duty does; how long each slice held the writer, to its commit, in seconds."""
        seconds = []
        for sweep in await sweeps(self._database, self._deeds, self._clock.now()):
            gone = SLICE
            while gone >= SLICE:
                async with self._database.transaction() as tx:
                    begun = time.perf_counter()
                    gone = await sweep(tx, limit=SLICE)
                seconds.append(time.perf_counter() - begun)
        return seconds

    async def _publish(self, title: str, body: str) -> None:
        now, number = self._clock.now(), len(self.post_ids)
        async with self._database.transaction() as tx:
            new = NewPost(title, body, author="글쓴이", link=f"https://blog.example/{number}")
            addition = Addition(self._source, new, title_key(title), first_seen_at=now)
            (post,) = await posts.add_posts(tx, [addition])
            for observe in post_observers(self._clock):
                await observe(tx, [Recorded(ChangeKind.NEW, post, None, quiet=False)])
        self.post_ids.append(post.id)
        self.titles.append(title)
        await self._send_all()
        for read_on in (self._search.catch_up, self._search.read_on):
            await read_on()

    async def _send_all(self) -> None:
        """Send what is due: the ledger's rows, of as many chats as the sender takes at once."""
        while True:
            async with self._database.reader() as db:
                due = await outbox.list_due(db, self._clock.now(), limit=32)
            if not due:
                return
            async with self._database.transaction() as tx:
                for row in due:
                    await self._send(tx, row)

    async def _send(self, tx: Transaction, row: OutboxRow) -> None:
        now, token, message_id = self._clock.now(), f"t{row.id}", self._next_id(row.chat_id)
        await outbox.claim_row(tx, row.id, token=token, now=now)
        attempt = NewAttempt(token, row.chat_id, "{}" * 100, "digest", outbox_id=row.id)
        await attempts.add_attempt(tx, attempt, now)
        await outbox.set_sent(tx, row.id, message_id, now)
        await known_ids.add_known_id(tx, row.chat_id, message_id, now)
        await attempts.delete_attempt(tx, token)
        if isinstance(row.push, PostPush):
            await self._show(tx, row.chat_id, message_id, row.push.posts[0])

    async def _show(
        self, tx: Transaction, chat_id: ChatId, message_id: MessageId, post_id: PostId
    ) -> None:
        await messages.set_message(
            tx,
            chat_id,
            message_id,
            post_id,
            view=View.CARD,
            page=0,
            language="ko",
            sent_at=self._clock.now(),
        )
        self._cards.append((chat_id, message_id))

    async def _tell_digests(self) -> None:
        now = self._clock.now()
        newest = tuple(self.post_ids[-3:])
        async with self._database.transaction() as tx:
            for chat_id in self._last_ids:
                await digests.claim_slots(tx, [(chat_id, now.date(), DIGEST_MINUTE)], now)
                push = DigestPush(newest, ())
                row = NewOutboxRow(chat_id, f"{now.date()}-{DIGEST_MINUTE}", push, now)
                await outbox.add_rows(tx, [row], now)
        await self._send_all()

    async def _react(self, count: int) -> None:
        for start in range(0, count, AT_ONCE):
            sets = [self._reaction() for _ in range(min(AT_ONCE, count - start))]
            async with self._database.transaction() as tx:
                await inbox.note_seen(tx, [self._row(one.chat_id) for one in sets])
                await self._intake.take_sets(tx, sets)
            self._clock.pass_by(timedelta(seconds=30))
        await self._refresh()

    def _reaction(self) -> ReactionSet:
        self._update_id += 1
        week = len(self._cards)
        if self._random.random() < RECENT:
            week = min(week, len(self._last_ids) * CARDS_A_WEEK)
        chat_id, message_id = self._cards[-1 - self._random.randrange(week)]
        if self._random.random() < STRAY:
            message_id = self._next_id(chat_id)
        given = set() if self._random.random() < WITHDRAWN else {self._random.choice(EMOJI)}
        return ReactionSet(
            chat_id,
            message_id,
            ActorId(1 + self._random.randrange(PEOPLE)),
            frozenset(given),
            self._clock.now(),
            UpdateId(self._update_id),
        )

    async def _refresh(self) -> None:
        """The cards that are due show new counts."""
        now = self._clock.now() + timedelta(minutes=1)
        due = 1
        while due:
            async with self._database.transaction() as tx:
                found = await messages.claim_refreshes(tx, now, until=now, limit=100)
                for one in found:
                    await messages.set_fresh(tx, one, now)
                due = len(found)

    async def _ask(self, count: int) -> None:
        for start in range(0, count if self.post_ids else 0, AT_ONCE):
            async with self._database.transaction() as tx:
                for number in range(start, min(count, start + AT_ONCE)):
                    await self._ask_once(tx, number)

    async def _ask_once(self, tx: Transaction, number: int) -> None:
        self._update_id += 1
        chat_id = self._random.choice(list(self._last_ids))
        row = self._row(chat_id)
        await inbox.add_updates(tx, [row])
        await self._answer(tx, chat_id, number)
        await inbox.delete_updates(tx, [row.update_id])
        self._clock.pass_by(timedelta(seconds=20))

    def _row(self, chat_id: ChatId) -> InboxRow:
        body = json.dumps({"update_id": self._update_id, "message": {"text": "/latest " * 20}})
        return InboxRow(
            UpdateId(self._update_id), chat_id, self._next_id(chat_id), self._clock.now(), body
        )

    async def _answer(self, tx: Transaction, chat_id: ChatId, number: int) -> None:
        now, message_id = self._clock.now(), self._next_id(chat_id)
        person = UserId(1 + self._random.randrange(PEOPLE))
        await known_ids.add_known_id(tx, chat_id, message_id, now)
        if number % MENUS_IN == 0:
            await menus.add_menu(tx, NewMenu(chat_id, chat_id, person, now))
            return
        if number % CARDS_IN == 0:
            await self._show(tx, chat_id, message_id, self._random.choice(self.post_ids))
            return
        if number % SEARCHES_IN == 0:
            await queries.add_query(tx, self.some_words(), now)
        shown = PostList(tuple(self._random.choices(self.post_ids, k=5)))
        await lists.set_list(tx, chat_id, message_id, shown, person_id=person, shown_at=now)
        await self._clean_up(tx, Cleanup(chat_id, message_id, None, now, now), person)

    async def _clean_up(self, tx: Transaction, cleanup: Cleanup, person: UserId) -> None:
        """Nearly every group has answers deleted that nobody used."""
        await cleanups.add_cleanup(tx, cleanup, person)
        due = await cleanups.list_due(tx, self._clock.now(), limit=400)
        await cleanups.delete_cleanups(tx, due, are_gone=True)

    def some_post(self) -> PostId:
        """Any post."""
        return self._random.choice(self.post_ids)

    def some_words(self) -> str:
        """What somebody searches for: two words of a title."""
        words = self._random.choice(self.titles).split()
        return " ".join(self._random.choices(words, k=2))

    def _next_id(self, chat_id: ChatId) -> MessageId:
        self._last_ids[chat_id] += 1
        return MessageId(self._last_ids[chat_id])
