"""The command line, as somebody at a shell uses it."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import sys
import tomllib
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.arguments import COMMANDS
from bot.cli import main, run_command
from bot.locales import get_texts
from storage.errors import SAID
from tests.updates.telegram_server import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "bot" / "demo" / "samples" / "archive.txt"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own, with no settings from outside; logging is put back."""
    monkeypatch.chdir(tmp_path)
    own = ("BOT_TOKEN", "SOURCES", "DATABASE_PATH", "LANGUAGE", "TELEGRAM_API_URL")
    for name in (*own, "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield tmp_path
    root.handlers[:], root.level = before, level


def test_an_archive_is_imported_and_searched(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["import", str(SAMPLE)]) == 0
    assert "40편" in capsys.readouterr().out
    assert run_command(["import", str(SAMPLE)]) == 0
    assert "새 글 0편" in capsys.readouterr().out
    assert run_command(["search", "투자"]) == 0
    assert "'투자'로 찾은 결과" in capsys.readouterr().out
    assert run_command(["search", "ㅋㅇㅅㅋ"]) == 0
    assert "'ㅋㅇㅅㅋ' 대신 '키오스크'로 찾았어요" in capsys.readouterr().out
    assert run_command(["search", "키오스쿠비"]) == 1
    assert capsys.readouterr().out.endswith("이런 말로도 찾아 보세요.\n       키오스크\n")
    assert run_command(["search", "--json", "투자"]) == 0
    assert json.loads(capsys.readouterr().out)["total"] > 0
    assert run_command(["search", "쀍뛟꿻"]) == 1
    assert "없어요" in capsys.readouterr().out
    assert run_command(["search", "사람", "글쓴이:윤슬", "since:언제"]) == 0
    said = capsys.readouterr().out
    assert "글쓴이 윤슬" in said
    assert "'since:언제'" in said
    assert run_command(["search", "투자", "글쓴이:윤슬"]) == 1
    assert "조건을 빼면" in capsys.readouterr().out
    assert run_command(["search", "until:2000"]) == 1
    assert "날짜 없는 글 40편" in capsys.readouterr().out
    assert run_command(["status"]) == 0
    assert "글 40편" in capsys.readouterr().out


def test_cards_of_what_an_import_changed_are_brought_up_to_date(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_PATH", str(folder / "sosik.db"))
    assert run_command(["import", str(SAMPLE)]) == 0
    with closing(sqlite3.connect(folder / "sosik.db")) as db, db:
        db.execute(
            """
            INSERT INTO messages (chat_id, message_id, post_id, view, language, sent_at)
            SELECT -1, 5, id, 'card', 'ko', 0 FROM posts WHERE title = '1984'
            """
        )
    text, edited = SAMPLE.read_text("utf-8"), folder / "edited.txt"
    edited.write_text(text.replace("조지 오웰(George Orwell)의", "조지 오웰의"), "utf-8")
    assert run_command(["import", str(edited)]) == 0
    with closing(sqlite3.connect(folder / "sosik.db")) as db:
        assert db.execute("SELECT refresh_at IS NOT NULL FROM messages").fetchall() == [(1,)]


def test_a_file_that_breaks_off_is_imported_as_far_as_it_goes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = folder / "cut.txt"
    cut.write_text("제목\n소개\n글쓴이\n첫 글\n본문이에요.\n글쓴이\n둘째 글\n", encoding="utf-8")
    assert run_command(["import", str(cut)]) == 0
    assert "끊겨서" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "nowhere.txt"], "nowhere.txt"),
        (["run"], "BOT_TOKEN"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(arguments) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_a_backup_is_written_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["backup", "copy.db"]) == 0
    assert (folder / "copy.db").exists()
    assert run_command(["backup", "copy.db"]) == 1
    assert "copy.db" in capsys.readouterr().err


