from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.config import (
    OLD_NAMES,
    LogFormat,
    ServePolicy,
    Settings,
    SettlePolicy,
    environment,
    load_settings,
    prepare_environment,
    require_token,
    spoken_language,
)
from bot.errors import SettingError
from bot.locales import get_texts
from tests.storage.files import unprivileged
from tests.updates.telegram_server import TOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGLISH = re.compile(r"(?:\b[A-Za-z][a-z]+ ){3,}")
"""A sentence in another language than Korean."""
EXAMPLE = Path(__file__).parents[1] / ".env.example"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder to start in, and none of our settings in the environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Settings:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return load_settings()


TAKE_ANYTHING = {"bot_token", "database_path", "sources", "language"}
DEFAULTS: Mapping[str, object] = {
    "telegram_api_url": "https://api.telegram.org",
    "database_path": Path("data/sosik.db"),
    "sources": (),
    "channels": (),
    "operator_ids": (),
    "author_ids": (),
    "poll_interval": 600,
    "timezone": "Asia/Seoul",
    "language": "ko",
    "digest_time": 540,
    "serve": ServePolicy.APPROVED,
    "allow_private_sources": False,
    "contact_url": "",
    "slashpage_as_browser": True,
    "litestream": False,
    "settle": SettlePolicy.PROBE,
    "health_listen": "",
    "log_format": LogFormat.CONSOLE,
}


def shown(settings: Settings) -> dict[str, object]:
    return settings.model_dump(exclude={"bot_token"})


def test_without_anything_every_setting_has_its_default() -> None:
    settings = load_settings()
    assert shown(settings) == DEFAULTS
    assert settings.bot_token.get_secret_value() == ""


def test_what_is_empty_has_its_default(monkeypatch: pytest.MonkeyPatch, bare: Path) -> None:
    (bare / ".env").write_text("LANGUAGE=\nTIMEZONE=\n", encoding="utf-8")
    settings = load(monkeypatch, **{name.upper(): "" for name in Settings.model_fields})
    assert shown(settings) == DEFAULTS


