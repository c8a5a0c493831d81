from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.locales import get_texts
from bot.pages.actions import AllowPublishing, HandleSource, PushQuiet, TakeEdits, decode
from bot.pages.sources import (
    LABEL_UNITS,
    MOST_LISTED,
    Follows,
    last_error,
    quiet_page,
    sources_page,
)
from bot.text.inert import UNSEEN
from storage.models import ChatId, ChatKind, PostId, Source, SourceId, SourceKind
from tests.pages.posts import KOREAN, NOON, a_post, action, labels
from tests.pages.test_settings import CHAT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.models import Chat

KO, EN, ZONE = get_texts("ko"), get_texts("en"), KOREAN.zone
PROBLEM = json.dumps({"key": "source.fetch.status", "values": {"host": "a.example", "status": 503}})
FEED = Source(
    id=SourceId(3),
    address="https://a.example/feed",
    kind=SourceKind.FEED,
    title="새벽의 서재",
    tagline="",
    etag=None,
    last_modified=None,
    next_poll_at=NOON,
    first_fetched_at=NOON,
    last_fetched_at=NOON,
    failures=0,
    last_error=None,
    error_told_at=None,
    ended_at=None,
    fetched_from=None,
)


def follows(sources: Sequence[Source], channels: Sequence[Chat] = ()) -> Follows:
    return Follows(sources, channels, {SourceKind.FEED, SourceKind.SLASHPAGE})


def test_without_sources_it_says_how_to_add_one() -> None:
    page = sources_page(KO, follows([]), ZONE)
    assert "/sources" in page.text.text
    assert page.keyboard == ()


def test_a_file_whose_import_was_undone_is_not_named() -> None:
    undone = replace(FEED, kind=SourceKind.ARCHIVE, ended_at=NOON)
    page = sources_page(KO, follows([undone]), ZONE)
    assert FEED.title not in page.text.text
    assert FEED.title in sources_page(KO, follows([replace(undone, ended_at=None)]), ZONE).text.text


def test_a_source_is_named_with_its_address_and_next_poll_and_has_its_buttons() -> None:
    page = sources_page(KO, follows([FEED]), ZONE)
    first, address, following, *_ = page.text.text.split("\n")
    assert first == "새벽의 서재"
    assert address == FEED.address
    assert following.startswith("다음 확인: ")
    poll, end = labels(page)[0]
    assert action(page, poll) == HandleSource(3, "poll")
    assert action(page, end) == HandleSource(3, "end")


def test_a_source_without_a_title_goes_by_its_address_said_once() -> None:
    page = sources_page(KO, follows([replace(FEED, title="", next_poll_at=None)]), ZONE)
    assert page.text.text.count(FEED.address) == 1
    assert "다음 확인" not in page.text.text


def test_a_long_title_is_cut_on_its_button_and_whole_in_the_text() -> None:
    title = "끝없이 긴 이름을 가진 서재 " * 5
    page = sources_page(KO, follows([replace(FEED, title=title)]), ZONE)
    assert title in page.text.text
    assert len(labels(page)[0][0]) <= LABEL_UNITS + len("지금 확인: ")


def test_files_posts_by_hand_and_ended_sources_have_no_buttons() -> None:
    still = [
        replace(FEED, kind=SourceKind.ARCHIVE),
        replace(FEED, kind=SourceKind.HAND),
        replace(FEED, ended_at=NOON),
    ]
    page = sources_page(KO, follows(still), ZONE)
    assert page.keyboard == ()
    for said in ("아카이브 파일", "손으로 올린 글", "더는 가져오지 않아요"):
        assert said in page.text.text
    assert [follows([]).is_polled(one) for one in [*still, FEED]] == [False, False, False, True]


def test_a_failing_source_says_how_often_and_why_in_the_readers_language() -> None:
    failing = replace(FEED, failures=3, last_error=PROBLEM)
    korean = sources_page(KO, follows([failing]), ZONE).text.text
    assert "3번 잇달아" in korean
    assert "⚠️ a.example" in korean
    assert "503" in last_error(EN, failing)
    assert last_error(EN, failing) != last_error(KO, failing)
    assert last_error(KO, FEED) == ""


def test_channels_say_whether_they_publish_and_can_be_changed() -> None:
    quiet = replace(CHAT, kind=ChatKind.CHANNEL, title="")
    loud = replace(CHAT, id=ChatId(-200), kind=ChatKind.CHANNEL, title="소식", may_publish=True)
    page = sources_page(KO, follows([], [quiet, loud]), ZONE)
    assert "링크는 받지 않아요" in page.text.text
    assert "소식" in page.text.text
    assert labels(page) == [["-100 · 링크를 새 글로 받기"], ["소식 · 링크 그만 받기"]]
    since = int(CHAT.joined_at.timestamp())
    decoded = [decode(row[0].data or "") for row in page.keyboard]
    assert decoded == [AllowPublishing(quiet.id, 1, since), AllowPublishing(loud.id, 0, since)]


def test_a_source_that_brought_posts_quietly_says_how_many_and_shows_them() -> None:
    both = [FEED, replace(FEED, id=SourceId(4), ended_at=NOON)]
    told = replace(follows(both), quiet={SourceId(3): 3, SourceId(4): 1})
    page = sources_page(KO, told, ZONE)
    assert "조용히 들인 글 3편" in page.text.text
    _, three, one = labels(page)
    assert (three, one) == (["조용히 들인 글 3편 보기"], ["조용히 들인 글 1편 보기"])
    assert action(page, three[0]) == HandleSource(3, "quiet")


def test_quiet_posts_are_listed_and_pushed_up_to_the_last_that_is_known() -> None:
    offered = [a_post(id=PostId(number), title=f"@admin {number}") for number in (9, 2)]
    page = quiet_page(KO, SourceId(3), offered, days=7)
    assert UNSEEN in page.text.text
    assert "7일" in page.text.text
    push, back = (row[0] for row in labels(page))
    assert action(page, push) == PushQuiet(3, PostId(9))
    assert action(page, back) == HandleSource(3, "list")
    assert "그 밖에" not in page.text.text


def test_many_quiet_posts_fit_into_one_message() -> None:
    offered = [a_post(id=PostId(number), title="아주 긴 제목 " * 40) for number in range(1, 501)]
    page = quiet_page(KO, SourceId(3), offered, days=7)
    assert f"그 밖에 {500 - MOST_LISTED}편" in page.text.text
    assert len(page.text.text) < 4096
    assert action(page, labels(page)[0][0]) == PushQuiet(3, PostId(500))


def test_a_source_whose_edits_are_held_back_says_so_and_asks_whether_to_take_them() -> None:
    held = replace(FEED, held_at=NOON)
    page = sources_page(KO, follows([held, replace(held, ended_at=NOON)]), ZONE)
    assert "고치지 않고 기다리고" in page.text.text
    _, take = labels(page)
    assert take == ["바뀐 대로 고치기"]
    assert action(page, take[0]) == TakeEdits(3, int(NOON.timestamp()))


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("title", ["", "새벽의 서재"])
def test_nobody_is_shown_the_key_of_a_feed(lang: str, title: str) -> None:
    address = "https://a.example/feed?page=2&key=pssst"
    problem = {"key": "source.format.no_feed", "values": {"address": address}}
    failing = replace(FEED, address=address, title=title, failures=1)
    failing = replace(failing, last_error=json.dumps(problem))
    page = sources_page(get_texts(lang), follows([failing]), ZONE)
    shown = f"{page.text.text} {labels(page)}"
    assert "https://a.example/feed?page=2&key=…" in shown
    assert "pssst" not in shown
