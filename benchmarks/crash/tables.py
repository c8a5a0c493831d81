"""What a campaign came to, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.crash.audit import WRONG, Finding
from benchmarks.crash.life import AMBIGUOUS
from benchmarks.crash.points import ANY, POINTS, RANDOM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.crash.campaign import Outcome

KIND_ORDER = ("channel", "supergroup", "group", "migrated", "private")


def tables(outcomes: Sequence[Outcome]) -> dict[str, list[dict[str, object]]]:
    """By seed, by kind of chat, by what went wrong, and by point."""
    count = sum(one.kills.total() for one in outcomes)
    return {
        f"{count} kills": [_by_seed(one) for one in outcomes],
        "by kind of chat": [_by_kind(outcomes, kind) for kind in KIND_ORDER],
        "by what went wrong": _by_fault(outcomes),
        "by point": [_by_point(outcomes, point) for point in (*POINTS, ANY, RANDOM)],
    }


def _by_seed(one: Outcome) -> dict[str, object]:
    return {
        "seed": str(one.seed),
        "kills": one.kills.total(),
        **_counted(one.found),
        "unanswered": one.unanswered,
        "of": len(one.life.questions),
        "copies taken back": one.taken_back,
        "out of reach": one.out_of_reach,
        "tracebacks": one.tracebacks,
        "ended by themselves": one.fallen,
    }


def _counted(found: Sequence[Finding]) -> dict[str, int]:
    return {what: sum(one.what == what for one in found) for what in WRONG}


def _by_kind(outcomes: Sequence[Outcome], kind: str) -> dict[str, object]:
    places = [p for one in outcomes for p in one.life.stage.places if p.kind == kind]
    found = [f for one in outcomes for f in one.found if f.place.kind == kind]
    return {
        "chat": kind,
        "chats": len(places),
        "pushes": sum(len(place.has()) for place in places),
        "digests": sum(sum(1 for _ in place.digest_messages()) for place in places),
        "reactions": sum(len(card.reactions) for place in places for card in place.cards()),
        **_counted(found),
    }


def _by_fault(outcomes: Sequence[Outcome]) -> list[dict[str, object]]:
    happened = [
        (ordered, one) for one in outcomes for ordered in one.life.ordered if ordered.happened
    ]
    names = dict.fromkeys((*AMBIGUOUS, *(ordered.what for ordered, _ in happened)))
    return [_of_fault(name, [pair for pair in happened if pair[0].what == name]) for name in names]


def _of_fault(name: str, happened: Sequence[tuple[object, Outcome]]) -> dict[str, object]:
    touched = [
        finding
        for ordered, outcome in happened
        for finding in outcome.found
        if finding.number in getattr(ordered, "numbers", ())
    ]
    return {"what": name, "times": len(happened), **_counted(touched)}


def _by_point(outcomes: Sequence[Outcome], point: str) -> dict[str, object]:
    before, after = (
        sum(one.kills[point, position] for one in outcomes) for position in ("before", "after")
    )
    missed = sum(one.missed[point] for one in outcomes)
    return {
        "point": point,
        "before": before,
        "after": after,
        "kills": before + after,
        "not reached": missed,
    }
