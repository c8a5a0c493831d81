from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.addresses import (
    absolute_link,
    checked_address,
    is_short_link,
    link_key,
    shown_address,
)
from bot.sources.errors import SourceError

HASH = "91dwj4mdvqev32yqpvz7"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.blog.example/a/", "https://blog.example/a"),
        ("https://blog.example:443/a", "http://blog.example:80/a"),
        ("https://BLOG.example./a#comments", "https://blog.example/a"),
        ("https://blog.example/a?utm_source=x&b=2&a=1&fbclid=y", "https://blog.example/a?a=1&b=2"),
        ("https://blog.example/a?tl=en&lang=ko", "https://blog.example/a"),
        ("https://blog.example/%EA%B8%80", "https://blog.example/글"),
        ("https://blog.example/%E1%84%80%E1%85%B3%E1%86%AF", "https://blog.example/글"),
        ("https://blog.example//a%2Db", "https://blog.example/a-b"),
        ("https://m.blog.naver.com/me/123", "https://blog.naver.com/me/123"),
        (
            "https://blog.naver.com/PostView.naver?blogId=me&logNo=123&from=rss",
            "https://blog.naver.com/me/123?fromRss=true&trackingCode=rss",
        ),
        ("https://블로그.example/a", "https://xn--2i0b10rqve.example/a"),
        (f"https://slashpage.com/site/{HASH}", f"https://site.example/{HASH}?tl=en"),
        (f"https://slashpage.com/site/{HASH}", f"https://site.example/archive?post={HASH}&lang=ko"),
    ],
)
def test_addresses_of_one_post_share_a_key(one: str, other: str) -> None:
    assert link_key(one) == link_key(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://blog.example/?p=1", "https://blog.example/?p=2"),
        ("https://blog.example/?post=1", "https://blog.example/?post=2"),
        ("https://blog.example:8080/a", "https://blog.example/a"),
        ("https://a.blog.example/a", "https://blog.example/a"),
        ("https://blog.naver.com/me/1", "https://blog.naver.com/me/2"),
        ("https://m.example/a", "https://www.example/a"),
        ("https://blog.example/A", "https://blog.example/a"),
    ],
)
def test_addresses_of_two_posts_do_not(one: str, other: str) -> None:
    assert link_key(one) != link_key(other)


@pytest.mark.parametrize(
    "link", [None, "", "mailto:a@b.example", "tg://resolve?domain=x", "https://[::1", "http://a:b/"]
)
def test_what_is_no_web_address_has_no_key(link: str | None) -> None:
    assert link_key(link) is None


@given(st.text(max_size=60))
def test_any_text_has_a_key_or_none(text: str) -> None:
    link_key(text)
    link_key(f"https://{text}")
    absolute_link("https://blog.example/", text)
    shown_address(text)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("blog.example", "https://blog.example"),
        (" https://blog.example/rss#top ", "https://blog.example/rss"),
        ("blog.example:8080/rss", "https://blog.example:8080/rss"),
        ("http://127.0.0.1:8000/feed", "http://127.0.0.1:8000/feed"),
    ],
)
def test_a_typed_address_is_completed(typed: str, address: str) -> None:
    assert checked_address(typed) == address


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("", "source.address.invalid"),
        ("file:///etc/passwd", "source.address.scheme"),
        ("gopher://blog.example", "source.address.scheme"),
        ("tg://resolve?domain=x", "source.address.scheme"),
        ("https://me:secret@blog.example", "source.address.userinfo"),
        ("https://blog.example@10.0.0.1/", "source.address.userinfo"),
        ("https://blog.example/\r\nX-Evil: 1", "source.address.invalid"),
        ("https://blog.example\\@evil.example", "source.address.invalid"),
        ("https://", "source.address.invalid"),
        ("https://blog.example:99999/", "source.address.invalid"),
        ("https://[::1/", "source.address.invalid"),
        ("https://blog.example/" + "a" * 3000, "source.address.invalid"),
    ],
)
def test_an_address_that_is_never_fetched_is_refused(typed: str, key: str) -> None:
    with pytest.raises(SourceError) as caught:
        checked_address(typed)
    assert caught.value.key == key
    assert "secret" not in str(caught.value)


def test_a_shown_address_has_no_secrets() -> None:
    assert shown_address("https://me:pw@blog.example/a?key=1#x") == "https://blog.example/a"
    assert shown_address("https://blog.example/\r\nx") == "https://blog.example/x"


@pytest.mark.parametrize(
    ("link", "whole"),
    [
        ("/1", "https://blog.example/1"),
        ("2?a=1", "https://blog.example/posts/2?a=1"),
        (" https://other.example/1 ", "https://other.example/1"),
        ("//other.example/1", "https://other.example/1"),
        ("javascript:alert(1)", None),
        (" ", None),
        (None, None),
        ("tg://resolve", None),
        ("https://me@other.example/", None),
        ("https://other.example/a b", "https://other.example/a%20b"),
        ("http://localhost:8000/a", "http://localhost:8000/a"),
        ("https://[::1/", None),
        ("https://other.example:99999/", None),
    ],
)
def test_links_are_made_absolute_or_dropped(link: str | None, whole: str | None) -> None:
    assert absolute_link("https://blog.example/posts/rss", link) == whole


@pytest.mark.parametrize(
    ("address", "is_short"),
    [
        ("https://me2.do/abc", True),
        ("http://naver.me/abc", True),
        ("https://BIT.LY/abc", True),
        ("https://www.han.gl/abc", True),
        ("https://bit.ly.example/abc", False),
        ("https://blog.naver.com/a/1", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_a_short_link_is_known_by_its_host(address: str, *, is_short: bool) -> None:
    assert is_short_link(address) is is_short
