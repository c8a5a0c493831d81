from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.locales import get_texts
from bot.pages.actions import AllowPublishing, HandleSource, decode
from bot.pages.sources import LABEL_UNITS, Follows, last_error, sources_page
from storage.models import ChatId, ChatKind, Source, SourceId, SourceKind
from tests.pages.posts import KOREAN, NOON, action, labels
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
