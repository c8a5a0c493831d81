from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.html import html_to_rich, html_to_text
from bot.text.nesting import fit
from bot.text.paging import pages
from bot.text.rich import Kind, Rich
from tests.steps import assert_linear, steps
from tests.text.strategies import PIECES, assert_sendable

if TYPE_CHECKING:
    from collections.abc import Callable

BASE = "https://example.com/blog/1"
TAGS = (
    *("p", "div", "br", "b", "strong", "i", "em", "u", "s", "a", "code", "pre", "blockquote"),
    *("h1", "h2", "ul", "ol", "li", "table", "tr", "td", "th", "img", "figure", "figcaption"),
    *("details", "summary", "hr", "script", "style", "iframe", "span", "tg-spoiler", "sup", "q"),
    *("input type=checkbox", "input type=checkbox checked", "video", "audio", "object", "source"),
    *("ruby", "rt", "rp", "caption", "svg", "template", "unknown", "body", "title", "plaintext"),
)
ATTRIBUTES = (
    "",
    ' href="https://example.com/x"',
    " href=/y",
    " href=javascript:alert(1)",
    ' class="language-python"',
    ' class="tg-spoiler"',
    ' alt="그림 설명"',
    ' alt="😀"',
    " alt=a.jpg",
    " hidden",
    ' style="display: none"',
    ' start="7"',
    ' src="https://example.com/a.mp4"',
    " data-list=checked",
    " class=gutter",
    " class=lineno",
    " class=katex-mathml",
    " class=katex-html",
    " value=x",
    ' title="',
)


def hostile_html() -> st.SearchStrategy[str]:
    """Tags that do not close, cross and lie, between hostile text and entities."""
    opening = st.builds("<{}{}>".format, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES))
    closing = st.sampled_from(TAGS).map("</{}>".format)
    entity = st.sampled_from(["&amp;", "&#8238;", "&#0;", "&#x1F468;", "&zwj;", "&nbsp;", "&lt;b"])
    text = st.one_of(st.sampled_from(PIECES), st.text(max_size=6))
    piece = st.one_of(opening, closing, entity, text, st.sampled_from(["<!--", "-->", "<", "]]>"]))
    return st.lists(piece, max_size=40).map("".join)


def styled(html: str, base: str | None = None) -> list[tuple[str, str]]:
    """Each entity's kind and text."""
    rich = html_to_rich(html, base)
    return [(one.kind.value, rich.slice(one.offset, one.end).text) for one in rich.entities]


@given(hostile_html())
def test_plain_text_is_the_text_with_entities_without_them(html: str) -> None:
    assert html_to_text(html) == html_to_rich(html).text


@given(hostile_html())
def test_any_html_becomes_text_that_can_be_sent(html: str) -> None:
    rich = html_to_rich(html)
    assert_sendable(rich)
    assert rich.text == rich.text.strip()


