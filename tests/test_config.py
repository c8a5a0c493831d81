from __future__ import annotations

import os
import re
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from bot.config import (
    OLD_NAMES,
    LogFormat,
    ServePolicy,
    Settings,
    SettlePolicy,
    environment,
    hide_secrets,
    load_settings,
    prepare_environment,
    require_token,
    secret_names,
    spoken_language,
)
from bot.errors import SettingError
from bot.locales import get_texts
from bot.redaction import redact
from bot.secret_files import CREDENTIALS
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
    for name in (*Settings.model_fields, *(f"{one}_file" for one in secrets()), CREDENTIALS):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Settings:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return load_settings()


TAKE_ANYTHING = {"bot_token", "database_path", "sources", "language", "backup_dir"}
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
    "backup_dir": None,
    "backup_at": 270,
    "settle": SettlePolicy.PROBE,
    "health_listen": "",
    "webhook_url": "",
    "webhook_listen": "127.0.0.1:8080",
    "webhook_ips": (),
    "log_format": LogFormat.CONSOLE,
}


def shown(settings: Settings) -> dict[str, object]:
    hidden = {"bot_token", "telegram_proxy", "ping_url", "sentry_dsn", "webhook_secret"}
    return settings.model_dump(exclude=hidden)


def test_without_anything_every_setting_has_its_default() -> None:
    settings = load_settings()
    assert shown(settings) == DEFAULTS
    assert settings.bot_token.get_secret_value() == ""
    assert settings.telegram_proxy.get_secret_value() == ""
    assert settings.ping_url.get_secret_value() == ""


def test_what_is_empty_has_its_default(monkeypatch: pytest.MonkeyPatch, bare: Path) -> None:
    (bare / ".env").write_text("LANGUAGE=\nTIMEZONE=\n", encoding="utf-8")
    settings = load(monkeypatch, **{name.upper(): "" for name in Settings.model_fields})
    assert shown(settings) == DEFAULTS


def test_every_setting_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch,
        BOT_TOKEN=TOKEN,
        TELEGRAM_API_URL="http://127.0.0.1:8081/",
        TELEGRAM_PROXY=" http://me:word@192.0.2.1:3128",
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
        BACKUP_DIR="/mnt/stick/sosik",
        BACKUP_AT="23:05",
        SETTLE="updates",
        HEALTH_LISTEN="8080",
        PING_URL=" https://hc.example/uuid ",
        SENTRY_DSN="https://key@sentry.example/1",
        WEBHOOK_URL="https://bot.example:8443/telegram/x",
        WEBHOOK_LISTEN="8081",
        WEBHOOK_SECRET=" a-B_9 ",
        WEBHOOK_IPS="149.154.160.0/20  2001:db8::/32",
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
        "backup_dir": Path("/mnt/stick/sosik"),
        "backup_at": 1385,
        "settle": SettlePolicy.UPDATES,
        "health_listen": "127.0.0.1:8080",
        "webhook_url": "https://bot.example:8443/telegram/x",
        "webhook_listen": "127.0.0.1:8081",
        "webhook_ips": (ip_network("149.154.160.0/20"), ip_network("2001:db8::/32")),
        "log_format": LogFormat.JSON,
    }
    assert require_token(settings) == TOKEN
    assert settings.telegram_proxy.get_secret_value() == "http://me:word@192.0.2.1:3128"
    assert settings.ping_url.get_secret_value() == "https://hc.example/uuid"
    assert settings.sentry_dsn.get_secret_value() == "https://key@sentry.example/1"
    assert settings.webhook_secret.get_secret_value() == "a-B_9"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("TELEGRAM_API_URL", "http://api.telegram.org", "https address"),
        ("TELEGRAM_API_URL", "ftp://127.0.0.1", "https address"),
        ("TELEGRAM_API_URL", "https://api. telegram.org", "https address"),
        ("TELEGRAM_PROXY", "socks5://127.0.0.1:1080", "address of a proxy"),
        ("TELEGRAM_PROXY", "192.0.2.1:3128", "address of a proxy"),
        ("TELEGRAM_PROXY", "http://", "address of a proxy"),
        ("TELEGRAM_PROXY", "http:// proxy.example:3128", "address of a proxy"),
        ("TELEGRAM_PROXY", "http://192.0.2.1:99999", "address of a proxy"),
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
        ("SOURCES", "'https:// blog.example/rss'", "http and https"),
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
        ("BACKUP_AT", "25:00", "09:00"),
        ("BACKUP_AT", "daily", "09:00"),
        ("HEALTH_LISTEN", ":8080", "127.0.0.1:8080"),
        ("HEALTH_LISTEN", "localhost", "127.0.0.1:8080"),
        ("HEALTH_LISTEN", "127.0.0.1:0", "127.0.0.1:8080"),
        ("HEALTH_LISTEN", "127.0.0.1:70000", "127.0.0.1:8080"),
        ("HEALTH_LISTEN", "²", "127.0.0.1:8080"),
        ("WEBHOOK_URL", "http://bot.example/telegram", "https address with a path"),
        ("WEBHOOK_URL", "https://bot.example", "https address with a path"),
        ("WEBHOOK_URL", "https://bot.example/", "https address with a path"),
        ("WEBHOOK_URL", "https://bot.example:8080/telegram", "port 443, 80, 88 or 8443"),
        ("WEBHOOK_URL", "https://bot.example:x/telegram", "https address with a path"),
        ("WEBHOOK_URL", "https://bot.example/소식", "https address with a path"),
        ("WEBHOOK_URL", "https://bot.example/a b", "https address with a path"),
        ("WEBHOOK_URL", "https://bot.example/metrics", "path of its own"),
        ("WEBHOOK_URL", "http://8.8.8.8/telegram", "private address"),
        ("WEBHOOK_URL", "bot.example/telegram", "https address with a path"),
        ("WEBHOOK_LISTEN", ":8080", "127.0.0.1:8080"),
        ("WEBHOOK_IPS", "149.154.160.1/20", "networks"),
        ("WEBHOOK_IPS", "149.154.160.0/20, 91.108.4.0/22", "networks"),
        ("WEBHOOK_IPS", "telegram", "networks"),
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


