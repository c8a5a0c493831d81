"""Entities that Telegram takes as they are: nested, within the limit.

The Bot API's rules (Formatting options): entities nest or lie apart; quotations do not nest; code
holds no other entity and lies in none but a quotation; links hold only styles.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.text.graphemes import ELLIPSIS, cut_before
from bot.text.rich import MESSAGE_ENTITIES, MESSAGE_UNITS, Entity, Kind, Rich, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_QUOTES = {Kind.QUOTE, Kind.EXPANDABLE_QUOTE}
_CODE = {Kind.CODE, Kind.PRE}
_BLOCKS = {Kind.LINK, *_CODE}
_IMPORTANCE = {
    kind: rank
    for rank, kind in enumerate(
        (
            Kind.LINK,  # an address is lost
            Kind.SPOILER,  # something is given away
            Kind.STRIKETHROUGH,  # a correction reads as a claim
            Kind.PRE,
            Kind.QUOTE,
            Kind.EXPANDABLE_QUOTE,
            Kind.CODE,
            Kind.BOLD,
            Kind.UNDERLINE,
            Kind.ITALIC,
        )
    )
}


def nest(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """The same styles on the same text, by entities that follow the rules above.

    A style is cut where it crosses a quotation or meets code; of two links or codes that overlap,
    the one that began first stays.
    """
    ordered = in_order(entity for entity in entities if entity.length > 0)
    if _is_nested(ordered):
        return ordered
    kept = _kept(ordered)
    starting: defaultdict[int, list[Entity]] = defaultdict(list)
    for entity in kept:
        starting[entity.offset].append(entity)
    nested: list[Entity] = []
    opened: list[tuple[Entity, int]] = []
    active: list[Entity] = []
    for edge in sorted({place for entity in kept for place in (entity.offset, entity.end)}):
        active = [entity for entity in active if entity.end > edge] + starting.get(edge, [])
        wanted = _layers(active)
        same = _common(opened, wanted)
        nested += (_piece(entity, start, edge) for entity, start in opened[same:])
        opened[same:] = [(entity, edge) for entity in wanted[same:]]
    return in_order(nested)


def limit_entities(entities: Sequence[Entity], most: int = MESSAGE_ENTITIES) -> tuple[Entity, ...]:
    """At most so many, without the least important and the last of those."""
    if len(entities) <= most:
        return tuple(entities)
    order = sorted(range(len(entities)), key=lambda at: (_IMPORTANCE[entities[at].kind], at))
    return tuple(entities[at] for at in sorted(order[:most]))


def fit(rich: Rich, units: int = MESSAGE_UNITS) -> Rich:
    """What can be sent in one message; a longer text ends in an ellipsis."""
    stripped = rich.strip()
    if stripped.length > units:
        head = stripped.text[: cut_before(stripped.text, units - 1)]
        stripped = Rich(head, stripped.entities).slice(0).strip() + ELLIPSIS
    return Rich(stripped.text, limit_entities(nest(stripped.entities)))


def _is_nested(ordered: Sequence[Entity]) -> bool:
    """Whether entities follow the rules as they are; most do, and are spared the rest."""
    around: list[Entity] = []
    ends: dict[Kind, int] = {}
    for entity in ordered:
        while around and around[-1].end <= entity.offset:
            around.pop()
        if ends.get(entity.kind, -1) >= entity.offset:
            return False
        if around and (entity.end > around[-1].end or not _may_hold(around, entity.kind)):
            return False
        ends[entity.kind] = entity.end
        around.append(entity)
    return True


def _may_hold(around: Sequence[Entity], kind: Kind) -> bool:
    kinds = {entity.kind for entity in around}
    if kind in _QUOTES or kinds & _CODE:
        return False
    return kind not in _BLOCKS or not (kinds & _BLOCKS or (kind in _CODE and kinds - _QUOTES))


def _kept(entities: Sequence[Entity]) -> list[Entity]:
    """Quotations apart, links and code apart, overlapping styles of a kind as one."""
    ends = dict.fromkeys(("quote", "block"), 0)
    kept: list[Entity] = []
    styles: dict[Kind, int] = {}
    for entity in entities:
        layer = "quote" if entity.kind in _QUOTES else "block" if entity.kind in _BLOCKS else ""
        if layer:
            if entity.offset >= ends[layer]:
                ends[layer] = entity.end
                kept.append(entity)
        elif (at := styles.get(entity.kind)) is not None and kept[at].end >= entity.offset:
            end = max(kept[at].end, entity.end)
            kept[at] = replace(kept[at], length=end - kept[at].offset)
        else:
            styles[entity.kind] = len(kept)
            kept.append(entity)
    return kept


def _layers(active: Sequence[Entity]) -> list[Entity]:
    """The entities that cover one stretch of text, from the outermost in."""
    quotes = [entity for entity in active if entity.kind in _QUOTES]
    block = next((entity for entity in active if entity.kind in _BLOCKS), None)
    if block is not None and block.kind in _CODE:
        return [*quotes, block]
    styles = in_order(entity for entity in active if entity.kind not in _QUOTES | _BLOCKS)
    if block is None:
        return [*quotes, *styles]
    around = [style for style in styles if style.offset <= block.offset and block.end <= style.end]
    return [*quotes, *around, block, *(style for style in styles if style not in around)]


def _common(opened: Sequence[tuple[Entity, int]], wanted: Sequence[Entity]) -> int:
    """How many of the outermost layers go on."""
    same = 0
    while same < min(len(opened), len(wanted)) and opened[same][0] is wanted[same]:
        same += 1
    return same


def _piece(entity: Entity, start: int, end: int) -> Entity:
    """What lies between two edges."""
    return replace(entity, offset=start, length=end - start)
