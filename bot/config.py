"""The settings: read once from the environment and `.env`, checked, and frozen.

A wrong one raises SettingError with its name, its value (never a token) and what it should be.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import unicodedata
from contextlib import suppress
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from socket import inet_aton
from typing import Annotated, Any, NamedTuple, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.errors import SettingError, message, reason_of
from bot.locales import DEFAULT, choose_language, find_language, languages
from bot.redaction import hide, redact, shown_address
from bot.secret_files import CREDENTIALS, SecretFromFile, place_of, secrets_in_files
from bot.text.links import is_site_name

TOKEN = re.compile(r"[0-9]{3,}:[A-Za-z0-9_-]{20,}")
CHANNEL = re.compile(r"-?[0-9]+|@[A-Za-z][A-Za-z0-9_]{3,31}")
TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
CONTACT = re.compile(r"[!-'*-;=?-~]{1,200}")
"""What may stand in a comment of User-Agent (RFC 9110, 5.6.5), without its brackets."""
PORT = re.compile(r"[0-9]{1,5}")
_PLACE = re.compile(r"(\w+://)?\s*(\[[0-9a-f:.]*\]|[^\s/?#:\[\]]*)(:-?[0-9]*)?/?", re.IGNORECASE)
WEBHOOK_PATH = re.compile(r"/[!-\"$-~]+")
"""What stands in a request line as it is written here, and is not the root of everything."""
WEBHOOK_PORTS = frozenset({443, 80, 88, 8443})
"""Bot API, setWebhook."""
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
"""Bot API, setWebhook."""
LOCALES = re.compile(r".*[:_.@].*|C|POSIX")
"""What gettext keeps in a LANGUAGE of its own (gettext's manual, 2.3.3): `ko_KR:ko:en`."""
SHOWN_CHARACTERS = 100
ENV_FILE = Path(".env")


class ServePolicy(StrEnum):
    """Which groups and channels are served."""

    APPROVED = "approved"
    OPEN = "open"


class SettlePolicy(StrEnum):
    """How a push that may have arrived is settled."""

    PROBE = "probe"
    """Telegram is asked whose the messages are among which it must be."""
    UPDATES = "updates"
    """What updates show proves it; otherwise it is sent again."""
    OFF = "off"
    """It is sent again after a minute."""


class LogFormat(StrEnum):
    """How logs are written."""

    CONSOLE = "console"
    JSON = "json"


class Expected(ValueError):  # noqa: N818  # it names what was expected, and is caught below
    """Carries what a setting should have been: a message of the catalogues."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.message = message(key, **values)


def _words(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


def _addresses(value: object) -> object:
    """Words, of which one with blanks in it stands in quotes, as in a shell."""
    if not isinstance(value, str):
        return value
    try:
        return tuple(shlex.split(value))
    except ValueError as error:
        raise Expected("expected.sources") from error


def _source(value: str) -> str:
    """An address, or a path; a site's bare name is an address, unless a file has that name."""
    if is_site_name(value) and not os.path.isfile(value):  # noqa: PTH113  # also what no path can be
        return f"https://{value}"
    scheme, separator, _ = value.partition("://")
    if separator and (scheme.lower() not in {"http", "https"} or not _host(value)):
        raise Expected("expected.source")
    return value


def _token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value().strip()
    if token and not TOKEN.fullmatch(token):
        raise Expected("expected.token")
    return SecretStr(token)


def _api_url(value: str) -> str:
    host, scheme = _host(value), value.partition("://")[0].lower()
    if host and (scheme == "https" or (scheme == "http" and _is_private(host))):
        return value.rstrip("/")
    raise Expected("expected.api")


def _webhook_url(value: str) -> str:
    """Bot API, setWebhook; without TLS for a server of one's own (`--local`)."""
    if not value:
        return value
    host, scheme = _host(value), value.partition("://")[0].lower()
    if not host or not WEBHOOK_PATH.fullmatch(urlsplit(value).path):
        raise Expected("expected.webhook")
    is_local = scheme == "http" and _is_private(host)
    if not is_local and (scheme != "https" or (urlsplit(value).port or 443) not in WEBHOOK_PORTS):
        raise Expected("expected.webhook")
    if urlsplit(value).path in PROBES or "@" in urlsplit(value).netloc:
        raise Expected("expected.webhook")
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    secret = value.get_secret_value().strip()
    if secret and not WEBHOOK_SECRET.fullmatch(secret):
        raise Expected("expected.webhook_secret")
    return SecretStr(secret)


def _proxy(value: SecretStr) -> SecretStr:
    address = value.get_secret_value().strip()
    if address and not (
        address.partition("://")[0].lower() in {"http", "https"} and _host(address)
    ):
        raise Expected("expected.proxy")
    return SecretStr(address)


def _ping(value: SecretStr) -> SecretStr:
    address = value.get_secret_value().strip()
    if address and not (
        address.partition("://")[0].lower() in {"http", "https"} and _host(address)
    ):
        raise Expected("expected.ping")
    return SecretStr(address)


def _dsn(value: SecretStr) -> SecretStr:
    address = value.get_secret_value().strip()
    if address and not _is_dsn(address):
        raise Expected("expected.dsn")
    return SecretStr(address)


def _is_dsn(address: str) -> bool:
    """Sentry's form: `https://key@host/number`, with a path before the number at will."""
    if address.partition("://")[0].lower() not in {"http", "https"} or not _host(address):
        return False
    parts = urlsplit(address)
    return bool(parts.username) and parts.path.rpartition("/")[2].isdecimal()


def _without_password(proxy: str) -> str:
    """What is behind the last @, where that is a host and a port and no more.

    Proxies are also handed out as host:port:name:password.
    """
    written = proxy.rpartition("@")[2]
    return written if _PLACE.fullmatch(written) else "…"


def _contact(value: str) -> str:
    is_web = value.partition("://")[0].lower() in {"http", "https"} and bool(_host(value))
    if value and not (CONTACT.fullmatch(value) and (is_web or value.startswith("mailto:"))):
        raise Expected("expected.contact")
    return value


def _host(address: str) -> str:
    """The host of an address; empty where it has none, one with a blank, or a port that is none."""
    try:
        host, port = urlsplit(address).hostname, urlsplit(address).port
    except ValueError:
        return ""
    return "" if host is None or port == 0 or host.split() != [host] else host


def _is_private(host: str) -> bool:
    """Whether a host is of one's own network: a private address in any notation, or a bare name."""
    plain = unicodedata.normalize("NFKC", host).rstrip(".")
    with suppress(OSError):  # 134744072, 0x8080808 and 8.8 are addresses to whatever connects
        return ip_address(inet_aton(plain)).is_private
    with suppress(ValueError):
        return ip_address(plain).is_private
    return plain == "localhost" or not {".", ":"}.intersection(plain)


def _channel(value: str) -> str:
    if not CHANNEL.fullmatch(value):
        raise Expected("expected.channels")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise Expected("expected.zone") from error
    return value


def _language(value: str) -> str:
    if (language := find_language(value)) is None:
        raise Expected("expected.one_of", values=", ".join(languages()))
    return language


def _minutes(value: object) -> object:
    if isinstance(value, int):
        return value
    found = TIME.fullmatch(str(value).strip())
    if not found:
        raise Expected("expected.time")
    return int(found[1]) * 60 + int(found[2])


def _listen(value: str) -> str:
    host, colon, port = value.rpartition(":")
    known = PORT.fullmatch(port) and 0 < int(port) < 65536 and bool(host) == bool(colon)  # noqa: PLR2004  # the last port
    if value and not known:
        raise Expected("expected.port")
    return value if not value or colon else f"127.0.0.1:{value}"


class _Environment(EnvSettingsSource):
    """The environment, less a LANGUAGE that the desktop set for gettext."""

    def __call__(self) -> dict[str, Any]:
        """What is set."""
        found = super().__call__()
        if LOCALES.fullmatch(str(found.get("language", ""))):
            del found["language"]
        return found


class _Sources(BaseSettings):
    """Where settings stand, and which counts before which."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8-sig",
        env_ignore_empty=True,
        str_strip_whitespace=True,
        extra="ignore",
        frozen=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, then the environment, then .env, then what files hold that they name."""
        del env_settings, file_secret_settings
        environment = _Environment(settings_cls)
        secrets = _secrets(settings_cls) - set(init_settings())
        held = secrets_in_files(secrets, _around(environment, dotenv_settings))
        files = InitSettingsSource(settings_cls, dict(held))
        return init_settings, environment, dotenv_settings, files


def _around(
    environment: EnvSettingsSource, dotenv: PydanticBaseSettingsSource
) -> dict[str, str | None]:
    """All that is set, by small letters; the environment counts before .env."""
    written = dotenv.env_vars if isinstance(dotenv, EnvSettingsSource) else {}
    return {**written, **environment.env_vars}


def secret_files() -> list[Path]:
    """The files that secrets are read from, but for those that others lay there."""
    around = _around(_Environment(Settings), DotEnvSettingsSource(Settings))
    named = [(around.get(f"{name}_file") or "").strip() for name in sorted(_secrets(Settings))]
    return [Path(one) for one in named if one and not one.startswith("/run/")]


def token_places() -> tuple[str, str]:
    """The paths of the token's file, as the environment names one and as .env does; empty: none."""
    written = DotEnvSettingsSource(Settings).env_vars
    name = "bot_token"
    return place_of(name, _Environment(Settings).env_vars), place_of(name, written)


def _secrets(kind: type[BaseSettings]) -> set[str]:
    """The settings that nobody is shown: each may lie in a file."""
    return {name for name, one in kind.model_fields.items() if one.annotation is SecretStr}


class Settings(_Sources):
    """Every setting, by the name it has in the environment (design.md's table)."""

    bot_token: Annotated[SecretStr, AfterValidator(_token)] = SecretStr("")
    telegram_api_url: Annotated[str, AfterValidator(_api_url)] = "https://api.telegram.org"
    telegram_proxy: Annotated[SecretStr, AfterValidator(_proxy)] = SecretStr("")
    database_path: Path = Path("data/sosik.db")
    sources: Annotated[
        tuple[Annotated[str, AfterValidator(_source)], ...], NoDecode, BeforeValidator(_addresses)
    ] = ()
    channels: Annotated[
        tuple[Annotated[str, AfterValidator(_channel)], ...], NoDecode, BeforeValidator(_words)
    ] = ()
    operator_ids: Annotated[
        tuple[Annotated[int, Field(gt=0)], ...], NoDecode, BeforeValidator(_words)
    ] = ()
    author_ids: Annotated[
        tuple[Annotated[int, Field(gt=0)], ...], NoDecode, BeforeValidator(_words)
    ] = ()
    poll_interval: int = Field(default=600, ge=1, le=86400)
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Seoul"
    language: Annotated[str, AfterValidator(_language)] = DEFAULT
    digest_time: Annotated[int, BeforeValidator(_minutes)] = 9 * 60
    groups: ServePolicy | None = Field(default=None, exclude=True)
    """What SERVE was called before."""
    serve: ServePolicy = ServePolicy.APPROVED
    allow_private_sources: bool = False
    contact_url: Annotated[str, AfterValidator(_contact)] = ""
    slashpage_as_browser: bool = True
    litestream: bool = False
    backup_dir: Path | None = None
    """Where scheduled backups go; None: none are made."""
    backup_at: Annotated[int, BeforeValidator(_minutes)] = 4 * 60 + 30
    settle: SettlePolicy = SettlePolicy.PROBE
    health_listen: Annotated[str, AfterValidator(_listen)] = ""
    webhook_url: Annotated[str, AfterValidator(_webhook_url)] = ""
    webhook_listen: Annotated[str, AfterValidator(_listen)] = "127.0.0.1:8080"
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] = SecretStr("")
    webhook_ips: Annotated[
        tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_words)
    ] = ()
    ping_url: Annotated[SecretStr, AfterValidator(_ping)] = SecretStr("")
    sentry_dsn: Annotated[SecretStr, AfterValidator(_dsn)] = SecretStr("")
    log_format: LogFormat = LogFormat.CONSOLE

    @model_validator(mode="before")
    @classmethod
    def _take_old_names(cls, given: dict[str, Any]) -> dict[str, Any]:
        taken = dict(given)
        for old, new in OLD_NAMES.items():
            if new in taken:
                taken.pop(old, None)
            elif old in taken:
                taken[new] = taken[old]
        return taken

    @property
    def renamed(self) -> list[tuple[str, str]]:
        """The old names that were read, each with the one to write instead."""
        used = [(old, new) for old, new in OLD_NAMES.items() if old in self.model_fields_set]
        return [(old.upper(), new.upper()) for old, new in used]


