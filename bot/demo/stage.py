"""Everything a demo needs, on loopback: a Telegram, a community, a blog and the bot itself."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.chat_settings.schedule import next_digest_at
from bot.config import environment
from bot.demo import prologue
from bot.demo.blog import Blog
from bot.demo.brought import Brought
from bot.demo.by_hand import send_to_bot
from bot.demo.community import found_community
from bot.demo.kept import BOT_FILE, DEMO_FILE, KeptDemo, check_owner, last_blog_port, last_done_at
from bot.demo.likes import like_the_newest
from bot.demo.ports import listen
from bot.demo.process import STOP_SECONDS, BotProcess
from bot.demo.troubles import Troubles
from bot.errors import SosikError, reason_of
from bot.simulator import Simulator
from storage import chats, messages, reactions, sources
from storage.database import Database
from storage.lock import is_held
from storage.models import ChatId, ChatState, MessageId

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator, Callable, Iterable

    from aiohttp import web

    from bot.demo.blog import BlogPost
    from bot.demo.community import Community
    from bot.simulator import Room
    from bot.simulator.events import Event
    from storage.models import Chat

POLL_SECONDS = 1
ZONE = ZoneInfo("Asia/Seoul")
"""Where the community lives: a new chat's zone."""
_DAY_BEGINS, _DAY_ENDS = 9, 20
"""Hours between which a visitor sees pushes at once; at night they would wait for the morning."""
_JUST_AFTER_SECONDS = 5.0
_PREPARE_SECONDS = 120.0
_LOOK_AGAIN_SECONDS = 0.05
_LIKE_SECONDS = 5.0
_BLOG_PORT, _BLOG_PORTS = 8865, 20_000
_EPOCH, _NUMBERS_A_SECOND = 1_790_000_000, 10
"""More than a demo uses up, and 32 bits last until 2033."""
_LOST_NUMBERS, _LOST_SECONDS = 1_000, 1.0
"""More than what a demo that was killed had not written yet."""


