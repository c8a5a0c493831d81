"""From the address of a blog to the address of its feed. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from lxml import html as lxml_html
from lxml.etree import LxmlError

from bot.sources.addresses import absolute_link
from bot.sources.formats.page_bounds import beginning
from bot.text.charsets import decode

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
}
_LOOSE_TYPES = {"text/xml", "application/xml", "text/rss", "text/rss+xml", "text/atom+xml"}
"""What some feeds are called, and other documents, too."""
_COMMENTS = re.compile(r"comment|댓글", re.IGNORECASE)
_USUAL = ("/feed", "/rss", "/atom.xml", "/feed.xml", "/rss.xml", "/index.xml", "/feed/")
_MOST = 8


def known_feed(address: str) -> str | None:
    """The feed of a blog on a host whose feeds lie where everybody's do; None elsewhere.

    The places are those that the hosts document or link from their pages.
    """
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    first = parts.path.strip("/").split("/")[0]
    if host in {"blog.naver.com", "velog.io", "medium.com", "youtube.com", "news.hada.io"}:
        return _on_shared_host(host, first, parts)
    for suffix, path in _OWN_HOSTS:
        if host.endswith(suffix) and (first == "" or f"/{first}" == path.rstrip("/")):
            return f"https://{host}{path}"
    return None


_OWN_HOSTS = (
    (".tistory.com", "/rss"),
    (".substack.com", "/feed"),
    (".wordpress.com", "/feed/"),
    (".ghost.io", "/rss/"),
    (".medium.com", "/feed"),
    (".blogspot.com", "/feeds/posts/default"),
)


def _on_shared_host(host: str, first: str, parts: SplitResult) -> str | None:
    is_person = first.startswith("@") and len(first) > 1
    if host == "blog.naver.com":
        blog = parse_qs(parts.query).get("blogId", [first])[0]
        is_blog = re.fullmatch(r"[\w-]+", blog) is not None
        return f"https://rss.blog.naver.com/{blog}.xml" if is_blog else None
    if host == "velog.io" and is_person:
        return f"https://v2.velog.io/rss/{first}"
    if host == "medium.com" and is_person:
        return f"https://medium.com/feed/{first}"
    if host == "news.hada.io" and first in {"", "new"}:
        return "https://news.hada.io/rss/news"
    channel = re.fullmatch(r"/channel/(UC[\w-]{10,})/?", parts.path)
    if host == "youtube.com" and channel:
        return f"https://www.youtube.com/feeds/videos.xml?channel_id={channel[1]}"
    return None


def discover_feeds(data: bytes, *, address: str, content_type: str = "") -> list[str]:
    """Feeds that a page links to, its best first; what may be another thing, and comments, last."""
    try:
        root = lxml_html.fromstring(
            beginning(decode(data, content_type)).encode(), parser=_parser()
        )
    except (LxmlError, ValueError):
        return []
    base = next((one.get("href") for one in root.iter("base")), None)
    base = (absolute_link(address, base) if base else None) or address
    found: dict[str, tuple[bool, bool]] = {}
    for link in root.iter("link", "a"):
        is_sure = _is_feed(link)
        feed = absolute_link(base, link.get("href")) if is_sure is not None else None
        if feed is not None:
            is_of_comments = bool(_COMMENTS.search(f"{link.get('title')} {feed}"))
            found.setdefault(feed, (is_of_comments, not is_sure))
    return sorted(found, key=lambda feed: found[feed])[:_MOST]


def usual_feeds(address: str) -> list[str]:
    """Where a site's feed often lies when its pages do not say."""
    parts = urlsplit(address)
    root = f"{parts.scheme}://{parts.netloc}"
    below = root + parts.path.rstrip("/")
    bases = [below, root] if below != root else [root]
    return [base + path for base in bases for path in _USUAL]


def _parser() -> lxml_html.HTMLParser:
    return lxml_html.HTMLParser(encoding="utf-8", no_network=True, recover=True)


def _is_feed(link: lxml_html.HtmlElement) -> bool | None:
    """Whether a link leads to a feed, surely or perhaps; None where it does not.

    HTML's "Link types" has `alternate`; `feed` is from a draft of it, and stands alone.
    """
    rel = (link.get("rel") or "").lower().split()
    kind = (link.get("type") or "").lower().split(";")[0].strip()
    if "feed" in rel:
        return not kind or kind in _TYPES
    if "alternate" not in rel or kind not in _TYPES | _LOOSE_TYPES:
        return None
    return kind in _TYPES
