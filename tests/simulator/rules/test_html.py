# ruff: noqa: E501  # a table reads better with a case a line

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.api.errors import ApiError
from bot.simulator.rules.html import parse_html
from bot.simulator.rules.spans import utf16_length


@pytest.mark.parametrize(
    ("html", "text", "spans"),
    [
        ("<b>굵게</b> 그냥", "굵게 그냥", [("bold", 0, 2, {})]),
        ("<strong>a</strong><em>b</em>", "ab", [("bold", 0, 1, {}), ("italic", 1, 1, {})]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", [("strikethrough", i, 1, {}) for i in range(3)]),
        ("<u>a</u><ins>b</ins>", "ab", [("underline", i, 1, {}) for i in range(2)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", 0, 1, {})]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1, {})]),
        ("😀<b>a</b>", "😀a", [("bold", 2, 1, {})]),
        ('<a href="https://x.kr/a?b=1&amp;c=2">글</a>', "글", [("text_link", 0, 1, {"url": "https://x.kr/a?b=1&c=2"})]),
        ("<a href='tg://user?id=42'>민지</a>", "민지", [("text_mention", 0, 2, {"user": {"id": 42}})]),
        ("<a>https://x.kr</a>", "https://x.kr", [("text_link", 0, 12, {"url": "https://x.kr/"})]),
        ('<a href="http://localhost">x</a>', "x", []),
        ("<code>x</code>", "x", [("code", 0, 1, {})]),
        ("<pre>x</pre>", "x", [("pre", 0, 1, {})]),
        ('<pre><code class="language-python">x</code></pre>', "x", [("pre", 0, 1, {"language": "python"})]),
        ('<code class="language-python"><pre>x</pre></code>', "x", [("pre", 0, 1, {"language": "python"})]),
        ('<code class="language-python">x</code>', "x", [("code", 0, 1, {})]),
        ("<pre><code>x</code></pre>", "x", [("pre", 0, 1, {}), ("code", 0, 1, {})]),
        ("<blockquote>x</blockquote>", "x", [("blockquote", 0, 1, {})]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1, {})]),
        ('<blockquote expandable="">x</blockquote>', "x", [("expandable_blockquote", 0, 1, {})]),
        ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "👍", [("custom_emoji", 0, 2, {"custom_emoji_id": "5368324170671202286"})]),
        ('<tg-time unix="1700000000" format="t">때</tg-time>', "때", [("date_time", 0, 1, {"unix_time": 1700000000})]),
        ("<tg-time>때</tg-time>", "때", []),
        ("<b></b>x", "x", []),
        ("<B>x</>", "x", [("bold", 0, 1, {})]),
        ("<b  >x</b >", "x", [("bold", 0, 1, {})]),
        ("<b id=x>x</b>", "x", [("bold", 0, 1, {})]),
        ("&lt;&gt;&amp;&quot;&#65;&#x42;", '<>&"AB', []),
        ("&lt no semicolon", "< no semicolon", []),
        ("&nbsp;&copy;&#0;&#99999999;& &", "&nbsp;&copy;&#0;&#99999999;& &", []),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2, {}), ("italic", 1, 1, {})]),
    ],
)  # fmt: skip
def test_html_becomes_text_and_entities(
    html: str, text: str, spans: list[tuple[str, int, int, dict[str, object]]]
) -> None:
    got, found = parse_html(html)
    assert got == text
    assert [(span.kind, span.offset, span.length, span.extra) for span in found] == spans


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("가<p>x</p>", 'Unsupported start tag "p" at byte offset 3'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x", 'Can\'t find end tag corresponding to start tag "a"'),
        ("<a href ", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href= ", 'Unclosed start tag "a" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href=x/y>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<a =x>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
        ("&#xD800;", "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
    ],
)  # fmt: skip
def test_wrong_html_is_refused_with_the_real_words(html: str, reason: str) -> None:
    with pytest.raises(ApiError) as refusal:
        parse_html(html)
    assert refusal.value.description == f"Bad Request: can't parse entities: {reason}"


@given(st.text(alphabet=st.sampled_from(list("<>/&;\"' =abi#x1😀가")), max_size=60))
def test_any_text_is_parsed_or_refused_and_spans_lie_inside(html: str) -> None:
    try:
        text, spans = parse_html(html)
    except ApiError:
        return
    assert all(span.offset >= 0 and span.end <= utf16_length(text) for span in spans)