class Stage:
    """The demo while it runs. `watchers` are called after each change that is no chat's."""

    def __init__(self, sim: Simulator, community: Community, blog: Blog, path: Path) -> None:
        self.sim = sim
        self.community = community
        self.blog = blog
        self.troubles = Troubles(sim, self.tell)
        self.watchers: list[Callable[[], None]] = []
        self.brought = Brought(path, sim.world, self.tell)
        self.is_awake = False
        """Whether the bot has asked Telegram who it is since it was started last."""
        self.ends: list[int] = []
        """The exit codes of the bots that ended, negative for a signal."""
        self.bot: BotProcess
        self._path = path
        self._offers_commands = asyncio.Event()

    @property
    def offset_seconds(self) -> float:
        """How far the demo's time is ahead of the machine's."""
        return self.sim.clock.now() - time.time()

    def now(self) -> datetime:
        """The demo's time, aware and in UTC."""
        return datetime.fromtimestamp(self.sim.clock.now(), UTC)

    def tell(self) -> None:
        """Tell the watchers that something changed."""
        for watcher in tuple(self.watchers):
            watcher()

    def advance(self, seconds: float) -> None:
        """Move the clocks of Telegram, the blog and the bot."""
        self.sim.clock.advance(seconds)
        self.bot.shift(self.offset_seconds)
        self.tell()

    async def next_digest_at(self) -> datetime | None:
        """When the next digest of any chat is due, as the bot's database has it."""
        now = self.now()
        due = [next_digest_at(chat.settings, after=now) for chat in await self._served()]
        return min((at for at in due if at is not None), default=None)

    async def forward_to_digest(self) -> datetime | None:
        """Move the clocks to just after the next digest is due; when that is, or None."""
        if (room := await like_the_newest(self.community)) is not None:
            await self._hears_of_likes(room)
        at = await self.next_digest_at()
        if at is not None:
            self.advance((at - self.now()).total_seconds() + _JUST_AFTER_SECONDS)
        return at

    async def _hears_of_likes(self, room: Room) -> None:
        """Wait, not for long, until the bot knows that something was liked there."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LIKE_SECONDS):
                while not await self._likes(room):  # noqa: ASYNC110  # another process's
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def _likes(self, room: Room) -> int:
        opened = Database.opened(self._path, readers=1)
        async with opened as database, database.reader() as db:
            return (await reactions.count_in_chat(db, ChatId(room.id)))[0]

    async def counts_reactions_of(self, room: Room, message_id: int) -> bool:
        """Whether the bot comes to count, soon, what a message was given for the post it shows."""
        place = ChatId(room.id), MessageId(message_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LIKE_SECONDS):
                while not await self._counts(place):  # noqa: ASYNC110  # another process's
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)
                return True
        return False

    async def _counts(self, place: tuple[ChatId, MessageId]) -> bool:
        opened = Database.opened(self._path, readers=1)
        async with opened as database, database.reader() as db:
            shown = await messages.get_message(db, *place)
            if shown is None:
                return False
            asked = [shown.post_id]
            counted = await reactions.get_given(db, asked)
            return counted != await reactions.get_given(db, asked, apart_from=place)

    async def publish_by_hand(self, title: str, text: str, words: str) -> BlogPost:
        """The author sends the bot the link of a page that no feed has, and words, and says yes.

        Raises ValueError where the bot does not offer it.
        """
        post = self.blog.publish(title, text, is_listed=False)
        self.tell()
        await send_to_bot(self.community.author, self.blog.address_of(post.number), words)
        return post

    async def start_bot(self) -> None:
        """Start the bot, unless it runs."""
        await self.bot.start()
        self.tell()

    async def prepared(self) -> None:
        """Wait, not for ever, until the bot has read all there is and serves every chat.

        What it finds when it reads a blog for the first time is old to it, and is sent nowhere; and
        a chat gets what is published once it is served.
        """
        rooms = {place.room.id for place in self.community.places if place.room is not None}
        with suppress(TimeoutError):
            async with asyncio.timeout(_PREPARE_SECONDS):
                await self._offers_commands.wait()
                while not (await self._has_read() and await self._serves(rooms)):  # noqa: ASYNC110  # another process's
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def _has_read(self) -> bool:
        """Whether the bot has put down that it knows the blog: killed before, it reads it anew."""
        opened = Database.opened(self._path, readers=1)
        async with opened as database, database.reader() as db:
            known = await sources.list_sources(db)
        return any(
            one.first_fetched_at is not None and one.address == self.blog.feed_address
            for one in known
        )

    async def _serves(self, rooms: set[int]) -> bool:
        return rooms <= {chat.id for chat in await self._served()}

    async def _served(self) -> list[Chat]:
        """The chats that the bot serves, as its database has them."""
        opened = Database.opened(self._path, readers=1)
        async with opened as database, database.reader() as db:
            return await chats.list_chats(db, ChatState.SERVED)

    def note_end(self, code: int) -> None:
        """The bot's process ended."""
        self.is_awake = False
        self.ends.append(code)
        self.tell()

    def note_message(self, event: Event) -> None:
        """Something was said, or edited: it may bring a post."""
        if event.message is not None:
            self.brought.look(event.message)

    def note_call(self, event: Event) -> None:
        """The bot called Telegram: it is awake; its commands come once its archive is in."""
        if event.kind != "call":
            return
        if event.data["call"].method == "setMyCommands":
            self._offers_commands.set()
        if not self.is_awake and self.bot.is_running:
            self.is_awake = True
            self.tell()


@asynccontextmanager
async def open_stage(
    keep: Path | None = None,
    *,
    listener: socket.socket | None = None,
    at: datetime | None = None,
    routes: Iterable[web.AbstractRouteDef] = (),
    health_listen: str = "",
) -> AsyncIterator[Stage]:
    """The whole demo, taken down at the end; what it wrote stays only in `keep`.

    `at` is the time it starts at, by default now, or in the morning where it is night. `listener`
    is where Telegram and the page answer, by default any free port of loopback,
    `health_listen` where the bot answers probes.
    """
    async with AsyncExitStack() as stack:
        folder = _folder(stack, keep)
        is_new = not (folder / BOT_FILE).exists()
        kept = KeptDemo(folder / DEMO_FILE) if keep is not None else None
        if kept is not None:
            stack.push_async_callback(kept.close)
            await _let_go(folder / BOT_FILE)
        start = _beginning(at, folder, kept)
        sim = await stack.enter_async_context(
            await Simulator.start(listener=listener, at=start, routes=routes)
        )
        stage = await _built(stack, sim, folder, kept)
        sample = stack.enter_context(as_file(files("bot.demo") / "samples" / "archive.txt"))
        stage.bot = BotProcess(
            folder,
            settings_of(stage, folder, sample, health_listen),
            offset_seconds=stage.offset_seconds,
            on_end=stage.note_end,
        )
        stack.callback(sim.events.subscribe(stage.note_call))
        await stage.bot.start()
        stack.push_async_callback(stage.bot.stop)
        stack.callback(stage.troubles.end)
        if is_new or kept is None or kept.is_new:
            await invite(stage.community)
        if kept is not None:
            kept.follow(sim.world, stage.blog)
        if is_new:
            await stage.prepared()
        yield stage


