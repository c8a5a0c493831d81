"""A chat's settings, typed and pressed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from storage import chats
from storage.models import ChatId, PushMode

if TYPE_CHECKING:
    from bot.simulator import Simulator
    from storage.models import Chat
    from tests.e2e.conftest import Bot


async def known(bot: Bot, chat_id: int) -> Chat:
    assert bot.running is not None
    async with bot.running.services.database.reader() as db:
        chat = await chats.get_chat(db, ChatId(chat_id))
    assert chat is not None
    return chat


KOREAN = [
    ("/digest_time 오전 8시 30분", "오전 8:30"),
    ("/digest_days 평일", "평일"),
    ("/timezone 뉴욕", "뉴욕"),
    ("/quiet 23:00-07:00", "오후 11:00–오전 7:00"),
    ("/push 켜기", "바로 알림"),
    ("/push 요약", "모아 보기만"),
    ("/filter 인공지능, 반도체 -광고", "인공지능 반도체 -광고"),
    ("/weekly 일 19:00", "일요일 오후 7:00"),
    ("/주간 off", "주간을 보내지 않을게요"),
    ("/monthly 9시", "매월 1일 오전 9:00"),
    ("/월간 끄기", "월간을 보내지 않을게요"),
    ("/holidays 한국", "대한민국"),
    ("/공휴일 off", "공휴일에도"),
    ("/night 조용히", "소리 없이 바로"),
    ("/밤 기다리기", "아침까지 기다리기"),
    ("/votes 항상", "항상"),
    ("/투표 자동", "자동"),
    ("/silent on", "소리: 없음"),
    ("/pin 켜기", "고정: 켬"),
    ("/previews off", "미리 보기: 끔"),
    ("/cleanup 10분", "10분 뒤"),
    ("/답지우기 off", "지우지 않을게요"),
    ("/full 개인", "개인 대화방에서"),
    ("/repeats 짧게", "한 줄로 짧게"),
    ("/room_sources 1 off", "1. ✗"),
    ("/가져오는곳", "1. ✓"),
    ("/language 영어", "English"),
]
ENGLISH = [
    ("/digest_time 8:30", "8:30 AM"),
    ("/digest_days weekdays", "Weekdays"),
    ("/timezone seoul", "Seoul"),
    ("/quiet off", "quiet hours"),
    ("/push digest", "digest"),
    ("/filter rain, snow -ads", "rain snow -ads"),
    ("/weekly Sunday 7pm", "Sunday 7:00 PM"),
    ("/monthly 9am", "the 1st, 9:00 AM"),
    ("/holidays Korea", "South Korea"),
    ("/night silent", "silently"),
    ("/votes never", "never"),
    ("/silent on", "itself: off"),
    ("/pin on", "itself: on"),
    ("/previews off", "links: off"),
    ("/cleanup a day", "After a day"),
    ("/full private", "In private"),
    ("/repeats none", "Not at all"),
    ("/room_sources 1", "1. ✗"),
    ("/language ko", "한국어"),
]
WRONG = [
    ("/digest_time 25시", "/digest_time 9시"),
    ("/digest_days 언젠가", "/digest_days 매일"),
    ("/timezone 안드로메다", "/timezone 서울"),
    ("/quiet 밤", "/quiet off"),
    ("/push 가끔", "/push on"),
    ("/language 에스페란토", "English (en)"),
    ("/filter " + "가" * 41, "/filter off"),
    ("/push", "/push digest"),
    ("/digest_time", "/digest_time off"),
    ("/weekly 일", "/weekly 일 19:00"),
    ("/monthly 언젠가", "/monthly 09:00"),
    ("/holidays 아틀란티스", "/holidays 한국"),
    ("/night 몰라", "/night 기다리기"),
    ("/votes 가끔", "/votes 자동"),
    ("/silent 조금", "/silent on"),
    ("/cleanup 1년", "/cleanup 10분"),
    ("/full 저기", "/full 개인"),
    ("/repeats 두번", "/repeats 짧게"),
    ("/room_sources 99", "/room_sources 2 off"),
]


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_every_choice_can_be_typed_in_either_language(
    sim: Simulator, bot: Bot, lang: str
) -> None:
    # Each in a chat of its own, for a chat takes one message a second.
    for typed, said in KOREAN if lang == "ko" else ENGLISH:
        person = sim.user(f"{lang} {typed}", language=lang)
        room = sim.private(person)
        await person.says(room, typed)
        assert said.casefold() in (await room.receives("")).text.casefold(), typed


async def test_what_was_typed_is_kept(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=minji, bot_admin=True)
    for typed in ("/digest_time 8시", "/filter 인공지능, 반도체", "/push 요약"):
        await minji.says(group, typed)
        await group.receives("")
    chosen = (await known(bot, group.id)).settings
    assert chosen.digest_times == (8 * 60,)
    assert chosen.words == ("인공지능", "반도체")
    assert chosen.push is PushMode.DIGEST


async def test_what_cannot_be_read_changes_nothing_and_is_answered_with_examples(
    sim: Simulator, bot: Bot
) -> None:
    for typed, example in WRONG:
        person = sim.user(typed[:20], language="ko")
        room = sim.private(person)
        await person.says(room, typed)
        answer = await room.receives("예: ")
        assert example in answer.text, typed
        assert re.search("지금은(: | 꺼져)", answer.text)
    assert bot.running is not None
    async with bot.running.services.database.reader() as db:
        assert await chats.list_chats(db) == []


async def test_forged_presses_change_nothing(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=minji, bot_admin=True)
    await minji.says(group, "/settings")
    page = await group.receives("이 방의 설정")
    for data in ("1k:volume:11", "1k:time:25:00", "1k:push:", "1k:language:xx", "1k:days:8"):
        answer = await minji.presses_data(page, data)
        assert answer.is_alert, data
        assert "오래된" in answer.text


async def test_here_is_the_topic_the_group_or_explained_in_private(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    forum = sim.supergroup("큰모임", owner=minji, topics=True, bot_admin=True)
    news = forum.topic("뉴스")
    await minji.says(forum, "/here", topic=news)
    answer = await forum.receives("이 주제로")
    assert answer.topic_id == news.id
    assert (await known(bot, forum.id)).settings.thread_id == news.id
    await minji.says(forum, "/here")
    await forum.receives("기본 주제로")
    assert (await known(bot, forum.id)).settings.thread_id is None
    room = sim.private(minji)
    await minji.says(room, "/here")
    await room.receives("주제가 있는 그룹")


async def test_here_in_a_topic_that_is_closed_says_so_and_holds_once_it_is_open(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    forum = sim.supergroup("큰모임", owner=minji, topics=True)
    news = forum.topic("뉴스")
    news.is_closed = True
    assert bot.running is not None
    here = f"/here@{bot.running.services.me.username}"
    await minji.says(forum, here, topic=news)
    answer = await forum.receives("이 주제는 닫혀 있어서")
    assert answer.topic_id == 0
    assert (await known(bot, forum.id)).settings.thread_id == news.id
    news.is_closed = False
    await minji.says(forum, here, topic=news)
    assert (await forum.receives("이제 알림을 이 주제로")).topic_id == news.id
