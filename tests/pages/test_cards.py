from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.pages.actions import OpenCard, ShowCard, ShowFull, Vote, encode
from bot.pages.cards import VOTES, card_page, copied_text, full_page, noted, shown_title
from bot.pages.keyboards import message_arguments
from bot.pages.leaves import kept_leaf, render_leaves
from bot.text.characters import utf16_length
from bot.text.rich import Kind
from storage.models import BlogCounts, Given, PostId, Remark
from tests.pages.posts import ENGLISH, GIVEN, KOREAN, NOON, a_post, action, labels
from tests.text.strategies import assert_sendable, hostile_text
from tests.text.test_html import hostile_html

if TYPE_CHECKING:
    from bot.pages.cards import Reader
    from bot.pages.leaves import Leaf
    from bot.pages.page import Page
    from storage.models import Post

NOTHING = Given()


def kinds(page: Page) -> list[tuple[str, str | None]]:
    return [(one.kind.value, one.url) for one in page.text.entities]


def test_a_card_says_who_when_what_and_how_it_was_liked() -> None:
    blog = BlogCounts(emoji=("👍", "❤"), reactions=1234, comments=5)
    page = card_page(KOREAN, a_post(blog=blog), GIVEN)
    assert page.text.text == (
        "동네 빵집의 키오스크\n"
        "나무 · 2026년 11월 23일 · #7\n"
        "\n"
        "빵집에 키오스크가 생겼어요. 줄이 짧아졌어요.\n"
        "\n"
        "블로그에서 👍❤️ 1,234 · 💬 5\n"
        "다른 곳에서 👍 3 ❤️ 1 · 3명"
    )
    assert kinds(page) == [("text_link", "https://example.com/7"), ("bold", None)]
    assert page.preview_url == "https://example.com/7"


def test_channels_are_counted_on_a_line_of_their_own() -> None:
    page = card_page(KOREAN, a_post(), replace(GIVEN, channels=2))
    assert page.text.text.endswith("다른 곳에서 👍 3 ❤️ 1 · 3명\n따로 채널 2곳")
    page = card_page(ENGLISH, a_post(), Given(channels=1))
    assert page.text.text.endswith("\n\nApart from that 1 channel")


def test_a_card_does_not_repeat_what_telegram_draws_under_it() -> None:
    page = card_page(KOREAN, a_post(), GIVEN, Given((("🔥", 1),), 1))
    assert page.text.text.endswith("\n\n다른 곳에서 🔥 1 · 1명")
    assert "👍" not in card_page(KOREAN, a_post(), GIVEN, NOTHING).text.text


def test_a_page_may_say_before_it_why_it_is_this_one() -> None:
    page = card_page(KOREAN, a_post(), GIVEN)
    told = noted(page, "목록의 3번이에요")
    assert told.text.text == f"목록의 3번이에요\n\n{page.text.text}"
    assert told.text.entities[0].kind is Kind.ITALIC
    assert replace(told, text=page.text) == page


def test_a_card_speaks_the_language_and_knows_the_zone_of_its_reader() -> None:
    page = card_page(ENGLISH, a_post(blog=BlogCounts(emoji=("👍",))), Given((("🔥", 1),), 1))
    assert page.text.text.splitlines()[1] == "나무 · November 22, 2026 · #7"
    assert page.text.text.endswith("On the blog 👍\nElsewhere 🔥 1 · 1 person")


def test_a_cards_buttons_show_the_text_share_copy_and_open() -> None:
    page = card_page(KOREAN, a_post(), NOTHING)
    assert labels(page) == [["전체 보기", "공유"], ["카톡용 복사", "열기"]]
    assert action(page, "전체 보기") == ShowFull(a_post().id, 0)
    assert page.keyboard[0][1].inline == "p7"
    assert page.keyboard[1][0].copy == (
        "동네 빵집의 키오스크\n빵집에 키오스크가 생겼어요.\nhttps://example.com/7"
    )
    assert page.keyboard[1][1].url == "https://example.com/7"


def test_a_card_that_was_sent_inline_opens_its_full_text_in_private() -> None:
    """It may belong to a chat that the bot is not in, where a press could change no message."""
    elsewhere, post = replace(KOREAN, elsewhere=True), a_post()
    button = card_page(elsewhere, post, NOTHING).keyboard[0][0]
    assert (button.data, button.url) == (None, elsewhere.post_link(post))


def test_a_card_in_a_channel_is_shared_by_telegrams_own_page() -> None:
    reader = replace(KOREAN, in_channel=True)
    post = a_post(title="소식 " * 1000 + "\ud83d", link=None)
    button = card_page(reader, post, NOTHING).keyboard[0][1]
    assert button.inline is None
    assert (button.url or "").startswith(
        "https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fsosik_bot%3Fstart%3Dp7&text=%EC%86%8C"
    )
    assert len(button.url or "") < 1000


