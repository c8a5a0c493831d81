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
_INSIDE = re.compile(
    r"</?(?:a|abbr|b|big|code|em|font|i|mark|s|small|span|strong|sub|sup|tt|u|wbr)\b[^<>]*>",
    re.IGNORECASE,
)
"""Tags that stand in words, and leave no space behind."""
_NEVER_SAID = re.compile(
    r"<br\s?/?>(?!\s?(?:tags?|elements?|태그|요소))|<(?:img|iframe)\s[^<>]{0,2000}>", re.IGNORECASE
)
"""What is markup in a title that is not HTML by its form: people write about `<dl>`, not these."""
_ESCAPED = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#\d{1,7}|#[xX][\da-fA-F]{1,6});")
_ESCAPED_TWICE = re.compile(
    r"&amp;(#\d{2,7}|#[xX][\da-fA-F]{2,6}|quot|apos|nbsp|hellip|middot|bull|[lr][sd]quo|[mn]dash);"
)
_CODE = re.compile(r"<(?:code|pre|textarea|xmp)\b", re.IGNORECASE)
_OPENING = re.compile(
    r"\s*<(?:p|div|h[1-6]|ul|ol|table|blockquote|figure|section|article|span|strong|b|em|a|img|br"
    r"|hr|pre|center|font|iframe)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"</(?:p|div|span|a|li|b|strong|em|h[1-6])>|<(?:br|img|hr)\b", re.IGNORECASE)
_BREAKS = re.compile(r"<br\s?/?>", re.IGNORECASE)
_MARKS = ("<![CDATA[", "]]>")
_MAILBOX = re.compile(r"\S+@\S+\s+\((?P<name>[^()]+)\)")
_NAMED = re.compile(r"(?P<name>[^<(@]+?)\s*[<(]\S+@\S+[>)]")


def title_line(title: str, *, is_html: bool = False) -> str:
    """A title on one line, without markup; entities that were escaped twice are undone."""
    title = without_marks(title[: 10 * LONGEST_TITLE])
    if is_html:
        title = html.unescape(_TAG.sub(" ", _INSIDE.sub("", title)))
    title = (_NEVER_SAID.sub(" ", title) if "<" in title else title)[: 4 * LONGEST_TITLE]
    for _ in range(_MOST_ESCAPED if "&" in title else 0):
        title = _ESCAPED.sub(_unescaped, title)
    line = clean_line(title).strip()
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"


_MOST_ESCAPED = 2


def _unescaped(reference: re.Match[str]) -> str:
    return html.unescape(reference[0])


def without_marks(text: str) -> str:
    """A text without the marks of CDATA that were escaped along with it."""
    text = text.strip()
    if _MARKS[0] in text:
        return text.replace(_MARKS[0], "").replace(_MARKS[1], "")
    return text.removesuffix(_MARKS[1])


def body_html(text: str, *, is_html: bool) -> str:
    """A body as HTML, whatever it is called; what was escaped twice is escaped once.

    Markup that was escaped throughout is markup: it begins with a tag, or has line breaks. Where
    code is shown, references stay as they are.
    """
    text = without_marks(text)
    if "<" in text and (is_html or _is_markup(text)):
        is_escaped = _ESCAPED_TWICE.search(text) is not None and not _CODE.search(text)
        return _ESCAPED_TWICE.sub(r"&\1;", text) if is_escaped else text
    plain = html.unescape(text) if is_html else text
    return plain if _is_markup(plain) else as_html(plain)


def _is_markup(text: str) -> bool:
    if _OPENING.match(text):
        return _CLOSED.search(text) is not None
    return len(_BREAKS.findall(text)) > 1


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
