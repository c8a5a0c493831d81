from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.errors import ArchiveError
from bot.sources.formats.archive import is_cut, parse_archive
from storage.models import BlogCounts, NewPost
from tests.sources.listings import a_post, listing
from tests.steps import assert_linear

REAL = Path(__file__).parents[3].parent / "shared" / "archive" / "haebom.txt"


def parsed(*lines: str) -> tuple[NewPost, ...]:
    return parse_archive("\n".join(["밤의 기록", "읽고 씁니다.", *lines]).encode()).posts


@pytest.mark.skipif(not REAL.exists(), reason="the real archive does not lie beside the project")
def test_the_real_archive_gives_its_35_posts_in_order_with_their_counts() -> None:
    archive = parse_archive(REAL.read_bytes())
    assert archive.title == "해봄의 아카이브"
    assert archive.unfinished_line is None
    assert len(archive.posts) == 35
    assert [post.position for post in archive.posts] == list(range(35))
    assert {post.author for post in archive.posts} == {"Haebom"}
    assert all(len(post.body) > 800 for post in archive.posts)
    by_title = {post.title: post.blog for post in archive.posts}
    assert len(by_title) == 35
    assert archive.posts[0].title == "학습하는 법을 학습하기"
    assert archive.posts[-1].title == "짐 켈러, Nvidia는 'AI 시대의 IBM'이 될 것"
    assert by_title["학습하는 법을 학습하기"] == BlogCounts()
    assert by_title["투자 전략 정리"] == BlogCounts(("👍",), 1, 2)
    assert by_title["Producer의 시대가 온다."] == BlogCounts(
        ("👍", "🥲", "🤣", "🤯", "👍🏻"), 24, 1
    )
    assert by_title["탐욕자와 위선자의 대결"] == BlogCounts(("🇺🇸",), 3, 4)
    assert by_title["기부 대신 선택한 기부"] == BlogCounts((), None, 5)
    assert by_title["이제 누가 친환경 에너지를 가장 많이 생산하는가?"] == BlogCounts()
    assert sum(post.blog.reactions or 0 for post in archive.posts) == 221
    assert sum(post.blog.comments or 0 for post in archive.posts) == 28


def test_a_lone_number_counts_comments() -> None:
    (post,) = parsed("소식", "제목", "본문입니다.", "5")
    assert post.blog == BlogCounts(comments=5)


def test_a_number_after_a_run_of_emoji_counts_reactions() -> None:
    (post,) = parsed("소식", "제목", "본문입니다.", "👍❤️", "8")
    assert post.blog == BlogCounts(("👍", "❤"), 8, None)


def test_a_run_of_emoji_may_have_no_number() -> None:
    first, second = parsed("소식", "제목", "본문.", "👍", "소식", "둘", "본문.")
    assert first.blog == BlogCounts(("👍",))
    assert second.title == "둘"


@pytest.mark.parametrize("title", ["2024", "7", "👍", "🇰🇷🇺🇸", "소식", "1,024", "3️⃣"])
def test_a_title_may_look_like_anything(title: str) -> None:
    posts = parsed(
        "소식", title, "본문.", "3", "소식", title, "다른 본문.", "👍", "2", "소식", "끝", "글."
    )
    assert [post.title for post in posts] == [title, title, "끝"]
    assert posts[1].blog == BlogCounts(("👍",), 2)


@pytest.mark.parametrize("author", ["7", "🐰", "2024"])
def test_an_author_may_be_called_by_a_number_or_an_emoji(author: str) -> None:
    posts = parsed(
        *(author, "하나", "글입니다.", "3"),
        *(author, "둘", "글입니다."),
        *(author, "셋", "글입니다.", "👍", "4"),
    )
    assert [post.title for post in posts] == ["하나", "둘", "셋"]
    assert [post.blog.comments for post in posts] == [3, None, None]
    assert posts[2].blog == BlogCounts(("👍",), 4)


def test_authors_may_differ() -> None:
    posts = parsed("달", "하나", "글.", "해", "둘", "글.", "👍", "1", "달", "셋", "글.")
    assert [post.author for post in posts] == ["달", "해", "달"]


