from __future__ import annotations

import io
import stat
from typing import TYPE_CHECKING

import pytest

from bot.config import load_settings
from bot.errors import SosikError
from bot.locales import get_texts
from bot.setup import watching
from bot.setup.talk import Talk
from storage.lock import held
from tests.setup.conftest import Sitting, answered, names_in
from tests.updates.telegram_server import TOKEN
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from bot.demo.blog import Blog
    from bot.simulator import Person, Simulator

MADE_UP = "123456:" + "B" * 35


async def test_from_a_bare_folder_to_settings_that_are_checked(
    sim: Simulator, blog: Blog, minji: Person, sitting: Sitting, folder: Path
) -> None:
    channel = sim.channel("소식 채널", owner=minji, username="our_channel")
    sitting.types(sim.token, "")
    sitting.begin()
    link = (await sitting.shows("https://t.me/sosik_bot?start=")).split()[0]
    await sim.user("남").starts("wrong")
    await minji.starts(link)
    await minji.private.receives("운영자로 확인했어요")
    sitting.types(blog.feed_address.rpartition("/")[0], "t.me/our_channel")
    assert await sitting.ends() == 0
    for piece in (
        "✓ 토큰이 맞아요: @sosik_bot",
        f"✓ 운영자: 민지 ({minji.id})",
        "✓ '서재'에서 글 4편을 찾았어요.\n    · 넷째 글\n    · 셋째 글\n    · 둘째 글\n\n",
        f"✓ 채널: 소식 채널 ({channel.id})",
        f"✓ {channel.id}: 반응을 셀 수 있어요.",
        "이제 sosik run으로 봇을 켜세요.",
        "https://t.me/sosik_bot?startgroup",
    ):
        assert piece in sitting.said, piece
    assert "✗" not in sitting.said
    assert sim.token not in sitting.said
    settings = load_settings()
    assert settings.bot_token.get_secret_value() == sim.token
    assert settings.operator_ids == (minji.id,)
    assert settings.sources == (blog.feed_address.rpartition("/")[0],)
    assert settings.channels == (str(channel.id),)
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert [one for one in names_in(folder) if one.startswith(".env")] == [".env"]
    assert len(sim.updates) == 2, "what came is left for the bot"


async def test_what_is_there_stays_where_nothing_else_is_answered(
    sim: Simulator, folder: Path
) -> None:
    text = (
        f"# 우리 봇\nBOT_TOKEN='{sim.token}' # 비밀\nOPERATOR_IDS=5\n"
        "SOURCES=a.txt\nDIGEST_TIME=8:00"
    )
    (folder / ".env").write_text(text, encoding="utf-8")
    code, said = await answered("", "", "", "")
    assert code == 0
    assert "바뀐 것이 없어서" in said
    assert (folder / ".env").read_text("utf-8") == text
    code, said = await answered("", "6 7", "-", "")
    assert code == 0
    changed = text.replace("IDS=5", "IDS=6 7").replace("=a.txt", "=")
    assert (folder / ".env").read_text("utf-8") == changed
    assert sim.token not in said


@pytest.mark.parametrize("held", [MADE_UP, "no token", ""])
async def test_a_token_that_is_typed_takes_the_place_of_one_in_a_file(
    sim: Simulator, folder: Path, held: str
) -> None:
    """Where `.env` named that file: with both, no start would be."""
    (folder / "token").write_text(held, encoding="utf-8")
    (folder / ".env").write_text("BOT_TOKEN_FILE=token # 비밀\nOPERATOR_IDS=5\n", encoding="utf-8")
    code, said = await answered(sim.token, "", "", "")
    assert code == 0, said
    assert load_settings().bot_token.get_secret_value() == sim.token
    assert (folder / "token").read_text("utf-8") == held
    assert sim.token not in said


async def test_a_token_in_a_file_stays_there_where_none_is_typed(
    sim: Simulator, folder: Path
) -> None:
    (folder / "token").write_text(sim.token, encoding="utf-8")
    (folder / ".env").write_text("BOT_TOKEN_FILE=token\n", encoding="utf-8")
    code, _ = await answered("", "5", "", "")
    assert code == 0
    assert (folder / ".env").read_text("utf-8") == "BOT_TOKEN_FILE=token\nOPERATOR_IDS=5\n"


