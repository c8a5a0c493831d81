"""One seed: the bot is killed as often as was ordered, and then left in peace."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from benchmarks.crash.audit import (
    findings,
    is_at_rest,
    out_of_reach,
    taken_back,
    tracebacks,
    unanswered,
)
from benchmarks.crash.life import Life
from benchmarks.crash.points import ANY, POINTS, RANDOM, WIRE, Kill
from benchmarks.crash.scenes import SCENES, Scene
from benchmarks.crash.stage import staged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.crash.audit import Finding
    from benchmarks.crash.stage import Stage

SHORT = (RANDOM, ANY)
EVERYWHERE = (*POINTS, *SHORT, *SHORT)
ROUND = len(EVERYWHERE)
"""So many kills come to every point."""
REST_SECONDS = 1200.0


@dataclass
class Outcome:
    """What one seed came to."""

    seed: int
    life: Life
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    found: list[Finding] = field(default_factory=list)
    unanswered: int = 0
    taken_back: int = 0
    out_of_reach: int = 0
    tracebacks: int = 0
    fallen: int = 0
    """Runs that ended by themselves."""
    seconds: float = 0.0


def plan(luck: Random, kills: int, points: Sequence[str] = EVERYWHERE) -> list[Kill]:
    """Every point in turn, in an order of chance, before or after; moments of chance between."""
    chosen: list[Kill] = []
    while len(chosen) < kills:
        names = [*points]
        luck.shuffle(names)
        chosen += [_kill_at(luck, name) for name in names]
    return chosen[:kills]


def _kill_at(luck: Random, point: str) -> Kill:
    times = luck.randint(1, 60) if point == ANY else SCENES.get(point, Scene()).times(luck)
    return Kill(point, luck.choice(("before", "after")), times)


class Campaign:
    """One seed."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.luck = Random(seed)
        self.stage = stage
        self.life = Life(stage, self.luck)
        self.outcome = Outcome(seed, self.life)

    async def run(self, kills: int, points: Sequence[str]) -> Outcome:
        """Kill so often, then let it come to rest."""
        began = time.monotonic()
        await self.stage.settle_in()
        self.life.publish()
        await self.stage.until(lambda: not findings(self.life), REST_SECONDS)
        await self.stage.stop()
        missed = [kill for kill in plan(self.luck, kills, points) if not await self._kill(kill)]
        for kill in missed:
            await self._kill(kill)
        await self._rest()
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    async def _kill(self, kill: Kill) -> bool:
        """Start the bot, let things happen, and see it end; whether it came to that point."""
        scene = SCENES.get(kill.point, Scene())
        self.life.point = f"{kill.position} {kill.point}"
        bot = self.stage.start(None if kill.point in {RANDOM, WIRE} else kill)
        living = asyncio.create_task(self.life.goes_on())
        acting = asyncio.create_task(scene.act(self.life, kill))
        seconds = self.luck.uniform(0.5, 30) if kill.point == RANDOM else scene.seconds
        await self.stage.until(lambda: bot.has_ended, seconds)
        was_reached = bot.has_ended or kill.point == RANDOM
        bot.kill()
        self.life.killed_at.append(time.time())
        await asyncio.gather(living, acting)
        await bot.ended()
        self.life.note_known()
        self.outcome.fallen += not bot.was_killed
        self._count(kill, was_reached=was_reached)
        return was_reached

    def _count(self, kill: Kill, *, was_reached: bool) -> None:
        if was_reached:
            self.outcome.kills[kill.point, kill.position] += 1
        else:
            self.outcome.missed[kill.point] += 1
            self.outcome.kills[RANDOM, kill.position] += 1

    async def _rest(self) -> None:
        """Nothing goes wrong any more, and the bot has its time."""
        stage, life = self.stage, self.life
        stage.sim.faults.clear()
        await life.come_back()
        stage.start()
        await stage.until(lambda: time.monotonic() > life.late_until, REST_SECONDS)
        await stage.until(lambda: is_at_rest(life) and not findings(life), REST_SECONDS)
        life.note_known()
        self.outcome.found = findings(life)
        self.outcome.unanswered = unanswered(life)
        self.outcome.taken_back = taken_back(life)
        self.outcome.out_of_reach = out_of_reach(life)
        self.outcome.tracebacks = tracebacks(life)
        await stage.stop()


async def measure(
    seed: int,
    kills: int,
    folder: Path,
    points: Sequence[str] = EVERYWHERE,
    *,
    webhook: bool = False,
) -> Outcome:
    """One seed: what it came to."""
    async with staged(folder, webhook=webhook) as stage:
        return await Campaign(stage, seed).run(kills, points)
