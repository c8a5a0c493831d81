"""Who is next in a chat where several wait, and what is left out where one asks too much. Pure.

A person has a line in each chat, and the lines take turns. In a line at most `MOST_QUESTIONS`
wait that may be left out; of what sets a state, only the last waits. Whoever goes on asking faster
than Telegram lets a chat be answered is hasty: their turns come one by one, with a wait between.

Times are seconds of any clock that never goes back; the caller hands them in.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from bot.updates.raw import Raw
    from storage.models import InboxRow

MOST_QUESTIONS = 5
"""Of one person in one chat, waiting or being answered."""
MOST_WAITING = 25
"""Of one person in one chat, before pages are left out, too: buttons can be forged."""
MOST_DEEDS = 200
"""Of whatever kind: memory is finite."""
HASTY = 10
"""So many more than the usual pace makes hasty, a few quick ones do not."""
REMEMBERED = 20
"""More than so many are not counted: whoever stops is soon as free as before."""


class Reply(Enum):
    """What somebody gets for an update."""

    ANSWER = "answer"
    TOO_MUCH = "too much"
    """A line that says so, in place of an answer."""
    OVERTAKEN = "overtaken"
    """Nothing but the end of a press: a later one is answered."""


class Crowd(Enum):
    """What kind of place it is, by who else is there."""

    PRIVATE = "private"
    GROUP = "group"
    """Groups, and channels."""
    INLINE = "inline"
    """A person's inline queries, wherever they type them."""


class Intervals(NamedTuple):
    """How many seconds are from one turn of a person to the next."""

    usual: float
    """Whoever asks more often for a while becomes hasty."""
    hasty: float
    """What is granted then."""


INTERVALS = {
    Crowd.PRIVATE: Intervals(1.0, 3.0),
    Crowd.GROUP: Intervals(3.0, 6.0),
    Crowd.INLINE: Intervals(0.5, 1.0),
}
"""The usual ones are those at which Telegram lets a chat be answered (bot.delivery.lanes): one a
second, twenty a minute in a group. Half of the latter is kept for everybody else in the group."""


class Place(NamedTuple):
    """Where updates are handled one by one."""

    chat_id: int
    crowd: Crowd


@dataclass(frozen=True, slots=True)
class Ask:
    """What an update wants of the bot, as far as its turn depends on it."""

    place: Place
    person: int | None = None
    """Who wants it, by the id of a user or of the chat that they speak as; None: the chat itself
    (its membership, what a channel posts), which nobody can hurry and which is never left out."""
    thing: Hashable | None = None
    """Of what a person wants of one thing, only the last that waits counts; None: it is alone."""
    is_question: bool = False
    """Whether it may be left out where too many wait."""
    is_passing: bool = False
    """Whether it may be left out, silently, where very many do: a page that is turned."""
    is_stale: bool = False
    """Whether nobody waited for the answer any more when it came."""
    question: Hashable | None = None
    """What exactly is asked: who asks it again waits for that answer, and no more for an earlier
    one that is in doubt."""


@dataclass(eq=False, frozen=True, slots=True)
class Waiting:
    """An update that waits for its turn."""

    row: InboxRow
    raw: Raw
    ask: Ask
    reply: Reply = Reply.ANSWER
    doubts: int = 0
    """How often its answer came into doubt."""
    doubted_at: float | None = None
    """Since when it is."""


@dataclass(slots=True)
class _Account:
    calm_at: float
    """When what was asked will be forgotten, each request a usual pace later."""
    turn_at: float = float("-inf")
    is_told: bool = False


