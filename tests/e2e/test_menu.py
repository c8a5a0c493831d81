"""The menu of settings, pressed as people do: every level, every button, by everybody."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.locales import get_texts
from bot.pages.actions import AskFor, SetTo, ShowLevel, decode, encode
from bot.pages.menu import level_of, menu_page
from bot.pages.menu_levels import DONE, Shown
from bot.pages.page import PROMPT_MARK
from storage import chats, menus, sources
from storage.models import ChatId, ChatState, Edition, MenuId, NewMenu, QuietHours
from tests.e2e.conftest import known
from tests.waiting import until

if TYPE_CHECKING:
    from bot.pages.actions import Action
    from bot.simulator import Card, Person, Room, Simulator
    from tests.e2e.conftest import Bot

KO, EN = get_texts("ko"), get_texts("en")
SAID = {texts(key) for texts in (KO, EN) for key in ("settings.saved", "settings.least.days")}
"""A press of what was there at first is done; the last day is not taken away."""
IN_PRIVATE = (
    *("push", "filter", "sources", "time", "days", "repeats", "holidays", "weekly", "monthly"),
    *("quiet", "silent", "pin", "previews", "zone", "language"),
)
IN_GROUPS = ("votes", "cleanup", "full")


def actions_of(card: Card) -> list[Action]:
    found = [decode(str(button.value)) for row in card.rows for button in row]
    return [one for one in found if one is not None]


def way_to(card: Card, name: str) -> str:
    """The data of the button that leads to a level."""
    ways = [one for one in actions_of(card) if isinstance(one, ShowLevel)]
    (found,) = [one for one in ways if one.level.partition(".")[0] == name]
    return encode(found)


async def shown_of(bot: Bot, room: Room) -> Shown:
    """What a menu of the room has to show, by what is stored."""
    assert bot.running is not None
    services = bot.running.services
    async with services.database.reader() as db:
        found = [one for one in await sources.list_sources(db) if one.ended_at is None]
    names = {lang: texts("language.name") for lang, texts in services.catalogues.items()}
    return Shown(MenuId(1), await known(bot, room.id), languages=names, sources=found)


async def opened(person: Person, room: Room) -> Card:
    await person.says(room, "/settings")
    return await room.receives("이 방의 설정|Settings of this chat")


async def crawl(bot: Bot, person: Person, room: Room, name: str) -> None:
    """Press all of a level: each press is answered, and the page shows what is stored."""
    page = await opened(person, room)
    way = way_to(page, name)
    await person.presses_data(page, way)
    for action in [one for one in actions_of(page) if isinstance(one, SetTo)]:
        assert action.name in {name, "night"}
        answer = await person.presses_data(page, encode(action))
        assert answer.text in SAID, action
        shown = await shown_of(bot, room)
        texts = get_texts(shown.settings.language)
        due = menu_page(texts, shown, level_of(shown, action.name, action.item))
        assert due is not None
        assert page.text == due.text.text, action
        assert page.buttons == [one.label for row in due.keyboard for one in row], action
    back, done = page.buttons[-2:]
    await person.presses(page, back)
    assert way in [encode(one) for one in actions_of(page)]
    await person.presses_data(page, way)
    await person.presses(page, done)
    assert page.buttons == []


@pytest.mark.parametrize("lang", ["ko", pytest.param("en", marks=pytest.mark.slow)])
async def test_every_button_of_every_level_does_what_it_shows(
    sim: Simulator, bot: Bot, lang: str
) -> None:
    people = {name: sim.user(name, language=lang) for name in (*IN_PRIVATE, *IN_GROUPS)}
    rooms = {name: sim.private(people[name]) for name in IN_PRIVATE}
    for name in IN_GROUPS:
        rooms[name] = sim.group(name, owner=people[name], bot_admin=True)
    await asyncio.gather(*(crawl(bot, people[name], rooms[name], name) for name in rooms))


async def test_cities_are_found_by_the_part_of_the_world(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    page = await opened(minji, room)
    for label in ("시간대", "유럽", "다음", "‹ 앞", "로마", "‹ 뒤로"):
        await minji.presses(page, label)
    assert (await known(bot, room.id)).settings.timezone == "Europe/Rome"
    assert "시간대: 로마" in page.buttons


async def test_times_that_were_typed_stay_where_another_is_pressed(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=minji, bot_admin=True)
    await minji.says(group, "/digest_time 07:45 20:10")
    await group.receives("오전 7:45")
    page = await opened(minji, group)
    await minji.presses(page, "모아 보기: ")
    await minji.presses(page, "오전 9:00")
    assert (await known(bot, group.id)).settings.digest_times == (465, 540, 1210)
    later = next(one for one in actions_of(page) if isinstance(one, SetTo) and one.value == "495")
    for _ in range(2):
        await minji.presses_data(page, encode(later))
    assert (await known(bot, group.id)).settings.digest_times == (495, 540, 1210)


async def test_a_menu_belongs_to_whoever_opened_it(sim: Simulator, bot: Bot) -> None:
    minji, junho, sora = (sim.user(name, language="ko") for name in ("민지", "준호", "소라"))
    group = sim.group("독서모임", members=[sora], admins=[junho], owner=minji, bot_admin=True)
    page = await opened(minji, group)
    away = encode(SetTo(MenuId(1), "push", "", "off"))
    for data in (way_to(page, "time"), away, encode(AskFor(MenuId(1), "time"))):
        assert (await junho.presses_data(page, data)).text == KO("menu.not_yours")
        assert (await sora.presses_data(page, data)).text == KO("refusal.administrators")
    await minji.demotes(group, junho)
    await bot.rests()
    assert (await junho.presses(page, "완료")).text == KO("refusal.administrators")
    assert page.buttons
    assert (await known(bot, group.id)).settings.push == "on"


async def test_an_anonymous_administrators_menu_is_every_administrators(
    sim: Simulator, bot: Bot
) -> None:
    minji, junho, sora = (sim.user(name, language="ko") for name in ("민지", "준호", "소라"))
    group = sim.supergroup("독서모임", members=[sora], admins=[junho], owner=minji, bot_admin=True)
    hidden = minji.anonymous(group)
    await hidden.says(group, "/settings")
    page = await group.receives("이 방의 설정")
    assert (await sora.presses(page, "소리")).text == KO("refusal.administrators")
    await junho.presses(page, "소리")
    await junho.presses(page, "없음")
    assert (await known(bot, group.id)).settings.silent
    await junho.presses(page, "뒤로")
    await junho.presses(page, "밤")
    await junho.presses(page, "직접 쓰기")
    prompt = await group.receives(PROMPT_MARK)
    await sora.says(group, "끄기", reply_to=prompt)
    await hidden.says(group, "23:00-07:00", reply_to=prompt)
    await group.receives("조용한 시간을 정했어요")
    assert (await known(bot, group.id)).settings.quiet == QuietHours(1380, 420)


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_what_is_asked_for_is_read_from_a_reply_though_the_bot_sees_nothing_else(
    sim: Simulator, bot: Bot, lang: str
) -> None:
    texts = get_texts(lang)
    minji, junho = sim.user("민지", language="ko"), sim.user("준호", language="ko")
    group = sim.group("독서모임", members=[junho], owner=minji)
    assert bot.running is not None
    name = bot.running.services.me.username
    await minji.says(group, f"/language@{name} {lang}")
    await minji.says(group, f"/settings@{name}")
    page = await group.receives(texts("settings.title"))
    await minji.presses_data(page, way_to(page, "time"))
    await minji.presses(page, texts("menu.type"))
    prompt = await group.receives(PROMPT_MARK)
    assert prompt.reply_to is not None
    assert prompt.reply_to.text.startswith("/settings")
    await junho.says(group, "10:10", reply_to=prompt)
    await minji.says(group, "언젠가", reply_to=prompt)
    wrong = await group.receives("언젠가")
    assert "/digest_time" in wrong.text
    await minji.says(group, "9시 18:30", reply_to=prompt)
    said = await group.receives("9:00")
    assert "6:30" in said.text
    assert (await known(bot, group.id)).settings.digest_times == (540, 1110)
    await until(lambda: "6:30" in page.text)
    await minji.says(group, "10:10", reply_to=prompt)
    await bot.rests()
    assert (await known(bot, group.id)).settings.digest_times == (540, 1110)


async def test_words_are_typed_shown_and_taken_away_also_by_source(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    page = await opened(minji, room)
    await minji.presses(page, "낱말")
    await minji.presses(page, "낱말 쓰기")
    await minji.says(room, '인공지능 "자율 주행" -광고', reply_to=await room.receives(PROMPT_MARK))
    await room.receives('인공지능 "자율 주행" -광고')
    await until(lambda: "✕ 자율 주행" in page.buttons)
    await minji.presses(page, "✕ 자율 주행")
    settings = (await known(bot, room.id)).settings
    assert (settings.words, settings.without) == (("인공지능",), ("광고",))
    await minji.presses(page, "가져오는 곳마다")
    await minji.presses(page, "낱말 ›")
    await minji.presses(page, "낱말 쓰기")
    await minji.says(room, "금리", reply_to=await room.receives(PROMPT_MARK))
    await room.receives("금리")
    await until(lambda: "✕ 금리" in page.buttons)
    ((source, words),) = [
        (one.source_id, one.words) for one in (await known(bot, room.id)).settings.source_filters
    ]
    assert words == ("금리",)
    await minji.presses(page, "‹ 뒤로")
    assert "✓ 낱말 ›" in page.buttons
    await minji.says(room, "/room_sources 1 off")
    await room.receives("1. ✗")
    assert (await known(bot, room.id)).settings.left_out == {source}


async def test_a_reply_that_comes_too_late_is_told_so(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    page = await opened(minji, room)
    await minji.presses(page, "밤")
    await minji.presses(page, "직접 쓰기")
    prompt = await room.receives(PROMPT_MARK)
    assert bot.running is not None
    database = bot.running.services.database
    async with database.transaction() as tx:
        menu = await menus.get_menu(tx, MenuId(1))
        assert menu is not None
        assert menu.asked is not None
        long_ago = menu.asked.at - timedelta(hours=1)
        await menus.set_asking(tx, menu.id, replace(menu.asked, at=long_ago))
    await minji.says(room, "off", reply_to=prompt)
    await room.receives("오래되었어요")


@pytest.mark.parametrize(
    "action",
    [
        ShowLevel(MenuId(99), "time"),
        ShowLevel(MenuId(1), "volume"),
        ShowLevel(MenuId(1), "zone.Mars.0"),
        SetTo(MenuId(99), "push", "", "off"),
        SetTo(MenuId(1), "volume", "", "11"),
        SetTo(MenuId(1), "time", "2400", "on"),
        AskFor(MenuId(1), "push"),
        AskFor(MenuId(1), "filter.77"),
        AskFor(MenuId(99), "time"),
    ],
)
async def test_what_no_button_carries_is_told_to_be_old(
    sim: Simulator, bot: Bot, action: Action
) -> None:
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    page = await opened(minji, room)
    answer = await minji.presses_data(page, encode(action))
    assert answer.is_alert
    assert answer.text == KO("stale")


async def test_a_menu_is_of_no_use_in_another_chat(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    one = sim.group("독서모임", owner=minji, bot_admin=True)
    other = sim.group("영화모임", owner=minji, bot_admin=True)
    page = await opened(minji, one)
    there = await opened(minji, other)
    for action in (actions_of(page)[0], SetTo(MenuId(1), "push", "", "off")):
        answer = await minji.presses_data(there, encode(action))
        assert answer.text == KO("stale")


async def test_a_button_of_an_older_version_sets_and_opens_the_menu(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=minji, bot_admin=True)
    await minji.says(group, "/privacy")
    page = await group.receives()
    await minji.presses_data(page, "1k:push:digest")
    assert (await known(bot, group.id)).settings.push == "digest"
    assert page.text.startswith("이 방의 설정")
    await minji.presses(page, "소리")
    assert way_to(page, "all")
    assert encode(ShowLevel(MenuId(1), DONE)) in [encode(one) for one in actions_of(page)]


async def a_menu_at_home(bot: Bot, person: Person, room: Room) -> Card:
    """A menu of a room's settings in the private chat of somebody, behind a message of ours."""
    assert bot.running is not None
    home = person.private
    await person.says(home, "/privacy")
    page = await home.receives()
    now = bot.running.services.clock.now()
    new = NewMenu(ChatId(room.id), ChatId(home.id), person.id, now)
    async with bot.running.services.database.transaction() as tx:
        menu_id = await menus.add_menu(tx, new)
    assert menu_id == MenuId(1)
    return page


