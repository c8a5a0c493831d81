from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from bot.sources.errors import FormatError
from bot.sources.formats.page import parse_page
from bot.sources.formats.page_parts import known_body
from bot.text.html import html_to_text
from tests.steps import steps

if TYPE_CHECKING:
    from bot.sources.entries import Entry

ADDRESS = "https://blog.example/1?utm_source=talk"
TEXT = (
    "<p>동네 빵집에 키오스크가 들어왔습니다. "
    "사장님은 아르바이트 한 명의 자리를 기계와 바꿨습니다.</p>"
    "<p>그런데 두 달 뒤에 가 보니 기계는 <b>한 대</b>만 켜져 있었습니다. "
    "<a href='/2'>이유</a>를 물었더니 매출 이야기가 나왔습니다.</p>"
)
AT = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


def page(head: str = "", body: str = f"<article>{TEXT}</article>") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


def read(data: bytes, content_type: str = "text/html; charset=utf-8") -> Entry:
    return parse_page(data, address=ADDRESS, content_type=content_type)


OPEN_GRAPH = (
    "<title>빵집의 키오스크 | 새벽의 서재</title>"
    '<meta property="og:title" content="빵집의 키오스크">'
    '<meta property="article:published_time" content="2026-11-20T09:30:00+09:00">'
    '<meta name="author" content="윤슬">'
)
JSON_LD = (
    '<script type="application/ld+json">{"@graph": [{"@type": "WebSite"}, {"@type": "BlogPosting",'
    ' "headline": "빵집의 키오스크", "datePublished": "2026-11-20T00:30:00Z",'
    ' "author": [{"@type": "Person", "name": "윤슬"}]}]}</script>'
)
META_LD = '<script type="application/ld+json">[{"@type": "NewsArticle"}]</script>'
BROKEN_LD = "<script>var a = 1;</script>"
BROKEN_LD += '<script type="application/ld+json">{broken</script>'


@pytest.mark.parametrize("head", [OPEN_GRAPH, JSON_LD, META_LD + BROKEN_LD + OPEN_GRAPH])
def test_a_page_is_read_by_its_markup(head: str) -> None:
    entry = read(page(head))
    assert (entry.title, entry.author, entry.published_at) == ("빵집의 키오스크", "윤슬", AT)
    assert entry.link == ADDRESS
    assert "동네 빵집에 키오스크가 들어왔습니다." in entry.html
    assert 'href="https://blog.example/2"' in entry.html
    assert entry.guid is None


def test_a_page_with_nothing_but_an_article_is_read() -> None:
    body = (
        "<nav>메뉴 홈 소개</nav><article><h1>빵집의 키오스크</h1>"
        f'<time datetime="2026-11-20T09:30:00+09:00">어제</time>{TEXT}</article>'
    )
    entry = read(page("<title>빵집의 키오스크</title>", body))
    assert (entry.title, entry.author, entry.published_at) == ("빵집의 키오스크", "", AT)
    assert "<h1>" not in entry.html
    assert "메뉴" not in entry.html


@pytest.mark.parametrize("body", ["<br>" * 40_000, "x" * 2_100_000])
def test_of_a_page_that_is_too_large_what_it_says_of_itself_is_kept(body: str) -> None:
    entry = read(page(OPEN_GRAPH, f"<article>{TEXT}{body}</article>"))
    assert (entry.title, entry.author, entry.published_at) == ("빵집의 키오스크", "윤슬", AT)
    assert (entry.html, entry.link, entry.cut) == ("", ADDRESS, True)
    named = read(page("<title>빵집의 키오스크</title>", body))
    assert (named.title, named.cut) == ("빵집의 키오스크", True)


