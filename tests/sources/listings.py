"""Archive texts for tests: posts written out as a listing shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.models import BlogCounts, NewPost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def listing(
    posts: Iterable[NewPost], *, title: str = "밤의 기록", tagline: str = "읽고 씁니다."
) -> str:
    """The text that a listing of `posts` gives."""
    return "\n".join([title, tagline, *(line for post in posts for line in _lines(post))])


def a_post(title: str, body: str = "글이 끝났습니다.", **counts: object) -> NewPost:
    """A post by 소식; `emoji`, `reactions` and `comments` as keywords."""
    return NewPost(title=title, body=body, author="소식", blog=BlogCounts(**counts))  # type: ignore[arg-type]  # three keywords


def _lines(post: NewPost) -> Iterator[str]:
    yield from (post.author, post.title, post.body)
    if post.blog.comments is not None:
        yield str(post.blog.comments)
    if post.blog.emoji:
        yield "".join(post.blog.emoji)
    if post.blog.reactions is not None:
        yield str(post.blog.reactions)
