"""Titles, names and plain texts as sources write them, made fit to be kept. Pure."""

from __future__ import annotations

import html
import re
from itertools import groupby

from bot.text.characters import clean_line

LONGEST_TITLE = 300
LONGEST_HTML = 1_000_000
MOST_BODY_TAGS = 30_000
"""Of one body; five thousand lines of code in colours have as many. Each costs as much to read as
fifty letters, so that without a limit a megabyte of them takes seconds."""
LONGEST_NAME = 100
_TAG = re.compile(
    r"<(?:script|style)\b.*?(?:</(?:script|style)\s*>|\Z)|</?[a-zA-Z][^<>]*>", re.DOTALL
)
_ESCAPED = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|hellip|[lr][sd]quo|[mn]dash|#\d{1,7}|#x[\da-f]{1,6});"
)
_MAILBOX = re.compile(r"\S+@\S+\s+\((?P<name>[^()]+)\)")
_NAMED = re.compile(r"(?P<name>[^<(@]+?)\s*[<(]\S+@\S+[>)]")


def title_line(title: str, *, is_html: bool = False) -> str:
    """A title on one line, without markup; entities that were escaped twice are undone."""
    if is_html:
        title = html.unescape(_TAG.sub(" ", title[: 10 * LONGEST_TITLE]))
    title = title[: 4 * LONGEST_TITLE]
    if _ESCAPED.search(title):
        title = html.unescape(title)
    line = clean_line(title).strip()
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"


def cut_html(html: str) -> tuple[str, bool]:
    """The part of a body that is kept, and whether anything was left out."""
    tag, place = html.find("<"), LONGEST_HTML
    if html.count("<", 0, place) > MOST_BODY_TAGS:
        for _ in range(MOST_BODY_TAGS):
            tag = html.find("<", tag + 1)
        place = tag
    return html[:place], len(html) > place


def name_line(name: str) -> str:
    """An author's name on one line, without the mail address that RSS puts beside it."""
    name = name[: 10 * LONGEST_TITLE]
    line = title_line(name, is_html=_TAG.search(name) is not None)
    named = _MAILBOX.fullmatch(line) or _NAMED.fullmatch(line)
    if named is not None:
        line = named["name"].strip()
    return "" if "@" in line and " " not in line else line[:LONGEST_NAME]


def as_html(text: str) -> str:
    """Plain text as HTML: a paragraph for each of its own, a line break for each line end."""
    lines = html.escape(text, quote=False).split("\n")
    blocks = ("<br>".join(lines).strip() for said, lines in groupby(lines, _says) if said)
    return "".join(f"<p>{block}</p>" for block in blocks)


def _says(line: str) -> bool:
    return not line.isspace() and line != ""
