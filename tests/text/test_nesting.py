from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.text.nesting import fit, limit_entities, nest
from bot.text.rich import Entity, Kind, Rich, bold, code, italic, link, plain, quote
from tests.text.strategies import URL, any_rich, assert_sendable


def kinds(*entities: tuple[str, int, int]) -> tuple[Entity, ...]:
    return tuple(Entity(Kind(kind), offset, length) for kind, offset, length in entities)


def test_entities_that_nest_stay_as_they_are() -> None:
    nested = kinds(("blockquote", 0, 9), ("bold", 1, 6), ("text_link", 2, 3), ("italic", 3, 1))
    assert nest(nested) == nested


def test_crossing_styles_are_cut() -> None:
    assert nest(kinds(("bold", 0, 6), ("italic", 3, 6))) == kinds(
        ("bold", 0, 6), ("italic", 3, 3), ("italic", 6, 3)
    )


def test_a_style_is_cut_where_it_crosses_a_link() -> None:
    assert nest(kinds(("bold", 0, 5), ("text_link", 3, 5))) == kinds(
        ("bold", 0, 3), ("text_link", 3, 5), ("bold", 3, 2)
    )


def test_code_holds_nothing_and_interrupts_styles() -> None:
    rich = bold(plain("가 ") + code("나") + " 다") + code(italic("라"))
    assert nest(rich.entities) == kinds(
        ("bold", 0, 2), ("code", 2, 1), ("bold", 3, 2), ("code", 5, 1)
    )


def test_a_link_around_code_stays_and_code_around_a_link_stays() -> None:
    assert [e.kind for e in nest(link(code("가"), URL).entities)] == [Kind.LINK]
    assert [e.kind for e in nest(code(link("가", URL)).entities)] == [Kind.CODE]


def test_quotations_do_not_nest() -> None:
    assert nest(quote(plain("가") + quote("나")).entities) == kinds(("blockquote", 0, 2))


def test_a_style_within_its_own_kind_and_one_beside_it_are_one() -> None:
    assert nest(bold(bold("가") + "나").entities) == kinds(("bold", 0, 2))
    assert nest((bold("가") + bold("나")).entities) == kinds(("bold", 0, 2))


def covered(entities: tuple[Entity, ...]) -> set[tuple[Kind, int]]:
    """Which style lies on which unit."""
    return {(entity.kind, unit) for entity in entities for unit in range(entity.offset, entity.end)}


@given(any_rich())
def test_styles_are_lost_only_in_code(rich: Rich) -> None:
    styles = {Kind.BOLD, Kind.ITALIC, Kind.UNDERLINE, Kind.STRIKETHROUGH, Kind.SPOILER}
    before, after = covered(rich.entities), covered(nest(rich.entities))
    in_code = {unit for kind, unit in after if kind in {Kind.CODE, Kind.PRE}}
    assert after <= before
    assert {unit for kind, unit in before - after if kind in styles} <= in_code


@given(any_rich())
def test_nested_entities_follow_telegrams_rules(rich: Rich) -> None:
    nested = nest(rich.entities)
    assert_sendable(Rich(rich.text, nested))
    assert covered(nest(nested)) == covered(nested)


@given(any_rich(), st.integers(1, 60))
def test_what_is_fitted_can_be_sent(rich: Rich, units: int) -> None:
    fitted = fit(rich, units)
    assert fitted.length <= units
    assert fitted.text == fitted.text.strip()
    assert len(fitted.entities) <= 100
    assert_sendable(fitted)


def test_the_least_important_entities_go_first() -> None:
    rich = Rich.join(plain(" "), [link("가", URL)] * 60 + [italic("나")] * 30 + [bold("다")] * 30)
    kept = fit(rich).entities
    assert [sum(e.kind is kind for e in kept) for kind in (Kind.LINK, Kind.BOLD, Kind.ITALIC)] == [
        60,
        30,
        10,
    ]
    assert list(kept) == sorted(kept, key=lambda entity: entity.offset)
    assert limit_entities(kept, 60) == kept[:60]


def test_a_text_beyond_the_limit_ends_in_an_ellipsis() -> None:
    fitted = fit(bold("가" * 5000))
    assert fitted.text == "가" * 4095 + "…"
    assert fitted.entities == kinds(("bold", 0, 4095))
