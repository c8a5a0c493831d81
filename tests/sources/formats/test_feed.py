from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.errors import FormatError
from bot.sources.formats.feed import parse_feed
from storage.models import BlogCounts

if TYPE_CHECKING:
    from bot.sources.entries import Entry, Fetched

ADDRESS = "https://blog.example/rss"
DAY = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


def read(text: str | bytes, content_type: str = "") -> Fetched:
    data = text.encode() if isinstance(text, str) else text
    return parse_feed(data, address=ADDRESS, content_type=content_type)


def rss(*items: str, head: str = "", encoding: str = "utf-8") -> str:
    spaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
    )
    return (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0" {spaces}><channel>'
        f"<title>새벽의 서재</title><description>씁니다.</description>{head}"
        + "".join(f"<item>{item}</item>" for item in items)
        + "</channel></rss>"
    )


def one(text: str | bytes, content_type: str = "") -> Entry:
    (entry,) = read(text, content_type).entries
    return entry


RSS_20 = rss(
    "<title>빵집의 키오스크</title><link>https://blog.example/1</link>"
    '<guid isPermaLink="false">tag:1</guid><dc:creator>윤슬</dc:creator>'
    "<pubDate>Fri, 20 Nov 2026 09:30:00 +0900</pubDate><slash:comments>3</slash:comments>"
    "<description>요약</description>"
    "<content:encoded><![CDATA[<p>본문입니다.</p>]]></content:encoded>"
)
RSS_09 = (
    '<?xml version="1.0"?><rss version="0.91"><channel><title>새벽의 서재</title>'
    "<description>씁니다.</description><item><title>빵집의 키오스크</title>"
    "<link>/1</link><description>본문입니다.</description></item></channel></rss>"
)
RSS_10 = (
    '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    '<channel rdf:about="https://blog.example/"><title>새벽의 서재</title>'
    "<description>씁니다.</description></channel>"
    '<item rdf:about="https://blog.example/1"><title>빵집의 키오스크</title>'
    "<link>https://blog.example/1</link><dc:date>2026-11-20T09:30:00+09:00</dc:date>"
    "<description>본문입니다.</description></item></rdf:RDF>"
)
ATOM = (
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" '
    'xmlns:thr="http://purl.org/syndication/thread/1.0"><title>새벽의 서재</title>'
    "<subtitle>씁니다.</subtitle><author><name>도래</name></author>"
    '<entry><title type="html">빵집의 &lt;b&gt;키오스크&lt;/b&gt;</title><id>tag:1</id>'
    '<link rel="self" href="/self"/><link rel="alternate" href="/1"/><thr:total>2</thr:total>'
    "<published>2026-11-20T09:30:00+09:00</published><updated>2026-11-21T00:00:00Z</updated>"
    '<content type="html">&lt;p&gt;본문입니다.&lt;/p&gt;</content></entry></feed>'
)
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "새벽의 서재",
        "description": "씁니다.",
        "authors": [{"name": "도래"}],
        "items": [
            {
                "id": "tag:1",
                "url": "/1",
                "title": "빵집의 키오스크",
                "content_html": "<p>본문입니다.</p>",
                "date_published": "2026-11-20T09:30:00+09:00",
            }
        ],
    },
    ensure_ascii=False,
)


@pytest.mark.parametrize("text", [RSS_20, RSS_09, RSS_10, ATOM, JSON])
def test_every_kind_of_feed_gives_its_entries(text: str) -> None:
    fetched = read(text)
    assert (fetched.title, fetched.tagline) == ("새벽의 서재", "씁니다.")
    (entry,) = fetched.entries
    assert entry.title == "빵집의 키오스크"
    assert entry.link == "https://blog.example/1"
    assert entry.html == "<p>본문입니다.</p>"
    assert entry.published_at in {DAY, None}
    assert not fetched.complete


