"""A small blog that publishes while one watches: an RSS feed and a page a post, on loopback."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, Self

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class BlogPost:
    """A post of the blog; `html` is its body."""

    number: int
    title: str
    html: str
    author: str
    published_at: datetime


class Blog:
    """Serves `/feed.xml` with an ETag, and `/posts/<number>`. Start it with `Blog.start`."""

    def __init__(self, title: str, author: str, now: Callable[[], datetime]) -> None:
        self.title = title
        self.author = author
        self.posts: dict[int, BlogPost] = {}
        self._now = now
        self._last = 0
        self._port = 0
        self._runner: web.AppRunner | None = None

    @classmethod
    async def start(cls, title: str, author: str, now: Callable[[], datetime]) -> Self:
        """A blog that listens on a free port of loopback."""
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
        site = web.TCPSite(blog._runner, HOST, 0)
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

    def publish(self, title: str, html: str) -> BlogPost:
        """A new post."""
        self._last += 1
        post = BlogPost(self._last, title, html, self.author, self._now())
        self.posts[post.number] = post
        return post

    def edit(self, number: int, *, title: str | None = None, html: str | None = None) -> None:
        """Change a post. Raises KeyError where there is none."""
        post = self.posts[number]
        self.posts[number] = replace(post, title=title or post.title, html=html or post.html)

    def remove(self, number: int) -> None:
        """Take a post down. Raises KeyError where there is none."""
        del self.posts[number]

    async def _home(self, _: web.Request) -> web.Response:
        head = (
            f"<title>{escape(self.title)}</title>"
            '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
        )
        return web.Response(
            text=f"<!doctype html><html><head>{head}</head><body></body></html>",
            content_type="text/html",
        )

    async def _feed(self, request: web.Request) -> web.Response:
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
            f"<title>{escape(post.title)}</title>"
            f'<meta property="og:title" content="{escape(post.title)}">'
            f'<meta name="author" content="{escape(post.author)}">'
            '<meta property="article:published_time" '
            f'content="{post.published_at.isoformat()}">'
        )
        body = f"<article><h1>{escape(post.title)}</h1>{post.html}</article>"
        return web.Response(
            text=f"<!doctype html><html><head>{head}</head><body>{body}</body></html>",
            content_type="text/html",
        )

    def _rss(self) -> str:
        newest_first = sorted(self.posts.values(), key=lambda post: -post.number)
        items = "".join(self._item(post) for post in newest_first)
        return (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
            f"<title>{escape(self.title)}</title><link>{self.address}</link>"
            f"<description>{escape(self.title)}</description>{items}</channel></rss>"
        )

    def _item(self, post: BlogPost) -> str:
        address = f"{self.address}/posts/{post.number}"
        return (
            f"<item><title>{escape(post.title)}</title><link>{address}</link>"
            f'<guid isPermaLink="true">{address}</guid>'
            f"<dc:creator>{escape(post.author)}</dc:creator>"
            f"<pubDate>{format_datetime(post.published_at)}</pubDate>"
            f"<description>{escape(post.html)}</description></item>"
        )
