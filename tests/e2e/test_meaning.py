"""Search by meaning in the whole bot, where the extra is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.search.embedding import is_installed
from storage import vectors
from tests.e2e.conftest import a_bot
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from bot.simulator import Simulator

pytestmark = pytest.mark.skipif(not is_installed(), reason="the extra `semantic` is not installed")


async def test_a_member_is_offered_posts_close_in_meaning(
    sim: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.is_installed", lambda: True)
    monkeypatch.setattr("bot.search.meaning.PATIENCE_SECONDS", 120.0)
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    async with a_bot(sim, tmp_path) as bot:
        assert bot.running is not None
        database = bot.running.services.database

        async def are_read() -> bool:
            async with database.reader() as db:
                made, total = await db.run(vectors.count_vectors)
                return made == total == 40

        await until(are_read, seconds=240)
        await minji.says(room, "쀍뛟꿻 뛟쀍")
        nothing = await room.receives("뜻이 가까운 글")
        assert nothing.text.startswith("'쀍뛟꿻 뛟쀍'")
        assert "찾은 글이 없어요" in nothing.text
        await minji.presses(nothing, nothing.buttons[-1])
        await room.receives("아직 없어요")
