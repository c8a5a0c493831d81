"""The quick reader and feedparser agree; and the quick one knows what it does not know."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.formats.anyfeed import parse_any_feed
from bot.sources.formats.feed import fetched_from
from bot.sources.formats.xmlfeed import parse_xml_feed

if TYPE_CHECKING:
    from bot.sources.entries import Fetched

ADDRESS = "https://blog.example/rss"
RSS = (
    '<?xml version="1.0" encoding="euc-kr"?><rss version="2.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
    "<channel><title>새벽의 서재</title><link>https://blog.example/</link>"
    "<description>씁니다.</description>{}</channel></rss>"
)
ATOM = (
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" '
    'xmlns:thr="http://purl.org/syndication/thread/1.0"><title type="html">새벽의 서재</title>'
    "<subtitle>씁니다.</subtitle><author><name>도래</name></author>{}</feed>"
)


def quick(text: str) -> Fetched | None:
    channel = parse_xml_feed(text)
    return None if channel is None else fetched_from(channel, ADDRESS)


def lenient(text: str) -> Fetched:
    channel = parse_any_feed(text)
    assert channel is not None
    return fetched_from(channel, ADDRESS)


_WORDS = st.sampled_from(
    ["빵집", "a &amp; b", "if a < b", "<b>굵은</b> 글", "두\n줄", "&lt;i&gt;", "글 3/3", "🍞", "…"]
)
_HTML = st.lists(
    st.sampled_from(["<p>글입니다.</p>", "<b>굵게</b>", " 그리고 ", "<br>", "a &amp; b", "\n"]),
    min_size=1,
    max_size=5,
).map(lambda parts: "글" + "".join(parts))
_DATES = st.sampled_from(
    ["Fri, 20 Nov 2026 09:30:00 +0900", "2026-11-20T00:30:00Z", "2026-13-45", "어제"]
)


def _element(name: str, texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    made = st.one_of(
        texts.map(lambda text: f"<{name}>{escape(text)}</{name}>"),
        texts.map(lambda text: f"<{name}><![CDATA[{text}]]></{name}>"),
    )
    return st.one_of(st.just(""), made)


_ITEMS = st.tuples(
    _element("title", _WORDS),
    _element("link", st.sampled_from(["/1", "https://blog.example/2?utm_source=x", "/3"])),
    _element("feedburner:origLink", st.just("https://blog.example/original")),
    st.sampled_from(
        [
            "",
            "<guid>https://blog.example/3</guid>",
            '<guid isPermaLink="false">tag:1</guid>',
            '<guid isPermaLink="true">https://blog.example/4</guid>',
        ]
    ),
    _element("author", st.sampled_from(["me@blog.com (윤슬)", "윤슬", "me@blog.com"])),
    _element("dc:creator", st.sampled_from(["도래", "Min Seo"])),
    _element("pubDate", _DATES),
    _element("dc:date", _DATES),
    _element("slash:comments", st.sampled_from(["3", "0", "many"])),
    _element("content:encoded", _HTML),
    _HTML.map(lambda html: f"<description>{escape(html)}</description>"),
).map(lambda parts: f"<item>{''.join(parts)}</item>")

_ENTRIES = st.tuples(
    st.sampled_from(["text", "html"]).flatmap(
        lambda kind: _WORDS.map(lambda text: f'<title type="{kind}">{escape(text)}</title>')
    ),
    st.sampled_from(
        [
            "",
            '<link href="/1"/>',
            '<link rel="self" href="/self"/><link rel="alternate" type="text/html" href="/2"/>',
        ]
    ),
    _element("id", st.sampled_from(["tag:1", "https://blog.example/3"])),
    st.sampled_from(["", "<author><name>윤슬</name><email>me@blog.com</email></author>"]),
    _element("published", _DATES),
    _element("updated", _DATES),
    _element("thr:total", st.sampled_from(["3", "0"])),
    _HTML.map(lambda html: f'<content type="html">{escape(html)}</content>'),
    st.sampled_from(
        ["", '<summary type="text">요약 &lt;b&gt;</summary>', "<summary>요약</summary>"]
    ),
).map(lambda parts: f"<entry>{''.join(parts)}</entry>")


@given(st.lists(_ITEMS, max_size=4))
def test_both_readers_agree_on_rss(items: list[str]) -> None:
    text = RSS.format("".join(items))
    assert quick(text) == lenient(text)


@given(st.lists(_ENTRIES, max_size=4))
def test_both_readers_agree_on_atom(entries: list[str]) -> None:
    text = ATOM.format("".join(entries))
    assert quick(text) == lenient(text)


@pytest.mark.parametrize(
    "text",
    [
        "<rss><channel><item><title>a</title>",
        RSS.format("<item><title>a &nbsp; b</title></item>"),
        RSS.format("<item><title>본문 없는 글</title></item>"),
        RSS.format("<item><title>a</title><description>한 <b>굵은</b> 글</description></item>"),
        '<!DOCTYPE rss [<!ENTITY a "b">]>' + RSS.format("").partition("?>")[2],
        RSS.format('<item xml:base="https://elsewhere.example/"/>'),
        ATOM.format("<entry><title>본문 없는 글</title></entry>"),
        ATOM.format('<entry><content type="xhtml"><div/></content></entry>'),
        ATOM.format('<entry><content type="image/png">x</content></entry>'),
        ATOM.format('<entry><content src="https://blog.example/1"/></entry>'),
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
        "<rss/>",
        "<html/>",
        "",
    ],
)
def test_what_is_unusual_is_left_to_feedparser(text: str) -> None:
    assert parse_xml_feed(text) is None


def test_an_empty_atom_title_is_empty() -> None:
    text = ATOM.replace(' type="html">새벽의 서재</title>', "/>")
    fetched = quick(text.format('<entry><content type="text">글</content></entry>'))
    assert fetched is not None
    assert fetched.title == ""
    assert fetched.entries[0].title == ""