@pytest.mark.parametrize("name", ["bare_extraction", "extract_metadata"])
def test_what_trafilatura_stumbles_over_is_a_page_without_a_text(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def stumbles(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(f"trafilatura.{name}", stumbles)
    page = "<html><head><meta property=og:title content=가></head><body><p>나</p></body></html>"
    entry = parse_page(page.encode(), address="https://a.example/1")
    assert entry.title == "가"
    assert "나" not in entry.html or name == "extract_metadata"


def test_the_text_of_a_page_without_a_title_is_not_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []
    monkeypatch.setattr("trafilatura.bare_extraction", lambda *args, **_: asked.append(args))
    for data in (page("", "<p>글"), page("<title>글</title>", "<p>글")):
        with suppress(FormatError):
            read(data)
    assert len(asked) == 1


def test_a_page_of_very_many_tags_is_not_gone_through_again_and_again() -> None:
    data = page(OPEN_GRAPH, "<a>글" * 300_000)
    assert steps(lambda: read(data)) < 100_000


def test_names_of_hosts_are_looked_for_among_classes_only() -> None:
    root = lxml_html.fromstring("<body>" + "<p>글</p>" * 5_000)
    assert steps(lambda: known_body(root)) < 1_000


def test_an_author_is_a_name_and_no_address() -> None:
    head = OPEN_GRAPH.replace("윤슬", "https://social.example/me")
    ld = JSON_LD.replace('[{"@type": "Person", "name": "윤슬"}]', '"도래"')
    assert read(page(head + ld)).author == "도래"


@pytest.mark.parametrize(
    ("canonical", "link"),
    [
        ("https://blog.example/bakery", "https://blog.example/bakery"),
        ("/bakery", "https://blog.example/bakery"),
        ("https://elsewhere.example/bakery", ADDRESS),
        ("javascript:alert(1)", ADDRESS),
    ],
)
def test_a_canonical_address_counts_on_its_own_host(canonical: str, link: str) -> None:
    assert read(page(f'{OPEN_GRAPH}<link rel="canonical" href="{canonical}">')).link == link


def test_an_author_without_a_name_is_none() -> None:
    head = OPEN_GRAPH.replace("윤슬", "")
    assert read(page(head + JSON_LD.replace('"윤슬"', "3"))).author == ""


def test_a_page_in_cp949_is_read() -> None:
    data = page(OPEN_GRAPH).decode().encode("cp949")
    assert read(data, "text/html; charset=euc-kr").title == "빵집의 키오스크"


@pytest.mark.parametrize("data", [b"", b" ", b"\0", b"text", b"<html></html>", b"<!-- -->"])
def test_a_page_without_a_post_says_so(data: bytes) -> None:
    with pytest.raises(FormatError) as caught:
        read(data)
    assert caught.value.key == "source.page.unreadable"


@settings(max_examples=30)
@given(st.binary(max_size=100))
def test_any_bytes_are_a_post_or_an_error(data: bytes) -> None:
    for start in (b"", b"<html><title>a</title><article>"):
        try:
            read(start + data)
        except FormatError as error:
            assert error.key == "source.page.unreadable"  # noqa: PT017  # some are a post


# --- the pages of well-known hosts, made up but true to form ---

PAGES = Path(__file__).parent / "pages"
TITLE = "동네 빵집의 키오스크"
BAKERY = ["빵집에 키오스크가 생겼어요.", "줄이 짧아졌어요."]


@pytest.mark.parametrize(
    ("host", "title", "at", "lines"),
    [
        ("naver", TITLE, AT, [*BAKERY, "말이 줄었다.", "그래도 빵은 그대로예요."]),
        (
            "naver_old",
            "옛 편집기로 쓴 글",
            datetime(2015, 3, 2, 13, 10, tzinfo=UTC),
            ["오래전에 쓴 글이에요.", "둘째 문단이에요."],
        ),
        ("tistory", TITLE, AT, [*BAKERY, "• 깜빠뉴", "• 치아바타"]),
        (
            "velog",
            TITLE,
            datetime(2026, 11, 19, 15, tzinfo=UTC),
            [BAKERY[0], "둘째", BAKERY[1], 'print("빵")'],
        ),
        ("brunch", TITLE, AT, ["첫날", *BAKERY, "말이 줄었다."]),
        ("medium", TITLE, AT, BAKERY),
        ("substack", TITLE, AT, [*BAKERY, "둘째", "빵은 그대로예요."]),
    ],
)
def test_a_page_of_a_well_known_host_has_its_title_author_date_and_text_alone(
    host: str, title: str, at: datetime, lines: list[str]
) -> None:
    entry = read((PAGES / f"{host}.html").read_bytes())
    assert (entry.title, entry.author, entry.published_at) == (title, "윤슬", at)
    text = html_to_text(entry.html)
    assert [line for line in text.splitlines() if line] == lines


def test_a_known_markup_without_words_is_passed_over() -> None:
    entry = read(page(OPEN_GRAPH, f"<div class='wrap_body'> </div><article>{TEXT}</article>"))
    assert "동네 빵집에" in entry.html


AROUND = "<p><a href='/'>새벽의 서재</a></p><h1>시장</h1><p><small>윤슬 · 2026-11-30</small></p>"


@pytest.mark.parametrize("name", ["articleBody", "description articleBody"])
def test_a_short_text_that_its_page_marks_is_read_without_what_stands_around_it(name: str) -> None:
    text = "고등어 값이 먼저 압니다."
    body = f"<article>{AROUND}<div itemprop='{name}'><p>{text}</p></div></article>"
    page = f"<title>시장</title><body>{body}</body>".encode()
    assert html_to_text(parse_page(page, address="https://a.example/1").html) == text


@pytest.mark.parametrize("marked", ["", "<div itemprop='articleBody'> </div>"])
def test_a_mark_without_words_and_one_of_several_is_passed_over(marked: str) -> None:
    second = "<p itemprop='articleBody'>둘</p>" * (2 if not marked else 0)
    page = f"<title>시장</title><body><article><p>고등어 값</p>{marked}{second}</article></body>"
    read = parse_page(page.encode(), address="https://a.example/1")
    assert "고등어 값" in html_to_text(read.html)
