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
    st.binary(max_size=200).filter(lambda body: not body.startswith(b"\x1f\x8b")),
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


@given(
    st.lists(st.binary(max_size=30).map(b"<".__add__), min_size=1), st.lists(st.integers(0, 300))
)
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


def test_a_stream_that_is_none_is_an_error() -> None:
    head = gzip.compress(b"body")[:10]
    with pytest.raises(FetchError, match="broken"):
        decoded("gzip", head + b"\xff" * 20, [])


def test_garbage_without_end_behind_a_body_is_too_large() -> None:
    taken = decoder("gzip", limit=1_000)
    taken.feed(gzip.compress(b"body"))
    with pytest.raises(FetchError, match="too_large"):
        taken.feed(bytes(1_000_000))


# --- as browsers take them ---

BODY = "<rss>글</rss>".encode()


@pytest.mark.parametrize(
    "encoding",
    ["", "utf-8", "UTF-8", "none", "binary", "identity", "8bit", "text/xml", "utf-8, identity"],
)
@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_an_encoding_that_is_none_is_passed_over(
    encoding: str, packed: Callable[[bytes], bytes]
) -> None:
    assert decoded(encoding, packed(BODY), []) == BODY


@pytest.mark.parametrize(
    ("encoding", "steps"),
    [
        ("", (gzip.compress, gzip.compress)),
        ("gzip", (gzip.compress, gzip.compress)),
        ("gzip", (zlib.compress,)),
        ("gzip, gzip", (gzip.compress, gzip.compress)),
        ("gzip, gzip", (gzip.compress,)),
        ("gzip, gzip", (gzip.compress, gzip.compress, gzip.compress)),
        ("deflate, gzip", (zlib.compress, gzip.compress)),
        ("gzip, deflate", (gzip.compress, zlib.compress)),
        ("deflate", (gzip.compress,)),
        ("x-gzip, utf-8", (gzip.compress,)),
        ("gzip, gzip, gzip, gzip", ()),
    ],
)
def test_what_was_packed_more_than_once_comes_out_however_it_is_cut(
    encoding: str, steps: tuple[Callable[[bytes], bytes], ...]
) -> None:
    data = BODY
    for step in steps:
        data = step(data)
    assert decoded(encoding, data, []) == BODY
    assert decoded(encoding, data, list(range(len(data)))) == BODY


@pytest.mark.parametrize(
    "encoding", ["br", "zstd", "gzip, br", "compress", ", ".join(["gzip"] * 5)]
)
def test_an_encoding_that_cannot_be_read_is_an_error(encoding: str) -> None:
    with pytest.raises(FetchError, match="encoding"):
        decoder(encoding, limit=10)


HEADS = {
    "extra": (4, b"\x03\x00abc"),
    "name": (8, b"feed.xml\0"),
    "comment": (16, b"hello\0"),
    "check": (2, b"xx"),
    "all": (30, b"\x03\x00abcfeed.xml\0hello\0xx"),
}


@pytest.mark.parametrize("head", HEADS)
def test_a_head_of_any_kind_is_skipped_however_it_is_cut(head: str) -> None:
    plain, (flags, fields) = gzip.compress(BODY), HEADS[head]
    member = plain[:3] + bytes([flags]) + plain[4:10] + fields + plain[10:]
    for data, body in ((member, BODY), (member * 2, BODY * 2)):
        assert decoded("gzip", data, []) == body
        assert decoded("gzip", data, list(range(len(data)))) == body


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_checksum_is_not_asked_for_but_a_cut_body_is_none(encoding: str) -> None:
    data = gzip.compress(BODY)
    for end in (data[:-8] + b"\1\2\3\4" + data[-4:], data[:-8] + bytes(8), data[:-8], data[:-3]):
        assert decoded(encoding, end, []) == BODY
    for end in (data[:-9], data[:12], data[:5]):
        with pytest.raises(FetchError, match="broken"):
            decoded(encoding, end, [])


def test_a_wrong_checksum_of_zlib_is_not_asked_for() -> None:
    assert decoded("deflate", zlib.compress(BODY)[:-4] + bytes(4), []) == BODY


def test_a_name_without_end_ends_somewhere() -> None:
    head = gzip.compress(b"")[:3] + b"\x08" + bytes(6)
    with pytest.raises(FetchError, match="broken"):
        decoded("gzip", head + b"n" * 100_000, [], limit=1_000_000)


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_bomb_within_gzip_is_too_large(encoding: str) -> None:
    bomb = gzip.compress(gzip.compress(bytes(5_000_000)))
    with pytest.raises(FetchError, match="too_large"):
        decoded(encoding, bomb, [], limit=1_000_000)
