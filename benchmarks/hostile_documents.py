"""Hostile documents for `benchmarks.hostile`, and every way in which the bot reads one."""

from __future__ import annotations

import random
import resource
import sys
import time
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from bot.errors import SosikError
from bot.pages.leaves import render_leaves
from bot.sources.documents import read_feed, read_listing, read_page, read_slashpage, read_texts
from bot.sources.formats.discovery import discover_feeds
from bot.sources.formats.slashpage import find_listing
from bot.text.html import html_to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sources.entries import Entry

T = TypeVar("T")

ADDRESS = "https://blog.example/posts/1"
LARGEST = 1_500_000
"""Characters that a mutation may bring a document to."""

_BODY = "<p>동네 빵집에 <b>키오스크</b>가 <a href='/2'>들어왔습니다</a>.</p><ul><li>하나<li>둘</ul>"
SEEDS = (
    (
        "<?xml version='1.0'?><rss version='2.0'><channel><title>새벽의 서재</title><item>"
        "<title>글 하나</title><link>/1</link><guid>1</guid>"
        "<pubDate>Fri, 20 Nov 2026 09:30:00 +0900</pubDate>"
        f"<description><![CDATA[{_BODY}]]></description></item></channel></rss>"
    ),
    (
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>서재</title><entry><title>글</title>"
        "<id>tag:1</id><link href='/1'/><updated>2026-11-20T00:30:00Z</updated>"
        "<content type='html'>&lt;p&gt;본문&lt;/p&gt;</content></entry></feed>"
    ),
    (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "서재", "items": [{"id": "1", '
        '"title": "글", "content_html": "<p>본문</p>", "date_published": "2026-11-20"}]}'
    ),
    (
        "<!DOCTYPE html><html><head><title>빵집의 키오스크</title><meta property='og:title' "
        "content='빵집의 키오스크'><link rel='alternate' type='application/rss+xml' href='/rss'>"
        '<script type="application/ld+json">{"@type": "BlogPosting", "headline": "글"}</script>'
        f"</head><body><article><h1>빵집의 키오스크</h1>{_BODY * 4}</article></body></html>"
    ),
    (
        '{"data": {"list": [{"id": "1", "createdAt": "2026-11-20", "note": {"title": "글", '
        '"content": {"snapshot": {"blockMap": {"a": {"type": "text", "value": {"tokens": ["첫째", '
        '{"text": "둘째"}]}}}, "blockTree": ["a"]}}}}]}}'
    ),
    (
        '<html><script src="//slashpage.com/a.js"></script><script type="application/json">'
        '{"channelViewId": "abcd1234", "list": [{"note": {"title": "글"}}]}</script></html>'
    ),
)
PIECES = (
    *("<!-- -->", "<!--", "-->", "<script>", "<script type='application/json'>", "</script>"),
    *(
        "<x>",
        "<x ",
        "<",
        ">",
        "<br>",
        "<hr>",
        "<p>",
        "<b>",
        "<i>",
        "<div>",
        "<ul><li>x",
        "<ol><li>",
    ),
    *("<table><tr><td>", "<blockquote>", "<pre>", "<q>", "<figure><img alt=x>", "<a href=x>y</a>"),
    *("<details><summary>x", "<svg>", "<select>", "<form>", "</p>", "</div>", "<item>", "</item>"),
    *("<entry>", "<title>", "<description>", "<![CDATA[", "]]>", "<?x ", "<?x ?>", "<style>"),
    *("<!DOCTYPE x [", "<!ENTITY a 'b'>", "<!ENTITY c '&a;&a;'>", "]>", "&a;", "&c;", "&#769;"),
    *(
        "&amp;",
        "&",
        "&#",
        "&#x1F600;",
        " ",
        "\n",
        "\t",
        "\n \n",
        "\u0301",
        "\u202e",
        "\ufdfa",
        "가",
    ),
    *(
        "a=1 ",
        'style="display :"',
        "class='language-",
        "xml:base='/'",
        "xmlns:a='b' ",
        "\\",
        '"',
        "'",
    ),
    *("[", "{", '{"a":', "1,", '"a",', "9" * 50, "1e999,", "[[", "]]", "null,", "https://a.b/"),
    *("channelViewId: ", "/api/page/", "application/json", "</body>", "<body ", "<h1>", "@", "."),
)


class Outcome(NamedTuple):
    """What became of a document: entries or the key of an error; and how much was written."""

    said: str
    written: int
    seconds: float
    """Of the processor, in the job that took longest: reading the document in one way, making its
    entries' texts, making the pages of one of them. In the bot, too, each is a job of its own."""
    megabytes: float
    """The most that the process has had so far."""


# --- documents ---


def make_document(seed: int) -> bytes:
    """The document of this seed."""
    chance = random.Random(seed)
    text = chance.choice(SEEDS)
    for _ in range(chance.randint(1, 4)):
        text = chance.choice(_MUTATIONS)(text, chance)[:LARGEST]
    data = text.encode("utf-8", "surrogatepass")
    return _scattered(data, chance) if chance.random() < 0.1 else data


def _times(chance: random.Random, piece: str) -> int:
    """How often a piece is repeated: mostly a few times, now and then as often as fits."""
    return min(int(10 ** chance.uniform(0, 5.5)), LARGEST // max(len(piece), 1))


def _repeated(text: str, chance: random.Random) -> str:
    piece = chance.choice(PIECES)
    return _put(text, piece * _times(chance, piece), chance)


def _nested(text: str, chance: random.Random) -> str:
    name = chance.choice(("x", "div", "b", "ul", "li", "table", "blockquote", "item", "a", "span"))
    deep = _times(chance, f"<{name}>x</{name}>")
    return _put(text, f"<{name}>x" * deep + f"</{name}>" * chance.choice((deep, 0)), chance)


def _copied(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text) + 1)
    piece = text[start : start + chance.randint(1, 400)]
    return _put(text, piece * _times(chance, piece), chance)


def _cut(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text) + 1)
    return text[:start] + text[start + chance.randint(1, 40) :]


def _mixed(text: str, chance: random.Random) -> str:
    pieces = chance.choices(PIECES, k=chance.randint(2, 6))
    return _put(text, "".join(pieces) * _times(chance, "".join(pieces)), chance)


def _headed(text: str, chance: random.Random) -> str:
    piece = chance.choice(PIECES)
    return piece * _times(chance, piece) + text


def _put(text: str, piece: str, chance: random.Random) -> str:
    """Somewhere between two tags, values or words."""
    places = [place for place, sign in enumerate(text[:5_000]) if sign in '<>{["'] or [0]
    place = chance.choice(places)
    return text[:place] + piece + text[place:]


def _scattered(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 20)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


_MUTATIONS: tuple[Callable[[str, random.Random], str], ...] = (
    *(_repeated, _nested, _copied, _cut, _mixed, _headed),
)


# --- reading ---


def read_every_way(data: bytes) -> Outcome:
    """Read a document as all that it may be; a SosikError is an answer, anything else is raised."""
    ways: tuple[Callable[[], tuple[Entry, ...]], ...] = (
        lambda: read_feed(data, ADDRESS, "").fetched.entries,
        lambda: read_listing(data, ADDRESS).fetched.entries,
        lambda: read_slashpage(data, ADDRESS, "").fetched.entries,
        lambda: (read_page(data, ADDRESS, ""),),
    )
    discover_feeds(data, address=ADDRESS)
    with suppress(SosikError):
        find_listing(data, address=ADDRESS)
    said, written, jobs = "", 0, _Jobs()
    for way in ways:
        try:
            written += _write(jobs.run(way), jobs)
            said = "entries"
        except SosikError as error:
            said = said or error.key
    return Outcome(said, written, jobs.longest, _peak_megabytes())


class _Jobs:
    """How long the longest of some jobs took, also of those that failed."""

    def __init__(self) -> None:
        self.longest = 0.0

    def run(self, job: Callable[[], T]) -> T:
        begun = time.process_time()
        try:
            return job()
        finally:
            self.longest = max(self.longest, time.process_time() - begun)


def _write(entries: tuple[Entry, ...], jobs: _Jobs) -> int:
    """How much the entries' texts and their pages are."""
    posts = jobs.run(partial(read_texts, html_to_text, entries))
    pages = (jobs.run(partial(render_leaves, one.html, one.link, one.body)) for one in posts)
    return sum(len(text) + len(entities) for text, entities in chain.from_iterable(pages))


def _peak_megabytes() -> float:
    """Of this process alone: getrusage counts on Linux from what the process was started by."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1_000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_000_000 if sys.platform == "darwin" else 1_000)
