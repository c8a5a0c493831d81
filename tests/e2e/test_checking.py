from __future__ import annotations

import asyncio
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.app import poll_all
from bot.clock import SystemClock
from bot.config import load_settings
from bot.demo.blog import Blog
from bot.locales import get_texts
from bot.process.checking import check
from bot.search.embedding import MODEL_MEGABYTES
from bot.sources.http.fetch import Fetcher
from bot.updates.webhook import URL
from storage import facts
from storage.database import Database
from storage.lock import held
from storage.models import ChatKind, ChatState
from tests.storage.rows import add_chats, chat

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import Settings
    from bot.simulator import Simulator


async def findings(settings: Settings) -> dict[str, bool]:
    clock = SystemClock()
    async with Fetcher(clock) as fetcher:
        return {one.key: one.good for one in await check(settings, clock, fetcher)}


def settings_for(sim: Simulator, folder: Path, **more: object) -> Settings:
    return load_settings(
        bot_token=sim.token,
        telegram_api_url=sim.url,
        database_path=folder / "sosik.db",
        _env_file=None,
        **more,
    )


async def test_rights_in_each_channel_are_looked_at(sim: Simulator, tmp_path: Path) -> None:
    boss = sim.user("운영자")
    sim.channel("소식", owner=boss, username="right")
    sim.channel("소식", owner=boss, username="mute_one", bot_rights=set())
    sim.channel("소식", owner=boss, username="nobody", bot=False)
    both = ["can_post_messages", "can_edit_messages"]
    sim.channel("소식", owner=boss, username="editor", bot_rights=both)
    found = await findings(
        settings_for(sim, tmp_path, channels="@right @mute_one @nobody @editor @missing_one")
    )
    assert found["check.token"]
    assert found["check.chat"]
    assert found["check.chat.posting"] is False
    assert found["check.chat.gone"] is False
    assert found["check.chat.editing"] is False, "nothing could be looked for there"


async def test_a_channel_that_is_named_and_known_is_looked_at_once(
    sim: Simulator, tmp_path: Path
) -> None:
    """By its title, as the bot knows it by then; setup names it by its number."""
    channel = sim.channel("소식", owner=sim.user("운영자"))
    settings = settings_for(sim, tmp_path, channels=str(channel.id))
    async with Database.opened(settings.database_path) as database:
        await add_chats(database, chat(channel.id, kind=ChatKind.CHANNEL, title="소식"))
    clock = SystemClock()
    async with Fetcher(clock) as fetcher:
        found = await check(settings, clock, fetcher)
    assert [one.values for one in found if one.key == "check.chat"] == [{"title": "소식"}]


async def test_each_room_is_listed_with_what_it_gets_and_the_true_reason_why_not(
    sim: Simulator, tmp_path: Path
) -> None:
    boss = sim.user("운영자")
    closed = sim.supergroup("닫힌 방", owner=boss)
    closed.forbids_writing()
    left = sim.supergroup("나온 방", owner=boss, bot=False)
    settings = settings_for(sim, tmp_path)
    async with Database.opened(tmp_path / "sosik.db") as database:
        await add_chats(database, chat(closed.id, title="닫힌 방"), chat(left.id, title="나온 방"))
        await add_chats(database, chat(-7, title="옛 방", state=ChatState.LEFT))
    async with Fetcher(SystemClock()) as fetcher:
        found = await check(settings, SystemClock(), fetcher)
    said = [(one.good, get_texts("ko")(one.key, **one.values)) for one in found]
    for good, line in (
        (True, "닫힌 방: 새 글"),
        (False, "닫힌 방: 글을 쓸 권한이 없어요"),
        (False, "나온 방: 봇이 들어가 있지 않아요"),
        (True, "옛 방: 제가 그곳에 없어요"),
    ):
        assert any(one is good and text.startswith(line) for one, text in said), line
    sim.faults.answers(500, method="getChatMember", times=None)
    assert (await findings(settings))["check.chat.unseen"] is False


async def test_the_name_is_said_by_which_servers_are_asked(sim: Simulator, tmp_path: Path) -> None:
    assert "check.name" not in await findings(settings_for(sim, tmp_path))
    settings = settings_for(sim, tmp_path, contact_url="https://blog.example/bot")
    assert (await findings(settings))["check.name"]


