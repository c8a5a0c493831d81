"""`sosik check`: looks at each part that a start depends on, and says what to do where it fails.

A finding is a line of the report: what was looked at, whether it is right, and, where it is not, a
message that says what to do. Nothing is sent, and nothing changed but that the database is opened:
made where there is none, and brought up to date.
"""

from __future__ import annotations

import os
import shlex
import shutil
import stat
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from telegram import Bot, ChatMember, ChatMemberAdministrator, ChatMemberRestricted
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.config import ENV_FILE, ServePolicy, require_token, secret_files
from bot.delivery.wire import Wire
from bot.errors import SosikError, message
from bot.interaction.access import ADMINISTRATORS
from bot.locales import get_texts
from bot.pages.room_states import room_line
from bot.process.status import read_rooms
from bot.search.embedding import MODEL_MEGABYTES, is_installed
from bot.sources.formats.archive import parse_archive
from bot.sources.http.agents import agents_of
from bot.sources.http.network import trusted_authorities
from bot.sources.importing import address_of, read_file
from bot.sources.looking import look_at
from bot.updates.webhook import URL
from bot.updates.webhook_calls import webhook_info
from storage import archive_files, chats, facts, sources
from storage.database import Database, DatabaseError
from storage.lock import is_held
from storage.models import ChatKind, ChatState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.clock import Clock
    from bot.config import Settings
    from bot.pages.room_states import Room
    from bot.sources.http.fetch import Fetcher
    from bot.updates.webhook_calls import WebhookInfo
    from storage.models import Chat

LEAST_FREE_MEGABYTES = 200
GONE = frozenset({ChatMember.LEFT, ChatMember.BANNED})


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: message `key` with `values`, good or not."""

    good: bool
    key: str
    values: dict[str, Any] = field(default_factory=dict)


async def check(settings: Settings, clock: Clock, fetcher: Fetcher) -> list[Finding]:
    """Look at everything, also after something was found wrong."""
    findings = [_check_disk(settings)]
    known: list[Chat] = []
    own_webhook: str | None = None
    answers: Mapping[str, bool | None] = {}
    try:
        path = settings.database_path
        async with (
            Database.opened(path, copied=settings.litestream) as database,
            database.reader() as db,
        ):
            met = await chats.list_chats(db)
            rooms = await read_rooms(db, met)
            own_webhook = await facts.get_fact(db, URL)
            taken = {
                one.address: True for one in await sources.list_sources(db) if not one.ended_at
            }
            answers = {**taken, **await archive_files.list_answers(db)}
        known = [chat for chat in met if chat.state is ChatState.SERVED]
        findings.append(Finding(good=True, key="check.database", values={"chats": len(known)}))
        findings += _rooms(settings, rooms)
    except DatabaseError as error:
        said = message(error.key, **error.values) if error.key else str(error)
        findings.append(Finding(good=False, key="check.said", values={"said": said}))
    findings += _check_files(settings.database_path.absolute())
    findings += _check_backups(settings)
    findings += await _check_telegram(settings, known, own_webhook)
    findings += _check_emptiness(settings)
    findings += _check_name(settings)
    for one in settings.sources:
        findings += await _check_source(one, settings, fetcher, answers)
    findings += [_check_meaning(), _check_clock(settings, clock)]
    return findings


def _rooms(settings: Settings, rooms: Sequence[Room]) -> list[Finding]:
    """What each group and channel gets, or why it does not, by what the bot itself knows."""
    texts = get_texts(settings.language)
    return [
        Finding(not room.is_troubled, "check.said", {"said": room_line(texts, room)})
        for room in rooms
    ]


def _check_emptiness(settings: Settings) -> list[Finding]:
    """Settings that may be left out, and whose lack is most likely an oversight."""
    findings = []
    if not settings.sources:
        findings.append(Finding(good=False, key="check.no_sources"))
    if not settings.operator_ids and settings.serve is ServePolicy.APPROVED:
        findings.append(Finding(good=False, key="check.no_operators"))
    return findings


def _check_name(settings: Settings) -> list[Finding]:
    """How servers are asked, where an operator says who that is."""
    if not settings.contact_url:
        return []
    return [Finding(good=True, key="check.name", values={"name": agents_of(settings).own})]


def _check_disk(settings: Settings) -> Finding:
    folder = settings.database_path.absolute().parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // 1_000_000
    good = free >= LEAST_FREE_MEGABYTES
    key = "check.disk" if good else "check.disk.full"
    return Finding(good=good, key=key, values={"free": free, "least": LEAST_FREE_MEGABYTES})


def _check_files(database: Path) -> list[Finding]:
    """Whether the token and what people left can be read by this user alone, backups included."""
    beside = database.parent.glob(f"{escape(database.stem)}.*")
    kept = (*sorted(beside), ENV_FILE, *secret_files())
    files = [one for one in kept if one.is_file() and _is_open(one)]
    folders = [one for one in (database.parent,) if one.is_dir() and _is_open(one)]
    findings = [
        Finding(good=False, key="check.files.open", values={"mode": mode, "paths": _named(paths)})
        for mode, paths in (("600", files), ("700", folders))
        if paths
    ]
    return findings or [Finding(good=True, key="check.files")]


def _check_backups(settings: Settings) -> list[Finding]:
    """Whether the folder of scheduled backups can be written, and survives the database's disk."""
    folder = settings.backup_dir
    if folder is None:
        return []
    place = folder if folder.exists() else folder.absolute().parent
    values = {"folder": folder}
    if not (place.is_dir() and os.access(place, os.W_OK | os.X_OK)):
        return [Finding(good=False, key="check.backups.unwritten", values=values)]
    is_same = _is_same_disk(settings.database_path.absolute().parent, place)
    key = "check.backups.same_disk" if is_same else "check.backups"
    return [Finding(good=True, key=key, values=values)]


