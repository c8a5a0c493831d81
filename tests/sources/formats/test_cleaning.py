from __future__ import annotations

import pytest

from bot.sources.formats.cleaning import LONGEST_HTML, MOST_BODY_TAGS, cut_html
from tests.steps import assert_linear


@pytest.mark.parametrize(
    "body",
    [
        *("", "빵집", "<", "x" * LONGEST_HTML, "<br>" * MOST_BODY_TAGS),
        "x" * (LONGEST_HTML - 4 * MOST_BODY_TAGS) + "<br>" * MOST_BODY_TAGS,
    ],
)
def test_a_body_within_the_bounds_is_kept_whole(body: str) -> None:
    assert cut_html(body) == (body, False)


@pytest.mark.parametrize(
    ("kept", "rest"),
    [
        ("x" * LONGEST_HTML, "x"),
        ("x" * LONGEST_HTML, "<br>" * 2 * MOST_BODY_TAGS),
        ("글" + "<br>" * MOST_BODY_TAGS, "<br>"),
        ("<" * MOST_BODY_TAGS, "<x"),
        ("<br>" * MOST_BODY_TAGS + "글", "<p>끝"),
    ],
)
def test_beyond_them_it_ends_and_is_said_to_be_cut(kept: str, rest: str) -> None:
    assert cut_html(kept + rest) == (kept, True)


def test_cutting_takes_time_by_the_length() -> None:
    assert_linear(lambda size: cut_html("<b>" * size), 50_000)