def test_archive_text_says_that_it_has_no_date_or_link_yet() -> None:
    page = card_page(KOREAN, a_post(link=None, published_at=None), NOTHING)
    assert page.text.text.splitlines()[1] == "나무 · 날짜와 링크는 아직 없어요 · #7"
    assert kinds(page) == [("bold", None)]
    assert labels(page) == [["전체 보기", "공유"], ["카톡용 복사"]]
    assert page.preview_url is None


def test_a_linked_post_may_lack_a_date_alone() -> None:
    page = card_page(KOREAN, a_post(author="", published_at=None, body=""), NOTHING)
    assert page.text.text.splitlines()[1] == "날짜는 아직 없어요 · #7"
    assert labels(page)[0] == ["공유"]


def test_edited_and_removed_posts_are_marked() -> None:
    page = card_page(KOREAN, a_post(edited_at=NOON, removed_at=NOON), NOTHING)
    assert page.text.text.splitlines()[1] == (
        "나무 · 2026년 11월 23일 · 고친 글 · 블로그에서 내려간 글 · #7"
    )
    assert kinds(page)[1] == ("strikethrough", None)


def test_a_link_that_telegram_would_refuse_is_no_link() -> None:
    page = card_page(KOREAN, a_post(link="tg://resolve?domain=x"), NOTHING)
    assert labels(page)[1] == ["카톡용 복사"]
    assert kinds(page) == [("bold", None)]
    message_arguments(page)


def test_a_title_that_cannot_be_seen_has_a_stand_in() -> None:
    assert shown_title(KOREAN.texts, "\u200b \u2060", 50) == "제목 없는 글"
    assert shown_title(KOREAN.texts, "가" * 1_000_000, 10) == "가" * 9 + "…"


def full(reader: Reader, post: Post, number: int) -> Page:
    """A page of the full text, by way of how it is kept."""
    return full_page(reader, post, full_leaf(post, number))


def full_leaf(post: Post, number: int = 0) -> Leaf:
    leaves = render_leaves(post.html, post.link, post.body)
    number = min(number, len(leaves) - 1)
    return kept_leaf(*leaves[number], number, len(leaves))


def test_full_text_is_paged_with_a_way_back() -> None:
    post = a_post(body="한 문장이에요. " * 800, cut=True)
    first, last = full(KOREAN, post, 0), full(KOREAN, post, 2)
    assert first.text.text.endswith("한 문장이에요.\n\n1/3쪽")
    assert labels(first) == [["다음 ›"], ["‹ 접기", "열기"]]
    assert action(first, "다음 ›") == ShowFull(post.id, 1)
    assert action(first, "‹ 접기") == ShowCard(post.id)
    assert last.text.text.endswith("목록에서 잘린 글이에요. 여기까지만 있어요.\n\n3/3쪽")
    assert "잘린" not in first.text.text
    assert action(last, "‹ 이전") == ShowFull(post.id, 1)


def test_the_last_page_leads_on_to_other_posts() -> None:
    post = a_post(link=None)
    leaf = replace(full_leaf(post), onward=((PostId(7), "금리와 시간 " * 20), (PostId(8), "")))
    page = full_page(KOREAN, post, leaf)
    assert page.text.text.endswith("말이 줄었어요.\n\n이어 읽기")
    rows = labels(page)
    assert rows[0] == ["‹ 접기"]
    assert rows[1][0].startswith("금리와 시간")
    assert rows[2] == ["제목 없는 글"]
    assert action(page, "제목 없는 글") == OpenCard(PostId(8))
    message_arguments(page)


def test_a_short_text_is_one_page() -> None:
    page = full(KOREAN, a_post(link=None), 0)
    assert page.text.text.endswith("대신 말이 줄었어요.")
    assert labels(page) == [["‹ 접기"]]


def test_full_text_keeps_the_formatting_of_its_source() -> None:
    post = a_post(html="<p>빵집에 <b>키오스크</b>가 <a href='/x'>생겼어요</a>.</p>")
    page = full(KOREAN, post, 0)
    assert kinds(page)[2:] == [("bold", None), ("text_link", "https://example.com/x")]


def test_without_formatted_text_the_plain_one_is_shown() -> None:
    assert "말이 줄었어요." in full(KOREAN, a_post(html="<p> </p>"), 0).text.text
    assert full(KOREAN, a_post(body=""), 0).text.text.endswith("본문이 없는 글이에요.")


def test_a_text_that_was_too_large_is_said_so_on_the_card() -> None:
    page = card_page(KOREAN, a_post(body="", html=None, cut=True), NOTHING)
    assert "본문이 너무 커서 담지 않았어요." in page.text.text
    assert "전체 보기" not in labels(page)[0]
    assert "너무 커서" not in card_page(KOREAN, a_post(cut=True), NOTHING).text.text