def test_every_setting_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch,
        BOT_TOKEN=TOKEN,
        TELEGRAM_API_URL="http://127.0.0.1:8081/",
        DATABASE_PATH="/var/lib/sosik.db",
        SOURCES="https://blog.example/rss  'my archive.txt'\nother.txt",
        CHANNELS="@news_kr -1001234567890",
        OPERATOR_IDS="1 22",
        AUTHOR_IDS="333",
        POLL_INTERVAL="60",
        TIMEZONE="America/New_York",
        LANGUAGE="en",
        DIGEST_TIME="7:05",
        SERVE="open",
        ALLOW_PRIVATE_SOURCES="true",
        CONTACT_URL="https://blog.example/about-the-bot",
        SLASHPAGE_AS_BROWSER="false",
        LITESTREAM="true",
        SETTLE="updates",
        HEALTH_LISTEN="8080",
        LOG_FORMAT="json",
    )
    assert shown(settings) == {
        "telegram_api_url": "http://127.0.0.1:8081",
        "database_path": Path("/var/lib/sosik.db"),
        "sources": ("https://blog.example/rss", "my archive.txt", "other.txt"),
        "channels": ("@news_kr", "-1001234567890"),
        "operator_ids": (1, 22),
        "author_ids": (333,),
        "poll_interval": 60,
        "timezone": "America/New_York",
        "language": "en",
        "digest_time": 425,
        "serve": ServePolicy.OPEN,
        "allow_private_sources": True,
        "contact_url": "https://blog.example/about-the-bot",
        "slashpage_as_browser": False,
        "litestream": True,
        "settle": SettlePolicy.UPDATES,
        "health_listen": "127.0.0.1:8080",
        "log_format": LogFormat.JSON,
    }
    assert require_token(settings) == TOKEN


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("TELEGRAM_API_URL", "http://api.telegram.org", "https address"),
        ("TELEGRAM_API_URL", "ftp://127.0.0.1", "https address"),
        ("TELEGRAM_API_URL", "api.telegram.org", "https address"),
        ("TELEGRAM_API_URL", "https://", "https address"),
        ("TELEGRAM_API_URL", "http://[::1", "https address"),
        ("TELEGRAM_API_URL", "https://host:99999", "https address"),
        ("TELEGRAM_API_URL", "http://8.8.8.8", "private address"),
        ("TELEGRAM_API_URL", "http://134744072", "private address"),
        ("TELEGRAM_API_URL", "http://0x8080808", "private address"),
        ("TELEGRAM_API_URL", "http://8.8", "private address"),
        ("TELEGRAM_API_URL", "http://010.8.8.8", "private address"),
        ("TELEGRAM_API_URL", "http://１３４７４４０７２", "private address"),
        ("TELEGRAM_API_URL", "http://8.8.8.8.", "private address"),
        ("TELEGRAM_API_URL", "http://[2001:4860:4860::8888]", "private address"),
        ("TELEGRAM_API_URL", "http://api.telegram.org.", "private address"),
        ("SOURCES", "ftp://blog.example/rss", "http and https"),
        ("SOURCES", "file:///etc/passwd", "http and https"),
        ("SOURCES", "https:///rss", "http and https"),
        ("SOURCES", "'unclosed https://blog.example", "quotes come in pairs"),
        ("CHANNELS", "news", "@names"),
        ("CHANNELS", "@뉴스뉴스", "@names"),
        ("CHANNELS", "@ab", "@names"),
        ("OPERATOR_IDS", "minji", "whole numbers"),
        ("OPERATOR_IDS", "-5", "whole numbers"),
        ("AUTHOR_IDS", "해봄", "whole numbers"),
        ("POLL_INTERVAL", "0", "seconds"),
        ("POLL_INTERVAL", "90000", "seconds"),
        ("POLL_INTERVAL", "often", "seconds"),
        ("TIMEZONE", "Mars/Olympus", "IANA"),
        ("TIMEZONE", "../../etc/passwd", "IANA"),
        ("TIMEZONE", "Asia", "IANA"),
        ("LANGUAGE", "tlh", "one of ko, en"),
        ("LANGUAGE", "Korean", "ko"),
        ("DIGEST_TIME", "9", "09:00"),
        ("DIGEST_TIME", "24:00", "09:00"),
        ("DIGEST_TIME", "09:00+09:00", "09:00"),
        ("DIGEST_TIME", "0900", "09:00"),
        ("SERVE", "all", "one of approved, open"),
        ("GROUPS", "all", "one of approved, open"),
        ("ALLOW_PRIVATE_SOURCES", "maybe", "one of true, false"),
        ("SLASHPAGE_AS_BROWSER", "maybe", "one of true, false"),
        ("CONTACT_URL", "me", "mailto:"),
        ("CONTACT_URL", "ftp://blog.example", "mailto:"),
        ("CONTACT_URL", "https://", "mailto:"),
        ("CONTACT_URL", "https://blog.example/(x)", "mailto:"),
        ("CONTACT_URL", "https://blog.example/ x", "mailto:"),
        ("CONTACT_URL", "https://블로그.example/", "mailto:"),
        ("LITESTREAM", "maybe", "one of true, false"),
        ("HEALTH_LISTEN", ":8080", "127.0.0.1:8080"),
        ("HEALTH_LISTEN", "localhost", "127.0.0.1:8080"),
        ("HEALTH_LISTEN", "127.0.0.1:0", "127.0.0.1:8080"),
        ("HEALTH_LISTEN", "127.0.0.1:70000", "127.0.0.1:8080"),
        ("HEALTH_LISTEN", "²", "127.0.0.1:8080"),
        ("LOG_FORMAT", "xml", "one of console, json"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value_and_what_it_should_be(
    name: str, value: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingError) as caught:
        load(monkeypatch, **{name: value})
    error = caught.value
    assert error.key == "error.setting"
    assert error.values["name"] == name
    assert str(error.values["value"]) in value
    said = {lang: get_texts(lang)(error.key, **error.values) for lang in ("ko", "en")}
    assert expected in said["en"]
    assert "이렇게 적어 주세요" in said["ko"]
    assert not ENGLISH.search(said["ko"].replace(str(error.values["value"]), ""))
    assert name in str(error)


@pytest.mark.parametrize(
    ("given", "language"),
    [
        ({"LANGUAGE": "en"}, "en"),
        ({"LANGUAGE": "ko", "LANG": "en_US.UTF-8"}, "ko"),
        ({"LANGUAGE": "en_US:ko"}, "en"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "ko_KR.UTF-8@x"}, "ko"),
        ({"LANG": "C.UTF-8"}, "ko"),
        ({"LC_ALL": "en_US", "LANG": "ko_KR"}, "en"),
        ({}, "ko"),
    ],
)
def test_a_command_speaks_the_language_of_the_setting_or_the_locale(
    given: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert spoken_language() == language


@pytest.mark.parametrize(("text", "language"), [("LANGUAGE=en", "en"), ("\xff", "ko")])
def test_the_language_is_read_from_the_file_where_that_can_be_read(
    text: str, language: str, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    (bare / ".env").write_bytes(text.encode("latin-1"))
    assert spoken_language() == language


@pytest.mark.parametrize("token", ["secret-token", "12:short", f"bot{TOKEN}", f"{TOKEN} x"])
def test_a_wrong_token_is_never_shown(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingError) as caught:
        load(monkeypatch, BOT_TOKEN=token)
    error = caught.value
    assert error.values["name"] == "BOT_TOKEN"
    assert "@BotFather" in get_texts("en")(error.key, **error.values)
    assert token not in f"{error} {error.values} {error!r}"
    assert error.__suppress_context__


@pytest.mark.parametrize("name", sorted(set(Settings.model_fields) - TAKE_ANYTHING))
@pytest.mark.parametrize("value", [TOKEN, f"x {TOKEN}", f"{'x' * 80}{TOKEN}", f"tg://bot{TOKEN}/"])
def test_a_token_in_the_place_of_another_setting_is_not_shown(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingError) as caught:
        load(monkeypatch, **{name.upper(): value})
    error = caught.value
    said = get_texts("ko")(error.key, **error.values)
    assert TOKEN[:15] not in f"{error} {error!r} {error.values} {said}"


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.1", "2130706433", "0x7f.1", "10.0.0.9", "bot-api", "[::1]", "[fd00::1]"],
)
def test_an_own_server_may_do_without_tls(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"http://{host}:8081"
    assert load(monkeypatch, TELEGRAM_API_URL=address).telegram_api_url == address


def test_a_missing_token_is_told_where_it_is_needed() -> None:
    with pytest.raises(SettingError) as caught:
        require_token(load_settings())
    assert caught.value.key == "error.no_token"


def test_blanks_around_a_value_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, BOT_TOKEN=f" {TOKEN}\n", TIMEZONE=" Asia/Tokyo ", LANGUAGE="en ")
    assert (require_token(settings), settings.timezone) == (TOKEN, "Asia/Tokyo")
    assert settings.language == "en"


def test_a_very_long_value_is_shown_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingError) as caught:
        load(monkeypatch, TIMEZONE="x" * 5000)
    assert len(str(caught.value)) < 300


