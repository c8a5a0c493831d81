from __future__ import annotations

from datetime import timedelta

from bot.pages.actions import AskWhen, Publish
from bot.pages.drafts import draft_page, preview
from storage.models import NewPost, PostId
from tests.pages.posts import ENGLISH, KOREAN, NOON, action, labels

POST = NewPost(
    title="시장의 새벽",
    body="고등어 값이 먼저 압니다.",
    author="윤슬",
    link="https://a.example/1",
    guid="1",
    published_at=NOON - timedelta(days=1),
    cut=True,
)


def test_the_draft_is_the_card_under_a_question_with_buttons_that_answer_it_only() -> None:
    page = draft_page(KOREAN, POST, 12, NOON)
    assert page.text.text.startswith("이 글을 올릴까요?\n\n")
    assert "시장의 새벽" in page.text.text
    assert "고등어" in page.text.text
    assert labels(page) == [
        ["지금 올리기"],
        ["오늘 저녁", "내일 아침"],
        ["시각 쓰기", "그만두기"],
    ]
    assert action(page, "지금 올리기") == Publish(12, 1)
    assert action(page, "시각 쓰기") == AskWhen(12)
    assert action(page, "그만두기") == Publish(12, 0)
    assert page.preview_url == POST.link


def test_the_question_is_in_the_readers_language() -> None:
    assert "올릴까요" not in draft_page(ENGLISH, POST, 12, NOON).text.text


def test_the_preview_keeps_what_was_read_and_has_no_number() -> None:
    post = preview(NewPost("제목", "본문", guid="7"), NOON)
    assert post.id == PostId(0)
    assert (post.title, post.body, post.guid) == ("제목", "본문", "7")
    assert post.published_at is None
    assert post.sort_at == post.first_seen_at == NOON


def test_a_dated_preview_sorts_by_its_date() -> None:
    post = preview(POST, NOON)
    assert post.sort_at == post.published_at == POST.published_at
    assert post.cut
