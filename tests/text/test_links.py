from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.links import web_link
from tests.text.strategies import hostile_text


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.com/글?q=1#x", "https://example.com/글?q=1#x"),
        (" HTTP://example.com ", "HTTP://example.com"),
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


@given(hostile_text(), st.sampled_from([None, "https://example.com/", "nonsense", "file:///x"]))
def test_whatever_is_linked_is_a_web_page(address: str, base: str | None) -> None:
    linked = web_link(address, base)
    assert linked is None or linked.lower().startswith(("http://", "https://"))
