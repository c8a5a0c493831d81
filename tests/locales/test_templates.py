from __future__ import annotations

import pytest

from bot.locales.templates import Slot, parse_template, render_template
from bot.text.rich import Entity, Kind, Rich, bold


def render(template: str, **values: object) -> Rich:
    return render_template(template, values, lambda number: f"{number:,}")


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("글 {n}편", {"n": 1234}, "글 1,234편"),
        ("/post {id:d}", {"id": 1234}, "/post 1234"),
        ("'{query}'{query:으로} 찾은 결과", {"query": "검색"}, "'검색'으로 찾은 결과"),
        ("'{query}'{query:으로} 찾은 결과", {"query": "투자"}, "'투자'로 찾은 결과"),
        ("{n}{n:을} 골라요", {"n": 3}, "3을 골라요"),
        ("{what}{what:은}", {"what": bold("AI")}, "AI는"),
        ("{{그대로}} <단어>", {}, "{그대로} <단어>"),
        ("{dirty}", {"dirty": "a\x00\ud83d"}, "a "),
        ("{other}", {"other": 1.5}, "1.5"),
    ],
)
def test_places_are_filled_in(template: str, values: dict[str, object], expected: str) -> None:
    assert render(template, **values).text == expected


def test_markup_becomes_entities_around_values() -> None:
    rich = render("<b>{title}<i>!</i></b> <code>{n}</code>", title=bold("제목"), n=5)
    assert rich.text == "제목! 5"
    assert rich.entities == (
        Entity(Kind.BOLD, 0, 3),
        Entity(Kind.BOLD, 0, 2),
        Entity(Kind.ITALIC, 2, 1),
        Entity(Kind.CODE, 4, 1),
    )


def test_markup_in_a_value_is_text() -> None:
    assert render("{title}", title="<b>x</b> {n}") == Rich("<b>x</b> {n}")


@pytest.mark.parametrize(
    "template",
    ["{", "{}", "{a.b}", "{a!r}", "{a:까지}", "<b>x", "x</b>", "<b><i>x</b></i>"],
)
def test_a_broken_template_is_an_error(template: str) -> None:
    with pytest.raises(ValueError, match=r"place|tag|encountered"):
        parse_template(template)


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="n"):
        render("{n}")


def test_the_parts_of_a_template_are_known() -> None:
    assert parse_template("글 {n}편") == ("글 ", Slot("n", ""), "편")
