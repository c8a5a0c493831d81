"""How entities may nest: what Telegram splits, merges and drops.

`fix_entities` in tdlib/td `td/telegram/MessageEntity.cpp`: bold, italic, underline, strikethrough
and spoiler are split so that they nest; code and pre hold nothing; quotes do not nest; links and
the like do not overlap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.simulator.rules.spans import CONTINUOUS, PRES, QUOTES, SPLITTABLE, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

_FAR = 1 << 31


def fixed(spans: list[Span]) -> list[Span]:
    """The spans as Telegram keeps them, sorted."""
    ordered = sorted(spans, key=Span.order)
    if _are_valid(ordered):
        return ordered
    splittable = [span for span in ordered if span.kind in SPLITTABLE]
    return _with_split(splittable, _solid(ordered))


def merged(spans: list[Span], found: list[Span]) -> list[Span]:
    """The spans with those that Telegram found by itself, where there is room for them."""
    if not found:
        return spans
    splittable = [span for span in spans if span.kind in SPLITTABLE]
    kept = [span for span in spans if span.kind not in SPLITTABLE]
    taken = [span for span in kept if span.kind not in QUOTES]
    quotes = [span for span in kept if span.kind in QUOTES]
    fresh = [
        span
        for span in _not_crossing(found, quotes)
        if all(span.end <= other.offset or other.end <= span.offset for other in taken)
    ]
    return _with_split(splittable, sorted(kept + fresh, key=Span.order))


def _solid(ordered: list[Span]) -> list[Span]:
    continuous = _disjoint(
        [span for span in ordered if span.kind not in QUOTES and span.kind not in SPLITTABLE]
    )
    quotes = _disjoint([span for span in ordered if span.kind in QUOTES])
    return sorted(_not_crossing(continuous, quotes) + quotes, key=Span.order)


def _disjoint(ordered: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in ordered:
        if not kept or span.offset >= kept[-1].end:
            kept.append(span)
    return kept


def _not_crossing(spans: list[Span], quotes: Sequence[Span]) -> list[Span]:
    return [
        span
        for span in spans
        if not any(
            quote.offset < span.end and span.offset < quote.end and not _holds(quote, span)
            for quote in quotes
        )
    ]


def _holds(outer: Span, inner: Span) -> bool:
    return outer.offset <= inner.offset and inner.end <= outer.end


def _are_valid(ordered: list[Span]) -> bool:
    last_end = dict.fromkeys(SPLITTABLE, -1)
    stack: list[Span] = []
    for span in ordered:
        while stack and span.offset >= stack[-1].end:
            stack.pop()
        if stack and not _may_nest(span, stack):
            return False
        if span.kind in last_end:
            if last_end[span.kind] >= span.offset:
                return False
            last_end[span.kind] = span.end
        stack.append(span)
    return True


def _may_nest(span: Span, stack: list[Span]) -> bool:
    kinds = {outer.kind for outer in stack}
    if span.end > stack[-1].end or span.kind in kinds or stack[-1].kind in PRES:
        return False
    if span.kind in PRES and kinds - QUOTES:
        return False
    if (span.kind in CONTINUOUS or span.kind in QUOTES) and kinds & CONTINUOUS:
        return False
    if span.kind in QUOTES and kinds & QUOTES:
        return False
    return not kinds & set(SPLITTABLE)


def _with_split(splittable: list[Span], others: list[Span]) -> list[Span]:
    if not splittable:
        return others
    return sorted(_Splitter(splittable).split(others) + others, key=Span.order)


class _Splitter:
    """Cuts the splittable spans at the borders of the others, merging what touches."""

    def __init__(self, splittable: list[Span]) -> None:
        self._waiting = list(reversed(splittable))
        self._running: dict[str, tuple[int, int]] = {}
        self._result: list[Span] = []

    def split(self, others: list[Span]) -> list[Span]:
        stack: list[Span] = []
        for other in others:
            self._pass(other.offset, stack)
            stack.append(other)
        self._pass(_FAR, stack)
        return self._result

    def _pass(self, offset: int, stack: list[Span]) -> None:
        while stack and offset >= stack[-1].end:
            size = len(self._result)
            inner = stack.pop()
            self._add_until(inner.end)
            if inner.kind in PRES:
                del self._result[size:]
        self._add_until(offset)

    def _add_until(self, end: int) -> None:
        while self._waiting and self._waiting[-1].offset < end:
            span = self._waiting.pop()
            begin, until = self._running.get(span.kind, (0, -1))
            if span.offset <= until:
                self._running[span.kind] = (begin, max(until, span.end))
                continue
            self._flush(span.offset)
            self._running[span.kind] = (span.offset, span.end)
        self._flush(end)

    def _flush(self, offset: int) -> None:
        for kind in SPLITTABLE:
            begin, until = self._running.get(kind, (offset, -1))
            if begin >= offset:
                continue
            self._result.append(Span(kind, begin, min(until, offset) - begin))
            if until <= offset:
                del self._running[kind]
            else:
                self._running[kind] = (offset, until)
