"""The command line, as somebody at a shell uses it."""

from __future__ import annotations

import fcntl
import io
import json
import logging
import os
import pty
import re
import select
import sqlite3
import subprocess
import sys
import termios
import threading
import tomllib
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from textwrap import dedent
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.arguments import COMMANDS, SHELLS
from bot.cli import (
    INTERRUPTED,
    UNREAD,
    WRONG_SETTINGS,
    _show_json,
    loop_factory,
    main,
    run_command,
)
from bot.locales import get_texts
from storage.errors import SAID
from storage.lock import held
from storage.migrations import STEPS, migrate
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


def test_where_uvloop_is_installed_commands_run_on_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A module of that name that does what uvloop's does, with asyncio's loop."""
    monkeypatch.setattr(sys, "path", [one for one in sys.path if not Path(one, "uvloop").exists()])
    assert loop_factory() is None
    made = """
        import asyncio
        def new_event_loop():
            print("made")
            return asyncio.new_event_loop()
    """
    (folder / "uvloop.py").write_text(dedent(made), encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    assert run_command(["status"]) == 0
    assert capsys.readouterr().out.startswith("made\n")
    del sys.modules["uvloop"]


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
    ("arguments", "code", "said"),
    [
        (["import", "nowhere.txt"], 1, "nowhere.txt"),
        (["run"], WRONG_SETTINGS, "BOT_TOKEN"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(arguments) == code
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_a_backup_is_written_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["backup", "copy.db"]) == 0
    assert (folder / "copy.db").exists()
    assert run_command(["backup", "copy.db"]) == 1
    assert "copy.db" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "ko",
            [
                "글 1편, 쓰는 방 0곳",
                "전이에요",
                "보내던 것 1건",
                "글 1편도",
                "before",
                "시작하세요",
            ],
        ),
        (
            "en",
            ["1 posts, 0 chats", "ago", "1 push that", "1 post that", "before", "Start the bot"],
        ),
    ],
)
def test_a_backup_is_restored_and_it_is_said_what_that_means(
    language: str,
    said: list[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    monkeypatch.setenv("DATABASE_PATH", str(folder / "data" / "sosik.db"))
    assert run_command(["status"]) == 0
    with closing(sqlite3.connect(folder / "data" / "sosik.db")) as db, db:
        db.execute("INSERT INTO sources (address, kind) VALUES ('a', 'feed')")
        values = "(1, 'a', 'a', '', '', 1700000000, 0)"
        columns = "source_id, title, title_key, author, body, first_seen_at, sort_at"
        db.execute(f"INSERT INTO posts ({columns}) VALUES {values}")  # noqa: S608  # above
        columns = "chat_id, kind, item, payload, not_before, created_at, changed_at"
        db.execute(f"INSERT INTO outbox ({columns}) VALUES (1, 'post', '', '', 0, 0, 0)")  # noqa: S608  # likewise
        db.execute("INSERT INTO spreads (posts, announced_at) VALUES ('[1]', 0)")
    (folder / "data" / "sosik.db").rename(folder / "copied.db")
    assert run_command(["restore", "copied.db"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 4
    assert run_command(["restore", "copied.db"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [words for words, line in zip(said, lines, strict=True) if words not in line] == []


def test_while_a_bot_runs_nothing_is_restored(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_PATH", str(folder / "sosik.db"))
    assert run_command(["backup", "copy.db"]) == 0
    before = (folder / "sosik.db").read_bytes()
    with held(folder / "sosik.db"):
        assert run_command(["restore", "copy.db"]) == 1
    assert "sosik.db 파일로 이미 소식이 돌고 있어요" in capsys.readouterr().err
    assert (folder / "sosik.db").read_bytes() == before


OPENS = [
    "import",
    "search 글",
    "check",
    "poll",
    "status",
    "backup copy.db",
    "outbox",
    "post remove 1",
]


@pytest.mark.parametrize("typed", OPENS)
def test_under_an_earlier_versions_bot_no_command_brings_the_database_up_to_date(
    typed: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "sosik.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db, STEPS[:-1])
    monkeypatch.setenv("DATABASE_PATH", str(path))
    command = [*typed.split(), *([str(SAMPLE)] if typed == "import" else [])]
    before = path.read_bytes()
    with held(path):
        assert run_command(command) == 1
    assert "sosik.db 파일로 이전 버전의 소식이 돌고 있어요" in capsys.readouterr().err
    assert path.read_bytes() == before


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
    monkeypatch.setenv("SOURCES", "http://127.0.0.1:9/feed?key=pssst")
    assert run_command(["poll"]) == 1
    shown = capsys.readouterr().out
    assert "✗ http://127.0.0.1:9/feed?key=… " in shown
    assert "내부 주소" in shown


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
    ("wanted", "mark", "said"),
    [(None, "✗", "글 목록 같지 않아서"), (0, "✓", "들이지 않기로"), (1, "✓", "편")],
)
def test_a_check_says_how_a_doubtful_file_stands(
    wanted: int | None,
    mark: str,
    said: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "doubtful").write_text("# Hello\n" * 9, "utf-8")
    monkeypatch.setenv("SOURCES", "doubtful")
    monkeypatch.setenv("DATABASE_PATH", "sosik.db")
    assert run_command(["status"]) == 0
    with closing(sqlite3.connect("sosik.db")) as db, db:
        db.execute(
            "INSERT INTO archive_files (file, title, posts, asked_at, is_wanted)"
            " VALUES ('doubtful', '# Hello', 2, 0, ?)",
            (wanted,),
        )
    run_command(["check"])
    lines = [line for line in capsys.readouterr().out.splitlines() if "doubtful" in line]
    assert [(line[0], said in line) for line in lines] == [(mark, True)]


class _Proxy(BaseHTTPRequestHandler):
    """Passes nothing on: whatever is asked, the token is unknown."""

    def do_POST(self) -> None:  # http.server's own name
        cast("_ProxyServer", self.server).asked.append(self.path)
        self.send_response(401)
        self.end_headers()
        self.wfile.write(b'{"ok": false, "error_code": 401, "description": "Unauthorized"}')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # likewise
        del format, args


class _ProxyServer(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Proxy)
        self.asked: list[str] = []


@pytest.mark.parametrize("command", ["check", "run"])
def test_telegram_is_asked_by_the_proxy_that_is_set(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing listens where Telegram is said to be."""
    with _ProxyServer() as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        for name, value in (
            ("BOT_TOKEN", TOKEN),
            ("TELEGRAM_API_URL", "http://127.0.0.1:9"),
            ("TELEGRAM_PROXY", f"http://127.0.0.1:{proxy.server_port}"),
        ):
            monkeypatch.setenv(name, value)
        assert run_command([command]) == 1
        proxy.shutdown()
    assert proxy.asked[0] == f"http://127.0.0.1:9/bot{TOKEN}/getMe"


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
    monkeypatch.setattr("sys.unraisablehook", sys.unraisablehook)
    monkeypatch.setattr("threading.excepthook", threading.excepthook)
    with pytest.raises(SystemExit):
        main()
    capsys.readouterr()
    error = ZeroDivisionError(f"at {TOKEN}")
    sys.excepthook(type(error), error, None)
    assert capsys.readouterr().err == "ZeroDivisionError: at <token>\n"
    thread = threading.Thread(target=_fail, args=(error,))
    thread.start()
    thread.join()
    assert capsys.readouterr().err.endswith("ZeroDivisionError: at <token>\n")
    at = SimpleNamespace(exc_type=type(error), exc_value=error, exc_traceback=None)
    sys.unraisablehook(cast("Any", at))
    assert capsys.readouterr().err == "ZeroDivisionError: at <token>\n"


