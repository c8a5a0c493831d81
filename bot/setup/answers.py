"""What somebody types as an answer to setup, read. Pure.

Each raises InputError, whose message says what was wrong and how it is written.
"""

from __future__ import annotations

import re

from bot.config import CHANNEL, TOKEN
from bot.errors import InputError

_SKIPPING = frozenset({"-", "none", "없음"})
_BY_LINK = frozenset({"link", "링크", "forward", "전달"})
_USER = re.compile(r"[0-9]{1,15}")
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_ADDRESS = re.compile(r"(?:https?://)?(?:t\.me|telegram\.me|telegram\.dog)/", re.IGNORECASE)
_BEFORE_A_NAME = frozenset({"c", "s"})
"""`t.me/c/1234567890/12` is a message of the channel -1001234567890 (Telegram API, chat ids), and
`t.me/s/name` a channel in the browser."""
_INVITATION = "joinchat"


def skips(answer: str) -> bool:
    """Whether a setting is to be left out."""
    return answer.casefold() in _SKIPPING


def waits(answer: str) -> bool:
    """Whether what somebody does in Telegram is to be waited for: opens a link, or forwards."""
    return answer.casefold() in _BY_LINK


def parse_token(answer: str) -> str:
    """The token among what was pasted, as @BotFather writes it."""
    for word in answer.split():
        if TOKEN.fullmatch(word):
            return word
    raise InputError("setup.token.shape")


def parse_users(answer: str, bot_id: int) -> tuple[int, ...]:
    """The numbers of users."""
    numbers = []
    for word in answer.replace(",", " ").split():
        if not _USER.fullmatch(word) or not int(word):
            raise InputError("setup.operator.shape", value=word)
        if int(word) == bot_id:
            raise InputError("setup.operator.bot")
        numbers.append(int(word))
    return tuple(dict.fromkeys(numbers))


def parse_channels(answer: str) -> tuple[str, ...]:
    """Names with @, or numbers, as getChat takes them; also from addresses at t.me."""
    words = answer.replace(",", " ").split()
    if not words:
        raise InputError("setup.channel.shape", value=answer)
    return tuple(dict.fromkeys(_channel(word) for word in words))


def _channel(word: str) -> str:
    found = _ADDRESS.match(word)
    name = _named(word[found.end() :]) if found else word
    if _NUMBER.fullmatch(name):
        return name if name.startswith("-") else f"-100{name}"
    if CHANNEL.fullmatch(f"@{name.removeprefix('@')}"):
        return f"@{name.removeprefix('@')}"
    key = "setup.channel.invitation" if found else "setup.channel.shape"
    raise InputError(key, value=word)


def _named(path: str) -> str:
    """The channel that an address at t.me names; empty where it is an invitation's."""
    parts = path.split("?", maxsplit=1)[0].strip("/").split("/")
    if parts[0] in _BEFORE_A_NAME:
        parts = parts[1:]
    return parts[0] if parts and parts[0] != _INVITATION else ""
