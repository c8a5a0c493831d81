"""The recorded answer was written after the shape in public code; a real one can be laid beside it.

Put `slashpage-….json` into `recorded/`: every such file has to give entries that make sense.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.errors import FormatError
from bot.sources.formats.slashpage import (
    find_listing,
    is_slashpage,
    parse_listing,
    parse_page,
    parse_post,
    post_hash,
)
from storage.models import BlogCounts
from tests.steps import assert_linear

if TYPE_CHECKING:
    from bot.sources.entries import Entry

RECORDED = sorted((Path(__file__).parent / "recorded").glob("slashpage-*.json"))
SITE = "https://slashpage.com/dawn"
PAGE = "dk58wg2egjzp32nqevxz"
POST = "91dwj4mdvqev32yqpvz7"


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_listing_gives_posts_that_make_sense(path: Path) -> None:
    fetched = parse_listing(path.read_bytes(), address=SITE)
    assert fetched.entries
    for entry in fetched.entries:
        assert entry.html
        assert entry.guid
        assert entry.published_at is not None
        assert entry.blog is not None


def test_a_post_has_its_words_marks_and_counts() -> None:
    first, second = parse_listing(RECORDED[0].read_bytes(), address=SITE).entries
    assert (first.title, first.author) == ("동네 빵집의 키오스크", "윤슬")
    assert first.link == f"{SITE}/{POST}"
    assert first.published_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    assert first.blog == BlogCounts(("👍", "❤"), 5, 4)
    assert first.html == (
        "<h2>첫날</h2><p>기계가 <b>두 대</b> 왔습니다 &amp; 섰습니다.</p><ul><li>깜빠뉴"
        '<p><a href="https://blog.example/?a=1&amp;b=2">모르는 블록</a></p></li></ul><hr>'
        "<pre>if a &lt; b: pass</pre><blockquote>무화과</blockquote>"
    )
    assert second.html == "<p>첫째</p><p>둘째</p>"
    assert (second.title, second.link, second.guid) == ("", None, "2026")
    assert second.blog == BlogCounts()


def test_a_listing_shorter_than_its_limit_is_complete() -> None:
    item = {"id": "1", "note": {"title": "글"}}
    for count, complete in ((1, True), (50, False)):
        data = json.dumps({"data": {"list": [item] * count}}).encode()
        assert parse_listing(data, address=SITE).complete is complete
    assert parse_listing(b'{"data": {"list": []}}', address=SITE).entries == ()


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        (b"<html>", "JSON"),
        (b"[" * 100_000, "JSON"),
        (b'{"data": {"items": []}}', "data.list"),
        (b"[]", "data.list"),
        (b'{"data": {"list": [{"id": 1}, 2]}}', "note"),
        (b'{"data": {"list": [{"note": {"title": 3, "content": []}}]}}', "note"),
    ],
)
def test_an_answer_of_another_shape_says_what_it_lacks(answer: bytes, missing: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_listing(answer, address=SITE)
    assert caught.value.key == "source.slashpage.changed"
    assert caught.value.values == {"missing": missing}


@pytest.mark.parametrize(
    "value", [3, "x", None, [], {"👍": "many"}, {"👍": True}, {"x": 3}, {"👍": 10**12}, {"👍": 0}]
)
def test_counts_of_another_shape_are_no_counts(value: object) -> None:
    item = {"id": "1", "note": {"title": "글", "reactionSummary": value}}
    data = json.dumps({"data": {"list": [item]}}).encode()
    (entry,) = parse_listing(data, address=SITE).entries
    assert entry.blog == BlogCounts()


def test_reactors_may_be_listed_instead_of_counted() -> None:
    item = {
        "id": "1",
        "commentCount": 2,
        "note": {"title": "글", "reactionSummary": {"👍": [1, 2]}},
    }
    data = json.dumps({"data": {"list": [item]}}).encode()
    (entry,) = parse_listing(data, address=SITE).entries
    assert entry.blog == BlogCounts(("👍",), 2, 2)


def test_blocks_that_say_nothing_are_left_out() -> None:
    blocks = {
        "a": {"type": "image", "value": {"image": {}}},
        "b": {"type": "text", "value": {"tokens": ["글"]}},
        "c": "nonsense",
    }
    for snapshot in ({"blockMap": blocks}, {"blockMap": blocks, "blockTree": ["a", 3, "b", "c"]}):
        item = {"id": "1", "note": {"content": {"snapshot": snapshot}}}
        data = json.dumps({"data": {"list": [item]}}).encode()
        (entry,) = parse_listing(data, address=SITE).entries
        assert entry.html == "<p>글</p>"


# --- the page ---


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (f"{SITE}/{PAGE}", '<script>{"channelViewId":"qp7my9"}</script>'),
        (f"{SITE}/{PAGE}", 'self.push("{\\"channelViewId\\":\\"qp7my9\\"}")'),
        (f"{SITE}/{PAGE}?channelViewId=qp7my9", ""),
        ("https://dawn.example", f'"/api/page/{PAGE}/channel?channelViewId=qp7my9"'),
        ("https://dawn.example/", f'{{"pageHash": "{PAGE}", "channelViewId": "qp7my9"}}'),
    ],
)
def test_the_listing_behind_a_page_is_found(address: str, page: str) -> None:
    assert find_listing(page.encode(), address=address) == (
        f"https://slashpage.com/api/page/{PAGE}/channel/items?channelViewId=qp7my9&limit=50"
    )


@pytest.mark.parametrize(
    ("address", "page", "missing"),
    [
        (f"{SITE}/{PAGE}", "<html>", "channelViewId"),
        (SITE, '"channelViewId":"qp7my9"', "page"),
    ],
)
def test_a_page_without_its_listing_says_what_it_lacks(
    address: str, page: str, missing: str
) -> None:
    with pytest.raises(FormatError) as caught:
        find_listing(page.encode(), address=address)
    assert caught.value.values == {"missing": missing}


def test_posts_that_a_page_brings_along_are_read() -> None:
    notes = [{"id": POST, "note": {"title": "글"}, "createdAt": "2026-11-20"}]
    script = json.dumps({"props": [{"deep": {"items": notes}}]})
    page = (
        '<script type="application/json">{broken</script>'
        '<script type="application/ld+json">{}</script>'
        f'<script id="x" type="application/json">{script}</script>'
    )
    (entry,) = parse_page(page.encode(), address="https://dawn.example/archive").entries
    assert (entry.title, entry.link) == ("글", f"https://dawn.example/{POST}")


@pytest.mark.parametrize(
    "page", ["", "<html></html>", '<script type="application/json">3</script>']
)
def test_a_page_that_brings_none_along_says_so(page: str) -> None:
    with pytest.raises(FormatError):
        parse_page(page.encode(), address=SITE)


def test_a_page_nested_without_end_is_given_up() -> None:
    deep: object = {"note": {"title": "글"}}
    for _ in range(50):
        deep = [deep]
    page = f'<script type="application/json">{json.dumps({"a": deep})}</script>'
    with pytest.raises(FormatError):
        parse_page(page.encode(), address=SITE)


@pytest.mark.parametrize(
    ("address", "page", "is_one"),
    [
        (SITE, "", True),
        ("https://www.slashpage.com/dawn", "", True),
        ("https://dawn.example", '<script src="https://assets.slashpage.com/app.js">', True),
        ("https://dawn.example", '<a href="https://slashpage.com">', True),
        ("https://dawn.example", "<html>", False),
        ("https://notslashpage.com/", "", False),
    ],
)
def test_a_site_of_slashpages_is_known(address: str, page: str, *, is_one: bool) -> None:
    assert is_slashpage(address, page) is is_one


def of_one_post(snapshot: object) -> bytes:
    note = {"title": "글", "content": {"snapshot": snapshot}}
    return json.dumps({"data": {"list": [{"id": "1", "note": note}]}}).encode()


def test_a_block_that_is_named_again_and_again_is_shown_once() -> None:
    block = {"type": "text", "value": {"tokens": ["가" * 1_000]}}
    data = of_one_post({"blockMap": {"a": block}, "blockTree": ["a"] * 1_000})
    (entry,) = parse_listing(data, address=SITE).entries
    assert entry.html == f"<p>{'가' * 1_000}</p>"


def test_a_listing_is_read_as_far_as_it_may_be_long() -> None:
    item = {"id": "1", "note": {"title": "글"}}
    fetched = parse_listing(json.dumps({"data": {"list": [item] * 2_000}}).encode(), address=SITE)
    assert (len(fetched.entries), fetched.complete) == (1_000, False)


@pytest.mark.parametrize(
    "piece", ["<script>", '<script type="application/json">', '<script type="application/json" ']
)
def test_twice_as_many_scripts_are_twice_the_work(piece: str) -> None:
    def read(size: int) -> None:
        with suppress(FormatError):
            parse_page((piece * size).encode(), address=SITE)
        with suppress(FormatError):
            find_listing((piece * size).encode(), address=SITE)

    assert_linear(read, 1_000)


_NAMES = (
    *("id", "note", "title", "content", "snapshot", "blockMap", "blockTree", "value", "tokens"),
    *("type", "styles", "text", "user", "nickname", "createdAt", "reactionSummary", "sortKey"),
)
_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from([*_NAMES, "👍"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=20,
)


@given(st.lists(_JSON, max_size=3))
def test_any_list_gives_entries_or_says_what_it_lacks(listed: list[object]) -> None:
    try:
        parse_listing(json.dumps({"data": {"list": listed}}).encode(), address=SITE)
    except FormatError as error:
        assert error.values["missing"]  # noqa: PT017  # some are entries


# --- a whole post ---


@pytest.mark.parametrize(
    ("address", "page", "found"),
    [
        (f"{SITE}/{POST}", "", POST),
        (f"https://www.slashpage.com/dawn/{POST}?lang=ko#a", "", POST),
        (f"https://dawn.example/{POST}", '<script src="https://cdn.slashpage.com/a.js">', POST),
        (f"https://dawn.example/archive?post={POST}&tl=ko", "//slashpage.com", POST),
        (f"https://dawn.example/{POST}", "<html>", None),
        (SITE, "", None),
        ("nonsense", "", None),
    ],
)
def test_a_post_of_slashpages_is_known_by_its_hash(
    address: str, page: str, found: str | None
) -> None:
    assert post_hash(address, page) == found


def whole(about: object, content: object) -> Entry:
    parts = [json.dumps(one).encode() for one in (about, content)]
    return parse_post(*parts, address=f"{SITE}/{POST}")


BLOCKS = {"blockMap": {"a": {"type": "text", "value": {"tokens": ["글"]}}}, "blockTree": [["a"]]}


@pytest.mark.parametrize(
    "said",
    [
        {"title": "제목", "user": {"nickname": "윤슬"}, "createdAt": "2026-11-20T00:30:00Z"},
        {
            "note": {
                "title": "제목",
                "user": {"nickname": "윤슬"},
                "createdAt": "2026-11-20 09:30+09:00",
            }
        },
    ],
)
@pytest.mark.parametrize("content", [{"snapshot": BLOCKS}, {"content": {"snapshot": BLOCKS}}])
def test_a_whole_post_is_read_from_its_own_place(said: object, content: object) -> None:
    entry = whole({"data": said}, {"data": content})
    assert (entry.title, entry.author, entry.html) == ("제목", "윤슬", "<p>글</p>")
    assert entry.published_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    assert (entry.link, entry.cut) == (f"{SITE}/{POST}", False)


def test_of_a_whole_post_the_text_alone_is_enough() -> None:
    content = json.dumps({"data": {"snapshot": BLOCKS}}).encode()
    assert parse_post(b"", content, address=SITE).html == "<p>글</p>"
    assert whole({"data": {"title": 3, "user": []}}, {"data": {"snapshot": BLOCKS}}).title == ""


@pytest.mark.parametrize(
    ("about", "content", "missing"),
    [
        (b"", b"<html>", "JSON"),
        (b"<html>", json.dumps({"data": {"snapshot": BLOCKS}}).encode(), "JSON"),
        (b"", b"{}", "data.snapshot.blockMap"),
        (b"", b'{"data": {"snapshot": {"blockMap": {}}}}', "data.snapshot.blockMap"),
    ],
)
def test_a_whole_post_of_another_shape_says_what_it_lacks(
    about: bytes, content: bytes, missing: str
) -> None:
    with pytest.raises(FormatError) as caught:
        parse_post(about, content, address=SITE)
    assert caught.value.values == {"missing": missing}


@pytest.mark.parametrize(
    ("note", "partial", "cut"),
    [
        ({"content": {"snapshot": BLOCKS}}, False, False),
        ({"content": {"snapshot": {**BLOCKS, "blockTree": [["a"], ["b"]]}}}, True, True),
        ({}, True, False),
        ({"content": None}, True, False),
    ],
)
def test_a_listing_that_lacks_a_text_or_some_of_it_is_noticed(
    note: dict[str, object], *, partial: bool, cut: bool
) -> None:
    item = {"id": POST, "note": {"title": "글", **note}}
    data = json.dumps({"data": {"list": [item, {**item, "id": "1"}]}}).encode()
    entry, nowhere = parse_listing(data, address=SITE).entries
    assert (entry.partial, entry.cut) == (partial, cut)
    assert not nowhere.partial