@given(hostile_html(), st.integers(2, 120))
def test_any_html_fits_pages_of_any_size(html: str, units: int) -> None:
    rich = html_to_rich(html, BASE)
    parts = pages(rich, units)
    for part in parts:
        assert part.length <= units
        assert_sendable(part)
        assert len(fit(part).entities) <= 100
    assert "".join("".join(part.text for part in parts).split()) == "".join(rich.text.split())


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>하나</p>\n<p>둘</p>", "하나\n\n둘"),
        ("<div>하나</div><div>둘</div>", "하나\n둘"),
        ("하나<br>둘<br/><br><br>셋", "하나\n둘\n\n셋"),
        (" 빈  칸\n하나 <b> 굵게 </b> 끝 ", "빈 칸 하나 굵게 끝"),
        ("<p>&nbsp;</p><p>\u200b</p><p>글</p>", "글"),
        ("<b>하나</b>&nbsp;<b>둘</b>", "하나 둘"),
        ("&lt;b&gt; &amp; &#44032; &hellip; &unknown; &#128;", "<b> & 가 … &unknown; €"),
        ("<h2>제목</h2>글", "제목\n\n글"),
        ("앞<hr>뒤<hr>", "앞\n\n———\n\n뒤"),
        ("<script>x</script><style>y</style><iframe>z</iframe>글", "글"),
        ("<div hidden>안 보임<p>속</p></div><p style='color:red; display:none'>x</p>글", "글"),
        ("<noscript><img alt=겹침></noscript>글", "글"),
        ("<!-- 주석 -->글<!-- 끝 없는 주석", "글"),
        ("<p>안 닫은 <b>굵은 글", "안 닫은 굵은 글"),
        ("10<sup>2</sup> H<sub>2</sub>O x<sup>th</sup>", "10² H₂O xth"),
        ("그는 <q>인용</q> 했다", "그는 “인용” 했다"),
        ("<ruby>漢<rp>(</rp><rt>한</rt><rp>)</rp></ruby>", "漢(한)"),
        ("<details><summary>더 보기</summary><p>속</p></details>", "▸ 더 보기\n\n속"),
        ("<dl><dt>낱말</dt><dd>뜻</dd></dl>", "낱말\n뜻"),
        ("가&#8238;나&#8236; 👨&zwj;👩", "가나 👨\u200d👩"),
        ("<p>a</p></p></div>b", "a\n\nb"),
        ("그냥 글", "그냥 글"),
        ("", ""),
        ("<!-- -->", ""),
        ("<p></p>", ""),
    ],
)
def test_text_is_laid_out_as_browsers_do(html: str, text: str) -> None:
    assert html_to_rich(html).text == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ul><li>하나</li><li>둘</li></ul>끝", "• 하나\n• 둘\n\n끝"),
        ("<ul><li><p>하나</p><p>이어서</p></li></ul>", "• 하나\n  이어서"),
        ("<ul><li>밖<ul><li>안<ul><li>속<ul><li>끝", "• 밖\n  ◦ 안\n    ▪ 속\n      ▪ 끝"),
        ("<ol start=9><li>a</li><li value=20>b</li><li value=x>c", "9. a\n20. b\n21. c"),
        ("<ol start=99999999><li>a", "1. a"),
        ("<ul><li></li><li><br>글</li></ul>", "• 글"),
        ("<ul>목록 앞<li>하나</ul>", "목록 앞\n• 하나"),
        ("<li>혼자</li>글", "• 혼자\n글"),
        ("<p>앞</p><ul><li><ul><li>속", "앞\n\n  ◦ 속"),
        ("<ul><li>글<pre>코드</pre>", "• 글\n  코드"),
    ],
)
def test_lists_are_numbered_and_indented(html: str, text: str) -> None:
    assert html_to_rich(html).text == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ul><li>가</li></ul><ul><li>나</li></ul>", "• 가\n• 나"),
        (
            "<ul><li>가</ul>\n<br><p></p><ul><li>나<li>다</ul><ul><li>라</ul>",
            "• 가\n• 나\n• 다\n\n• 라",
        ),
        ("<ol><li>가</ol><ol><li>나</ol><ol><li>다</ol>", "1. 가\n2. 나\n3. 다"),
        ("<ol start=4><li>가</ol><ol><li>나</ol><ol start=9><li>다</ol>", "4. 가\n5. 나\n9. 다"),
        ("<ol><li>가</ol><p>글</p><ol><li>나</ol>", "1. 가\n\n글\n\n1. 나"),
        ("<ol><li>가</ol><ul><li>나</ul><ol><li>다</ol>", "1. 가\n\n• 나\n\n1. 다"),
        ("<ol><li>가</ol><hr><ol><li>나</ol>", "1. 가\n\n———\n\n1. 나"),
        ("<ol><li>가<li>나</ol><ol><li>다</ol>", "1. 가\n2. 나\n\n1. 다"),
        ("<ul><li>가<ol><li>나</ol></li><li><ol><li>다</ol></ul>", "• 가\n  1. 나\n  1. 다"),
        ("<ul><li>가<ol><li>나</ol><ol><li>다</ol></ul>", "• 가\n  1. 나\n  2. 다"),
    ],
)
def test_lists_of_one_item_in_a_row_read_as_one(html: str, text: str) -> None:
    assert html_to_rich(html).text == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            "<ul><li><input type=checkbox checked>한 일<li><input type=checkbox> 할 일",
            "• ☑ 한 일\n• ☐ 할 일",
        ),
        (
            "<li><label><input type=checkbox><span></span></label><div><p>할 일</p></div>",
            "• ☐ 할 일",
        ),
        ("<p><input type=checkbox disabled checked=''> 한 일</p><p>글", "☑ 한 일\n\n글"),
        ("앞 <input type=CHECKBOX> 뒤 <input type=text value=x><input>", "앞 ☐ 뒤"),
        ("<ol><li data-list=checked>한 일<li data-list=unchecked>할 일", "1. ☑ 한 일\n2. ☐ 할 일"),
        ("<ul><li><input type=checkbox></ul>글", "글"),
        ("<pre>a <input type=checkbox> b</pre>", "a  b"),
    ],
)
def test_done_and_not_done_differ(html: str, text: str) -> None:
    assert html_to_rich(html).text == text


