from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.rules.links import link_or_none
from bot.sources.addresses import absolute_link
from bot.text.characters import clean
from bot.text.links import exact_link, is_site_name, readable_link, web_link
from tests.text.strategies import hostile_text


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.com/글?q=1#x", "https://example.com/글?q=1#x"),
        (" HTTP://example.com ", "http://example.com"),
        ("https://한글.kr/a b", "https://한글.kr/a%20b"),
        ("java\nscript:alert(1)", None),
        ("https://exa\tmple.com/", "https://example.com/"),
        ("//example.com/x", "https://example.com/x"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("http://[::1]/x", "http://[::1]/x"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("tg://resolve?domain=x", None),
        ("mailto:a@example.com", None),
        ("https://name:word@example.com/", None),
        ("http://localhost/", None),
        ("https://", None),
        ("http://[broken", None),
        ("http://example.com:99999/", None),
        ("/relative", None),
        ("#note", None),
        ("", None),
        (None, None),
        ("https://example.com/" + "x" * 2048, None),
    ],
)
def test_only_web_pages_are_linked(address: str | None, expected: str | None) -> None:
    assert web_link(address) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/p/2", "https://example.com/p/2"),
        ("../x.html", "https://example.com/x.html"),
        ("?page=2", "https://example.com/p/1?page=2"),
        ("https://other.example/", "https://other.example/"),
        ("tg:msg", None),
    ],
)
def test_an_address_is_seen_from_the_page_that_it_stands_on(
    address: str, expected: str | None
) -> None:
    assert web_link(address, "https://example.com/p/1") == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://x.example:/a", "https://x.example/a"),
        ("https://x.example:", "https://x.example"),
        ("https://x.example:?a=1", "https://x.example?a=1"),
        ("https://x.example:0/a", None),
        ("https://x.example:00/a", None),
        ("https://x.example:65535/a", "https://x.example:65535/a"),
        ("https://x.example:65536/a", None),
        ("https://x.example:-1/a", None),
        ("https://x.example:８０/a", None),
        ("https://x.example:080/a", "https://x.example:80/a"),
        ("https://x.example./a", "https://x.example/a"),
        ("https://x.example.:8080/a", "https://x.example:8080/a"),
        ("https://localhost./a", None),
        ("https://.example/a", None),
        ("https://x..example/a", None),
        ("https://x。example/a", "https://x.example/a"),
        ("https://ex ample.com/", None),
        ("https://ex%41mple.com/", None),
        ("https://exa|mple.com/", None),
        ("https://ex[ample.com/", None),
        ("https://@x.example/", None),
        ("https://x.example@evil.example/", None),
        ("https://x.example\\@evil.example/", "https://x.example/@evil.example/"),
        ("https:\\\\x.example\\a?b\\c", "https://x.example/a?b%5Cc"),
        ("https:/x.example/a", "https://x.example/a"),
        ("https:///x.example/a", "https://x.example/a"),
        ("https:x.example/a", "https://x.example/a"),
        ("http:////x.example", "http://x.example"),
        ("https://x.example/첫 글.html", "https://x.example/첫%20글.html"),
        ("https://x.example/a\n  b", "https://x.example/a%20%20b"),
        ("https://x.example/a\ud800b", "https://x.example/ab"),
        ("https://[2001:DB8::1]:8080/", "https://[2001:db8::1]:8080/"),
        ("https://[2001:db8::1]:/", "https://[2001:db8::1]/"),
        ("https://[1:2]/", None),
        ("https://[fe80::1%25eth0]/", None),
        ("https://[::1]x/", None),
        ("https://x.example/" + "글" * 2030, "https://x.example/" + "글" * 2030),
        ("https://x.example/" + "글" * 2031, None),
        ("https://x.example/" + " " * 1000 + "a", None),
        ("x" * 9000, None),
    ],
)
def test_what_telegram_would_refuse_is_mended_or_no_link(
    address: str, expected: str | None
) -> None:
    assert web_link(address) == expected
    assert absolute_link("https://blog.example/", address) == expected or "localhost" in address


