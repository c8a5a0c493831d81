"""The settings: read once from the environment and `.env`, checked, and frozen.

A wrong one raises SettingError with its name, its value (never the token's) and what it should be.
"""

from __future__ import annotations

import os
import re
from datetime import time
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingError

TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{20,}")
CHANNEL = re.compile(r"-?\d+|@[A-Za-z]\w{3,31}")


class GroupPolicy(StrEnum):
    """Which groups are served."""

    APPROVED = "approved"
    OPEN = "open"


class LogFormat(StrEnum):
    """How logs are written."""

    CONSOLE = "console"
    JSON = "json"


class Expected(ValueError):  # noqa: N818  # it names what was expected, and is caught below
    """Carries what a setting should have been."""


def _words(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


def _token(value: SecretStr) -> SecretStr:
    if value.get_secret_value() and not TOKEN.fullmatch(value.get_secret_value()):
        raise Expected("the token that @BotFather gave, like 123456:ABC-DEF…")
    return value


def _api_url(value: str) -> str:
    parts = urlsplit(value)
    host = parts.hostname or ""
    if parts.scheme == "https" and host:
        return value.rstrip("/")
    if parts.scheme == "http" and _is_private(host):
        return value.rstrip("/")
    raise Expected("an https address, or http with a private address")


def _is_private(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host and bool(host)


def _channel(value: str) -> str:
    if not CHANNEL.fullmatch(value):
        raise Expected("channel ids like -1001234567890, or @names")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise Expected("a zone of the IANA database, like Asia/Seoul") from error
    return value


def _language(value: str) -> str:
    if value not in {"ko", "en"}:
        raise Expected("ko or en")
    return value


def _minutes(value: object) -> object:
    if isinstance(value, int):
        return value
    try:
        at = time.fromisoformat(str(value))
    except ValueError as error:
        raise Expected("a time of day, like 09:00") from error
    return at.hour * 60 + at.minute


def _listen(value: str) -> str:
    host, colon, port = value.rpartition(":")
    if value and not (port.isdigit() and 0 < int(port) < 65536 and bool(host) == bool(colon)):  # noqa: PLR2004  # the last port
        raise Expected("a port, or address:port, like 127.0.0.1:8080")
    return value if not value or colon else f"127.0.0.1:{value}"


class Settings(BaseSettings):
    """Every setting, by the name it has in the environment (design.md's table)."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    bot_token: Annotated[SecretStr, AfterValidator(_token)] = SecretStr("")
    telegram_api_url: Annotated[str, AfterValidator(_api_url)] = "https://api.telegram.org"
    database_path: Path = Path("data/sosik.db")
    sources: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)] = ()
    channels: Annotated[
        tuple[Annotated[str, AfterValidator(_channel)], ...], NoDecode, BeforeValidator(_words)
    ] = ()
    operator_ids: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_words)] = ()
    poll_interval: int = Field(default=600, ge=1, le=86400)
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Seoul"
    language: Annotated[str, AfterValidator(_language)] = "ko"
    digest_time: Annotated[int, BeforeValidator(_minutes)] = 9 * 60
    groups: GroupPolicy = GroupPolicy.APPROVED
    allow_private_sources: bool = False
    health_listen: Annotated[str, AfterValidator(_listen)] = ""
    log_format: LogFormat = LogFormat.CONSOLE


_EXPECTED = {
    "operator_ids": "user ids: whole numbers, separated by spaces",
    "poll_interval": "seconds, from 1 to 86400",
    "groups": "approved or open",
    "allow_private_sources": "true or false",
    "log_format": "console or json",
}


def load_settings(**given: Any) -> Settings:  # noqa: ANN401  # any setting may be given, of its own type
    """Read the settings; what is `given` counts before the environment.

    Raises SettingError for the first that is wrong.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        cause = first.get("ctx", {}).get("error")
        expected = str(cause) if isinstance(cause, Expected) else _EXPECTED.get(name, first["msg"])
        shown = "…" if name == "bot_token" else str(first["input"])
        raise SettingError(
            "error.setting", name=name.upper(), value=shown, expected=expected
        ) from None


def require_token(settings: Settings) -> str:
    """The bot's token; SettingError where there is none."""
    token = settings.bot_token.get_secret_value()
    if not token:
        raise SettingError("error.no_token")
    return token


def environment(**settings: object) -> dict[str, str]:
    """The environment for another process of ours: this one's, with `settings` in place of ours."""
    ours = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in ours}
    return kept | {name.upper(): str(value) for name, value in settings.items()}