VIDEO = "https://www.youtube.com/watch?v=abc12345678"


@pytest.mark.parametrize(
    ("html", "text", "url"),
    [
        (
            "<iframe src='//www.youtube.com/embed/abc12345678?rel=0'></iframe>",
            "▶ youtube.com",
            VIDEO,
        ),
        ("<iframe src=https://youtube-nocookie.com/embed/abc12345678>x", "▶ youtube.com", VIDEO),
        (
            "<iframe title='빵 굽기' data-src='https://www.youtube.com/embed/abc12345678'>",
            "▶ 빵 굽기",
            VIDEO,
        ),
        (
            "<iframe src=https://player.vimeo.com/video/12?h=1>",
            "▶ vimeo.com",
            "https://vimeo.com/12",
        ),
        (
            "<iframe src=https://tv.naver.com/embed/1>",
            "▶ tv.naver.com",
            "https://tv.naver.com/embed/1",
        ),
        (
            "<audio controls><source src=/a.mp3><source src=/a.ogg>안 들려요</audio>",
            "▶ a.mp3",
            "https://example.com/a.mp3",
        ),
        (
            "<video src=/%EB%B9%B5.mp4 poster=x.jpg></video>",
            "▶ 빵.mp4",
            "https://example.com/%EB%B9%B5.mp4",
        ),
        (
            "<video><source src=javascript:x><source src=/b.webm>",
            "▶ b.webm",
            "https://example.com/b.webm",
        ),
        ("<oembed url=https://youtu.be/a></oembed>", "▶ youtu.be", "https://youtu.be/a"),
        ("<embed src=/c.swf>", "▶ c.swf", "https://example.com/c.swf"),
        (
            "<object><param name=movie value=/d.swf><embed src=/e.swf></object>",
            "▶ d.swf",
            "https://example.com/d.swf",
        ),
        (
            "<object data=/f.pdf type=application/pdf><p>없음</p></object>",
            "▶ f.pdf",
            "https://example.com/f.pdf",
        ),
    ],
)
def test_what_is_embedded_can_be_opened(html: str, text: str, url: str) -> None:
    rich = html_to_rich(html, BASE)
    assert rich.text == text
    assert [(one.kind, one.url) for one in rich.entities] == [(Kind.LINK, url)]


