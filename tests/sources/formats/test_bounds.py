from __future__ import annotations

import pytest

from bot.sources.errors import FormatError
from bot.sources.formats.bounds import (
    DEEPEST,
    LONGEST,
    LONGEST_TAG,
    MOST_REFERENCES,
    MOST_TAGS,
    whole_entries,
)
from bot.sources.formats.feed import parse_feed
from tests.steps import assert_linear

ITEM = "<item><title>글</title><br><img src='x'/></item>"
LONG = f"<item><title>글</title><description>{'x' * 1_000}</description></item>"


@pytest.mark.parametrize(
    "feed",
    [
        "",
        f"<rss>{ITEM * 3}",
        f"<rss><![CDATA[{'<p>' * 2 * DEEPEST}]]><!--{'<p>' * 2 * DEEPEST}-->{ITEM}",
        f"<rss>{'<item><p></item>' * 2 * DEEPEST}",
        "<feed>" + "<a:entry></a:entry>" * 2 * DEEPEST,
        "<rss><![CDATA[ never ends",
        "<rss><!-- never ends",
        f"<rss>{'<br>' * 2 * DEEPEST}</rss></rss>",
        f"<rss><item>{'&lt;' * MOST_REFERENCES}</item></rss>",
    ],
)
def test_a_feed_within_the_bounds_is_given_whole(feed: str) -> None:
    assert whole_entries(feed) == feed


def test_what_stands_before_the_first_tag_is_left_out() -> None:
    assert whole_entries("<?xml version='1.0'?>\n\n<!DOCTYPE rss><!-- <a> --><rss>") == "<rss>"
    assert whole_entries("no feed") == ""


@pytest.mark.parametrize(
    "rest",
    [
        "<x>" * 2 * DEEPEST,
        "<" * 2 * MOST_TAGS,
        "<p></p>" * MOST_TAGS,
        "&" * 2 * MOST_REFERENCES,
        "&lt;" * 2 * MOST_REFERENCES,
        f"</feed{'x' * LONGEST_TAG}",
        f"<img src='data:{'x' * LONGEST_TAG}'>",
        f"<id:{'/x' * LONGEST_TAG}>",
        f"<channelViewId: {'x' * LONGEST_TAG}",
        "x" * LONGEST,
        f"<item>{'x' * LONGEST}</item>",
    ],
)
def test_beyond_them_it_ends_with_its_last_whole_entry(rest: str) -> None:
    assert whole_entries(f"<rss>{ITEM * 3}{rest}") == f"<rss>{ITEM * 3}"
    with pytest.raises(FormatError, match="too_hard"):
        whole_entries(f"<rss>{rest}")


def test_an_ill_formed_feed_of_any_length_gives_its_first_entries() -> None:
    feed = f"<rss version='2.0'><channel><title>&never;</title>{LONG * 3_000}"
    entries = parse_feed(feed.encode(), address="https://blog.example/rss").entries
    assert len(entries) == 1_000


def test_a_well_formed_feed_is_read_whole() -> None:
    longer = LONG.replace("x" * 1_000, "x" * 10_000)
    feed = f"<rss version='2.0'><channel>{longer * 300}</channel></rss>"
    entries = parse_feed(feed.encode(), address="https://blog.example/rss").entries
    assert len(feed) > LONGEST
    assert len(entries) == 300


@pytest.mark.parametrize(
    "piece", ["<", "<x ", "<!--", "<![CDATA[", "<!---->", "</item>", "<item>", "&"]
)
def test_twice_as_much_is_twice_the_work(piece: str) -> None:
    def read(size: int) -> None:
        try:
            whole_entries(piece * size)
        except FormatError:
            assert size > DEEPEST

    assert_linear(read, 2_000)
