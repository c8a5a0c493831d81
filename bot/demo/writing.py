"""The blog's own way of writing: paragraphs, `- ` lists, `> ` quotes, **bold**, links. Pure."""

from __future__ import annotations

import re
from html import escape

_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_LINK = re.compile(r"https?://[^\s<]+[^\s<.,;:!?)\]]")
_MARKS = {"- ": ("ul", "li"), "> ": ("blockquote", "p")}


def render_html(text: str) -> str:
    """The text as HTML; what looks like a tag is text."""
    paragraphs = _PARAGRAPHS.split(text.replace("\r\n", "\n").strip())
    return "".join(_block(paragraph) for paragraph in paragraphs)


def _block(paragraph: str) -> str:
    lines = paragraph.split("\n")
    for mark, (outer, inner) in _MARKS.items():
        if all(line.startswith(mark) for line in lines):
            items = "".join(f"<{inner}>{_inline(line[2:])}</{inner}>" for line in lines)
            return f"<{outer}>{items}</{outer}>"
    return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>"


def _inline(line: str) -> str:
    bold = _BOLD.sub(r"<b>\1</b>", escape(line))
    return _LINK.sub(r'<a href="\g<0>">\g<0></a>', bold)
