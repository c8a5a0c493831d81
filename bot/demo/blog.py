"""A small blog that publishes while one watches: an RSS feed and a page a post, on loopback."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from bot.demo.ports import HOST, listen
from bot.demo.writing import render_html

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

_DOCUMENT = (
    '<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width">'
    '<link rel="alternate" type="application/rss+xml" href="/feed.xml"><link rel="icon" '
    'href="data:,">{head}<style>:root{{color-scheme:light dark}}body{{max-width:36rem;'
    "margin:3rem auto;padding:0 1rem;font:1.05rem/1.75 system-ui,sans-serif;word-break:keep-all}}"
    "blockquote{{margin-inline:0;padding-inline-start:1rem;border-inline-start:3px solid}}</style>"
    "</head><body>{body}</body></html>"
)


@dataclass(frozen=True, slots=True)
class BlogPost:
    """A post of the blog; `text` as it was written."""

    number: int
    title: str
    text: str
    author: str
    published_at: datetime
    is_listed: bool = True
    """Whether the feed and the front page have it; otherwise only its own page does."""

    @property
    def html(self) -> str:
        """The text as HTML."""
        return render_html(self.text)


class Blog:
    """Serves `/feed.xml` with an ETag, and `/posts/<number>`. Start it with `Blog.start`."""

    def __init__(self, title: str, author: str, now: Callable[[], datetime]) -> None:
        self.title = title
        self.author = author
        self.posts: dict[int, BlogPost] = {}
        self.asked = 0
        """How often the feed was asked for."""
        self.on_change: Callable[[], None] = lambda: None
        """Called after each change of the posts."""
        self._now = now
        self._last = 0
        self._port = 0
        self._runner: web.AppRunner | None = None

    @classmethod
    async def start(
        cls,
        title: str,
        author: str,
        now: Callable[[], datetime],
        *,
        listener: socket.socket | None = None,
    ) -> Self:
        """A blog that answers at `listener`, or on any free port of loopback."""
        blog = cls(title, author, now)
        app = web.Application()
        app.add_routes(
            [
                web.get("/", blog._home),
                web.get("/feed.xml", blog._feed),
                web.get(r"/posts/{number:\d+}", blog._page),
            ]
        )
        blog._runner = web.AppRunner(app, access_log=None)
        await blog._runner.setup()
        site = web.SockSite(blog._runner, listener or listen())
        await site.start()
        blog._port = blog._runner.addresses[0][1]
        return blog

    async def close(self) -> None:
        """Stop serving."""
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def address(self) -> str:
        """Where the blog is."""
        return f"http://{HOST}:{self._port}"

    @property
    def feed_address(self) -> str:
        """Where its feed is."""
        return f"{self.address}/feed.xml"

    def skip_numbers(self, count: int) -> None:
        """Let the numbers of posts jump: those before were given already."""
        self._last += count

    def state(self) -> dict[str, Any]:
        """The posts, the last number and the port, as JSON's types."""
        posts = [
            {**asdict(post), "published_at": post.published_at.isoformat()}
            for post in self.posts.values()
        ]
        return {"posts": posts, "last": self._last, "port": self._port}

    def restore(self, state: dict[str, Any]) -> None:
        """Have the posts of `state`, and number on from there."""
        posts = (
            BlogPost(**{**post, "published_at": datetime.fromisoformat(post["published_at"])})
            for post in state["posts"]
        )
        self.posts = {post.number: post for post in posts}
        self._last = int(state["last"])

    def publish(self, title: str, text: str, *, is_listed: bool = True) -> BlogPost:
        """A new post."""
        self._last += 1
        post = BlogPost(self._last, title, text, self.author, self._next_second(), is_listed)
        self.posts[post.number] = post
        self.on_change()
        return post

    def _next_second(self) -> datetime:
        """Now, or just after the last post: a feed with one date on all of it says none."""
        now = self._now()
        dates = (post.published_at + timedelta(seconds=1) for post in self.posts.values())
        return max((now, *dates))

    def edit(self, number: int, *, title: str | None = None, text: str | None = None) -> None:
        """Change a post. Raises KeyError where there is none."""
        post = self.posts[number]
        self.posts[number] = replace(post, title=title or post.title, text=text or post.text)
        self.on_change()

    def address_of(self, number: int) -> str:
        """Where a post is."""
        return f"{self.address}/posts/{number}"

    def remove(self, number: int) -> None:
        """Take a post down. Raises KeyError where there is none."""
        del self.posts[number]
        self.on_change()

    async def _home(self, _: web.Request) -> web.Response:
        items = "".join(
            f'<li><a href="/posts/{post.number}">{escape(post.title)}</a></li>'
            for post in self._listed()
        )
        body = f"<h1>{escape(self.title)}</h1><ul>{items}</ul>"
        return self._document(self.title, body)

    async def _feed(self, request: web.Request) -> web.Response:
        self.asked += 1
        text = self._rss()
        tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        return web.Response(text=text, content_type="application/rss+xml", headers={"ETag": tag})

    async def _page(self, request: web.Request) -> web.Response:
        post = self.posts.get(int(request.match_info["number"]))
        if post is None:
            raise web.HTTPNotFound
        head = (
            f'<meta property="og:title" content="{escape(post.title)}">'
            f'<meta name="author" content="{escape(post.author)}">'
            '<meta property="article:published_time" '
            f'content="{post.published_at.isoformat()}">'
        )
        body = (
            f'<p><a href="/">{escape(self.title)}</a></p><article><h1>{escape(post.title)}</h1>'
            f"<p><small>{escape(post.author)} · {post.published_at:%Y-%m-%d}</small></p>"
            f'<div itemprop="articleBody">{post.html}</div></article>'
        )
        return self._document(post.title, body, head)

    def _document(self, title: str, body: str, head: str = "") -> web.Response:
        text = _DOCUMENT.format(title=escape(title), head=head, body=body)
        return web.Response(text=text, content_type="text/html")

    def _rss(self) -> str:
        items = "".join(self._item(post) for post in self._listed())
        return (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
            f"<title>{escape(self.title)}</title><link>{self.address}</link>"
            f"<description>{escape(self.title)}</description>{items}</channel></rss>"
        )

    def _listed(self) -> list[BlogPost]:
        """What everybody finds, the newest first."""
        listed = [post for post in self.posts.values() if post.is_listed]
        return sorted(listed, key=lambda post: -post.number)

    def _item(self, post: BlogPost) -> str:
        address = self.address_of(post.number)
        return (
            f"<item><title>{escape(post.title)}</title><link>{address}</link>"
            f'<guid isPermaLink="true">{address}</guid>'
            f"<dc:creator>{escape(post.author)}</dc:creator>"
            f"<pubDate>{format_datetime(post.published_at)}</pubDate>"
            f"<description>{escape(post.html)}</description></item>"
        )