async def test_what_others_can_open_is_said_with_how_to_close_it(
    sim: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my data"
    settings = settings_for(sim, folder)
    assert (await findings(settings))["check.files"]
    (folder / "sosik.20261123-000000.backup").touch(mode=0o640)
    (tmp_path / ".env").touch(mode=0o604)
    (tmp_path / ".env").write_text("TELEGRAM_PROXY_FILE=proxy", encoding="utf-8")
    (tmp_path / "token").touch(mode=0o444)
    (tmp_path / "proxy").touch(mode=0o640)
    monkeypatch.setenv("BOT_TOKEN_FILE", "token")
    folder.chmod(0o750)
    async with Fetcher(SystemClock()) as fetcher:
        found = await check(settings, SystemClock(), fetcher)
    said = [get_texts("ko")(one.key, **one.values) for one in found if "files" in one.key]
    assert [one.partition("chmod")[2].strip() for one in said] == [
        f"600 '{folder}/sosik.20261123-000000.backup' .env token proxy",
        f"700 '{folder}'",
    ]
    for command in said:
        shell = await asyncio.create_subprocess_shell(f"chmod{command.partition('chmod')[2]}")
        assert await shell.wait() == 0
    assert (await findings(settings))["check.files"]


async def test_where_backups_go_is_said_and_whether_they_can(
    sim: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    settings = settings_for(sim, tmp_path, backup_dir=stick / "sosik")
    assert (await findings(settings))["check.backups.unwritten"] is False
    stick.mkdir()
    assert (await findings(settings))["check.backups.same_disk"] is True
    (stick / "sosik").touch()
    assert (await findings(settings))["check.backups.unwritten"] is False
    monkeypatch.setattr("bot.process.checking._is_same_disk", lambda *_: False)
    assert (await findings(settings_for(sim, tmp_path, backup_dir=stick)))["check.backups"] is True


async def test_a_token_that_telegram_does_not_know_is_said(sim: Simulator, tmp_path: Path) -> None:
    settings = settings_for(sim, tmp_path)
    sim.revoke_token()
    assert (await findings(settings))["error.bad_token"] is False


OURS, BEFORE = "https://bot.example/telegram", "https://old.example/secret-path"


@pytest.mark.parametrize(
    ("url", "there", "runs", "found"),
    [
        ("", "", False, None),
        ("", "", True, None),
        (OURS, OURS, False, ("check.webhook", True)),
        (OURS, OURS, True, ("check.webhook", True)),
        (OURS, "", False, ("check.webhook.unset", True)),
        (OURS, "", True, ("check.webhook.unset", False)),
        (OURS, BEFORE, False, ("check.webhook.earlier", True)),
        ("", BEFORE, False, ("check.webhook.earlier", True)),
        (OURS, "https://other.example/x", False, ("check.webhook.foreign", True)),
        ("", "https://other.example/x", False, ("check.webhook.foreign", True)),
        (OURS, "https://other.example/x", True, ("check.webhook.elsewhere", False)),
        ("", "https://other.example/x", True, ("check.webhook.elsewhere", False)),
    ],
)
async def test_whose_webhook_is_set_is_said(
    sim: Simulator,
    tmp_path: Path,
    url: str,
    there: str,
    *,
    runs: bool,
    found: tuple[str, bool] | None,
) -> None:
    """What a start mends is no fault: `sosik check && sosik run` goes on."""
    async with Database.opened(tmp_path / "sosik.db") as database, database.transaction() as tx:
        await facts.set_fact(tx, URL, BEFORE)
    sim.world.webhook.url = there
    settings = settings_for(sim, tmp_path, webhook_url=url)
    with held(settings.database_path) if runs else nullcontext():
        async with Fetcher(SystemClock()) as fetcher:
            all_found = await check(settings, SystemClock(), fetcher)
    said = [one for one in all_found if "webhook" in one.key]
    assert [(one.key, one.good) for one in said] == ([found] if found else [])
    for one in said:
        assert "secret-path" not in get_texts("en")(one.key, **one.values)


async def test_a_webhook_that_telegram_does_not_reach_is_said_while_the_bot_runs(
    sim: Simulator, tmp_path: Path
) -> None:
    minji = sim.user("민지", language="ko")
    settings = settings_for(sim, tmp_path, webhook_url=OURS)
    sim.world.webhook.url = OURS
    sim.world.webhook.failed_at, sim.world.webhook.failure = 1, "Connection timed out"
    await minji.says(minji.private, "/latest")
    assert (await findings(settings))["check.webhook"], "nobody is there to take it"
    with held(settings.database_path):
        assert (await findings(settings))["check.webhook.failing"] is False


@pytest.mark.parametrize(
    ("installed", "key"), [(True, "check.meaning.on"), (False, "check.meaning.off")]
)
async def test_whether_posts_close_in_meaning_are_found_is_said(
    sim: Simulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    installed: bool,
    key: str,
) -> None:
    monkeypatch.setattr("bot.process.checking.is_installed", lambda: installed)
    found = await findings(settings_for(sim, tmp_path))
    assert found[key], "nothing lacks without it"
    assert "91 MB" in get_texts("ko")("check.meaning.off", megabytes=MODEL_MEGABYTES)


async def test_every_source_is_polled_once(sim: Simulator, tmp_path: Path) -> None:
    blog = await Blog.start("서재", "윤슬", lambda: datetime.now(UTC))
    blog.publish("첫 글", "본문이에요.")
    settings = settings_for(sim, tmp_path, sources=blog.feed_address, allow_private_sources=True)
    try:
        async with Database.opened(tmp_path / "sosik.db") as database:
            first = [one async for one in poll_all(settings, database, SystemClock())]
            second = [one async for one in poll_all(settings, database, SystemClock())]
    finally:
        await blog.close()
    assert [polled.new for _, polled in first] == [1]
    assert [polled.is_unchanged for _, polled in second] == [True]
