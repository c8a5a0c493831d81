"""What is lost with a disk in the middle of a broadcast, where Litestream copies the database.

    python -m benchmarks.lost_disk [--rounds 3] [--chats 240] [--posts 2] [--replicas folder s3]
        [--json]

`sosik run` and Litestream, with `docs/deploy/litestream.yml` as it is, run as processes of their
own; the simulator and a blog run in this one. While posts go out, both are killed with -9 and the
database's folder is taken away. On "another machine", which is another folder, `litestream restore`
and `sosik restore` bring it back, and both are started again, on the same replica. Then what the
chats got is compared with what was published, the copy with the database that was lost, and what
the replica holds in the end with the database. S3 is moto's server.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections import Counter
from contextlib import AsyncExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.blog import Blog
from benchmarks.broadcast import settle_rooms
from benchmarks.faults import Stage
from benchmarks.reporting import report
from benchmarks.rooms import serve
from bot.simulator import Simulator

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from bot.simulator.events import Event

ROOT = Path(__file__).parents[1]
CONFIGURATION = ROOT / "docs" / "deploy" / "litestream.yml"
PROGRAM = Path(sys.executable).with_name("litestream")
PATIENCE_SECONDS = 240.0
"""A push in doubt waits for a minute."""
KEYS = {"LITESTREAM_ACCESS_KEY_ID": "key", "LITESTREAM_SECRET_ACCESS_KEY": "secret"}
_STATES = "SELECT id, chat_id, message_id, state FROM outbox WHERE kind = 'post'"


@dataclass
class Arrivals:
    """When each message of the bot came to its chat, in seconds of the monotonic clock."""

    at: dict[tuple[int, int], float] = field(default_factory=dict)

    def note(self, event: Event) -> None:
        """Take an event of the simulator."""
        if event.kind == "message" and event.chat is not None and event.message is not None:
            self.at.setdefault((event.chat.id, event.message.id), time.monotonic())


def what_is_missing() -> str | None:
    """Why this cannot be measured here; None where it can."""
    missing = [name for name in ("moto", "boto3", "flask") if find_spec(name) is None]
    missing += [] if PROGRAM.exists() else ["litestream"]
    return f"not installed: {', '.join(missing)}" if missing else None


@contextmanager
def s3() -> Iterator[Mapping[str, str]]:
    """An S3 of our own with a bucket; the environment that Litestream finds it by."""
    import logging  # noqa: PLC0415  # the packages are there for this alone

    import boto3  # noqa: PLC0415  # likewise
    from moto.server import ThreadedMotoServer  # noqa: PLC0415  # likewise

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        key, secret = KEYS.values()
        client = boto3.client(
            "s3",
            endpoint_url=address,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            region_name="us-east-1",
        )
        client.create_bucket(Bucket="bucket")
        client.close()
        url = f"s3://bucket/sosik?endpoint={address}&force-path-style=true&region=us-east-1"
        yield {"REPLICA": url, **KEYS}
    finally:
        server.stop()


def replica_of(kind: str, folder: Path) -> AbstractContextManager[Mapping[str, str]]:
    """Where copies go: `folder` or `s3`; the environment that says so."""
    return s3() if kind == "s3" else nullcontext({"REPLICA": f"file://{folder / 'replica'}"})


def around(database: Path, replica: Mapping[str, str]) -> dict[str, str]:
    """The environment of Litestream: nobody else's keys and certificates."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return own | {"DATABASE_PATH": str(database)} | dict(replica)


async def replicate(database: Path, replica: Mapping[str, str], log: Path) -> Process:
    """A Litestream that copies the database."""
    with log.open("ab") as out:
        command = (PROGRAM, "replicate", "-config", CONFIGURATION)
        env = around(database, replica)
        return await asyncio.create_subprocess_exec(*command, env=env, stdout=out, stderr=out)