def test_a_post_without_text_keeps_its_counts() -> None:
    posts = parsed(
        "소식", "사진", "👍", "3", "소식", "글", "본문.", "소식", "또 사진", "소식", "끝", "글."
    )
    assert [(post.title, post.body) for post in posts] == [
        ("사진", ""),
        ("글", "본문."),
        ("또 사진", ""),
        ("끝", "글."),
    ]
    assert posts[0].blog == BlogCounts(("👍",), 3)


def test_a_listing_without_a_tagline_is_noticed() -> None:
    text = "\n".join(
        ["밤의 기록", *("소식", "하나", "글.", "3"), *("소식", "둘", "글.", "👍", "1")]
    )
    archive = parse_archive(text.encode())
    assert archive.tagline == ""
    assert [post.title for post in archive.posts] == ["하나", "둘"]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n\n", " \n\t"])
def test_line_ends_and_blank_lines_do_not_matter(end: str) -> None:
    posts = (a_post("하나", comments=2), a_post("둘", emoji=("👍🏻", "👍"), reactions=9))
    text = listing(posts).replace("\n", end)
    assert _without_places(parse_archive(text.encode()).posts) == posts


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp949"])
def test_encodings_of_korean_editors_are_read(encoding: str) -> None:
    archive = parse_archive(listing([a_post("하나")]).encode(encoding))
    assert archive.title == "밤의 기록"
    assert archive.posts[0].title == "하나"


def test_decomposed_hangul_is_composed() -> None:
    text = unicodedata.normalize("NFD", listing([a_post("한글")]))
    assert parse_archive(text.encode()).posts[0].title == "한글"


def test_a_file_cut_in_a_body_marks_that_post() -> None:
    data = listing([a_post("하나"), a_post("둘", "여기까지 쓰다가 그만둔 글")]).encode()
    posts = parse_archive(data[:-2]).posts
    assert [post.cut for post in posts] == [False, True]
    assert posts[1].body == "여기까지 쓰다가 그만둔"


@pytest.mark.parametrize("rest", [["소식"], ["소식", "반쪽 제"]])
def test_a_file_cut_before_a_body_leaves_that_post_out(rest: list[str]) -> None:
    text = "\n".join([listing([a_post("하나")]), *rest])
    archive = parse_archive(text.encode())
    assert [post.title for post in archive.posts] == ["하나"]
    assert archive.unfinished_line == 6


def test_every_cut_of_a_file_gives_its_whole_posts_or_says_the_line() -> None:
    """Whatever byte a copy stops at, no post but the last is other than in the whole file."""
    posts = [
        a_post("하나", comments=2),
        a_post("2024"),
        a_post("👍", emoji=("🇰🇷", "❤"), reactions=12),
    ]
    data = listing(posts).encode()
    whole = parse_archive(data).posts
    for size in range(len(data)):
        try:
            got = parse_archive(data[:size]).posts
        except ArchiveError as error:
            assert error.line >= 1  # noqa: PT017  # most cuts raise nothing
            continue
        assert got[:-1] == whole[: len(got) - 1]


@pytest.mark.parametrize(
    ("data", "key", "line"),
    [
        (b"", "source.archive.empty", 1),
        (b"\xef\xbb\xbf\n \n", "source.archive.empty", 1),
        ("밤의 기록".encode(), "source.archive.no_posts", 2),
        ("밤의 기록\n읽고 씁니다.".encode(), "source.archive.no_posts", 3),
        (b"\n<!DOCTYPE html><html>", "source.archive.page", 2),
        (b'{"data": []}', "source.archive.page", 1),
        (b"title\ntagline\n\xff\xff\xff\xff\n", "source.archive.not_text", 3),
        (b"title\n\0\0", "source.archive.not_text", 2),
    ],
)
def test_a_file_that_is_no_archive_says_the_line(data: bytes, key: str, line: int) -> None:
    with pytest.raises(ArchiveError) as caught:
        parse_archive(data)
    assert (caught.value.key, caught.value.line) == (key, line)


def test_a_number_where_an_author_belongs_says_the_line() -> None:
    with pytest.raises(ArchiveError) as caught:
        parsed("소식", "하나", "글.", "5", "3", "소식", "둘", "글.")
    assert caught.value.key == "source.archive.author_expected"
    assert caught.value.line == 7
    assert caught.value.values["found"] == "3"