def test_authors_dates_and_counts_are_taken_where_they_are() -> None:
    entry = one(RSS_20)
    assert (entry.author, entry.guid, entry.published_at) == ("윤슬", "tag:1", DAY)
    assert entry.blog == BlogCounts(comments=3)
    entry = one(ATOM)
    assert (entry.author, entry.published_at) == ("도래", DAY)
    assert entry.blog == BlogCounts(comments=2)
    assert one(JSON).author == "도래"
    assert one(RSS_09).blog is None


@pytest.mark.parametrize("count", ["-1", "many", "", "٣", "9" * 12])
def test_a_count_that_is_none_is_ignored(count: str) -> None:
    assert one(rss(f"<title>글</title><slash:comments>{count}</slash:comments>")).blog is None


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("cp949", "euc-kr", "text/xml; charset=euc-kr"),
        ("cp949", "euc-kr", "text/xml"),
        ("cp949", "euc-kr", ""),
        ("utf-8", "euc-kr", "text/xml; charset=euc-kr"),
        ("utf-8", "utf-8", "text/xml; charset=EUC-KR"),
        ("utf-8-sig", "utf-8", ""),
        ("utf-16", "utf-16", "application/xml"),
        ("utf-16-le", "utf-16", ""),
        ("utf-16-be", "utf-16", ""),
        ("utf-32", "utf-8", ""),
        ("euc-kr", "utf-8", "text/xml; charset=utf-8"),
        ("cp949", "nonsense", "text/xml; charset=unheard-of"),
    ],
)
def test_the_bytes_say_what_they_are_whatever_is_declared(
    encoding: str, declared: str, content_type: str
) -> None:
    text = rss("<title>펲시와 뷁, 그리고 빵집</title>", encoding=declared)
    if encoding == "euc-kr":
        text = text.replace("펲", "펩").replace("뷁", "별")
    title = one(text.encode(encoding), content_type).title
    assert title.endswith("그리고 빵집")
    assert "\ufffd" not in title


def test_a_few_broken_bytes_cost_only_themselves() -> None:
    data = (
        rss("<title>빵집</title>", encoding="iso-8859-1")
        .encode()
        .replace(b"</title>", b"\xff</title>")
    )
    assert len(read(data).entries) == 1


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("A &amp;amp; B", "A & B"),
        ("if a &lt; b: 끝", "if a < b: 끝"),
        ("&lt;b&gt;굵은&lt;/b&gt; 글", "굵은 글"),
        ("&lt;b&gt;닫지 않은 글", "<b>닫지 않은 글"),
        ("<![CDATA[<script>alert(1)</script>글]]>", "글"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("\u202e뒤집힌\u202c 글\u200b", "뒤집힌 글"),
        ("여러\n   줄", "여러 줄"),
        ("", ""),
        ("가" * 1_000_000, "가" * 299 + "…"),
    ],
)
def test_titles_are_one_line_of_text_and_never_markup(title: str, shown: str) -> None:
    assert one(rss(f"<title>{title}</title><link>/1</link>")).title == shown


@pytest.mark.parametrize(
    ("author", "shown"),
    [
        ("<author>me@blog.com (윤슬)</author>", "윤슬"),
        ("<author>me@blog.example (윤슬)</author>", "윤슬"),
        ("<author>윤슬 &lt;me@blog.example&gt;</author>", "윤슬"),
        ("<author>윤슬 (me@blog.example)</author>", "윤슬"),
        ("<author>me@blog.com</author><dc:creator>윤슬</dc:creator>", "윤슬"),
        ("<author>me@blog.com</author>", ""),
        ("<dc:creator>윤슬</dc:creator>", "윤슬"),
        ("", ""),
    ],
)
def test_an_author_is_a_name(author: str, shown: str) -> None:
    assert one(rss(f"<title>글</title>{author}")).author == shown


def test_markup_in_a_title_that_is_html_goes() -> None:
    title = "글&lt;script>alert(1)&lt;/script> &lt;i>기울임&lt;/i> &lt;b>닫지 않은"
    text = ATOM.replace("빵집의 &lt;b&gt;키오스크&lt;/b&gt;", title)
    assert one(text).title == "글 기울임 닫지 않은"


