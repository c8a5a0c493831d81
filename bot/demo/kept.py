"""The demo's own half of a kept folder: chats, clock and blog, in `demo.db` beside the bot's file.

What changed is written a few times a second: a demo that is killed loses less than one. The file
stays locked while a demo runs. Errors are SosikErrors with what to do about it.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from bot.errors import SosikError
from bot.simulator.keeping import message_state, restore_world, world_state

if TYPE_CHECKING:
    from pathlib import Path

    from bot.demo.blog import Blog
    from bot.simulator.events import Event
    from bot.simulator.messages import Message
    from bot.simulator.world import World

BOT_FILE, DEMO_FILE = "sosik.db", "demo.db"
WRITE_SECONDS = 0.25
_APPLICATION_ID = 0x536F7364  # "Sosd"
_VERSION = 1
_SCHEMA = (
    "PRAGMA journal_mode = WAL",
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {_VERSION}",
    "CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    "CREATE TABLE files (name TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT",
    """
    CREATE TABLE messages (
        chat_id INTEGER NOT NULL, id INTEGER NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (chat_id, id)
    ) STRICT, WITHOUT ROWID
    """,
)
_TIMES = (
    "SELECT max(last_fetched_at) FROM sources",
    "SELECT max(changed_at) FROM outbox",
    "SELECT max(seen_at) FROM inbox_seen",
    "SELECT max(sent_at) FROM messages",
)
"""When something was done last, in a bot's file."""
_BLOG = """
    SELECT address FROM sources WHERE address GLOB 'http://127.0.0.1:[0-9]*/feed.xml'
    ORDER BY last_fetched_at DESC
"""


class KeptDemo:
    """The open file. `follow` writes what happens until `close`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = _opened(path) if path.exists() else None
        self._state: dict[str, Any] = {}
        self.at = 0.0
        """The demo's time when it was written last, in unix seconds; 0 when nothing was kept."""
        self.blog_port = 0
        """Where the blog was; 0 when nothing was kept."""
        if self._db is not None:
            self._read_state(self._db)
        self._changed: dict[tuple[int, int], Message] = {}
        self._files: set[str] = set()
        self._written: dict[str, str] = {}
        self._world: World
        self._blog: Blog
        self._writing: asyncio.Task[None] | None = None

    @property
    def is_new(self) -> bool:
        """Whether nothing was kept yet."""
        return not self._state

    def restore(self, world: World, blog: Blog) -> None:
        """Put what was kept into a world where nothing has happened yet, and into the blog."""
        db = self._opened()
        try:
            rows = db.execute("SELECT chat_id, value FROM messages ORDER BY chat_id, id")
            restore_world(
                world, self._state["world"], ((chat, json.loads(value)) for chat, value in rows)
            )
            world.files = dict(db.execute("SELECT name, data FROM files"))
            blog.restore(self._state["blog"])
        except (sqlite3.DatabaseError, ValueError, LookupError, TypeError) as error:
            raise _broken(self.path) from error
        self._files = set(world.files)

    def follow(self, world: World, blog: Blog) -> None:
        """Write all there is, and from now on what changes."""
        self._world, self._blog = world, blog
        messages = (one for chat in world.chats.values() for one in chat.messages.values())
        self._changed = {(one.chat.id, one.id): one for one in messages}
        world.events.subscribe(self._note)
        blog.on_change = self.write
        self.write()
        self._writing = asyncio.create_task(self._write_on())

    async def close(self) -> None:
        """Write the last of it."""
        if self._writing is not None:
            self._writing.cancel()
            with suppress(asyncio.CancelledError):
                await self._writing
            self.write()
        if self._db is not None:
            self._db.close()

    def write(self) -> None:
        """Write what has changed since the last time, all or nothing."""
        world = self._world
        state = world_state(world)
        at = state.pop("at")
        texts = {"at": json.dumps(at), "world": _json(state), "blog": _json(self._blog.state())}
        new = {name: text for name, text in texts.items() if self._written.get(name) != text}
        messages = [(*key, _json(message_state(one))) for key, one in self._changed.items()]
        files = [(name, world.files[name]) for name in world.files.keys() - self._files]
        with self._opened() as db:
            db.execute("BEGIN")
            db.executemany("REPLACE INTO state VALUES (?, ?)", new.items())
            db.executemany("REPLACE INTO messages VALUES (?, ?, ?)", messages)
            db.executemany("REPLACE INTO files VALUES (?, ?)", files)
        self._written |= new
        self._files |= {name for name, _ in files}
        self._changed = {}

    def _note(self, event: Event) -> None:
        if event.message is not None:
            self._changed[event.message.chat.id, event.message.id] = event.message

    async def _write_on(self) -> None:
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            with suppress(sqlite3.OperationalError):  # a full disk: the next time writes it, too
                self.write()

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = _opened(self.path)
        return self._db

    def _read_state(self, db: sqlite3.Connection) -> None:
        try:
            rows = db.execute("SELECT name, value FROM state")
            self._state = {name: json.loads(value) for name, value in rows}
            if self._state:
                self.at = float(self._state["at"])
                self.blog_port = int(self._state["blog"]["port"])
        except (sqlite3.DatabaseError, ValueError, LookupError, TypeError) as error:
            raise _broken(self.path) from error


def last_done_at(path: Path) -> float:
    """When a bot's file was written last, on its clock, in unix seconds; 0 where nobody knows.

    Raises SosikError where the file cannot be read.
    """
    try:
        with closing(_read_only(path)) as db:
            return max(db.execute(query).fetchone()[0] or 0 for query in _TIMES)
    except sqlite3.DatabaseError as error:
        raise _broken(path) from error


def last_blog_port(path: Path) -> int:
    """Where the blog was that a bot's file knows; 0 where it knows none.

    Raises SosikError where the file cannot be read.
    """
    try:
        with closing(_read_only(path)) as db:
            row = db.execute(_BLOG).fetchone()
    except sqlite3.DatabaseError as error:
        raise _broken(path) from error
    return int(row[0].rpartition(":")[2].partition("/")[0]) if row is not None else 0


def check_owner(path: Path, ours: set[int]) -> None:
    """Raise SosikError where a bot's file is of other chats than the demo's: a real bot's."""
    try:
        with closing(_read_only(path)) as db:
            known = {chat_id for (chat_id,) in db.execute("SELECT id FROM chats")}
    except sqlite3.DatabaseError as error:
        raise _broken(path) from error
    if known - ours:
        raise SosikError("error.kept_foreign", path=str(path))


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        _take(db, path)
    except sqlite3.DatabaseError as error:
        db.close()
        is_held = isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
        raise (_held(path) if is_held else _broken(path)) from error
    except SosikError:
        db.close()
        raise
    return db


def _take(db: sqlite3.Connection, path: Path) -> None:
    """Lock the file, see that it is a demo's of this version or none yet, and make it ready."""
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if tables and application != _APPLICATION_ID:
        raise _broken(path)
    if version > _VERSION:
        raise SosikError("error.kept_newer", path=str(path))
    db.execute("PRAGMA synchronous = OFF")  # a killed process loses nothing by that
    for statement in _SCHEMA if not tables else ():
        db.execute(statement)


def _held(path: Path) -> SosikError:
    return SosikError("error.kept_held", path=str(path.parent))


def _broken(path: Path) -> SosikError:
    return SosikError("error.kept_broken", path=str(path))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