# -- .env ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_file_is_read_and_the_environment_counts_before_it(
    encoding: str, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"BOT_TOKEN={TOKEN}\r\n# 주석\r\nLANGUAGE=en\r\nTIMEZONE=Asia/Tokyo\r\nUNKNOWN=1\r\n"
    (bare / ".env").write_text(text, encoding=encoding, newline="")
    settings = load(monkeypatch, TIMEZONE="Asia/Seoul")
    assert require_token(settings) == TOKEN
    assert (settings.language, settings.timezone) == ("en", "Asia/Seoul")


def test_what_is_given_counts_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    assert load_settings(language="ko", digest_time=600).language == "ko"


@pytest.mark.parametrize("locales", ["en_US:en", "ko_KR.UTF-8", "en_US", "C", "de:en"])
def test_the_desktops_own_language_is_none_of_ours(
    locales: str, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gettext keeps a list of locales in the variable of the same name."""
    assert load(monkeypatch, LANGUAGE=locales).language == "ko"
    (bare / ".env").write_text("LANGUAGE=en\n", encoding="utf-8")
    assert load_settings().language == "en"


@pytest.mark.parametrize("in_file", [True, False])
def test_an_old_name_is_read_where_the_new_one_is_not_set(
    in_file: bool,  # noqa: FBT001  # a parameter
    bare: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Bash cannot export GROUPS, which is why it is called SERVE."""
    if in_file:
        (bare / ".env").write_text("GROUPS=open\n", encoding="utf-8")
    else:
        monkeypatch.setenv("GROUPS", "open")
    settings = load_settings()
    assert settings.serve is ServePolicy.OPEN
    assert settings.renamed == [("GROUPS", "SERVE")]
    monkeypatch.setenv("SERVE", "approved")
    settings = load_settings()
    assert settings.serve is ServePolicy.APPROVED
    assert settings.renamed == []


def test_a_new_name_makes_the_old_one_meaningless(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare / ".env").write_text("SERVE=open\n", encoding="utf-8")
    assert load(monkeypatch, GROUPS="1000 27").serve is ServePolicy.OPEN
    assert load_settings().renamed == []


def test_a_file_that_is_no_utf_8_is_told(bare: Path) -> None:
    (bare / ".env").write_bytes("TIMEZONE=서울\n".encode("cp949"))
    with pytest.raises(SettingError) as caught:
        load_settings()
    assert caught.value.key == "error.env_file"


def test_a_file_that_may_not_be_read_is_told(bare: Path) -> None:
    bare.chmod(0o755)
    (bare / ".env").write_text("LANGUAGE=en\n", encoding="utf-8")
    (bare / ".env").chmod(0)
    with unprivileged(bare), pytest.raises(SettingError) as caught:
        load_settings()
    assert caught.value.key == "error.env_file"


# -- the example, and other processes --------------------------------------------------------------


def test_the_example_documents_exactly_the_settings_with_their_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    given = dict(line.split("=", 1) for line in lines)
    assert list(given) == [name.upper() for name in Settings.model_fields if name not in OLD_NAMES]
    assert shown(load(monkeypatch, **given)) == DEFAULTS
    for name, value in given.items():
        default = Settings.model_fields[name.lower()].default
        assert bool(value) == (str(default) not in {"", "()"})


def test_the_example_explains_each_setting_in_both_languages() -> None:
    for block in EXAMPLE.read_text(encoding="utf-8").split("\n\n"):
        comments = [line for line in block.splitlines() if line.startswith("#")]
        assert re.search(r"[가-힣]", " ".join(comments))
        assert re.search(r"[a-z]{3,} [a-z]{2,}", " ".join(comments))


def test_another_process_gets_the_environment_with_its_own_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    made = environment(database_path=Path("x.db"), poll_interval=5)
    assert made["DATABASE_PATH"] == "x.db"
    assert made["POLL_INTERVAL"] == "5"
    assert "BOT_TOKEN" not in made
    assert made["PATH"] == os.environ["PATH"]


def test_durations_come_as_python_telegram_bot_will_give_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PTB_TIMEDELTA", raising=False)
    prepare_environment()
    assert os.environ["PTB_TIMEDELTA"] == "1"
