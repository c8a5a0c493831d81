from __future__ import annotations

import pytest
from lxml import html as lxml_html

from bot.sources.formats.page import parse_page
from bot.sources.formats.page_bounds import (
    GROUP,
    MOST_LETTERS_TWICE,
    MOST_PARAGRAPHS,
    MOST_SIBLINGS,
    group_siblings,
    measure,
)
from tests.steps import assert_linear

LINE = "동네 빵집에 키오스크가 들어왔습니다. 사장님은 한 명의 자리를 기계와 바꿨습니다. "


def tree(body: str) -> lxml_html.HtmlElement:
    return lxml_html.fromstring(f"<html><head><title>글</title></head><body>{body}</body></html>")


REAL = {
    "a short one": f"<article>{f'<p>{LINE}</p>' * 20}</article>",
    "paragraphs": f"<p>{LINE}</p>" * 9_900,
    "lines": f"{LINE}<br>" * 19_000,
    "deep": "<div>" * 40 + f"<p>{LINE}</p>" * 5_000,
    "code": f"<pre>{'<span>def</span> ' * 9_900}</pre>",
    "a long text": "<div>" * 30 + LINE * 20_000,
    "paragraphs that stand in others": f"<p><x-note><p>{LINE}</x-note></p>" * 3_000,
}
BITING = {
    "a text in many headings": "<h1>" * 190 + LINE * 15_000,
    "paragraphs in one": f"<p><x>{f'<p>{LINE}' * 10_000}",
    "a few, long ones": f"<p><x>{f'<p>{LINE * 40}' * 700}",
    "tables in tables": "<table><tr><td>" * 80 + f"<p>{LINE}" * 3_000,
    "paragraphs without end": f"<p>{LINE}" * (MOST_PARAGRAPHS + 1),
}


@pytest.mark.parametrize("kind", REAL)
def test_a_page_as_people_write_them_is_read(kind: str) -> None:
    assert measure(tree(REAL[kind])).is_bounded


@pytest.mark.parametrize("kind", BITING)
def test_what_would_take_quadratic_time_is_a_page_of_which_only_the_title_is_kept(
    kind: str,
) -> None:
    assert not measure(tree(BITING[kind])).is_bounded
    page = f"<title>글</title><body>{BITING[kind]}"
    entry = parse_page(page.encode(), address="https://blog.example/1")
    assert (entry.title, entry.html, entry.cut) == ("글", "", True)


@pytest.mark.parametrize(
    ("body", "is_short"),
    [
        (f"<p>{'가' * (MOST_LETTERS_TWICE - 10)}", True),
        (f"<p>{'가' * (MOST_LETTERS_TWICE + 10)}", False),
        ("<div>" * 50 + "가" * (MOST_LETTERS_TWICE - 10), False),
    ],
)
def test_second_opinions_are_asked_of_short_pages_only(body: str, *, is_short: bool) -> None:
    assert measure(tree(body)).is_short is is_short


@pytest.mark.parametrize("holder", ["body", "div", "td"])
@pytest.mark.parametrize("line", ["글<br>", "<p>글 <b>하나</b></p>둘", "<b>글</b> 하나<br>"])
def test_lines_without_number_are_put_into_blocks_and_none_is_lost(holder: str, line: str) -> None:
    around = {"body": "{}", "div": "<div>{}</div>", "td": "<table><tr><td>{}</td></tr></table>"}
    root = tree(around[holder].format(f"앞 {line * (MOST_SIBLINGS + 1)}"))
    text = root.text_content()
    group_siblings(root)
    assert root.text_content() == text
    assert all(len(one) <= MOST_SIBLINGS for one in root.iter())
    groups = [one for one in root.iter("div") if len(one) >= GROUP]
    assert len(groups) >= MOST_SIBLINGS // GROUP
    assert all(one[0].tag in {"br", "p"} for one in groups[1:])


@pytest.mark.parametrize(
    "body", ["<br>" * MOST_SIBLINGS, f"<ul>{'<li>글' * 2 * MOST_SIBLINGS}</ul>"]
)
def test_other_pages_stay_as_they_are(body: str) -> None:
    root = tree(body)
    before = lxml_html.tostring(root)
    group_siblings(root)
    assert lxml_html.tostring(root) == before


def test_a_page_of_very_many_lines_has_all_of_them() -> None:
    lines = "".join(f"{number}번째 줄이에요.<br>" for number in range(9_000))
    page = f"<title>글</title><body><p>앞</p><article><div>짧아요</div>{lines}</article>"
    entry = parse_page(page.encode(), address="https://blog.example/1")
    assert "0번째 줄이에요." in entry.html
    assert "8999번째 줄이에요." in entry.html


@pytest.mark.parametrize("piece", ["<p>글", "<p><x><p>글</x></p>", "<div>글", "글<br>", "<b>글"])
def test_twice_as_large_a_page_is_twice_the_work(piece: str) -> None:
    def look(size: int) -> None:
        root = tree(piece * size)
        measure(root)
        group_siblings(root)

    assert_linear(look, MOST_SIBLINGS + 1)
