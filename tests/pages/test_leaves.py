from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.pages.cards import full_page
from bot.pages.keyboards import message_arguments
from bot.pages.leaves import PAGE_UNITS, kept_leaf, render_leaves
from bot.text.characters import is_visible
from bot.text.html import html_to_rich
from bot.text.inert import inert
from bot.text.paging import pages
from bot.text.rich import plain
from tests.pages.posts import KOREAN, a_post
from tests.steps import assert_linear
from tests.text.test_html import hostile_html


@given(hostile_html(), st.sampled_from([None, "https://example.com/7"]))
@example("/0", None)
def test_what_is_kept_is_what_was_made(html: str, link: str | None) -> None:
    made = render_leaves(html, link, "글")
    leaves = [kept_leaf(*one, number, len(made)) for number, one in enumerate(made)]
    rich = html_to_rich(html, link)
    whole = rich if is_visible(rich.text) else plain("글")
    assert [leaf.text for leaf in leaves] == pages(inert(whole), PAGE_UNITS)


@pytest.mark.parametrize("between", [" ", "<br>", "<br><br>글 ", "</li><li>"])
@pytest.mark.parametrize("count", [89, 90, 91, 250])
def test_no_link_of_a_page_is_lost_however_many_there_are(between: str, count: int) -> None:
    links = [f"<a href='https://a.example/{n}'>글</a>" for n in range(count)]
    html = f"<ul><li>{between.join(links)}</li></ul>" if "li" in between else between.join(links)
    made = render_leaves(html, None, "")
    seen = []
    for number, one in enumerate(made):
        page = full_page(KOREAN, a_post(html=html), kept_leaf(*one, number, len(made)))
        entities = message_arguments(page)["entities"]
        seen += [one["url"] for one in entities if "a.example" in one.get("url", "")]
    assert seen == [f"https://a.example/{n}" for n in range(count)]
    assert not any(text.endswith("•") for text, _ in made)


def test_there_is_a_page_even_of_nothing() -> None:
    assert render_leaves(None, None, "") == [("", "[]")]


def test_twice_as_long_a_text_is_twice_the_work() -> None:
    html = "<p>한 문장이에요. <b>굵게</b> <a href='/x'>링크</a></p>"
    assert_linear(lambda size: render_leaves(html * size, "https://example.com/", ""), 500)