@pytest.mark.parametrize(
    "body",
    [
        "끝났습니다.",
        "그럴까요?",
        "“감사합니다.”",
        "이만 줄입니다",
        "고마워요 🙂",
        "끝입니다. (웃음)",
        "잘 가요 ㅎㅎ",
        "",
    ],
)
def test_a_closed_text_is_not_cut(body: str) -> None:
    assert not is_cut(body)


@pytest.mark.parametrize(
    "body", ["이 문제를 풀려면 먼저", "최적화 (PPO, DPO)", "3. 다음 단계", "the next"]
)
def test_an_open_text_is_cut(body: str) -> None:
    assert is_cut(body)


def test_a_file_without_end_is_refused() -> None:
    with pytest.raises(ArchiveError) as caught:
        parse_archive(b"7\n" * 100_001)
    assert (caught.value.key, caught.value.line) == ("source.archive.too_long", 100_001)


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("piece", ["7\n", "7\n8\n9\n", "가\n나\n다\n1\n👍\n2\n", "👍\n"])
def test_twice_as_long_a_file_is_twice_the_work(piece: str) -> None:
    def read(size: int) -> None:
        with suppress(ArchiveError):
            parse_archive(("".join(f"{one}{piece}" for one in range(size))).encode())

    assert_linear(read, 500)


def test_a_long_file_is_read_whole() -> None:
    posts = [a_post(f"글 {number}", comments=number % 7 or None) for number in range(4_000)]
    assert len(parse_archive(listing(posts).encode()).posts) == 4_000


# --- whatever is written is read back ---

_EMOJI = st.sampled_from(
    ["👍", "👍🏻", "❤", "🥲", "🤣", "🤯", "🇰🇷", "🇺🇸", "👩🏽‍💻", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1⃣", "🏳‍🌈", "☕", "🫶🏿"]  # noqa: RUF001, RUF100  # emoji made of several characters
)
_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ufeff"),
    max_size=40,
).map(lambda text: unicodedata.normalize("NFC", text).strip())
_TITLES = st.one_of(
    _TEXT.filter(bool),
    st.integers(0, 9999).map(str),
    st.lists(_EMOJI, min_size=1, max_size=3).map("".join),
    st.sampled_from(["달", "해봄", "Min Ji"]),
)
_COUNTS = st.builds(
    lambda emoji, reactions, comments: BlogCounts(emoji, reactions if emoji else None, comments),
    st.lists(_EMOJI, max_size=4).map(tuple),
    st.one_of(st.none(), st.integers(0, 99_999)),
    st.one_of(st.none(), st.integers(0, 99_999)),
)
_POSTS = st.builds(
    NewPost,
    title=_TITLES,
    body=_TEXT.map(lambda text: f"글: {text}".strip()),
    author=st.sampled_from(["달", "해봄", "Min Ji"]),
    blog=_COUNTS,
)


@given(st.lists(_POSTS, min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_any_archive_written_out_is_read_back(posts: list[NewPost], end: str) -> None:
    title = "밤의 기록"
    archive = parse_archive(listing(posts, title=title).replace("\n", end).encode())
    assert _without_places(archive.posts) == tuple(posts)
    assert [post.position for post in archive.posts] == list(range(len(posts)))
    assert archive.title == title


@given(st.binary(max_size=300))
def test_any_bytes_are_an_archive_or_an_error_with_a_line(data: bytes) -> None:
    try:
        parse_archive(data)
    except ArchiveError as error:
        assert error.line >= 1  # noqa: PT017  # some bytes are an archive


def _without_places(posts: tuple[NewPost, ...]) -> tuple[NewPost, ...]:
    return tuple(replace(post, position=None, cut=False) for post in posts)


def test_the_sample_archive_is_forty_posts_of_three_authors() -> None:
    sample = Path(__file__).parents[3] / "bot" / "demo" / "samples" / "archive.txt"
    archive = parse_archive(sample.read_bytes())
    assert archive.title == "새벽의 서재"
    assert len(archive.posts) == len({post.title for post in archive.posts}) == 40
    assert {post.author for post in archive.posts} == {"윤슬", "도래", "Min Seo"}
    assert [post.title for post in archive.posts if post.cut] == [
        "한나 아렌트(Hannah Arendt)와 추천 알고리즘"
    ]
    assert all(300 <= len(post.body) <= 1500 for post in archive.posts)
    assert "1984" in {post.title for post in archive.posts}
