from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.formats.slashpage import parse_listing
from bot.sources.formats.slashpage_blocks import blocks_html, lacks_blocks
from bot.text.html import html_to_rich
from tests.sources.host_cases import host_cases, name_of
from tests.steps import assert_linear

if TYPE_CHECKING:
    from collections.abc import Mapping


def block(kind: str, text: str = "", parent: str = "root", key: str = "", **value: Any) -> object:  # noqa: ANN401  # JSON
    """A block with words; `key` is its sortKey."""
    said = {"tokens": [{"text": text}], **value} if text else value
    return {"type": kind, "value": said, "parentBlockId": parent, "sortKey": key}


def html_of(blocks: Mapping[str, object], tree: object = None) -> str:
    return blocks_html({"blockMap": blocks, "blockTree": tree})


@pytest.mark.parametrize("case", host_cases("slashpage"), ids=name_of)
def test_a_text_is_right(case: dict[str, Any]) -> None:
    (entry,) = parse_listing(case["body"].encode(), address="https://slashpage.com/a").entries
    rich, right = html_to_rich(entry.html, entry.link), case["right"]
    if "text" in right:
        assert rich.text == right["text"]
    if "text~" in right:
        assert re.search(right["text~"], rich.text)
    if "links" in right:
        assert [one.url for one in rich.entities if one.url] == right["links"]


CELLS: dict[str, object] = {
    "t": block("table", key="b", colCount=2, rowCount=2),
    **{f"c{n}": block("tableCell", parent="t", key=f"a{n}") for n in range(4)},
    **{f"x{n}": block("text", word, f"c{n}", "a") for n, word in enumerate("가나다라")},
    "first": block("text", "앞", key="a"),
    "last": block("text", "뒤", key="c"),
}
TABLE = "<table><tr><td>가</td><td>나</td></tr><tr><td>다</td><td>라</td></tr></table>"


@pytest.mark.parametrize(
    "tree",
    [
        None,
        [],
        ["nothing", 3],
        [[3, ["first"]], [["first"], "t"]],
        [["first"], ["t"], ["last"]],
        ["first", "t", "last"],
        [["first"], ["t", ["c0", ["x0"]], ["c1"], ["c2", ["x2"]], ["c3", ["x3"]]], ["last"]],
        [["first"], ["t", [["c0", [["x0"]]], ["c1"], ["c2"], ["c3"]]], ["last"]],
    ],
)
def test_a_table_stands_where_it_is_however_much_the_tree_names(tree: object) -> None:
    assert html_of(CELLS, tree) == f"<p>앞</p>{TABLE}<p>뒤</p>"


@pytest.mark.parametrize(
    ("size", "rows"),
    [
        ({"colCount": 2}, 2),
        ({"rowCount": 2}, 2),
        ({"colCount": "2"}, 2),
        ({}, 4),
        ({"colCount": 3, "rowCount": 9}, 2),
        ({"colCount": True, "rowCount": -1}, 4),
    ],
)
def test_a_table_of_another_size_loses_nothing(size: dict[str, Any], rows: int) -> None:
    found = html_of({**CELLS, "t": block("table", key="b", **size)})
    assert found.count("<tr>") == rows
    assert re.sub("<[^>]*>", "", found) == "앞가나다라뒤"


def test_a_cell_holds_its_own_words_more_than_one_and_lists() -> None:
    cells = {
        "t": block("table", colCount=3),
        "a": block("tableCell", "자기", "t", "a"),
        "b": block("tableCell", parent="t", key="b"),
        "b1": block("text", "하나", "b", "a"),
        "b2": block("text", "둘", "b", "b"),
        "c": block("tableCell", parent="t", key="c"),
        "c1": block("list", "점", "c", "a"),
    }
    assert html_of(cells) == (
        "<table><tr><td>자기</td><td>하나 둘</td><td><ul><li>점</li></ul></td></tr></table>"
    )


def test_a_table_without_cells_is_nothing() -> None:
    assert html_of({"t": block("table", colCount=2)}) == ""


def test_lists_that_follow_each_other_are_one_and_hold_what_is_under_them() -> None:
    blocks = {
        "1": block("orderedList", "하나", key="a"),
        "2": block("orderedList", "둘", key="b"),
        "2a": block("list", "점", "2", "a"),
        "p": block("text", "사이", key="c"),
        "3": block("orderedList", "다시", key="d"),
        "i": block("image", key="e"),
        "4": block("orderedList", "이어서", key="f"),
    }
    assert html_of(blocks) == (
        "<ol><li>하나</li><li>둘<ul><li>점</li></ul></li></ol><p>사이</p>"
        "<ol><li>다시</li><li>이어서</li></ol>"
    )
    assert html_to_rich(html_of(blocks)).text.startswith("1. 하나\n2. 둘")


@pytest.mark.parametrize(
    "token",
    [
        {"link": "https://a.example"},
        {"url": "https://a.example"},
        {"href": " https://a.example "},
        {"link": {"url": "https://a.example"}},
        {"styles": {"link": "https://a.example"}},
        {"styles": {"link": {"href": "https://a.example"}}},
        {"styles": {"link": {"link": "https://a.example"}, "b": None}},
    ],
)
def test_a_link_is_one_however_it_is_named(token: dict[str, object]) -> None:
    blocks = {"a": {"type": "text", "value": {"tokens": [{"text": "글", **token}]}}}
    assert html_of(blocks) == '<p><a href="https://a.example">글</a></p>'


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (
            {"code": "a < b", "language": "Python"},
            '<pre><code class="language-python">a &lt; b</code></pre>',
        ),
        ({"code": "  a", "language": "Plain Text"}, "<pre>  a</pre>"),
        ({"code": "a", "language": "plaintext"}, "<pre>a</pre>"),
        ({"code": "a", "language": '"><b>'}, "<pre>a</pre>"),
        ({"code": "a", "language": 3}, "<pre>a</pre>"),
        ({"tokens": ["a", {"text": " b"}]}, "<pre>a b</pre>"),
        ({}, ""),
    ],
)
def test_code_keeps_its_language(value: dict[str, object], shown: str) -> None:
    source = {"type": "codeSource", "parentBlockId": "a", "value": {"tokens": ["x"]}}
    assert html_of({"a": {"type": "code", "value": value}, "b": source}) == shown


