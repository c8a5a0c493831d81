"""The chats of a campaign, and what each of them should have got."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.chats import NIGHT
from bot.locales import all_texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.simulator.messages import Message
    from bot.simulator.people.people import Person
    from bot.simulator.people.rooms import Room

TITLE, SCHEDULED = re.compile(r"글[0-9]{4}번"), re.compile(r"예약[0-9]{4}번")
_MORE = re.compile(re.escape(all_texts()["ko"].count("list.more", 7)).replace("7", "([0-9]+)"))
ASKED = "뭽뷁"
"""In each question, so that no answer is taken for a push."""
_TEXTS = all_texts()["ko"]
EDITION = _TEXTS("edition.title.week")
DIGEST, LIKED = _TEXTS("digest.title"), _TEXTS("digest.liked")


@dataclass(eq=False)
class Place:
    """A chat; one that became a supergroup has two rooms, of which the last one lives.

    `excused` are posts that it need not have: they came while the bot was out, or may have waited
    for it then, and are dropped where it comes back.
    """

    kind: str
    rooms: list[Room]
    owner: Person
    digests: bool
    first: int
    """The number of the first post that it should get."""
    excused: set[int] = field(default_factory=set)
    undigested: set[int] = field(default_factory=set)
    """Likewise, in digests."""
    unscheduled: set[int] = field(default_factory=set)
    """Likewise, of what was scheduled."""
    is_out: bool = False
    since: float = 0.0
    """When the bot was brought there last, in unix seconds."""
    is_tidy: bool = False
    """What comes by itself is pinned there, answers are deleted, and weekly editions are chosen."""
    editions: list[float] = field(default_factory=list)
    """When its weekly editions were to come, in unix seconds; none while the bot was out."""
    quiet: tuple[int, int] | None = None
    """The quiet hours that were typed last, minutes after midnight."""

    @property
    def room(self) -> Room:
        """The one that lives."""
        return self.rooms[-1]

    @property
    def name(self) -> str:
        """For a report."""
        return f"{self.kind} {self.room.id}"

    def messages(self) -> Iterator[Message]:
        """All that the bot ever sent, in order, also what was deleted."""
        for room in self.rooms:
            yield from (one for one in room.chat.messages.values() if one.is_ours)

    def pushes(self) -> Iterator[tuple[Message, list[int]]]:
        """Its cards and lists, with the numbers of their posts."""
        for message in self._told():
            numbers = numbers_in(message.text)
            if numbers:
                yield message, numbers

    def scheduled(self) -> Iterator[tuple[Message, list[int]]]:
        """Likewise, with the numbers of what was scheduled."""
        for message in self._told():
            numbers = [int(one[2:-1]) for one in dict.fromkeys(SCHEDULED.findall(message.text))]
            if numbers:
                yield message, numbers

    def _told(self) -> Iterator[Message]:
        """What came by itself, or looks so, less digests and editions."""
        for message in self.messages():
            is_other = is_digest(message) or is_edition(message) or ASKED in message.text
            if message.reply_to is None and not is_other:
                yield message

    def digest_messages(self) -> Iterator[tuple[Message, list[int]]]:
        """Its digests, with the numbers of the posts that are new in them."""
        for message in self.messages():
            if is_digest(message):
                yield message, numbers_in(message.text.partition(LIKED)[0])

    def has_editions(self) -> list[Message]:
        """The weekly editions that are there."""
        return [one for one in self.messages() if is_edition(one) and not one.is_deleted]

    def newest(self) -> Message | None:
        """The last of all that came by itself and is there."""
        pushes = [*self.pushes(), *self.scheduled(), *self.digest_messages()]
        told = [message for message, _ in pushes]
        here = [one for one in told if one.chat is self.room.chat and not one.is_deleted]
        return max([*here, *self.has_editions()], key=lambda one: one.id, default=None)

    def has(self) -> list[int]:
        """The posts that are there, in order."""
        return [n for message, some in self.pushes() if not message.is_deleted for n in some]

    def out_of_reach(self) -> set[int]:
        """The posts that are twice in what was the group, and not in the supergroup.

        Nothing can be taken back there.
        """
        here = {n for m, some in self.pushes() if m.chat is self.room.chat for n in some}
        return {number for number, copies in Counter(self.has()).items() if copies > 1} - here

    def has_digested(self) -> list[int]:
        """The posts that are new in the digests that are there."""
        told = self.digest_messages()
        return [n for message, some in told if not message.is_deleted for n in some]

    def excuse(self, last: int) -> None:
        """It is put out now: what it has not got of the posts up to `last`, it need not get."""
        self.editions.clear()
        posts = set(range(1, last + 1))
        self.excused |= posts - set(self.has())
        self.undigested |= posts - set(self.has_digested())

    def wanted(self, last: int) -> list[int]:
        """The posts up to `last` that must be there."""
        return [n for n in range(self.first, last + 1) if n not in self.excused]

    def cards(self) -> list[Message]:
        """The cards of one post that are there."""
        return [
            message
            for message, numbers in self.pushes()
            if len(numbers) == 1 and not message.is_deleted
        ]


def is_digest(message: Message) -> bool:
    """Whether it is a digest."""
    return message.text.startswith(DIGEST)


def is_edition(message: Message) -> bool:
    """Whether it is a weekly edition."""
    return message.text.startswith(EDITION)


def numbers_in(text: str) -> list[int]:
    """The numbers of the posts whose titles a text has, each once, in order.

    A long list says how many more there are: those that follow.
    """
    found = [int(one[1:-1]) for one in dict.fromkeys(TITLE.findall(text))]
    more = _MORE.search(text)
    return found + [found[-1] + n for n in range(1, int(more[1]) + 1)] if more else found


def title_of(number: int) -> str:
    """The title of a post."""
    return f"글{number:04}번"


def scheduled_title(number: int) -> str:
    """The title of a page that was scheduled."""
    return f"예약{number:04}번"


def rows(path: Path, sql: str, *values: object) -> list[sqlite3.Row]:
    """What the bot's database says now, whether the bot runs or not."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as db:
        db.row_factory = sqlite3.Row
        return db.execute(sql, values).fetchall()


def unready(path: Path, places: list[Place]) -> list[Place]:
    """The chats that do not take every post now: the bot is out, or does not know that it is in.

    A new group has quiet hours at night until its administrator ends them.
    """
    known = {row["id"]: row for row in rows(path, "SELECT * FROM chats WHERE state = 'served'")}
    return [place for place in places if place.is_out or not _is_ready(place, known)]


def _is_ready(place: Place, known: dict[int, sqlite3.Row]) -> bool:
    found = [known[room.id] for room in place.rooms if room.id in known]
    return any(
        one["joined_at"] >= int(place.since) and one["quiet_start"] != NIGHT.start for one in found
    )
