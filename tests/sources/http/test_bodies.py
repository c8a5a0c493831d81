from __future__ import annotations

import gzip
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.errors import FetchError
from bot.sources.http.bodies import decoder
from tests.steps import assert_linear

if TYPE_CHECKING:
    from collections.abc import Callable

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
}


def decoded(encoding: str, data: bytes, cuts: list[int], limit: int = 10_000) -> bytes:
    taken = decoder(encoding, limit=limit)
    for start, end in pairwise([0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]):
        taken.feed(data[start:end])
    return taken.finish()


@given(
    st.sampled_from(sorted(PACKED)),
    st.binary(max_size=200),
    st.lists(st.integers(0, 300), max_size=5),
)
def test_a_body_comes_out_however_it_is_cut(encoding: str, body: bytes, cuts: list[int]) -> None:
    assert decoded(encoding, PACKED[encoding](body), cuts) == body


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_plain_body_with_a_wrong_header_comes_out_however_it_is_cut(encoding: str) -> None:
    body = b'<rss version="2.0"/>'
    for cut in range(len(body)):
        assert decoded(encoding, body, [cut, cut + 3]) == body


@given(st.sampled_from(["gzip", "deflate"]), st.binary(max_size=100))
def test_any_bytes_come_out_or_are_an_error(encoding: str, data: bytes) -> None:
    try:
        decoded(encoding, data, [])
    except FetchError as error:
        assert error.key in {"source.fetch.broken", "source.fetch.too_large"}  # noqa: PT017  # most come out


def test_nothing_larger_than_the_limit_is_ever_made() -> None:
    bomb = gzip.compress(bytes(1_000_000), mtime=0)
    with pytest.raises(FetchError):
        decoded("gzip", bomb, [], limit=999_999)
    assert len(decoded("gzip", bomb, [], limit=1_000_000)) == 1_000_000


@given(st.lists(st.binary(max_size=30), min_size=1, max_size=5), st.lists(st.integers(0, 300)))
def test_a_body_in_several_members_comes_out_however_it_is_cut(
    parts: list[bytes], cuts: list[int]
) -> None:
    assert decoded("gzip", b"".join(map(gzip.compress, parts)), cuts) == b"".join(parts)


@pytest.mark.parametrize("garbage", [b"\0" * 100, b"\x1f"])
def test_what_follows_the_last_member_is_left_out(garbage: bytes) -> None:
    data = gzip.compress(b"body") + garbage
    assert decoded("gzip", data, []) == b"body"
    assert decoded("gzip", data, list(range(len(data)))) == b"body"


def test_members_that_hold_nothing_end_somewhere() -> None:
    empty = gzip.compress(b"", mtime=0)
    assert decoded("gzip", empty * 1_000, []) == b""
    assert_linear(lambda size: decoded("gzip", empty * size, []), 400)
    with pytest.raises(FetchError):
        decoded("gzip", empty * 10_000, [], limit=10_000_000)


def test_garbage_without_end_behind_a_body_is_too_large() -> None:
    taken = decoder("gzip", limit=1_000)
    taken.feed(gzip.compress(b"body"))
    with pytest.raises(FetchError, match="too_large"):
        taken.feed(bytes(1_000_000))