def test_an_atom_summary_that_is_text_stays_text() -> None:
    text = ATOM.replace('<content type="html">', '<summary type="text">a &lt; b &lt;p> ')
    entry = one(text.replace("</content>", "</summary>"))
    assert entry.html.startswith("<p>a &lt; b &lt;p&gt;")


def test_plain_text_becomes_paragraphs() -> None:
    entry = one(
        rss("<title>글</title><description>첫 줄\n둘째 &amp;amp; 줄\n\n새 문단</description>")
    )
    assert entry.html == "<p>첫 줄<br>둘째 &amp; 줄</p><p>새 문단</p>"


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("/1?utm_source=rss", "https://blog.example/1?utm_source=rss"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
    ],
)
def test_links_are_absolute_web_addresses_or_none(link: str, kept: str | None) -> None:
    assert one(rss(f"<title>글</title><link>{link}</link>")).link == kept


def test_a_feed_without_entries_is_a_feed() -> None:
    assert read(rss()).entries == ()


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "source.format.empty"),
        (b" \n\0", "source.format.empty"),
        (b"<!DOCTYPE html><html><body>Checking your browser</body></html>", "source.format.page"),
        (b"<!-- hi --><HTML><head></head></HTML>", "source.format.page"),
        (b"just a moment", "source.format.not_feed"),
        (b"<?xml version='1.0'?><note/>", "source.format.not_feed"),
        (b'{"error": "no"}', "source.format.not_feed"),
        (b'{"items": 3}', "source.format.not_feed"),
        (b"[1, 2]", "source.format.not_feed"),
        (b"{broken", "source.format.not_feed"),
        (b"[" * 100_000, "source.format.not_feed"),
    ],
)
def test_what_is_no_feed_says_what_it_is(data: bytes, key: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(data)
    assert caught.value.key == key


def test_entities_neither_explode_nor_read_files() -> None:
    laughs = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 12))
    doctype = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    text = rss("<title>글 &l11; &f;</title>").replace("?>", "?>" + doctype, 1)
    with pytest.raises(FormatError) as caught:
        read(text)
    assert caught.value.key == "source.format.entities"


def test_comments_before_nothing_are_passed_at_once() -> None:
    with pytest.raises(FormatError):
        read("<!-- -->" * 60 + "x")
    with pytest.raises(FormatError) as caught:
        read("<!-- -->\n" * 10_000 + "<html>")
    assert caught.value.key == "source.format.page"


def test_a_feed_is_read_as_far_as_it_may_be_long() -> None:
    assert len(read(json.dumps({"items": [{"title": "글"}] * 1_500})).entries) == 1_000
    assert len(read(rss(*["<title>글</title>"] * 1_500)).entries) == 1_000


def test_a_text_longer_than_is_kept_is_marked() -> None:
    long = "&lt;p&gt;" + "x" * 1_100_000
    assert one(rss(f"<title>글</title><description>{long}</description>")).cut
    assert one(json.dumps({"items": [{"title": "글", "content_html": "x" * 1_100_000}]})).cut
    assert not one(RSS_20).cut


def test_deep_nesting_and_long_texts_are_read() -> None:
    deep = "&lt;div&gt;" * 100_000
    entry = one(rss(f"<title>글</title><description>{deep}</description>"))
    assert len(entry.html) <= 1_000_000


def test_a_reference_to_no_character_costs_only_itself() -> None:
    """Feedparser gives up the whole feed there; zeros before a number are no reason to."""
    data = (
        b"<rss><channel><item><title>a&#9999999;b&#x110000;c&#0000065;&#x00000042;</title></item>"
    )
    (entry,) = parse_feed(data, address="https://a.example/").entries
    assert entry.title == "a\ufffdb\ufffdcAB"


