from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.pages.actions import Again, AskWhen, CallOff, Publish, PublishAll, Reword
from bot.pages.drafts import all_page, draft_page, known_page, preview, scheduled_page
from storage.models import Draft, NewPost, PostId
from tests.pages.posts import ENGLISH, KOREAN, NOON, a_post, action, labels

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


def test_all_drafts_of_a_message_are_decided_at_once() -> None:
    page = all_page(KOREAN.texts, 55, 3)
    assert page.text.text == "글 3편을 한 번에 올릴까요?"
    assert action(page, "모두 올리기") == PublishAll(55, 1)
    assert action(page, "모두 그만두기") == PublishAll(55, 0)


def test_a_known_post_says_where_it_went_and_what_can_be_done() -> None:
    places = [(f"방 {number}", NOON + timedelta(days=number)) for number in range(5)]
    page = known_page(KOREAN, a_post(), places, 3, words="새 말")
    assert page.text.text == (
        "이미 있는 글이에요. #7\n동네 빵집의 키오스크\n"
        "방 0, 방 1, 방 2 등 방 5곳에 갔어요. 처음 간 때는 2026년 11월 23일."
    )
    assert action(page, "다시 알리기") == Again(PostId(7), 3)
    assert action(page, "한마디만 고치기") == Reword(PostId(7), 3)
    few = known_page(KOREAN, a_post(), places[:2], 3, words="")
    assert "방 0, 방 1에 갔어요." in few.text.text
    assert labels(few) == [["다시 알리기"]]
    assert "아직 아무 방에도" in known_page(KOREAN, a_post(), [], 3, words="").text.text


def test_a_known_post_that_was_taken_down_cannot_be_pushed() -> None:
    page = known_page(ENGLISH, a_post(removed_at=NOON), [], 3, words="again")
    assert "taken down" in page.text.text
    assert page.keyboard == ()
    down = known_page(KOREAN, a_post(removed_at=NOON, taken_down_at=NOON), [], 3, words="")
    assert down.text.text.endswith(
        "동네 빵집의 키오스크\n내린 글이에요. 저절로 다시 올라오지는 않아요."
    )
    assert down.keyboard == ()


def scheduled(**changes: object) -> Draft:
    made = Draft("", "{}", 7, "해봄", None, "읽어 보세요", id=12, due_at=NOON, prompt_id=None)
    return replace(made, **changes)  # type: ignore[arg-type]  # any field


def test_what_is_scheduled_says_when_and_how_that_is_changed() -> None:
    due = scheduled(due_at=NOON + timedelta(hours=3))
    page = scheduled_page(KOREAN, POST, due, NOON)
    assert "오후 3:00" in page.text.text.split("\n")[0]
    assert "읽어 보세요\n— 해봄" in page.text.text
    assert action(page, "지금 올리기") == Publish(12, 1)
    assert action(page, "시각 바꾸기") == AskWhen(12)
    assert action(page, "예약 취소") == CallOff(12)


def test_what_is_scheduled_just_now_is_dropped_and_words_are_not_needed() -> None:
    page = scheduled_page(ENGLISH, POST, scheduled(remark="", due_at=None), NOON, is_new=True)
    assert action(page, ENGLISH.texts("publish.no")) == Publish(12, 0)
    assert "해봄" not in page.text.text
