"""What a campaign came to: Telegram's record against what was published, row by row."""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from benchmarks.crash.life import SECOND
from benchmarks.crash.places import numbers_in, rows, scheduled_title, title_of
from bot.locales import all_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.crash.life import Life
    from benchmarks.crash.places import Place
    from bot.simulator.messages import Message

LOST, DOUBLED, ORDER = "lost", "doubled", "out of order"
MISSING, UNTIED = "reactions missing", "reactions untied"
NO_DIGEST, TWICE = "digests missing", "digests doubled"
UNDONE = "deeds undone"
NO_EDITION, EDITION_TWICE = "editions missing", "editions doubled"
UNSCHEDULED, SCHEDULED_TWICE = "scheduled missing", "scheduled doubled"
STAYS, NOT_PINNED = "answers that stay", "not pinned"
SHOWN = "taken down and shown"
WRONG = (
    *(LOST, DOUBLED, ORDER, MISSING, UNTIED, NO_DIGEST, TWICE, NO_EDITION, EDITION_TWICE, UNDONE),
    *(UNSCHEDULED, SCHEDULED_TWICE, STAYS, NOT_PINNED, SHOWN),
)
SKEW_SECONDS = 5
"""So much the hurried clocks of the bot and of Telegram may be apart on a busy machine."""
_DOWN = all_texts()["ko"]("post.taken_down")
SOON_SECONDS = 600
"""An answer that goes later than that is let be."""
_CARDS = """
SELECT title FROM messages JOIN posts ON posts.id = post_id WHERE chat_id = ? AND message_id = ?
"""
_SETS = """
SELECT actor_id, emoji FROM reaction_sets
WHERE chat_id = ? AND message_id = ? AND emoji <> '[]'
"""
_TOTALS = "SELECT counts FROM reaction_totals WHERE chat_id = ? AND message_id = ?"
_VOTES = "SELECT 1 FROM votes WHERE chat_id = ? AND message_id = ? AND actor_id = ?"
_SEEN = "SELECT 1 FROM inbox_seen WHERE update_id = ?"
_OPEN = """
SELECT 1 FROM outbox JOIN chats ON chats.id = chat_id
WHERE outbox.state IN ('pending', 'sending', 'unknown') AND chats.state = 'served'
UNION ALL SELECT 1 FROM spreads
UNION ALL SELECT 1 FROM inbox
UNION ALL SELECT 1 FROM drafts WHERE due_at IS NOT NULL
UNION ALL SELECT 1 FROM pins JOIN chats ON chats.id = chat_id
WHERE wanted_id IS NOT NULL AND chats.state = 'served'
UNION ALL SELECT 1 FROM cleanups JOIN chats ON chats.id = chat_id
WHERE due_at < ? AND chats.state = 'served'
UNION ALL SELECT 1 FROM messages JOIN chats ON chats.id = chat_id
WHERE delete_at IS NOT NULL AND chats.state = 'served'
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was promised."""

    what: str
    place: Place
    row: str
    number: int = 0
    """Of the post, 0 for none."""


def is_at_rest(life: Life) -> bool:
    """Whether nothing is open any more."""
    return not rows(life.stage.database, _OPEN, int(time.time()) + SOON_SECONDS)


def findings(life: Life) -> list[Finding]:
    """All that is wrong now."""
    found: list[Finding] = []
    for place in life.stage.places:
        found += _pushes(place, life.published)
        found += _reactions(life, place)
        if place.digests:
            found += _digests(place, life.published)
        if place.quiet is not None and not place.is_out:
            found += _settings(life, place)
        found += [*_editions(place), *_scheduled(life, place), *_reworded(life, place)]
        if place.is_tidy and place not in life.left:
            found += [*_pinned(life, place), *answers_that_stay(life, place)]
        if place not in life.left:
            found += _withdrawn(life, place)
    return [*found, *_votes(life), *_forgotten(life)]