def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIMEZONE", "Mars/Olympus")
    assert run_command(["status"]) == 1
    assert "Mars/Olympus" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "said"), [("ko", "GROUPS → SERVE"), ("en", "called SERVE now")]
)
def test_a_setting_with_an_old_name_works_and_is_told(
    language: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    monkeypatch.setenv("GROUPS", "open")
    assert run_command(["status"]) == 0
    assert said in capsys.readouterr().err


def test_a_poll_reports_each_source(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCES", "http://127.0.0.1:9/feed")
    assert run_command(["poll"]) == 1
    assert "내부 주소" in capsys.readouterr().out


def test_a_recording_says_what_it_could_not_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["record", "http://127.0.0.1:9/rss", str(folder / "kept")]) == 1
    assert capsys.readouterr().out.startswith("✗ 127.0.0.1")
    assert not (folder / "kept").exists()


def test_a_check_goes_on_after_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCES", f"nowhere.txt {SAMPLE} http://127.0.0.1:9/feed")
    assert run_command(["check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line[0] for line in lines] == ["✓", "✓", "✓", "✗", "✗", "✗", "✓", "✗", "✓", "✓"]


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        (["status"], {"TIMEZONE": TOKEN}),
        (["status"], {"DATABASE_PATH": f"/proc/{TOKEN}/sosik.db"}),
        (["check"], {"TELEGRAM_API_URL": f"http://127.0.0.1:9/bot{TOKEN}", "BOT_TOKEN": TOKEN}),
        (["poll"], {"SOURCES": f"http://127.0.0.1:9/{TOKEN}"}),
        (["search", TOKEN], {}),
        (["import", TOKEN], {}),
        ([TOKEN], {}),
        (["status", TOKEN], {}),
    ],
)
def test_a_token_is_never_printed(
    arguments: list[str],
    settings: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with suppress(SystemExit):
        run_command(arguments)
    printed = capsys.readouterr()
    assert "<token>" in printed.out + printed.err
    assert TOKEN not in printed.out + printed.err


def test_what_nobody_foresaw_is_printed_without_a_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["sosik", "--version"])
    monkeypatch.setattr("sys.excepthook", sys.excepthook)
    with pytest.raises(SystemExit):
        main()
    error = ZeroDivisionError(f"at {TOKEN}")
    sys.excepthook(type(error), error, None)
    assert capsys.readouterr().err == "ZeroDivisionError: at <token>\n"


def test_the_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with pytest.raises(SystemExit) as ended:
        run_command(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"sosik {project['version']}\n"


@pytest.mark.parametrize(
    "typed", ["nonsense", "demo --port 65536", "demo --port -1", "demo --port ²", "demo --port x"]
)
def test_what_no_command_understands_is_a_usage_error(
    typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_command(typed.split())
    assert ended.value.code == 2
    assert "쓰는 법: sosik" in capsys.readouterr().err


HANGUL = re.compile("[가-힣]")
ENGLISH = re.compile(r"[A-Za-z][a-z]+ [a-z]+ [a-z]+")
OTHER = {"ko": ENGLISH, "en": HANGUL}
OWN = {"ko": HANGUL, "en": re.compile("[a-z] [a-z]")}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_wholly_in_the_readers_language(  # each by its name
    command: str,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    with pytest.raises(SystemExit) as ended:
        run_command([*command.split(), "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert OWN[language].search(said)
    assert not OTHER[language].search(said)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("typed", "settings"),
    [
        ("", {}),
        ("nonsense", {}),
        ("import", {}),
        ("search", {}),
        ("status --nonsense", {}),
        ("demo --keep", {}),
        ("demo --port x", {}),
        ("demo --terminal=1", {}),
        ("run", {}),
        ("run", {"BOT_TOKEN": "x"}),
        ("status", {"TIMEZONE": "Mars"}),
        ("status", {"SERVE": "x"}),
        ("status", {"DATABASE_PATH": "."}),
        ("status", {"DATABASE_PATH": "text"}),
        ("status", {"DATABASE_PATH": "text/sosik.db"}),
        ("import nowhere.txt", {}),
        ("import .", {}),
        ("backup text", {}),
        ("backup no/folder", {}),
    ],
)
def test_what_is_wrong_is_said_wholly_in_the_readers_language(
    typed: str,
    settings: dict[str, str],
    language: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "text").write_text("hello", "utf-8")
    for name, value in {"LANGUAGE": language, **settings}.items():
        monkeypatch.setenv(name, value)
    with suppress(SystemExit):
        assert run_command(typed.split()) == 1
    said = capsys.readouterr().err
    assert OWN[language].search(said)
    assert not OTHER[language].search(said)


def test_what_the_database_says_in_logs_is_what_people_are_told_in_english() -> None:
    english = get_texts("en").messages
    assert {key: english[key] for key in SAID} == {key: (text,) for key, text in SAID.items()}