def test_copied_text_shortens_what_is_long_but_keeps_the_link() -> None:
    slug = "%ED%95%9C%EA%B8%80" * 12
    readable = copied_text(KOREAN, a_post(link=f"https://example.com/{slug}"))
    assert readable.endswith("https://example.com/" + "한글" * 12)
    too_long = copied_text(KOREAN, a_post(link="https://example.com/" + "x" * 300))
    assert too_long.endswith("https://t.me/sosik_bot?start=p7")
    odd = copied_text(KOREAN, a_post(link="https://example.com/" + "%ED%95" * 40))
    assert odd.endswith("https://t.me/sosik_bot?start=p7")
    spaces = "https://example.com/" + "%ED%95%9C%20" * 14
    assert copied_text(KOREAN, a_post(link=spaces)).endswith("https://example.com/" + "한%20" * 14)


@given(
    words=hostile_text(60).map(lambda text: text + "값이 왜 오르는지 " * 40),
    title=hostile_text(60),
    link=st.sampled_from([None, "https://example.com/7", "https://example.com/" + "x" * 130]),
)
def test_what_an_author_says_is_shortened_where_it_is_copied_and_the_link_never(
    words: str, title: str, link: str | None
) -> None:
    post = a_post(title=title, link=link, remark=Remark(words, "해봄"))
    copied = copied_text(KOREAN, post)
    said, address = copied.split("\n")[1:]
    assert utf16_length(copied) <= 256
    assert said.endswith("…")
    assert address == (link or "https://t.me/sosik_bot?start=p7")


def test_what_an_author_says_is_copied_whole_where_there_is_room() -> None:
    post = a_post(remark=Remark("값이 왜\n오르는지 아는 글", "해봄"))
    assert copied_text(KOREAN, post) == (
        "동네 빵집의 키오스크\n값이 왜 오르는지 아는 글\nhttps://example.com/7"
    )


def test_what_an_author_has_to_say_stands_above_the_card_as_a_quotation() -> None:
    page = card_page(KOREAN, a_post(remark=Remark("왜 읽을 만한지\n두 줄", "해봄")), NOTHING)
    assert page.text.text.startswith("왜 읽을 만한지\n두 줄\n— 해봄\n동네 빵집의 키오스크\n")
    quote = page.text.entities[0]
    assert (quote.kind, quote.offset, quote.length) == (
        Kind.QUOTE,
        0,
        len("왜 읽을 만한지\n두 줄\n— 해봄"),
    )
    nameless = card_page(KOREAN, a_post(remark=Remark("좋아요", "")), NOTHING)
    assert nameless.text.text.startswith("좋아요\n동네")


def test_copied_text_has_the_authors_line_in_place_of_the_beginning() -> None:
    copied = copied_text(KOREAN, a_post(remark=Remark("왜\n읽을 만한지", "해봄")))
    assert copied == "동네 빵집의 키오스크\n왜 읽을 만한지\nhttps://example.com/7"
    long = copied_text(KOREAN, a_post(remark=Remark("말 " * 250, "해봄")))
    assert len(long) <= 256
    assert long.endswith("…\nhttps://example.com/7")


@given(
    title=hostile_text(60),
    author=hostile_text(20),
    body=hostile_text(200),
    link=st.one_of(st.none(), hostile_text(5), st.just("https://example.com/" + "가" * 400)),
    html=st.one_of(st.none(), hostile_html()),
    page=st.integers(-1, 5),
)
def test_any_post_can_be_sent(
    *, title: str, author: str, body: str, link: str | None, html: str | None, page: int
) -> None:
    post = a_post(title=title, author=author, body=body, link=link, html=html)
    for shown in (card_page(KOREAN, post, GIVEN), full(ENGLISH, post, page)):
        arguments = message_arguments(shown)
        assert arguments["text"] == shown.text.strip().text, "nothing was cut off"
        assert 0 < utf16_length(arguments["text"]) <= 4096
        assert {one["type"] for one in arguments["entities"]} <= {kind.value for kind in Kind}
    assert_sendable(card_page(KOREAN, post, GIVEN).text)


def test_whoever_cannot_react_votes_by_buttons_that_say_what_was_given_there() -> None:
    counts, others = (
        Given((("❤", 9), ("🔥", 1203), ("👍", 2)), 1209),
        Given((("🔥", 3), ("👍", 2)), 3),
    )
    page = card_page(replace(ENGLISH, votes=True), a_post(), counts, others)
    assert [button.label for button in page.keyboard[0]] == ["👍", "🔥 1,200", "🤔"]
    assert [button.data for button in page.keyboard[0]] == [encode(Vote(one)) for one in VOTES]
    assert page.keyboard[1:] == card_page(ENGLISH, a_post(), counts).keyboard
    assert "Elsewhere 🔥 3 👍 2" in page.text.text
    new = card_page(replace(ENGLISH, votes=True), a_post(), counts)
    assert [button.label for button in new.keyboard[0]] == list(VOTES)


def test_a_card_in_a_strangers_chat_has_no_vote_buttons() -> None:
    elsewhere = replace(KOREAN, votes=True, elsewhere=True)
    page = card_page(elsewhere, a_post(), GIVEN)
    assert page == card_page(replace(KOREAN, elsewhere=True), a_post(), GIVEN)