def _fail(error: Exception) -> None:
    raise error


def test_the_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with pytest.raises(SystemExit) as ended:
        run_command(["--version"])
    assert ended.value.code == 0
    first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(rf"sosik {re.escape(project['version'])}( \(\S+\))?", first)
    assert re.fullmatch(r"Python 3\.\d+\S*, SQLite 3\.\S+, \S+ \S+", second)


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
_DEEDS = re.compile(r"sosik post (?:remove|restore)")
OTHER = {"ko": ENGLISH, "en": HANGUL}
OWN = {"ko": HANGUL, "en": re.compile("[a-z] [a-z]")}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("command", ["", *COMMANDS, "post remove", "post restore"])
def test_help_is_wholly_in_the_readers_language(  # each by its name
    command: str,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    with pytest.raises(SystemExit) as ended:
        run_command([*command.split(), "--help"])
    said = _DEEDS.sub("", capsys.readouterr().out)
    assert ended.value.code == 0
    assert OWN[language].search(said)
    assert not OTHER[language].search(said)


@pytest.mark.parametrize(
    ("locale", "said"), [("en_US.UTF-8", "Posts: 0"), ("ko_KR.UTF-8", "글 0편"), ("C", "글 0편")]
)
def test_without_language_the_locale_says_how_to_speak(
    locale: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", locale)
    assert run_command(["status"]) == 0
    assert said in capsys.readouterr().out


def test_language_in_the_settings_counts_before_the_locale(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    (folder / ".env").write_text("LANGUAGE=ko\n", "utf-8")
    assert run_command(["import", "nowhere.txt"]) == 1
    assert OWN["ko"].search(capsys.readouterr().err)


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_is_printed_whatever_the_settings_say(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIMEZONE", "Mars")
    assert run_command(["completion", shell]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in COMMANDS)


@pytest.mark.skipif(not which("bash"), reason="needs bash")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("sosik st", "status"),
        ("sosik search --js", "--json"),
        ("sosik completion zs", "zsh"),
        ("sosik import kept", "kept.txt"),
    ],
)
def test_bash_completes_what_is_typed(
    typed: str, offered: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "kept.txt").write_text("", "utf-8")
    assert run_command(["completion", "bash"]) == 0
    script = f"""
        {capsys.readouterr().out}
        COMP_WORDS=({typed}) COMP_CWORD={len(typed.split()) - 1}
        _shtab_sosik; printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)  # noqa: S603, S607  # a script of ours
    assert done.stdout.split() == [offered]
    assert not done.stderr


def test_the_exit_codes_are_those_that_the_readme_lists(folder: Path) -> None:
    """In a process each, as a shell sees them."""
    listed = re.findall(r"^\| `(\d+)` \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert listed == [str(one) for one in (0, 1, 2, WRONG_SETTINGS, INTERRUPTED, UNREAD)]
    for typed, code in (("--version", 0), ("search nothing", 1), ("nonsense", 2)):
        command = [sys.executable, "-m", "bot", *typed.split()]
        done = subprocess.run(  # noqa: S603  # our own program
            command,
            capture_output=True,
            cwd=folder,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert done.returncode == code


@pytest.mark.parametrize(
    ("shell", "code", "said"),
    [
        ("{sosik} status | false; exit ${{PIPESTATUS[0]}}", 141, ""),
        ("{sosik} status >&-", 0, ""),
        ("{sosik} status >/dev/full", 1, "sosik: The output cannot be written: the disk is full\n"),
        ("{sosik} import doubtful <&- >/dev/null", 1, "sosik: There is no terminal to ask in"),
    ],
)
@pytest.mark.skipif(not which("bash") or not Path("/dev/full").exists(), reason="needs bash, Linux")
def test_streams_that_are_closed_or_full_bring_no_traceback(
    shell: str, code: int, said: str, folder: Path
) -> None:
    (folder / "doubtful").write_text("# Hello\n" * 9, "utf-8")
    done = subprocess.run(  # noqa: S603  # our own program
        ["bash", "-c", shell.format(sosik=f"{sys.executable} -m bot")],  # noqa: S607  # likewise
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LANGUAGE": "en"},
    )
    assert (done.returncode, done.stderr[: len(said) or None]) == (code, said)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("encoding", "typed"),
    [
        ("ascii", "--help"),
        pytest.param("ascii", "search nothing", marks=pytest.mark.slow),
        pytest.param("cp949", "search nothing", marks=pytest.mark.slow),
    ],
)
def test_any_encoding_of_the_output_is_written_to(encoding: str, typed: str, folder: Path) -> None:
    """Where it has no Korean, whatever LANGUAGE says, English is written."""
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "bot", *typed.split(), b"\xff"],
        capture_output=True,
        cwd=folder,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": encoding,
            "LANGUAGE": "ko",
            "BOT_TOKEN": "",
        },
    )
    said = (done.stdout + done.stderr).decode(encoding)
    assert "Traceback" not in said
    assert not re.search(r"\\u(a[c-f]|[bc]|d[0-7])", said)
    assert bool(re.search("[가-힣]", said)) == (encoding == "cp949")


@pytest.mark.parametrize("encoding", ["ascii", "cp949", "utf-8"])
def test_json_is_json_in_any_encoding(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    output = io.TextIOWrapper(written, encoding=encoding, errors="backslashreplace")
    monkeypatch.setattr("sys.stdout", output)
    _show_json({"title": "글 👍 é"})
    assert json.loads(written.getvalue().decode(encoding)) == {"title": "글 👍 é"}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("typed", "settings"),
    [
        ("", {}),
        ("nonsense", {}),
        ("import", {}),
        ("import --undo", {}),
        ("import --undo --dry-run", {}),
        ("import --dry-run nowhere.txt", {}),
        ("import doubtful", {}),
        ("search", {}),
        ("status --nonsense", {}),
        ("demo --keep", {}),
        ("demo --port x", {}),
        ("demo --terminal=1", {}),
        ("completion", {}),
        ("completion nonsense", {}),
        ("outbox --retry 404", {}),
        ("outbox --retry some", {}),
        ("outbox --retry 0", {}),
        ("outbox --drop all", {}),
        ("outbox --drop 99999999999999999999", {}),
        ("outbox --failed --drop 1", {}),
        ("post", {}),
        ("post nonsense", {}),
        ("post remove", {}),
        ("post remove 0", {}),
        ("post remove #404", {}),
        ("post restore 404", {}),
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
        ("restore", {}),
        ("restore nowhere", {}),
        ("restore .", {}),
        ("restore text", {}),
        ("restore text", {"DATABASE_PATH": "."}),
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
    (folder / "doubtful").write_text("# Hello\n" * 9, "utf-8")
    for name, value in {"LANGUAGE": language, **settings}.items():
        monkeypatch.setenv(name, value)
    with suppress(SystemExit):
        assert run_command(typed.split()) in {1, WRONG_SETTINGS}
    said = _DEEDS.sub("", capsys.readouterr().err)
    assert OWN[language].search(said)
    assert not OTHER[language].search(said)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("y", 0), ("네", 0), ("ㅛ", 0), ("n", 1), ("", 1), ("\x04", 1), ("\x03", 130)],
)
def test_a_doubtful_file_is_asked_about_at_the_terminal(
    typed: str, code: int, folder: Path
) -> None:
    """The last two are Ctrl+D and Ctrl+C."""
    (folder / "doubtful").write_text("# Hello\n" * 9, "utf-8")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bot", "import", "doubtful"]
    process = subprocess.Popen(  # noqa: S603  # our own program
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LANGUAGE": "en", "PYTHONUTF8": "1"},
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # no thread yet
        start_new_session=True,
    )
    os.close(theirs)
    said = b""
    while not said.rstrip().endswith(b"[y/N]"):
        said += os.read(ours, 4096)
    stat = Path(f"/proc/{process.pid}/stat")
    while stat.exists() and ") S " not in stat.read_text("utf-8"):  # until it reads
        select.select([], [], [], 0.01)  # time.sleep fails under faketime now and then
    os.write(ours, typed.encode() + b"\n" * (typed not in {"\x03", "\x04"}))
    with suppress(OSError):  # what a terminal says once nobody holds its other end
        while rest := os.read(ours, 4096):
            said += rest
    assert process.wait() == code  # with a limit, faketime has it sleep for less than nothing
    assert b"Traceback" not in said
    os.close(ours)


def test_what_the_database_says_in_logs_is_what_people_are_told_in_english() -> None:
    english = get_texts("en").messages
    assert {key: english[key] for key in SAID} == {key: (text,) for key, text in SAID.items()}
