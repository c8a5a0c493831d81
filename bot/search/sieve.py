"""Which posts a chat's filter lets through: for all that comes to a chat by itself. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.search.analyse import fold, normalise
from bot.search.whole_words import has_word, read_post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.search.whole_words import PostText
    from storage.models import ChatSettings, PostId, SourceId

MOST_ANSWERS = 20_000
"""So many are remembered; then all are forgotten."""
SHOWN = 3


class Readable(Protocol):
    """What a filter asks of a post."""

    @property
    def id(self) -> PostId:
        """Its number."""

    @property
    def source_id(self) -> SourceId:
        """Where it comes from."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def body(self) -> str:
        """Its text, without marks."""


class Filter(NamedTuple):
    """Words of which a post must have one, where there are any; and words that it must not have."""

    words: frozenset[str]
    without: frozenset[str]


class Preview(NamedTuple):
    """What a filter would have let through of some posts, the newest first."""

    posts: int
    coming: int
    titles: tuple[str, ...]
    """Of the first that come, `SHOWN` at most."""
    is_cut: bool = False
    """There were more posts than are looked at."""


class Sieve:
    """Answers for posts and filters, each of them once, however many chats share a filter."""

    def __init__(
        self, asks: Callable[[PostText, str], bool] = has_word, *, most: int = MOST_ANSWERS
    ) -> None:
        self._asks = asks
        self._most = most
        self._answers: dict[tuple[PostId, int, Filter], bool] = {}

    def lets_through(self, settings: ChatSettings, post: Readable) -> bool:
        """Whether a post is one of those that a chat wants."""
        if post.source_id in settings.left_out:
            return False
        wanted = filter_of(settings, post.source_id)
        if not any(wanted):
            return True
        key = post.id, hash((post.title, post.body)), wanted
        if key not in self._answers:
            self.make_room(1)
            self._answers[key] = self._ask(post, wanted)
        return self._answers[key]

    def make_room(self, count: int) -> None:
        """Forget all answers, unless so many more are remembered beside them."""
        if len(self._answers) + count > self._most:
            self._answers.clear()

    def _ask(self, post: Readable, wanted: Filter) -> bool:
        text = read_post(post.title, post.body)
        if any(self._asks(text, word) for word in wanted.without):
            return False
        return not wanted.words or any(self._asks(text, word) for word in wanted.words)


def has_filter(settings: ChatSettings) -> bool:
    """Whether anything is kept from a chat."""
    return bool(settings.words or settings.without or settings.source_filters or settings.left_out)


def preview(settings: ChatSettings, posts: Iterable[Readable], *, most: int) -> Preview:
    """Hold posts against a filter, the newest first, `most` of them."""
    sieve, looked_at, coming = Sieve(), 0, 0
    titles: list[str] = []
    for post in posts:
        if looked_at == most:
            return Preview(looked_at, coming, tuple(titles), is_cut=True)
        looked_at += 1
        if sieve.lets_through(settings, post):
            coming += 1
            titles += [post.title] if len(titles) < SHOWN else []
    return Preview(looked_at, coming, tuple(titles))


def filter_of(settings: ChatSettings, source_id: SourceId) -> Filter:
    """The filter for one source: its own where it has one, else the chat's."""
    for one in settings.source_filters:
        if one.source_id == source_id:
            return _filter(one.words, one.without)
    return _filter(settings.words, settings.without)


@lru_cache(maxsize=4096)
def _filter(words: tuple[str, ...], without: tuple[str, ...]) -> Filter:
    return Filter(frozenset(map(_same, words)), frozenset(map(_same, without)))


def _same(word: str) -> str:
    """What is the same in every spelling that is read as this word."""
    return fold(" ".join(normalise(word).split()))
