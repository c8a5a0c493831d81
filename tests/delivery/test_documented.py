"""The figures of docs/delivery.md are those of the program."""

from __future__ import annotations

import re

from bot.delivery.lanes import DEFAULT_LIMITS, GRACE_SECONDS, Lanes, Priority
from bot.delivery.mutes import AT_MOST, EVERY_SECONDS
from bot.delivery.outage import KNOCKS
from bot.delivery.rate import LATE_TURNS
from tests.runs import ROOT

SAID = " ".join((ROOT / "docs" / "delivery.md").read_text(encoding="utf-8").split())


def figures(pattern: str) -> list[float]:
    """The groups of a pattern that stands in the document once."""
    (found,) = re.findall(pattern, SAID)
    return [float(one) for one in (found if isinstance(found, tuple) else (found,))]


def test_the_limits() -> None:
    limits = DEFAULT_LIMITS
    assert figures(r"the bot \| (\S+) under way or answered within the last (\S+) s") == [
        limits.overall,
        limits.overall_seconds,
    ]
    assert figures(r"a chat \| (\S+) in (\S+) s") == [limits.chat, limits.chat_seconds]
    assert figures(r"a group or channel \| (\S+) in (\S+) s") == [
        limits.group,
        limits.group_seconds,
    ]
    assert figures(r"waits of up to (\d+) s in all") == [limits.patience_seconds]


def test_who_goes_before_whom() -> None:
    assert list(Priority) == sorted(GRACE_SECONDS), "five classes, none of them another's name"
    assert len(Priority) == 5
    said = figures(
        r"a digest counts as a reply that came (\d+) s later, a post (\d+) s, an edit (\d+) s"
    )
    notice, *others = (GRACE_SECONDS[one] for one in Priority)
    assert others == [0.0, *said]
    assert notice < 0
    assert DEFAULT_LIMITS.group_kept == 1, "of a group's twenty the last"


def test_what_is_slower_for_a_reason() -> None:
    limits = DEFAULT_LIMITS
    milliseconds, a_second = figures(r"with (\d+) ms, (\d+) a second")
    assert a_second == int(limits.overall / (limits.overall_seconds + milliseconds / 1000))
    assert figures(r"what was under way, at most (\d+), is in doubt") == [limits.overall]
    assert figures(r"ever more rarely, up to (\d+) s apart") == [KNOCKS.after(100)]
    assert figures(r"(\d+) groups a round") == [AT_MOST]
    assert "every ten minutes getChat is asked" in SAID
    assert EVERY_SECONDS == 600.0


def test_a_loop_that_was_late_makes_up_for_two_turns() -> None:
    """Those two, and the one that is due, leave at once; the others wait for theirs."""
    lanes = Lanes()
    spread = DEFAULT_LIMITS.overall_seconds / DEFAULT_LIMITS.overall
    for chat in range(1, 9):
        lanes.add(chat, Priority.PUSH, 0.0)
    at_once = [lanes.take(10 * spread) for _ in range(8)]
    assert len([one for one in at_once if one is not None]) == LATE_TURNS + 1 == 3
