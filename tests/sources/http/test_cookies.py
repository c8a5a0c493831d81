from __future__ import annotations

import pytest

from bot.sources.http.cookies import Cookies

HERE = "https://blog.example/a"


def test_a_service_gets_back_what_it_gave() -> None:
    cookies = Cookies()
    assert cookies.header(HERE) == ""
    cookies.take(HERE, ["seen=1; Path=/; HttpOnly", "b=2=3", "seen=2", " c = d "])
    assert cookies.header("https://BLOG.example/b?x") == "seen=2; b=2=3"


@pytest.mark.parametrize(
    "other", ["http://blog.example/a", "https://blog.example:8443/", "https://x.blog.example/"]
)
def test_nobody_else_gets_it(other: str) -> None:
    cookies = Cookies()
    cookies.take(HERE, ["a=1; Domain=example"])
    assert cookies.header(other) == ""


@pytest.mark.parametrize("none", ["", "a", "=1", "a=" + "x" * 5000, "a=\x01", "a\r\nb=1", "글=1"])
def test_what_is_no_cookie_is_left_out(none: str) -> None:
    cookies = Cookies()
    cookies.take(HERE, [none])
    assert cookies.header(HERE) == ""


def test_there_are_only_so_many() -> None:
    cookies = Cookies()
    cookies.take(HERE, [f"a{n}={n}" for n in range(1000)])
    assert cookies.header(HERE).count(";") == 19