async def do(*command: str | Path, env: Mapping[str, str]) -> str:
    """A command to its end; what it printed. Raises RuntimeError where it fails."""
    process = await asyncio.create_subprocess_exec(
        *command, env=dict(env), cwd=ROOT, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    said, wrong = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{command[1]}: {wrong.decode()}")
    return said.decode()


async def bring_back(stage: Stage, lost: Path, replica: Mapping[str, str], place: Path) -> str:
    """Have the database on another machine, `place`; what `sosik restore` said."""
    place.mkdir(mode=0o700)  # noqa: ASYNC240  # nothing else runs yet
    copied = place / "copied.db"
    command = (PROGRAM, "restore", "-config", CONFIGURATION, "-o", copied, lost)
    await do(*command, env=around(lost, replica))
    stage.folder = place
    env = stage.environment(place)
    return await do(sys.executable, "-m", "bot", "restore", copied, env=env)


def rows_of(database: Path) -> dict[int, sqlite3.Row]:
    """The pushes of posts, by their ids."""
    with closing(sqlite3.connect(database)) as db:
        db.row_factory = sqlite3.Row
        return {row["id"]: row for row in db.execute(_STATES)}


def lost_seconds(lost: Path, copied: Path, arrivals: Arrivals, killed_at: float) -> float:
    """How long before the end the first message came of which the copy does not know."""
    known = {
        (row["chat_id"], row["message_id"])
        for row in rows_of(copied).values()
        if row["message_id"] is not None
    }
    unknown = [
        arrivals.at[place]
        for row in rows_of(lost).values()
        if (place := (row["chat_id"], row["message_id"])) in arrivals.at and place not in known
    ]
    return max(0.0, killed_at - min(unknown, default=killed_at))


async def measure(kind: str, folder: Path, chats: int, posts: int) -> dict[str, object]:
    """One disk lost; what was lost and doubled."""
    arrivals, place = Arrivals(), folder / "first" / "sosik.db"
    async with AsyncExitStack() as stack:
        replica = stack.enter_context(replica_of(kind, folder))
        stage = await _stage(stack, place, chats)
        stage.sim.events.subscribe(arrivals.note)
        copying = await replicate(place, replica, folder / "litestream.log")
        stack.push_async_callback(kill, copying)
        await stage.start(LITESTREAM="true")
        stack.push_async_callback(kill, stage.process)
        await stage.boss.starts()
        await stage.fetched()
        await publish(stage, posts)
        killed_at = await kill(copying, stage.process)
        lost = place.parent.rename(folder / "lost") / "sosik.db"
        said = await bring_back(stage, place, replica, folder / "second")
        copy = Path(shutil.copy(stage.database, folder / "copy.db"))
        began = time.monotonic()
        copying = await replicate(stage.database, replica, folder / "litestream.log")
        stack.push_async_callback(kill, copying)
        await stage.start()
        stack.push_async_callback(kill, stage.process)
        await stage.until(lambda: is_whole(stage))
        seconds = time.monotonic() - began
        row = await row_of(stage)
        await stage.end()
        copying.terminate()
        await copying.wait()
        return {
            "replica": kind,
            **row,
            "database lost s": lost_seconds(lost, copy, arrivals, killed_at),
            "well after s": seconds,
            "copied again": await is_copied(stage.database, replica),
            "lines of restore": len(said.splitlines()),
        }


async def is_copied(database: Path, replica: Mapping[str, str]) -> bool:
    """Whether the replica holds the pushes as the database does, after all that was done."""
    again = database.with_name("again.db")
    command = (PROGRAM, "restore", "-config", CONFIGURATION, "-o", again, database)
    await do(*command, env=around(database, replica))
    held, own = ([tuple(row) for row in rows_of(one).values()] for one in (again, database))
    return held == own


async def _stage(stack: AsyncExitStack, place: Path, chats: int) -> Stage:
    """A Telegram with its groups, a blog, and a database at its place in which they are served."""
    blog = await stack.enter_async_context(Blog())
    sim = await stack.enter_async_context(await Simulator.start())
    blog.titles.append("처음부터 있던 글")
    boss = sim.user("운영자", language="ko")
    stage = Stage(sim, blog, place.parent, boss, sim.private(boss), PATIENCE_SECONDS)
    stage.groups, _ = settle_rooms(sim, chats, 0)
    await serve(place, stage.groups)
    return stage


async def kill(*processes: Process) -> float:
    """End them as a power cut does; when that was, by the monotonic clock."""
    at = time.monotonic()
    for process in processes:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
    await asyncio.gather(*(process.wait() for process in processes))
    return at


async def publish(stage: Stage, posts: int) -> None:
    """Have posts go out, one after the other, and return in the middle of the last of them."""
    for number in range(posts):
        title = f"글{number:03}번"
        stage.blog.titles.append(title)
        share = 0.4 if number == posts - 1 else 1.0
        await stage.until(partial(has_come, stage, title, share))


def has_come(stage: Stage, title: str, share: float = 1.0) -> bool:
    """Whether such a share of the groups has a post."""
    have = sum(any(title in one.text for one in room.bot_messages) for room in stage.groups)
    return have >= share * len(stage.groups)


def is_whole(stage: Stage) -> bool:
    """Whether every group has every post."""
    return all(has_come(stage, title) for title in stage.blog.titles[1:])


async def row_of(stage: Stage) -> dict[str, object]:
    """What the groups got, against what was published, and what the ledger says of it."""
    await asyncio.sleep(3)  # what comes twice may come late, and the ledger a moment after it
    rows = rows_of(stage.database).values()
    states = Counter(row["state"] for row in rows)
    unproven = {row["chat_id"] for row in rows if row["state"] == "resent_unproven"}
    titles = stage.blog.titles[1:]
    found = {room.id: Counter(stage.came(room)) for room in stage.groups}
    doubled = {one: sum(n - 1 for n in had.values()) for one, had in found.items()}
    return {
        "posts": len(titles),
        "chats": len(stage.groups),
        "copies": sum(sum(had.values()) for had in found.values()),
        "lost": sum(len(set(titles) - set(had)) for had in found.values()),
        "doubled": sum(doubled.values()),
        "of these not counted": sum(n for one, n in doubled.items() if one not in unproven),
        "resent_unproven": states["resent_unproven"],
        "open": sum(states[one] for one in ("pending", "sending", "unknown")),
    }


def main() -> int:
    """Measure and print; 1 where something was lost, or doubled without being counted."""
    parser = argparse.ArgumentParser(prog="benchmarks.lost_disk")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chats", type=int, default=240)
    parser.add_argument("--posts", type=int, default=2)
    parser.add_argument("--replicas", nargs="+", choices=["folder", "s3"], default=["folder", "s3"])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if missing := what_is_missing():
        parser.error(missing)
    rows = []
    for kind in given.replicas * given.rounds:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(asyncio.run(measure(kind, Path(folder), given.chats, given.posts)))
        print(f"{kind}: done", file=sys.stderr, flush=True)
    report("lost_disk", {"a disk lost in the middle of a broadcast": rows}, as_json=given.json)
    return int(any(row["lost"] or row["of these not counted"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
