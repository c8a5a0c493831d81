"""The unit of docs/deploy: what systemd's own tools say of it, and the bot under its limits."""

from __future__ import annotations

import ctypes
import re
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import pytest

from bot.cli import WRONG_SETTINGS
from bot.config import environment
from bot.demo.blog import Blog
from bot.process.serving import STOP_SECONDS
from tests.confined import LIBRARY, settings_of
from tests.processes import running
from tests.waiting import until

if TYPE_CHECKING:
    from bot.simulator import Simulator

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "docs" / "deploy" / "sosik.service"
EXPOSURE = 25
"""At most 2.5 of 10."""

pytestmark = pytest.mark.skipif(
    which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def analyse(*arguments: str | Path) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603  # our own unit
        ["systemd-analyze", *arguments],  # noqa: S607  # wherever it is
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_nothing_in_it_is_unknown_or_missing(tmp_path: Path) -> None:
    """With another program, for it looks whether that is there."""
    here = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8")
    here.write_text(text.replace("/opt/sosik/bin/sosik", "/bin/true"), encoding="utf-8")
    assert analyse("verify", "--man=no", here) == (0, "")


def test_what_it_leaves_open_is_little() -> None:
    code, said = analyse("security", "--offline=true", f"--threshold={EXPOSURE}", UNIT)
    assert code == 0, said
    found = re.search(r"exposure level for sosik.service: ([\d.]+)", said)
    assert found is not None
    assert float(found[1]) * 10 <= EXPOSURE


def test_it_waits_for_a_stop_and_does_not_start_again_what_no_start_mends() -> None:
    unit = settings_of(UNIT)
    assert int(unit["TimeoutStopSec"][0]) >= 2 * STOP_SECONDS
    code, said = analyse("exit-status", *unit["RestartPreventExitStatus"][0].split())
    assert code == 0
    assert {"2", str(WRONG_SETTINGS), "243"} <= set(re.findall(r"\s(\d+)\s", said))


def posts_in(path: Path) -> int:
    """How many posts a database has; none where it is not there yet."""
    with (
        suppress(sqlite3.OperationalError),
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db,
    ):
        return int(db.execute("SELECT count(*) FROM posts").fetchone()[0])
    return 0


@pytest.mark.slow
async def test_the_bot_works_under_its_limits(sim: Simulator, tmp_path: Path) -> None:
    """It reads a feed in a process of its own, writes its database, and answers a probe."""
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        pytest.skip(f"{LIBRARY} is not installed")
    blog = await Blog.start("새벽의 서재", "윤슬", lambda: datetime.now(UTC))
    blog.publish("새벽 시장", "고등어 값이 먼저 압니다.")
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    given = {
        "bot_token": sim.token,
        "telegram_api_url": sim.url,
        "sources": blog.feed_address,
        "allow_private_sources": True,
        "poll_interval": 1,
        "serve": "open",
    }
    around = environment(**given) | {"PYTHONPATH": str(ROOT)}
    command = (sys.executable, "-m", "tests.confined", UNIT, "-m", "bot", "run")
    async with running(tmp_path, *command, environment=around) as process:
        await until(lambda: posts_in(tmp_path / "data" / "sosik.db"))
        await minji.says(group, "/latest 1")
        await group.receives("새벽 시장")
        process.terminate()
        _, said = await process.communicate()
    await blog.close()
    assert process.returncode == 0, said.decode()
    assert not re.search("Traceback|Permission|too_hard|error ", said.decode())
