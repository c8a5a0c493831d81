from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.search.sieve import Preview, Sieve, has_filter, preview
from bot.search.whole_words import has_word
from storage.models import SourceFilter, SourceId
from tests.delivery.test_plan import post
from tests.storage.rows import chat

if TYPE_CHECKING:
    from bot.search.whole_words import PostText
    from storage.models import ChatSettings

OWN, OTHER = SourceId(1), SourceId(2)


def settings(**changes: Any) -> ChatSettings:  # noqa: ANN401  # any field of the settings
    return chat(-1, **changes).settings


class Counted:
    """Asks as the real one does, and counts."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def __call__(self, text: PostText, word: str) -> bool:
        self.asked.append((text.title.folded, word))
        return has_word(text, word)


@pytest.mark.parametrize(
    ("chosen", "gets"),
    [
        ({}, True),
        ({"words": ("인공지능",)}, True),
        ({"words": ("반도체", "인공지능")}, True),
        ({"words": ("반도체",)}, False),
        ({"words": ("본문",)}, True),
        ({"without": ("광고",)}, True),
        ({"without": ("인공지능",)}, False),
        ({"without": ("본문",)}, False),
        ({"words": ("인공지능",), "without": ("본문",)}, False),
        ({"words": ("인공지능",), "without": ("광고",)}, True),
        ({"words": ("인공 지능",)}, True),
        ({"left_out": frozenset({OWN})}, False),
        ({"left_out": frozenset({OWN}), "words": ("인공지능",)}, False),
        ({"left_out": frozenset({OTHER})}, True),
        ({"source_filters": (SourceFilter(OWN, ("반도체",)),)}, False),
        ({"source_filters": (SourceFilter(OWN, ("인공지능",)),), "words": ("반도체",)}, True),
        ({"source_filters": (SourceFilter(OWN),), "words": ("반도체",)}, True),
        ({"source_filters": (SourceFilter(OWN),), "without": ("인공지능",)}, True),
        ({"source_filters": (SourceFilter(OWN, (), ("본문",)),)}, False),
        ({"source_filters": (SourceFilter(OTHER, ("반도체",)),)}, True),
        ({"source_filters": (SourceFilter(OTHER),), "words": ("반도체",)}, False),
    ],
)
def test_a_post_comes_or_not(chosen: dict[str, Any], *, gets: bool) -> None:
    one = settings(**chosen)
    assert Sieve().lets_through(one, post(1, "인공지능을 배워요")) is gets
    assert has_filter(one) is bool(chosen)


def test_a_filter_is_asked_once_however_many_chats_share_it() -> None:
    """By whatever way it was typed."""
    counted = Counted()
    one = Sieve(counted)
    chats = [settings(words=("AI",), without=("광고",)), settings(words=("ai",), without=("광고",))]
    for number in range(100):
        assert one.lets_through(chats[number % 2], post(1, "AI의 하루"))
    assert counted.asked == [("ai의 하루", "광고"), ("ai의 하루", "ai")]


def test_a_post_that_was_edited_is_read_anew() -> None:
    one = Sieve()
    assert not one.lets_through(settings(words=("투자",)), post(1, "글"))
    assert one.lets_through(settings(words=("투자",)), post(1, "투자"))
    assert one.lets_through(settings(words=("투자",)), post(1, "글", body="투자"))


def test_what_is_remembered_has_an_end() -> None:
    counted = Counted()
    one = Sieve(counted, most=2)
    for number in (1, 2, 1, 3, 3, 2, 1):
        assert one.lets_through(settings(words=("글",)), post(number))
    assert len(counted.asked) == 5


@pytest.mark.parametrize(("count", "asked"), [(1, 2), (2, 4)])
def test_room_is_made_once_before_many_are_asked(count: int, asked: int) -> None:
    counted = Counted()
    one = Sieve(counted, most=3)
    for _ in range(2):
        for number in (1, 2):
            assert one.lets_through(settings(words=("글",)), post(number))
        one.make_room(count)
    assert len(counted.asked) == asked


def test_a_preview_counts_what_comes_and_names_the_last_three() -> None:
    titles = ["환율 5", "광고", "환율 4", "환율 3", "환율 2", "고등어"]
    posts = [post(number, title) for number, title in enumerate(titles)]
    one = settings(words=("환율", "광고"), without=("광고",))
    assert preview(one, posts, most=6) == Preview(6, 4, ("환율 5", "환율 4", "환율 3"))
    assert preview(one, posts, most=3) == Preview(3, 2, ("환율 5", "환율 4"), is_cut=True)
    everything = preview(settings(), posts, most=9)
    assert (everything.coming, everything.is_cut) == (6, False)
    assert preview(one, [], most=9) == Preview(0, 0, ())