def test_what_feedparser_stumbles_over_is_no_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumbles(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("feedparser.parse", stumbles)
    with pytest.raises(FormatError) as caught:
        parse_feed(b"<rss><channel><item><title>a", address="https://a.example/")
    assert caught.value.key == "source.format.not_feed"


def test_a_feed_broken_in_the_middle_gives_what_came_before() -> None:
    text = rss("<title>하나</title><link>/1</link>", "<title>둘</title><link>/2</link>")
    assert read(text[: text.index("<title>둘") + 4]).entries[0].title == "하나"


def test_a_json_feed_is_read_with_patience() -> None:
    items = [
        {"id": 7, "content_text": "첫 문단\n\n둘째", "external_url": "https://other.example/1"},
        {"id": True, "title": 3, "authors": "?", "date_published": None},
        {"id": "", "author": {"name": "윤슬"}, "summary": "요약", "date_modified": "2026-11-20"},
        "nonsense",
    ]
    first, second, third = read(json.dumps({"items": items})).entries
    assert (first.guid, first.link) == ("7", "https://other.example/1")
    assert first.html == "<p>첫 문단</p><p>둘째</p>"
    assert (second.title, second.author, second.published_at) == ("", "", None)
    assert (third.guid, third.author, third.html) == (None, "윤슬", "<p>요약</p>")


@given(st.binary(max_size=200))
def test_any_bytes_are_entries_or_an_error(data: bytes) -> None:
    for start in (b"", b"<rss><channel><item>", b"<feed><entry>", b"{"):
        try:
            read(start + data)
        except FormatError as error:
            assert error.key.startswith("source.format.")  # noqa: PT017  # some bytes are a feed


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ({"url": "/1", "external_url": "/2"}, "https://site.example/1"),
        ({"external_url": "/2", "id": "https://blog.example/3"}, "https://site.example/2"),
        ({"id": "https://blog.example/3"}, "https://blog.example/3"),
        ({"id": "3", "attachments": [3, {}, {"url": "/4.mp3"}]}, "https://site.example/4.mp3"),
        ({"id": "3", "attachments": "?"}, None),
        ({"url": "/a b"}, "https://site.example/a%20b"),
    ],
)
def test_the_best_link_of_an_item_in_json(item: dict[str, object], link: str | None) -> None:
    feed = {"home_page_url": "https://site.example/", "items": [{"title": "글", **item}]}
    assert one(json.dumps(feed)).link == link


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ('<media:content url="https://cdn.example/1.mp4"/>', "https://cdn.example/1.mp4"),
        (
            '<media:group><media:content url="/1.mp4"/></media:group>',
            "https://blog.example/1.mp4",
        ),
        ('<link>/1</link><media:content url="/1.mp4"/>', "https://blog.example/1"),
        ('<link>/1</link><enclosure url="/1.mp3"/>', "https://blog.example/1"),
        ('<enclosure url="/1.mp3"/><guid>https://blog.example/2</guid>', "https://blog.example/2"),
        (
            '<enclosure url="/1.mp3"/><guid isPermaLink="false">2</guid>',
            "https://blog.example/1.mp3",
        ),
        ("<guid isPermaLink='false'>2</guid>", None),
    ],
)
def test_a_file_is_the_link_where_there_is_no_other(item: str, link: str | None) -> None:
    text = rss(f"<title>글</title><description>글</description>{item}")
    text = text.replace("<rss ", '<rss xmlns:media="http://search.yahoo.com/mrss/" ')
    assert one(text).link == link


def test_a_text_that_lies_elsewhere_is_the_link() -> None:
    text = ATOM.replace('<content type="html">', '<content src="/9.html" type="text/html">')
    assert one(text).link == "https://blog.example/1"
    assert one(text.replace('rel="alternate"', 'rel="edit"')).link == "https://blog.example/9.html"


def test_halves_of_characters_in_json_are_left_out() -> None:
    half = "글\ud800 \ud83d\ude00"
    item = {"id": half, "title": half, "content_html": half, "url": f"/{half}"}
    entry = one(json.dumps({"items": [item], "title": half}))
    said = (entry.guid, entry.title, entry.html, entry.link)
    assert said == ("글 😀", "글 😀", "<p>글 😀</p>", "https://blog.example/글%20😀")