@pytest.mark.parametrize(
    "html",
    [
        "<iframe></iframe>",
        "<iframe src=about:blank></iframe>",
        "<iframe src=https://x.example/count width=1 height=0></iframe>",
        "<iframe src=https://www.googletagmanager.com/ns.html?id=1></iframe>",
        "<iframe src=https://www.facebook.com/plugins/like.php?href=x></iframe>",
        "<iframe src=https://x.example/ style='display:none'></iframe>",
        "<noscript><iframe src=https://x.example/></iframe></noscript>",
        "<object type=image/svg+xml data=/a.svg></object>",
        "<video><p>안 보여요</p></video>",
    ],
)
def test_what_nobody_would_open_is_left_out(html: str) -> None:
    assert html_to_rich(f"앞{html}", BASE) == Rich("앞")


def test_an_embedded_video_has_its_line() -> None:
    video = f"<iframe src={VIDEO.replace('watch?v=', 'embed/')}></iframe>"
    assert html_to_rich(f"앞 {video} 뒤").text == "앞\n▶ youtube.com\n뒤"
    linked = html_to_rich(f"<a href=https://x.example/>{video}</a>")
    assert [one.url for one in linked.entities] == ["https://x.example/"]
    assert html_to_rich(f"<pre>a{video}b</pre>").text == "ab"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<pre><div>하나</div><div>둘</div></pre>", "하나\n둘"),
        ("<pre><div>하나\n</div><div><br></div><div>둘</div></pre>", "하나\n\n둘"),
        ("<pre><div>하나</div>\n<div>둘</div></pre>", "하나\n둘"),
        ("<pre><code><ol><li>하나</li><li>둘</li></ol></code></pre>", "하나\n둘"),
        ("<pre><i style='display:block'>하나</i><i style='display: flex'>둘</i></pre>", "하나\n둘"),
        ("<pre>앞<div>속</div>뒤 <b>굵게</b> 끝</pre>", "앞\n속\n뒤 굵게 끝"),
        ("<pre><span class=lineno>1</span>a\n<span class=lineno>2</span>b</pre>", "a\nb"),
        (
            "<table><tr><td class='gutter gl'><pre>1\n2</pre><td><pre>a\nb</pre></table>",
            "a\nb",
        ),
        ("<div class=line-numbers-wrapper>1<br>2</div><pre class=line-numbers>a</pre>", "a"),
        ("<div class='col gutter'>글</div>", "글"),
    ],
)
def test_lines_of_code_stand_on_lines_without_their_numbers(html: str, text: str) -> None:
    assert html_to_rich(html).text == text


KATEX = (
    "<span class=katex><span class=katex-mathml><math><mi>a</mi><annotation>a</annotation></math>"
    "</span><span class=katex-html aria-hidden=true>a</span></span>"
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (f"식 {KATEX}, {KATEX} 끝", "식 a, a 끝"),
        ("식 <span class=katex><span class=katex-html>a</span></span> 끝", "식 a 끝"),
        (
            "<i class=MathJax_Preview>a</i><i class=MathJax>a<i class=MJX_Assistive_MathML>a",
            "a",
        ),
        ("<mjx-container><svg>a</svg><mjx-assistive-mml><math><mi>a</mi></math>", "a"),
    ],
)
def test_a_formula_is_written_once(html: str, text: str) -> None:
    assert html_to_rich(html).text == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<table><tr><th>가<th>나<tr><td>1<td>2</table>끝", "가 | 나\n1 | 2\n\n끝"),
        ("<table><caption>표</caption><tr><td><p>1</p><td><p>2</p></table>", "표\n1 | 2"),
        ("<table><tr><td><td>2<tr><td>3<td></table>", "2\n3"),
        ("<table><tr><td><br>1<td>2</table>", "1 | 2"),
        ("<table><tr><td><p>긴</p><p>칸</p><td>옆<tr><td>다음</table>", "긴\n\n칸\n\n옆\n다음"),
        ("<table><tr><td><table><tr><td>속<td>표</table><td>밖</table>", "속 | 표 | 밖"),
        ("<tr><td>표</td><td>없이", "표없이"),
    ],
)
def test_tables_are_lines_of_cells(html: str, text: str) -> None:
    assert html_to_rich(html).text == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("글<img alt='고양이 사진'>글", "글\n🖼 고양이 사진\n글"),
        ("글<img alt='😀'>글", "글😀글"),
        ("글<img alt='IMG_1.JPG'><img><img title='개'>", "글\n🖼 개"),
        ("<figure><img alt='고양이'><figcaption>설명</figcaption></figure>글", "🖼 설명\n\n글"),
        ("<figure><img alt='고양이'><figcaption> </figcaption></figure>글", "🖼 고양이\n\n글"),
        ("<figure><img alt='하나'><img alt='둘'></figure>", "🖼 하나\n🖼 둘"),
        ("<figure><pre>x</pre><figcaption>코드</figcaption></figure>", "x\n\n코드"),
        ("<figcaption>혼자</figcaption>", "혼자"),
    ],
)
def test_pictures_are_their_captions_or_what_stands_for_them(html: str, text: str) -> None:
    assert html_to_rich(html).text == text