_PARTS = st.lists(
    st.sampled_from(
        [
            *(
                "https:",
                "http:",
                "/",
                "//",
                "\\",
                "x.example",
                "한글.kr",
                "[::1]",
                "[",
                "]",
                ":",
                "0",
            ),
            *(
                "80",
                "99999",
                "@",
                "?",
                "#",
                " ",
                "%",
                "%20",
                "\t",
                "..",
                ".",
                "。",
                "\u3000",
                "\ud800",
            ),
        ]
    ),
    max_size=8,
).map("".join)


@given(_PARTS, st.sampled_from([None, "https://example.com/p/1", "http://[::1]:8080/"]))
def test_telegram_takes_every_link(address: str, base: str | None) -> None:
    for link in (web_link(address, base), web_link(f"https://{address}", base)):
        assert link is None or link_or_none(link) is not None


@given(hostile_text(), st.sampled_from([None, "https://example.com/", "nonsense", "file:///x"]))
def test_whatever_is_linked_is_a_web_page(address: str, base: str | None) -> None:
    linked = web_link(address, base)
    assert linked is None or linked.lower().startswith(("http://", "https://"))


@given(_PARTS, st.sampled_from([None, "https://example.com/p/1"]))
def test_a_link_in_a_text_is_whole_on_one_line_and_stays_as_it_is(
    address: str, base: str | None
) -> None:
    for link in filter(None, (web_link(address, base), web_link(f"https://{address}", base))):
        for shown in (exact_link(link), readable_link(exact_link(link))):
            assert shown.split() == [shown]
            assert clean(shown) == shown
            assert unquote(shown) == unquote(link)


@pytest.mark.parametrize(
    ("link", "readable"),
    [
        ("https://x.kr/%ED%95%9C%EA%B8%80?q=%ed%95%9c", "https://x.kr/한글?q=한"),
        ("https://x.kr/%ED%95%9C%20%EA%B8%80%0A", "https://x.kr/한%20글%0A"),
        ("https://x.kr/%E2%80%8B%ED%95", "https://x.kr/%E2%80%8B%ED%95"),
        ("https://x.kr/%E1%84%92%E1%85%A1", "https://x.kr/%E1%84%92%E1%85%A1"),
        ("https://x.kr/%2F%25", "https://x.kr/%2F%25"),
    ],
)
def test_only_letters_that_stay_as_they_are_are_written_as_such(link: str, readable: str) -> None:
    assert readable_link(link) == readable


def test_what_would_be_changed_in_a_text_is_escaped() -> None:
    apart = "\u1112\u1161"  # a syllable in its letters, which Telegram composes
    assert exact_link(f"https://한글.kr/{apart}?a=1#글") == (
        "https://한글.kr/%E1%84%92%E1%85%A1?a=1#%EA%B8%80"
    )
    assert exact_link(f"https://{apart}.kr/") == "https://%E1%84%92%E1%85%A1.kr/"


@pytest.mark.parametrize(
    "text",
    [
        "blog.example",
        "BLOG.Example",
        "blog.example.",
        "www.blog.example/",
        "blog.example/rss",
        "blog.example/rss.xml",
        "blog.example:8080/feed",
        "blog.example?feed=rss2",
        "blog.example#new",
        "blog.example/@name/글?q=한 글",
        "블로그.한국",
        "xn--q20bq11d.xn--3e0b707e/feed",
        "my-blog.co.kr",
        "2024.blog.example",
    ],
)
def test_a_sites_bare_name_is_one(text: str) -> None:
    assert is_site_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "archive",
        "archive.txt",
        "ARCHIVE.TXT",
        "README.md",
        "글 모음.txt",
        "feed.xml",
        "blog.example.csv",
        "./blog.example",
        "../blog.example",
        "/blog.example",
        "~/blog.example",
        "kept/blog.example",
        "kept.2024/archive.txt",
        "C:\\blog.example",
        "blog..example",
        ".example",
        "blog.",
        "1.5",
        "https://blog.example",
        "me@blog.example",
        "localhost",
    ],
)
def test_a_path_or_a_files_name_is_none(text: str) -> None:
    assert not is_site_name(text)
