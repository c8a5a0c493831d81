"""Files in SOURCES that are perhaps no listing: an operator is asked once, and nothing is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.process.archive_files import take_answer
from bot.sources.errors import SourceError
from bot.sources.importing import ArchiveImporter, read_archive
from storage import archive_files
from tests.e2e.conftest import a_bot

if TYPE_CHECKING:
    from pathlib import Path

    from bot.simulator import Person, Room, Simulator
    from tests.e2e.conftest import Bot

README = "# 소개 글\n\n무엇인지.\n\n## 설치\n\n```sh\nmake\n```\n\n- 하나\n- 둘\n"
ASKED = "SOURCES의 README.md는 글 목록 같지 않아요."


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("운영자", language="ko")


@pytest.fixture
def readme(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_text(README, "utf-8")
    return path


def write(path: Path, text: str | None) -> None:
    """Put a text into a file, or take the file away."""
    if text is None:
        path.unlink()
    else:
        path.write_text(text, "utf-8")


def asked_in(room: Room) -> int:
    return sum("글 목록 같지 않아요" in one.text for one in room.bot_messages)


async def count(bot: Bot) -> int:
    assert bot.running is not None
    return (await bot.running.services.posts.newest(limit=1)).total


async def test_an_operator_is_asked_once_and_what_they_want_is_taken_in(
    sim: Simulator, boss: Person, readme: Path, tmp_path: Path
) -> None:
    private = sim.private(boss)
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id), sources=str(readme)) as bot:
        notice = await private.receives(ASKED)
        assert "글 2편" in notice.text
        assert "• ```sh" in notice.text
        assert await count(bot) == 0
        await bot.stop()
        await bot.start()
        await bot.rests()
        assert (asked_in(private), await count(bot)) == (1, 0)
        data = notice.button("안 들이기").value
        await boss.presses(notice, "들이기")
        await notice.changes()
        assert "가져왔어요" in notice.text
        assert await count(bot) == 2
        assert "이미 정했어요" in (await boss.presses_data(notice, data)).text
        await bot.stop()
        await bot.start()
        await bot.rests()
        assert (asked_in(private), await count(bot)) == (0, 2)


async def test_what_an_operator_does_not_want_stays_out_until_it_is_another_file(
    sim: Simulator, boss: Person, readme: Path, tmp_path: Path
) -> None:
    private = sim.private(boss)
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id), sources=str(readme)) as bot:
        notice = await private.receives(ASKED)
        old = notice.button("들이기").value
        await boss.presses(notice, "안 들이기")
        await notice.changes()
        assert "들이지 않아요" in notice.text
        await bot.stop()
        write(readme, f"{README}\n- 셋\n")
        await bot.start()
        await bot.rests()
        assert (asked_in(private), await count(bot)) == (0, 0)
        await bot.stop()
        write(readme, f"{README}\n" + "- 더\n" * 99)
        await bot.start()
        await private.receives(ASKED)
        assert "오래된 버튼" in (await boss.presses_data(notice, old)).text
        assert await count(bot) == 0


async def test_without_an_operator_it_waits_and_the_log_says_so(
    sim: Simulator, readme: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_bot(sim, tmp_path, sources=str(readme)) as bot:
        assert await count(bot) == 0
        assert "archive_waits" in [one.message for one in caplog.records]
        assert bot.running is not None
        services = bot.running.services
        known = await asked_about(bot, readme)
        write(readme, "# 다른 글\n" * 99)
        with pytest.raises(SourceError, match=r"archive\.another"):
            await take_answer(services, known)


async def asked_about(bot: Bot, path: Path) -> archive_files.ArchiveFile:
    assert bot.running is not None
    async with bot.running.services.database.reader() as db:
        known = await archive_files.get_by_name(db, str(path))
    assert known is not None
    return known


async def test_what_was_taken_in_before_anybody_was_asked_stays(
    sim: Simulator, boss: Person, readme: Path, tmp_path: Path
) -> None:
    """An older version took it in."""
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id), sources="") as bot:
        assert bot.running is not None
        services = bot.running.services
        await ArchiveImporter(services.database, services.clock).import_archive(
            await read_archive(readme)
        )
        await bot.stop()
        write(readme, README.replace("둘", "둘\n- 셋\n- 넷\n- 다섯"))
        await bot.start(sources=str(readme))
        assert await count(bot) > 2
        await bot.rests()
        assert asked_in(sim.private(boss)) == 0


async def test_a_file_that_cannot_be_read_any_more_is_told(
    sim: Simulator, boss: Person, readme: Path, tmp_path: Path
) -> None:
    private = sim.private(boss)
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id), sources=str(readme)) as bot:
        notice = await private.receives(ASKED)
        write(readme, None)
        await boss.presses(notice, "들이기")
        await notice.changes()
        assert "읽을 수 없어요" in notice.text
        assert await count(bot) == 0