def test_the_key_of_a_feed_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingError) as caught:
        load(monkeypatch, SOURCES="ftp://blog.example/rss?key=s3cret")
    assert caught.value.values["value"] == "ftp://blog.example/rss?key=…"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PING_URL", "hc.example/s3cret", "https://hc-ping.com"),
        ("PING_URL", "ftp://hc.example/s3cret", "https://hc-ping.com"),
        ("PING_URL", "https:///s3cret", "https://hc-ping.com"),
        ("PING_URL", "https://hc.example:99999/s3cret", "https://hc-ping.com"),
        ("SENTRY_DSN", "s3cret", "https://key@"),
        ("SENTRY_DSN", "ftp://s3cret@sentry.example/1", "https://key@"),
        ("SENTRY_DSN", "https://s3cret@/1", "https://key@"),
        ("SENTRY_DSN", "https://sentry.example/1?s3cret", "https://key@"),
        ("SENTRY_DSN", "https://s3cret@sentry.example/project", "https://key@"),
        ("SENTRY_DSN", "https://s3cret@sentry.example", "https://key@"),
    ],
)
def test_an_address_that_is_a_secret_is_never_shown(
    name: str, value: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingError) as caught:
        load(monkeypatch, **{name: value})
    error = caught.value
    assert "s3cret" not in f"{error} {error!r}"
    assert (error.values["name"], error.values["value"]) == (name, "…")
    assert expected in get_texts("en")(error.key, **error.values)
    right = "https://key:word@hc.example/1"
    settings = load(monkeypatch, **{name: right})
    assert "hc.example" not in f"{settings!r} {settings.model_dump()}"


def test_a_proxys_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("ftp://me:word@192.0.2.1", "me:word@192.0.2.1:3128", "http://me:wo@word@x:0"):
        with pytest.raises(SettingError) as caught:
            load(monkeypatch, TELEGRAM_PROXY=address)
        assert "word" not in f"{caught.value} {caught.value!r}"
        assert caught.value.values["value"] == address.rpartition("@")[2]
    for address in ("192.0.2.1:3128:me:word", "http://me:word", "ftp://x:1/me:word", "me word"):
        with pytest.raises(SettingError) as caught:
            load(monkeypatch, TELEGRAM_PROXY=address)
        assert "word" not in f"{caught.value} {caught.value!r}"
        assert caught.value.values["value"] == "…"
    settings = load(monkeypatch, TELEGRAM_PROXY="http://me:word@192.0.2.1:3128")
    assert "word" not in f"{settings!r} {settings.model_dump()}"


@pytest.mark.parametrize("secret", ["이 비밀", "a b", "x" * 257, "pass.word"])
def test_a_wrong_secret_is_never_shown(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingError) as caught:
        load(monkeypatch, WEBHOOK_SECRET=secret)
    assert caught.value.values["value"] == "…"
    assert secret not in f"{caught.value} {caught.value!r}"
    assert "256" in get_texts("ko")(caught.value.key, **caught.value.values)


