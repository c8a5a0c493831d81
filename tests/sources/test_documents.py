"""What goes to the process for documents and back: the same again, and written in few steps."""

from __future__ import annotations

import pickle
import pickletools
from datetime import UTC, datetime

from bot.sources.documents import Document
from bot.sources.entries import Entry, Fetched
from bot.sources.identity import Keys
from storage.models import BlogCounts, NewPost

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BLOG = BlogCounts(("👍",), 3, 2)
ENTRY = Entry(
    title="제목",
    html="<p>글</p>",
    link="https://blog.example/1",
    guid="1",
    author="글쓴이",
    published_at=NOW,
    blog=BLOG,
    cut=True,
    body="글",
    partial=True,
)
KEYS = Keys("1", "blog.example/1", "제목", "0f", is_lone=True)
FETCHED = Fetched((ENTRY,), title="블로그", tagline="한 줄", complete=True, gap=ENTRY)
POST = NewPost("제목", "글", "글쓴이", "<p>글</p>", None, "1", NOW, 4, cut=True, blog=BLOG)


def test_what_is_sent_comes_as_it_was() -> None:
    for thing in (Document(FETCHED, ((ENTRY, KEYS),)), [POST], [ENTRY]):
        assert pickle.loads(pickle.dumps(thing)) == thing  # noqa: S301  # our own


def test_nothing_that_is_sent_is_put_together_field_by_field() -> None:
    sent = pickle.dumps((Document(FETCHED, ((ENTRY, KEYS),)), [POST]))
    assert "BUILD" not in {operation.name for operation, _, _ in pickletools.genops(sent)}
