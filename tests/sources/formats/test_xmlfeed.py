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
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
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


ITEM = "<item><title>글</title><description>글입니다.</description></item>"
ENTRY = "<entry><title>글</title><content>글입니다.</content></entry>"


def quick(text: str) -> Fetched | None:
    channel = parse_xml_feed(text)
    return None if channel is None else fetched_from(channel, ADDRESS)


def lenient(text: str) -> Fetched:
    channel = parse_any_feed(text)
    assert channel is not None
    return fetched_from(channel, ADDRESS)


_WORDS = st.sampled_from(
    [
        "빵집",
        "a &amp; b",
        "don\x92t",
        "â\x80¦",
        "caf\u00c3\u00a9",
        "if a < b",
        "<b>굵은</b> 글",
        "두\n줄",
        "&lt;i&gt;",
        "글 3/3",
        "🍞",
        "…",
    ]
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
    _element("feedburner:origLink", st.sampled_from(["https://blog.example/original", "없음"])),
    st.sampled_from(
        [
            "",
            '<atom:link rel="alternate" href="/5"/>',
            '<atom:link rel="self" href="/6"/><atom:link type="application/json" href="/7"/>',
            '<enclosure url="https://cdn.example/1.mp3" type="audio/mpeg" length="1"/>',
            '<link uri="at://did:plc:x">/8</link>',
        ]
    ),
    _element("itunes:summary", st.sampled_from(["짧게", "글" * 200])),
    st.sampled_from(
        [
            "",
            "<media:title>그림</media:title>",
            "<media:group><media:title>그림</media:title></media:group>",
            "<media:group><media:description>그림의 설명</media:description></media:group>",
        ]
    ),
    _element("atom:updated", _DATES),
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
            '<link type="application/json" href="/3"/><link rel=" alternate" href="/4"/>',
            '<link rel="enclosure" href="/5.mp3"/>',
            '<link rel="http://www.iana.org/assignments/relation/alternate" href="/6"/>',
        ]
    ),
    _element("id", st.sampled_from(["tag:1", "https://blog.example/3"])),
    st.sampled_from(
        [
            "",
            "<author><name>윤슬</name><email>me@blog.com</email></author>",
            "<author><name>윤슬</name></author><author><name>도래</name></author>",
        ]
    ),
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
    assert quick(text) in (None, lenient(text))


@given(st.lists(_ENTRIES, max_size=4))
def test_both_readers_agree_on_atom(entries: list[str]) -> None:
    text = ATOM.format("".join(entries))
    assert quick(text) == lenient(text)


def test_what_unusual_feeds_are_made_of_is_usual() -> None:
    for text in (RSS.format(ITEM), ATOM.format(ENTRY)):
        assert quick(text) == lenient(text) is not None


SITE = "<rss version='2.0'><channel><title>t</title><link>{}</link>{}</channel></rss>"


@pytest.mark.parametrize(
    ("site", "link", "whole"),
    [
        ("https://site.example/", "/1", "https://site.example/1"),
        ("https://site.example/blog/", "1.html", "https://site.example/blog/1.html"),
        ("https://site.example", "1", "https://site.example/1"),
        ("/blog/", "1", "https://blog.example/blog/1"),
        ("", "1", "https://blog.example/1"),
        ("mailto:me@blog.example", "/1", "https://blog.example/1"),
        ("https://site.example/", "https://other.example/1", "https://other.example/1"),
        ("https://site.example/", "&lt;![CDATA[/1]]&gt;", "https://site.example/1"),
    ],
)
def test_links_are_seen_from_the_site_of_the_feed(site: str, link: str, whole: str) -> None:
    item = f"<item><link>{link}</link><description>글</description></item>"
    text = SITE.format(site, item)
    found = quick(text)
    assert found == lenient(text)
    assert found.entries[0].link == whole


@pytest.mark.parametrize(
    ("links", "whole"),
    [
        ("<atom:link href='/1'/><enclosure url='/1.mp3' type='audio/mpeg'/>", "/1"),
        ("<enclosure url='/1.mp3' type='audio/mpeg'/>", "/1.mp3"),
        ("<atom:link rel='self' href='/self'/><link>/1</link>", "/1"),
    ],
)
def test_of_the_links_of_an_item_its_page_comes_first(links: str, whole: str) -> None:
    text = RSS.format(ITEM.replace("<item>", f"<item>{links}"))
    found = quick(text)
    assert found == lenient(text)
    assert found.entries[0].link == f"https://blog.example{whole}"


def test_links_are_seen_from_an_xml_base() -> None:
    entry = ENTRY.replace("<entry>", "<entry xml:base='https://base.example/a/'><link href='1'/>")
    text = ATOM.format(entry)
    assert quick(text) is None
    assert lenient(text).entries[0].link == "https://base.example/a/1"


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
        RSS.format("<item><description>글</description><media:title>제목</media:title></item>"),
        RSS.format(
            "<item><description>글</description><media:group><media:title>제목</media:title></media:group></item>"
        ),
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
        RSS.format(f"{ITEM[:-7]}<title>또 하나</title></item>"),
        RSS.format(f"{ITEM[:-7]}<dc:date>어제</dc:date><atom:updated>오늘</atom:updated></item>"),
        RSS.format(f"{ITEM[:-7]}<dc:title>또 하나</dc:title></item>"),
        RSS.format(f"{ITEM[:-7]}{ITEM}</item>"),
        RSS.format(f"{ITEM[:-7]}<link href='/1'/></item>"),
        RSS.format(f"{ITEM[:-7]}<media:content url='/1.mp4'/></item>"),
        RSS.format("<title>이름이 둘</title>"),
        RSS.format("<dc:description>소개가 둘</dc:description>"),
        RSS.format("").replace("podcast-1.0", "Podcast-1.0"),
        ATOM.format("<title>이름이 둘</title>"),
        ATOM.format("<item/>"),
        ATOM.format(f"{ENTRY[:-8]}<summary>하나</summary><summary>둘</summary></entry>"),
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
