"""Whatever a blog writes, no page lets it call a person or hand out a command."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.pages.cards import card_page, copied_text, full_page
from bot.pages.drafts import draft_page, known_page
from bot.pages.keyboards import message_arguments
from bot.pages.leaves import Leaf, kept_leaf, render_leaves
from bot.pages.lists import batch_page, digest_page, latest_page, similar_page, top_page
from bot.pages.results import results_page
from bot.pages.sources import Follows, sources_page
from bot.search.results import Order
from bot.simulator.rules.texts import rich_text
from bot.text.inert import UNSEEN
from storage.models import (
    BlogCounts,
    ChatKind,
    NewPost,
    PostId,
    Remark,
    Source,
    SourceId,
    SourceKind,
)
from tests.pages.posts import GIVEN, KOREAN, NOON, a_post
from tests.pages.test_results import AT, HIT, RESULT
from tests.pages.test_settings import CHAT

if TYPE_CHECKING:
    from bot.pages.actions import SearchPage
    from bot.pages.page import Page
    from storage.models import Post

CALLS = "@admin /forgetme"
HTML = f"<p>{CALLS}</p><pre>{CALLS}</pre><a href='https://a.com'>{CALLS}</a><p>{CALLS}</p>"
POST = a_post(title=CALLS, author=CALLS, body=f"{CALLS}. {CALLS}.", html=HTML, link=None)
POST = replace(POST, blog=BlogCounts(emoji=("@admin",)), remark=Remark(CALLS, CALLS))
LONG = replace(POST, title="@a " * 99, author="@a " * 99, body="@a " * 999, html=None)
LONG = replace(LONG, remark=Remark("@a " * 166, "@a " * 99))
SOURCE = Source(
    id=SourceId(1),
    address="https://medium.com/@minji/feed",
    kind=SourceKind.FEED,
    title=CALLS,
    tagline=CALLS,
    etag=None,
    last_modified=None,
    next_poll_at=None,
    first_fetched_at=None,
    last_fetched_at=None,
    failures=0,
    last_error=None,
    error_told_at=None,
    ended_at=None,
    fetched_from=None,
)
FOUND = replace(HIT, title=CALLS, passage=replace(HIT.passage, text=CALLS, spans=((0, 3),)))
NEW = NewPost(title=CALLS, author=CALLS, body=CALLS, html=HTML)


def searched(**changes: object) -> Page:
    result = replace(RESULT, query=CALLS, hits=(FOUND,), **changes)  # type: ignore[arg-type]  # any field
    at: SearchPage = replace(AT, order=Order.BEST)
    return results_page(KOREAN.texts, result, {PostId(3): NOON}, at, KOREAN.zone, page_size=2)


BARE = replace(POST, html=None)


def leaf_of(post: Post, number: int) -> Leaf:
    """A part of its full text, as it is made and kept."""
    kept = render_leaves(post.html, post.link, post.body)
    return kept_leaf(*kept[number], number, len(kept))


PAGES = {
    "card": card_page(KOREAN, POST, GIVEN),
    "linked": card_page(KOREAN, replace(POST, link="https://a.com/@x"), GIVEN),
    "full": full_page(KOREAN, POST, leaf_of(POST, 0)),
    "plain": full_page(KOREAN, BARE, leaf_of(BARE, 0)),
    "long": full_page(KOREAN, LONG, leaf_of(LONG, 0)),
    "latest": latest_page(KOREAN, [(POST, GIVEN)], 0, 1, 5),
    "twenty": latest_page(KOREAN, [(LONG, GIVEN)] * 20, 0, 20, 20),
    "similar": similar_page(KOREAN, POST, [(POST, GIVEN)] * 3),
    "onward": full_page(KOREAN, POST, replace(leaf_of(POST, 0), onward=((POST.id, CALLS),))),
    "top": top_page(KOREAN, [(POST, GIVEN)], "all"),
    "digest": digest_page(KOREAN, [(POST, GIVEN)], [(POST, GIVEN)]),
    "batch": batch_page(KOREAN, [POST, POST]),
    "draft": draft_page(KOREAN, NEW, 1, NOON, Remark(CALLS, CALLS)),
    "known": known_page(KOREAN, POST, [(CALLS, NOON)], 1, words=CALLS),
    "brief": digest_page(KOREAN, [], [], [(POST, None)]),
    "results": searched(),
    "nothing": searched(total=0),
    "meant": searched(meant=((POST.id, CALLS),)),
    "onward from nothing": searched(total=0, onward=((POST.id, CALLS),)),
}


def acting(page: Page) -> list[str]:
    """The kinds of what could be tapped, as the simulated Telegram reads the message."""
    arguments = message_arguments(page)
    spans = rich_text(arguments["text"], "", arguments["entities"]).spans
    return [one.kind for one in spans if one.kind in {"mention", "bot_command"}]


@pytest.mark.parametrize("name", PAGES)
def test_what_a_blog_writes_is_shown_and_does_nothing(name: str) -> None:
    assert acting(PAGES[name]) == []
    shown = PAGES[name].text.text.replace(UNSEEN, "")
    assert CALLS in shown or "@a @a" in shown


def test_a_sources_title_calls_nobody_and_its_address_is_exact() -> None:
    channel = replace(CHAT, kind=ChatKind.CHANNEL, title="@admin 소식")
    follows = Follows([SOURCE], [channel], {SOURCE.kind})
    page = sources_page(KOREAN.texts, follows, KOREAN.zone)
    assert "@admin" not in page.text.text
    assert SOURCE.address in page.text.text


def test_code_links_and_what_is_copied_stay_exact() -> None:
    lines = full_page(KOREAN, POST, leaf_of(POST, 0)).text.text.split("\n")
    assert lines.count(CALLS) == 2
    assert UNSEEN not in copied_text(KOREAN, POST)
    assert copied_text(KOREAN, POST).startswith(CALLS)


def test_a_word_that_a_page_ends_within_wakes_nobody_on_the_next() -> None:
    for before in range(2990, 3005):
        post = replace(POST, body="가" * before + CALLS, html=None)
        assert acting(full_page(KOREAN, post, leaf_of(post, 1))) == []
