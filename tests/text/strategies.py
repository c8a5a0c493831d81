"""Hostile text, and entities that break every rule, for property-based tests."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.text.rich import Entity, Kind, Rich, in_order, plain

URL = "https://example.com/"
PIECES = (
    "소식",
    "글이 올라왔어요. ",
    "한 문장! ",
    "읽어 볼까요? ",
    "3.14 ",
    "\n\n",
    " ",
    "AI",
    "<b>",
    "👨‍👩‍👧‍👦",
    "👍🏽",
    "🇰🇷🇯🇵🇺🇸",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "❤️‍🔥",
    "1️⃣",
    "e\u0301\u0323",
    "\u1112\u1161\u11ab\u1100\u1173\u11af",
    "क्षि",
    "\u202e뒤집힌\u202c",
    "\u200f\u200f",
    "\x00",
    "\ud83d",
    "\ude00",
    "𝒳𝓎",
)


def hostile_text(max_pieces: int = 30) -> st.SearchStrategy[str]:
    """Korean, emoji sequences, marks, overrides, lone surrogates, and anything else."""
    anything = st.text(st.characters(exclude_categories=()), max_size=8)
    pieces = st.lists(st.one_of(st.sampled_from(PIECES), anything), max_size=max_pieces)
    return pieces.map("".join)


@st.composite
def any_entities(draw: st.DrawFn, borders: list[int]) -> tuple[Entity, ...]:
    """Entities between these units in any order, crossing as they like."""
    place = st.sampled_from(borders)
    drawn = draw(st.lists(st.tuples(st.sampled_from(list(Kind)), place, place), max_size=12))
    return in_order(
        Entity(kind, min(one, two), abs(one - two), url=URL if kind is Kind.LINK else None)
        for kind, one, two in drawn
    )


@st.composite
def any_rich(draw: st.DrawFn) -> Rich:
    """Clean text with entities that break every rule but lie inside it."""
    text = plain(draw(hostile_text())).text
    return Rich(text, draw(any_entities(units_of(text))))


def units_of(text: str) -> list[int]:
    """The UTF-16 offsets at which a character begins, and the end."""
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + (2 if ord(character) > 0xFFFF else 1))
    return offsets


def assert_sendable(rich: Rich) -> None:
    """Fail unless Telegram takes the entities as they are."""
    borders = set(units_of(rich.text))
    open_ends: list[Entity] = []
    for entity in rich.entities:
        assert entity.length > 0
        assert {entity.offset, entity.end} <= borders
        while open_ends and open_ends[-1].end <= entity.offset:
            open_ends.pop()
        for around in open_ends:
            assert entity.end <= around.end, "entities cross"
            assert around.kind not in {Kind.CODE, Kind.PRE}, "something inside code"
            assert around.kind is not entity.kind, "an entity inside its own kind"
            if entity.kind in {Kind.CODE, Kind.PRE}:
                assert around.kind in {Kind.QUOTE, Kind.EXPANDABLE_QUOTE}
            if entity.kind in {Kind.QUOTE, Kind.EXPANDABLE_QUOTE}:
                assert around.kind not in {Kind.QUOTE, Kind.EXPANDABLE_QUOTE, Kind.LINK}
        open_ends.append(entity)