def _is_same_disk(one: Path, other: Path) -> bool:
    return one.exists() and one.stat().st_dev == other.stat().st_dev


def _is_open(path: Path) -> bool:
    """Whether other users may do anything with it. Windows tells by other means."""
    return os.name == "posix" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _named(paths: Sequence[Path]) -> str:
    return shlex.join(map(str, paths))


async def _check_telegram(
    settings: Settings, known: list[Chat], own_webhook: str | None
) -> list[Finding]:
    """The token, where updates go, and what the bot may do in each chat that it serves."""
    try:
        token = require_token(settings)
    except SosikError as error:
        return [Finding(good=False, key=error.key, values=error.values)]
    proxy = settings.telegram_proxy.get_secret_value() or None
    wire = Wire(1, verify=trusted_authorities(), proxy=proxy)  # the way that the bot itself takes
    base = f"{settings.telegram_api_url}/bot"
    bot = Bot(token, base_url=base, request=wire, get_updates_request=wire)
    try:
        async with bot:
            first = Finding(good=True, key="check.token", values={"name": bot.username})
            info = await webhook_info(wire, bot.base_url)
            runs = is_held(settings.database_path)
            webhook = _check_webhook(info, settings.webhook_url, own_webhook or "", runs=runs)
            wanted: list[tuple[int | str, str, ChatKind]] = [
                (chat.id, chat.title, chat.kind) for chat in known
            ]
            met = {str(chat.id) for chat in known}
            named = [one for one in settings.channels if one not in met]
            wanted += [(one, one, ChatKind.CHANNEL) for one in named]
            rights = [
                await _check_rights(bot, chat_id, title, kind)
                for chat_id, title, kind in wanted
                if kind is not ChatKind.PRIVATE
            ]
            return [first, *webhook, *rights]
    except InvalidToken:
        return [Finding(good=False, key="error.bad_token")]
    except TelegramError as error:
        values = {"address": settings.telegram_api_url, "reason": type(error).__name__}
        return [Finding(good=False, key="check.telegram", values=values)]


def _check_webhook(info: WebhookInfo, url: str, own: str, *, runs: bool) -> list[Finding]:
    """Whose webhook is set, of which the host alone is shown: its path may be a secret.

    `own` is the one that this bot set last. While it does not run, there is nothing that a start
    does not mend.
    """
    host = urlsplit(info.url or url).hostname or ""
    if info.url == url:
        if runs and info.waiting and info.failure:
            values = {"waiting": info.waiting, "why": info.failure}
            return [Finding(good=False, key="check.webhook.failing", values=values)]
        return [Finding(good=True, key="check.webhook", values={"host": host})] if url else []
    key = "unset" if not info.url else "earlier" if info.url == own else "foreign"
    if runs and key == "foreign":
        key = "elsewhere"
    return [Finding(not runs, f"check.webhook.{key}", {"host": host})]


async def _check_rights(bot: Bot, chat_id: int | str, title: str, kind: ChatKind) -> Finding:
    values = {"title": title or str(chat_id)}
    try:
        member = await bot.get_chat_member(chat_id, bot.id)
        may_write = await _may_write(bot, chat_id, member)
    except (BadRequest, Forbidden):
        return Finding(good=False, key="check.chat.gone", values=values)
    except TelegramError as error:
        values["reason"] = type(error).__name__
        return Finding(good=False, key="check.chat.unseen", values=values)
    key = _standing(member, kind, may_write=may_write)
    return Finding(key == "check.chat", key, values)


def _standing(member: ChatMember, kind: ChatKind, *, may_write: bool) -> str:
    """The finding about what the bot may do in a chat, the worst first."""
    posts = not isinstance(member, ChatMemberAdministrator) or member.can_post_messages is True
    if member.status in GONE:
        return "check.chat.gone"
    if not may_write:
        return "check.chat.mute"
    if member.status not in ADMINISTRATORS:
        return "check.chat.member"
    if kind is ChatKind.CHANNEL and not posts:
        return "check.chat.posting"
    if kind is ChatKind.CHANNEL and getattr(member, "can_edit_messages", None):
        return "check.chat.editing"
    return "check.chat"


async def _may_write(bot: Bot, chat_id: int | str, member: ChatMember) -> bool:
    """Whether a member may send messages; of a plain one, the group's own permissions say so."""
    if isinstance(member, ChatMemberRestricted):
        return member.is_member and member.can_send_messages
    if member.status != ChatMember.MEMBER:
        return True
    permissions = (await bot.get_chat(chat_id)).permissions
    return permissions is None or permissions.can_send_messages is not False


async def _check_source(
    address: str, settings: Settings, fetcher: Fetcher, answers: Mapping[str, bool | None]
) -> list[Finding]:
    if "://" not in address:
        return [_check_file(address, answers)]
    looks = await look_at(fetcher, address, allow_private=settings.allow_private_sources)
    return [Finding(one.good, one.key, one.values) for one in looks]


def _check_file(name: str, answers: Mapping[str, bool | None]) -> Finding:
    """`answers` are what was said of files, and True for the addresses of what is in already."""
    try:
        archive = parse_archive(read_file(Path(name)))
    except SosikError as error:
        return Finding(good=False, key=error.key, values=error.values)
    is_wanted = answers.get(name, answers.get(address_of(archive)))
    if is_wanted is False:
        return Finding(good=True, key="check.archive.left", values={"path": name})
    if archive.doubts and not is_wanted:
        reason = message(f"archive.doubt.{archive.doubts[0]}")
        values = {"path": name, "reason": reason}
        return Finding(good=False, key="check.archive.doubtful", values=values)
    found = {"posts": len(archive.posts), "path": name}
    return Finding(good=True, key="check.archive", values=found)


def _check_meaning() -> Finding:
    """Whether the extra that finds posts close in meaning is there; without it nothing lacks."""
    key = "check.meaning.on" if is_installed() else "check.meaning.off"
    return Finding(good=True, key=key, values={"megabytes": MODEL_MEGABYTES})


def _check_clock(settings: Settings, clock: Clock) -> Finding:
    """What the clock says, for a person to compare: nobody else is asked for the time."""
    local = clock.now().astimezone(ZoneInfo(settings.timezone))
    values = {"time": local.strftime("%Y-%m-%d %H:%M"), "zone": settings.timezone}
    return Finding(good=True, key="check.clock", values=values)