def test_styles_are_those_that_telegram_takes() -> None:
    assert styled(
        "<strong>굵</strong><em>기</em><ins>밑</ins><del>취</del><kbd>코</kbd>"
        "<tg-spoiler>비</tg-spoiler> <span class='x tg-spoiler'>밀</span><span class=x>글</span>"
    ) == [
        ("bold", "굵"),
        ("italic", "기"),
        ("underline", "밑"),
        ("strikethrough", "취"),
        ("code", "코"),
        ("spoiler", "비"),
        ("spoiler", "밀"),
    ]


def test_a_style_holds_no_white_space_at_its_ends_and_none_twice() -> None:
    assert styled("앞<b> 굵은 <strong>글</strong> </b><i> </i>뒤") == [("bold", "굵은 글")]


def test_links_lead_to_web_pages_only() -> None:
    html = "<a href='/x'>하나</a> <a href='javascript:x'>둘</a> <a href='tg://x'>셋</a> <a>넷</a>"
    rich = html_to_rich(html, BASE)
    assert rich.text == "하나 둘 셋 넷"
    assert [(one.kind, one.url) for one in rich.entities] == [(Kind.LINK, "https://example.com/x")]


def test_code_keeps_its_lines_and_says_its_language() -> None:
    rich = html_to_rich(
        '글<pre class="highlight"><code class="x language-python">\ndef f():\n\treturn 1<br>#\n\n'
        "</code></pre>뒤 <code> x  y </code>"
    )
    assert rich.text == "글\n\ndef f():\n    return 1\n#\n\n뒤 x y"
    assert [(one.kind, one.language) for one in rich.entities] == [
        (Kind.PRE, "python"),
        (Kind.CODE, None),
    ]


def test_code_without_text_leaves_nothing() -> None:
    assert html_to_rich("<pre>\n \n</pre>글") == Rich("글")


def test_code_in_code_and_what_is_hidden_there_do_not_show() -> None:
    rich = html_to_rich("<pre>a<pre>b</pre><button>복사</button>c</pre>d")
    assert rich.text == "a\nb\nc\n\nd"


def test_quotations_do_not_nest_and_long_ones_are_folded() -> None:
    assert styled("<blockquote>밖<blockquote>안</blockquote></blockquote>") == [
        ("blockquote", "밖\n\n안")
    ]
    assert styled(f"<blockquote>{'긴 글 ' * 200}</blockquote>")[0][0] == "expandable_blockquote"


