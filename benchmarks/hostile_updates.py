"""Odd updates for `benchmarks.hostile`, and whether the bot goes on answering among them."""

from __future__ import annotations

import copy
import json
import random
import re
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.archives import make_archive
from benchmarks.contestants import contestant, run_sosik
from bot.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.simulator.people.people import Person
    from bot.simulator.people.rooms import Room

AT_ONCE = 100
POSTS = 200
LONGEST, LARGEST = 20_000, 100_000
"""Characters of a part and of a whole update; Telegram's own are far smaller."""

CONSTANTS: tuple[object, ...] = (
    None,
    True,
    -1,
    0,
    2**31,
    2**63,
    -(2**70),
    1e308,
    1.5,
    "",
    "x",
    [],
    {},
    -1001234567890,
)


def seeds_of(group: int, person: int, channel: int) -> tuple[tuple[str, dict[str, Any]], ...]:
    """An update of each kind that the bot reads, as Telegram makes it (Bot API, Update)."""
    now = int(time.time())
    user = {"id": person, "is_bot": False, "first_name": "민지", "language_code": "ko"}
    room = {"id": group, "type": "supergroup", "title": "모임"}
    news = {"id": channel, "type": "channel", "title": "소식"}
    said = {"message_id": 7, "date": now, "chat": room, "from": user}
    ours = {"message_id": 5, "date": now, "chat": room, "text": "글"}
    link = {"type": "url", "offset": 0, "length": 24}
    member = {"user": {"id": 1, "is_bot": True, "first_name": "소식"}, "status": "administrator"}
    change = {"chat": room, "from": user, "date": now}
    react = {"chat": room, "message_id": 5, "date": now}
    emoji = {"type": "emoji", "emoji": "👍"}
    return (
        ("message", said | {"text": "/latest 3"}),
        (
            "message",
            said | {"text": "/search 시장", "is_topic_message": True, "message_thread_id": 3},
        ),
        ("message", said | {"chat": {"id": person, "type": "private"}, "text": "시장의 새벽"}),
        ("message", said | {"migrate_to_chat_id": group - 1}),
        (
            "message",
            said
            | {
                "is_automatic_forward": True,
                "sender_chat": news,
                "text": "새 글",
                "forward_origin": {"type": "channel", "chat": news, "message_id": 3, "date": now},
            },
        ),
        (
            "callback_query",
            {"id": "1", "from": user, "message": ours, "chat_instance": "1", "data": "1c:3"},
        ),
        (
            "callback_query",
            {"id": "2", "from": user, "message": ours, "chat_instance": "1", "data": "1l:5:5"},
        ),
        ("inline_query", {"id": "3", "from": user, "query": "시장", "offset": ""}),
        (
            "my_chat_member",
            change | {"old_chat_member": member | {"status": "member"}, "new_chat_member": member},
        ),
        ("message_reaction", react | {"user": user, "old_reaction": [], "new_reaction": [emoji]}),
        ("message_reaction_count", react | {"reactions": [{"type": emoji, "total_count": 3}]}),
        (
            "channel_post",
            {
                "message_id": 4,
                "date": now,
                "chat": news,
                "sender_chat": news,
                "text": "https://blog.example/p/1",
                "entities": [link],
            },
        ),
    )


def mutated(seed: int, seeds: Sequence[tuple[str, dict[str, Any]]]) -> tuple[str, dict[str, Any]]:
    """One of the updates, with one to four parts of it left out, put elsewhere or made odd."""
    luck = random.Random(seed)  # no secret
    kind, value = copy.deepcopy(luck.choice(list(seeds)))
    for _ in range(luck.randint(1, 4)):
        places = list(_places(value))
        holder, key = luck.choice(places)
        was = holder[key]
        if luck.random() < 0.2:  # a fifth of them
            del holder[key]
            continue
        holder[key] = _odd(luck, was, [one[place] for one, place in places])
        if len(json.dumps(value)) > LARGEST:
            holder[key] = was
    return kind, value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401  # JSON
    """Every part: what holds it, and under which key."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield value, key
        yield from _places(value[key])
    if isinstance(value, dict) and not value:
        value["x"] = None
        yield value, "x"


def _odd(luck: random.Random, was: object, others: Sequence[object]) -> object:
    """What no bot expects in the place of `was`."""
    size = luck.choice((1, 10, 1_000, LONGEST))
    deep: object = was
    for _ in range(luck.choice((1, 10, 100))):
        deep = luck.choice(([deep], {"x": deep}))
    made = (
        "가" * size,
        "\0" * min(size, 1_000),
        "\u202e" * min(size, 1_000),
        "/latest " * (size // 8),
        "1s:" + "9" * min(size, 60),
        [was] * min(size, 1_000),
        {str(n): was for n in range(9)},
        deep,
        str(was)[: size // 2],
        copy.deepcopy(luck.choice(others)),
    )
    return copy.deepcopy(luck.choice((*CONSTANTS, *made)))  # each has its own


@dataclass
class Answered:
    """How the bot went on."""

    updates: int = 0
    waits: list[float] = field(default_factory=list)
    """Seconds from a question between the odd ones to its answer."""
    megabytes: float = 0.0
    is_alive: bool = False


async def go_on(count: int, first: int) -> Answered:
    """Send odd updates to a bot of its own, and ask it `/help` in between."""
    answered = Answered()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sosik.db"
        await make_archive(path, POSTS)
        async with await Simulator.start() as sim, contestant(sim, run_sosik, str(path)) as process:
            asker = sim.user("준호")
            room = sim.private(asker)
            seeds = prepare(sim)
            for begin in range(first, first + count, AT_ONCE):
                for seed in range(begin, min(begin + AT_ONCE, first + count)):
                    answered.updates += push(sim, *mutated(seed, seeds))
                answered.waits.append(await ask(asker, room))
            answered.is_alive = process.is_alive()
            answered.megabytes = peak_megabytes(process.pid)
    return answered


def prepare(sim: Simulator) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The updates that are made odd, of chats and people that are there."""
    member = sim.user("민지")
    group = sim.supergroup("모임", members=[member], bot_admin=True)
    return seeds_of(group.id, member.id, sim.channel("소식", owner=member).id)


def push(sim: Simulator, kind: str, value: dict[str, Any]) -> bool:
    """Have the bot get an update."""
    return bool(sim.updates.push(kind, value))


async def ask(person: Person, room: Room) -> float:
    """Seconds until `/help` is answered."""
    begun = time.perf_counter()
    await person.says(room, "/help")
    await room.receives("/latest")
    return time.perf_counter() - begun


def peak_megabytes(pid: int | None) -> float:
    """The most memory that a process had (Linux; 0 elsewhere)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1000 if found else 0.0
