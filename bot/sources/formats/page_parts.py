"""Where the pages of well-known hosts have text, author and date, by the markup of each.

A page of theirs may be short, and what surrounds a text longer than it: there, what looks for the
longest text takes all. The names are those that public readers of these pages go by. Slow: call it
in a thread.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, cast

from lxml import etree
from lxml import html as lxml_html

if TYPE_CHECKING:
    from collections.abc import Iterator

_BODIES = (
    "se-main-container",  # Naver
    "#postViewArea",  # Naver, its second editor
    "se_component_wrap",  # Naver, its third
    "tt_article_useless_p_margin",  # Tistory
    "contents_style",  # Tistory, some skins
    "wrap_body",  # Brunch
    "atom-one",  # velog
    "atom-one-light",
    "atom-one-dark",
    "body.markup",  # Substack
    "available-content",
)
_MEDIUM = "pw-post-body-paragraph"
_MEDIUM_BLOCKS = {"p", "h1", "h2", "h3", "h4", "pre", "blockquote", "ul", "ol"}
_AROUND = {
    *("subscription-widget-wrap", "subscription-widget", "button-wrapper", "paywall"),
    *("container_postbtn", "another_category", "revenue_unit_wrap", "se-sticker"),
}
_DEAD = {"script", "style", "noscript", "form", "button", "input", "svg"}
_AUTHORS = ("nick", "text_author", "username")  # Naver, Brunch, velog
_DATES = ("se_publishDate", "_postAddDate", "blog_date", "date", "information")
"""Naver's three, Tistory's and velog's."""
_IN_WORDS = re.compile(r"\d{4}년 ?\d{1,2}월 ?\d{1,2}일")
_DOTTED = re.compile(r"(\d{4})\. ?(\d{1,2})\. ?(\d{1,2})\.(?: ?(\d{1,2}:\d{2}))?")
"""As Korean hosts write dates, in their readers' time."""
_HOST_BEFORE = re.compile(r"^(?:네이버 블로그 ?\||by )\s*")
_LONGEST_SAID = 100
_OF_CLASS = etree.XPath("descendant-or-self::*[contains(@class, $name)]")
_MOST = 8
"""Of a name: each may hold all the others, and its text is read as a whole."""


def known_body(root: lxml_html.HtmlElement) -> str:
    """The text as HTML, where a host's markup names it; else nothing."""
    for name in _BODIES:
        for found in _named(root, name):
            if _has_text(found):
                return _inner(found)
    return _medium_body(root)


def marked_body(root: lxml_html.HtmlElement) -> lxml_html.HtmlElement:
    """What the page itself calls the text of its article (schema.org, articleBody); else all of it.

    A page with several is a list.
    """
    found = [one for one in root.iter("*") if "articleBody" in (one.get("itemprop") or "").split()]
    return found[0] if len(found) == 1 and _has_text(found[0]) else root


def known_authors(root: lxml_html.HtmlElement) -> Iterator[str]:
    """Names that a host's markup gives, the best first."""
    for name in _AUTHORS:
        yield from (without_host(_said(found)) for found in _named(root, name))


def known_dates(root: lxml_html.HtmlElement) -> Iterator[str]:
    """Dates as a host's markup has them, the best first, with Korea's zone."""
    for name in _DATES:
        for found in _named(root, name):
            said = _said(found)
            yield from _IN_WORDS.findall(said)
            for year, month, day, time in _DOTTED.findall(said):
                yield f"{year}-{month}-{day} {time or '00:00'}+09:00"


def without_host(name: str) -> str:
    """An author without what some hosts put before it."""
    return _HOST_BEFORE.sub("", name)


def _named(root: lxml_html.HtmlElement, name: str) -> Iterator[lxml_html.HtmlElement]:
    """Elements of a class, or of several with dots between, or with an `#id`."""
    wanted = set(name.split("."))
    of_class = cast("list[lxml_html.HtmlElement]", _OF_CLASS(root, name=min(wanted)))
    found = (
        (one for one in root.iter("div") if one.get("id") == name[1:])
        if name.startswith("#")
        else (one for one in of_class if wanted <= _classes(one))
    )
    yield from islice(found, _MOST)


def _classes(one: lxml_html.HtmlElement) -> set[str]:
    return set((one.get("class") or "").split())


def _medium_body(root: lxml_html.HtmlElement) -> str:
    """The blocks of an article, which stand among buttons and names."""
    first = next(_named(root, _MEDIUM), None)
    around = None if first is None else first.getparent()
    if around is None:
        return ""
    blocks = [one for one in around if one.tag in _MEDIUM_BLOCKS and one.text_content().strip()]
    titles = {"pw-post-title", "pw-subtitle-paragraph"}
    kept = [one for one in blocks if not titles & _classes(one)]
    return "".join(lxml_html.tostring(one, encoding="unicode", with_tail=False) for one in kept)


def _inner(found: lxml_html.HtmlElement) -> str:
    for one in list(found.iter("*")):
        is_around = bool(_AROUND & _classes(one))
        if one is not found and (is_around or one.tag in _DEAD) and one.getparent() is not None:
            one.drop_tree()
    return str(lxml_html.tostring(found, encoding="unicode", with_tail=False))


def _has_text(found: lxml_html.HtmlElement) -> bool:
    return bool(found.text_content().strip())


def _said(found: lxml_html.HtmlElement) -> str:
    return " ".join(found.text_content()[: _LONGEST_SAID * 4].split())[:_LONGEST_SAID]