class Accounts:
    """How much each person asked in each place lately."""

    def __init__(self) -> None:
        self._accounts: dict[tuple[Place, int], _Account] = {}

    def __len__(self) -> int:
        """How many accounts are kept in memory."""
        return len(self._accounts)

    def note_request(self, place: Place, person: int, now: float) -> None:
        """Count a request, whatever becomes of it."""
        self._forget(now)
        usual = INTERVALS[place.crowd].usual
        account = self._accounts.get((place, person))
        if account is None or account.calm_at <= now:
            account = self._accounts[place, person] = _Account(now)
        account.calm_at = min(account.calm_at + usual, now + REMEMBERED * usual)

    def note_turn(self, place: Place, person: int, now: float) -> None:
        """Count a turn; there was a request for it."""
        if (account := self._accounts.get((place, person))) is not None:
            account.turn_at = now

    def free_at(self, place: Place, person: int) -> float:
        """When the next turn may begin; a time that is over: at once."""
        account = self._accounts.get((place, person))
        turn_at = float("-inf") if account is None else account.turn_at
        return min(turn_at + INTERVALS[place.crowd].hasty, self.hasty_until(place, person))

    def hasty_until(self, place: Place, person: int) -> float:
        """Until when turns come one by one; a time that is over: they do not."""
        account = self._accounts.get((place, person))
        if account is None:
            return float("-inf")
        return account.calm_at - HASTY * INTERVALS[place.crowd].usual

    def tell(self, place: Place, person: int) -> bool:
        """Whether it is to be said that it is too much: once, until all is forgotten."""
        account = self._accounts[place, person]
        is_told, account.is_told = account.is_told, True
        return not is_told

    def _forget(self, now: float) -> None:
        """Drop accounts that do not count any more; two a call keep the memory flat."""
        for _ in range(min(2, len(self._accounts))):
            key = next(iter(self._accounts))
            account = self._accounts.pop(key)
            if account.calm_at > now:
                self._accounts[key] = account


class Turns:
    """What waits in one place, a line for each person."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._lines: dict[int | None, dict[Hashable, Waiting]] = {}
        """The line whose turn is next comes first."""
        self._refused: deque[Waiting] = deque()
        self._under_way: Waiting | None = None

    def add(self, one: Waiting, now: float) -> Waiting | None:
        """Let an update wait. What is left out for it: an earlier one, or itself; None: nothing."""
        person = one.ask.person
        if person is not None:
            self._accounts.note_request(one.ask.place, person, now)
            if self._is_too_much(one.ask, person):
                return self._refuse(one, person)
        line = self._lines.setdefault(person, {})
        key = one.row.update_id if one.ask.thing is None else (one.ask.thing,)
        replaced = line.pop(key, None)
        line[key] = one
        return replaced

    def _is_too_much(self, ask: Ask, person: int) -> bool:
        line = self._lines.get(person, {})
        if ask.thing is not None and (ask.thing,) in line:
            return False
        questions = sum(one.ask.is_question for one in line.values())
        now = self._under_way
        if now is not None and now.ask.person == person and now.reply is Reply.ANSWER:
            questions += now.ask.is_question
        if ask.is_question and questions >= MOST_QUESTIONS:
            return True
        is_lesser = ask.is_question or ask.is_passing
        return len(line) >= (MOST_WAITING if is_lesser else MOST_DEEDS)

    def _refuse(self, one: Waiting, person: int) -> Waiting | None:
        if one.ask.is_passing or not self._accounts.tell(one.ask.place, person):
            return one
        self._refused.append(Waiting(one.row, one.raw, one.ask, reply=Reply.TOO_MUCH))
        return None

    def take(self, now: float) -> Waiting | None:
        """The next whose turn it is; the one that was taken before has been handled."""
        self._under_way = self._refused.popleft() if self._refused else self._take_from_lines(now)
        return self._under_way

    def _take_from_lines(self, now: float) -> Waiting | None:
        for person, line in self._lines.items():
            one = next(iter(line.values()))
            if self._free_at(one.ask) <= now:
                del self._lines[person], line[next(iter(line))]
                if line:
                    self._lines[person] = line
                if person is not None:
                    self._accounts.note_turn(one.ask.place, person, now)
                return one
        return None

    def next_at(self) -> float | None:
        """When `take` may have another one, should none come until then; None: nobody waits."""
        heads = [next(iter(line.values())) for line in self._lines.values()]
        return min((self._free_at(one.ask) for one in heads), default=None)

    def take_doubted(self, person: int) -> list[Waiting]:
        """What a person waits for once more, for its answer may not have arrived."""
        line = self._lines.get(person, {})
        doubted = {key: one for key, one in line.items() if one.doubts}
        for key in doubted:
            del line[key]
        if doubted and not line:
            del self._lines[person]
        return list(doubted.values())

    def of(self, person: int | None) -> Iterator[Waiting]:
        """What one person waits for, in order."""
        yield from self._lines.get(person, {}).values()

    def _free_at(self, ask: Ask) -> float:
        return (
            float("-inf") if ask.person is None else self._accounts.free_at(ask.place, ask.person)
        )