def _pushes(place: Place, last: int) -> Iterator[Finding]:
    there, moved = Counter(place.has()), place.out_of_reach()
    for number in place.wanted(last):
        if number not in there:
            yield Finding(LOST, place, title_of(number), number)
    for number, copies in there.items():
        if copies > 1 and number not in moved:
            yield Finding(DOUBLED, place, f"{title_of(number)} {copies} times", number)
    firsts = list(dict.fromkeys(n for _, some in place.pushes() for n in some))
    for before, after in pairwise(firsts):
        if before > after:
            yield Finding(ORDER, place, f"{title_of(before)} before {title_of(after)}", after)


def _digests(place: Place, last: int) -> Iterator[Finding]:
    there = Counter(place.has_digested())
    for number in range(place.first, last + 1):
        if number not in there and number not in place.undigested:
            yield Finding(NO_DIGEST, place, title_of(number), number)
    for number, copies in there.items():
        if copies > 1:
            yield Finding(TWICE, place, f"{title_of(number)} in {copies}", number)


def _editions(place: Place) -> Iterator[Finding]:
    due = [at for at in place.editions if at < time.time()]
    there = [one.date for one in place.has_editions()]
    for at, end in pairwise([*due, math.inf]):
        copies = sum(at <= one + SKEW_SECONDS < end for one in there)
        if copies != 1:
            what = EDITION_TWICE if copies else NO_EDITION
            yield Finding(what, place, f"{copies} of {time.ctime(at)}")


def _scheduled(life: Life, place: Place) -> Iterator[Finding]:
    """Each is there once; what may be twice in what was the group is out of reach."""
    there = [(one.chat, n) for one, some in place.scheduled() if not one.is_deleted for n in some]
    expired = {0, *life.stage.sim.updates.expired}
    undone = {number for number, update_id in life.by_hand.items() if update_id in expired}
    for number in range(1, life.scheduled + 1):
        chats = [chat for chat, n in there if n == number]
        if not chats and number not in place.unscheduled | undone:
            yield Finding(UNSCHEDULED, place, scheduled_title(number))
        if len(chats) > 1 and place.room.chat in chats:
            yield Finding(SCHEDULED_TWICE, place, f"{scheduled_title(number)} {len(chats)} times")


def _reworded(life: Life, place: Place) -> Iterator[Finding]:
    """What was said last about a page stands above its card, and nothing that was never said."""
    expired = {0, *life.stage.sim.updates.expired}
    said = {n: SECOND for n, update_id in life.reworded.items() if update_id not in expired}
    for message, numbers in place.scheduled():
        is_here = message.chat is place.room.chat and not message.is_deleted
        if is_here and numbers[0] in said and not message.text.startswith(said[numbers[0]]):
            yield Finding(UNDONE, place, f"{scheduled_title(numbers[0])}: {message.text[:20]}")


def _withdrawn(life: Life, place: Place) -> Iterator[Finding]:
    """What was taken down is in no chat any more, and the press was not lost."""
    expired = life.stage.sim.updates.expired
    for number, update_id in life.withdrawn.items():
        if update_id in expired:
            continue
        if not rows(life.stage.database, _SEEN, update_id):
            yield Finding(UNDONE, place, f"{title_of(number)} was not taken down", number)
        cards = [one for one in place.cards() if one.chat is place.room.chat]
        if any(numbers_in(one.text) == [number] and _DOWN not in one.text for one in cards):
            yield Finding(SHOWN, place, title_of(number), number)


def _is_withdrawn(life: Life, message: Message) -> bool:
    return message.is_deleted and bool(life.withdrawn.keys() & set(numbers_in(message.text)))


def _pinned(life: Life, place: Place) -> Iterator[Finding]:
    """The newest is pinned; nothing, where that was taken down."""
    newest = place.newest()
    gone = [one.id for one, _ in place.pushes() if _is_withdrawn(life, one)]
    if newest is None or newest.id < max(gone, default=0):
        return
    wanted = [newest.id]
    if place.room.chat.pinned != wanted:
        yield Finding(NOT_PINNED, place, f"pinned {place.room.chat.pinned}, wanted {wanted}")