@pytest.mark.parametrize(
    ("name", "value"), [("BOT_TOKEN_FILE", "bot-token"), ("CREDENTIALS_DIRECTORY", ".")]
)
async def test_a_token_is_not_written_where_the_environment_names_its_file(
    sim: Simulator, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """As Docker and systemd do: the one in `.env` would keep the bot from starting."""
    (folder / "bot-token").write_text(MADE_UP, encoding="utf-8")
    monkeypatch.setenv(name, value)
    ended, _ = await answered(sim.token, "5", "", "")
    assert isinstance(ended, SosikError)
    assert ended.key == "setup.token.elsewhere"
    assert names_in(folder) == ["bot-token"]


@pytest.mark.parametrize(
    "lines", [(), ("{token}",), ("{token}", "5"), ("{token}", "5", ""), ("x", "y", MADE_UP)]
)
async def test_where_the_input_ends_nothing_is_written(
    sim: Simulator, folder: Path, lines: tuple[str, ...]
) -> None:
    ended, _ = await answered(*(one.format(token=sim.token) for one in lines))
    assert isinstance(ended, SosikError)
    assert ended.key == "setup.ended"
    assert names_in(folder) == []


async def test_a_wrong_answer_is_told_and_asked_again(sim: Simulator, folder: Path) -> None:
    group = sim.supergroup("모임", username="our_group")
    boss = sim.user("운영자")
    sim.channel("소식", owner=boss, username="nobody", bot=False)
    sim.channel("소식", owner=boss, username="mute_one", bot_rights=set())
    sim.channel("소식", owner=boss, username="right_one")
    (folder / "no.txt").write_text("한 줄", encoding="utf-8")
    code, said = await answered(
        *("", "nonsense", MADE_UP, f"Use this token: {sim.token}"),
        *(sim.bot.id, "0", "-5", "@minji", "5"),
        *("http://127.0.0.1:9/", "ftp://a.example", "no.txt", "'", "\x00", "a" * 300, ""),
        *("@missing_one", "https://t.me/+AbCdEf", "소식", "@our_group", group.id, "@nobody"),
        *("@mute_one", "@right_one"),
    )
    assert code == 0, said
    rejected = [line for line in said.splitlines() if line.startswith("✗")]
    assert len(rejected) == 3 + 4 + 6 + 7 + 1, said  # and that there is no source
    assert "Unauthorized" in said
    assert "'메시지 게시' 권한이 없어요" in said
    assert "이 링크로 초대해 주세요: https://t.me/sosik_bot?startchannel" in said
    assert MADE_UP not in said


async def test_a_pipe_that_never_stops_is_not_asked_for_ever() -> None:
    ended, said = await answered(*["y"] * 100)
    assert isinstance(ended, SosikError)
    assert ended.key == "setup.wrong"
    assert said.count("✗") == 20


async def test_a_channel_is_found_when_the_operator_brings_the_bot_in(
    sim: Simulator, minji: Person, terminal: Sitting
) -> None:
    """At a terminal, where something else could be typed meanwhile."""
    other = sim.channel("남의 채널", bot=False)
    channel = sim.channel("소식 채널", owner=minji, bot=False)
    terminal.types(sim.token)
    terminal.begin()
    link = (await terminal.shows("https://t.me/sosik_bot?start=")).split()[0]
    terminal.types("")
    await until(terminal.has_read)
    await minji.starts(link)
    await terminal.shows("3/4")
    terminal.types("")
    await terminal.shows("채널의 @이름이나 번호 (Enter: 채널 없이): ")
    await sim.user("남").adds_bot(other)
    await minji.adds_bot(channel, rights=set())
    await terminal.shows("✗ 소식 채널: '메시지 게시' 권한이 없어요")
    await minji.promotes(channel, rights={"can_post_messages"})
    assert await terminal.ends() == 0
    assert f"✓ 채널: 소식 채널 ({channel.id})" in terminal.said
    assert load_settings().channels == (str(channel.id),)
    assert load_settings().operator_ids == (minji.id,)


async def test_a_channel_is_found_by_a_post_that_the_operator_forwards(
    sim: Simulator, minji: Person, sitting: Sitting, folder: Path
) -> None:
    """Another one that is there already stays."""
    channel = sim.channel("소식 채널", owner=minji)
    (folder / ".env").write_text(f"OPERATOR_IDS={minji.id}\nCHANNELS=@first_one\n", "utf-8")
    sitting.types(sim.token, "", "", "링크")
    sitting.begin()
    await sitting.shows("저절로 찾아요")
    await minji.forwards(await minji.says(channel, "글"), minji.private)
    assert await sitting.ends() == 0
    assert load_settings().channels == ("@first_one", str(channel.id))


async def test_typing_is_heard_while_others_are_waited_for(
    sim: Simulator, terminal: Sitting
) -> None:
    terminal.types(sim.token)
    terminal.begin()
    await terminal.shows("'-'를 적으면 건너뛰어요")
    terminal.types("-")
    await terminal.shows("승인할 사람이 없어요")
    terminal.types("", "")
    assert await terminal.ends() == 0
    assert load_settings().operator_ids == ()


async def test_a_wrong_answer_leaves_the_link_good(
    sim: Simulator, minji: Person, terminal: Sitting
) -> None:
    terminal.types(sim.token)
    terminal.begin()
    link = (await terminal.shows("https://t.me/sosik_bot?start=")).split()[0]
    await terminal.shows("'-'를 적으면 건너뛰어요")
    terminal.types("abc")
    await terminal.shows("✗ 'abc'는 사용자 번호가 아니에요")
    await minji.starts(link)
    await terminal.shows("3/4")
    terminal.types("")
    await terminal.shows("채널의 @이름이나 번호 (Enter: 채널 없이): ")
    terminal.types("")
    assert await terminal.ends() == 0
    assert load_settings().operator_ids == (minji.id,)


async def test_where_nobody_opens_the_link_the_number_is_asked_for(
    sim: Simulator, sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "WAIT_MINUTES", 0.001)
    sitting.types(sim.token, "", "77", "", "")
    sitting.begin()
    assert await sitting.ends() == 0
    assert "링크를 연 사람이 없어요." in sitting.said
    assert load_settings().operator_ids == (77,)


async def test_where_a_webhook_takes_the_updates_the_number_is_asked_for(sim: Simulator) -> None:
    sim.world.webhook.url = "https://bot.example/hook"
    code, said = await answered(sim.token, "", "77", "", "forward", "none")
    assert code == 0
    assert "웹훅(bot.example)으로" in said
    assert "start=" not in said


async def test_where_another_bot_runs_the_number_is_asked_for(
    sim: Simulator, sitting: Sitting
) -> None:
    sitting.types(sim.token, "")
    sitting.begin()
    await sitting.shows("start=")
    sim.server.poller.abort("terminated by other getUpdates request")
    sim.faults.answers(409, method="getUpdates", times=None)
    await sitting.shows("이미 돌고 있어서")
    sitting.types("77", "", "")
    assert await sitting.ends() == 0


async def test_a_bot_that_runs_here_is_left_in_peace(sim: Simulator, folder: Path) -> None:
    with held(folder / "data" / "sosik.db"):
        code, said = await answered(sim.token, "", "77", "", "")
    assert code == 0
    assert "이미 돌고 있어서" in said
    assert not sim.calls.counts["getUpdates"]


async def test_without_an_input_nothing_is_asked_for_ever(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell may close it."""
    monkeypatch.setattr("sys.stdin", None)
    out = io.StringIO()
    one = Sitting(Talk(get_texts("ko"), None, out), io.StringIO(), out)
    one.begin()
    with pytest.raises(SosikError, match=r"setup\.ended"):
        await one.ends()


async def test_where_too_much_waits_the_number_is_asked_for(sim: Simulator, minji: Person) -> None:
    for _ in range(100):
        await minji.says(minji.private, "안녕")
    code, said = await answered(sim.token, "", "77", "", "")
    assert code == 0
    assert "기다리는 메시지가 너무 많아서" in said
    assert len(sim.updates) == 100, "none of it is lost"


async def test_a_moment_without_telegram_ends_nothing(
    sim: Simulator, minji: Person, sitting: Sitting
) -> None:
    sim.faults.answers(502, method="getUpdates", times=3)
    sim.faults.answers(403, method="sendMessage")
    sitting.types(sim.token, "", "", "")
    sitting.begin()
    await minji.starts((await sitting.shows("start=")).split()[0])
    assert await sitting.ends() == 0


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_telegram_that_is_not_there_is_said_before_anything_else_is_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:9")
    ended, _ = await answered(TOKEN, lang=lang)
    assert isinstance(ended, SosikError)
    assert ended.key == "setup.telegram.away"
    assert ended.values == {"address": "http://127.0.0.1:9", "reason": "ClientConnectorError"}
    assert names_in(folder) == []


@pytest.mark.parametrize("method", ["getMe", "getWebhookInfo"])
async def test_telegram_that_goes_away_meanwhile_is_said(
    sim: Simulator, folder: Path, method: str
) -> None:
    sim.faults.answers(500, method=method, times=None)
    ended, said = await answered(sim.token, "77", "", "")
    assert isinstance(ended, SosikError), said
    assert ended.key == "setup.telegram.away"
    assert names_in(folder) == []


@pytest.mark.parametrize("method", ["getChat", "getChatMember"])
async def test_what_was_answered_so_far_outlives_a_moment_without_telegram(
    sim: Simulator, method: str
) -> None:
    channel = sim.channel("소식", username="our_channel")
    sim.faults.answers(500, method=method)
    code, said = await answered(sim.token, "77", "", "@our_channel", "@our_channel")
    assert code == 0, said
    assert f"✗ {sim.url}에 닿지 않아요" in said
    assert load_settings().channels == (str(channel.id),)


async def test_what_the_environment_has_instead_is_said(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPERATOR_IDS", "5")
    code, said = await answered(sim.token, "77", "", "")
    assert code == 0
    assert "환경 변수 OPERATOR_IDS의 값이 .env보다 앞서서" in said
    assert "BOT_TOKEN의 값" not in said


async def test_a_wrong_value_of_what_is_asked_for_is_mended(sim: Simulator, folder: Path) -> None:
    (folder / ".env").write_text("BOT_TOKEN=x\nOPERATOR_IDS=me\nCHANNELS=우리 채널\n", "utf-8")
    code, said = await answered(sim.token, "77", "", "-")
    assert code == 0, said
    assert "설정 OPERATOR_IDS의 값 'me'" in said
    assert load_settings().operator_ids == (77,)


async def test_a_wrong_value_of_another_setting_is_said_first(sim: Simulator, folder: Path) -> None:
    (folder / ".env").write_text("TIMEZONE=Mars\n", "utf-8")
    ended, said = await answered(sim.token)
    assert isinstance(ended, SosikError)
    assert ended.key == "error.setting"
    assert said == ""


async def test_the_terminals_language_is_written_down(sim: Simulator, folder: Path) -> None:
    code, said = await answered(sim.token, "77", "", "", lang="en")
    assert code == 0
    assert "Now start the bot: sosik run" in said
    assert load_settings().language == "en"
    (folder / ".env").write_text("LANGUAGE=ko\n", "utf-8")
    await answered(sim.token, "77", "", "", lang="en")
    assert load_settings().language == "ko"


async def test_an_archive_file_is_a_source_whatever_it_is_called(
    sim: Simulator, folder: Path
) -> None:
    name = "우리 서재's $글 #1.txt"
    (folder / name).write_text("서재\n책 이야기\n윤슬\n첫 글\n본문이에요.\n", "utf-8")
    code, said = await answered(sim.token, "77", name, "")
    assert code == 0, said
    assert "✓ '서재'에서 글 1편을 찾았어요.\n    · 첫 글" in said
    assert load_settings().sources == (name,)
    assert f"✓ {name}에 글이 1편 있어요." in said


async def test_in_a_clone_make_starts_the_bot(sim: Simulator, folder: Path) -> None:
    for name in ("Makefile", "pyproject.toml"):
        (folder / name).touch()
    _, said = await answered(sim.token, "77", "", "")
    assert "이제 make run으로" in said