class _Spoken(_Sources):
    """LANGUAGE alone, right or wrong."""

    language: str = ""


def spoken_language() -> str:
    """In which language to speak to whoever runs a command before the settings are read.

    That of LANGUAGE, also in gettext's form (`ko_KR:ko:en`), or of the locale (POSIX, 8.2:
    LC_ALL, LC_MESSAGES, LANG), or Korean.
    """
    named = ""
    with suppress(ValidationError, OSError, UnicodeError):  # they are told of when all is read
        named = _Spoken().language
    given = [os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    for name in (named, *given[0].split(":"), *given[1:]):
        tag = re.split("[.@]", name.strip())[0]
        if tag and tag not in {"C", "POSIX"}:
            return choose_language(tag)
    return DEFAULT


OLD_NAMES = {"groups": "serve"}
"""Settings that have a new name; the old one is read where the new one is not set."""
_OTHER = message("expected.other")
_TRUE_OR_FALSE = message("expected.one_of", values="true, false")


def _one_of(kinds: type[StrEnum]) -> dict[str, object]:
    return message("expected.one_of", values=", ".join(kinds))


_EXPECTED = {
    **dict.fromkeys(("operator_ids", "author_ids"), message("expected.users")),
    "poll_interval": message("expected.seconds"),
    "webhook_ips": message("expected.networks"),
    "groups": _one_of(ServePolicy),
    "serve": _one_of(ServePolicy),
    "settle": _one_of(SettlePolicy),
    "log_format": _one_of(LogFormat),
    **dict.fromkeys(
        ("allow_private_sources", "slashpage_as_browser", "litestream"), _TRUE_OR_FALSE
    ),
}


def load_settings(**given: Any) -> Settings:  # noqa: ANN401  # any setting may be given, of its own type
    """Read the settings; what is `given` counts before the environment, and that before .env.

    Those that are secret are taken out of every text from then on (bot.redaction).
    Raises SettingError for the first that is wrong, and for a .env that cannot be read.
    """
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise _setting_error(error) from None
    except OSError as error:
        raise SettingError("error.env_file", reason=reason_of(error)) from None
    except UnicodeError as error:
        raise SettingError("error.env_file", reason=reason_of(error)) from None
    hide_secrets(settings)
    return settings


def hide_secrets(settings: Settings) -> None:
    """Have what is secret of these taken out of every text that leaves the process from now on."""
    found = [getattr(settings, name) for name in secret_names()]
    hide(one.get_secret_value() for one in found if one is not None)


def secret_names() -> list[str]:
    """The settings that are secrets, by their type; one may be None where it is not set."""
    kinds = {name: one.annotation for name, one in Settings.model_fields.items()}
    return [name for name, kind in kinds.items() if SecretStr in {kind, *get_args(kind)}]


def _setting_error(error: ValidationError) -> SettingError:
    """The first that is wrong, as it was written: never a secret; of a proxy, its place."""
    first = error.errors()[0]
    name = str(first["loc"][0])
    cause = first.get("ctx", {}).get("error")
    expected = cause.message if isinstance(cause, Expected) else _EXPECTED.get(name, _OTHER)
    if isinstance(file := first["input"], SecretFromFile):
        values = {"name": file.setting, "path": file.path, "expected": expected}
        return SettingError("error.secret_content", **values)
    given = str(first["input"])
    is_proxy, is_secret = name == "telegram_proxy", name in secret_names()
    written = _without_password(given) if is_proxy else given
    written = shown_address(written) if name == "sources" else written
    shown = "…" if is_secret and not is_proxy else redact(written)[:SHOWN_CHARACTERS]
    return SettingError("error.setting", name=name.upper(), value=shown, expected=expected)


def require_token(settings: Settings) -> str:
    """The bot's token; SettingError where there is none."""
    token = settings.bot_token.get_secret_value()
    if not token:
        raise SettingError("error.no_token")
    return token


def prepare_environment() -> None:
    """Have python-telegram-bot give durations as timedeltas, as its next version will."""
    os.environ.setdefault("PTB_TIMEDELTA", "1")


def environment(**settings: object) -> dict[str, str]:
    """The environment for another process of ours: this one's, with `settings` in place of ours."""
    files = {f"{name}_FILE".upper() for name in _secrets(Settings)}
    ours = {name.upper() for name in (*Settings.model_fields, *files, CREDENTIALS)}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in ours}
    return kept | {name.upper(): str(value) for name, value in settings.items()}


class ServiceManager(NamedTuple):
    """What systemd waits to hear of: where, and how often at least (sd_notify(3))."""

    address: str
    """A path, or behind @ a name of Linux's own."""
    watchdog_seconds: float | None


def take_service_manager() -> ServiceManager | None:
    """Who started this process and waits to hear of it; asked once, for no child is to answer."""
    address = os.environ.pop("NOTIFY_SOCKET", "")
    microseconds = os.environ.pop("WATCHDOG_USEC", "")
    is_for_us = os.environ.pop("WATCHDOG_PID", "") in {"", str(os.getpid())}
    if not address.startswith(("/", "@")):
        return None
    is_watched = is_for_us and microseconds.isdecimal() and int(microseconds) > 0
    return ServiceManager(address, int(microseconds) / 1_000_000 if is_watched else None)


def has_display() -> bool:
    """Whether a browser that is opened here would be seen."""
    if sys.platform in {"darwin", "win32"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