async def _built(
    stack: AsyncExitStack, sim: Simulator, folder: Path, kept: KeptDemo | None
) -> Stage:
    """A stage without its bot: as it was kept, or with what was said before the visitor came."""
    community = found_community(sim)
    blog = await Blog.start(
        "새벽의 서재",
        "윤슬",
        lambda: datetime.fromtimestamp(sim.clock.now(), UTC),
        listener=listen(_blog_port(folder, kept)),
    )
    stack.push_async_callback(blog.close)
    stage = Stage(sim, community, blog, folder / BOT_FILE)
    stack.push_async_callback(stage.brought.close)
    if kept is not None and not kept.is_new:
        kept.restore(sim.world, blog)
        _skip_numbers(stage, _LOST_NUMBERS)
    else:
        if (folder / BOT_FILE).exists():
            check_owner(folder / BOT_FILE, {*sim.world.chats, *sim.world.users})
            skipped = int(time.time() - _EPOCH) * _NUMBERS_A_SECOND
            _skip_numbers(stage, skipped)
            blog.skip_numbers(skipped)
        await prologue.tell(sim, community)
    stack.callback(sim.events.subscribe(stage.note_message))
    for chat in sim.world.chats.values():
        for said in chat.messages.values():
            stage.brought.look(said)
    return stage


async def _let_go(database: Path) -> None:
    """Wait, not for ever, until no bot holds it: that of a demo that was killed ends soon after."""
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP_SECONDS):
            while is_held(database):  # noqa: ASYNC110  # another process's
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)


def settings_of(
    stage: Stage, folder: Path, sample: Path, health_listen: str = ""
) -> dict[str, str]:
    """The environment in which the unchanged bot serves the community."""
    return environment(
        bot_token=stage.sim.token,
        telegram_api_url=stage.sim.url,
        database_path=folder / BOT_FILE,
        sources=f"{sample} {stage.blog.feed_address}",
        operator_ids=stage.community.operator.id,
        author_ids=stage.community.author.id,
        poll_interval=POLL_SECONDS,
        allow_private_sources=True,
        health_listen=health_listen,
    )


async def invite(community: Community) -> None:
    """The operator makes the bot an administrator of every chat, which serves them."""
    for place in community.places:
        if place.room is not None:
            await community.operator.promotes(place.room)


def opening_time(now: datetime) -> datetime:
    """`now`, or the community's next morning where it is their night. Pure."""
    local = now.astimezone(ZONE)
    if _DAY_BEGINS <= local.hour < _DAY_ENDS:
        return now
    morning = local.replace(hour=_DAY_BEGINS, minute=30, second=0, microsecond=0)
    return (morning if morning > local else morning + timedelta(days=1)).astimezone(UTC)


def _beginning(at: datetime | None, folder: Path, kept: KeptDemo | None) -> float:
    """When the demo begins: never before what was done last in a kept folder."""
    start = (at or opening_time(datetime.now(UTC))).timestamp()
    if kept is None:
        return start
    bots = folder / BOT_FILE
    last = last_done_at(bots) if kept.is_new and bots.exists() else kept.at
    return max(start, last + _LOST_SECONDS)


def _blog_port(folder: Path, kept: KeptDemo | None) -> int:
    """Where the blog is to be: where it was, for its address is what the bot knows it by.

    Each kept folder has a port of its own, so that two demos do not take each other's.
    """
    if kept is None:
        return 0
    if kept.is_new and not (folder / BOT_FILE).exists():
        return _BLOG_PORT + secrets.randbelow(_BLOG_PORTS)
    return last_blog_port(folder / BOT_FILE) if kept.is_new else kept.blog_port


def _skip_numbers(stage: Stage, count: int) -> None:
    """What a kept database knows by its number must not come again as something else."""
    stage.sim.updates.skip_ids(count)
    stage.sim.world.skip_ids(count)
    queries = stage.sim.world.queries
    queries.count_from(queries.next_id + count)
    for chat in stage.sim.world.chats.values():
        chat.last_id += count


def _folder(stack: AsyncExitStack, keep: Path | None) -> Path:
    if keep is not None:
        try:
            keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            reason = reason_of(error)
            raise SosikError("error.kept_folder", path=str(keep), reason=reason) from error
        return keep.absolute()
    folder = Path(tempfile.mkdtemp(prefix="sosik-demo-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder
