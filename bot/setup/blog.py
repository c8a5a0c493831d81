"""A blog as setup looks at it: what is behind an address or a file, and its newest titles."""

from __future__ import annotations

import shlex
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.errors import InputError
from bot.sources.addresses import checked_address
from bot.sources.formats.archive import parse_archive
from bot.sources.http.agents import agents_of
from bot.sources.http.fetch import Fetcher
from bot.sources.importing import read_file
from bot.sources.reading import SourceReader
from bot.sources.worker import ProcessWorker
from bot.text.characters import clean_line
from storage.models import Source, SourceId, SourceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.config import Settings
    from bot.sources.entries import Entry

MOST_TITLES = 3


@dataclass(frozen=True, slots=True)
class Blog:
    """What is there. `source` is what stands for it in SOURCES."""

    source: str
    title: str
    posts: int
    titles: tuple[str, ...]
    """Of the newest posts, the newest first."""


async def look_at_each(answer: str, settings: Settings) -> list[Blog]:
    """What is behind each address or file that was typed. Raises SosikError for the first bad."""
    return [await _look(one, settings) for one in _split(answer)]


def _split(answer: str) -> list[str]:
    """One file whose name has blanks, or what blanks part; quotes keep together, as in a shell."""
    if _is_file(answer):
        return [answer]
    try:
        return shlex.split(answer)
    except ValueError as error:
        raise InputError("setup.blog.quotes", value=answer) from error


async def _look(answer: str, settings: Settings) -> Blog:
    if _is_file(answer):
        return _open(Path(answer))
    return await _read(checked_address(answer), settings)


def _open(path: Path) -> Blog:
    """An archive; SOURCES has no `~`, for no shell reads it."""
    place = path.expanduser()
    archive = parse_archive(read_file(place))
    newest = tuple(clean_line(post.title) for post in archive.posts[:MOST_TITLES])
    return Blog(str(place), clean_line(archive.title), len(archive.posts), newest)


def _is_file(answer: str) -> bool:
    """Whether it is a file's name; one that no file can have is an address, or nothing."""
    with suppress(OSError, ValueError, RuntimeError):  # too long; with a NUL; a home of nobody
        return "://" not in answer and Path(answer).expanduser().is_file()
    return False


async def _read(address: str, settings: Settings) -> Blog:
    async with (
        Fetcher(SystemClock(), agents=agents_of(settings)) as fetcher,
        ProcessWorker() as worker,
    ):
        read = await SourceReader(fetcher, worker).read(
            _unread(address), allow_private=settings.allow_private_sources
        )
    fetched = read.fetched
    entries = () if fetched is None else fetched.entries
    title = clean_line(fetched.title) if fetched is not None else ""
    return Blog(address, title or address, len(entries), _newest(entries))


def _newest(entries: Sequence[Entry]) -> tuple[str, ...]:
    """By their dates where all have one; otherwise as the blog orders them."""
    dated = [(one.published_at, one) for one in entries if one.published_at is not None]
    if len(dated) == len(entries):
        entries = [one for _, one in sorted(dated, key=lambda pair: pair[0], reverse=True)]
    return tuple(clean_line(one.title or one.link or "…") for one in entries[:MOST_TITLES])


def _unread(address: str) -> Source:
    """A source that was never asked: what kind it is, the answer shows."""
    return Source(
        id=SourceId(0),
        address=address,
        kind=SourceKind.FEED,
        title="",
        tagline="",
        etag=None,
        last_modified=None,
        next_poll_at=None,
        first_fetched_at=None,
        last_fetched_at=None,
        failures=0,
        last_error=None,
        error_told_at=None,
        ended_at=None,
        fetched_from=None,
    )
