"""Do the quick reader of feeds and feedparser say the same of every feed of a folder?

    python -m benchmarks.corpora FOLDER [--show 3] [--json]

Each file below FOLDER that begins with a tag and is no web page is read by both, as the bot reads
what it fetched: for instance the feeds that feedparser, the W3C's validator, gofeed or miniflux are
tested with. A feed that the quick reader leaves to feedparser is counted and not compared. The
table has what differs, by field; `--show` names the first feeds of each with both answers. The exit
code is 1 where they differ, 2 where the folder has no feed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.reporting import report
from bot.sources.entries import Entry
from bot.sources.errors import FormatError
from bot.sources.formats.anyfeed import parse_any_feed
from bot.sources.formats.feed import fetched_from
from bot.sources.formats.xmlfeed import parse_xml_feed
from bot.text.charsets import decode
from bot.text.elements import is_web_page, without_entities

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sources.entries import Fetched

ADDRESS = "https://blog.example/rss"


class Difference(NamedTuple):
    """What one feed says in one field, as the quick reader has it and as feedparser has it."""

    feed: str
    quick: object
    lenient: object


@dataclass
class Compared:
    """How many feeds came to what, and where the readers differ."""

    said: Counter[str] = field(default_factory=Counter)
    differences: defaultdict[str, list[Difference]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By the name of the field."""


def compare(folder: Path) -> Compared:
    """Both readings of every feed below `folder`."""
    compared = Compared()
    for path in sorted(folder.rglob("*")):
        text = _feed_in(path)
        if text is not None:
            differing = dict(_differences(str(path.relative_to(folder)), text, compared.said))
            compared.said["differ"] += bool(differing)
            for name, difference in differing.items():
                compared.differences[name].append(difference)
    return compared


def _feed_in(path: Path) -> str | None:
    """The text of a file that may be a feed in XML, else None."""
    if not path.is_file():
        return None
    text = decode(path.read_bytes())
    is_markup = text.lstrip("\0 \t\r\n").startswith("<") and not is_web_page(text)
    return without_entities(text) if is_markup else None


def _differences(feed: str, text: str, said: Counter[str]) -> Iterator[tuple[str, Difference]]:
    channel = parse_xml_feed(text)
    if channel is None:
        said["left to feedparser"] += 1
        return
    said["read by both"] += 1
    quick, lenient = fetched_from(channel, ADDRESS), _lenient(text)
    if lenient is None:
        yield "feed", Difference(feed, len(quick.entries), None)
        return
    for name, one, other in _fields(quick, lenient):
        if one != other:
            yield name, Difference(feed, one, other)


def _lenient(text: str) -> Fetched | None:
    try:
        channel = parse_any_feed(text)
    except FormatError:
        return None
    return None if channel is None else fetched_from(channel, ADDRESS)


def _fields(quick: Fetched, lenient: Fetched) -> Iterator[tuple[str, object, object]]:
    """Both values of each field: the channel's, then those of each entry."""
    yield "channel title", quick.title, lenient.title
    yield "channel tagline", quick.tagline, lenient.tagline
    yield "entries", len(quick.entries), len(lenient.entries)
    for one, other in zip(quick.entries, lenient.entries, strict=False):
        for part in fields(Entry):
            yield part.name, getattr(one, part.name), getattr(other, part.name)


def main() -> int:
    """Compare them and say where they differ; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="examples of each field")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    compared = compare(given.folder)
    report(
        f"two readings of the feeds in {given.folder.name}",
        {"feeds": feeds_of(compared), "what differs": differences_of(compared)},
        as_json=given.json,
    )
    for name, differences in compared.differences.items():
        for one in differences[: given.show]:
            print(
                f"{name}: {one.feed}\n  {one.quick!r:.300}\n  {one.lenient!r:.300}", file=sys.stderr
            )
    if not compared.said:
        return 2
    return 1 if compared.differences else 0


def feeds_of(compared: Compared) -> list[dict[str, object]]:
    """How many feeds came to what, for people."""
    names = ("read by both", "left to feedparser", "differ")
    return [{"": name, "feeds": compared.said[name]} for name in names]


def differences_of(compared: Compared) -> list[dict[str, object]]:
    """In how many feeds each field differs, the most first."""
    counted = sorted(compared.differences.items(), key=lambda item: -len(item[1]))
    return [{"field": name, "feeds": len(found)} for name, found in counted]


if __name__ == "__main__":
    sys.exit(main())
