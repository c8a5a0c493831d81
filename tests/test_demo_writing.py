"""What people type in the blog's own way of writing."""

from __future__ import annotations

import pytest

from bot.demo.writing import render_html


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("한 줄\n두 줄", "<p>한 줄<br>두 줄</p>"),
        ("- 하나\n- 둘", "<ul><li>하나</li><li>둘</li></ul>"),
        ("> 인용", "<blockquote><p>인용</p></blockquote>"),
        ("- 하나\n둘", "<p>- 하나<br>둘</p>"),
        ("<b> & **굵게**", "<p>&lt;b&gt; &amp; <b>굵게</b></p>"),
        (
            "https://example.com/a.",
            '<p><a href="https://example.com/a">https://example.com/a</a>.</p>',
        ),
    ],
)
def test_paragraphs_lists_and_quotes_are_html_and_tags_are_text(typed: str, html: str) -> None:
    assert render_html(typed) == html