def test_a_webhook_has_no_password_and_shows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingError) as caught:
        load(monkeypatch, WEBHOOK_URL="https://me:word@bot.example/telegram")
    assert "word@" not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize(
    "address",
    [
        "https://bot.example/telegram",
        "https://bot.example:443/t",
        "https://bot.example:88/t/x?y=1",
        "http://127.0.0.1:8080/telegram",
        "http://sosik:8080/telegram",
        "HTTPS://BOT.EXAMPLE/T",
    ],
)
def test_where_telegram_may_deliver(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, WEBHOOK_URL=address).webhook_url == address


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


# -- secrets in files ------------------------------------------------------------------------------


def secrets() -> list[str]:
    return [name for name, one in Settings.model_fields.items() if one.annotation is SecretStr]


SECRETS = {
    "bot_token": TOKEN,
    "telegram_proxy": "http://me:word@192.0.2.1:3128",
    "ping_url": "https://192.0.2.1/ping/kept-to-oneself",
    "sentry_dsn": "https://kept-to-oneself@192.0.2.1/1",
}
"""An example of each that is checked; any other takes what it is given."""


@pytest.mark.parametrize("name", secrets())
@pytest.mark.parametrize("written", ["{}", " {}\r\n\n", "\ufeff{}\n"])
def test_each_secret_may_lie_in_a_file(
    name: str, written: str, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = SECRETS.get(name, "x" * 30)
    (bare / "kept").write_text(written.format(secret), encoding="utf-8", newline="")
    settings = load(monkeypatch, **{f"{name.upper()}_FILE": str(bare / "kept")})
    assert getattr(settings, name).get_secret_value() == secret
    assert secret not in repr(settings)


@pytest.mark.parametrize("name", secrets())
def test_each_secret_may_be_a_credential_of_systemd(
    name: str, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = SECRETS.get(name, "x" * 30)
    (bare / name.replace("_", "-")).write_text(f"{secret}\n", encoding="utf-8")
    settings = load(monkeypatch, CREDENTIALS_DIRECTORY=str(bare))
    assert getattr(settings, name).get_secret_value() == secret


def test_the_file_that_env_names_is_read_and_a_token_that_is_given_counts_before_it(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare / ".env").write_text("BOT_TOKEN_FILE = token\nBOT_TOKEN=\n", encoding="utf-8")
    (bare / "token").write_text(TOKEN, encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/nowhere")
    assert require_token(load_settings()) == TOKEN
    (bare / "token").unlink()
    given = "1234567:" + "g" * 30
    assert require_token(load_settings(bot_token=given)) == given


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (b"", "it is empty"),
        (b" \n\t", "it is empty"),
        (b"x" * 5000, "it is too large"),
        ("비밀".encode("cp949"), "it is no UTF-8 text"),
        (f"{TOKEN}\n".encode("utf-16"), "it is no UTF-8 text"),
        (b"secret-token", "holds something else"),
        (f"BOT_TOKEN={TOKEN}".encode(), "holds something else"),
        (f"{TOKEN}\n{TOKEN}".encode(), "holds something else"),
    ],
)
def test_a_file_that_holds_no_secret_is_named_without_what_it_holds(
    held: bytes, said: str, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare / "kept").write_bytes(held)
    error = refused(monkeypatch, BOT_TOKEN_FILE=str(bare / "kept"))
    text = get_texts("en")(error.key, **error.values)
    assert said in text
    assert "BOT_TOKEN_FILE" in text
    assert str(bare / "kept") in text
    assert "@BotFather" in text or "it is" in text
    assert not ENGLISH.search(get_texts("ko")(error.key, **error.values))
    shown_at_all = f"{error} {error!r} {error.values} {text}"
    assert "secret-token" not in shown_at_all
    assert TOKEN not in shown_at_all
    assert error.__suppress_context__ or error.__context__ is None


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (".", "it is a folder"),
        ("nowhere", "no such file"),
        ("pipe", "no plain file"),
        ("/dev/zero", "no plain file"),
        ("x" * 5000, "too long"),
        (f"/{TOKEN}", "no such file"),
    ],
)
def test_what_is_no_file_to_read_is_said_at_once(
    place: str, said: str, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(bare / "pipe")
    error = refused(monkeypatch, BOT_TOKEN_FILE=place)
    text = get_texts("en")(error.key, **error.values)
    assert said in text
    assert TOKEN not in f"{error} {error!r} {text}"
    assert len(text) < 400


def test_a_file_with_a_name_that_no_file_has_is_missing(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare / ".env").write_text("BOT_TOKEN_FILE='a\0b'", encoding="utf-8")
    assert refused(monkeypatch).values["reason"] == {"key": "reason.missing", "values": {}}


def test_a_file_that_this_user_may_not_read_is_said(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare / "kept").write_text(TOKEN, encoding="utf-8")
    (bare / "kept").chmod(0)
    monkeypatch.setenv("BOT_TOKEN_FILE", "kept")
    with unprivileged(bare), pytest.raises(SettingError) as caught:
        load_settings()
    assert caught.value.values["reason"] == {"key": "reason.denied", "values": {"number": 13}}


def test_a_secret_that_is_set_and_lies_in_a_file_stops_the_start(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever was read, somebody would look for the mistake in the other."""
    (bare / "bot-token").write_text(TOKEN, encoding="utf-8")
    (bare / ".env").write_text(f"BOT_TOKEN={TOKEN}", encoding="utf-8")
    for given in ({"BOT_TOKEN_FILE": "bot-token"}, {"CREDENTIALS_DIRECTORY": str(bare)}):
        with monkeypatch.context() as patched:
            error = refused(patched, **given)
        assert error.key == "error.secret_twice"
        said = get_texts("en")(error.key, **error.values)
        assert "Keep one of BOT_TOKEN and BOT_TOKEN_FILE" in said
        assert TOKEN not in f"{error} {said}"


def refused(monkeypatch: pytest.MonkeyPatch, **settings: str) -> SettingError:
    with pytest.raises(SettingError) as caught:
        load(monkeypatch, **settings)
    return caught.value


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
        assert bool(value) == (str(default) not in {"", "()", "None"})


def test_the_readme_lists_the_settings_of_the_example_in_its_order() -> None:
    table = (EXAMPLE.parent / "README.md").read_text("utf-8").partition("\n## 설정\n")[2]
    listed = re.findall(r"^\| `([A-Z_]+)` \|", table.partition("\n## ")[0], re.MULTILINE)
    assert listed == re.findall(r"^([A-Z_]+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE)


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
    monkeypatch.setenv("BOT_TOKEN_FILE", "/run/secrets/token")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/sosik.service")
    made = environment(database_path=Path("x.db"), poll_interval=5)
    assert made["DATABASE_PATH"] == "x.db"
    assert made["POLL_INTERVAL"] == "5"
    assert not {"BOT_TOKEN", "BOT_TOKEN_FILE", "CREDENTIALS_DIRECTORY"} & set(made)
    assert made["PATH"] == os.environ["PATH"]


def test_durations_come_as_python_telegram_bot_will_give_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PTB_TIMEDELTA", raising=False)
    prepare_environment()
    assert os.environ["PTB_TIMEDELTA"] == "1"


def test_a_sites_bare_name_in_sources_is_its_address_and_a_file_of_that_name_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kept.example").write_text("", "utf-8")
    (tmp_path / "cloned.example").mkdir()
    too_long = f"blog.example/{'x' * 5000}"
    given = f"blog.example kept.example cloned.example archive.txt ./blog.example {too_long}"
    assert load_settings(sources=given).sources == (
        "https://blog.example",
        "kept.example",
        "https://cloned.example",
        "archive.txt",
        "./blog.example",
        f"https://{too_long}",
    )


SECRET_LOOKS = re.compile("token|secret|password|proxy|dsn|key|ping|credential")
"""What a setting is called that is nobody else's to read."""


def test_every_setting_that_looks_like_a_secret_is_one() -> None:
    """A path to one is none; a password in any address is taken out by its looks."""
    open_ones = {
        name
        for name, field in Settings.model_fields.items()
        if SECRET_LOOKS.search(name)
        and field.annotation is not SecretStr
        and not re.search("Path", str(field.annotation))
    }
    assert open_ones == set()


def test_every_secret_setting_is_a_plain_one_that_is_hidden_by_its_type() -> None:
    found = {
        name for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)
    }
    assert found == set(secret_names())
    assert {"bot_token", "telegram_proxy"} <= found


@pytest.mark.parametrize("name", secret_names())
def test_the_value_of_every_secret_setting_is_taken_out_of_what_is_written(name: str) -> None:
    word, address = f"word-of-{name}", f"https://me:Ab1-of-{name}@x.example/path-of-{name}"
    for secret in (word, address):
        hide_secrets(load_settings(_env_file=None).model_copy(update={name: SecretStr(secret)}))
    shown = redact(f"{word} Ab1-of-{name} /path-of-{name}?x {address}")
    assert shown == "<secret> <secret> <secret>?x https://<password>@x.example<secret>"


def test_settings_that_are_read_hide_what_is_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    load(monkeypatch, TELEGRAM_PROXY="http://me:pssst-pssst@192.0.2.1:3128", BOT_TOKEN=TOKEN)
    behind = TOKEN.partition(":")[2]
    assert redact(f"pssst%2Dpssst pssst-pssst {behind}") == "pssst%2Dpssst <secret> <secret>"
