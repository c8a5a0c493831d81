from __future__ import annotations

from html import escape

import pytest

from bot.sources.formats.cleaning import (
    LONGEST_HTML,
    MOST_BODY_TAGS,
    body_html,
    cut_html,
    title_line,
)
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


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("제목<br>둘째 줄", "제목 둘째 줄"),
        ("제목<BR />둘째 줄", "제목 둘째 줄"),
        ('제목 <img src="a.png" alt=""> 끝', "제목 끝"),
        ("왜 <br> 태그를 쓰나", "왜 <br> 태그를 쓰나"),
        ("The <br> tag, the <img> tag", "The <br> tag, the <img> tag"),
        ("On The <dl>", "On The <dl>"),
        ("Vec<T> 와 List<String>", "Vec<T> 와 List<String>"),
        ("&#x1F600; &#xac00; &#44032;", "😀 가 가"),
        ("&amp;#39;빵집&amp;#39; &amp;amp; 글", "'빵집' & 글"),
        ("&copy; 2026 &times; &middot; AT&T; R&D", "© 2026 × · AT&T; R&D"),
        ("don&#146;t &#x97; don\x92t", "don’t — don’t"),
        ("<![CDATA[빵집 이야기]]>", "빵집 이야기"),
        ("빵집 이야기]]>", "빵집 이야기"),
        ("a[b[0]] > 1", "a[b[0]] > 1"),
    ],
)
def test_a_title_as_it_was_meant(title: str, shown: str) -> None:
    assert title_line(title) == shown


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("한<b>글</b>은 <em>빵</em>", "한글은 빵"),
        ("한 줄<br/>두 줄<p>셋</p>", "한 줄 두 줄 셋"),
        ("<![CDATA[<i>빵집</i>]]>", "빵집"),
        ("a &amp;lt; b", "a < b"),
    ],
)
def test_a_title_in_html(title: str, shown: str) -> None:
    assert title_line(title, is_html=True) == shown


P = "<p>빵집</p><p>둘 <b>굵게</b></p>"


@pytest.mark.parametrize("is_html", [True, False])
@pytest.mark.parametrize("body", [P, escape(P), f"<![CDATA[{P}]]>", f" {P}]]>"])
def test_markup_that_was_escaped_throughout_is_markup(body: str, *, is_html: bool) -> None:
    if is_html or "<" in body:
        assert body_html(body, is_html=is_html) == P


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("한 줄&lt;br&gt;두 줄&lt;br/&gt;셋", "한 줄<br>두 줄<br/>셋"),
        ("&lt;img src='a.png'&gt; 글", "<img src='a.png'> 글"),
        ("&lt;b&gt; 태그는 굵게 합니다", "<p>&lt;b&gt; 태그는 굵게 합니다</p>"),
        ("굵게는 &lt;b&gt;…&lt;/b&gt; 입니다", "<p>굵게는 &lt;b&gt;…&lt;/b&gt; 입니다</p>"),
        ("a &lt; b", "<p>a &lt; b</p>"),
        ("<p>&amp;hellip; &amp;#8217; &amp;nbsp;</p>", "<p>&hellip; &#8217; &nbsp;</p>"),
        ("<p>&amp;lt;b&amp;gt; &amp;amp;</p>", "<p>&amp;lt;b&amp;gt; &amp;amp;</p>"),
        ("<p><code>&amp;nbsp;</code></p>", "<p><code>&amp;nbsp;</code></p>"),
        ("<p>x[y[0]]></p>", "<p>x[y[0]]></p>"),
        ("", ""),
    ],
)
def test_a_body_as_it_was_meant(body: str, kept: str) -> None:
    assert body_html(body, is_html=True) == kept


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("a < b 그리고 &amp;", "<p>a &lt; b 그리고 &amp;amp;</p>"),
        ("제목\n<p> 로 시작", "<p>제목<br>&lt;p&gt; 로 시작</p>"),
        ("<p>글</p>", "<p>글</p>"),
        ("&lt;p&gt;글&lt;/p&gt;", "<p>&amp;lt;p&amp;gt;글&amp;lt;/p&amp;gt;</p>"),
    ],
)
def test_a_body_that_is_text(body: str, kept: str) -> None:
    assert body_html(body, is_html=False) == kept
