from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.formats.discovery import discover_feeds, known_feed, usual_feeds


@pytest.mark.parametrize(
    ("address", "feed"),
    [
        ("https://dawn.tistory.com", "https://dawn.tistory.com/rss"),
        ("http://dawn.tistory.com/", "https://dawn.tistory.com/rss"),
        ("https://blog.naver.com/dawn", "https://rss.blog.naver.com/dawn.xml"),
        ("https://m.blog.naver.com/dawn/223", "https://rss.blog.naver.com/dawn.xml"),
        (
            "https://blog.naver.com/PostList.naver?blogId=dawn",
            "https://rss.blog.naver.com/dawn.xml",
        ),
        ("https://velog.io/@dawn", "https://v2.velog.io/rss/@dawn"),
        ("https://velog.io/@dawn/posts", "https://v2.velog.io/rss/@dawn"),
        ("https://medium.com/@dawn", "https://medium.com/feed/@dawn"),
        ("https://dawn.medium.com/", "https://dawn.medium.com/feed"),
        ("https://dawn.substack.com", "https://dawn.substack.com/feed"),
        ("https://dawn.wordpress.com", "https://dawn.wordpress.com/feed/"),
        ("https://dawn.ghost.io/", "https://dawn.ghost.io/rss/"),
        (
            "https://dawn.blogspot.com/",
            "https://dawn.blogspot.com/feeds/posts/default",
        ),
        ("https://news.hada.io/", "https://news.hada.io/rss/news"),
        (
            "https://www.youtube.com/channel/UCabcdefghijklmnop",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnop",
        ),
    ],
)
def test_blogs_on_known_hosts_have_their_feed_where_all_have_it(address: str, feed: str) -> None:
    assert known_feed(address) == feed


@pytest.mark.parametrize(
    "address",
    [
        "https://blog.example",
        "https://blog.naver.com/",
        "https://velog.io/tags/빵",
        "https://medium.com/",
        "https://dawn.tistory.com/123",
        "https://news.hada.io/topic?id=1",
        "https://www.youtube.com/watch?v=1",
        "https://brunch.co.kr/@dawn",
    ],
)
def test_other_addresses_have_to_be_asked(address: str) -> None:
    assert known_feed(address) is None


PAGE = """<!DOCTYPE html><html><head><base href="/blog/">
<link rel="alternate" type="application/rss+xml" title="댓글" href="comments.xml">
<link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" href="feed.xml">
<link rel="alternate" type="application/feed+json" href="//cdn.example/feed.json">
<link rel="alternate" type="text/html" hreflang="en" href="/en">
<link rel="stylesheet" type="text/css" href="/style.css">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/atom+xml" href="feed.xml">
</head><body><b>닫지 않은"""


def test_a_page_names_its_feeds_and_those_of_comments_last() -> None:
    assert discover_feeds(PAGE.encode(), address="https://dawn.example/posts/1") == [
        "https://dawn.example/blog/feed.xml",
        "https://cdn.example/feed.json",
        "https://dawn.example/blog/comments.xml",
    ]


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ('<link rel="alternate" type="text/xml" href="/f">', True),
        ('<link rel="alternate" type="application/xml" href="/f">', True),
        ('<link rel="feed" href="/f">', True),
        ('<link rel="feed" type="application/rss+xml" href="/f">', True),
        ('<link rel="feed" type="text/html" href="/f">', True),
        ('<link rel="alternate feed" type="text/html" href="/f">', True),
        ('<a rel="alternate" type="application/rss+xml" href="/f">RSS</a>', True),
        ('<link type="text/xml" rel="wlwmanifest" href="/f">', False),
        ('<link rel="alternate" type="text/xml+oembed" href="/f">', False),
        ('<link rel="alternate" type="application/json+oembed" href="/f">', False),
        ('<link rel="alternate" hreflang="en" href="/f">', False),
        ('<link rel="stylesheet" type="text/xml" href="/f">', False),
        ('<a href="/f" type="application/rss+xml">RSS</a>', False),
    ],
)
def test_a_link_leads_to_a_feed_by_its_relation_and_type(link: str, *, found: bool) -> None:
    feeds = discover_feeds(link.encode(), address="https://dawn.example/")
    assert feeds == (["https://dawn.example/f"] if found else [])


def test_what_may_be_another_document_comes_after_what_is_a_feed() -> None:
    page = (
        '<link rel="alternate" type="text/xml" href="/maybe">'
        '<link rel="alternate" type="application/rss+xml" title="댓글" href="/c">'
        '<link rel="alternate" type="application/rss+xml" href="/sure">'
    )
    feeds = discover_feeds(page.encode(), address="https://d.example/")
    assert [one.rpartition("/")[2] for one in feeds] == ["sure", "maybe", "c"]


@pytest.mark.parametrize("data", [b"", b"\0", b"plain", b"<html></html>", b"<!-- -->"])
def test_a_page_without_feeds_names_none(data: bytes) -> None:
    assert discover_feeds(data, address="https://dawn.example/") == []


@given(st.binary(max_size=100))
def test_any_bytes_are_a_page(data: bytes) -> None:
    discover_feeds(data, address="https://dawn.example/")
    discover_feeds(b"<html><link " + data, address="https://dawn.example/")


def test_feeds_lie_in_a_few_usual_places() -> None:
    assert usual_feeds("https://dawn.example/") == usual_feeds("https://dawn.example")
    assert usual_feeds("https://dawn.example")[0] == "https://dawn.example/feed"
    below = usual_feeds("https://dawn.example/blog/")
    assert below[0] == "https://dawn.example/blog/feed"
    assert "https://dawn.example/feed" in below