def answers_that_stay(life: Life, place: Place) -> Iterator[Finding]:
    """Of what was asked, an answer is gone, and the question with it.

    One that came into doubt and was given up as too old is nobody's, should it be there after all.
    """
    for asked, words in life.questions:
        if asked is not place:
            continue
        told = [one for one in place.room.chat.messages.values() if words in one.text]
        answers = [one for one in told if one.is_ours]
        gone = {one.is_ours for one in told if one.is_deleted}
        is_unknown = not gone and len(answers) == 1 and _is_unknown(life, place, answers[0])
        if answers and gone != {True, False} and not is_unknown:
            yield Finding(STAYS, place, f"{words}: {len(told)}, gone {gone}")


def _is_unknown(life: Life, place: Place, answer: Message) -> bool:
    is_known = (answer.chat.id, answer.id) in life.known
    return not is_known and life.was_in_doubt(place, answer.date)


def _reactions(life: Life, place: Place) -> Iterator[Finding]:
    for message in place.cards():
        if message.reactions:
            yield from _of_card(life, place, message)


def _of_card(life: Life, place: Place, message: Message) -> Iterator[Finding]:
    path, at = life.stage.database, (message.chat.id, message.id)
    (number,) = numbers_in(message.text)
    shown = [row["title"] for row in rows(path, _CARDS, *at)]
    given = {actor: sorted(str(one) for one in some) for actor, some in message.reactions.items()}
    if place.kind == "channel":
        totals = [json.loads(row["counts"]) for row in rows(path, _TOTALS, *at)]
        kept = dict(totals[0]) if totals else {}
        wanted: object = dict(Counter(emoji for some in given.values() for emoji in some))
    else:
        kept = {row["actor_id"]: json.loads(row["emoji"]) for row in rows(path, _SETS, *at)}
        wanted = given
    if kept != wanted:
        yield Finding(MISSING, place, f"{title_of(number)}: {wanted}, kept {kept}", number)
    if shown != [title_of(number)]:
        yield Finding(UNTIED, place, f"{title_of(number)}: message {at} shows {shown}", number)


def _votes(life: Life) -> Iterator[Finding]:
    """What was pressed once or thrice is there, what twice is not.

    Telegram keeps a press for two and a half minutes: one that the bot never got is none.
    """
    database, expired = life.stage.database, life.stage.sim.updates.expired
    for (place, chat_id, message_id), presses in life.voted.items():
        if any(_is_withdrawn(life, one) for one in place.messages() if one.id == message_id):
            continue
        taken = {one for one in presses if rows(database, _SEEN, one)}
        kept = rows(database, _VOTES, chat_id, message_id, place.owner.id)
        missed = set(presses) - taken - expired
        if missed or len(kept) != len(taken) % 2:
            told = f"a vote on {message_id} came {len(taken)} times, kept {len(kept)}"
            yield Finding(UNDONE, place, f"{told}; not taken: {len(missed)}")


def _settings(life: Life, place: Place) -> Iterator[Finding]:
    found = rows(life.stage.database, "SELECT * FROM chats WHERE id = ?", place.room.id)
    kept = [(row["quiet_start"], row["quiet_end"]) for row in found]
    if kept != [place.quiet]:
        yield Finding(UNDONE, place, f"quiet hours {place.quiet}, kept {kept}")


def _forgotten(life: Life) -> Iterator[Finding]:
    for person in life.forgotten:
        if rows(life.stage.database, "SELECT 1 FROM chats WHERE id = ?", person):
            yield Finding(UNDONE, life.stage.places[0], f"{person} is not forgotten")


def unanswered(life: Life) -> int:
    """How many questions got no answer."""
    return sum(
        not any(
            words in message.text and message.is_ours
            for room in place.rooms
            for message in room.chat.messages.values()
        )
        for place, words in life.questions
    )


def out_of_reach(life: Life) -> int:
    """How many posts are twice where nothing can be taken back."""
    return sum(len(place.out_of_reach()) for place in life.stage.places)


def taken_back(life: Life) -> int:
    """How many copies were deleted, so that one is there."""
    told = [message for place in life.stage.places for message, _ in place.pushes()]
    return sum(message.is_deleted and not _is_withdrawn(life, message) for message in told)


def tracebacks(life: Life) -> int:
    """How many failures nobody foresaw are in the log."""
    text = life.stage.log.read_text(encoding="utf-8", errors="replace")
    return text.count("Traceback (most recent call last)")
