"""Whatever is repeated in a foreign text, twice as much of it is twice the work and twice the text.

Patterns do their work within one step: tests/test_patterns.py looks at those.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from benchmarks.hostile_documents import PIECES
from bot.errors import SosikError
from bot.search.bracketed_names import text_pairs
from bot.search.query import parse_query
from bot.sources.addresses import absolute_link, link_key
from bot.sources.entries import title_key
from bot.sources.formats.archive import parse_archive
from bot.sources.formats.bounds import whole_entries
from bot.sources.formats.cleaning import as_html, name_line, title_line
from bot.sources.formats.dates import parse_date
from bot.sources.formats.feed import parse_feed
from bot.sources.formats.jsonfeed import parse_json_feed
from bot.sources.formats.slashpage import find_listing, parse_listing, parse_page
from bot.text.characters import clean, clean_line
from bot.text.charsets import decode
from bot.text.elements import is_web_page, list_elements, without_entities
from bot.text.emoji import parse_emoji_run, strip_emoji_end
from bot.text.html import html_to_text
from bot.text.links import web_link
from bot.text.paging import excerpt, pages
from bot.text.rich import plain
from bot.text.sentences import sentence_ends
from tests.steps import steps

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 250
ADDRESS = "https://blog.example/posts/1"
JSON_FEED = '{"items": [{"title": "%s", "content_text": "a", "url": "%s"}]}'

READERS: dict[str, Callable[[str], object]] = {
    "absolute_link": lambda text: absolute_link(ADDRESS, text),
    "as_html": as_html,
    "clean": clean,
    "clean_line": clean_line,
    "without_entities": without_entities,
    "decode": lambda text: decode(text.encode("utf-8", "replace"), text),
    "excerpt": lambda text: excerpt(text, 300),
    "find_listing": lambda text: find_listing(text.encode(), address=ADDRESS),
    "html_to_text": html_to_text,
    "is_web_page": is_web_page,
    "link_key": lambda text: link_key(f"https://blog.example/{text}"),
    "list_elements": lambda text: list(list_elements(text, "script")),
    "name_line": name_line,
    "pages": lambda text: [page.text for page in pages(plain(text), 300)],
    "parse_archive": lambda text: parse_archive(f"a\nb\n{text}".encode()),
    "parse_date": parse_date,
    "parse_emoji_run": parse_emoji_run,
    "parse_feed": lambda text: parse_feed(text.encode(), address=ADDRESS),
    "parse_json_feed": lambda text: parse_json_feed(JSON_FEED % (text, text), ADDRESS),
    "parse_listing": lambda text: parse_listing(text.encode(), address=ADDRESS),
    "parse_page": lambda text: parse_page(text.encode(), address=ADDRESS),
    "parse_query": parse_query,
    "sentence_ends": lambda text: list(sentence_ends(text)),
    "strip_emoji_end": strip_emoji_end,
    "text_pairs": text_pairs,
    "title_key": title_key,
    "title_line": lambda text: title_line(text, is_html=True),
    "web_link": lambda text: web_link(text, ADDRESS),
    "whole_entries": whole_entries,
}


@pytest.mark.parametrize("name", READERS)
def test_twice_as_much_is_twice_the_work_and_the_text(name: str) -> None:
    for piece in PIECES:
        one, two = _cost(name, piece * SIZE), _cost(name, piece * 2 * SIZE)
        assert two[0] <= 2.2 * one[0] + 2_000, f"steps of {name} with {piece!r}: {one}, {two}"
        assert two[1] <= 2.2 * one[1] + 2_000, f"text of {name} with {piece!r}: {one}, {two}"


def _cost(name: str, text: str) -> tuple[int, int]:
    """The steps that it takes, and how much is written."""
    made: list[object] = []

    def read() -> None:
        with suppress(SosikError):
            made.append(READERS[name](text))

    with suppress(SosikError):
        READERS[name](text)  # what is made once is made before
    return steps(read), len(str(made))