DEEP_OR_LONG: dict[str, tuple[Callable[[int], str], int]] = {
    "div": (lambda size: "<div>" * size, 25_000),
    "b": (lambda size: "<b>" * size, 25_000),
    "list": (lambda size: "<ul><li>" * size, 12_000),
    "table": (lambda size: "<table><tr><td>" * size, 8_000),
    "crossing": (lambda size: "<b><i>x" * size + "</b></i>" * size, 8_000),
    "attributes": (
        lambda size: "<p " + " ".join(f"a{one}=1" for one in range(size)) + ">",
        100_000,
    ),
    "title": (lambda size: "<h1>" + "가" * size, 1_000_000),
    "angles": (lambda size: "<" * size, 50_000),
    "marks": (lambda size: "a" + "&#769;" * size, 100_000),
}


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("kind", DEEP_OR_LONG)
def test_what_is_deep_or_long_loses_nothing(kind: str) -> None:
    make, size = DEEP_OR_LONG[kind]
    assert html_to_rich(make(size) + "끝").text.endswith("끝")


SWELLING: dict[str, Callable[[int], str]] = {
    "lists": lambda size: "<ul><li>x" * size,
    "lines in lists": lambda size: "<ul><li>" * size + "<br>x" * size,
    "numbers": lambda size: "<ol start=999999>" + "<ol><li>x" * size,
    "cells": lambda size: "<table><tr>" + "<td>x" * size,
    "tables": lambda size: "<table><tr><td>x" * size,
    "rules": lambda size: "<hr>x" * size,
    "quotations": lambda size: "<q>x" * size,
    "figures": lambda size: "<figure><img alt=abc>" * size,
    "captions": lambda size: "<ul>" * size + "<figure><img alt=abc><figcaption>x" * size,
    "folds": lambda size: "<ul><li>" * size + "<details><summary>x" * size,
    "tabs": lambda size: "<pre>" + "\t" * size + "x",
    "ligatures": lambda size: "\ufdfa" * size,
    "links": lambda size: "<a href=x>y</a>" * size,
}


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("kind", SWELLING)
def test_the_text_is_a_small_multiple_of_what_it_was_made_of(kind: str) -> None:
    """Addresses count, too: each link of a page repeats the page's own."""
    html = SWELLING[kind](4_000)
    rich = html_to_rich(html, "https://example.com/" + "x" * 2_000 + "/")
    written = rich.length + sum(len(entity.url or "") for entity in rich.entities)
    assert written <= 5 * len(html) + 100_000


def test_the_plain_text_is_the_text_alone() -> None:
    assert html_to_text("<p>글 <b>하나</b></p>") == "글 하나"


def test_lists_are_indented_as_deep_as_a_screen_shows() -> None:
    lines = html_to_rich("<ul><li>x" * 40).text.split("\n")
    assert lines[0] == "• x"
    assert lines[2] == "    ▪ x"
    assert lines[7:] == [lines[7]] * 33


def test_links_beyond_what_a_document_may_swell_to_are_text() -> None:
    rich = html_to_rich("<a href=x>y</a>" * 4_000, "https://example.com/" + "x" * 2_000 + "/")
    assert 50 < len(rich.entities) < 200
    assert rich.text == "y" * 4_000


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("kind", DEEP_OR_LONG)
def test_twice_as_deep_or_long_is_twice_the_work(kind: str) -> None:
    make, size = DEEP_OR_LONG[kind]
    assert_linear(lambda smaller: html_to_rich(make(smaller) + "끝"), size // 5)


@pytest.mark.parametrize("piece", ["&amp;@", "]>", "&#44032; ", "<!-- -->글"])
def test_what_the_parser_gives_in_pieces_is_written_at_once(piece: str) -> None:
    """Each reference and each stray sign is one, so that a text of them was slow to lay out."""
    html = f"<p>{piece * 5_000}</p><pre>{piece * 5_000}</pre>"
    assert steps(lambda: html_to_rich(html)) < 5 * 10_000


def test_pieces_between_two_tags_are_one_text() -> None:
    line = "가&amp; &lt;<!-- 말 -->나 <b>&gt;</b>&#32;다<br>&amp;"
    assert html_to_text(line) == "가& <나 > 다\n&"
    code = "<svg>가&amp;</svg>x<sup>2&#50;</sup><pre>a&amp;\n&lt;b</pre>"
    assert html_to_text(code) == "x²²\n\na&\n<b"
