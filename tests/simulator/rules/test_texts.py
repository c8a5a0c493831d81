# ruff: noqa: E501  # a table reads better with a case a line

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.api.arguments import Arguments
from bot.simulator.api.errors import ApiError
from bot.simulator.rules.spans import Span, utf16_length
from bot.simulator.rules.texts import MarkedText, read_caption, read_text, tidied


def entity(kind: str, offset: int, length: int, **extra: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    return {"type": kind, "offset": offset, "length": length, **extra}


def read(
    text: str, *entities: dict[str, Any], parse_mode: str = "", editing: bool = False
) -> MarkedText:
    values = {"text": text, "entities": list(entities), "parse_mode": parse_mode}
    return read_text(Arguments(values), editing=editing)


def refusal(text: str, *entities: dict[str, Any], parse_mode: str = "") -> str:
    with pytest.raises(ApiError) as refused:
        read(text, *entities, parse_mode=parse_mode)
    return refused.value.description.removeprefix("Bad Request: ")


def test_entities_are_kept_as_given() -> None:
    rich = read("가나다 https://x.kr", entity("bold", 0, 3))
    assert rich.entities() == [
        {"offset": 0, "length": 3, "type": "bold"},
        {"offset": 4, "length": 12, "type": "url"},
    ]


def test_length_counts_utf16_units() -> None:
    assert len(read("😀" * 2048).text) == 2048
    assert refusal("😀" * 2048 + "a") == "message is too long"
    with pytest.raises(ApiError, match="MESSAGE_TOO_LONG"):
        read("a" * 4097, editing=True)
    assert refusal("가" * 11_000) == "text is too long"


@pytest.mark.parametrize("text", ["", " \n ", "\u200b\u200d", "\u2800"])
def test_a_text_must_show_something(text: str) -> None:
    assert refusal(text) in {"message text is empty", "text must be non-empty"}


def test_captions_may_be_empty_and_hold_1024() -> None:
    assert read_caption(Arguments({})).text == ""
    assert read_caption(Arguments({"caption": "a" * 1024})).text
    with pytest.raises(ApiError, match="message caption is too long"):
        read_caption(Arguments({"caption": "a" * 1025}))


@pytest.mark.parametrize(
    ("given_entity", "reason"),
    [
        (entity("bold", 5, 1), "entity begins after the end of the text at UTF-16 offset 5"),
        (entity("bold", 0, 9), "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9"),
        (entity("bold", 1, 1), "entity begins in a middle of a UTF-16 symbol at byte offset 4"),
        (entity("bold", 0, 1), "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 4"),
        (entity("bold", -1, 1), "receive an entity with incorrect offset -1"),
        (entity("bold", 0, -1), "receive an entity with incorrect length -1"),
        (entity("fancy", 0, 2), "can't parse MessageEntity: Unsupported type specified"),
        ({"type": "bold", "length": 1}, 'can\'t parse MessageEntity: Can\'t find field "offset"'),
        ({"offset": 0, "length": 1}, 'can\'t parse MessageEntity: Can\'t find field "type"'),
        (entity("bold", 0, "x"), 'can\'t parse MessageEntity: Field "length" must be a valid Number'),  # type: ignore[arg-type]
        (entity("text_link", 0, 2), 'can\'t parse MessageEntity: Can\'t find field "url"'),
        (entity("text_link", 0, 2, url="http://localhost"), "entity URL 'http://localhost' is invalid: Wrong HTTP URL"),
        (entity("text_mention", 0, 2), 'can\'t parse MessageEntity: Can\'t find field "user"'),
        (entity("text_mention", 0, 2, user={}), 'can\'t parse MessageEntity: Can\'t find field "id"'),
        (entity("custom_emoji", 0, 2, custom_emoji_id="x"), "invalid custom emoji identifier specified"),
        ("bold", "can't parse MessageEntity: expected an Object"),
        (entity("", 0, 2), "can't parse MessageEntity: Type is not specified"),
        (entity("bold", True, 2), 'can\'t parse MessageEntity: Field "offset" must be a Number'),  # noqa: FBT003  # a JSON true
        (entity("bold", 0, None), 'can\'t parse MessageEntity: Field "length" must be a Number'),  # type: ignore[arg-type]
        (entity("bold", 0, [2]), 'can\'t parse MessageEntity: Field "length" must be a Number'),  # type: ignore[arg-type]
        (entity("bold", 0, 1.5), 'can\'t parse MessageEntity: Field "length" must be a valid Number'),  # type: ignore[arg-type]
        (entity("bold", 1 << 31, 1), 'can\'t parse MessageEntity: Field "offset" must be a valid Number'),
    ],
)  # fmt: skip
def test_wrong_entities_are_refused_with_the_real_words(given_entity: Any, reason: str) -> None:  # noqa: ANN401  # any JSON
    assert refusal("😀ab", given_entity) == reason


NO_ENTITIES = [
    "[",
    "bold",
    "{",
    "[1,]",
    '"bold"',
    "{}",
    "5",
    "0",
    "null",
    "true",
    '{"type": "bold"}',
    5,
    True,
    {"a": 1},
]


@pytest.mark.parametrize("entities", NO_ENTITIES)
def test_entities_that_are_no_array_are_none(entities: object) -> None:
    assert read_text(Arguments({"text": "글", "entities": entities})) == MarkedText("글")
    caption = read_caption(Arguments({"caption": "글", "caption_entities": entities}))
    assert caption == MarkedText("글")


@pytest.mark.parametrize("entities", ["[5]", "[null]", '["bold"]', "[[]]", [5], [None]])
def test_an_array_of_other_things_is_refused(entities: object) -> None:
    for name, field, read_it in (
        ("entities", "text", read_text),
        ("caption_entities", "caption", read_caption),
    ):
        with pytest.raises(ApiError, match="expected an Object"):
            read_it(Arguments({field: "글", name: entities}))


def test_with_a_parse_mode_entities_are_not_looked_at() -> None:
    values = {"text": "<b>글</b>", "parse_mode": "HTML", "entities": "[5]"}
    assert read_text(Arguments(values)).entities() == [entity("bold", 0, 1)]


def test_entity_kinds_that_telegram_finds_itself_are_ignored() -> None:
    assert read("abc", entity("mention", 0, 3), entity("hashtag", 0, 3)).spans == []


def test_further_fields_of_entities_are_kept() -> None:
    rich = read(
        "가나다라마바",
        entity("text_link", 0, 1, url="x.kr"),
        entity("text_link", 1, 1, url="tg://user?id=7"),
        entity("pre", 2, 1, language="python"),
        entity("date_time", 3, 1, unix_time=5),
        entity("text_mention", 4, 1, user={"id": 9}),
        entity("custom_emoji", 5, 1, custom_emoji_id=77),
    )
    assert [span.extra for span in rich.spans] == [
        {"url": "http://x.kr/"},
        {"user": {"id": 7}},
        {"language": "python"},
        {"unix_time": 5},
        {"user": {"id": 9}},
        {"custom_emoji_id": "77"},
    ]


def test_the_101st_entity_is_ignored() -> None:
    kinds = ("bold", "italic")
    spans = [entity(kinds[i % 2], i, 1) for i in range(101)]
    assert len(read("a" * 101, *spans).spans) == 100


def test_only_html_is_a_parse_mode() -> None:
    assert read("<b>x</b>", parse_mode="HTML").entities() == [entity("bold", 0, 1)]
    assert refusal("x", parse_mode="Rich") == "unsupported parse_mode"


def test_text_is_cleaned_and_entities_follow() -> None:
    rich = tidied("  a\r\nb\u2028\x07\u030ac  ", [Span("bold", 4, 2)], commands=True)
    assert rich.text == "a\nb c"
    assert [(s.kind, s.offset, s.length) for s in rich.spans] == [("bold", 1, 2)]


def test_white_space_is_cut_only_up_to_the_first_entity() -> None:
    rich = tidied("  a  ", [Span("bold", 1, 4)], commands=True)
    assert (rich.text, rich.spans[0].offset, rich.spans[0].length) == (" a", 0, 2)
    assert tidied("a  ", [Span("bold", 1, 2)], commands=True).spans == []


def test_runs_of_direction_marks_are_broken() -> None:
    assert tidied("a\u200f\u200fb", [], commands=True).text == "a\u200c\u200fb"


@given(
    st.text(alphabet=st.sampled_from(list("ab \n\r😀가\u2028/@#.")), min_size=1, max_size=30),
    st.lists(
        st.tuples(
            st.sampled_from(
                ["bold", "italic", "code", "blockquote", "pre", "spoiler", "underline"]
            ),
            st.integers(0, 30),
            st.integers(0, 30),
        ),
        max_size=8,
    ),
)
def test_kept_entities_lie_inside_and_nest(
    text: str, given_spans: list[tuple[str, int, int]]
) -> None:
    try:
        rich = tidied(text, [Span(*span) for span in given_spans], commands=True)
    except ApiError:
        return
    length = utf16_length(rich.text)
    assert all(0 <= s.offset < s.end <= length for s in rich.spans)
    for outer in rich.spans:
        for inner in rich.spans:
            apart = outer.end <= inner.offset or inner.end <= outer.offset
            nested = (outer.offset <= inner.offset and inner.end <= outer.end) or (
                inner.offset <= outer.offset and outer.end <= inner.end
            )
            assert apart or nested