@pytest.mark.parametrize(
    ("one", "shown"),
    [
        (block("heading", "글", level=1), "<h2>글</h2>"),
        (block("heading", "글", level="2"), "<h3>글</h3>"),
        (block("heading", "글", level=9), "<h4>글</h4>"),
        (block("heading"), ""),
        (block("quote", "글"), "<blockquote>글</blockquote>"),
        (block("quote"), ""),
        (block("list"), ""),
        (block("todo", "글", checked=True), "<p>☑ 글</p>"),
        (block("todo", "글", checked=False), "<p>☐ 글</p>"),
        (block("divider"), "<hr>"),
        (block("codeSource", "x"), ""),
        (
            block("bookmark", url="https://a.example"),
            '<p><a href="https://a.example">https://a.example</a></p>',
        ),
        (
            block("embed", link={"url": "https://a.example"}, title="제<목"),
            '<p><a href="https://a.example">제&lt;목</a></p>',
        ),
        (block("file", file={"filename": "표.pdf"}), "<p>📎 표.pdf</p>"),
        (block("zip", attachment={"name": "a.zip"}), "<p>📎 a.zip</p>"),
        (block("image", image={"filename": "a.png"}), ""),
        (block("hologram", "한 줄\n두 줄"), "<p>한 줄<br>두 줄</p>"),
        ({"type": "text", "value": {"tokens": "글자"}}, "<p>글자</p>"),
        ({"type": "text", "value": {"tokens": [3, None, "가"]}}, "<p>가</p>"),
        ("nonsense", ""),
        (None, ""),
    ],
)
def test_each_kind_of_block_is_shown(one: object, shown: str) -> None:
    assert html_of({"a": one}) == shown


def test_what_is_under_a_block_comes_after_it() -> None:
    blocks = {
        "q": block("quote", "말", key="a"),
        "q1": block("text", "이어서", "q", "a"),
        "g": block("toggle", "접힌 것", key="b"),
        "g1": block("text", "속", "g", "a"),
    }
    assert html_of(blocks) == ("<blockquote>말<p>이어서</p></blockquote><p>접힌 것</p><p>속</p>")


def test_blocks_may_be_listed() -> None:
    assert blocks_html({"blockMap": [{"id": "a", **block("text", "글")}]}) == "<p>글</p>"  # type: ignore[dict-item]  # a block is a dict


@pytest.mark.parametrize(
    "snapshot", [None, 3, {}, {"blockMap": 3}, {"blockMap": [], "blockTree": 3}]
)
def test_what_is_no_text_is_none(snapshot: object) -> None:
    assert blocks_html(snapshot) == ""
    assert not lacks_blocks(snapshot)


def test_blocks_that_hang_on_each_other_end_somewhere() -> None:
    ring = {"a": block("text", "가", "b"), "b": block("text", "나", "a")}
    assert html_of(ring) == "<p>가</p><p>나</p>"
    deep = {str(n): block("text", str(n), str(n - 1)) for n in range(1_000)}
    assert html_of(deep).startswith("<p>0</p><p>1</p>")
    tree: list[object] = ["999"]
    for n in range(998, -1, -1):
        tree = [str(n), tree]
    assert html_of(deep, [tree]).startswith("<p>0</p><p>1</p>")
    assert not lacks_blocks({"blockMap": deep, "blockTree": [tree]})


def test_a_tree_that_names_what_is_not_there_is_more_than_there_is() -> None:
    assert lacks_blocks({"blockMap": {"a": 1}, "blockTree": [["a", ["b"]]]})
    assert not lacks_blocks({"blockMap": {"a": 1}, "blockTree": [["a", [3, [["a"]]]]]})


_IDS = st.sampled_from(["a", "b", "c", "d"])
_TREES = st.recursive(_IDS, lambda inner: st.lists(inner, max_size=3), max_leaves=8)
_KINDS = ("text", "table", "tableCell", "list", "orderedList", "quote", "code")


@given(
    st.dictionaries(
        _IDS,
        st.builds(block, st.sampled_from(_KINDS), st.just("글"), _IDS, st.sampled_from(["", "a"])),
    ),
    st.lists(_TREES, max_size=4),
)
def test_no_block_is_written_twice_whatever_hangs_where(
    blocks: dict[str, object], tree: list[object]
) -> None:
    for one in (tree, None):
        assert html_of(blocks, one).count("글") <= len(blocks)
    assert html_of(blocks).count("글") >= (1 if blocks else 0)


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("kind", ["text", "list", "tableCell"])
def test_twice_as_many_blocks_are_twice_the_work(kind: str) -> None:
    def write(size: int) -> None:
        cells = {str(n): block(kind, "글", "t", f"{n:06}") for n in range(size)}
        html_of({"t": block("table", colCount=4), **cells})
        html_of(cells)

    assert_linear(write, 500)
