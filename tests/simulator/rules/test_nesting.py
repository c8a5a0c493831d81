# ruff: noqa: E501  # a table reads better with a case a line

import pytest

from bot.simulator.rules.nesting import fixed, merged
from bot.simulator.rules.spans import Span

Shown = list[tuple[str, int, int]]


def shown(spans: list[Span]) -> Shown:
    return [(span.kind, span.offset, span.length) for span in spans]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([("bold", 0, 3), ("italic", 5, 2)], [("bold", 0, 3), ("italic", 5, 2)]),
        ([("blockquote", 0, 9), ("bold", 2, 3)], [("blockquote", 0, 9), ("bold", 2, 3)]),
        ([("bold", 0, 3), ("bold", 3, 3)], [("bold", 0, 6)]),
        ([("bold", 0, 6), ("bold", 1, 2)], [("bold", 0, 6)]),
        ([("bold", 0, 4), ("italic", 2, 4)], [("bold", 0, 2), ("bold", 2, 2), ("italic", 2, 4)]),
        ([("code", 0, 5), ("bold", 1, 2)], [("code", 0, 5)]),
        ([("bold", 0, 9), ("code", 2, 3)], [("bold", 0, 2), ("code", 2, 3), ("bold", 5, 4)]),
        ([("text_link", 0, 5), ("text_link", 3, 5)], [("text_link", 0, 5)]),
        ([("blockquote", 0, 5), ("blockquote", 3, 5)], [("blockquote", 0, 5)]),
        ([("blockquote", 0, 9), ("expandable_blockquote", 2, 3)], [("blockquote", 0, 9)]),
        ([("blockquote", 2, 5), ("text_link", 0, 4)], [("blockquote", 2, 5)]),
        ([("blockquote", 0, 9), ("text_link", 2, 3), ("code", 6, 2)], [("blockquote", 0, 9), ("text_link", 2, 3), ("code", 6, 2)]),
        ([("text_link", 0, 9), ("code", 2, 3)], [("text_link", 0, 9)]),
        ([("blockquote", 0, 9), ("bold", 0, 9), ("blockquote", 2, 3)], [("blockquote", 0, 9), ("bold", 0, 9)]),
        ([("text_link", 0, 9), ("bold", 2, 3)], [("text_link", 0, 9), ("bold", 2, 3)]),
        ([("bold", 0, 9), ("text_link", 2, 3)], [("bold", 0, 2), ("text_link", 2, 3), ("bold", 2, 3), ("bold", 5, 4)]),
    ],
)  # fmt: skip
def test_what_cannot_nest_is_split_merged_or_dropped(given: Shown, kept: Shown) -> None:
    assert sorted(shown(fixed([Span(*span) for span in given]))) == sorted(kept)


def test_found_spans_fill_only_free_room() -> None:
    spans = [Span("text_link", 0, 5), Span("bold", 6, 8), Span("blockquote", 20, 5)]
    found = [Span("url", 2, 3), Span("mention", 8, 2), Span("hashtag", 18, 4)]
    assert shown(merged(spans, found)) == [
        ("text_link", 0, 5),
        ("bold", 6, 2),
        ("mention", 8, 2),
        ("bold", 8, 2),
        ("bold", 10, 4),
        ("blockquote", 20, 5),
    ]
    assert merged(spans, []) is spans