async def test_a_room_is_set_from_its_administrators_private_chat(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=sim.user("주인"), admins=[minji], bot_admin=True)
    await minji.says(group, "/latest 1")
    await known(bot, group.id)
    page = await a_menu_at_home(bot, minji, group)
    await minji.presses_data(page, encode(ShowLevel(MenuId(1), "language")))
    assert page.text.startswith("독서모임의 설정 › 언어")
    await minji.presses(page, "English")
    assert "언어" in page.text
    await minji.presses_data(page, encode(AskFor(MenuId(1), "weekly")))
    prompt = await minji.private.receives(PROMPT_MARK)
    await minji.says(minji.private, "일 19:00", reply_to=prompt)
    await minji.private.receives("일요일 오후 7:00")
    there = (await known(bot, group.id)).settings
    assert (there.language, there.weekly) == ("en", Edition(6, 1140))
    assert bot.running is not None
    assert await bot.running.services.chats.get(ChatId(minji.id)) is None


async def test_a_room_is_set_no_more_by_who_administers_it_no_more(
    sim: Simulator, bot: Bot
) -> None:
    owner, minji = sim.user("주인", language="ko"), sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=owner, admins=[minji], bot_admin=True)
    await minji.says(group, "/latest 1")
    await known(bot, group.id)
    page = await a_menu_at_home(bot, minji, group)
    await minji.presses_data(page, encode(AskFor(MenuId(1), "weekly")))
    prompt = await minji.private.receives(PROMPT_MARK)
    await owner.demotes(group, minji)
    await bot.rests()
    off = encode(SetTo(MenuId(1), "push", "", "off"))
    assert (await minji.presses_data(page, off)).text == KO("refusal.room")
    await minji.says(minji.private, "일 19:00", reply_to=prompt)
    await minji.private.receives("관리자가 아니거나")
    await owner.promotes(group, minji)
    assert bot.running is not None
    async with bot.running.services.database.transaction() as tx:
        await chats.set_state(tx, ChatId(group.id), ChatState.LEFT)
    assert (await minji.presses_data(page, off)).text == KO("refusal.room")
    settings = (await known(bot, group.id)).settings
    assert (settings.push, settings.weekly) == ("on", None)


async def test_a_seventh_time_is_refused_with_its_reason(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    page = await opened(minji, room)
    await minji.says(room, "/digest_time 1시 2시 3시 4시 5시 6시")
    await room.receives("오전 6:00")
    answer = await minji.presses_data(page, encode(SetTo(MenuId(1), "time", "540", "on")))
    assert answer.is_alert
    assert answer.text == KO("settings.most.time", most=6)


async def test_a_topic_is_chosen_where_the_menu_stands(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    forum = sim.supergroup("큰모임", owner=minji, topics=True, bot_admin=True)
    news = forum.topic("뉴스")
    await minji.says(forum, "/settings", topic=news)
    page = await forum.receives("이 방의 설정")
    await minji.presses(page, "주제")
    await minji.presses(page, "이 주제")
    assert (await known(bot, forum.id)).settings.thread_id == news.id
    await minji.presses(page, "기본 주제")
    assert (await known(bot, forum.id)).settings.thread_id is None


async def test_what_can_be_typed_is_told(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    await minji.says(room, "/settings help")
    assert "/weekly 일 19:00" in (await room.receives("쓰는 명령")).text
    await minji.says(room, "/help")
    assert "/settings help" in (await room.receives("/latest")).text
