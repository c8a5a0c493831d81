from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.text.characters import utf16_length
from bot.text.rich import (
    Entity,
    Kind,
    Rich,
    bold,
    code,
    concat,
    italic,
    link,
    marked,
    plain,
    quote,
    struck,
)
from tests.text.strategies import any_rich, units_of


def test_styles_cover_their_text_in_utf16_units() -> None:
    rich = plain("👍 ") + bold("굵게") + " " + link(italic("둘"), "https://example.com/") + "."
    assert rich.text == "👍 굵게 둘."
    assert rich.entities == (
        Entity(Kind.BOLD, 3, 2),
        Entity(Kind.LINK, 6, 1, url="https://example.com/"),
        Entity(Kind.ITALIC, 6, 1),
    )


def test_an_entity_has_no_part_where_it_is_not() -> None:
    entity = Entity(Kind.BOLD, 3, 2)
    assert entity.within(4, 9) == Entity(Kind.BOLD, 0, 1)
    assert entity.within(0, 3) is None
    assert entity.within(5, 9) is None


def test_text_may_stand_on_either_side() -> None:
    assert "앞 " + bold("뒤") == Rich("앞 뒤", (Entity(Kind.BOLD, 2, 1),))


def test_every_style_has_its_kind() -> None:
    block = plain("x").styled(Kind.PRE, language="python")
    styled = [struck("x"), code("x"), block, quote("x"), quote("x", expandable=True)]
    assert [rich.entities[0].kind for rich in styled] == [
        Kind.STRIKETHROUGH,
        Kind.CODE,
        Kind.PRE,
        Kind.QUOTE,
        Kind.EXPANDABLE_QUOTE,
    ]
    assert styled[2].entities[0].language == "python"


def test_nothing_to_style_and_nowhere_to_link_leave_text_as_it_is() -> None:
    assert bold("") == Rich()
    assert not bold("")
    assert link("글", None) == plain("글")


def test_parts_are_joined_by_a_separator() -> None:
    joined = plain(", ").join([bold("하나"), "둘"])
    assert joined == Rich("하나, 둘", (Entity(Kind.BOLD, 0, 2),))


def test_marks_lie_between_the_entities_that_are_there() -> None:
    rich = (plain("가 ") + italic("나다")).mark(Kind.BOLD, [(0, 1), (2, 4), (3, 3)])
    assert rich.entities == (
        Entity(Kind.BOLD, 0, 1),
        Entity(Kind.ITALIC, 2, 2),
        Entity(Kind.BOLD, 2, 2),
    )


def test_marked_spans_count_characters() -> None:
    assert marked("👍가나다", [(1, 2), (3, 4)]) == Rich(
        "👍가나다", (Entity(Kind.BOLD, 2, 1), Entity(Kind.BOLD, 4, 1))
    )


def test_a_slice_keeps_what_is_left_of_each_entity() -> None:
    rich = bold("가나👍다") + "라"
    assert rich.slice(1, 4) == Rich("나👍", (Entity(Kind.BOLD, 0, 3),))
    assert rich.slice(5) == Rich("라")


def test_a_slice_never_halves_a_pair() -> None:
    assert plain("가👍나").slice(0, 2).text == "가"
    assert plain("가👍나").slice(2, 9).text == "👍나"


def test_stripping_moves_entities_with_their_text() -> None:
    assert (plain(" \n") + bold("가 ")).strip() == Rich("가", (Entity(Kind.BOLD, 0, 1),))
    assert bold("가").strip() == bold("가")
    assert plain("  ").strip() == Rich()


@given(any_rich(), st.lists(st.integers(0, 200), max_size=6))
def test_cut_parts_are_slices_with_entities_in_range(rich: Rich, places: list[int]) -> None:
    edges = [0, *sorted(places), rich.length]
    spans = [(one, two) for one, two in pairwise(edges) if one <= two <= rich.length]
    parts = rich.cut(spans)
    assert parts == [rich.slice(*span) for span in spans]
    for part in parts:
        assert part.length == utf16_length(part.text)
        assert all(0 <= entity.offset < entity.end <= part.length for entity in part.entities)


@given(any_rich(), st.data())
def test_what_is_cut_apart_joins_again(rich: Rich, data: st.DataObject) -> None:
    middle = data.draw(st.sampled_from(units_of(rich.text)))
    parts = rich.cut([(0, middle), (middle, rich.length)])
    joined = concat(parts)
    assert joined.text == rich.text
    covered = {
        (entity.kind, unit) for entity in rich.entities for unit in range(entity.offset, entity.end)
    }
    kept = {
        (entity.kind, unit)
        for entity in joined.entities
        for unit in range(entity.offset, entity.end)
    }
    assert kept == covered
