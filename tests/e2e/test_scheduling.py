"""Posts by hand at a moment to come: typed, pressed, said back, and once whatever happens."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.demo.blog import Blog
from bot.demo.clock import ShiftedClock
from bot.locales import get_texts
from bot.pages.actions import AskWhen, CallOff, HandleScheduled, Publish, Schedule, encode
from bot.pages.page import PROMPT_MARK
from storage import drafts
from tests.e2e.conftest import Bot, draft_of
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Card, Person, Room, Simulator
    from storage.models import Draft

TEXT = "새벽 시장에는 신문보다 빠른 소식이 있습니다. 고등어 값이 먼저 압니다."
WORDS = "값이 왜 오르는지 이보다 쉽게 쓴 글을 못 봤어요."
QUOTED = f"{WORDS}\n— 해봄"
KO, EN = get_texts("ko"), get_texts("en")
SEOUL, NEW_YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York")
MONDAY = datetime(2026, 11, 30, 10, 20, tzinfo=SEOUL)
TOMORROW = datetime(2026, 12, 1, 9, tzinfo=SEOUL)


@dataclass
class Town:
    """Telegram, a blog and the bot, whose clocks are moved together."""

    sim: Simulator
    blog: Blog
    boss: Person
    author: Person
    bot: Bot
    clock: ShiftedClock

    @property
    def home(self) -> Room:
        """Where the author and the bot talk."""
        return self.sim.private(self.author)

    def move_to(self, at: datetime) -> None:
        """It is that late now, everywhere."""
        self.sim.clock.set(at)
        self.clock.shift_to(at.timestamp() - time.time())

    def writes(self, title: str = "시장의 새벽") -> str:
        """A new post on the blog; its address."""
        return f"{self.blog.address}/posts/{self.blog.publish(title, TEXT).number}"

    async def drafted(self, person: Person | None = None, title: str = "시장의 새벽") -> Card:
        """A draft, as it is shown in private."""
        person = person or self.author
        await person.says(self.sim.private(person), f"{self.writes(title)} {WORDS}")
        return await self.sim.private(person).receives("이 글을 올릴까요")

    async def waiting(self) -> list[Draft]:
        """What is scheduled."""
        async with self.bot.running.services.database.reader() as db:  # type: ignore[union-attr]  # it runs
            return await drafts.list_scheduled(db)

    async def kept(self, due_at: datetime | None) -> None:
        """Return once the one draft that is scheduled has that time; None: none is."""

        async def is_so() -> bool:
            found = [one.due_at for one in await self.waiting()]
            return found == ([] if due_at is None else [due_at])

        await until(is_so)


@pytest.fixture
async def town(sim: Simulator, tmp_path: Path) -> AsyncIterator[Town]:
    boss, author = sim.user("운영자", language="ko"), sim.user("해봄", language="ko")
    clock = ShiftedClock()
    blog = await Blog.start("새벽의 서재", "윤슬", clock.now)
    settings = {
        "operator_ids": str(boss.id),
        "author_ids": str(author.id),
        "sources": f"{blog.address}/posts/0",
        "allow_private_sources": True,
    }
    sim.private(boss)
    one = Town(sim, blog, boss, author, Bot(sim, tmp_path, settings, clock=clock), clock)
    one.move_to(MONDAY)
    await one.bot.start()
    yield one
    await one.bot.stop()
    await blog.close()


@pytest.fixture
async def group(town: Town) -> Room:
    room = town.sim.supergroup("독서모임", owner=town.boss, bot=False)
    await town.boss.adds_bot(room, admin=True)
    await room.receives("안녕하세요")
    await town.boss.says(room, "/quiet off")
    await room.receives("조용한 시간")
    return room


def cards(room: Room) -> list[Card]:
    return [one for one in room.bot_messages if "시장의 새벽" in one.text]


async def comes_once(town: Town, group: Room) -> None:
    """The card, with its words, and the notice to its author; and no other, also after a start."""
    card = await group.receives("시장의 새벽")
    assert card.text.startswith(QUOTED)
    await town.home.receives("예약한 글 '시장의 새벽'을 올렸어요.")
    await town.bot.rests()
    await town.bot.stop()
    await town.bot.start()
    await town.kept(None)
    await town.bot.rests()
    assert len(cards(group)) == 1


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(
    ("command", "typed"), [("/schedule", "내일 9시"), ("/예약", "tomorrow 9am")]
)
async def test_a_command_schedules_and_says_the_moment_back_in_full(
    town: Town, group: Room, lang: str, command: str, typed: str
) -> None:
    home, texts = town.home, get_texts(lang)
    await town.author.says(home, f"/language {lang}")
    await home.receives("")
    await town.author.says(home, f"{command} {typed} {town.writes()} {WORDS}")
    said = {
        "ko": "내일 = 12월 1일 화요일 오전 9:00에 올릴게요.",
        "en": "tomorrow = Tuesday, December 1, 9:00 AM",
    }
    card = await home.receives(said[lang])
    assert QUOTED in card.text
    assert card.buttons == [
        texts(f"{key}") for key in ("publish.yes", "schedule.change", "publish.no")
    ]
    await town.bot.crash()
    town.move_to(TOMORROW + timedelta(seconds=1))
    await town.bot.start()
    assert (await group.receives("시장의 새벽")).text.startswith(QUOTED)
    await home.receives(texts("notice.schedule.done", title="시장의 새벽"))
    await town.bot.rests()
    assert len(cards(group)) == 1


@pytest.mark.parametrize(
    ("label", "said", "at"),
    [
        (
            "오늘 저녁",
            "오늘 = 11월 30일 월요일 오후 7:00에",
            datetime(2026, 11, 30, 19, tzinfo=SEOUL),
        ),
        ("내일 아침", "내일 = 12월 1일 화요일 오전 9:00에", TOMORROW),
    ],
)
async def test_a_button_of_the_draft_schedules_it(
    town: Town, group: Room, label: str, said: str, at: datetime
) -> None:
    draft = await town.drafted()
    await town.author.presses(draft, label)
    await draft.changes()
    assert draft.text.startswith(said)
    assert QUOTED in draft.text
    assert draft.buttons == ["지금 올리기", "시각 바꾸기", "예약 취소"]
    await town.kept(at)
    town.move_to(at + timedelta(seconds=1))
    await comes_once(town, group)


async def test_buttons_questions_and_answers_are_in_the_authors_language(
    town: Town, group: Room
) -> None:
    home, author = town.home, town.author
    await author.says(home, "/language en")
    await home.receives("")
    await author.says(home, f"{town.writes()} {WORDS}")
    draft = await home.receives("Publish this post?")
    assert draft.buttons == [
        *("Publish now", "This evening", "Tomorrow morning", "Type a time", "Drop it"),
    ]
    await author.presses(draft, "Tomorrow morning")
    await draft.changes()
    assert draft.text.startswith("I will publish this: tomorrow = Tuesday, December 1, 9:00 AM.")
    await author.presses(draft, "Change the time")
    prompt = await home.receives(PROMPT_MARK)
    await author.says(home, "yesterday", reply_to=prompt)
    assert "For example: tomorrow 9am" in (await home.receives("I cannot read 'yesterday'")).text
    town.move_to(MONDAY)  # however long all that took
    await author.says(home, "in 30 minutes", reply_to=prompt)
    await home.receives("today = Monday, November 30, 10:50 AM")
    await author.says(home, "/scheduled")
    listed = await home.receives("1 scheduled post")
    assert listed.buttons == ["1 Publish now", "1 Call off"]
    town.move_to(MONDAY + timedelta(minutes=31))
    await group.receives("시장의 새벽")
    await home.receives("Your scheduled post '시장의 새벽' is published.")


async def test_in_the_evening_only_the_morning_is_offered_and_a_late_press_is_told(
    town: Town,
) -> None:
    draft = await town.drafted()
    town.move_to(MONDAY.replace(hour=20))
    late = await town.author.presses(draft, "오늘 저녁")
    assert (late.is_alert, late.text) == (True, KO("schedule.gone"))
    assert draft.buttons == ["지금 올리기", "내일 아침", "시각 쓰기", "그만두기"]
    await town.kept(None)


async def test_a_time_is_typed_in_a_reply_and_what_cannot_be_read_may_be_tried_again(
    town: Town, group: Room
) -> None:
    home, author = town.home, town.author
    draft = await town.drafted()
    await author.presses(draft, "시각 쓰기")
    prompt = await home.receives(PROMPT_MARK)
    for typed, told in (
        ("언젠가", "'언젠가'는 언제인지 읽을 수 없어요."),
        ("오늘 9시", "11월 30일 월요일 오전 9:00은 이미 지났어요."),
        ("2031-01-01", "너무 멀어요"),
    ):
        await author.says(home, typed, reply_to=prompt)
        assert "예: 내일 9시" in (await home.receives(told)).text
    await author.says(home, "금요일 오후 6시", reply_to=prompt)
    await home.receives("12월 4일 금요일 오후 6:00에 올릴게요.")
    await author.says(home, "금요일 오후 7시", reply_to=prompt)
    shown = await home.receives("12월 4일 금요일 오후 7:00에 올릴게요.")
    await author.presses(shown, "시각 바꾸기")
    again = await home.receives(PROMPT_MARK)
    town.move_to(MONDAY)  # however long all that took
    await author.says(home, "30분 뒤", reply_to=again)
    await home.receives("오늘 = 11월 30일 월요일 오전 10:50에")
    town.move_to(MONDAY + timedelta(minutes=31))
    await comes_once(town, group)


async def test_what_is_called_off_waits_for_its_author(town: Town, group: Room) -> None:
    draft = await town.drafted()
    await town.author.presses(draft, "내일 아침")
    await draft.changes()
    await town.author.presses(draft, "예약 취소")
    await draft.changes()
    assert draft.text.startswith(KO("publish.ask"))
    await town.kept(None)
    town.move_to(TOMORROW + timedelta(hours=1))
    await group.stays_silent(town.bot.rests())
    one, at = draft_of(draft), int(MONDAY.timestamp()) + 999_999
    await town.author.presses(draft, "지금 올리기")
    await group.receives("시장의 새벽")
    for action in (Schedule(one, at), AskWhen(one), CallOff(one)):
        stale = await town.author.presses_data(draft, encode(action))
        assert (stale.is_alert, stale.text) == (True, KO("publish.decided"))


async def test_what_is_called_off_after_months_is_kept_for_its_author(
    town: Town, group: Room
) -> None:
    await town.author.says(town.home, f"/schedule 3월 1일 {town.writes()} {WORDS}")
    shown = await town.home.receives("올릴게요")
    await town.bot.stop()
    town.move_to(MONDAY + timedelta(days=60))
    await town.bot.start()
    await town.author.says(town.home, "/scheduled")
    await town.author.presses(await town.home.receives("예약한 글 1편"), "1 예약 취소")
    await town.drafted(title="잊은 글")
    async with town.bot.running.services.database.transaction() as tx:  # type: ignore[union-attr]  # it runs
        await tx.execute("UPDATE drafts SET made_at = 0 WHERE id = 2")
    await town.bot.stop()
    await town.bot.start()

    async def is_tidied() -> bool:
        async with town.bot.running.services.database.reader() as db:  # type: ignore[union-attr]  # it runs
            return await drafts.get_draft(db, 2) is None

    await until(is_tidied)
    await town.author.presses(shown, "지금 올리기")
    await group.receives("시장의 새벽")


@pytest.mark.parametrize("label", ["지금 올리기", "그만두기"])
async def test_what_was_scheduled_by_a_command_is_published_now_or_dropped(
    town: Town, group: Room, label: str
) -> None:
    await town.author.says(town.home, f"/schedule 내일 9시 {town.writes()} {WORDS}")
    shown = await town.home.receives("올릴게요")
    await town.author.presses(shown, label)
    await shown.changes()
    await town.kept(None)
    town.move_to(TOMORROW + timedelta(hours=1))
    await town.bot.rests()
    assert len(cards(group)) == (label == "지금 올리기")
    assert not any("예약한 글" in one.text for one in town.home.bot_messages)


@pytest.mark.parametrize("at", [-1, 0, 2**62, 5_000_000_000])
async def test_a_forged_moment_schedules_nothing(town: Town, at: int) -> None:
    draft = await town.drafted()
    told = await town.author.presses_data(draft, encode(Schedule(draft_of(draft), at)))
    assert told.text == KO("schedule.gone")
    await town.kept(None)


async def test_a_list_shows_what_waits_and_calls_it_off_or_publishes_it(
    town: Town, group: Room
) -> None:
    home, author, boss = town.home, town.author, town.boss
    await author.joins(group)
    await author.says(home, "/scheduled")
    await home.receives(KO("schedule.none"))
    await author.says(home, f"/schedule 모레 9시 {town.writes('둘째 이야기')}")
    await home.receives("둘째 이야기")
    await author.says(home, f"/schedule 내일 9시 {town.writes('첫째 이야기')} {WORDS}")
    await home.receives("첫째 이야기")
    own = town.sim.private(boss)
    await boss.says(own, f"/schedule 글피 {town.writes('셋째 이야기')}")
    await own.receives("셋째 이야기")
    await author.says(group, "/예약목록")
    mine = await home.receives("예약한 글 2편")
    first, second = mine.text.index("1. 내일 = 12월 1일"), mine.text.index("2. 모레 = 12월 2일")
    assert first < mine.text.index("첫째 이야기") < mine.text.index(f"“{WORDS}”") < second
    assert "해봄" not in mine.text
    await group.receives(KO("private.answered"))
    await boss.says(own, "/scheduled")
    all_ = await own.receives("예약한 글 3편")
    assert "첫째 이야기 · 해봄" in all_.text
    assert "셋째 이야기 · 운영자" in all_.text
    told = await author.presses(mine, "2 예약 취소")
    assert told.text == KO("schedule.off")
    assert "예약한 글 1편" in mine.text
    told = await author.presses(mine, "1 지금 올리기")
    assert "올렸어요" in told.text
    assert mine.text == KO("schedule.none")
    await group.receives("첫째 이야기")
    last = (await town.waiting())[0].id
    refused = await author.presses_data(mine, encode(HandleScheduled(0, last, "off")))
    assert refused.text == KO("publish.not_yours")
    stale = await author.presses_data(mine, encode(HandleScheduled(0, last, "burn")))
    assert stale.text == KO("stale")


async def test_a_long_list_has_pages(town: Town) -> None:
    home, author = town.home, town.author
    for number in range(7):
        await author.says(home, f"/schedule {number + 1}시간 뒤 {town.writes(f'{number}째 글')}")
        await home.receives(f"{number}째 글")
    await author.says(home, "/scheduled")
    page = await home.receives("예약한 글 7편")
    assert "4째 글" in page.text
    assert "5째 글" not in page.text
    await author.presses(page, KO("page.next"))
    assert "6. " in page.text
    await author.presses(page, KO("page.previous"))
    assert "1. " in page.text


async def test_authors_and_operators_alone_schedule_and_a_draft_is_its_authors(
    town: Town, group: Room
) -> None:
    """Nor may whoever administers the group."""
    minji = town.sim.user("민지", language="ko")
    await minji.joins(group)
    for _ in range(2):
        for command in ("/schedule 내일 9시 https://a.example", "/scheduled"):
            await minji.says(group, command)
            await group.receives("글쓴이와 운영자만")
        await town.boss.promotes(group, minji)
    mine = await town.drafted(town.boss)
    one = draft_of(mine)
    for action in (Schedule(one, int(TOMORROW.timestamp())), AskWhen(one), CallOff(one)):
        told = await town.author.presses_data(mine, encode(action))
        assert told.text == KO("publish.not_yours")
        assert "글쓴이와" in (await minji.presses_data(mine, encode(action))).text
    draft = await town.drafted(title="다른 글")
    await town.author.presses(draft, "시각 쓰기")
    await town.home.receives(PROMPT_MARK)
    await town.kept(None)


async def test_a_reply_of_others_to_the_question_schedules_nothing(town: Town, group: Room) -> None:
    minji = town.sim.user("민지", language="ko")
    for one in (minji, town.author):
        await one.joins(group)
    await town.author.says(group, f"/publish {town.writes()}")
    draft = await group.receives(KO("publish.ask"))
    await town.author.presses(draft, "시각 쓰기")
    prompt = await group.receives(PROMPT_MARK)
    await minji.says(group, "내일 9시", reply_to=prompt)
    await group.receives("글쓴이와 운영자만")
    await town.kept(None)
    await town.author.says(group, "내일 9시", reply_to=prompt)
    await group.receives("내일 = 12월 1일")
    await town.kept(TOMORROW)


@pytest.mark.parametrize("typed", ["", "내일 9시", "{url}"])
async def test_a_command_without_a_moment_or_a_link_says_how(town: Town, typed: str) -> None:
    url = town.writes()
    await town.author.says(town.home, f"/schedule {typed.format(url=url)}")
    await town.home.receives("언제 올릴지와 글의 주소를")


async def test_a_moment_that_is_past_is_refused_before_anything_is_read(town: Town) -> None:
    await town.author.says(town.home, f"/schedule 오늘 9시 {town.writes()}")
    await town.home.receives("11월 30일 월요일 오전 9:00은 이미 지났어요.")
    await town.author.says(town.home, f"/schedule 언젠가 {town.writes()}")
    await town.home.receives("'언젠가'는 언제인지 읽을 수 없어요.")
    await town.kept(None)


async def test_several_links_are_each_scheduled_and_a_known_or_unreadable_one_is_told(
    town: Town, group: Room
) -> None:
    home, author = town.home, town.author
    known = await town.drafted(title="이미 간 글")
    await author.presses(known, "지금 올리기")
    await group.receives("이미 간 글")
    urls = [
        town.writes("첫째 이야기"),
        f"{town.blog.address}/posts/1",
        f"{town.blog.address}/nothing",
    ]
    second = town.writes("둘째 이야기")
    await author.says(home, f"/schedule 내일 9시 {urls[0]} 하나\n{urls[1]}\n{urls[2]}\n{second} 둘")
    await home.receives("이미 있는 글이에요")
    first_card, second_card = [await home.receives(f"{one} 이야기") for one in ("첫째", "둘째")]
    assert "하나\n— 해봄" in first_card.text
    assert "둘\n— 해봄" in second_card.text
    assert [one.due_at for one in await town.waiting()] == [TOMORROW, TOMORROW]


async def test_too_many_words_schedule_nothing(town: Town) -> None:
    await town.author.says(town.home, f"/schedule 내일 9시 {town.writes()} {'가' * 501}")
    await town.home.receives("500자까지")
    await town.kept(None)


@pytest.mark.parametrize(
    ("now", "typed", "said", "at"),
    [
        ("2026-03-07 12:00", "내일 02:30", "3월 8일 일요일 오전 3:00", "2026-03-08 03:00"),
        ("2026-10-31 12:00", "내일 01:30", "11월 1일 일요일 오전 1:30", "2026-11-01 01:30"),
    ],
)
async def test_moments_are_of_the_authors_zone_also_in_a_group_and_while_clocks_change(
    town: Town, group: Room, now: str, typed: str, said: str, at: str
) -> None:
    """02:30 is skipped: the first minute after; 01:30 comes twice: the first time."""
    due_at = datetime.fromisoformat(at).replace(tzinfo=NEW_YORK).astimezone(UTC)
    await town.author.joins(group)
    await town.author.says(town.home, "/timezone America/New_York")
    await town.home.receives("뉴욕")
    await town.bot.stop()
    town.move_to(datetime.fromisoformat(now).replace(tzinfo=NEW_YORK))
    await town.bot.start()
    await town.author.says(group, f"/schedule {typed} {town.writes()} {WORDS}")
    await group.receives(f"내일 = {said}에 올릴게요.")
    await town.kept(due_at)
    town.move_to(due_at - timedelta(minutes=2))
    await town.bot.rests()
    assert await town.waiting()
    town.move_to(due_at + timedelta(seconds=1))
    await town.home.receives("예약한 글 '시장의 새벽'을 올렸어요.")
    town.move_to(due_at + timedelta(hours=1))
    await town.bot.rests()
    assert (
        sum(QUOTED in one.text for one in group.bot_messages[-3:]) == 2
    )  # the draft, and the card


async def test_what_was_missed_is_published_late_and_says_so(town: Town, group: Room) -> None:
    draft = await town.drafted()
    await town.author.presses(draft, "내일 아침")
    await draft.changes()
    await town.bot.stop()
    town.move_to(TOMORROW + timedelta(hours=2, minutes=12))
    await town.bot.start()
    await group.receives("시장의 새벽")
    await town.home.receives("2시간 12분 늦었어요")


async def test_who_is_no_author_any_more_publishes_nothing_and_operators_are_told_once(
    town: Town, group: Room
) -> None:
    draft = await town.drafted()
    await town.author.presses(draft, "내일 아침")
    await draft.changes()
    await town.bot.stop()
    town.move_to(TOMORROW + timedelta(seconds=1))
    await town.bot.start(author_ids="")
    told = "'해봄'이 예약한 글 '시장의 새벽'을 올리지 않았어요"
    own = town.sim.private(town.boss)
    await own.receives(told)
    await town.bot.stop()
    await town.bot.start(author_ids="")
    await town.bot.rests()
    assert sum(told in one.text for one in own.bot_messages) == 1
    assert cards(group) == []
    refused = await town.author.presses_data(draft, encode(Publish(1, 1)))
    assert refused.text == KO("refusal.authors")


async def test_what_others_published_meanwhile_is_not_pushed_again(town: Town, group: Room) -> None:
    address = town.writes()
    await town.author.says(town.home, f"/schedule 내일 9시 {address} {WORDS}")
    await town.home.receives("올릴게요")
    own = town.sim.private(town.boss)
    await town.boss.says(own, address)
    await town.boss.presses(await own.receives(KO("publish.ask")), "지금 올리기")
    card = await group.receives("시장의 새벽")
    town.move_to(TOMORROW + timedelta(seconds=1))
    await town.home.receives("그사이 올라와 있어서(#1)")
    await until(lambda: card.text.startswith(QUOTED))  # nobody had said anything about it
    await town.bot.rests()
    assert len(cards(group)) == 1


async def publishes_first(town: Town, address: str) -> Card:
    """An operator publishes a page with words of their own; the message that says so."""
    own = town.sim.private(town.boss)
    await town.boss.says(own, f"{address} 운영자의 한마디")
    shown = await own.receives(KO("publish.ask"))
    await town.boss.presses(shown, "지금 올리기")
    await shown.changes()
    return shown


async def test_words_that_others_were_before_with_are_told_to_be_unsaid(
    town: Town, group: Room
) -> None:
    address = town.writes()
    for when in ("내일 9시", "내일 10시"):
        await town.author.says(town.home, f"/schedule {when} {address} {WORDS}")
        await town.home.receives("올릴게요")
    await publishes_first(town, address)
    town.move_to(TOMORROW + timedelta(seconds=1))
    await town.home.receives("한마디도 달지 않았어요")
    await town.author.says(town.home, "/scheduled")
    listed = await town.home.receives("예약한 글 1편")
    told = await town.author.presses(listed, "1 지금 올리기")
    assert told.text == KO("remark.not_yours")
    assert cards(group)[0].text.startswith("운영자의 한마디")


async def test_what_was_taken_down_meanwhile_stays_down_and_is_not_said_to_be_published(
    town: Town, group: Room
) -> None:
    address = town.writes()
    for when in ("내일 9시", "내일 10시"):
        await town.author.says(town.home, f"/schedule {when} {address}")
        await town.home.receives("올릴게요")
    shown = await publishes_first(town, address)
    for _ in range(2):
        await town.boss.presses(shown, "내리기")
        await shown.changes()
    town.move_to(TOMORROW + timedelta(seconds=1))
    await town.home.receives("그사이 올라왔다가 없어져서(#1) 올리지 않았어요")
    await town.author.says(town.home, "/scheduled")
    listed = await town.home.receives("예약한 글 1편")
    told = await town.author.presses(listed, "1 지금 올리기")
    assert told.text == KO("publish.known.taken_down")


async def test_the_buttons_of_a_draft_that_was_decided_on_decide_about_no_other(
    town: Town, group: Room
) -> None:
    await town.author.says(town.home, f"/schedule 내일 9시 {town.writes()}")
    old = await town.home.receives("올릴게요")
    await town.author.says(town.home, "/scheduled")
    await town.author.presses(await town.home.receives("예약한 글 1편"), "1 지금 올리기")
    await group.receives("시장의 새벽")
    town.move_to(MONDAY + timedelta(minutes=1))
    await town.author.says(town.home, f"/schedule 내일 9시 {town.writes('다음 이야기')}")
    await town.home.receives("다음 이야기")
    assert (await town.author.presses(old, "지금 올리기")).text == KO("publish.decided")
    await town.kept(TOMORROW)


async def test_a_broken_draft_is_set_aside_and_holds_up_no_other(town: Town, group: Room) -> None:
    for title, when in (("망가진 글", "내일 8시"), ("시장의 새벽", "내일 9시")):
        await town.author.says(town.home, f"/schedule {when} {town.writes(title)} {WORDS}")
        await town.home.receives(title)
    broken = (await town.waiting())[0]
    async with town.bot.running.services.database.transaction() as tx:  # type: ignore[union-attr]  # it runs
        await tx.execute("UPDATE drafts SET post = '[]' WHERE id = ?", (broken.id,))
    await town.author.says(town.home, "/scheduled")
    assert broken.link in (await town.home.receives("예약한 글 2편")).text.replace("\u200c", "")
    town.move_to(TOMORROW + timedelta(seconds=1))
    assert (await group.receives("시장의 새벽")).text.startswith(QUOTED)
    await town.home.receives("올리지 못했어요")
    await town.sim.private(town.boss).receives("따로 두었어요")
    await town.kept(None)


async def test_who_is_forgotten_has_nothing_scheduled(town: Town, group: Room) -> None:
    draft = await town.drafted()
    await town.author.presses(draft, "내일 아침")
    await draft.changes()
    await town.author.says(town.home, "/forgetme")
    await town.author.presses(await town.home.receives("지울까요"), "모두 지우기")
    await town.kept(None)
    town.move_to(TOMORROW + timedelta(hours=1))
    await group.stays_silent(town.bot.rests())
